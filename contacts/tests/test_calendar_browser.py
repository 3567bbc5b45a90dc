"""Calendars in a browser: a meeting comes in by itself, and the book goes out."""

import datetime as dt

import pytest
from django.utils import timezone

from contacts.tests.factories import ContactFactory, ContactMethodFactory
from contacts.tests.icalendar_files import calendar, event, guest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_subscribing_brings_a_meeting_to_the_dashboard(page, sign_in, alice, httpserver, settings):
    settings.CALENDAR_PRIVATE_ORIGINS = [httpserver.url_for("").rstrip("/")]
    contact = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    ContactMethodFactory(contact=contact, value="helene@example.org")
    soon = timezone.now() + dt.timedelta(days=2)
    file = calendar(event(start=f"{soon:%Y%m%dT%H%M%SZ}", SUMMARY="Lunch", ATTENDEE=guest("helene@example.org")))
    httpserver.expect_request("/team.ics").respond_with_data(file)
    sign_in(alice)
    page.get_by_role("link", name="Meetings from your calendars").click()
    page.get_by_label("Address", exact=True).fill("https://127.0.0.1/nothing.ics")
    page.get_by_role("button", name="Subscribe").click()
    page.get_by_text("This address leads into a private network").wait_for()
    assert page.get_by_label("Address", exact=True).input_value() == "https://127.0.0.1/nothing.ics"
    page.get_by_label("Address", exact=True).fill(httpserver.url_for("/team.ics"))
    page.get_by_role("button", name="Subscribe").click()
    page.get_by_text("Meetings added: 1").wait_for()
    page.get_by_role("button", name="Refresh").click()
    page.get_by_text("Nothing is new").wait_for()
    page.goto("/")
    assert "Lunch" in page.locator("section", has=page.get_by_role("heading", name="Planned meetings")).inner_text()


def test_the_address_of_the_feed_is_made_in_place_and_gone_after_a_reload(page, sign_in, alice):
    sign_in(alice)
    page.goto("/settings")
    section = page.locator("#calendar-feed")
    section.get_by_label("Other dates").uncheck()
    section.get_by_role("button", name="Make the address").click()
    address = section.get_by_label("Address").input_value()
    assert "/calendar/" in address
    body = page.request.get(address)
    assert body.ok
    assert body.text().startswith("BEGIN:VCALENDAR")
    page.reload()
    assert section.get_by_role("button", name="New address").is_visible()
    assert not section.get_by_label("Address").is_visible()
    assert not section.get_by_label("Other dates").is_checked()
    section.get_by_role("button", name="Stop").click()
    section.get_by_text("The address is dead").wait_for()
    assert page.request.get(address).status == 404
