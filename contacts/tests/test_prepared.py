"""What PostgreSQL plans once for a connection, and what it does not."""

import psycopg
import pytest
from django.db import connection

from contacts.asking import Question, given, given_ids
from contacts.book import Book
from contacts.tests.factories import ContactFactory

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in no time.")


@Question
def by_ids(book):
    return book.contacts.filter(pk__in=given_ids("ids")).order_by("pk").values_list("language", flat=True)


@Question
def by_language(book):
    return book.contacts.filter(language=given("language")).values_list("pk", flat=True)


@pytest.fixture(autouse=True)
def _new_connection(transactional_db):
    """In which nothing is prepared yet."""
    connection.close_pool()
    connection.close()


def prepared(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{text}%"])
        return cursor.fetchone()[0]


def ask(question, owner, **values):
    return [question.ask(Book(owner), **values) for _time in range(3)]


def test_a_look_up_by_ids_is_planned_once(alice):
    people = [ContactFactory(owner=alice, language=language) for language in ("fr", "de", "it")]
    assert ask(by_ids, alice, ids=[people[0].pk, people[2].pk]) == [["fr", "it"]] * 3
    assert ask(by_ids, alice, ids=[people[1].pk]) == [["de"]] * 3
    assert prepared('"language"') == 1


def test_what_each_book_has_its_own_plan_for_is_planned_each_time(alice):
    ask(by_language, alice, language="fr")
    assert prepared('"language"') == 0


def test_nothing_is_prepared_in_a_connection_that_another_one_may_have_next(alice, monkeypatch):
    # As PgBouncer tells it, which gives each transaction whichever connection is free.
    monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", 4_711)
    person = ContactFactory(owner=alice, language="fr")
    assert ask(by_ids, alice, ids=[person.pk]) == [["fr"]] * 3
    assert prepared('"language"') == 0


def test_nothing_is_prepared_in_a_connection_that_is_not_kept(alice, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", False)
    person = ContactFactory(owner=alice, language="fr")
    assert ask(by_ids, alice, ids=[person.pk]) == [["fr"]] * 3
    assert prepared('"language"') == 0


@pytest.fixture
def wider():
    def alter(length):
        # By another connection: one's own would plan again without being told.
        with connection.pool.connection() as other:
            other.execute(f"ALTER TABLE contacts_contact ALTER COLUMN language TYPE varchar({length})")

    yield lambda: alter(21)
    alter(20)


def test_a_server_that_goes_on_after_an_upgrade_plans_again(alice, wider):
    person = ContactFactory(owner=alice, language="fr")
    ask(by_ids, alice, ids=[person.pk])
    wider()
    assert ask(by_ids, alice, ids=[person.pk]) == [["fr"]] * 3
    assert prepared('"language"') == 1
