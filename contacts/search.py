"""Finding contacts by words, anywhere in what is kept about them.

A contact is found when each word begins a word of its names, its details, its organization, a tag,
a contact detail, or the text of an interaction. Case and accents don't matter. The indexes are in
`contacts.triggers`.
"""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from contacts import naming
from contacts.models import Contact, ContactQuerySet, Interaction, Organization, OwnedModel, OwnedQuerySet, Tag
from contacts.triggers import DETAILS, INTERACTIONS, METHODS, NAMES, ORGANIZATIONS, TAGS, Document

# A question of more words than this is cut: nobody types them, and each one costs a look-up.
MAX_WORDS = 8
# What each of these is called by.
_CALLED: dict[type[OwnedModel], Document] = {Contact: NAMES, Organization: ORGANIZATIONS, Tag: TAGS}

Rows = TypeVar("Rows", bound=OwnedQuerySet[Any])


def contacts(queryset: ContactQuerySet, text: str) -> ContactQuerySet:
    """Those of `queryset` in which every word of `text` is found; all of them when it has none."""
    for word in naming.words(text)[:MAX_WORDS]:
        queryset = queryset.filter(
            Q(id__in=_rows(NAMES, word))
            | Q(id__in=_rows(DETAILS, word))
            | Q(organization__in=_rows(ORGANIZATIONS, word))
            | Q(id__in=Contact.tags.through.objects.filter(tag__in=_rows(TAGS, word)).values("contact"))
            | Q(id__in=_linked(METHODS, word, "contact_id"))
            | Q(
                id__in=Interaction.contacts.through.objects.filter(interaction__in=_rows(INTERACTIONS, word)).values(
                    "contact"
                )
            )
        )
    return queryset


def by_relevance(queryset: ContactQuerySet, text: str) -> ContactQuerySet:
    """Those first whose name has the words, then by name."""
    named = Q()
    for word in naming.words(text)[:MAX_WORDS]:
        named &= Q(id__in=_rows(NAMES, word))
    rank = Case(When(named, then=Value(0)), default=Value(1), output_field=IntegerField()) if named else Value(0)
    return queryset.order_by(rank, "sort_name", "pk")


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
    return _linked(document, word, "id")


def _linked(document: Document, word: str, column: str) -> RawSQL:
    if connection.vendor == "sqlite":
        found = f"SELECT rowid FROM {document.index} WHERE {document.index} MATCH %s"
        if column == "id":
            return RawSQL(found, [f'"{word}"*'])
        return RawSQL(f"SELECT {column} FROM {document.table} WHERE id IN ({found})", [f'"{word}"*'])
    return RawSQL(
        f"SELECT {column} FROM {document.table} WHERE contacts_words({document.text}) @@ to_tsquery('simple', %s)",
        [f"{word}:*"],
    )
