"""Entering a contact, with all that belongs to it, on one page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, ContactMethod, Relationship
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)
from contacts.tests.html_forms import form_data

FORM = "application/x-www-form-urlencoded"
ADD = "/admin/contacts/contact/add/"
LIST = "/admin/contacts/contact/"


@pytest.fixture(autouse=True)
def _staff(alice):
    alice.is_staff = True
    alice.save()


@pytest.fixture
def contact(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Lœb")


def page_of(contact):
    return reverse("admin:contacts_contact_change", args=[contact.pk])


def save(client, address, **values):
    """Opens the page, fills in `values`, presses save."""
    data = form_data(client.get(address), "contact_form")
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return client.post(address, data.urlencode(), FORM)


def test_a_contact_is_entered_with_all_that_belongs_to_it(as_alice, alice):
    friend = ContactFactory(owner=alice, first_name="Anna")
    tag = TagFactory(owner=alice)
    page = save(
        as_alice,
        ADD,
        last_name="Curie",
        organization=OrganizationFactory(owner=alice, name="Sorbonne").pk,
        met_through=friend.pk,
        tags=[tag.pk],
        methods__TOTAL_FORMS=2,
        methods__0__kind="email",
        methods__0__value="marie@example.com",
        methods__1__kind="phone",
        methods__1__value="06 12 34 56 78",
        dates__TOTAL_FORMS=1,
        dates__0__label="Wedding",
        dates__0__month=7,
        relationships__TOTAL_FORMS=1,
        relationships__0__kind="friend",
        relationships__0__to_contact=friend.pk,
    )
    assert page.status_code == 302, page.context["errors"]
    marie = Contact.objects.get(last_name="Curie")
    assert marie.owner == alice
    assert str(marie.organization) == "Sorbonne"
    assert marie.met_through == friend
    assert list(marie.tags.all()) == [tag]
    assert [method.normalized for method in marie.methods.all()] == ["marie@example.com", "+33612345678"]
    assert marie.dates.get().month == 7
    assert marie.relationships.get().to_contact == friend


def test_a_contact_needs_a_name_or_an_organization(as_alice):
    page = save(as_alice, ADD, nickname="Bob")
    assert page.status_code == 200
    assert "Give a first name, a last name or an organization." in page.text


# --- Partial dates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "year", "shown"),
    [("29", "2", "", (29, 2, None)), ("", "5", "", (None, 5, None)), ("", "", "1970", (None, None, 1970))],
)
def test_a_birthday_may_be_known_in_part(as_alice, contact, day, month, year, shown):
    page = save(as_alice, page_of(contact), birthday_day=day, birthday_month=month, birthday_year=year)
    assert page.status_code == 302
    contact.refresh_from_db()
    assert (contact.birthday_day, contact.birthday_month, contact.birthday_year) == shown


@pytest.mark.parametrize(
    ("day", "month", "year", "error"),
    [
        ("31", "4", "", "There is no such day."),
        ("29", "2", "2023", "There is no such day."),
        ("12", "", "", "A day needs its month."),
        ("32", "1", "", "Ensure this value is less than or equal to 31."),
        ("99999999999999999999", "1", "", "Ensure this value is less than or equal to 31."),
    ],
)
def test_a_birthday_that_cannot_be_is_refused_beside_the_day(as_alice, contact, day, month, year, error):
    page = save(as_alice, page_of(contact), birthday_day=day, birthday_month=month, birthday_year=year)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["birthday_day"]
    assert page.text.count(f"<li>{error}</li>") == 1


@pytest.mark.parametrize(("month", "year"), [("13", ""), ("x", ""), ("1", "10000"), ("1", "0")])
def test_a_month_or_year_that_cannot_be_is_refused(as_alice, contact, month, year):
    page = save(as_alice, page_of(contact), birthday_month=month, birthday_year=year)
    assert page.status_code == 200
    assert len(page.context["adminform"].form.errors) == 1


def test_clearing_the_month_of_a_birthday_with_a_day_says_so_once(as_alice, alice):
    contact = ContactFactory(owner=alice, birthday_day=5, birthday_month=6)
    page = save(as_alice, page_of(contact), birthday_month="")
    assert page.text.count("A day needs its month.") == 1


def test_an_important_date_that_cannot_be_is_refused_in_its_row(as_alice, contact):
    ImportantDateFactory(contact=contact, day=1, month=1, year=2020)
    page = save(as_alice, page_of(contact), dates__0__day="31", dates__0__month="2")
    assert page.status_code == 200
    assert page.text.count("There is no such day.") == 1
    assert "Constraint" not in page.text


def test_the_three_fields_of_a_birthday_are_on_one_line(as_alice):
    page = as_alice.get(ADD)
    assert '<div class="form-row field-birthday_day field-birthday_month field-birthday_year">' in page.text


# --- Contact details --------------------------------------------------------------------------


def test_the_preferred_detail_is_the_one_that_was_chosen_last(as_alice, contact):
    first = ContactMethodFactory(contact=contact, is_primary=True)
    page = save(
        as_alice,
        page_of(contact),
        methods__TOTAL_FORMS=2,
        methods__1__kind="email",
        methods__1__value="new@example.com",
        methods__1__is_primary="on",
    )
    assert page.status_code == 302
    first.refresh_from_db()
    assert not first.is_primary
    assert ContactMethod.objects.get(value="new@example.com").is_primary


def test_a_detail_without_its_value_is_refused(as_alice, contact):
    page = save(as_alice, page_of(contact), methods__TOTAL_FORMS=1, methods__0__kind="email", methods__0__label="home")
    assert page.status_code == 200
    assert "This field is required." in page.text


def test_details_dates_and_relationships_can_be_taken_away(as_alice, contact):
    ContactMethodFactory(contact=contact)
    ImportantDateFactory(contact=contact)
    RelationshipFactory(from_contact=contact)
    page = save(
        as_alice, page_of(contact), methods__0__DELETE="on", dates__0__DELETE="on", relationships__0__DELETE="on"
    )
    assert page.status_code == 302
    assert not contact.methods.exists()
    assert not contact.dates.exists()
    assert not contact.relationships.exists()


# --- Relationships ----------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["kind", "to_contact"])
def test_a_relationship_needs_both_what_and_whom(as_alice, alice, contact, missing):
    values = {"kind": "friend", "to_contact": ContactFactory(owner=alice).pk} | {missing: ""}
    given = {f"relationships__0__{name}": value for name, value in values.items()}
    page = save(as_alice, page_of(contact), relationships__TOTAL_FORMS=1, **given)
    assert page.status_code == 200
    assert page.text.count("This field is required.") == 1


def test_nobody_is_related_to_themselves(as_alice, contact):
    page = save(
        as_alice,
        page_of(contact),
        relationships__TOTAL_FORMS=1,
        relationships__0__kind="friend",
        relationships__0__to_contact=contact.pk,
    )
    assert page.text.count("A relationship is between two people.") == 1


def test_the_same_relationship_is_entered_once(as_alice, contact):
    friend = RelationshipFactory(from_contact=contact, kind="friend").to_contact
    again = {"relationships__1__kind": "friend", "relationships__1__to_contact": friend.pk}
    page = save(as_alice, page_of(contact), relationships__TOTAL_FORMS=2, **again)
    assert page.status_code == 200
    page = save(
        as_alice,
        page_of(contact),
        relationships__TOTAL_FORMS=2,
        relationships__0__DELETE="on",
        relationships__0__kind="colleague",
        **again | {"relationships__1__kind": "parent"},
    )
    assert page.status_code == 302
    assert contact.relationships.get().kind == "parent"


def test_nobody_is_met_through_themselves(as_alice, contact):
    page = save(as_alice, page_of(contact), met_through=contact.pk)
    assert "Nobody is met through themselves." in page.text


def test_a_relationship_entered_from_the_other_end_is_shown_from_here(as_alice, alice, contact):
    anna = ContactFactory(owner=alice, first_name="Anna", last_name="Adler")
    RelationshipFactory(from_contact=anna, to_contact=contact, kind="parent")
    page = as_alice.get(page_of(contact))
    assert '<td class="field-seen_from_here">' in page.text
    assert "<p>child</p>" in page.text
    assert f'<a href="{page_of(anna)}">Anna Adler</a>' in page.text


def test_a_relationship_entered_from_the_other_end_survives_saving_and_can_be_taken_away(as_alice, contact):
    RelationshipFactory(to_contact=contact, from_contact__owner=contact.owner)
    assert save(as_alice, page_of(contact)).status_code == 302
    assert Relationship.objects.count() == 1
    assert save(as_alice, page_of(contact), relationships_to__0__DELETE="on").status_code == 302
    assert Relationship.objects.count() == 0


def test_the_same_relationship_is_not_entered_from_both_ends(as_alice, contact):
    other = RelationshipFactory(to_contact=contact, from_contact__owner=contact.owner, kind="parent").from_contact
    page = save(
        as_alice,
        page_of(contact),
        relationships__TOTAL_FORMS=1,
        relationships__0__kind="child",
        relationships__0__to_contact=other.pk,
    )
    assert "This relationship is already there." in page.text


# --- What is only read ------------------------------------------------------------------------


def test_what_the_database_keeps_is_shown_and_not_written(as_alice, alice, contact):
    seen = timezone.now() - dt.timedelta(days=3)
    InteractionFactory.with_contact(contact, occurred_at=seen)
    contact.tags.add(TagFactory(owner=alice, cadence_days=77))
    Contact.objects.update(extra={"X-SKYPE": "helene"})
    page = as_alice.get(page_of(contact))
    assert '<div class="readonly">77</div>' in page.text
    assert "&quot;X-SKYPE&quot;: &quot;helene&quot;" in page.text
    assert 'name="last_interaction_at"' not in page.text
    save(as_alice, page_of(contact), last_interaction_at="2001-01-01", extra="{}")
    contact.refresh_from_db()
    assert contact.last_interaction_at == seen
    assert contact.extra == {"X-SKYPE": "helene"}


def test_a_contact_has_shortcuts_to_log_something_about_it(as_alice, contact):
    page = as_alice.get(page_of(contact))
    assert f'href="/admin/contacts/interaction/add/?contacts={contact.pk}"' in page.text
    page = as_alice.get("/admin/contacts/interaction/add/", {"contacts": contact.pk})
    assert f'<option value="{contact.pk}" selected>Hélène Lœb</option>' in page.text


# --- Finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["helene", "HÉLÈNE", "loeb hel", "oeuvres", "theatre"])
def test_the_list_finds_as_the_site_does_without_accents_and_case(as_alice, alice, text):
    organization = OrganizationFactory(owner=alice, name="Œuvres & Cie")
    tags = [TagFactory(owner=alice, name="Théâtre")]
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Lœb", organization=organization, tags=tags)
    ContactFactory(owner=alice, first_name="Paul")
    page = as_alice.get(LIST, {"q": text})
    assert list(page.context["cl"].result_list) == [helene]


def test_the_best_come_first_unless_a_column_is_chosen(as_alice, alice):
    mentioned = ContactFactory(owner=alice, last_name="Abel", notes="Introduced by Zoé.")
    named = ContactFactory(owner=alice, first_name="Zoé", last_name="Zed")
    assert list(as_alice.get(LIST, {"q": "zoe"}).context["cl"].result_list) == [named, mentioned]
    assert list(as_alice.get(LIST, {"q": "zoe", "o": "1"}).context["cl"].result_list) == [mentioned, named]


def test_a_picker_finds_without_accents_and_tells_namesakes_apart(as_alice, alice):
    for name in ("Œuvres & Cie", "Sorbonne"):
        organization = OrganizationFactory(owner=alice, name=name)
        ContactFactory(owner=alice, first_name="Hélène", last_name="Lœb", organization=organization)
    asked = {"app_label": "contacts", "model_name": "contact", "field_name": "met_through", "term": "helene"}
    found = as_alice.get("/admin/autocomplete/", asked).json()["results"]
    assert [one["text"] for one in found] == ["Hélène Lœb · Œuvres & Cie", "Hélène Lœb · Sorbonne"]


@pytest.mark.parametrize(("model", "field"), [("contact", "organization"), ("contact", "tags")])
def test_organizations_and_tags_are_found_without_accents(as_alice, alice, model, field):
    OrganizationFactory(owner=alice, name="Théâtre")
    TagFactory(owner=alice, name="Théâtre")
    asked = {"app_label": "contacts", "model_name": model, "field_name": field, "term": "THEATRE"}
    assert [one["text"] for one in as_alice.get("/admin/autocomplete/", asked).json()["results"]] == ["Théâtre"]


def test_a_meeting_is_picked_by_its_day_and_who_was_there(as_alice, contact):
    meeting = InteractionFactory.with_contact(
        contact, title="", body="Déjeuner", occurred_at=dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)
    )
    InteractionFactory.with_contact(ContactFactory(owner=contact.owner), body="Déjeuner")
    asked = {"app_label": "contacts", "model_name": "followup", "field_name": "interaction", "term": "dejeuner helene"}
    found = as_alice.get("/admin/autocomplete/", asked).json()["results"]
    assert found == [{"id": str(meeting.pk), "text": "03/12/2026 · meeting"}]
