"""Doubles made one and two again, in Chromium."""

import re

import pytest

from contacts.models import Contact
from contacts.tests.factories import ContactFactory, ContactMethodFactory, InteractionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_doubles_are_found_merged_and_taken_apart(page, sign_in, alice):
    for name in ("Anna", "Paul"):
        for city in ("Lyon", ""):
            contact = ContactFactory(owner=alice, first_name=name, last_name="Petit", city=city)
            ContactMethodFactory(contact=contact, value=f"{name}@example.com")
            InteractionFactory.with_contact(contact, title=f"Lunch in {city or 'Lille'}")
    sign_in(alice)
    page.goto("/contacts/")
    page.get_by_role("link", name="Duplicates").click()
    page.get_by_text("2 pairs").wait_for()
    page.locator(".twins").filter(has_text="Paul").get_by_role("button", name="Not the same").click()
    page.get_by_text("are two people. 1 pair").wait_for()
    page.get_by_role("link", name="Compare and merge").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_text("is now part of Anna Petit").wait_for()
    for title in ("Lunch in Lyon", "Lunch in Lille"):
        page.locator("#timeline").get_by_text(title).wait_for()
    page.get_by_role("link", name="Undo").click()
    page.wait_for_url(re.compile("#merges$"))
    page.get_by_role("button", name="Undo Anna Petit").click()
    page.get_by_text("are two again").wait_for()
    assert Contact.objects.filter(first_name="Anna").count() == 2
