"""What every test may ask for: two owners, and their browsers without a browser."""

import os

import hypothesis
import pytest
from django.test import Client

from contacts.tests import clock
from contacts.tests.factories import UserFactory
from crm.tests import services

# Playwright drives Chromium from an event loop of its own, in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes tells how busy the machine is.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

MARKERS = {"browser": "chromium", "redis": "redis", "processes": "processes"}


def _missing(config):
    """What this machine lacks for the tests that were asked for: a reason for each marker."""
    wanted = [marker for marker in MARKERS if f"not {marker}" not in config.option.markexpr]
    return {marker: reason for marker in wanted if (reason := services.CHECKS[MARKERS[marker]][1]())}


def pytest_configure(config):
    missing = _missing(config)
    if missing and os.environ.get("REQUIRE_ALL"):
        pytest.exit(f"REQUIRE_ALL is set: {'; '.join(missing.values())}", returncode=2)
    config.stash[LEFT_OUT] = missing


def pytest_addoption(parser):
    parser.addoption("--database-only", action="store_true", help="leave out what no database or setting can change")
    parser.addoption("--pages-only", action="store_true", help="leave out what asks for no page and runs no command")


def pytest_collection_modifyitems(config, items):
    if config.option.database_only:
        _leave_only(config, items, lambda item: _asks_for(item, "db", "transactional_db", marker="django_db"))
    if config.option.pages_only:
        _leave_only(config, items, lambda item: _asks_for(item, *CLIENTS) or "command" in item.nodeid)
    for marker, reason in config.stash[LEFT_OUT].items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


CLIENTS = ("client", "async_client", "client_of", "live_server")


def _asks_for(item, *fixtures, marker=""):
    return bool(set(fixtures) & set(item.fixturenames) or (marker and item.get_closest_marker(marker)))


def _leave_only(config, items, is_wanted):
    left = [item for item in items if not is_wanted(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if is_wanted(item)]


LEFT_OUT = pytest.StashKey()


def pytest_terminal_summary(terminalreporter, config):
    for marker, reason in config.stash[LEFT_OUT].items():
        terminalreporter.write_line(f"Left out: {services.CHECKS[MARKERS[marker]][0]}: {reason}.")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """What the databases know of time, they know from the tests."""
    clock.install()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        clock.prepare_database()


@pytest.fixture(autouse=True)
def _plain_server(settings, tmp_path):
    """No machine setting decides a test: no key, no TLS in between, unhashed static files.

    Whatever `serve` has collected is not looked through, for each client anew: that was half of the time of a page.
    """
    settings.STATIC_ROOT = tmp_path / "staticfiles"
    settings.CLAUDE_API_KEY = ""
    settings.CALENDAR_PRIVATE_ORIGINS = []
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _empty_caches():
    from django.core.cache import caches

    yield
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture
def alice(db):
    """The owner in whose book a test happens; she reads English."""
    return _person("alice")


@pytest.fixture
def charlie(db):
    """Somebody else, who must always be turned away."""
    return _person("charlie")


def _person(username):
    from contacts.models import Profile

    user = UserFactory(username=username)
    Profile.objects.create(user=user, language="en", time_zone="Europe/Paris")
    return user


@pytest.fixture
def client_of():
    """A signed-in test client for a user; `localhost` needs no TLS."""

    def make(user):
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        return client

    return make


@pytest.fixture
def as_alice(client_of, alice):
    return client_of(alice)


@pytest.fixture
def as_charlie(client_of, charlie):
    return client_of(charlie)


@pytest.fixture(scope="session")
def find_program():
    return services.which


@pytest.fixture(scope="session")
def postgresql_url():
    """A server on which tests may create databases."""
    return services.POSTGRESQL_URL


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server):
    """A fresh browser page; the test fails if the page broke the security policy or raised an error."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith(live_server.url) else complaints.append(f"asked {request.url}"),
    )
    yield page
    context.close()
    assert complaints == []


def _is_complaint(message):
    """Errors of the page's own; an answer with an error status is for the test to judge."""
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def sign_in(page):
    def sign_in(user):
        page.goto("/login/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill("correct horse battery staple")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")

    return sign_in
