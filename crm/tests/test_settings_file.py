"""`.env.example` tells the truth: every variable that is read, with its default."""

import ast
import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

EXAMPLE = settings.BASE_DIR / ".env.example"
READ = re.compile(r'\benv\.\w+\(\s*"([A-Z][A-Z0-9_]*)"(?:,\s*default=([^,()]+)\))?')
SHOWN = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
# Without the names of the languages, which need the whole of Django to be written.
PRINT_SETTINGS = """
import crm.settings
print({name: value for name, value in vars(crm.settings).items() if name.isupper() and name != "LANGUAGES"})
"""


def sources():
    for app in ("crm", "contacts", "claude_ai"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" not in path.parts:
                yield path


def read_variables():
    """Every variable that the code reads, with the default that is written beside it."""
    return dict(found for path in sources() for found in READ.findall(path.read_text()))


def shown_variables():
    return dict(SHOWN.findall(EXAMPLE.read_text()))


def test_it_names_every_variable_that_is_read_and_no_other():
    assert sorted(shown_variables()) == sorted(read_variables())
    assert len(SHOWN.findall(EXAMPLE.read_text())) == len(shown_variables())


def test_each_is_explained():
    for block in EXAMPLE.read_text().split("\n\n"):
        if SHOWN.search(block):
            assert re.match(r"# \w", block), block


def test_the_readme_names_every_variable_too():
    readme = (settings.BASE_DIR / "README.md").read_text()
    assert [name for name in shown_variables() if f"`{name}`" not in readme and f"{name}=" not in readme] == []


@pytest.fixture
def load(tmp_path):
    """The settings of a project in a place of its own, with this `.env` and nothing in the environment."""
    (tmp_path / "crm").mkdir()
    for name in ("__init__.py", "settings.py", "secret_key.py"):
        shutil.copy(settings.BASE_DIR / "crm" / name, tmp_path / "crm")
    (tmp_path / ".secret_key").write_text("s3cret")

    def load(text, **variables):
        (tmp_path / ".env").write_text(text)
        environment = {"PATH": os.environ["PATH"], **variables}
        command = [sys.executable, "-c", PRINT_SETTINGS]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    return load


def test_unchanged_it_changes_nothing(load):
    assert load(EXAMPLE.read_text()) == load("")


def test_the_defaults_that_it_shows_are_the_defaults(load):
    assert load(re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.MULTILINE)) == load("")


@pytest.mark.parametrize("name", ["HOST", "PORT", "DEMO", "DEMO_PASSWORD"])
def test_the_defaults_of_the_start_that_it_shows_are_the_defaults(name):
    assert shown_variables()[name] == str(ast.literal_eval(read_variables()[name]))


def test_what_is_set_to_nothing_is_not_set(load):
    assert load("", **dict.fromkeys(shown_variables(), " ")) == load("")


def test_the_environment_wins_over_the_file(load):
    assert "'PHONE_REGION': 'BE'" in load("PHONE_REGION=CH", PHONE_REGION="BE")
    assert "'PHONE_REGION': 'CH'" in load("PHONE_REGION=CH")
