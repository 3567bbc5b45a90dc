"""Whom a card may be, and who is in the book twice."""

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.book import Book
from contacts.duplicates import Matcher, evidence, given_names, pairs, person
from contacts.duplicates.person import Person
from contacts.imports.card import Card, CardMethod
from contacts.models import Contact, ContactMethod
from contacts.partial_dates import PartialDate
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    OrganizationFactory,
    RelationshipFactory,
)


@pytest.fixture
def book(alice):
    return Book(alice)


@pytest.fixture
def add(alice, book):
    """Adds a contact of Alice's: `add("Hélène Martin", email="…", organization="Nordlys", city="Lyon")`."""

    def add(name, *, email="", phone="", organization="", **fields):
        first, _space, last = name.partition(" ")
        employer = book.organization_named(organization) if organization else None
        contact = ContactFactory(owner=alice, first_name=first, last_name=last, organization=employer, **fields)
        for kind, value in (("email", email), ("phone", phone)):
            if value:
                ContactMethodFactory(contact=contact, kind=kind, value=value)
        return contact

    return add


def card(name="", *, email="", phone="", **fields):
    first, _space, last = name.partition(" ")
    methods = [CardMethod(kind, value) for kind, value in (("email", email), ("phone", phone)) if value]
    return Card(first_name=first, last_name=last, methods=tuple(methods), **fields)


def found(book, asked):
    return [match.contact for match in Matcher(book).matches(asked)]


# --- Whom a card may be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        card("Hélène Lœb"),
        card("HELENE LOEB"),
        card("Loeb Hélène"),
        card("H. Lœb", email="Helene@Example.com"),
        card("Léna Durand", nickname="Hélène", email="helene@example.com"),
        card("Lena Loeb"),
        card(organization="Nordlys", email="helene@example.com"),
        card("Hélène", phone="+33 6 39 98 12 34"),
        card("Hélène Lœb-Martin", organization="nordlys"),
    ],
)
def test_somebody_who_is_known_is_found(book, add, asked):
    helene = add("Hélène Lœb", email="helene@example.com", phone="06 39 98 12 34", organization="Nordlys")
    add("Paul Roux", email="paul@example.com")
    assert found(book, asked) == [helene]


@pytest.mark.parametrize(
    "asked",
    [
        card("Marc Lœb"),
        card("Hélène Roux"),
        card("Hélène"),
        card("Lœb"),
        card("Marc Lœb", email="helene@example.com"),
        card("Marc Lœb", phone="06 39 98 12 34"),
        card("Hélène Lœb", birthday=PartialDate(1, 5, 1980)),
        card("Helena Bonham", organization="Nordlys", city="Lyon"),
        card("Marc Roux", phone="0639981234"),
        Card(),
    ],
)
def test_somebody_else_is_not(book, add, asked):
    add(
        "Hélène Lœb", email="helene@example.com", phone="06 39 98 12 34", organization="Nordlys", city="Lyon",
        birthday_day=14, birthday_month=7,
    )  # fmt: skip
    assert found(book, asked) == []


def test_a_name_alone_is_enough_and_the_nearest_comes_first(book, add):
    """As in LinkedIn's file, where most have no e-mail."""
    far = add("Anna Petit", city="Lille", email="anna@example.com")
    near = add("Anna Petit", organization="Nordlys", city="Lyon")
    best, second = Matcher(book).matches(card("Anna Petit", organization="Nordlys", city="Lyon"))
    assert (best.contact, second.contact) == (near, far)
    assert 0.5 <= second.score < best.score <= 1
    assert [reason.code for reason in best.reasons] == ["name", "organization", "city"]


def test_a_reason_is_said_in_the_language_of_who_reads_it(book, add):
    add("Anna Petit", email="anna@example.com")
    [match] = Matcher(book).matches(card("Anna Petit", email="ANNA@example.com"))
    with translation.override("en"):
        assert list(map(str, match.reasons)) == ["the same e-mail address: anna@example.com", "the same name"]
    with translation.override("fr"):
        assert list(map(str, match.reasons)) == ["même adresse e-mail : anna@example.com", "même nom"]


def test_companies_are_known_by_their_name(book, alice):
    nordlys = ContactFactory(
        owner=alice, first_name="", last_name="", organization=OrganizationFactory(owner=alice, name="Nordlys")
    )
    assert found(book, card(organization="NORDLYS")) == [nordlys]
    assert found(book, card("Anna Petit", organization="Nordlys")) == []


def test_a_mailbox_of_a_whole_office_makes_nobody_one(book, add):
    for number in range(5):
        add(f"Anna Nº{number}", phone="01 99 00 12 34")
    assert found(book, card("Bruno Petit", phone="01 99 00 12 34")) == []
    add("Anna Petit", email="contact@example.com")
    assert found(book, card("Petit", email="contact@example.com")) == []


def test_nobody_of_another_book_is_found(charlie, add):
    add("Anna Petit", email="anna@example.com")
    assert found(Book(charlie), card("Anna Petit", email="anna@example.com")) == []
    assert pairs(Book(charlie)) == []


def test_a_batch_takes_as_many_queries_as_one(book, add, django_assert_num_queries):
    for number in range(20):
        add(f"Anna Nº{number}", email=f"{number}@example.com", organization=f"Org {number}")
    for count in (1, 20):
        cards = [card(email=f"{number}@example.com") for number in range(count)]
        with django_assert_num_queries(3):  # people, details, the contacts that were found
            matches = Matcher(book).matches_of(cards)
        assert [len(found) for found in matches] == [1] * count


# --- The whole book ---------------------------------------------------------------------------


def test_the_book_is_searched_best_first(book, add):
    add("Paul Roux")
    kate, catherine = add("Kate Petit", city="Lyon"), add("Catherine Petit", city="Lyon")
    first, second = add("Anna Blanc", email="anna@example.com"), add("Blanc Anna", email="anna@example.com")
    [best, other] = pairs(book)
    assert (best.one, best.other) == (first.pk, second.pk)
    assert (other.one, other.other) == (kate.pk, catherine.pk)
    assert best.score > other.score
    assert other.reasons[0].code == "form"


def test_who_is_noted_as_the_others_parent_is_somebody_else(book, add):
    father, son = add("Jean Dupont", city="Lyon"), add("Jean Dupont", city="Lyon")
    assert len(pairs(book)) == 1
    RelationshipFactory(from_contact=father, to_contact=son, kind="child")
    assert pairs(book) == []


def test_hundreds_of_namesakes_are_compared_with_the_most_alike(book, alice):
    cities = [f"City {number % 50}" for number in range(300)]
    Contact.objects.bulk_create(
        Contact(owner=alice, first_name="Jean", last_name="Martin", city=city) for city in cities
    )
    found_pairs = pairs(book)
    assert len(found_pairs) < 300 * 11
    of_one_city = [pair for pair in found_pairs if len(pair.reasons) == 2 and not pair.reasons[1].is_against]
    assert len(of_one_city) == 50 * 15  # all six of each
    assert len(Matcher(book).matches(card("Jean Martin", city="City 7"))) < 60


def test_a_detail_of_hundreds_is_not_compared(book, alice):
    people = Contact.objects.bulk_create(Contact(owner=alice, first_name=f"A{number}") for number in range(300))
    ContactMethod.objects.bulk_create(
        ContactMethod(contact=contact, kind="phone", value="01 99 00 12 34") for contact in people
    )
    assert pairs(book) == []


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"), [("kate", "catherine"), ("manu", "emmanuel"), ("bob", "robert"), ("kathryn", "catherine")]
)
def test_short_forms_are_known(one, other):
    assert given_names.are_forms_of_one(one, other)
    assert given_names.are_forms_of_one(other, one)


@pytest.mark.parametrize(("one", "other"), [("alexandre", "alexandra"), ("jean", "jane"), ("louis", "louise")])
def test_names_that_only_look_alike_are_not(one, other):
    assert not given_names.are_forms_of_one(one, other)


# --- For any people ---------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["anna", "bob", "robert", "jean", "pierre", "j", "martin", "alex"]), max_size=2).map(
    tuple
)
DETAILS = st.frozensets(
    st.sampled_from([("email", "a@x.fr"), ("email", "info@x.fr"), ("phone", "+33639981234"), ("url", "x.fr")])
)
BIRTHDAYS = st.sampled_from(
    [PartialDate(), PartialDate(1, 2), PartialDate(1, 2, 1980), PartialDate(3, 2), PartialDate(None, None, 1980)]
)
PEOPLE = st.builds(
    Person, WORDS, WORDS, WORDS, st.sampled_from(["", "x", "y"]), st.sampled_from(["", "lyon"]), BIRTHDAYS, DETAILS
)


@given(PEOPLE, PEOPLE, st.booleans(), st.integers(2, 10))
def test_it_is_the_same_whoever_comes_first(one, other, are_related, count):
    sharers = dict.fromkeys(one.details & other.details, count)
    verdict = evidence.weigh(one, other, sharers=sharers, are_related=are_related)
    assert verdict == evidence.weigh(other, one, sharers=sharers, are_related=are_related)
    assert 0 <= verdict.score <= 1


@given(PEOPLE)
def test_everybody_is_like_themselves(one):
    verdict = evidence.weigh(one, one, sharers={})
    assert verdict.score == 0 or not any(reason.is_against for reason in verdict.reasons)
    if len(one.name) > 1:
        assert verdict.is_enough


@given(PEOPLE, PEOPLE)
def test_whom_a_name_makes_one_is_looked_up_under_a_common_key(one, other):
    names = evidence.compare_names(one, other)
    if names in (evidence.Names.SAME, evidence.Names.FORM) and (one.name or one.employer):
        assert not set(person.keys(one)).isdisjoint(person.keys(other))


NAMES = st.sampled_from(["Anna Petit", "Petit Anna", "Annie Petit", "A. Petit", "Bob Roux", "Robert Roux", "Roux"])
ROWS = st.lists(st.tuples(NAMES, st.sampled_from(["", "a@x.fr", "b@x.fr"])), min_size=2, max_size=6)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_entry_changes_nothing(book, add, rows, random):
    def scores(rows):
        Contact.objects.all().delete()
        people = {add(name, email=email).pk: (name, email) for name, email in rows}
        return sorted((*sorted((people[pair.one], people[pair.other])), pair.score) for pair in pairs(book))

    assert scores(rows) == scores(random.sample(rows, len(rows)))
