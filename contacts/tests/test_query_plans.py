"""No request reads a whole book: what the databases say of how they go about it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import synthetic
from contacts.book import Book


@pytest.fixture
def plans_of(alice):
    synthetic.populate(alice, contacts=300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # So few rows are read whole in the blink of an eye, and a planner knows it.
            cursor.execute("SET LOCAL enable_seqscan = off")

    def plans_of(act):
        """The plan of each look-up that `act` makes, as one text."""
        with CaptureQueriesContext(connection) as asked:
            act()
        with connection.cursor() as cursor:
            for query in asked:
                explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
                cursor.execute(explain + query["sql"])
                yield "\n".join(str(line[-1]) for line in cursor.fetchall())

    return plans_of


def test_looking_for_meetings_that_have_passed_asks_two_indexes(alice, plans_of):
    (plan,) = plans_of(Book(alice).settle)
    assert "contact_by_next_planned" in plan
    assert "contact_by_last_seen" in plan
