"""From pasting a key to a briefing by Claude, in Chromium."""

import pytest

from claude_ai.tests.people import helene_of
from claude_ai.tests.stand_in import GOOD_KEY
from contacts.models import FollowUp

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_key_is_pasted_tested_saved_and_writes_a_briefing(claude, page, sign_in, alice):
    helene = helene_of(alice)
    quote = FollowUp.objects.get(title="Send the quote")
    answer = {
        "summary": "She runs the window project.",
        "summary_sources": [f"c{helene.pk}"],
        "key_points": [],
        "pending_follow_ups": [{"text": "You owe her the quote.", "sources": [f"f{quote.pk}"]}],
        "suggestions": [],
    }
    sign_in(alice)
    page.goto("/settings")
    page.get_by_label("API key").fill(GOOD_KEY)
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("The connection works").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("key set").wait_for()
    assert GOOD_KEY not in page.content()
    claude.answers_json(answer)
    page.goto(helene.get_absolute_url())
    page.get_by_role("button", name="AI briefing").click()
    briefing = page.locator("#briefing")
    briefing.get_by_text("She runs the window project.").wait_for()
    briefing.get_by_text("up to date").wait_for()
    briefing.get_by_role("link", name="See what is sent").click()
    briefing.get_by_text("word for word").wait_for()
    briefing.get_by_role("link", name="Send the quote").click()
    page.wait_for_url(f"**{quote.get_absolute_url()}")
