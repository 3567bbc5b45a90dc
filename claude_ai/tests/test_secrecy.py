"""Where a key must never be found: tables, logs, caches, pages, error pages."""

import json
import logging

import pytest
from django.core.cache import caches
from django.db import connection

from claude_ai import connection as connection_test
from claude_ai.tests.stand_in import GOOD_KEY

SETTINGS, TEST = "/api/claude/settings", "/api/claude/test"
PASTED = "sk-ant-only-pasted-0123456789"


def all_tables():
    """Every value of every table, as one text."""
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            texts.append(repr(cursor.fetchall()))
    return "\n".join(texts)


def all_caches():
    return "".join(repr(vars(caches[name])["_cache"]) for name in ("default", "secrets"))


def use_everything(client, claude):
    """What a user does with a key; gives back all that they were shown."""
    body = {"content_type": "application/json"}
    yield client.post(TEST, json.dumps({"api_key": PASTED}), **body)
    yield client.post(SETTINGS, json.dumps({"api_key": GOOD_KEY}), **body)
    yield client.get(TEST)
    yield client.get(SETTINGS)
    yield client.get(SETTINGS, headers={"HX-Request": "true"})
    yield client.post(SETTINGS, {"api_key": GOOD_KEY, "max_tokens": "0"}, headers={"HX-Request": "true"})
    yield client.post(SETTINGS, json.dumps({"api_key": GOOD_KEY, "max_tokens": 0}), **body)
    for status in (401, 500):
        claude.fails(status, message=f"{GOOD_KEY} {PASTED}")
        yield client.get(TEST)
        yield client.post(TEST, {"api_key": PASTED}, headers={"HX-Request": "true"})


def test_a_used_key_is_in_no_answer_table_cache_or_log(claude, as_alice, caplog):
    caplog.set_level(logging.DEBUG)
    for key in (GOOD_KEY, PASTED):
        assert key not in str([response.content for response in use_everything(as_alice, claude)])
    for place in (all_tables(), all_caches(), caplog.text):
        assert GOOD_KEY not in place
        assert PASTED not in place
    assert "claude_ai_usage" in connection.introspection.table_names()
    assert caplog.text


@pytest.fixture
def failing_test(monkeypatch):
    """The connection test has a bug, with the key among its variables."""

    def breaks(caller):
        spelled_out = f"Bearer {caller.key.value}"
        raise RuntimeError(len(spelled_out))

    monkeypatch.setattr(connection_test, "test", breaks)


@pytest.mark.usefixtures("claude", "failing_test")
@pytest.mark.parametrize("debug", [True, False])
def test_an_error_page_shows_no_key(as_alice, settings, caplog, debug):
    settings.DEBUG = debug
    as_alice.raise_request_exception = False
    as_alice.post(SETTINGS, {"api_key": GOOD_KEY})

    for response in (as_alice.get(TEST), as_alice.post(TEST, {"api_key": PASTED})):
        assert response.status_code == 500
        assert ("RuntimeError" in response.content.decode()) == debug
        for key in (GOOD_KEY, PASTED):
            assert key not in response.content.decode()
            assert key not in caplog.text
