"""Several processes behind nginx, on PostgreSQL and Redis: whichever answers, and whichever dies, nothing is lost."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
import psycopg
import pytest
import redis
from django.conf import settings

from claude_ai.tests.stand_in import GOOD_KEY

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PARTS = ["crm", "contacts", "claude_ai", "static", "templates", "locale"]
PASSWORD = "correct horse battery staple"
NGINX = """
{user}
daemon off;
pid {place}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    include {place}/crm.conf;
}}
"""


def eventually(look, seconds=60):
    """What `look` gives as soon as it gives something."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while not (found := look()):
        assert time.monotonic() < until, "it did not happen"
        pause.wait(0.05)
    return found


# --- What is started ----------------------------------------------------------------------------


@pytest.fixture
def database(postgresql_url):
    name = f"crm_processes_{uuid4().hex[:12]}"
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(postgresql_url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def cache(find_program, tmp_path):
    port = free_port()
    command = [
        find_program("redis-server"),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        tmp_path,
    ]
    with running(command, stdout=subprocess.DEVNULL):
        eventually(lambda: answers(port))
        yield f"redis://127.0.0.1:{port}/0"


class Serving:
    """One process, and what it said when it began."""

    def __init__(self, process):
        self.process = process
        self.greeting = ""
        for line in process.stdout:
            self.greeting += line
            if line.startswith("Ctrl-C"):
                break
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)", self.greeting)[1])

    def asks(self, port):
        """Whether it has a connection to the API."""
        made = psutil.Process(self.process.pid).net_connections("tcp")
        return any(one.raddr and one.raddr.port == port and one.status == "ESTABLISHED" for one in made)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=15)
        return self.process.returncode


@pytest.fixture
def serving(database, cache, claude, tmp_path):
    """Three that start at once in a checkout where nothing is made ready yet: no key, no tables, no static files."""
    checkout = tmp_path / "checkout"
    for part in PARTS:
        shutil.copytree(settings.BASE_DIR / part, checkout / part)
    shutil.copy(settings.BASE_DIR / "manage.py", checkout)
    environment = {name: os.environ[name] for name in ("PATH",)} | {
        "DATABASE_URL": database,
        "CACHE_URL": cache,
        "CLAUDE_BASE_URL": claude.url,
        "PORT": "0",
        "DEMO": "0",
    }
    command = [sys.executable, "-W", "ignore", "manage.py", "serve"]
    options = {"cwd": checkout, "env": environment, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as started:
        three = [started.enter_context(running(command, **options)) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            serving = list(pool.map(Serving, three))
        yield serving


@pytest.fixture
def address(serving, find_program, tmp_path):
    """Of nginx, with the configuration that `docs/scaling.md` shows, but for the ports and the certificate."""
    port = free_port()
    said = (settings.BASE_DIR / "docs" / "deploy" / "nginx.conf").read_text()
    for number, one in enumerate(serving, start=1):
        said = said.replace(f"127.0.0.1:800{number}", f"127.0.0.1:{one.port}")
    said = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", said)
    said = re.sub(r"(?m)^ *ssl_.*\n", "", said)
    place = tmp_path / "nginx"
    place.mkdir()
    (place / "crm.conf").write_text(said)
    user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
    (place / "nginx.conf").write_text(NGINX.format(place=place, user=user))
    with running([find_program("nginx"), "-p", place, "-c", place / "nginx.conf"]):
        eventually(lambda: answers(port))
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def find(database):
    """Whether there is such a row."""

    def find(query):
        with psycopg.connect(database) as connection:
            return connection.execute(query).fetchone()

    return find


@pytest.fixture
def page(chromium, address):
    context = chromium.new_context(base_url=address, locale="en-GB", viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def one_that_asks(serving, claude):
    """Whichever of them is speaking to the API."""
    port = urlsplit(claude.url).port
    return eventually(lambda: next((one for one in serving if one.asks(port)), None))


# --- The journeys -------------------------------------------------------------------------------


def sign_up_and_in(page, serving):
    links = {re.search(r"/setup/\S+/", one.greeting)[0] for one in serving}
    page.goto(links.pop())
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def add_contact(page):
    page.goto("/contacts/new/")
    page.get_by_label("First name").fill("Hélène")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    return urlsplit(page.url).path


def log_interaction(page):
    page.get_by_text("Log an interaction").first.click()
    form = page.locator("form[action$='/interactions/']").first
    form.get_by_label("Title").fill("Lunch at the station")
    form.get_by_role("button", name="Save").click()
    page.locator("#timeline").get_by_text("Lunch at the station").wait_for()


def save_key(page):
    page.goto("/settings")
    page.get_by_label("API key").fill(GOOD_KEY)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("key set").wait_for()


def brief(page, claude, contact):
    number = contact.strip("/").split("/")[-1]
    claude.answers_json(
        {
            "summary": "You had lunch.",
            "summary_sources": [f"c{number}"],
            "key_points": [],
            "pending_follow_ups": [],
            "suggestions": [],
        }
    )
    page.goto(contact)
    page.get_by_role("button", name="AI briefing").click()
    page.locator("#briefing").get_by_text("You had lunch.").wait_for()


def press_at_two(page, serving, contact, cache, claude):
    """The same briefing, asked for at two processes at once: one call answers both."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    path = f"/api/claude/briefing/{contact.strip('/').split('/')[-1]}?refresh=1"

    def press(one):
        request = urllib.request.Request(f"http://127.0.0.1:{one.port}{path}", headers={"Cookie": cookies})
        return json.loads(urllib.request.urlopen(request, timeout=30).read())

    def looks():
        return redis.Redis.from_url(cache).info("commandstats")["cmdstat_get"]["calls"]

    asked = len(claude.requests)
    claude.holds_as_before()
    with ThreadPoolExecutor(2) as pool:
        presses = [pool.submit(press, one) for one in serving[:2]]
        eventually(lambda: len(claude.requests) > asked)
        # Whoever waits for the other looks again and again.
        before = looks()
        eventually(lambda: looks() > before + 10)
        claude.release()
        assert {press.result()["summary"] for press in presses} == {"You had lunch."}
    assert len(claude.requests) == asked + 1
    claude.holds_again()


def ask(page, question):
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Send").click()


def test_whichever_process_answers_or_dies_nothing_is_lost(serving, address, cache, page, claude, find):
    assert sum("Static files collected." in one.greeting for one in serving) == 1
    sign_up_and_in(page, serving)
    contact = add_contact(page)
    log_interaction(page)
    save_key(page)
    brief(page, claude, contact)
    press_at_two(page, serving, contact, cache, claude)
    page.goto("/assistant")
    claude.streams("She is **well**.")
    ask(page, "How is she?")
    page.locator(".message-assistant strong", has_text="well").wait_for()
    page.get_by_role("button", name="Copy the answer").wait_for()

    # One dies in the middle of an answer.
    claude.streams("She said that she would", pieces=1, ends="held")
    ask(page, "What did she say?")
    page.get_by_text("She said that she would").wait_for()
    killed = one_that_asks(serving, claude)
    look = "SELECT 1 FROM claude_ai_message WHERE status = 'unfinished' AND text = 'She said that she would'"
    conversation = page.url
    eventually(lambda: find(look))
    killed.process.kill()
    page.get_by_text("The connection broke.").first.wait_for()
    assert page.get_by_text("She said that she would").is_visible()
    claude.release()
    for _ in range(10):
        assert urllib.request.urlopen(f"{address}/login/", timeout=10).status == 200
    page.goto(conversation)
    page.get_by_text("She said that she would").wait_for()
    page.get_by_text("Not whole").wait_for()
    page.goto(contact)
    page.locator("#timeline").get_by_text("Lunch at the station").wait_for()
    page.goto("/settings")
    page.get_by_text("key set").wait_for()

    # One is told to stop in the middle of an answer.
    serving.remove(killed)
    claude.holds_again()
    page.goto(conversation)
    claude.streams("She will call", pieces=1, ends="held")
    ask(page, "And then?")
    page.get_by_text("She will call").wait_for()
    stopped = one_that_asks(serving, claude)
    assert stopped.stop() == 0
    page.get_by_text("The server is being restarted").wait_for()
    assert page.get_by_text("She will call").is_visible()
    claude.release()
    serving.remove(stopped)

    # The last one goes on with all of it.
    claude.streams("She will call on Monday.")
    ask(page, "Go on.")
    page.get_by_text("She will call on Monday.").wait_for()
    assert all(request.key == GOOD_KEY for request in claude.requests)
