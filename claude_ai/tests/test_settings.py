"""The settings about Claude: the API's route, its fragment, and the forms without JavaScript."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claude_ai.models import Usage
from claude_ai.tests.stand_in import GOOD_KEY

URL = "/api/claude/settings"
DEFAULT = "claude-sonnet-4-5-20250929"
FRAGMENT = {"HX-Request": "true"}


def post(client, **fields):
    return client.post(URL, json.dumps(fields), content_type="application/json")


def test_without_a_key_the_settings_are_the_servers(claude, as_alice):
    answer = as_alice.get(URL).json()
    assert set(answer) == {"configured", "key_source", "key_hint", "model", "max_tokens", "models"}
    assert (answer["configured"], answer["key_source"], answer["key_hint"]) == (False, "none", "")
    assert (answer["model"], answer["max_tokens"]) == (DEFAULT, 1024)
    assert [model["id"] for model in answer["models"]] == [DEFAULT, "claude-haiku-4-5-20251001", "claude-opus-4-6"]
    for model in answer["models"]:
        assert set(model) == {"id", "name", "usage", "speed", "cost", "lifecycle", "retires_at"}
        assert all(model[field] for field in ("name", "usage", "speed", "cost"))
    assert answer["models"][0]["retires_at"] == "2026-11-30"
    assert claude.list_requests == []


def test_the_servers_key_shows_its_end_only(claude, as_alice, server_key):
    response = as_alice.get(URL)
    assert response.json()["key_source"] == "environment"
    assert response.json()["key_hint"] == "LAST"
    assert server_key not in response.content.decode()


def test_saving_answers_like_reading_and_lasts_for_the_session(claude, as_alice):
    saved = post(as_alice, api_key=f" {GOOD_KEY}\n", model="claude-opus-4-6", max_tokens=2048)
    assert saved.status_code == 200
    assert saved.json() == as_alice.get(URL).json()
    assert (saved.json()["key_source"], saved.json()["key_hint"]) == ("session", "LAST")
    assert (saved.json()["model"], saved.json()["max_tokens"]) == ("claude-opus-4-6", 2048)
    assert claude.requests == []


def test_each_setting_can_be_saved_alone(claude, as_alice):
    post(as_alice, api_key=GOOD_KEY)
    post(as_alice, max_tokens=300)
    answer = post(as_alice, model="claude-haiku-4-5-20251001").json()
    assert (answer["key_source"], answer["max_tokens"]) == ("session", 300)
    assert answer["model"] == "claude-haiku-4-5-20251001"


def test_a_model_that_the_endpoint_lists_can_be_chosen(claude, as_alice, server_key):
    claude.lists_models({"id": "claude-fable-5", "display_name": "Claude Fable 5"})
    answer = post(as_alice, model="claude-fable-5").json()
    assert answer["model"] == "claude-fable-5"
    assert answer["models"][-1]["name"] == "Claude Fable 5"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"api_key": ""}, {"api_key"}),
        ({"api_key": "   "}, {"api_key"}),
        ({"api_key": None}, {"api_key"}),
        ({"api_key": ["sk-ant"]}, {"api_key"}),
        ({"api_key": "sk ant key"}, {"api_key"}),
        ({"api_key": "clé-secrète"}, {"api_key"}),
        ({"api_key": "sk-ant\x00key"}, {"api_key"}),
        ({"model": "gpt-4"}, {"model"}),
        ({"model": ""}, {"model"}),
        ({"model": {"id": "x"}}, {"model"}),
        ({"max_tokens": 0}, {"max_tokens"}),
        ({"max_tokens": 64_001}, {"max_tokens"}),
        ({"max_tokens": "many"}, {"max_tokens"}),
        ({"max_tokens": True}, {"max_tokens"}),
        ({"max_tokens": None}, {"max_tokens"}),
        ({"max_tokens": 1.5}, {"max_tokens"}),
        ({"api_key": "", "model": "nope", "max_tokens": -1}, {"api_key", "model", "max_tokens"}),
    ],
)
def test_what_is_wrong_is_named_and_then_nothing_is_changed(claude, as_alice, fields, wrong):
    before = post(as_alice, api_key=GOOD_KEY, max_tokens=512).json()

    answer = post(as_alice, **{"api_key": "sk-ant-another", "model": "claude-opus-4-6", "max_tokens": 99} | fields)

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert set(error["fields"]) == wrong
    assert all(sentence for sentences in error["fields"].values() for sentence in sentences)
    assert as_alice.get(URL).json() == before


@pytest.mark.parametrize("body", ["{", "[]", "null", '"key"', "\xff"])
def test_a_body_that_is_no_object_is_invalid(claude, as_alice, body):
    response = as_alice.post(URL, body.encode("latin-1"), content_type="application/json")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"


def test_a_body_that_is_too_large_is_refused(claude, as_alice):
    response = as_alice.post(URL, b'{"api_key": "' + b"k" * 3_000_000 + b'"}', content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_forgetting_leaves_the_servers_key(claude, as_alice, settings):
    post(as_alice, api_key=GOOD_KEY, max_tokens=300)
    answer = as_alice.delete(URL)
    assert (answer.status_code, answer.json()["key_source"]) == (200, "none")
    assert answer.json()["max_tokens"] == 300


def test_nobody_else_and_no_other_session_sees_the_key(claude, as_alice, as_charlie, client_of, alice):
    post(as_alice, api_key=GOOD_KEY)
    assert as_charlie.get(URL).json()["configured"] is False
    assert client_of(alice).get(URL).json()["configured"] is False


def test_signing_out_forgets_key_and_choices(claude, as_alice, alice):
    post(as_alice, api_key=GOOD_KEY, max_tokens=300)
    as_alice.post("/logout/")
    as_alice.force_login(alice)
    answer = as_alice.get(URL).json()
    assert (answer["configured"], answer["max_tokens"]) == (False, 1024)


# --- What holds for every route ---------------------------------------------------------------


@pytest.mark.parametrize("path", [URL, "/api/claude/test"])
def test_a_visitor_is_asked_to_sign_in(client, db, path):
    response = client.get(path, headers={"host": "localhost"})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("path", [URL, "/api/claude/test"])
def test_other_methods_are_not_allowed(claude, as_alice, path, method):
    response = getattr(as_alice, method)(path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("method", ["post", "delete"])
def test_a_change_needs_the_token_against_forgery(claude, alice, method):
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.force_login(alice)
    response = getattr(strict, method)(URL)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", [URL, "/api/claude/test"])
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_no_answer_is_stored_and_caches_know_of_both_faces(claude, as_alice, server_key, path, headers):
    response = as_alice.get(path, headers=headers)
    assert "no-store" in response["Cache-Control"]
    assert {"HX-Request", "Accept"} <= {name.strip() for name in response["Vary"].split(",")}


@pytest.mark.parametrize(
    ("method", "path"), [("get", URL), ("post", URL), ("delete", URL), ("get", "/api/claude/test")]
)
def test_switched_off_the_routes_say_so(as_alice, settings, method, path):
    settings.ENABLE_AI_FEATURES = False
    response = getattr(as_alice, method)(path)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "ai_disabled")


def test_reading_takes_few_queries_however_long_the_ledger(claude, as_alice, alice, server_key):
    def queries(headers=None):
        with CaptureQueriesContext(connection) as captured:
            as_alice.get(URL, headers=headers)
        return len(captured)

    Usage.objects.bulk_create(Usage(user=alice, feature="test", model=DEFAULT, status="ok") for _ in range(10))
    first = queries(), queries(FRAGMENT)
    Usage.objects.bulk_create(Usage(user=alice, feature="test", model=DEFAULT, status="ok") for _ in range(20))
    assert (queries(), queries(FRAGMENT)) == first == (3, 4)


# --- The section of the settings page ---------------------------------------------------------


def test_the_fragment_shows_the_state_and_never_the_key(claude, as_alice):
    post(as_alice, api_key=GOOD_KEY)
    page = as_alice.get(URL, headers=FRAGMENT).content.decode()
    assert 'id="claude-settings"' in page
    assert "LAST" in page
    assert "Forget the key" in page
    assert "Claude Opus 4.6" in page
    assert GOOD_KEY not in page


def test_a_form_saves_through_htmx_and_an_empty_key_means_no_change(claude, as_alice):
    post(as_alice, api_key=GOOD_KEY)
    response = as_alice.post(URL, {"api_key": "", "model": "claude-opus-4-6", "max_tokens": "500"}, headers=FRAGMENT)
    assert response.status_code == 200
    assert "The settings are saved for this session." in response.content.decode()
    assert '<option value="claude-opus-4-6" selected>' in response.content.decode()
    assert as_alice.get(URL).json()["key_source"] == "session"


def test_a_wrong_form_comes_back_with_what_is_wrong_and_without_the_key(claude, as_alice):
    fields = {"api_key": "sk ant with spaces", "model": DEFAULT, "max_tokens": "0"}
    response = as_alice.post(URL, fields, headers=FRAGMENT)
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count('role="alert"') == 2
    assert "sk ant with spaces" not in page


def test_a_model_about_to_retire_is_announced_and_a_retired_one_replaced(claude, as_alice, alice, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z")
    assert "Claude Sonnet 4.5 retires on Nov. 30, 2026" in as_alice.get(URL, headers=FRAGMENT).content.decode()
    time_machine.move_to("2026-12-01T12:00:00Z")
    as_alice.force_login(alice)
    page = as_alice.get(URL, headers=FRAGMENT).content.decode()
    assert "Claude Sonnet 4.5 is retired: Claude Sonnet 5.5 answers in its place." in page


def test_this_months_use_is_shown_with_the_budget(claude, as_alice, alice, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 5.0
    for _ in range(2):
        Usage.objects.create(user=alice, feature="test", model=DEFAULT, status="ok", input_tokens=700, cost_usd="0.125")
    page = as_alice.get(URL, headers=FRAGMENT).content.decode()
    assert "2 requests, 1400 tokens, about $0.2500." in page
    assert "The budget is $5.00 a month." in page


def test_the_form_works_without_javascript(claude, as_alice):
    response = as_alice.post(reverse("claude_settings_page"), {"api_key": GOOD_KEY, "max_tokens": "700"})
    assert response["Location"] == "/settings#claude"
    assert as_alice.get(URL).json()["max_tokens"] == 700
    response = as_alice.post(reverse("claude_forget_page"))
    assert response["Location"] == "/settings#claude"
    assert as_alice.get(URL).json()["configured"] is False


def test_without_javascript_what_is_wrong_is_said_on_the_page(claude, as_alice):
    response = as_alice.post(reverse("claude_settings_page"), {"max_tokens": "0"}, follow=True)
    assert "Longest answer (tokens): Ensure this value is greater than or equal to 1." in response.content.decode()


def test_the_settings_page_has_the_section_and_says_what_is_sent(claude, as_alice):
    page = as_alice.get("/settings").content.decode()
    assert 'id="claude"' in page
    assert "Test the connection" in page
    assert "What is sent to Claude, and what never is" in page


def test_switched_off_the_settings_page_does_not_mention_it(as_alice, settings):
    settings.ENABLE_AI_FEATURES = False
    assert "Claude" not in as_alice.get("/settings").content.decode()
    assert as_alice.post(reverse("claude_settings_page")).status_code == 404
    assert as_alice.post(reverse("claude_test_page")).status_code == 404
