"""One row of words for each contact, in which `contacts.search` looks.

A contact's words are those of its names, details, organization, tags, contact details and all that
was said with it, folded by `contacts.naming`, so that both engines find the same. Triggers note whose
words have changed (`contacts.triggers`); whoever searches next makes those rows again first, so that
a write is seen by the next search, and a thousand writes to one contact cost one row.

Beside the words themselves there are marks, of signs that no word has: `=helene` is a word of the
name; `@7` is a contact in the book of user 7, and `@@7` one that is put away there. These two are a
column of their own on PostgreSQL, in whose order it finds the latest; beside it stands the contact's
`sort_name` there, by which those found are put in order.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.db import connection, transaction

from contacts import naming
from contacts.models import Contact, ContactMethod, Interaction

TABLE, STALE = "contacts_search", "contacts_search_stale"
NAMED, ACTIVE, ARCHIVED = "=", "@", "@@"
# A longer word is found by its beginning.
LONGEST_WORD = 100
# Bytes of a row's words: PostgreSQL takes one megabyte with what it needs beside them.
_MOST_BYTES = 700_000
_BATCH = 500


def refresh() -> None:
    """Makes the rows of those contacts again whose words have changed. One look-up where none has."""
    while _is_stale():
        after: int | None = 0
        while after is not None:
            with transaction.atomic():
                stale = _take_stale(after=after)
                _write(stale)
            after = stale[-1] if len(stale) == _BATCH else None


def _is_stale() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {STALE} LIMIT 1")
        return cursor.fetchone() is not None


def _take_stale(*, after: int) -> list[int]:
    """First of all in its transaction: what changes from here on is noted anew.

    From `after` on, or each part would be looked for behind all that were taken in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contact_id FROM {STALE} WHERE contact_id > %s ORDER BY contact_id LIMIT {_BATCH}", [after]
        )
        stale = [pk for (pk,) in cursor.fetchall()]
        if not stale:
            return []
        # By their ids: joined with themselves, PostgreSQL would compare each of them with all.
        places = ", ".join(["%s"] * len(stale))
        cursor.execute(f"DELETE FROM {STALE} WHERE contact_id IN ({places}) RETURNING contact_id", stale)
        return sorted(pk for (pk,) in cursor.fetchall())


def _write(contacts: list[int]) -> None:
    names = list(_names(contacts))
    rows = ((pk, _kept(words)) for pk, words in _words(contacts, names).items())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                f"INSERT OR REPLACE INTO {TABLE}(rowid, words) VALUES (%s, %s)",
                [(pk, " ".join(words)) for pk, words in rows],
            )
        else:
            order = {pk: sort_name for pk, _mark, sort_name, _name in names}
            made = [(pk, words[0], order[pk], " ".join(words[1:])) for pk, words in rows]
            cursor.execute(
                f"INSERT INTO {TABLE}(contact_id, mark, sort_name, words) "
                "SELECT pk, mark, sort_name, array_to_tsvector(string_to_array(words, ' ')) "
                "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS made(pk, mark, sort_name, words) "
                "ON CONFLICT (contact_id) DO UPDATE "
                "SET mark = excluded.mark, sort_name = excluded.sort_name, words = excluded.words",
                [list(column) for column in zip(*made, strict=True)] or [[], [], [], []],
            )


def _kept(words: Iterable[str]) -> list[str]:
    kept, left = list[str](), _MOST_BYTES
    for word in words:
        left -= len(word.encode())
        if left < 0:
            break
        kept.append(word)
    return kept


def _words(contacts: list[int], names: Iterable[tuple[int, str, str, str]]) -> dict[int, list[str]]:
    """By contact: the marks and the words of the name first, each once."""
    words: dict[int, dict[str, None]] = {}
    for pk, mark, _sort_name, name in names:
        words[pk] = dict.fromkeys([mark, *(NAMED + word for word in _fold(name))])
    for pk, *texts in _texts(contacts):
        if pk in words:
            for part in " ".join(filter(None, texts)).split():
                words[pk].update(_folded(part) if len(part) <= LONGEST_WORD else _fold(part))
    return {pk: list(its) for pk, its in words.items()}


@lru_cache(maxsize=20_000)
def _folded(part: str) -> dict[str, None]:
    """The same parts come again and again, and to take one apart costs more than to remember it, if it is short."""
    return _fold(part)


def _fold(text: str) -> dict[str, None]:
    """The words in it."""
    return dict.fromkeys(word[:LONGEST_WORD] for word in naming.words(text))


def _names(contacts: list[int]) -> Iterator[tuple[int, str, str, str]]:
    """By contact: its mark, its place in the order of names, its names."""
    people = Contact.objects.filter(pk__in=contacts).order_by()
    for pk, owner, is_archived, sort_name, *names in people.values_list(
        *("pk", "owner", "is_archived", "sort_name", "first_name", "last_name", "nickname")
    ):
        yield pk, mark(owner, is_archived=is_archived), sort_name, " ".join(names)


def _texts(contacts: list[int]) -> Iterator[tuple[int, *tuple[str | None, ...]]]:
    people = Contact.objects.filter(pk__in=contacts).order_by()
    yield from people.values_list(
        *("pk", "first_name", "last_name", "nickname", "organization__name"),
        *("job_title", "city", "country", "how_met", "notes"),
    )
    tagged = Contact.tags.through.objects.filter(contact__in=contacts).order_by()
    yield from tagged.values_list("contact", "tag__name")
    yield from (
        ContactMethod.objects.filter(contact__in=contacts).order_by().values_list("contact", "value", "normalized")
    )
    said = Interaction.contacts.through.objects.filter(contact__in=contacts).order_by()
    yield from said.values_list("contact", "interaction__title", "interaction__body").iterator()


def mark(owner: int, *, is_archived: bool) -> str:
    return f"{ARCHIVED if is_archived else ACTIVE}{owner}"
