"""The list of contacts: found, filtered, ordered, page by page."""

import datetime as dt
import re
from html import unescape
from urllib.parse import urlencode

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


@pytest.fixture
def walk(as_alice):
    """All pages from the first on by «next», then back to the first by «previous»: the names on each."""

    def walk(**parameters):
        pages, there, rel = [], "?" + urlencode(parameters), "next"
        while True:
            text = as_alice.get("/contacts/" + there).text
            pages.append([unescape(name) for name in re.findall(r'<a href="/contacts/\d+/">([^<]+)</a>', text)])
            link = re.search(rf'rel="{rel}" href="([^"]+)"', text)
            if link is None and rel == "next" and len(pages) > 1:
                rel = "prev"
                link = re.search(r'rel="prev" href="([^"]+)"', text)
            if link is None:
                return pages
            there = unescape(link[1])

    return walk


def test_a_long_list_comes_in_pages_that_keep_the_question(as_alice, walk, alice):
    for number in range(105):
        ContactFactory(owner=alice, first_name="Anna", last_name=f"Nº{number:03}")
    first, second, third, back, front = walk(q="anna")
    assert [len(first), len(second), len(third)] == [50, 50, 5]
    assert len({*first, *second, *third}) == 105
    assert (back, front) == (second, first)
    page = as_alice.get("/contacts/", {"q": "anna"}).text
    assert 'href="?q=anna&amp;after=' in page
    assert "105 contacts" in page


@pytest.mark.parametrize(
    "parameters",
    [{}, {"sort": "unseen"}, {"sort": "seen"}, {"sort": "added"}, {"show": "favorites", "sort": "seen"}, {"q": "b"}],
)
def test_the_pages_of_every_order_hold_everybody_once_and_lead_back(walk, alice, monkeypatch, parameters):
    monkeypatch.setattr("contacts.views.contacts.PER_PAGE", 2)
    noon = timezone.now().replace(microsecond=0) - dt.timedelta(days=9)
    for number in range(9):
        # Namesakes, some seen at the same moment and some never.
        person = ContactFactory(owner=alice, first_name="Bo", last_name=f"Ek{number // 3}", is_favorite=True)
        if number % 3:
            InteractionFactory.with_contact(person, occurred_at=noon + dt.timedelta(days=number // 4))
    pages = walk(**parameters)
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1, 2, 2, 2, 2]
    assert pages[5:] == pages[3::-1]
    names = [name for page in pages[:5] for name in page]
    assert sorted(names) == sorted(f"Bo Ek{number // 3}" for number in range(9))


def test_a_page_that_begins_after_somebody_who_has_gone_is_the_first_one(names, helene, paul):
    assert names(after=paul.pk) == names(after=999_999) == names(before=helene.pk) == ["Hélène Lœb", "Paul Roux"]


def test_a_list_too_long_to_be_counted_says_so(as_alice, alice, monkeypatch):
    monkeypatch.setattr("contacts.paging.MOST_COUNTED", 2)
    monkeypatch.setattr("contacts.search.MOST_FOUND", 2)
    for number in range(3):
        ContactFactory(owner=alice, first_name="Anna", last_name=f"Nº{number}")
    assert "More than 2 contacts" in as_alice.get("/contacts/").text
    for parameters in ({"q": "anna"}, {"q": "anna", "sort": "added"}):
        page = as_alice.get("/contacts/", parameters).text
        assert "More than 2 contacts · one more word finds those you mean" in page
    assert "1 contact<" in as_alice.get("/contacts/", {"q": "anna no1"}).text


def test_of_many_who_fit_those_whose_name_does_are_shown(names, alice, monkeypatch):
    monkeypatch.setattr("contacts.search.MOST_FOUND", 2)
    ContactFactory(owner=alice, first_name="Zoé", last_name="Zed")
    for number in range(3):
        ContactFactory(owner=alice, last_name=f"Nº{number}", notes="Friend of Zoé")
    assert names(q="zoe")[0] == "Zoé Zed"


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


# Session, user, settling; tags of the filter; count, rows, their tags. A search looks whether any words have
# changed, then in the names and in all words, instead of counting.
@pytest.mark.parametrize(
    ("parameters", "queries"),
    [({}, 7), ({"q": "anna"}, 9), ({"show": "favorites", "sort": "seen", "unseen": 3}, 8)],
)
def test_more_rows_take_no_more_queries(as_alice, alice, django_assert_num_queries, parameters, queries):
    for rows in (10, 20):
        _fill(alice, rows)
        as_alice.get("/contacts/", parameters)  # makes the words of the new ones
        with django_assert_num_queries(queries):
            as_alice.get("/contacts/", parameters)


def _fill(alice, rows):
    tag = TagFactory(owner=alice)
    for _number in range(rows):
        person = ContactFactory(
            owner=alice, first_name="Anna", organization=OrganizationFactory(owner=alice), is_favorite=True, tags=[tag]
        )
        InteractionFactory.with_contact(person, occurred_at=timezone.now() - dt.timedelta(days=30))
