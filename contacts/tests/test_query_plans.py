"""No request reads a whole book: what the databases say of how they go about it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import reminders, search, synthetic
from contacts.book import Book
from contacts.models import Interaction
from contacts.settling import settle


@pytest.fixture
def plans_of(alice):
    synthetic.populate(alice, contacts=300)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            # So few rows are read whole and sorted in the blink of an eye, and a planner knows it: what is asked here
            # is whether an index could do.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")

    def plans_of(act):
        """The plan of each look-up that `act` makes, as one text."""
        with CaptureQueriesContext(connection) as asked:
            act()
        with connection.cursor() as cursor:
            for query in asked:
                explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
                if not query["sql"].startswith(("SELECT", "(SELECT")):
                    continue
                cursor.execute(explain + query["sql"])
                yield "\n".join(str(line[-1]) for line in cursor.fetchall())

    return plans_of


def test_looking_for_meetings_that_have_passed_asks_two_indexes(alice, plans_of):
    (plan,) = plans_of(lambda: settle(Book(alice)))
    assert "contact_by_next_planned" in plan
    assert "contact_by_last_seen" in plan


# All rows of a table, one after the other; users and labels are so few here that this is best, and SQLite says
# so of what it looks up in full text too.
READ_WHOLE = re.compile(r"(?:\bSCAN|Seq Scan on) contacts_(?!(?:tag|profile|organization)\b|search|\w+_text)\w+")
SORTED = re.compile(r"TEMP B-TREE FOR ORDER BY|\bSort Key")


@pytest.mark.parametrize(
    "address",
    [
        "/contacts/",
        "/contacts/?after={}",
        "/contacts/?before={}",
        "/contacts/?sort=unseen",
        "/contacts/?sort=seen&after={}",
        "/contacts/?sort=added",
        "/contacts/?show=archived",
        "/contacts/?q=marie",
        "/contacts/?q=budget+m",
        "/contacts/?q=qwxz",
        "/contacts/{}/",
        "/",
    ],
)
def test_no_page_reads_a_table_from_end_to_end(alice, as_alice, plans_of, address):
    someone = alice.contacts.filter(is_archived=False, last_interaction_at__isnull=False)[150]
    as_alice.get(address.format(someone.pk))
    plans = list(plans_of(lambda: as_alice.get(address.format(someone.pk))))
    assert len(plans) > 3
    assert [plan for plan in plans if READ_WHOLE.search(plan)] == []


def test_what_postgresql_plans_once_for_any_book_reads_no_table_from_end_to_end(alice, as_alice, plans_of):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time.")
    someone = alice.contacts.filter(is_archived=False, last_interaction_at__isnull=False)[150]
    for address in ("/", "/contacts/", someone.get_absolute_url()) * 2:
        as_alice.get(address)
    plans = dict(plans_for_any_book())
    assert len(plans) > 8
    # The dates, which each book has many of.
    assert [plan for statement, plan in plans.items() if "contact_by_birthday" in plan and "date_by_month_day" in plan]
    assert [plan for plan in plans.values() if READ_WHOLE.search(plan)] == []


def plans_for_any_book():
    """By statement that the connection has prepared; without the values that the planner would see else."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements")
        for name, statement, values in cursor.fetchall():
            cursor.execute(f"EXPLAIN EXECUTE {name}({', '.join(['NULL'] * values)})")
            yield statement, "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("sort", ["", "unseen", "seen", "added"])
def test_a_page_of_the_list_is_read_off_an_index_in_its_order(alice, as_alice, plans_of, sort):
    someone = alice.contacts.filter(is_archived=False, last_interaction_at__isnull=False)[150]
    for place in ("", f"&after={someone.pk}", f"&before={someone.pk}"):
        plans = plans_of(lambda place=place: as_alice.get(f"/contacts/?sort={sort}{place}"))
        # Without the tags, and the two look-ups for meetings that have passed, which are put together.
        of_people = [plan for plan in plans if "contact_by_" in plan and not re.search("_tags|UNION|Unique", plan)]
        assert of_people
        assert [plan for plan in of_people if SORTED.search(plan)] == []


@pytest.mark.parametrize("place", ["", "?before={}"])
def test_the_talks_of_one_contact_are_read_off_an_index_in_its_order(alice, as_alice, plans_of, place):
    talk = Interaction.objects.filter(owner=alice, contacts__isnull=False).order_by("-occurred_at")[150]
    someone = talk.contacts.first()
    plans = plans_of(lambda: as_alice.get(someone.get_absolute_url() + place.format(talk.pk)))
    of_talks = [plan for plan in plans if "interaction_with_by_time" in plan]
    assert len(of_talks) == (1 if place else 2)
    # At most once: those of the page, not all to choose them from.
    assert [plan for plan in of_talks if len(SORTED.findall(plan)) > 1] == []


def test_meetings_without_a_note_have_an_index(alice, plans_of):
    plans = list(plans_of(lambda: reminders.unnoted_meetings(Book(alice))))
    assert "interaction_without_note" in plans[0]


def test_a_search_on_postgresql_reads_the_latest_of_one_book_alone(alice, plans_of):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has book and words in one index.")
    plans = list(plans_of(lambda: search.best(Book(alice), "m")))
    # And not the primary key, in whose order everybody's contacts are.
    assert [plan for plan in plans if "contacts_search_latest" in plan and "contacts_search_pkey" not in plan]


@pytest.mark.parametrize(("text", "is_spelt_out"), [("budget", True), ("bud", False)])
def test_a_search_on_sqlite_spells_out_what_no_index_has(alice, plans_of, text, is_spelt_out):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has all beginnings of a word in one index.")
    plans = [plan for plan in plans_of(lambda: search.best(Book(alice), text)) if "contacts_search VIRTUAL" in plan]
    assert plans
    # The last one is of all words: before those of names stands a sign, which makes them longer.
    assert ("contacts_search_vocabulary" in plans[-1]) == is_spelt_out
