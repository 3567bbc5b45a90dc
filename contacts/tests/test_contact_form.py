"""A contact entered and corrected in the web pages' own form."""

import datetime as dt
import re
from html import unescape

import pytest

from contacts.models import Contact, ContactMethod, Organization, Tag
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    ImportantDateFactory,
    OrganizationFactory,
    TagFactory,
)
from contacts.tests.html_forms import form_data

FORM = "application/x-www-form-urlencoded"
NEW = "/contacts/new/"


def send(client, address, **values):
    """Opens the form, fills in `values`, presses save."""
    data = form_data(client.get(address), "contact-form")
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return client.post(address, data.urlencode(), FORM)


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


def test_a_contact_is_entered_with_all_that_belongs_to_it(as_alice, alice):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    clients = TagFactory(owner=alice, name="Clients")
    response = send(
        as_alice,
        NEW,
        first_name="Hélène",
        last_name="Martin",
        organization="Nordlys",
        birthday_day="29",
        birthday_month="2",
        met_through="paul roux",
        met_on="2021-05-12",
        tags=[str(clients.pk)],
        new_tags="Design, Lyon,, Design",
        cadence_days="30",
        methods__0__kind="email",
        methods__0__value="helene@example.com",
        methods__0__is_primary="on",
        dates__0__label="Wedding",
        dates__0__day="14",
        dates__0__month="6",
    )
    helene = Contact.objects.get(first_name="Hélène")
    assert response.url == helene.get_absolute_url()
    assert (helene.owner, helene.organization.name, helene.met_through) == (alice, "Nordlys", paul)
    assert (helene.birthday_day, helene.birthday_month, helene.birthday_year) == (29, 2, None)
    assert helene.met_on == dt.date(2021, 5, 12)
    assert sorted(tag.name for tag in helene.tags.all()) == ["Clients", "Design", "Lyon"]
    assert helene.methods.get().normalized == "helene@example.com"
    assert (helene.dates.get().label, helene.dates.get().day) == ("Wedding", 14)


def test_a_name_alone_is_enough(as_alice):
    assert send(as_alice, NEW, last_name="Curie").status_code == 302
    assert send(as_alice, NEW, organization="Sorbonne").status_code == 302
    assert sorted(map(str, Contact.objects.all())) == ["Curie", "Sorbonne"]


def test_without_any_name_nothing_is_saved_and_nothing_is_lost(as_alice, alice):
    response = send(as_alice, NEW, nickname="Lène", notes="A long story", new_tags="New", methods__0__value="x")
    assert response.status_code == 422
    assert "Give a first name, a last name or an organization." in response.text
    for typed in ("Lène", "A long story", "New"):
        assert typed in response.text
    assert not Contact.objects.exists()
    assert not Tag.objects.exists()


def test_an_organization_or_tag_that_is_known_is_not_made_again(as_alice, alice, charlie):
    nordlys, design = OrganizationFactory(owner=alice, name="Nordlys"), TagFactory(owner=alice, name="Design")
    OrganizationFactory(owner=charlie, name="Sorbonne")
    send(as_alice, NEW, first_name="Hélène", organization="nordlys", new_tags="design")
    helene = Contact.objects.get()
    assert helene.organization == nordlys
    assert helene.tags.get() == design
    send(as_alice, NEW, first_name="Anna", organization="Sorbonne")
    assert Organization.objects.get(name="Sorbonne", owner=alice)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"birthday_day": "31", "birthday_month": "2"}, "There is no such day."),
        ({"birthday_day": "31"}, "A day needs its month."),
        ({"birthday_day": "40", "birthday_month": "1"}, "less than or equal to 31"),
        ({"birthday_year": "12345"}, "less than or equal to 9999"),
        ({"met_through": "Nobody Known"}, "Nobody in your book is called “Nobody Known”."),
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone."),
        ({"cadence_days": "0"}, "greater than or equal to 1"),
        ({"cadence_days": "99999999"}, "less than or equal to"),
        ({"first_name": "x" * 151}, "at most 150 characters"),
        ({"tags": ["999999"]}, "is not one of the available choices"),
        ({"methods__0__value": "06 39 98 12 34"}, "This field is required."),
        ({"dates__0__label": "Wedding", "dates__0__day": "31", "dates__0__month": "4"}, "There is no such day."),
        ({"dates__0__label": "Wedding"}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_changed(as_alice, helene, values, complaint):
    address = f"{helene.get_absolute_url()}edit/"
    response = send(as_alice, address, **({"first_name": "Léna", "notes": "kept text"} | values))
    assert response.status_code == 422
    assert complaint in unescape(response.text)
    assert "kept text" in response.text
    assert "Edit Hélène Martin" in response.text
    helene.refresh_from_db()
    assert helene.first_name == "Hélène"
    assert helene.notes == ""


def test_what_is_there_is_filled_in_and_saved_unchanged(as_alice, alice, helene):
    helene.organization = OrganizationFactory(owner=alice, name="Nordlys")
    helene.met_through = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    helene.save()
    ContactMethodFactory(contact=helene, kind="address", value="12 rue des Tables\n69001 Lyon")
    ImportantDateFactory(contact=helene)
    before = Contact.objects.values().get(pk=helene.pk)
    assert send(as_alice, f"{helene.get_absolute_url()}edit/").status_code == 302
    after = Contact.objects.values().get(pk=helene.pk)
    assert after | {"updated_at": 0} == before | {"updated_at": 0}
    assert helene.methods.get().value.split() == ["12", "rue", "des", "Tables", "69001", "Lyon"]


def test_an_organization_is_taken_away(as_alice, alice, helene):
    helene.organization = OrganizationFactory(owner=alice)
    helene.save()
    send(as_alice, f"{helene.get_absolute_url()}edit/", organization="")
    helene.refresh_from_db()
    assert helene.organization is None


def test_a_line_is_changed_and_another_deleted(as_alice, helene):
    first, second = ContactMethodFactory(contact=helene), ContactMethodFactory(contact=helene)
    address = f"{helene.get_absolute_url()}edit/"
    send(as_alice, address, methods__0__value="new@example.com", methods__1__DELETE="on")
    first.refresh_from_db()
    assert first.value == "new@example.com"
    assert not ContactMethod.objects.filter(pk=second.pk).exists()


def test_the_preferred_one_moves(as_alice, helene):
    first = ContactMethodFactory(contact=helene, is_primary=True)
    second = ContactMethodFactory(contact=helene)
    send(as_alice, f"{helene.get_absolute_url()}edit/", methods__1__is_primary="on")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)


def test_one_more_line_comes_when_it_is_asked_for(as_alice):
    response = as_alice.get("/contacts/rows/methods/", {"methods-TOTAL_FORMS": "3"})
    assert 'name="methods-3-value"' in response.text
    assert re.search(r'name="methods-TOTAL_FORMS" value="4"[^>]*hx-swap-oob', response.text)
    assert as_alice.get("/contacts/rows/dates/", {"dates-TOTAL_FORMS": "1"}).status_code == 200


@pytest.mark.parametrize("total", ["", "x", "-1", "100", "99999999999"])
def test_no_line_comes_past_the_last(as_alice, total):
    assert as_alice.get("/contacts/rows/methods/", {"methods-TOTAL_FORMS": total}).status_code == 404
    assert as_alice.get("/contacts/rows/secrets/", {"secrets-TOTAL_FORMS": "1"}).status_code == 404


def test_a_form_that_claims_a_million_lines_is_refused(as_alice):
    response = send(as_alice, NEW, first_name="Anna", methods__TOTAL_FORMS="1000000")
    assert response.status_code == 422
    assert not Contact.objects.exists()


def test_a_line_of_somebody_else_cannot_be_taken_over(as_charlie, charlie, helene):
    """Whatever ids are posted, only the lines of the contact of the page are changed."""
    own = ContactFactory(owner=charlie)
    ContactMethodFactory(contact=own)
    theirs = ContactMethodFactory(contact=helene, value="helene@example.com")
    send(as_charlie, f"{own.get_absolute_url()}edit/", methods__0__id=str(theirs.pk), methods__0__value="stolen")
    theirs.refresh_from_db()
    assert (theirs.value, theirs.contact) == ("helene@example.com", helene)


def test_somebody_elses_tag_or_friend_cannot_be_chosen(as_charlie, helene, alice):
    tag = TagFactory(owner=alice)
    assert send(as_charlie, NEW, first_name="X", tags=[str(tag.pk)]).status_code == 422
    assert send(as_charlie, NEW, first_name="X", met_through="Hélène Martin").status_code == 422


def test_more_rows_take_no_more_queries(as_alice, alice, helene, django_assert_num_queries):
    for rows in (10, 20):
        for _number in range(rows):
            ContactMethodFactory(contact=helene)
            ImportantDateFactory(contact=helene)
            TagFactory(owner=alice)
            OrganizationFactory(owner=alice)
        # Session, user, settling; contact, tags chosen and all, methods, dates, organizations.
        with django_assert_num_queries(9):
            as_alice.get(f"{helene.get_absolute_url()}edit/")
