"""What features ask through: keys, budget, retired models, and the ledger."""

import datetime as dt
import logging
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claude_ai import calls, catalogue, errors, usage
from claude_ai.models import Usage
from claude_ai.tests.stand_in import GOOD_KEY
from claude_ai.tokens import TokenCounts

pytestmark = pytest.mark.django_db

DEFAULT = "claude-sonnet-4-5-20250929"


@pytest.fixture
def caller(server_key, alice):
    return calls.caller_from_environment(user=alice)


def ask(caller):
    return calls.ask(
        caller, feature="briefing", system="Be brief.", messages=[{"role": "user", "content": "Margot likes tea"}]
    )


def failure(caller):
    with pytest.raises(errors.ClaudeError) as caught:
        ask(caller)
    return caught.value


def test_an_answer_says_who_gave_it_and_what_it_took(claude, caller):
    claude.says("Bring tea.", usage={"input_tokens": 1000, "output_tokens": 200})

    answer = ask(caller)

    assert (answer.text, answer.model, answer.is_cut) == ("Bring tea.", DEFAULT, False)
    assert answer.usage == {
        "input_tokens": 1000,
        "output_tokens": 200,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cost_usd": 0.006,
    }


def test_a_call_is_in_the_ledger_without_a_word_of_what_was_said(claude, caller, alice):
    claude.says("Bring tea.", usage={"input_tokens": 1000, "output_tokens": 200})
    ask(caller)
    row = Usage.objects.get()
    assert (row.user, row.feature, row.model, row.status) == (alice, "briefing", DEFAULT, "ok")
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (1000, 200, Decimal("0.006"))
    assert row.request_id == "req_01"
    assert "tea" not in str(vars(row))


@pytest.mark.parametrize(("break_it", "status"), [("refuses", "refused"), ("malformed", "bad_response")])
def test_a_failed_call_is_in_the_ledger_with_what_it_took(claude, caller, break_it, status):
    getattr(claude, break_it)()
    assert failure(caller).code == status
    row = Usage.objects.get()
    assert row.status == status
    assert (row.output_tokens > 0) == (break_it == "refuses")


def test_a_cut_answer_says_so(claude, caller):
    claude.says("Bring", stop_reason="max_tokens")
    assert ask(caller).is_cut


def test_without_a_key_there_is_no_caller(claude, alice):
    with pytest.raises(errors.NoApiKey):
        calls.caller_from_environment(user=alice)


def test_switched_off_nothing_is_sent(claude, caller, settings):
    settings.ENABLE_AI_FEATURES = False
    assert failure(caller).code == "ai_disabled"
    with pytest.raises(errors.AiDisabled):
        calls.caller_from_environment()
    assert claude.requests == claude.list_requests == []


# --- Retired models ---------------------------------------------------------------------------


def test_the_day_after_its_retirement_the_default_is_answered_by_its_successor(claude, caller, time_machine):
    time_machine.move_to("2026-12-01 12:00")
    answer = ask(caller)
    assert [request.model for request in claude.requests] == ["claude-sonnet-5-5"]
    assert answer.model == "claude-sonnet-5-5"
    assert [notice["code"] for notice in answer.notices] == ["model_retired"]


def test_before_its_retirement_the_default_answers_and_says_until_when(claude, caller, time_machine):
    time_machine.move_to("2026-11-23 12:00")
    answer = ask(caller)
    assert answer.model == DEFAULT
    assert [notice["code"] for notice in answer.notices] == ["model_retiring"]


def test_a_model_that_the_api_no_longer_knows_is_replaced_at_once_and_from_then_on(claude, caller):
    claude.knows_no(DEFAULT)
    answer = ask(caller)
    assert answer.model == "claude-sonnet-5-5"
    assert answer.notices[0]["code"] == "model_retired"
    ask(caller)
    assert [request.model for request in claude.requests] == [DEFAULT, "claude-sonnet-5-5", "claude-sonnet-5-5"]
    assert list(Usage.objects.order_by("pk").values_list("status", flat=True)) == ["model_unavailable", "ok", "ok"]


def test_a_model_that_the_endpoint_lists_as_retired_is_not_even_asked(claude, caller):
    claude.lists_models({"id": DEFAULT, "lifecycle": "retired"}, "claude-sonnet-5-5")
    assert ask(caller).model == "claude-sonnet-5-5"
    assert [request.model for request in claude.requests] == ["claude-sonnet-5-5"]


def test_a_model_that_nobody_can_replace_is_unavailable(claude, server_key, alice):
    claude.knows_no("claude-unheard-of")
    assert failure(calls.caller_from_environment(user=alice, model="claude-unheard-of")).code == "model_unavailable"
    assert len(claude.requests) == 1


def test_only_one_successor_is_tried(claude, caller):
    claude.knows_no(DEFAULT, "claude-sonnet-5-5")
    assert failure(caller).code == "model_unavailable"
    assert len(claude.requests) == 2


# --- Budget -----------------------------------------------------------------------------------


def spend(user, cost, at=None):
    row = Usage.objects.create(user=user, feature="briefing", model=DEFAULT, cost_usd=cost, status="ok")
    if at:
        Usage.objects.filter(pk=row.pk).update(created_at=at)


def test_over_the_budget_nothing_is_sent_until_the_month_ends(claude, caller, alice, settings, time_machine):
    time_machine.move_to("2026-11-30T22:00:00Z", tick=False)  # 23:00 in Paris
    settings.CLAUDE_MONTHLY_BUDGET_USD = 5.0
    spend(alice, "4.99")
    ask(caller)
    spend(alice, "0.01")

    error = failure(caller)

    assert (error.code, error.status) == ("budget_exceeded", 429)
    assert error.retry_after == 3600
    assert len(claude.requests) == 1


def test_the_month_is_the_users_own(alice, settings, time_machine):
    time_machine.move_to("2026-11-15 12:00", tick=False)
    paris = ZoneInfo("Europe/Paris")
    spend(alice, "1", at=dt.datetime(2026, 10, 31, 23, 59, tzinfo=paris))
    spend(alice, "2", at=dt.datetime(2026, 11, 1, 0, 0, tzinfo=paris))
    assert usage.month_total(alice) == Decimal(2)


def test_one_users_budget_is_not_anothers(claude, caller, charlie, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 1.0
    spend(charlie, "2")
    assert ask(caller).text == "OK"


def test_a_budget_of_nothing_sends_nothing(claude, caller, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 0.0
    assert failure(caller).code == "budget_exceeded"


# --- The ledger and its users -----------------------------------------------------------------


def test_a_user_goes_with_their_part_of_the_ledger(claude, caller, alice):
    ask(caller)
    User.objects.get(pk=alice.pk).delete()
    assert not Usage.objects.exists()


def test_no_constraint_is_left_behind_when_the_app_is_taken_out(alice):
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, Usage._meta.db_table)
    assert [c["foreign_key"] for c in constraints.values() if c["foreign_key"]] == []


def test_calls_at_once_do_not_all_spend_what_is_left(claude, caller, alice, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 0.01
    model = catalogue.find(DEFAULT, catalogue.TABLE)
    under_way = usage.begin(alice, feature="briefing", model=model, at_most=lambda: TokenCounts(0, 1_024))
    assert failure(caller).code == "budget_exceeded"
    assert claude.requests == []
    usage.record(under_way, model=model, outcome=usage.Outcome("ok", TokenCounts(100, 100)))
    assert ask(caller).text == "OK"
    assert [row.cost_usd for row in Usage.objects.order_by("pk")] == [Decimal("0.0018"), Decimal("0.0081")]


def test_asking_takes_as_many_queries_with_a_long_ledger(claude, caller, alice, settings):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 1_000.0

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(caller)
        return len(captured)

    queries()
    first = queries()
    for _ in range(20):
        spend(alice, "0.01")
    assert queries() == first == 8


def test_the_log_of_calls_names_the_model_and_no_content(claude, caller, caplog):
    caplog.set_level(logging.DEBUG)
    ask(caller)
    assert f"briefing with {DEFAULT}: ok" in caplog.text
    assert "Margot" not in caplog.text
    assert GOOD_KEY not in caplog.text
