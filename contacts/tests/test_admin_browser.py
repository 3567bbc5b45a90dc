"""The admin in Chromium: it does its work under the security policy, which the `page` fixture watches."""

import datetime as dt
from itertools import cycle

import pytest
from django.conf import settings

from contacts.models import Contact, FollowUp, ImportantDate, Interaction, Organization, Relationship, Tag
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page, live_server, alice, as_alice):
    """Alice's browser, signed in as staff, with one of everything in her book."""
    alice.is_staff = True
    alice.save()
    session = as_alice.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    contact = ContactFactory(
        owner=alice,
        first_name="Hélène",
        last_name="Lœb",
        organization=OrganizationFactory(owner=alice, name="Œuvres & Cie"),
        tags=[TagFactory(owner=alice, name="Théâtre", color="teal")],
    )
    ContactMethodFactory(contact=contact)
    ImportantDateFactory(contact=contact)
    RelationshipFactory(from_contact=contact)
    RelationshipFactory(to_contact=contact, from_contact__owner=alice)
    InteractionFactory.with_contact(contact)
    FollowUpFactory(contact=contact, due_on=dt.date(2020, 1, 1))
    return page


def pick(page, label, typed, option):
    """Fills a picker as a person does: opens it, types, presses what was found."""
    page.locator(f".form-row:has(label:text-is('{label}:')) .select2-selection").first.click()
    page.locator(".select2-search__field").last.fill(typed)
    page.locator(".select2-results__option", has_text=option).click()


def test_a_contact_is_entered_with_pickers_a_date_and_a_table(desk, alice):
    desk.goto("/admin/contacts/contact/add/")
    desk.get_by_label("Last name:").fill("Curie")
    pick(desk, "Organization", "oeuv", "Œuvres & Cie")
    desk.get_by_role("button", name="Add another Contact detail").click()
    desk.locator("#id_methods-0-kind").select_option("email")
    desk.locator("#id_methods-0-value").fill("marie@example.com")
    desk.get_by_role("button", name="Add another Relationship").click()
    desk.locator("#id_relationships-0-kind").select_option("friend")
    desk.locator("#relationships-0 .select2-selection").click()
    desk.locator(".select2-search__field").last.fill("helene")
    desk.locator(".select2-results__option", has_text="Hélène Lœb · Œuvres & Cie").click()
    desk.locator(".field-met_on .date-icon").click()
    desk.locator(".calendarbox:visible").get_by_role("link", name="15", exact=True).click()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.wait_for_url("**/admin/contacts/contact/")
    assert "was added successfully" in desk.content()
    marie = Contact.objects.get(last_name="Curie")
    assert marie.owner == alice
    assert str(marie.organization) == "Œuvres & Cie"
    assert marie.methods.get().value == "marie@example.com"
    assert str(marie.relationships.get().to_contact) == "Hélène Lœb"
    assert marie.met_on.day == 15


def test_a_tag_is_given_through_the_page_that_asks_which(desk):
    tag = TagFactory(owner=Contact.objects.first().owner, name="Choir")
    desk.goto("/admin/contacts/contact/")
    desk.locator("#action-toggle").check()
    desk.locator("select[name=action]").select_option("add_tag")
    desk.get_by_role("button", name="Go").click()
    pick(desk, "Tag", "CHO", "Choir")
    desk.get_by_role("button", name="Apply").click()
    desk.get_by_text("now have “Choir”").wait_for()
    assert tag.contacts.count() == Contact.objects.count()


def test_a_follow_up_is_done_with_one_press(desk):
    desk.goto("/admin/contacts/followup/?state=open")
    assert "overdue" in desk.locator(".field-due").inner_text()
    desk.get_by_role("button", name="Done: Send document").click()
    desk.get_by_text("1 follow-up done.").wait_for()
    assert not FollowUp.objects.open().exists()


def test_an_organization_is_made_in_the_pop_up_and_chosen(desk, alice):
    desk.goto("/admin/contacts/contact/add/")
    with desk.expect_popup() as opened:
        desk.locator("#add_id_organization").click()
    opened.value.get_by_label("Name:").fill("Sorbonne")
    opened.value.get_by_role("button", name="Save").click()
    desk.locator("#select2-id_organization-container", has_text="Sorbonne").wait_for()
    assert alice.organizations.filter(name="Sorbonne").exists()


def test_no_page_of_the_admin_needs_what_the_policy_forbids(desk, alice):
    alice.is_superuser = True  # the pages of users too
    alice.save()
    pages = ["/admin/", "/admin/contacts/"]
    for model, row in {
        "contacts/contact": Contact.objects.get(last_name="Lœb").pk,
        "contacts/interaction": Interaction.objects.get().pk,
        "contacts/followup": FollowUp.objects.get().pk,
        "contacts/importantdate": ImportantDate.objects.get().pk,
        "contacts/relationship": Relationship.objects.latest("pk").pk,
        "contacts/organization": Organization.objects.get().pk,
        "contacts/tag": Tag.objects.get().pk,
        "contacts/profile": alice.profile.pk,
        "auth/user": alice.pk,
        "auth/group": None,
    }.items():
        pages += [f"/admin/{model}/", f"/admin/{model}/add/", f"/admin/{model}/?q=a&_facets=True"]
        pages += [f"/admin/{model}/{row}/{view}/" for view in ("change", "delete", "history") if row]
    for address, scheme in zip(pages, cycle(["light", "dark"]), strict=False):
        desk.emulate_media(color_scheme=scheme)
        assert desk.goto(address).status == 200, address
        assert desk.url.endswith(address)
