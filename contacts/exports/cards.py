"""Contacts as cards, in batches: the same few queries for each, and no more than one in memory."""

from array import array
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Prefetch, QuerySet

from contacts.book import Book
from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.imports.texts import clean, clean_line
from contacts.models import Contact, ContactQuerySet, Relationship

BATCH = 500
# Whose contacts are numbered: any number will do, if it stays.
_NAMESPACE = UUID("0f5b2ad0-6f5c-4b7e-9a53-3d2c6c1f3b8e")
_TIES = ("relationships", "relationships_to")
_BROUGHT = ("methods", "dates", "tags", *_TIES)
# Under which key an import keeps the number that a file gave (`Card.uid`).
UID = "uid"


def batches(book: Book, contacts: ContactQuerySet) -> Iterator[list[Card]]:
    """`contacts` in their order. Between two batches nothing of the database is held: who downloads may be slow."""
    keys = array("q", contacts.values_list("pk", flat=True).iterator(chunk_size=10_000))
    for first in range(0, len(keys), BATCH):
        batch = keys[first : first + BATCH].tolist()
        found = {contact.pk: contact for contact in with_everything(book.contacts.filter(pk__in=batch))}
        cards = [card_of(found[key]) for key in batch if key in found]
        for contact in found.values():
            _let_go(contact)
        yield cards


def with_everything(contacts: ContactQuerySet) -> QuerySet[Contact]:
    """What `card_of` reads, in six queries."""
    others = Relationship.objects.select_related("from_contact__organization", "to_contact__organization")
    # As lists: making the querysets that a relation gives costs more than reading the rows.
    lists = (Prefetch(name, others if name in _TIES else None, to_attr=f"all_{name}") for name in _BROUGHT)
    return contacts.select_related("organization", "met_through__organization").prefetch_related(*lists)


def _let_go(contact: Contact) -> None:
    """Its rows lead to it as it leads to them: until Python looks for such garbage, each batch would stay in memory."""
    for name in _BROUGHT:
        _all(contact, name).clear()


def _all(contact: Contact, name: str) -> list[Any]:
    rows: list[Any] = getattr(contact, f"all_{name}")
    return rows


def card_of(contact: Contact) -> Card:
    """All that is kept about one contact but what was said and promised; from rows `with_everything`."""
    return Card(
        first_name=clean_line(contact.first_name),
        last_name=clean_line(contact.last_name),
        nickname=clean_line(contact.nickname),
        job_title=clean_line(contact.job_title),
        city=clean_line(contact.city),
        country=clean_line(contact.country),
        time_zone=contact.time_zone,
        language=clean_line(contact.language),
        uid=_uid(contact),
        organization=clean_line(str(contact.organization or "")),
        birthday=contact.birthday,
        notes=clean(contact.notes),
        methods=tuple(
            CardMethod(method.kind, clean_line(method.value), clean_line(method.label), method.is_primary)
            for method in _all(contact, "methods")
        ),
        dates=tuple(CardDate(clean_line(date.label), date.date) for date in _all(contact, "dates")),
        ties=_ties(contact),
        tags=tuple(clean_line(tag.name) for tag in _all(contact, "tags")),
        how_met=clean(contact.how_met),
        met_on=contact.met_on,
        met_through=clean_line(contact.met_through.name) if contact.met_through else "",
        cadence_days=contact.cadence_days,
        paused_until=contact.paused_until,
        deceased_on=contact.deceased_on,
        is_favorite=contact.is_favorite,
        is_archived=contact.is_archived,
        share_with_ai=contact.share_with_ai,
        extra=_extra(contact),
    )


def _ties(contact: Contact) -> tuple[CardTie, ...]:
    around = [*_all(contact, "relationships"), *_all(contact, "relationships_to")]
    seen = (relationship.seen_from(contact) for relationship in around)
    return tuple(CardTie(clean_line(other.name), str(kind)) for other, kind in seen)


def _uid(contact: Contact) -> str:
    """The one that it came with, else one that is the same at each export."""
    came_with = contact.extra.get(UID)
    if isinstance(came_with, str) and came_with:
        return clean_line(came_with)
    return uuid5(_NAMESPACE, f"{contact.owner_id}/{contact.pk}/{contact.created_at.isoformat()}").urn


def _extra(contact: Contact) -> dict[str, Any]:
    return {key: value for key, value in contact.extra.items() if key != UID}
