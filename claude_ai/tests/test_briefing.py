"""The briefing's route, page and panel, through the real SDK to a stand-in for the API."""

import json
import re
import threading
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from claude_ai.models import Usage
from claude_ai.tests.people import DAY, NOW, helene_of
from contacts.models import Contact, FollowUp, Interaction
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

HX = {"hx-request": "true"}


@pytest.fixture
def helene(alice):
    return helene_of(alice)


@pytest.fixture
def refs(helene):
    return {
        "helene": f"c{helene.pk}",
        "lunch": f"i{Interaction.objects.get(title='Lunch').pk}",
        "quote": f"f{FollowUp.objects.get(title='Send the quote').pk}",
    }


@pytest.fixture
def answer(refs):
    return {
        "summary": "Hélène runs the window project.",
        "summary_sources": [refs["helene"]],
        "key_points": [{"text": "The budget is 12,000 €.", "sources": [refs["lunch"]]}],
        "pending_follow_ups": [{"text": "You owe her the quote.", "sources": [refs["quote"]]}],
        "suggestions": [{"text": "Ask about Jules.", "sources": [refs["helene"]]}],
    }


def api(client, contact, **parameters):
    return client.get(f"/api/claude/briefing/{contact.pk}", parameters)


def test_claude_writes_it_and_each_item_leads_to_its_source(claude, server_key, as_alice, helene, answer, refs):
    claude.answers_json(answer)
    data = api(as_alice, helene).json()
    assert (data["source"], data["cached"], data["contact_id"]) == ("claude", False, helene.pk)
    assert data["model"] == "claude-sonnet-4-5-20250929"
    assert data["summary"] == "Hélène runs the window project."
    assert data["usage"]["input_tokens"] == 1_200
    [point] = data["key_points"]
    lunch = Interaction.objects.get(title="Lunch")
    assert point == {
        "text": "The budget is 12,000 €.",
        "verified": True,
        "sources": [
            {"kind": "interaction", "id": lunch.pk, "label": "Lunch, 11/03/2026", "url": lunch.get_absolute_url()}
        ],
    }
    assert set(data) == {
        "contact_id", "source", "model", "generated_at", "cached", "summary", "key_points", "pending_follow_ups",
        "suggestions", "usage", "warning",
    }  # fmt: skip
    assert Usage.objects.get().feature == "briefing"


def test_the_request_is_fenced_and_asks_for_a_schema(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    api(as_alice, helene)
    [received] = claude.requests
    assert received.json["output_config"]["format"]["type"] == "json_schema"
    assert "<records>" in received.json["messages"][0]["content"]
    assert "39 98 12 34" not in received.text
    assert "helene@nordlys" not in received.text


def test_the_default_model_that_is_about_to_retire_says_so(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    assert "claude-sonnet-5-5" in api(as_alice, helene).json()["warning"]["message"].lower().replace(" ", "-").replace(
        ".", "-"
    )


def test_without_a_key_the_rules_write_it_and_say_so(as_alice, helene):
    data = api(as_alice, helene).json()
    assert (data["source"], data["model"], data["warning"]["code"]) == ("local", None, "no_api_key")
    assert data["pending_follow_ups"][0]["text"].startswith("You promised: Send the quote")


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "invalid_request_error", "invalid"),
        (401, "authentication_error", "invalid_api_key"),
        (403, "permission_error", "permission"),
        (413, "request_too_large", "too_large"),
        (429, "rate_limit_error", "rate_limited"),
        (500, "api_error", "overloaded"),
        (529, "overloaded_error", "overloaded"),
    ],
)
def test_whatever_the_api_answers_there_is_a_briefing(claude, server_key, as_alice, helene, status, kind, code):
    claude.fails(status, kind, headers={"retry-after": "1"})
    response = api(as_alice, helene)
    assert response.status_code == 200
    data = response.json()
    assert (data["source"], data["warning"]["code"]) == ("local", code)
    assert data["warning"]["message"]
    assert data["summary"].startswith("Hélène Martin: Art director")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda claude: claude.resets(), "unreachable"),
        (lambda claude: claude.refuses(), "refused"),
        (lambda claude: claude.malformed(), "bad_response"),
        (lambda claude: claude.answers_with([]), "bad_response"),
        (lambda claude: claude.says("Here is your briefing!"), "bad_response"),
        (lambda claude: claude.says('{"summary": "Half'), "bad_response"),
    ],
)
def test_an_answer_that_cannot_be_used_is_replaced_by_the_rules(claude, server_key, as_alice, helene, fault, code):
    fault(claude)
    data = api(as_alice, helene).json()
    assert (data["source"], data["warning"]["code"]) == ("local", code)


def test_an_api_that_hangs_or_is_not_there_is_waited_for_only_so_long(claude, server_key, settings, as_alice, helene):
    settings.CLAUDE_TIMEOUT_SECONDS = 0.2
    claude.hangs()
    assert api(as_alice, helene).json()["warning"]["code"] == "timeout"
    settings.CLAUDE_BASE_URL = "http://127.0.0.1:9"
    assert api(as_alice, helene).json()["warning"]["code"] == "unreachable"


def test_over_the_budget_the_rules_go_on(claude, server_key, settings, as_alice, helene):
    settings.CLAUDE_MONTHLY_BUDGET_USD = 0.0
    assert api(as_alice, helene).json()["warning"]["code"] == "budget_exceeded"
    assert claude.requests == []


def test_what_claude_invents_is_marked_or_left_out(claude, server_key, as_alice, helene, answer, refs):
    answer["key_points"] = [
        {"text": "The budget is 99 000 €.", "sources": [refs["lunch"]]},
        {"text": "She sails.", "sources": ["i424242"]},
        {"text": "She paints.", "sources": []},
    ]
    claude.answers_json(answer)
    points = api(as_alice, helene).json()["key_points"]
    assert [(point["text"], point["verified"]) for point in points] == [
        ("The budget is 99 000 €.", False),
        ("She sails.", False),
    ]
    assert points[1]["sources"] == []
    page = as_alice.get(f"/api/claude/briefing/{helene.pk}", headers=HX).text
    assert page.count("unverified") == 2


def test_an_answer_that_is_cut_keeps_what_came_whole(claude, server_key, as_alice, helene, answer):
    text = json.dumps(answer)
    claude.says(text[: text.index('"suggestions"') + 30], stop_reason="max_tokens")
    data = api(as_alice, helene).json()
    assert data["source"] == "claude"
    assert len(data["pending_follow_ups"]) == 1
    assert data["suggestions"] == []


def test_it_is_asked_once_until_something_changes(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    assert [api(as_alice, helene).json()["cached"] for _press in range(3)] == [False, True, True]
    assert len(claude.requests) == 1
    FollowUpFactory(contact=helene, title="Something new")
    assert api(as_alice, helene).json()["cached"] is False
    assert api(as_alice, helene, refresh=1).json()["cached"] is False
    assert len(claude.requests) == 3


def test_the_panel_says_whether_it_is_up_to_date(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    api(as_alice, helene)
    page = f"/contacts/{helene.pk}/briefing/"
    assert "up to date" in as_alice.get(page, headers=HX).text
    FollowUp.objects.filter(title="Send the quote").update(title="Send both quotes")
    Contact.objects.filter(pk=helene.pk).update(city="Paris")
    assert "2 records changed since" in as_alice.get(page, headers=HX).text
    assert len(claude.requests) == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a database in memory takes no two threads")
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_call(claude, server_key, client_of, alice, helene, answer):
    claude.holds(json.dumps(answer))
    answers = []

    def press(client):
        answers.append(api(client, helene).json())
        connections.close_all()

    presses = [threading.Thread(target=press, args=[client_of(alice)]) for _press in range(2)]
    for thread in presses:
        thread.start()
    claude.release()
    for thread in presses:
        thread.join(timeout=20)
    assert [data["source"] for data in answers] == ["claude", "claude"]
    assert len(claude.requests) == 1


def test_another_site_cannot_make_a_browser_spend(claude, server_key, as_alice, helene):
    response = as_alice.get(f"/api/claude/briefing/{helene.pk}", headers={"sec-fetch-site": "cross-site"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    assert claude.requests == []


def test_another_users_contact_is_not_found(claude, server_key, as_charlie, helene):
    theirs, none = api(as_charlie, helene), as_charlie.get("/api/claude/briefing/999999")
    assert theirs.status_code == none.status_code == 404
    assert theirs.json() == none.json()
    assert theirs.json()["error"]["code"] == "not_found"
    for page in ("briefing/", "briefing/sent/"):
        assert as_charlie.get(f"/contacts/{helene.pk}/{page}").status_code == 404
    assert claude.requests == []


def test_whoever_is_not_shared_is_briefed_by_rules_and_nothing_is_sent(claude, server_key, as_alice, helene):
    Contact.objects.filter(pk=helene.pk).update(share_with_ai=False)
    assert api(as_alice, helene).json()["source"] == "local"
    panel = as_alice.get(f"/contacts/{helene.pk}/briefing/", headers=HX).text
    assert "not shared with the AI" in panel
    assert "/api/claude/briefing" not in panel
    assert "Nothing: this contact" in as_alice.get(f"/contacts/{helene.pk}/briefing/sent/").text
    as_alice.post(f"/contacts/{helene.pk}/briefing/")
    assert claude.requests == []


def test_switched_off_there_is_no_trace_of_it(claude, server_key, settings, as_alice, helene):
    settings.ENABLE_AI_FEATURES = False
    response = api(as_alice, helene)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "ai_disabled")
    assert as_alice.get(f"/contacts/{helene.pk}/briefing/").status_code == 404
    for page in ("/", f"/contacts/{helene.pk}/"):
        assert "briefing" not in as_alice.get(page).text.lower()
    assert claude.requests == []


def test_the_panel_has_the_rules_at_once_and_fetches_claudes(claude, server_key, as_alice, helene):
    panel = as_alice.get(f"/contacts/{helene.pk}/briefing/", headers=HX).text
    assert "You promised: Send the quote" in panel
    assert f'hx-get="/api/claude/briefing/{helene.pk}" hx-trigger="load"' in panel
    assert 'aria-busy="true"' in panel
    assert claude.requests == []


def test_without_a_key_the_panel_fetches_nothing(as_alice, helene):
    panel = as_alice.get(f"/contacts/{helene.pk}/briefing/", headers=HX).text
    assert "hx-trigger" not in panel
    assert "Without an API key" in panel


def test_without_javascript_it_is_a_page_with_a_button(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    page = as_alice.get(f"/contacts/{helene.pk}/briefing/").text
    assert "<html" in page
    assert "Ask Claude" in page
    assert claude.requests == []
    asked = as_alice.post(f"/contacts/{helene.pk}/briefing/").text
    assert "Hélène runs the window project." in asked
    assert "<html" in asked


def test_what_is_sent_is_shown_word_for_word(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    api(as_alice, helene)
    page = unescape(as_alice.get(f"/contacts/{helene.pk}/briefing/sent/").text)
    [received] = claude.requests
    assert received.json["system"] in page
    assert received.json["messages"][0]["content"] in page


def test_what_claude_or_a_note_says_is_text_never_html(claude, server_key, as_alice, helene, answer, refs):
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    answer |= {"summary": evil, "key_points": [{"text": evil, "sources": [refs["lunch"]]}]}
    Contact.objects.filter(pk=helene.pk).update(notes=evil, nickname="</section>")
    claude.answers_json(answer)
    for address in (f"/contacts/{helene.pk}/briefing/", f"/api/claude/briefing/{helene.pk}"):
        page = as_alice.get(address, headers=HX).text
        assert "<img" not in page
        assert "<script" not in page
    assert "<img" not in as_alice.get(f"/contacts/{helene.pk}/briefing/sent/").text


def test_the_meeting_on_the_dashboard_leads_to_its_briefing(as_alice, helene):
    assert f'href="/contacts/{helene.pk}/briefing/"' in as_alice.get("/").text


def test_a_longer_history_takes_no_more_queries(as_alice, alice, helene):
    counts = set()
    for rows in (10, 20, 300):
        for number in range(rows):
            other = ContactFactory(owner=alice, first_name="", organization=None)
            InteractionFactory(owner=alice, contacts=[helene, other], occurred_at=NOW - number * DAY)
            if rows < 300:
                FollowUpFactory(contact=helene)
                RelationshipFactory(from_contact=helene, to_contact=other)
        with CaptureQueriesContext(connection) as queries:
            assert as_alice.get(f"/contacts/{helene.pk}/briefing/", headers=HX).status_code == 200
        counts.add(len(queries))
    assert counts == {QUERIES}


# Session, user, settling; the contact; three sorts of interactions with their people, and how many
# there are; follow-ups open and done, birthday, dates, relationships, tags.
QUERIES = 15


def test_the_cache_holds_no_contact_detail(claude, server_key, as_alice, helene, answer):
    claude.answers_json(answer)
    api(as_alice, helene)
    kept = repr(vars(cache).get("_cache", {}))
    assert not re.search("39 98 12|helene@", kept)
