"""What the API does, and what the user is told: the real SDK over HTTP, to a stand-in."""

import logging
import os

import pytest

from claude_ai import client, errors
from claude_ai.keys import Key
from claude_ai.tests.stand_in import GOOD_KEY
from claude_ai.tokens import TokenCounts

KEY = Key(GOOD_KEY, source="environment")
SECRET = "Margot is allergic to peanuts"


def ask(model="claude-sonnet-4-5-20250929", key=KEY, **kwargs):
    given = {"system": "Be brief.", "messages": [{"role": "user", "content": SECRET}], "max_tokens": 1024} | kwargs
    return client.create_message(key=key, model=model, **given)


def failure(**kwargs):
    with pytest.raises(errors.ClaudeError) as caught:
        ask(**kwargs)
    return caught.value


def test_an_answer_comes_with_its_tokens_and_its_request_id(claude):
    claude.says("Bring flowers.", thinking="She likes them.", usage={"input_tokens": 7, "output_tokens": 3})

    reply = ask()

    assert reply.text == "Bring flowers."
    assert (reply.stop_reason, reply.request_id) == ("end_turn", "req_01")
    assert reply.usage == TokenCounts(input_tokens=7, output_tokens=3)
    assert claude.requests[0].key == GOOD_KEY


def test_text_in_several_blocks_is_one_text(claude):
    claude.answers_with([{"type": "text", "text": "Bring "}, {"type": "text", "text": "flowers."}])
    assert ask().text == "Bring flowers."


def test_a_schema_is_asked_for_in_the_way_that_the_api_takes(claude):
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    claude.answers_json({})
    ask(output_schema=schema)
    assert claude.requests[0].json["output_config"]["format"] == {"type": "json_schema", "schema": schema}


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (400, "invalid_request_error", errors.NotAccepted),
        (400, "billing_error", errors.Unpaid),
        (401, "authentication_error", errors.InvalidApiKey),
        (402, "billing_error", errors.Unpaid),
        (403, "permission_error", errors.NotPermitted),
        (404, "not_found_error", errors.ModelUnavailable),
        (413, "invalid_request_error", errors.TooLarge),
        (422, "invalid_request_error", errors.NotAccepted),
        (429, "rate_limit_error", errors.RateLimited),
        (500, "api_error", errors.Overloaded),
        (503, "api_error", errors.Overloaded),
        (504, "timeout_error", errors.TimedOut),
        (529, "overloaded_error", errors.Overloaded),
    ],
)
def test_each_error_of_the_api_has_one_of_ours(claude, status, kind, expected):
    claude.fails(status, kind, message=SECRET)

    error = failure()

    assert type(error) is expected
    assert error.request_id == "req_bad"
    assert SECRET not in str(error.as_dict())


def test_a_spending_limit_set_by_the_account_is_a_matter_of_money(claude):
    claude.fails(400, "invalid_request_error", details={"error_code": "enforced_spend_limit_reached"})
    assert type(failure()) is errors.Unpaid


def test_a_hiccup_is_tried_once_more(claude):
    claude.fails(529, "overloaded_error").says("Here I am.")
    assert ask().text == "Here I am."
    assert len(claude.requests) == 2


@pytest.mark.parametrize("status", [429, 529])
def test_a_wait_that_the_api_asks_for_is_handed_on_not_slept(claude, status):
    claude.fails(status, "rate_limit_error", headers={"retry-after": "4000000"})

    assert failure().retry_after == 4_000_000

    assert len(claude.requests) == 1


def test_too_many_requests_without_a_wait_are_not_repeated_either(claude):
    claude.fails(429, "rate_limit_error")
    assert failure().retry_after is None
    assert len(claude.requests) == 1


def test_a_silent_api_is_a_timeout_and_is_not_waited_for_twice(claude, settings):
    settings.CLAUDE_TIMEOUT_SECONDS = 0.2
    claude.hangs()
    assert type(failure()) is errors.TimedOut
    assert len(claude.requests) == 1


def test_a_connection_that_breaks_is_unreachable(claude):
    claude.resets()
    assert type(failure()) is errors.Unreachable


def test_a_refused_connection_is_unreachable(settings):
    settings.CLAUDE_BASE_URL = "http://127.0.0.1:1"
    assert type(failure()) is errors.Unreachable


@pytest.mark.parametrize("base_url", ["nowhere", "http://[", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_unreachable(settings, base_url):
    settings.CLAUDE_BASE_URL = base_url
    assert type(failure()) is errors.Unreachable


@pytest.mark.parametrize(
    "body", ['{"id": "msg_01", "content": [', "", "null", "[]", '"OK"', "{}", '{"content": "OK"}', '{"content": [1]}']
)
def test_an_answer_of_another_shape_is_a_bad_response(claude, body):
    claude.malformed(body)
    assert type(failure()) is errors.BadResponse


def test_a_page_of_a_proxy_is_a_bad_response(claude):
    claude.malformed("<h1>Please sign in</h1>", content_type="text/html")
    assert type(failure()) is errors.BadResponse


@pytest.mark.parametrize("content", [[], [{"type": "text", "text": "  "}], [{"type": "thinking", "thinking": "…"}]])
def test_an_answer_without_text_is_a_bad_response_that_cost_something(claude, content):
    claude.answers_with(content)
    error = failure()
    assert type(error) is errors.BadResponse
    assert error.spent.output_tokens == 300


def test_a_refusal_gives_nothing_of_what_came_before_it(claude):
    claude.refuses()
    error = failure()
    assert type(error) is errors.Refused
    assert error.spent.input_tokens == 1_200


def test_a_cut_answer_is_kept_and_says_so(claude):
    claude.says("Bring flow", stop_reason="max_tokens")
    reply = ask()
    assert (reply.text, reply.stop_reason) == ("Bring flow", "max_tokens")


@pytest.mark.parametrize("value", ["clé-secrète", "sk-ant\n"])
def test_a_key_that_no_header_can_carry_is_an_invalid_key(claude, value):
    assert type(failure(key=Key(value, source="environment"))) is errors.InvalidApiKey
    assert claude.requests == []


# --- What each model takes --------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", ["claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001", "claude-opus-4-6", "claude-sonnet-4-6"]
)
def test_models_that_do_not_think_get_no_parameter_that_they_refuse(claude, model):
    ask(model)
    assert set(claude.requests[0].json) == {"model", "system", "messages", "max_tokens"}
    assert claude.requests[0].json["max_tokens"] == 1024


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"])
def test_models_that_think_get_bounded_room_for_it(claude, model):
    ask(model)
    sent = claude.requests[0].json
    assert 1024 + 4_000 <= sent["max_tokens"] <= 1024 + 10_000
    assert sent["output_config"] == {"effort": "low"}
    assert "thinking" not in sent


def test_an_unknown_model_gets_room_and_no_guesses(claude):
    ask("claude-sonnet-9")
    assert set(claude.requests[0].json) == {"model", "system", "messages", "max_tokens"}
    assert claude.requests[0].json["max_tokens"] > 1024


def test_no_model_is_asked_for_more_than_it_can_give(claude):
    ask("claude-haiku-4-5-20251001", max_tokens=64_000)
    assert claude.requests[0].json["max_tokens"] == 64_000


def test_a_long_answer_can_be_asked_for_with_the_sdks_own_timeout(claude, settings):
    settings.CLAUDE_TIMEOUT_SECONDS = 600.0
    assert ask("claude-opus-5-5", max_tokens=64_000).text == "OK"


# --- Nothing of the machine, nothing into the log ---------------------------------------------


def test_anthropics_own_variables_have_no_effect(claude, monkeypatch, caplog):
    ask()  # the client exists, and its copies must not read them either
    for name, value in {
        "ANTHROPIC_API_KEY": "sk-of-the-machine",
        "ANTHROPIC_AUTH_TOKEN": "token-of-the-machine",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Machine: yes\nAuthorization: Bearer stolen",
        "ANTHROPIC_LOG": "debug",
        "ANTHROPIC_PROFILE": "somebody",
        "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE": "content",
        "ANTHROPIC_WEBHOOK_SIGNING_KEY": "whsec",
    }.items():
        monkeypatch.setenv(name, value)
    client._shared.cache_clear()

    ask()
    ask()

    for request in claude.requests:
        assert request.key == GOOD_KEY
        assert "x-machine" not in request.headers
        assert "of-the-machine" not in str(request.headers)
    assert logging.getLogger("anthropic").getEffectiveLevel() >= logging.WARNING
    assert not [name for name in os.environ if name.startswith("ANTHROPIC_")]


def test_one_connection_serves_several_keys(claude):
    shared = client._shared(claude.url)
    ask()
    ask(key=Key("sk-ant-another-key", source="session"))
    assert [request.key for request in claude.requests] == [GOOD_KEY, "sk-ant-another-key"]
    assert client._shared(claude.url) is shared


@pytest.mark.parametrize("break_it", ["fails", "resets", "malformed", "refuses", "hangs"])
def test_a_failure_carries_nothing_of_the_request(claude, caplog, settings, break_it):
    settings.CLAUDE_TIMEOUT_SECONDS = 0.2
    caplog.set_level(logging.DEBUG)
    getattr(claude, break_it)(*([500] if break_it == "fails" else []))

    error = failure()
    logging.getLogger("claude_ai").error("It failed", exc_info=error)

    assert error.__cause__ is error.__context__ is None
    assert "It failed" in caplog.text
    assert GOOD_KEY not in caplog.text
    assert SECRET not in caplog.text
    assert GOOD_KEY not in repr(KEY)


def test_the_models_endpoint_is_asked_for_retired_ones_too(claude):
    claude.lists_models(
        {"id": "claude-sonnet-5-5", "display_name": "Claude Sonnet 5.5"},
        {"id": "claude-old", "lifecycle": "retired", "retires_at": "2026-01-05T00:00:00Z", "created_at": "soon"},
        {"id": ""},
    )
    listed = client.list_models(key=KEY)
    assert [(model.id, model.lifecycle, model.line) for model in listed] == [
        ("claude-sonnet-5-5", "active", "sonnet"),
        ("claude-old", "retired", ""),
    ]
    assert "retired" in str(claude.list_requests[0])
