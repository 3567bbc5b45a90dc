"""Which model answers, on which day, and what it costs."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.utils import translation

from claude_ai import catalogue
from claude_ai.keys import Key
from claude_ai.tests.stand_in import GOOD_KEY
from claude_ai.tokens import TokenCounts

KEY = Key(GOOD_KEY, source="session")
DEFAULT = "claude-sonnet-4-5-20250929"
TODAY = dt.date(2026, 11, 23)


def resolve(model=DEFAULT, today=TODAY, key=None):
    return catalogue.resolve(model, today=today, models=catalogue.refreshed(key))


def codes(resolution):
    return [notice["code"] for notice in resolution.notices]


@pytest.mark.parametrize(
    ("today", "model", "said"),
    [
        (dt.date(2026, 9, 1), DEFAULT, []),
        (dt.date(2026, 10, 1), DEFAULT, ["model_retiring"]),
        (dt.date(2026, 11, 30), DEFAULT, ["model_retiring"]),
        (dt.date(2026, 12, 1), "claude-sonnet-5-5", ["model_retired"]),
    ],
)
def test_the_default_is_announced_to_retire_then_replaced(today, model, said):
    resolution = resolve(today=today)
    assert resolution.model.id == model
    assert codes(resolution) == said


def test_a_notice_names_both_models_and_the_day():
    with translation.override("en"):
        (notice,) = resolve().notices
    assert "Claude Sonnet 4.5" in notice["message"]
    assert "Nov. 30, 2026" in notice["message"]
    assert "Claude Sonnet 5.5" in notice["message"]


@pytest.mark.parametrize(
    ("model", "successor"),
    [(DEFAULT, "claude-sonnet-5-5"), ("claude-haiku-4-5", "claude-haiku-5-5"), ("claude-opus-4-6", "claude-opus-5-5")],
)
def test_each_line_has_its_own_successor(claude, model, successor):
    claude.lists_models()
    catalogue.remember_gone(model, KEY)
    resolution = resolve(model, key=KEY)
    assert resolution.model.id == successor
    assert resolution.replaced.id == model


def test_the_newest_active_model_that_the_endpoint_lists_comes_next(claude):
    claude.lists_models(
        {"id": DEFAULT, "lifecycle": "retired"},
        {"id": "claude-sonnet-4-6", "created_at": "2026-02-17T00:00:00Z"},
        {"id": "claude-sonnet-6", "created_at": "2026-11-20T00:00:00Z", "display_name": "Claude Sonnet 6"},
        {"id": "claude-sonnet-5-5", "created_at": "2026-09-28T00:00:00Z"},
        {"id": "claude-sonnet-7", "created_at": "2026-11-21T00:00:00Z", "lifecycle": "deprecated"},
        {"id": "claude-opus-9", "created_at": "2026-11-22T00:00:00Z"},
    )
    assert resolve(key=KEY).model.name == "Claude Sonnet 6"


def test_a_successor_that_the_account_cannot_use_is_passed_over(claude):
    claude.lists_models({"id": DEFAULT, "lifecycle": "retired"}, "claude-sonnet-4-6")
    assert resolve(key=KEY).model.id == "claude-sonnet-4-6"


def test_of_models_released_on_one_day_the_higher_version_is_newer(claude):
    same = "1970-01-01T00:00:00Z"
    claude.lists_models(
        {"id": DEFAULT, "lifecycle": "retired"},
        {"id": "claude-sonnet-5-5", "created_at": same},
        {"id": "claude-sonnet-4-6", "created_at": same},
    )
    assert resolve(key=KEY).model.id == "claude-sonnet-5-5"


def test_a_retirement_that_was_put_off_is_believed(claude):
    claude.lists_models({"id": DEFAULT, "lifecycle": "deprecated", "retires_at": "2027-01-31T00:00:00Z"})
    resolution = resolve(today=dt.date(2026, 12, 24), key=KEY)
    assert resolution.model.id == DEFAULT
    assert codes(resolution) == ["model_retiring"]


def test_an_unknown_model_is_left_to_the_api():
    resolution = resolve("claude-unheard-of")
    assert (resolution.model.id, resolution.notices) == ("claude-unheard-of", ())


def test_an_old_model_that_is_in_no_list_has_its_line_in_its_name(claude):
    catalogue.remember_gone("claude-3-5-haiku-20241022", KEY)
    assert resolve("claude-3-5-haiku-20241022", key=KEY).model.id == "claude-haiku-5-5"


def test_a_404_is_remembered_for_the_account_that_got_it(claude):
    catalogue.remember_gone(DEFAULT, KEY)
    assert resolve(key=KEY).model.id == "claude-sonnet-5-5"
    assert resolve(key=Key("sk-ant-someone-else", source="session")).model.id == DEFAULT


def test_the_endpoint_is_asked_once_in_six_hours(claude, time_machine):
    time_machine.move_to("2026-11-23 08:00", tick=False)
    claude.lists_models("claude-sonnet-5-5")
    for _again in range(3):
        catalogue.refreshed(KEY)
    assert len(claude.list_requests) == 1
    time_machine.move_to("2026-11-23 14:30", tick=False)
    catalogue.refreshed(KEY)
    assert len(claude.list_requests) == 2


def test_without_a_list_the_table_does(claude):
    assert catalogue.refreshed(KEY) == catalogue.TABLE
    catalogue.refreshed(KEY)
    assert len(claude.list_requests) == 1


def test_without_a_key_nobody_is_asked(claude):
    assert catalogue.refreshed(None) == catalogue.TABLE
    assert claude.list_requests == []


def test_the_table_of_three_is_offered_and_what_else_is_listed(claude):
    claude.lists_models("claude-fable-5", "claude-opus-5-5", {"id": "claude-2.1", "lifecycle": "retired"})
    offered = [model.id for model in catalogue.offered(catalogue.refreshed(KEY), chosen=DEFAULT)]
    assert offered == [
        DEFAULT,
        "claude-haiku-4-5-20251001",
        "claude-opus-4-6",
        "claude-opus-5-5",
        "claude-fable-5",
    ]


def test_a_model_is_described_in_words_and_prices():
    model = catalogue.find(DEFAULT, catalogue.TABLE)
    with translation.override("en"):
        described = model.as_dict(TODAY)
    assert described == {
        "id": DEFAULT,
        "name": "Claude Sonnet 4.5",
        "usage": "Everyday use: briefings and questions",
        "speed": "fast",
        "cost": "medium ($3 in, $15 out per million tokens)",
        "lifecycle": "deprecated",
        "retires_at": "2026-11-30",
    }


@pytest.mark.parametrize(
    ("model", "tokens", "cost"),
    [
        (DEFAULT, TokenCounts(input_tokens=1_000_000), "3"),
        (DEFAULT, TokenCounts(output_tokens=1_000_000), "15"),
        (DEFAULT, TokenCounts(cache_read_input_tokens=1_000_000), "0.30"),
        (DEFAULT, TokenCounts(cache_creation_input_tokens=1_000_000), "3.75"),
        ("claude-haiku-5-5", TokenCounts(input_tokens=10_000, output_tokens=1_000), "0.0015"),
        ("claude-haiku-5-5", TokenCounts(input_tokens=200_000), "0.10"),
        ("claude-unheard-of", TokenCounts(output_tokens=1_000_000), "25"),
    ],
)
def test_tokens_have_their_price(model, tokens, cost):
    assert catalogue.find(model, catalogue.TABLE).cost_of(tokens) == Decimal(cost)


def test_the_cache_of_lists_does_not_hold_the_key(claude):
    claude.lists_models("claude-sonnet-5-5")
    catalogue.refreshed(KEY)
    catalogue.remember_gone(DEFAULT, KEY)
    assert GOOD_KEY not in str(vars(caches["default"])["_cache"])
