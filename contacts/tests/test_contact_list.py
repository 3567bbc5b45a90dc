"""The list of contacts: found, filtered, ordered, page by page."""

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone

from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    InteractionFactory,
    OrganizationFactory,
    TagFactory,
)


@pytest.fixture
def helene(alice):
    return ContactFactory(
        owner=alice,
        first_name="Hélène",
        last_name="Lœb",
        organization=OrganizationFactory(owner=alice, name="Éditions Nordlys"),
        city="Saint-Étienne",
        notes="Adore les orchidées.",
        tags=[TagFactory(owner=alice, name="Escalade")],
    )


@pytest.fixture
def paul(alice):
    return ContactFactory(owner=alice, first_name="Paul", last_name="Roux")


@pytest.fixture
def names(as_alice):
    """Whom the list shows for these parameters, in order."""

    def names(**parameters):
        response = as_alice.get("/contacts/", parameters)
        assert response.status_code == 200
        return [unescape(name) for name in re.findall(r'<a href="/contacts/\d+/">([^<]+)</a>', response.text)]

    return names


@pytest.mark.parametrize(
    "text", ["helene", "HÉLÈNE", "loeb", "nordl", "edit nord", "escal", "orchidees", "etienne", "helene orchi", "vitr"]
)
def test_a_search_looks_everywhere_and_minds_neither_case_nor_accents(names, helene, paul, text):
    InteractionFactory.with_contact(helene, title="Café", body="La vitrine de printemps.")
    assert names(q=text) == ["Hélène Lœb"]


def test_a_contact_is_found_by_a_contact_detail(names, helene, paul):
    ContactMethodFactory(contact=paul, value="p.roux@example.com")
    assert names(q="p.roux@exam") == ["Paul Roux"]


def test_what_is_in_nobodys_record_finds_nobody_and_says_so(as_alice, names, helene):
    assert names(q="zanzibar") == []
    page = as_alice.get("/contacts/", {"q": "zanzibar"}).text
    assert "Nobody is like that." in page
    assert "Show everyone" in page


def test_those_whose_name_is_searched_come_first(names, alice):
    ContactFactory(owner=alice, first_name="Anna", last_name="Adam", notes="Sister of Marguerite")
    ContactFactory(owner=alice, first_name="Marguerite", last_name="Zola")
    assert names(q="marguerite") == ["Marguerite Zola", "Anna Adam"]


def test_signs_that_mean_something_to_a_database_are_only_text(names, helene):
    for text in ['"', "'", "* OR *", "NEAR(", "%", "a AND", "<script>", "\\", "- -"]:
        names(q=text)


def test_the_list_is_in_order_of_last_names(names, alice):
    for first, last in [("Zoé", "Abel"), ("Anna", "Émile"), ("Bob", "Dupont")]:
        ContactFactory(owner=alice, first_name=first, last_name=last)
    assert names() == ["Zoé Abel", "Bob Dupont", "Anna Émile"]


def test_filters_keep_those_who_fit(names, alice, helene, paul):
    paul.is_favorite = True
    paul.save()
    assert names(show="favorites") == ["Paul Roux"]
    assert names(tag=helene.tags.get().pk) == ["Hélène Lœb"]
    paul.is_archived = True
    paul.save()
    assert names() == ["Hélène Lœb"]
    assert names(show="archived") == ["Paul Roux"]


def test_not_seen_for_days_means_before_that_day_began_or_never(names, alice, helene, paul):
    InteractionFactory.with_contact(helene, occurred_at=timezone.now() - dt.timedelta(days=40))
    assert names(unseen=30) == ["Hélène Lœb", "Paul Roux"]
    InteractionFactory.with_contact(helene, occurred_at=timezone.now() - dt.timedelta(days=10))
    assert names(unseen=30) == ["Paul Roux"]
    assert names(unseen=5) == ["Hélène Lœb", "Paul Roux"]


def test_an_order_by_last_contact_puts_those_never_seen_where_they_belong(names, alice, helene, paul):
    ContactFactory(owner=alice, first_name="Never", last_name="Seen")
    InteractionFactory.with_contact(helene, occurred_at=timezone.now() - dt.timedelta(days=10))
    InteractionFactory.with_contact(paul, occurred_at=timezone.now() - dt.timedelta(days=2))
    assert names(sort="unseen") == ["Never Seen", "Hélène Lœb", "Paul Roux"]
    assert names(sort="seen") == ["Paul Roux", "Hélène Lœb", "Never Seen"]
    assert names(sort="added")[0] == "Never Seen"


def test_a_parameter_that_makes_no_sense_is_said_and_left_out(as_alice, names, helene, paul):
    nonsense = {"tag": "999999", "unseen": "-3", "sort": "sideways", "show": "everything", "page": "many"}
    assert names(**nonsense) == ["Hélène Lœb", "Paul Roux"]
    assert "Select a valid choice" in as_alice.get("/contacts/", nonsense).text


def test_a_long_list_comes_in_pages_that_keep_the_question(as_alice, names, alice):
    for number in range(55):
        ContactFactory(owner=alice, first_name="Anna", last_name=f"Nº{number:02}")
    assert len(names(q="anna")) == 50
    assert len(names(q="anna", page=2)) == 5
    page = as_alice.get("/contacts/", {"q": "anna"}).text
    assert "Page 1 of 2" in page
    assert 'href="?q=anna&amp;page=2"' in page
    assert "55 contacts" in page


def test_htmx_gets_the_rows_alone_and_caches_are_told(as_alice, helene):
    response = as_alice.get("/contacts/", {"q": "helene"}, headers={"hx-request": "true"})
    assert response.text.strip().startswith("<section")
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]
    assert "<html" in as_alice.get("/contacts/").text


def test_going_back_in_history_gets_the_whole_page(as_alice, helene):
    headers = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in as_alice.get("/contacts/", headers=headers).text


def test_a_list_without_anybody_says_how_to_begin(as_alice, alice):
    page = as_alice.get("/contacts/").text
    assert "Nobody yet." in page
    assert "Add the first contact" in page


def test_nobody_sees_or_filters_by_anything_of_others(as_charlie, charlie, helene):
    own = ContactFactory(owner=charlie, first_name="Own")
    for parameters in ({}, {"q": "helene"}, {"tag": helene.tags.get().pk}, {"show": "archived"}):
        page = as_charlie.get("/contacts/", parameters).text
        assert "Hélène" not in page
        assert "Escalade" not in page
    assert str(own) in as_charlie.get("/contacts/").text


@pytest.mark.parametrize("parameters", [{}, {"q": "anna"}, {"show": "favorites", "sort": "seen", "unseen": 3}])
def test_more_rows_take_no_more_queries(as_alice, alice, django_assert_num_queries, parameters):
    for rows in (10, 20):
        _fill(alice, rows)
        with django_assert_num_queries(7):  # session, user, settling; tags of the filter; count, rows, their tags
            as_alice.get("/contacts/", parameters)


def _fill(alice, rows):
    tag = TagFactory(owner=alice)
    for _number in range(rows):
        person = ContactFactory(
            owner=alice, first_name="Anna", organization=OrganizationFactory(owner=alice), is_favorite=True, tags=[tag]
        )
        InteractionFactory.with_contact(person, occurred_at=timezone.now() - dt.timedelta(days=30))
