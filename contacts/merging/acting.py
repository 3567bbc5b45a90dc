"""The merge itself and its undoing, each in one transaction, with both contacts locked."""

from typing import Any

from django.db import transaction
from django.db.models import Model

from contacts import signals
from contacts.book import Book
from contacts.merging import moving
from contacts.merging.fields import FIELDS, Choice, joined_extra
from contacts.merging.journal import Change, Journal, references, take_back
from contacts.models import Contact, Merge


class Stale(Exception):  # noqa: N818  # says what is
    """One of the two was changed, or is gone, since the user looked at them."""


def seen(kept: Contact, gone: Contact) -> str:
    """What tells whether either was changed between looking and merging."""
    return f"{kept.updated_at.isoformat()} {gone.updated_at.isoformat()}"


@transaction.atomic
def merge(book: Book, kept: int, gone: int, *, choices: dict[str, Choice], as_seen: str) -> Merge:
    """Makes `gone` part of `kept`. A field without a choice takes the side that says more. Raises `Stale`."""
    both = _locked(book, kept, gone)
    if both is None or seen(*both) != as_seen:
        raise Stale
    book.merges.over(book.now).delete()
    return _merged(book, *both, choices)


def _locked(book: Book, kept: int, gone: int) -> tuple[Contact, Contact] | None:
    """In the order of their ids, so that two merges of the same people cannot wait for each other."""
    rows = book.contacts.filter(pk__in=[kept, gone]).order_by("pk").select_for_update()
    found = {contact.pk: contact for contact in rows}
    return (found[kept], found[gone]) if len(found) == 2 else None


def _merged(book: Book, kept: Contact, gone: Contact, choices: dict[str, Choice]) -> Merge:
    journal = Journal()
    name, touched_at = str(gone), kept.updated_at
    values = _values(kept, gone, choices)
    moving.move(book, journal, kept=kept, gone=gone)
    signals.merged.send(sender=Contact, book=book, kept=kept.pk, gone=gone.pk, journal=journal)
    journal.update([kept], **values)
    journal.delete([Contact.objects.get(pk=gone.pk)])
    _touch(kept.pk)
    journal.stamp(Contact.objects.get(pk=kept.pk), before=touched_at)
    return Merge.objects.create(owner=book.user, kept_id=kept.pk, name=name[:400], changes=journal.changes)


def _values(kept: Contact, gone: Contact, choices: dict[str, Choice]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in FIELDS:
        values |= field.chosen(choices.get(field.name) or field.default(kept, gone), kept, gone)
    through = values["met_through_id"]
    if through == gone.pk:
        through = gone.met_through_id
    values["met_through_id"] = None if through == kept.pk else through  # nobody is met through themselves
    return values | {
        "extra": joined_extra(kept.extra, gone.extra),
        "created_at": min(kept.created_at, gone.created_at),
    }


def _touch(pk: int) -> None:
    """The name to sort by, the moment of change; and a cadence that is written refreshes when it runs out."""
    contact = Contact.objects.select_related("organization").get(pk=pk)
    contact.save(update_fields=["sort_name", "cadence_days"])


@transaction.atomic
def undo(book: Book, merge: Merge) -> Contact:
    """Makes two of one again; the one who was gone. Raises `ChangedSince`."""
    kept = book.contacts.select_for_update().get(pk=merge.kept_id)
    row = book.merges.select_for_update().get(pk=merge.pk)
    take_back(row.changes)
    row.delete()
    touched_at = Contact.objects.values_list("updated_at", flat=True).get(pk=kept.pk)
    _touch(kept.pk)
    if touched_at < kept.updated_at:  # nobody has written since the merge: it is as it was then
        Contact.objects.filter(pk=kept.pk).update(updated_at=touched_at)
    gone = [change["pk"] for change in row.changes if _is_contact_gone(change)]
    return book.contacts.filter(pk__in=gone).first() or kept


def needed_to_undo(book: Book, model: type[Model]) -> set[Any]:
    """The ids of rows that merges, should they be undone, refer to."""
    merges = book.merges.undoable(book.now)
    wanted = {reference for merge in merges for reference in references(merge.changes)}
    return {pk for label, pk in wanted if label == model._meta.label_lower}


def _is_contact_gone(change: Change) -> bool:
    return change["model"] == Contact._meta.label_lower and change["after"] is None
