"""`manage.py serve` and `make run`: the real command, in a copy of the project, over real HTTP.

The copy is a checkout as a stranger has it: no `.env`, no key, no database, nothing collected.
"""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from django.conf import settings

PARTS = ["crm", "contacts", "claude_ai", "static", "templates", "locale"]
FILES = ["manage.py", "Makefile", "requirements.txt", "requirements-dev.txt"]


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    place = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        shutil.copytree(settings.BASE_DIR / part, place / part)
    for file in FILES:
        shutil.copy(settings.BASE_DIR / file, place)
    return place


@pytest.fixture
def environment(tmp_path):
    """Of the child: an empty database of the test's own, any free port, no sample data."""
    module = {name: value for name, value in os.environ.items() if name in ("PATH", "DJANGO_SETTINGS_MODULE")}
    return module | {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "PORT": "0", "DEMO": "0"}


@pytest.fixture(scope="session")
def migrated(checkout, tmp_path_factory):
    """A database with its tables and nothing in them: making them is most of the work of a first start."""
    database = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=checkout, env=environment, check=True)
    return database


@pytest.fixture
def start(first_start, migrated, tmp_path):
    shutil.copy(migrated, tmp_path / "db.sqlite3")
    return first_start


@pytest.fixture
def first_start(checkout, environment):
    @contextmanager
    def start(**variables):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=checkout,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            greeting = read_greeting(process)
            yield SimpleNamespace(process=process, greeting=greeting, address=said(greeting, "Address"))
        finally:
            process.kill()
            process.communicate()

    return start


@pytest.fixture
def fail(checkout, environment):
    def fail(**variables):
        command = [sys.executable, "manage.py", "serve"]
        return subprocess.run(
            command, cwd=checkout, env=environment | variables, capture_output=True, text=True, check=False
        )

    return fail


def read_greeting(process):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            return "".join(lines)
    pytest.fail("It ended before it said where it serves:\n" + "".join(lines))


def said(greeting, name):
    found = re.search(rf"^{name}: +(\S+)$", greeting, re.MULTILINE)
    return found and found[1]


def setup_link(greeting):
    return re.search(r"http://\S+/setup/\S+/", greeting)[0]


def stop(server, by=signal.SIGTERM):
    """Ends it and gives its last words."""
    server.process.send_signal(by)
    words, _none = server.process.communicate(timeout=30)
    return words


class Browser:
    """Keeps cookies and sends a form with the token of the page that it is on."""

    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def get(self, address, data=None, **headers):
        try:
            answer = self.opener.open(urllib.request.Request(address, data, headers), timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return SimpleNamespace(
                status=answer.status,
                url=answer.url,
                headers=answer.headers,
                text=answer.read().decode(errors="replace"),
            )

    def submit(self, address, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(address).text)[1]
        return self.get(address, urlencode(fields | {"csrfmiddlewaretoken": token}).encode())


def sign_in(server, username, password):
    """The page that a person is on after signing in."""
    return Browser().submit(f"{server.address}login/", username=username, password=password)


def make_first_account(server):
    new = "correct horse battery staple"
    return Browser().submit(setup_link(server.greeting), username="ada", password1=new, password2=new)


# --- A first start ----------------------------------------------------------------------------


def test_an_empty_server_gives_a_link_that_makes_the_first_account(first_start):
    with first_start() as server:
        assert said(server.greeting, "User") is None
        assert setup_link(server.greeting).startswith(server.address)
        page = make_first_account(server)
        assert (page.status, page.url) == (200, server.address)
        assert Browser().get(setup_link(server.greeting)).status == 404


def test_the_user_and_password_of_the_sample_data_sign_in(first_start, checkout):
    with first_start(DEMO="1") as server:
        page = sign_in(server, said(server.greeting, "User"), said(server.greeting, "Password"))
        assert (page.status, page.url) == (200, server.address)
        assert sign_in(server, "demo", "a guess").url == f"{server.address}login/"
        assert "/setup/" not in server.greeting
    for name in (".demo_password", ".secret_key"):
        assert stat.S_IMODE((checkout / name).stat().st_mode) == 0o600


def test_the_password_of_the_sample_data_can_be_chosen(start):
    with start(DEMO="1", DEMO_PASSWORD="first choice") as server:
        assert sign_in(server, "demo", "first choice").url == server.address
    with start(DEMO="1") as server:
        assert "first choice" not in server.greeting
        assert sign_in(server, "demo", "first choice").url == server.address
    with start(DEMO="1", DEMO_PASSWORD="second choice") as server:
        assert sign_in(server, "demo", "second choice").url == server.address
        assert sign_in(server, "demo", "first choice").url == f"{server.address}login/"


# --- A second start ---------------------------------------------------------------------------


def test_a_second_start_collects_nothing_again_and_keeps_all_data(start):
    with start() as server:
        make_first_account(server)
        stop(server)
    with start(DEMO="1") as server:
        assert "collected" not in server.greeting
        assert "Sample data" not in server.greeting
        assert "/setup/" not in server.greeting
        assert sign_in(server, "ada", "correct horse battery staple").url == server.address


def test_a_second_start_prints_the_password_that_was_made_at_the_first(start):
    with start(DEMO="1") as server:
        password = said(server.greeting, "Password")
    with start(DEMO="1") as server:
        assert said(server.greeting, "Password") == password
        assert "Sample data" not in server.greeting


def test_who_is_signed_in_stays_so_across_a_restart(start):
    browser = Browser()
    with start(DEMO="1") as server:
        fields = {"username": "demo", "password": said(server.greeting, "Password")}
        browser.submit(f"{server.address}login/", **fields)
    with start(DEMO="1") as server:
        assert browser.get(server.address).url == server.address


def test_static_files_are_collected_again_only_when_one_has_changed(start, checkout):
    with start():
        pass
    style = checkout / "static" / "css" / "app.css"
    os.utime(style, (0, 0))
    with start() as server:
        assert "Static files collected." in server.greeting
    with start() as server:
        assert "Static files collected." not in server.greeting


# --- What is served ---------------------------------------------------------------------------


def test_pages_have_a_security_policy_and_style_that_is_hashed_compressed_and_kept(start):
    with start() as server:
        browser = Browser()
        page = browser.get(server.address)
        assert page.url == f"{server.address}login/?next=/"
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "Server" not in page.headers
        [style] = re.findall(r'href="/(static/css/app\.[0-9a-f]{12}\.css)"', page.text)
        for coding in ("br", "gzip"):
            answer = browser.get(server.address + style, **{"Accept-Encoding": coding})
            assert answer.status == 200
            assert answer.headers["Content-Encoding"] == coding
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert "immutable" in answer.headers["Cache-Control"]
        plain = browser.get(server.address + style)
        assert plain.headers["Content-Encoding"] is None
        assert "{" in plain.text


def test_every_file_that_a_page_names_is_there(start):
    with start() as server:
        browser = Browser()
        page = browser.get(f"{server.address}login/")
        names = re.findall(r'(?:href|src)="/(static/[^"]+)"', page.text)
        assert len(names) >= 4
        assert [name for name in names if browser.get(server.address + name).status != 200] == []


# --- What goes wrong --------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said_in_one_line(fail, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = fail(PORT=str(port))
    assert answer.returncode == 1
    [line] = answer.stderr.splitlines()
    assert f"127.0.0.1, port {port}: Address already in use. PORT=" in line
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"PORT": "99999"}, "port must be 0-65535"),
        ({"HOST": "nowhere.invalid"}, "Cannot serve on nowhere.invalid"),
        ({"DATABASE_URL": "sqlite:////nowhere/db.sqlite3"}, "unable to open database file"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/crm"}, "Connection refused"),
    ],
    ids=["port", "host", "sqlite", "postgresql"],
)
def test_what_it_cannot_use_is_said_in_one_line(fail, variables, reason):
    answer = fail(**variables)
    assert answer.returncode == 1
    [line] = answer.stderr.splitlines()
    assert reason in line


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_without_a_word_too_many_and_leaves_one_whole_file(start, tmp_path, by):
    with start() as server:
        make_first_account(server)
        assert stop(server, by) == "Stopped.\n"
        assert server.process.returncode == 0
    assert [path.name for path in tmp_path.glob("db*")] == ["db.sqlite3"]


def test_on_a_network_it_says_what_other_machines_still_need(start):
    with start(HOST="0.0.0.0") as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert "until ALLOWED_HOSTS" in server.greeting
        assert "until HTTPS=False" in server.greeting
    with start(HOST="0.0.0.0", ALLOWED_HOSTS="crm.example.org, 127.0.0.1", HTTPS="False") as server:
        assert "until" not in server.greeting
        assert Browser().get(f"{server.address}login/").status == 200


@pytest.mark.parametrize(("believed", "status"), [("127.0.0.1", 200), ("10.0.0.0/8", 301)])
def test_only_a_proxy_that_is_named_says_that_there_was_tls(start, believed, status):
    with start(FORWARDED_ALLOW_IPS=believed, ALLOWED_HOSTS="crm.example.org") as server:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/login/", headers={"Host": "crm.example.org", "X-Forwarded-Proto": "https"})
        assert connection.getresponse().status == status
        connection.close()


# --- make run ---------------------------------------------------------------------------------


@pytest.fixture
def make_run(tmp_path):
    if not shutil.which("make"):
        pytest.skip("no make on this machine")
    for file in FILES:
        shutil.copy(settings.BASE_DIR / file, tmp_path)

    def make_run(*arguments):
        command = ["make", "--no-print-directory", "run", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return make_run


def python(tmp_path, script):
    """A Python that answers as `script` says."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_make_run_installs_nothing_a_second_time(make_run, tmp_path):
    assert "pip" in make_run("--dry-run").stdout
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "runtime").touch()
    assert make_run("--dry-run").stdout == "exec .venv/bin/python manage.py serve\n"


def test_make_run_says_which_python_it_needs(make_run, tmp_path):
    answer = make_run(python(tmp_path, "exit 1"))
    assert answer.returncode == 2
    assert answer.stdout.startswith("Python 3.11 or later is needed")


def test_make_run_says_what_to_install_where_python_lacks_venv(make_run, tmp_path):
    answer = make_run(python(tmp_path, 'case "$*" in *venv*) exit 1;; esac'))
    assert answer.returncode == 2
    assert "apt install python3-venv" in answer.stdout
