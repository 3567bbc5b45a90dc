"""Finding contacts by words, anywhere in what is kept about them.

A contact is found when each word begins a word of its names, its details, its organization, a tag,
a contact detail, or the text of an interaction. Case and accents don't matter. The index of contacts
is made in `contacts.search_index`, those of other rows in `contacts.triggers`.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import RawSQL

from contacts import naming, search_index
from contacts.book import Book
from contacts.models import Contact, ContactQuerySet, Interaction, Organization, OwnedModel, OwnedQuerySet, Tag
from contacts.triggers import INDEXED_BEGINNING, INTERACTIONS, NAMES, ORGANIZATIONS, TAGS, VOCABULARY, Document

# A question of more words than this is cut: nobody types them, and each one costs a look-up.
MAX_WORDS = 8
# Ten pages. Nobody reads through more; who looks for somebody types one more word.
MOST_FOUND = 500
# Where more words begin alike, SQLite is asked for the beginning: it takes longer to look for each than it spares.
_MOST_SPELT_OUT = 20
# What each of these is called by.
_CALLED: dict[type[OwnedModel], Document] = {Contact: NAMES, Organization: ORGANIZATIONS, Tag: TAGS}

Rows = TypeVar("Rows", bound=OwnedQuerySet[Any])


def contacts(queryset: ContactQuerySet, text: str) -> ContactQuerySet:
    """Those of `queryset` in which every word of `text` is found; all of them when it has none."""
    words = _asked(text)
    if not words:
        return queryset
    search_index.refresh()
    return queryset.filter(id__in=_contacts_with(words))


def by_relevance(queryset: ContactQuerySet, text: str) -> ContactQuerySet:
    """Those first whose name has the words, then by name."""
    words = _asked(text)
    if not words:
        return queryset.order_by("sort_name", "pk")
    named = Q(id__in=_contacts_with(_in_names(words)))
    return queryset.order_by(Case(When(named, then=Value(0)), default=Value(1)), "sort_name", "pk")


@dataclass(frozen=True)
class Best:
    """The ids of those who fit, best first; `is_more` when there are others, who were entered earlier."""

    contacts: list[int]
    is_more: bool


def best(book: Book, text: str, *, archived: bool = False) -> Best:
    """As `by_relevance` of the active contacts or the archived ones: at most `MOST_FOUND`, however many fit."""
    search_index.refresh()
    mark = search_index.mark(book.user.pk, is_archived=archived)
    words = _asked(text)
    named = _latest(mark, _in_names(words))
    found = named if len(named) > MOST_FOUND else [*dict.fromkeys([*named, *_latest(mark, words)])]
    return Best(found[:MOST_FOUND], is_more=len(found) > MOST_FOUND)


def _latest(mark: str, words: list[str]) -> list[int]:
    """Of the contacts with this mark and words that begin so, the latest (one more than is asked for), by name."""
    if connection.vendor == "sqlite":
        found, asked = _with_words(words, mark)
        people = f"({found} ORDER BY rowid DESC LIMIT {MOST_FOUND + 1}) found JOIN contacts_contact ON id = contact"
    else:
        # The name is beside the words: to look all of them up takes longer than to find them.
        found, asked = _with_words(words)
        people = f"({found} AND mark = %s ORDER BY -contact_id LIMIT {MOST_FOUND + 1}) found"
        asked.append(mark)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT contact FROM {people} ORDER BY sort_name, contact", asked)
        return [pk for (pk,) in cursor.fetchall()]


def _contacts_with(words: list[str]) -> RawSQL:
    found, asked = _with_words(words)
    return RawSQL(f"SELECT contact FROM ({found}) found", asked)


def _with_words(words: list[str], *marks: str) -> tuple[str, list[str]]:
    """SQL, and what it is given: the ids of those that have words that begin so, as `contact`, maybe with more of them.

    None of the words has a sign of the engines' languages. Only SQLite's has marks among its words.
    """
    table = search_index.TABLE
    if connection.vendor == "sqlite":
        asked = [_beginning_with(word) for word in words] + [("%s", [f'"{mark}"']) for mark in marks]
        expression = " || ' AND ' || ".join(sql for sql, _given in asked)
        given = [value for _sql, values in asked for value in values]
        return f"SELECT rowid AS contact FROM {table} WHERE {table} MATCH ({expression})", given
    expression = " & ".join(f"'{word}':*" for word in words)
    return f"SELECT contact_id AS contact, sort_name FROM {table} WHERE words @@ %s::tsquery", [expression]


def _beginning_with(word: str) -> tuple[str, list[str]]:
    """SQLite's expression for what begins with `word`, as SQL: spelt out, unless an index has the beginning itself.

    The rows of a whole word are read as far as they are needed. Those of a beginning are all put together first, which
    takes the longer the larger the book is.
    """
    beginning = f'"{word}"*'
    if len(word) <= INDEXED_BEGINNING:
        return "%s", [beginning]
    last = f"{word}\U0010ffff"
    return _SPELT_OUT, [beginning, word, last]


_SPELT_OUT = f"""(
    SELECT CASE WHEN count(*) BETWEEN 1 AND {_MOST_SPELT_OUT}
        THEN '(' || group_concat('"' || term || '"', ' OR ') || ')' ELSE %s END
    FROM (SELECT term FROM {VOCABULARY} WHERE term >= %s AND term < %s LIMIT {_MOST_SPELT_OUT + 1})
)"""


def _asked(text: str) -> list[str]:
    return [word[: search_index.LONGEST_WORD] for word in naming.words(text)[:MAX_WORDS]]


def _in_names(words: list[str]) -> list[str]:
    return [search_index.NAMED + word for word in words]


def interactions(queryset: OwnedQuerySet[Interaction], text: str) -> OwnedQuerySet[Interaction]:
    """Those in whose title or text every word of `text` is found."""
    for word in naming.words(text)[:MAX_WORDS]:
        queryset = queryset.filter(id__in=_rows(INTERACTIONS, word))
    return queryset


def named(queryset: Rows, text: str) -> Rows:
    """Contacts, organizations or tags in whose own name every word of `text` is found."""
    for word in naming.words(text)[:MAX_WORDS]:
        queryset = queryset.filter(id__in=_rows(_CALLED[queryset.model], word))
    return queryset


def _rows(document: Document, word: str) -> RawSQL:
    """The ids of the rows in whose text a word begins with `word` (letters and digits alone)."""
    if connection.vendor == "sqlite":
        return RawSQL(f"SELECT rowid FROM {document.index} WHERE {document.index} MATCH %s", [f'"{word}"*'])
    return RawSQL(
        f"SELECT id FROM {document.table} WHERE contacts_words({document.text}) @@ to_tsquery('simple', %s)",
        [f"{word}:*"],
    )
