"""The suggestions on the dashboard, in Chromium: waited for, acted on, taken back, written from."""

import datetime as dt
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as configured
from django.utils import timezone, translation
from playwright.sync_api import expect

from claude_ai.candidates import for_claude
from contacts import suggestions as rules
from contacts.book import Book
from contacts.models import Dismissal, FollowUp
from contacts.tests.factories import ContactFactory, ContactMethodFactory, FollowUpFactory, InteractionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = dt.timedelta(days=1)


@pytest.fixture
def helene(alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    ContactMethodFactory(contact=helene, value="helene@nordlys.example")
    return helene


@pytest.fixture
def quote(helene, alice):
    return FollowUpFactory(contact=helene, title="Send the quote", due_on=Book(alice).today - 3 * DAY)


@pytest.fixture
def paul(alice):
    """It is long since he was heard of."""
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux", cadence_days=7)
    ContactMethodFactory(contact=paul, value="paul@roux.example")
    InteractionFactory.with_contact(paul, body="All is well", occurred_at=timezone.now() - 20 * DAY)
    return paul


@pytest.fixture
def dashboard(page, live_server, as_alice):
    """Alice's dashboard, signed in; `dashboard()` opens it."""

    def dashboard():
        page.context.add_cookies([session_of(as_alice, live_server)])
        page.goto("/")
        return page

    return dashboard


def session_of(client, live_server):
    name = configured.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


def widget(page):
    return page.locator("#suggestions")


def row(page, title):
    return widget(page).locator("li.suggestion", has_text=title)


def due(page):
    return page.locator("#follow-ups")


def remember(page):
    """A mark that is lost with the page: what is done in place leaves it."""
    page.evaluate("window.isTheSamePage = true")


def is_the_same(page):
    return page.evaluate("window.isTheSamePage === true")


def test_the_rules_list_is_there_at_once_and_claudes_takes_its_place(claude, server_key, dashboard, alice, quote, paul):
    with translation.override("en"):
        book = Book(alice)
        _sent, by_ref = for_claude(book, rules.candidates(book))
    [ref] = [ref for ref, one in by_ref.items() if one.contact == paul]
    item = {"candidates": [ref], "title": "Call Paul again", "reason": "It has been long.", "message": ""}
    claude.holds(json.dumps({"suggestions": [item]}))
    page = dashboard()
    expect(row(page, "Send the quote")).to_be_visible()
    expect(row(page, "Get back in touch with Paul Roux")).to_be_visible()
    expect(widget(page)).to_have_attribute("aria-busy", "true")
    expect(widget(page).get_by_role("status")).to_contain_text("Claude is choosing")
    top = widget(page).bounding_box()["y"]
    remember(page)
    claude.release()
    expect(row(page, "Call Paul again")).to_be_visible()
    expect(row(page, "Get back in touch with Paul Roux")).to_have_count(0)
    expect(widget(page).locator("li.suggestion").first).to_contain_text("Call Paul again")
    expect(widget(page)).not_to_have_attribute("aria-busy", "true")
    assert widget(page).bounding_box()["y"] == top
    assert is_the_same(page)
    page.reload()
    expect(row(page, "Call Paul again")).to_be_visible()
    assert len(claude.requests) == 1


def test_where_claude_fails_the_list_stays_and_says_why(claude, server_key, dashboard, quote):
    claude.fails(401, "authentication_error")
    page = dashboard()
    expect(widget(page).get_by_role("status")).to_contain_text("does not accept this API key")
    expect(row(page, "Send the quote")).to_be_visible()


def test_done_changes_the_list_and_the_follow_ups_in_place_and_undo_brings_it_back(dashboard, quote, paul):
    page = dashboard()
    expect(due(page)).to_contain_text("Send the quote")
    remember(page)
    row(page, "Send the quote").get_by_role("button", name="Done").click()
    expect(row(page, "Send the quote")).to_have_count(0)
    expect(due(page)).not_to_contain_text("Send the quote")
    expect(row(page, "Get back in touch with Paul Roux")).to_be_visible()
    expect(widget(page).get_by_role("status")).to_contain_text("Done: Send the quote")
    undo = widget(page).get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    quote.refresh_from_db()
    assert quote.is_done
    page.keyboard.press("Enter")
    expect(row(page, "Send the quote")).to_be_visible()
    expect(due(page)).to_contain_text("Send the quote")
    expect(widget(page).get_by_role("status")).to_contain_text("Undone.")
    quote.refresh_from_db()
    assert not quote.is_done
    assert is_the_same(page)


def test_put_off_for_a_week_it_is_gone_until_then(dashboard, alice, paul):
    page = dashboard()
    remember(page)
    mine = row(page, "Get back in touch with Paul Roux")
    mine.locator("summary", has_text="More").click()
    mine.get_by_role("button", name="In a week").click()
    expect(mine).to_have_count(0)
    expect(widget(page).get_by_role("status")).to_contain_text("Put off until")
    assert Dismissal.objects.get().until == Book(alice).today + 7 * DAY
    assert is_the_same(page)
    page.reload()
    expect(mine).to_have_count(0)


def test_a_message_is_changed_and_goes_to_the_mail_program_as_it_is_then(dashboard, paul):
    page = dashboard()
    mine = row(page, "Get back in touch with Paul Roux")
    message = mine.get_by_label("Message")
    expect(message).to_be_hidden()
    mine.locator("summary", has_text="Write to them").click()
    expect(message).to_be_visible()
    expect(message).to_have_value(re.compile("^Hello Paul,"))
    message.fill("Dear Paul & co?\nLunch #1 costs 100% + $& é.")
    mail = mine.get_by_role("link", name="Open in my mail program")
    # The link is pressed, but no mail program is to open here.
    mail.evaluate("link => link.addEventListener('click', event => event.preventDefault())")
    mail.click()
    link = urlsplit(mail.get_attribute("href"))
    assert (link.scheme, link.path) == ("mailto", "paul@roux.example")
    assert parse_qs(link.query, strict_parsing=True) == {
        "subject": ["How are things?"],
        "body": ["Dear Paul & co?\r\nLunch #1 costs 100% + $& é."],
    }


LONG = {
    "short": "Call her back",
    "sentence": "Tell her about the " + "long and winding " * 12 + "road",
    "address": "Read https://example.com/" + "averylongwaywithoutaplacetobreak" * 6,
}


def reaches(page):
    """How far right anything goes that can be seen."""
    return page.evaluate(
        """() => {
            const seen = [...document.querySelectorAll("#suggestions *")].filter(
                (one) => one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
            return Math.max(document.documentElement.scrollWidth,
                            ...seen.map((one) => Math.floor(one.getBoundingClientRect().right)));
        }"""
    )


@pytest.mark.parametrize("opened", ["nothing", "More", "Write to them"])
@pytest.mark.parametrize("title", LONG)
def test_on_a_narrow_screen_nothing_is_wider_than_it(dashboard, page, alice, paul, title, opened):
    person = ContactFactory(owner=alice, first_name="Hélène-Marie", last_name="de " + "La Tour d'Auvergne " * 3)
    FollowUpFactory(contact=person, title=LONG[title], due_on=Book(alice).today)
    page.set_viewport_size({"width": 360, "height": 740})
    dashboard()
    expect(row(page, LONG[title])).to_be_visible()
    expect(row(page, "Paul Roux")).to_be_visible()
    if opened != "nothing":
        for summary in widget(page).locator("summary", has_text=opened).all():
            summary.click()
        expect(widget(page).locator("details[open]")).to_have_count(2)
    assert reaches(page) <= 360


@pytest.fixture
def plain_page(chromium, live_server, as_alice):
    """A browser that runs no script, in which Alice is signed in."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    context.add_cookies([session_of(as_alice, live_server)])
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def test_without_javascript_done_and_undo_work_page_by_page(plain_page, quote):
    plain_page.goto("/")
    row(plain_page, "Send the quote").get_by_role("button", name="Done").click()
    plain_page.wait_for_url("**/?undo=*")
    expect(plain_page.get_by_text("Done: Send the quote")).to_be_visible()
    expect(row(plain_page, "Send the quote")).to_have_count(0)
    expect(due(plain_page)).not_to_contain_text("Send the quote")
    assert FollowUp.objects.get().is_done
    widget(plain_page).get_by_role("button", name="Undo").click()
    expect(row(plain_page, "Send the quote")).to_be_visible()
    assert not FollowUp.objects.get().is_done


def test_without_javascript_the_rules_list_stays_while_claude_could_be_asked(claude, server_key, plain_page, quote):
    plain_page.goto("/")
    expect(row(plain_page, "Send the quote")).to_be_visible()
    assert claude.requests == []
