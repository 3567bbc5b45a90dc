"""No log line holds an address that opens something by itself."""

import io
import logging
import re

import pytest
from django.test import Client

from contacts.views import calendar_feed
from crm import setup_link
from crm.log import Formatter


@pytest.fixture
def log(monkeypatch):
    """What the server's log holds so far, written as the server writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(Formatter("{message}", style="{"))
    monkeypatch.setattr(logging.getLogger("django"), "handlers", [handler])
    return lines.getvalue


def test_the_address_of_a_feed_is_not_in_the_log(as_alice, log, monkeypatch):
    page = as_alice.post("/calendars/feed/address/", {"instead_of": ""}).text
    address = re.search(r'value="http://localhost(/calendar/[^"]+)"', page).group(1)
    program = Client(headers={"host": "localhost"})
    monkeypatch.setattr(calendar_feed, "READS_PER_ADDRESS", 0)
    assert program.get(address).status_code == 429
    assert program.post(address).status_code == 405
    as_alice.post("/calendars/feed/revoke/")
    assert program.get(address).status_code == 404
    assert log().count("/calendar/…") == 3
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in log()


def test_an_error_on_the_way_does_not_tell_it_either(as_alice, log, monkeypatch):
    page = as_alice.post("/calendars/feed/address/", {"instead_of": ""}).text
    address = re.search(r'value="http://localhost(/calendar/[^"]+)"', page).group(1)

    def broken(*args, **kwargs):
        raise RuntimeError(f"cannot read {address}")

    monkeypatch.setattr(calendar_feed.limits, "seconds_to_wait", broken)
    program = Client(headers={"host": "localhost"}, raise_request_exception=False)
    assert program.get(address).status_code == 500
    assert "RuntimeError" in log()
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in log()


def test_the_link_that_makes_the_first_account_is_not_in_the_log(alice, log):
    link = setup_link.path()
    assert Client(headers={"host": "localhost"}).get(link).status_code == 404
    assert "/setup/…" in log()
    assert link not in log()


def test_the_server_writes_its_log_so(settings):
    assert settings.LOGGING["formatters"]["plain"]["()"] == "crm.log.Formatter"
