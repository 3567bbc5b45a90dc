"""Rows by the thousand into a book: what is kept and indexed row by row otherwise, once for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from contacts import search_index, triggers

# Whose rows point to others, and are checked one by one otherwise.
_LOADED = (
    "contacts_contact",
    "contacts_contactmethod",
    "contacts_contact_tags",
    "contacts_followup",
    "contacts_importantdate",
    "contacts_interaction",
    "contacts_interaction_contacts",
)
# They cost more than the rows, and nobody asks them meanwhile. Those of columns that are written again in the end
# stay: else PostgreSQL would not trust a new one before the transaction ends.
_INDEXES = (*(document.index for document in triggers.DOCUMENTS), "contacts_search_words", "interaction_by_time")


@contextmanager
def loading(connection: BaseDatabaseWrapper, *, owner: int) -> Iterator[None]:
    """Inside, nothing is kept, indexed or checked; in the end, what is kept of `owner`'s contacts and all texts are.

    Row by row that costs far more than the rows. In a transaction only: one that fails brings
    everything back; and on PostgreSQL others wait until it ends.
    """
    triggers.drop(connection)
    with _set_aside(connection):
        yield
        triggers.keep_all(connection, owner=owner)
        search_index.refresh()
    triggers.install(connection, rebuild=True)


@contextmanager
def _set_aside(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """PostgreSQL makes an index of rows that are there in a fraction of the time, and checks their keys so."""
    if connection.vendor != "postgresql":
        yield
        return
    # Nothing of a table is taken away or made while keys of its rows are still to be checked.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(_KEYS_THERE, [list(_LOADED)])
        parts = cursor.fetchall()
        cursor.execute(_INDEXES_THERE, [list(_INDEXES)])
        parts += cursor.fetchall()
        for drop, _make in parts:
            cursor.execute(drop)
        yield
        connection.check_constraints()
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _drop, make in parts:
            cursor.execute(make)


# How each is taken away and made again, in the database's own words.
_KEYS_THERE = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
_INDEXES_THERE = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indexrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) name)
"""
