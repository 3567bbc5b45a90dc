"""The lists of the admin: columns, filters, changes to many rows, and what they cost."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

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
    UserFactory,
)
from contacts.tests.html_forms import form_data

FORM = "application/x-www-form-urlencoded"
CONTACTS = "/admin/contacts/contact/"
FOLLOW_UPS = "/admin/contacts/followup/"
DATES = "/admin/contacts/importantdate/"
RELATIONSHIPS = "/admin/contacts/relationship/"
INTERACTIONS = "/admin/contacts/interaction/"


@pytest.fixture(autouse=True)
def _staff(alice):
    alice.is_staff = True
    alice.save()


@pytest.fixture
def contacts(alice):
    return ContactFactory.create_batch(3, owner=alice)


def listed(client, address, **narrowed):
    return list(client.get(address, narrowed).context["cl"].result_list)


def act(client, action, rows, address=CONTACTS, **posted):
    return client.post(address, {"action": action, "_selected_action": [row.pk for row in rows]} | posted, follow=True)


# --- Columns ----------------------------------------------------------------------------------


def test_the_list_of_contacts_shows_the_last_and_next_contact_and_the_cadence_in_force(as_alice, alice):
    contact = ContactFactory(owner=alice, tags=[TagFactory(owner=alice, name="Family", color="teal", cadence_days=77)])
    InteractionFactory.with_contact(contact, occurred_at=dt.datetime(2020, 3, 12, 11, tzinfo=dt.UTC))
    InteractionFactory.with_contact(contact, occurred_at=dt.datetime(2999, 4, 13, 11, tzinfo=dt.UTC))
    page = as_alice.get(CONTACTS)
    for text in (">March 12, 2020<", ">April 13, 2999<", ">77 days<", '<span class="tag tag-teal">Family</span>'):
        assert text in page.text


def test_tags_and_organizations_lead_to_their_contacts(as_alice, alice):
    tag, organization = TagFactory(owner=alice), OrganizationFactory(owner=alice)
    contact = ContactFactory(owner=alice, tags=[tag], organization=organization)
    ContactFactory(owner=alice)
    for address, query in (
        ("/admin/contacts/tag/", f"tag={tag.pk}"),
        ("/admin/contacts/organization/", f"organization__id__exact={organization.pk}"),
    ):
        assert f'<a href="{CONTACTS}?{query}">1</a>' in as_alice.get(address).text
        assert list(as_alice.get(f"{CONTACTS}?{query}").context["cl"].result_list) == [contact]


# --- Filters ----------------------------------------------------------------------------------


def test_contacts_are_filtered(as_alice, alice):
    tag = TagFactory(owner=alice)
    tagged = ContactFactory(owner=alice, last_name="A", tags=[tag, TagFactory(owner=alice)])
    favorite = ContactFactory(owner=alice, last_name="B", is_favorite=True)
    archived = ContactFactory(owner=alice, last_name="C", is_archived=True)
    private = ContactFactory(owner=alice, last_name="D", share_with_ai=False)
    assert listed(as_alice, CONTACTS, tag=tag.pk) == [tagged]
    assert listed(as_alice, CONTACTS, tag="none") == [favorite, archived, private]
    assert listed(as_alice, CONTACTS, is_favorite__exact=1) == [favorite]
    assert listed(as_alice, CONTACTS, is_archived__exact=1) == [archived]
    assert listed(as_alice, CONTACTS, share_with_ai__exact=0) == [private]


def test_interactions_are_filtered_by_time(as_alice, contacts):
    past = InteractionFactory.with_contact(contacts[0], occurred_at=dt.datetime(2024, 5, 6, tzinfo=dt.UTC))
    planned = InteractionFactory.with_contact(contacts[0], occurred_at=timezone.now() + dt.timedelta(days=2))
    assert listed(as_alice, INTERACTIONS, planned="yes") == [planned]
    assert listed(as_alice, INTERACTIONS, planned="no") == [past]
    assert listed(as_alice, INTERACTIONS, occurred_at__year=2024, occurred_at__month=5) == [past]
    assert f'href="?occurred_at__year={planned.occurred_at.year}"' in as_alice.get(INTERACTIONS).text


@pytest.mark.parametrize("text", ["dejeuner", "DÉJEUNER helene", "helene"])
def test_interactions_are_found_by_text_and_by_who_was_there(as_alice, alice, text):
    helene = ContactFactory(owner=alice, first_name="Hélène")
    lunch = InteractionFactory.with_contact(helene, title="Déjeuner")
    InteractionFactory.with_contact(ContactFactory(owner=alice), title="Appel")
    assert listed(as_alice, INTERACTIONS, q=text) == [lunch]


@pytest.mark.parametrize("address", [FOLLOW_UPS, DATES, RELATIONSHIPS])
def test_what_belongs_to_a_contact_is_found_by_their_name(as_alice, alice, address):
    helene = ContactFactory(owner=alice, first_name="Hélène")
    other = ContactFactory(owner=alice)
    found = {
        FOLLOW_UPS: FollowUpFactory(contact=helene),
        DATES: ImportantDateFactory(contact=helene),
        RELATIONSHIPS: RelationshipFactory(from_contact=other, to_contact=helene),
    }
    FollowUpFactory(contact=other)
    ImportantDateFactory(contact=other)
    RelationshipFactory(from_contact=other)
    assert listed(as_alice, address, q="helene") == [found[address]]


def test_a_search_of_very_many_words_is_answered(as_alice, contacts):
    assert as_alice.get(INTERACTIONS, {"q": "a " * 2000}).status_code == 200
    assert as_alice.get(CONTACTS, {"q": "a " * 2000}).status_code == 200


# --- Changes to many --------------------------------------------------------------------------


def test_a_tag_is_given_to_many_after_choosing_it(as_alice, alice, contacts):
    tag = TagFactory(owner=alice, name="Choir", cadence_days=30)
    page = act(as_alice, "add_tag", contacts[:2])
    assert "Which tag do they get?" in page.text
    assert str(contacts[0]) in page.text
    assert str(contacts[2]) not in page.text
    data = form_data(page, "bulk-choice")
    data["tag"] = tag.pk
    page = as_alice.post(CONTACTS, data.urlencode(), FORM, follow=True)
    assert "2 contacts now have “Choir”." in page.text
    assert set(tag.contacts.all()) == set(contacts[:2])
    assert Contact.objects.filter(effective_cadence_days=30).count() == 2


def test_a_tag_is_taken_from_those_who_are_filtered_by_it(as_alice, alice, contacts):
    tag = TagFactory(owner=alice, name="Choir")
    tag.contacts.set(contacts)
    address = f"{CONTACTS}?tag={tag.pk}"
    data = form_data(act(as_alice, "remove_tag", contacts[:1], address, select_across="1"), "bulk-choice")
    assert data.getlist("_selected_action") == [str(contacts[0].pk)]
    data["tag"] = tag.pk
    page = as_alice.post(address, data.urlencode(), FORM, follow=True)
    assert "3 contacts are now without “Choir”." in page.text
    assert not tag.contacts.exists()


def test_a_tag_of_another_is_not_given(as_alice, charlie, contacts):
    tag = TagFactory(owner=charlie)
    page = act(as_alice, "add_tag", contacts, chosen="1", tag=tag.pk)
    assert "Select a valid choice" in page.text
    assert not tag.contacts.exists()


@pytest.mark.parametrize(("days", "kept"), [("14", 14), ("", None)])
def test_a_cadence_is_set_for_many(as_alice, contacts, days, kept):
    Contact.objects.update(cadence_days=90)
    data = form_data(act(as_alice, "set_cadence", contacts[:2]), "bulk-choice")
    data["cadence_days"] = days
    page = as_alice.post(CONTACTS, data.urlencode(), FORM, follow=True)
    assert "2 contacts have a new cadence." in page.text
    rows = [(row.cadence_days, row.effective_cadence_days) for row in Contact.objects.order_by("pk")]
    assert rows == [(kept, kept), (kept, kept), (90, 90)]


@pytest.mark.parametrize("days", ["0", "-3", "99999", "often"])
def test_a_cadence_that_cannot_be_is_asked_for_again(as_alice, contacts, days):
    page = act(as_alice, "set_cadence", contacts, chosen="1", cadence_days=days)
    assert 'class="errorlist"' in page.text
    assert form_data(page, "bulk-choice").getlist("_selected_action") == [str(row.pk) for row in contacts]
    assert not Contact.objects.exclude(cadence_days=None).exists()


def test_many_are_archived_and_taken_out_again(as_alice, contacts):
    assert "2 contacts archived." in act(as_alice, "archive", contacts[:2]).text
    assert [contact.is_archived for contact in Contact.objects.order_by("pk")] == [True, True, False]
    assert "1 contact taken out of the archive." in act(as_alice, "unarchive", contacts[1:]).text
    assert [contact.is_archived for contact in Contact.objects.order_by("pk")] == [True, False, False]


def test_all_that_a_search_finds_are_changed_at_once(as_alice, contacts):
    ContactFactory(owner=contacts[0].owner, first_name="Zoe", last_name="Zed")
    page = act(as_alice, "archive", contacts[:1], f"{CONTACTS}?q=last", select_across="1")
    assert "3 contacts archived." in page.text
    assert Contact.objects.get(is_archived=False).first_name == "Zoe"


@pytest.mark.parametrize("action", ["add_tag", "remove_tag", "set_cadence", "archive", "unarchive"])
def test_nothing_of_another_is_changed_at_once(as_alice, alice, charlie, action):
    theirs = ContactFactory(owner=charlie, is_archived=action == "unarchive")
    tag = TagFactory(owner=alice)
    before = Contact.objects.filter(pk=theirs.pk).values().get()
    page = act(as_alice, action, [theirs], chosen="1", tag=tag.pk, cadence_days="5")
    assert page.status_code == 200
    assert str(theirs) not in page.text
    assert Contact.objects.filter(pk=theirs.pk).values().get() == before
    assert not theirs.tags.exists()
    assert not LogEntry.objects.exists()


def test_a_change_to_many_is_in_the_history_of_each(as_alice, contacts):
    act(as_alice, "archive", contacts[:1])
    assert "Changed archived." in as_alice.get(f"{CONTACTS}{contacts[0].pk}/history/").text


# --- Follow-ups -------------------------------------------------------------------------------


def test_the_overdue_are_marked(as_alice, contacts):
    today = timezone.localdate()
    late = FollowUpFactory(contact=contacts[0], due_on=today - dt.timedelta(days=2))
    soon = FollowUpFactory(contact=contacts[0], due_on=today + dt.timedelta(days=2))
    done = FollowUpFactory(contact=contacts[0], due_on=today - dt.timedelta(days=3), done_at=timezone.now())
    assert as_alice.get(FOLLOW_UPS).text.count("overdue</strong>") == 1
    assert listed(as_alice, FOLLOW_UPS, state="overdue") == [late]
    assert listed(as_alice, FOLLOW_UPS, state="open") == [late, soon]
    assert listed(as_alice, FOLLOW_UPS, state="done") == [done]


def test_one_press_in_the_list_marks_a_follow_up_done(as_alice, contacts):
    first, second = FollowUpFactory.create_batch(2, contact=contacts[0])
    page = as_alice.get(f"{FOLLOW_UPS}?state=open")
    assert f'name="_done" value="{first.pk}"' in page.text
    data = form_data(page, "changelist-form")
    data["_done"] = first.pk
    page = as_alice.post(f"{FOLLOW_UPS}?state=open", data.urlencode(), FORM, follow=True)
    assert "1 follow-up done." in page.text
    assert page.request["QUERY_STRING"] == "state=open"
    assert list(FollowUp.objects.open()) == [second]


@pytest.mark.parametrize("posted", ["foreign", "x", "", "99999999999999999999999"])
def test_a_press_for_what_is_not_ones_own_changes_nothing(as_alice, charlie, posted):
    theirs = FollowUpFactory(contact__owner=charlie)
    as_alice.post(FOLLOW_UPS, {"_done": theirs.pk if posted == "foreign" else posted})
    assert FollowUp.objects.open().exists()


def test_many_are_marked_done_and_keep_the_moment_of_the_first_time(as_alice, contacts):
    before = timezone.now() - dt.timedelta(days=5)
    rows = [FollowUpFactory(contact=contacts[0], done_at=before), FollowUpFactory(contact=contacts[0])]
    assert "1 follow-up done." in act(as_alice, "mark_done", rows, FOLLOW_UPS).text
    assert FollowUp.objects.get(pk=rows[0].pk).done_at == before
    assert "2 follow-ups reopened." in act(as_alice, "reopen", rows, FOLLOW_UPS).text
    assert FollowUp.objects.open().count() == 2


# --- Costs ------------------------------------------------------------------------------------


def fill(owner, count):
    """`count` rows of every kind, each contact named by its organization alone: the dearest name."""
    for number in range(count):
        organization = OrganizationFactory(owner=owner)
        contact = ContactFactory(owner=owner, first_name="", last_name="", organization=organization)
        contact.tags.set(TagFactory.create_batch(2, owner=owner))
        meeting = InteractionFactory.with_contact(contact, occurred_at=timezone.now() - dt.timedelta(hours=number))
        FollowUpFactory(contact=contact, interaction=meeting, due_on=dt.date(2020, 1, 1))
        ImportantDateFactory(contact=contact)
        RelationshipFactory(from_contact=contact)


def queries(client, address, **asked):
    client.get(address, asked)  # content types are looked up once for the process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, asked).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("model", "most"),
    [(Contact, 7), (Interaction, 8), (FollowUp, 5), (ImportantDate, 5), (Relationship, 5), (Organization, 5), (Tag, 5)],
)
@pytest.mark.parametrize("superuser", [False, True], ids=["staff", "superuser"])
def test_a_list_costs_the_same_with_ten_rows_as_with_twenty(client_of, model, most, superuser):
    user = UserFactory(is_staff=True, is_superuser=superuser)
    address = reverse(f"admin:contacts_{model._meta.model_name}_changelist")
    fill(user, 10)
    ten = queries(client_of(user), address)
    fill(user, 10)
    assert queries(client_of(user), address) == ten
    assert ten <= most + superuser
    # A search in all words asks whether any have changed.
    assert queries(client_of(user), address, q="organization") <= ten + (model is Contact)


def fill_page(contact, count):
    for _ in range(count):
        ContactMethodFactory(contact=contact)
        ImportantDateFactory(contact=contact)
        other = ContactFactory(
            owner=contact.owner, first_name="", last_name="", organization=OrganizationFactory(owner=contact.owner)
        )
        RelationshipFactory(from_contact=contact, to_contact=other)
        RelationshipFactory(from_contact=other, to_contact=contact, kind="colleague")
        contact.tags.add(TagFactory(owner=contact.owner))


def test_the_page_of_a_contact_costs_the_same_with_ten_rows_as_with_twenty(as_alice, alice):
    contact = ContactFactory(owner=alice, organization=OrganizationFactory(owner=alice))
    contact.met_through = ContactFactory(owner=alice)
    contact.save()
    address = f"{CONTACTS}{contact.pk}/change/"
    fill_page(contact, 10)
    ten = queries(as_alice, address)
    fill_page(contact, 10)
    assert queries(as_alice, address) == ten
    assert ten <= 12


def test_the_page_of_an_interaction_costs_the_same_with_ten_people_as_with_twenty(as_alice, alice):
    fill(alice, 20)
    meeting = InteractionFactory(owner=alice, contacts=list(alice.contacts.all()[:10]))
    address = f"{INTERACTIONS}{meeting.pk}/change/"
    ten = queries(as_alice, address)
    meeting.contacts.set(alice.contacts.all())
    assert queries(as_alice, address) == ten


@pytest.mark.parametrize(
    ("model", "field"),
    [("contact", "met_through"), ("contact", "organization"), ("contact", "tags"), ("followup", "interaction")],
)
def test_a_picker_is_bounded(as_alice, alice, model, field):
    fill(alice, 10)
    asked = {"app_label": "contacts", "model_name": model, "field_name": field, "term": ""}
    ten = queries(as_alice, "/admin/autocomplete/", **asked)
    fill(alice, 15)
    assert queries(as_alice, "/admin/autocomplete/", **asked) == ten
    answer = as_alice.get("/admin/autocomplete/", asked).json()
    assert len(answer["results"]) == 20
    assert answer["pagination"] == {"more": True}
