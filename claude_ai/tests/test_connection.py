"""The connection test: its route, its form without JavaScript, and its command."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claude_ai.models import Usage
from claude_ai.tests.stand_in import GOOD_KEY

URL = "/api/claude/test"
ROOT = Path(__file__).parents[2]
DEFAULT = "claude-sonnet-4-5-20250929"
FRAGMENT = {"HX-Request": "true"}


def post(client, **fields):
    return client.post(URL, json.dumps(fields), content_type="application/json")


def test_the_key_in_force_is_tested(claude, as_alice, server_key):
    answer = as_alice.get(URL)
    assert answer.status_code == 200
    assert set(answer.json()) == {"ok", "model", "display_name", "lifecycle", "latency_ms"}
    assert answer.json() | {"latency_ms": 0} == {
        "ok": True,
        "model": DEFAULT,
        "display_name": "Claude Sonnet 4.5",
        "lifecycle": "deprecated",
        "latency_ms": 0,
    }
    assert isinstance(answer.json()["latency_ms"], int)
    assert claude.requests[0].key == server_key


def test_a_pasted_key_is_tested_and_not_stored(claude, as_alice):
    answer = post(as_alice, api_key="sk-ant-pasted-key")
    assert answer.json()["ok"] is True
    assert claude.requests[0].key == "sk-ant-pasted-key"
    assert as_alice.get("/api/claude/settings").json()["configured"] is False


def test_the_session_key_and_model_are_the_ones_tested(claude, as_alice, server_key):
    as_alice.post("/api/claude/settings", {"api_key": "sk-ant-of-alice", "model": "claude-opus-4-6"})
    assert as_alice.get(URL).json()["model"] == "claude-opus-4-6"
    assert claude.requests[0].key == "sk-ant-of-alice"


def test_a_test_sends_nothing_of_the_users(claude, as_alice, server_key):
    as_alice.get(URL)
    assert "alice" not in claude.requests[0].text
    assert claude.requests[0].json["max_tokens"] < 100


def test_a_retired_model_is_replaced_and_the_fragment_says_so(claude, as_alice, server_key):
    claude.knows_no(DEFAULT)
    assert as_alice.get(URL).json()["model"] == "claude-sonnet-5-5"
    page = as_alice.get(URL, headers=FRAGMENT).content.decode()
    assert "The connection works: Claude Sonnet 5.5 answered" in page
    assert "Claude Sonnet 4.5 is retired" in page


@pytest.mark.parametrize("fields", [{}, {"api_key": ""}, {"api_key": "with space"}, {"api_key": "é"}, {"api_key": 5}])
def test_a_pasted_key_that_cannot_be_one_is_not_tried(claude, as_alice, fields):
    response = post(as_alice, **fields)
    assert response.status_code == 400
    assert set(response.json()["error"]["fields"]) == {"api_key"}
    assert claude.requests == []


def test_without_a_key_there_is_nothing_to_test(claude, as_alice):
    response = as_alice.get(URL)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "no_api_key")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (400, 400, "invalid"),
        (401, 502, "invalid_api_key"),
        (402, 502, "permission"),
        (403, 502, "permission"),
        (413, 413, "too_large"),
        (429, 429, "rate_limited"),
        (529, 503, "overloaded"),
    ],
)
def test_a_failure_has_the_contracts_code_and_a_sentence(claude, as_alice, given, status, code):
    as_alice.post("/api/claude/settings", {"api_key": GOOD_KEY})
    claude.fails(given, message="whatever the API says", headers={"retry-after": "17"})
    response = as_alice.get(URL)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert error["message"].endswith(".")
    assert "whatever" not in error["message"]
    assert response["Retry-After"] == "17"


def test_a_model_without_a_successor_is_unavailable(claude, as_alice, server_key, settings):
    settings.CLAUDE_MODEL = "claude-unheard-of"
    claude.knows_no("claude-unheard-of")
    response = as_alice.get(URL)
    assert (response.status_code, response.json()["error"]["code"]) == (502, "model_unavailable")


def test_a_failure_in_the_page_is_an_alert(claude, as_alice, server_key):
    claude.fails(401, "authentication_error")
    response = as_alice.post(URL, {"api_key": "sk-ant-bad"}, headers=FRAGMENT)
    assert response.status_code == 502
    assert 'role="alert"' in response.content.decode()
    assert "Claude does not accept this API key" in response.content.decode()


def test_the_sentence_is_in_the_users_language(claude, as_alice, alice):
    alice.profile.language = "fr"
    alice.profile.save()
    english = "There is no API key for Claude yet: paste one in the settings."
    assert as_alice.get(URL)["Content-Language"] == "fr"
    assert as_alice.get(URL).json()["error"]["message"] != "" != english


def test_another_site_cannot_spend_the_users_tokens(claude, as_alice, server_key):
    response = as_alice.get(URL, headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    assert claude.requests == []
    assert as_alice.get(URL, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_test_over_the_budget_is_not_made(claude, as_alice, alice, server_key, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 1.0
    Usage.objects.create(user=alice, feature="briefing", model=DEFAULT, cost_usd=1, status="ok")
    response = as_alice.get(URL)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "budget_exceeded")
    assert int(response["Retry-After"]) > 0


def test_a_test_takes_few_queries(claude, as_alice, server_key):
    as_alice.get(URL)
    with CaptureQueriesContext(connection) as captured:
        as_alice.get(URL)
    assert len(captured) == 6


def test_the_button_works_without_javascript(claude, as_alice):
    response = as_alice.post(reverse("claude_test_page"), {"api_key": "sk-ant-pasted-key"}, follow=True)
    assert "The connection works: Claude Sonnet 4.5 answered" in response.content.decode()
    claude.fails(401, "authentication_error")
    response = as_alice.post(reverse("claude_test_page"), {"api_key": "sk-ant-pasted-key"}, follow=True)
    assert "Claude does not accept this API key" in response.content.decode()


def test_an_empty_form_tests_the_key_in_force(claude, as_alice, server_key):
    assert as_alice.post(URL, {"api_key": "", "model": DEFAULT, "max_tokens": "1024"}).json()["ok"] is True


# --- manage.py claude_test --------------------------------------------------------------------


def run(*args):
    """The exit code, and what was printed on both channels."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("claude_test", *args, stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_the_command_prints_what_answered(claude, server_key):
    claude.says("OK", usage={"input_tokens": 21, "output_tokens": 4})
    code, out, err = run()
    assert (code, err) == (0, "")
    for printed in (DEFAULT, "Claude Sonnet 4.5", "deprecated", " ms", "21 in, 4 out"):
        assert printed in out
    assert server_key not in out


@pytest.mark.django_db
def test_the_command_says_when_a_retired_model_was_replaced(claude, server_key, time_machine):
    time_machine.move_to("2026-12-01T12:00:00Z")
    code, out, _err = run()
    assert code == 0
    assert "claude-sonnet-5-5" in out
    assert "Claude Sonnet 4.5 is retired" in out


@pytest.mark.parametrize(("key", "exit_code"), [(GOOD_KEY, 0), ("", 2)])
def test_the_command_needs_no_database(claude, tmp_path, key, exit_code):
    environment = {
        "CLAUDE_API_KEY": key,
        "CLAUDE_BASE_URL": claude.url,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }
    command = [sys.executable, "manage.py", "claude_test"]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert ran.returncode == exit_code
    assert "Traceback" not in ran.stderr
    assert GOOD_KEY not in ran.stdout + ran.stderr
    assert ("Claude Sonnet" in ran.stdout) == (exit_code == 0)


@pytest.mark.django_db
def test_the_command_takes_a_model_and_speaks_json(claude, server_key):
    code, out, _err = run("--model", "claude-opus-4-6", "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["ok"], answer["model"], answer["display_name"]) == (True, "claude-opus-4-6", "Claude Opus 4.6")
    assert answer["usage"]["output_tokens"] == 300


@pytest.mark.django_db
@pytest.mark.parametrize("args", [(), ("--json",)])
def test_a_key_that_the_api_refuses_is_one_line_and_exit_code_1(claude, server_key, args):
    claude.fails(401, "authentication_error")
    code, out, err = run(*args)
    assert code == 1
    assert (out + err).count("\n") == 1
    assert "invalid_api_key" in out + err
    assert "check CLAUDE_API_KEY" in out + err
    assert server_key not in out + err
    if args:
        assert json.loads(out)["ok"] is False


@pytest.mark.django_db
def test_an_api_that_is_not_there_is_exit_code_1(server_key, settings):
    settings.CLAUDE_BASE_URL = "http://127.0.0.1:1"
    assert run()[0] == 1


@pytest.mark.django_db
def test_no_key_is_exit_code_2(claude):
    code, _out, err = run()
    assert code == 2
    assert err.count("\n") == 1
    assert "CLAUDE_API_KEY" in err
