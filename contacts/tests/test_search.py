import pytest

from contacts import search
from contacts.book import Book
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    InteractionFactory,
    OrganizationFactory,
    TagFactory,
)


@pytest.fixture
def helene(alice):
    contact = ContactFactory(
        owner=alice,
        first_name="Hélène",
        last_name="Lœb",
        organization=OrganizationFactory(owner=alice, name="Œuvres & Cie"),
        notes="Aime le thé vert.",
        city="Málaga",
        tags=[TagFactory(owner=alice, name="Théâtre")],
    )
    InteractionFactory.with_contact(contact, title="Déjeuner", body="Contrat signé à Brême.")
    ContactMethodFactory(contact=contact, value="helene.loeb@example.com")
    return contact


def found(user, text):
    """By both ways, which find the same."""
    contacts = list(search.contacts(Book(user).contacts, text))
    if text.strip(' "*'):
        assert search.best(Book(user), text).contacts == [contact.pk for contact in contacts]
    return contacts


@pytest.mark.parametrize(
    "text",
    [
        "helene",
        "HÉLÈNE",
        "hel loeb",
        "lœb",
        "oeuvres",
        "the vert",
        "malaga",
        "theatre",
        "dejeuner",
        "breme contrat",
        "hélène contrat",
        "helene.loeb@example.com",
        "  ",
        "l",
        "«thé»",
        '"*',
        "NEAR(helene)"[5:11],
    ],
)
def test_a_contact_is_found_by_the_beginning_of_any_word_kept_about_them(alice, helene, text):
    assert found(alice, text) == [helene]


@pytest.mark.parametrize("text", ["elene", "helene absent", "OR", "zzz"])
def test_a_contact_is_not_found_by_words_that_are_nowhere(alice, helene, text):
    assert found(alice, text) == []


def test_nobody_finds_the_contacts_of_others(charlie, helene):
    assert found(charlie, "helene") == []


def test_search_follows_every_change(alice, helene):
    helene.organization.name = "Nouvelle Maison"
    helene.organization.save()
    assert found(alice, "oeuvres") == []
    assert found(alice, "maison") == [helene]
    helene.interactions.update(body="Rien.")
    assert found(alice, "contrat") == []
    type(helene).objects.update(notes="Préfère le café.")
    assert found(alice, "vert") == []
    assert found(alice, "cafe") == [helene]
    helene.tags.get().delete()
    assert found(alice, "theatre") == []
    helene.interactions.all().delete()
    assert found(alice, "dejeuner") == []
    helene.delete()
    assert found(alice, "helene") == []


def test_those_whose_name_matches_come_first(alice):
    mentioned = ContactFactory(owner=alice, last_name="Abel", notes="Introduced by Zoé.")
    named = ContactFactory(owner=alice, first_name="Zoé", last_name="Zed")
    assert list(search.by_relevance(search.contacts(Book(alice).contacts, "zoe"), "zoe")) == [named, mentioned]


def test_those_found_are_in_the_order_of_the_names_they_have_now(alice):
    one, other = (ContactFactory(owner=alice, last_name=name, notes="Jardin.") for name in ("Abel", "Zed"))
    nobody = ContactFactory(
        owner=alice,
        first_name="",
        last_name="",
        organization=OrganizationFactory(owner=alice, name="Martin"),
        notes="Jardin.",
    )
    assert found(alice, "jardin") == [one, nobody, other]
    one.last_name = "Zoulou"
    one.save()
    assert found(alice, "jardin") == [nobody, other, one]
    nobody.organization.name = "Zut"
    nobody.organization.save()
    assert found(alice, "jardin") == [other, one, nobody]
    type(one).objects.filter(pk=nobody.pk).update(sort_name="a")
    assert found(alice, "jardin") == [nobody, other, one]


def test_those_put_away_are_found_by_themselves(alice, helene):
    type(helene).objects.update(is_archived=True)
    assert search.best(Book(alice), "helene").contacts == []
    assert search.best(Book(alice), "helene", archived=True).contacts == [helene.pk]


@pytest.mark.parametrize("text", ["=helene", "@", "@{owner}", "'", "helene:a"])
def test_the_signs_of_the_index_are_only_text(alice, helene, text):
    assert search.contacts(Book(alice).contacts, text.format(owner=alice.pk)).count() in (0, 1)
    for archived in (False, True):
        search.best(Book(alice), f"{text.format(owner=alice.pk)} helene", archived=archived)


def test_a_contact_with_more_words_than_an_index_takes_is_found_by_the_first_of_them(alice):
    notes = " ".join(f"mot{number}é" for number in range(120_000))
    person = ContactFactory(owner=alice, first_name="Zoé", notes=f"{'x' * 5_000} {notes}")
    assert found(alice, "zoe mot7") == [person]
    assert found(alice, "x" * 300) == [person]
    assert found(alice, "mot119999e") == []


@pytest.mark.parametrize("letter", ["\u19b0", "𞤀", "ﬁ", "本", "น"])
def test_a_letter_of_any_script_is_part_of_a_word(alice, letter):
    person = ContactFactory(owner=alice, first_name="Zoé", notes=f"la{letter}ici")
    assert found(alice, f"la{letter}") == found(alice, f"la{letter}ici") == [person]
    assert found(alice, "ici") == []


@pytest.mark.parametrize("words", [1, 20, 21, 40])
def test_however_many_words_begin_alike_each_is_found(alice, words):
    people = [
        ContactFactory(owner=alice, last_name=f"Zed {number:02}", notes=f"Le jardin{number or ''} d'en haut.")
        for number in range(words)
    ]
    other = ContactFactory(owner=alice, last_name="Abel", notes="Un jardi, en haut.")
    assert found(alice, "jardin") == people
    assert found(alice, "haut jardin") == people
    assert found(alice, "jardi") == [other, *people]
    assert found(alice, "jardinage") == []


def test_a_search_without_news_asks_once_whether_there_are_any(alice, helene, django_assert_num_queries):
    assert found(alice, "helene") == [helene]
    with django_assert_num_queries(2):
        list(search.contacts(Book(alice).contacts, "helene"))
