"""What people do, in Chromium: every page's security policy and errors are watched by the fixture."""

import re

import pytest
from django.contrib.auth.models import User

from contacts.models import Contact, FollowUp, Interaction
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff(alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    return alice


@pytest.fixture
def helene(alice):
    contact = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", job_title="Directrice")
    InteractionFactory.with_contact(contact, title="Lunch", body="She signs the contract in March.")
    FollowUpFactory(contact=contact, title="Send the quote")
    return contact


def test_a_contact_made_in_the_admin_is_in_the_list(page, sign_in, staff):
    sign_in(staff)
    page.get_by_role("link", name="Administration").click()
    page.goto("/admin/contacts/contact/add/")
    page.get_by_label("First name").fill("Zoé")
    page.get_by_label("Last name").fill("Durand")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/contacts/contact/")
    page.goto("/contacts/")
    page.get_by_role("searchbox").fill("zoe")
    page.get_by_role("link", name="Zoé Durand").click()
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    assert Contact.objects.get().owner == staff


def test_an_interaction_is_logged_in_place(page, sign_in, alice, helene):
    sign_in(alice)
    page.goto(helene.get_absolute_url())
    page.get_by_text("Log an interaction").first.click()
    form = page.locator("#log-interaction, form[action$='/interactions/']").first
    form.get_by_label("Title").fill("Coffee at the station")
    form.get_by_role("button", name=re.compile("Save|Log|Add")).first.click()
    page.locator("#timeline").get_by_text("Coffee at the station").wait_for()
    assert Interaction.objects.filter(contacts=helene, title="Coffee at the station").exists()


def with_follow_up(page, contact, title):
    """The form of a contact's page in which this is typed, and not yet sent."""
    page.goto(contact.get_absolute_url())
    page.get_by_text("Add a follow-up").click()
    form = page.locator("#add-follow-up")
    form.locator("[name$=title]").fill(title)
    return form


@pytest.mark.parametrize("debug", [False, True])
def test_a_refused_form_stays_with_what_is_wrong_in_it(page, sign_in, alice, helene, settings, debug):
    settings.DEBUG = debug
    sign_in(alice)
    form = with_follow_up(page, helene, " ")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("This field is required.").wait_for()


def test_who_was_signed_out_meanwhile_signs_in_beside_and_loses_nothing(page, sign_in, alice, helene):
    sign_in(alice)
    form = with_follow_up(page, helene, "Send the photographs")
    page.context.clear_cookies(name="sessionid")
    form.get_by_role("button", name="Save").click()

    refusal = page.get_by_role("alert").filter(has_text="You are no longer signed in.")
    with page.expect_popup() as opened:
        refusal.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_label("Username").fill("alice")
    opened.value.get_by_label("Password").fill("correct horse battery staple")
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.wait_for_url(f"**{helene.get_absolute_url()}")
    opened.value.close()
    form.get_by_role("button", name="Save").click()

    page.locator("#follow-ups").get_by_text("Send the photographs").wait_for()
    assert not refusal.is_visible()
    assert FollowUp.objects.filter(contact=helene, title="Send the photographs").exists()


def test_what_a_page_asks_in_vain_is_said_on_it_and_changes_nothing_else(page, sign_in, alice, helene):
    sign_in(alice)
    form = with_follow_up(page, helene, "Send the photographs")
    page.context.clear_cookies(name="csrftoken")
    form.get_by_role("button", name="Save").click()
    page.get_by_role("alert").filter(has_text="This page has expired.").wait_for()
    assert form.locator("[name$=title]").input_value() == "Send the photographs"


def test_a_briefing_by_rules_needs_no_key(page, sign_in, alice, helene):
    sign_in(alice)
    page.goto(helene.get_absolute_url())
    page.get_by_role("button", name="AI briefing").or_(page.get_by_role("link", name="AI briefing")).first.click()
    page.locator("#briefing").get_by_text("Send the quote").first.wait_for()
