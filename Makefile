PYTHON ?= python3
BIN := .venv/bin
# As many at once as the machine has cores.
PYTEST := $(BIN)/python -m pytest -n auto
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
export TEST_DATABASE_URL
WITHOUT_CLAUDE := DJANGO_SETTINGS_MODULE=crm.tests.settings_without_claude

.PHONY: help run test bench lint messages pictures

help:
	@echo "make run       serve on http://127.0.0.1:8000 (HOST, PORT, DEMO_PASSWORD, DEMO=0)"
	@echo "make test      every test that this machine can run (PYTEST_ARGS, REQUIRE_ALL=1)"
	@echo "make bench     the benchmark (BENCH=quick, BENCH_ONLY=bulk,weight)"
	@echo "make lint      the linters and the checks"
	@echo "make messages  the translation catalogues"
	@echo "make pictures  the pictures of the README"

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later is needed, and $(PYTHON) is not that; name one with PYTHON=…"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
		{ echo "Python's venv module is not whole. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PIP) -r requirements.txt
	@touch $@

.venv/development: requirements.txt requirements-dev.txt .venv/runtime
	$(PIP) -r requirements-dev.txt
	@touch $@

run: .venv/runtime
	@exec $(BIN)/python manage.py serve

test: .venv/development
	$(PYTEST) $(PYTEST_ARGS)
	$(WITHOUT_CLAUDE) $(PYTEST) contacts crm -m "not browser" --database-only --pages-only $(PYTEST_ARGS)
	@$(BIN)/python -m crm.tests.services postgresql; case $$? in \
	0) DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) contacts claude_ai -m "not browser" --database-only $(PYTEST_ARGS) ;; \
	1) ;; *) exit 1 ;; esac

# Beside itself it wants a machine that does nothing else: what a page costs is read off the clock.
bench: .venv/development
	@$(BIN)/python -W ignore -m bench

lint: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy crm contacts claude_ai bench
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --deploy --fail-level WARNING

messages: .venv/development
	$(BIN)/python manage.py makemessages --all --ignore .venv --no-location --no-obsolete
	$(BIN)/python manage.py compilemessages --ignore .venv

pictures: .venv/development
	$(BIN)/python docs/make_pictures.py
