"""A batch taken back: what it made goes, what it changed is as before, unless somebody has changed it since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Field, Q
from django.utils.translation import gettext as _

from contacts import merging
from contacts.book import Book
from contacts.imports import stored
from contacts.imports.saving import save as save_rows
from contacts.imports.writing import BIRTHDAY
from contacts.models import Contact, Import, ImportRow

UNDONE_COLUMNS = ("state", "reason")


def undo(book: Book, batch: Import, rows: Sequence[ImportRow]) -> None:
    """Takes `rows` back, the last one first; those that cannot be are kept whole, with the reason."""
    targets = {row.target_id for row in rows if row.target_id}
    contacts = book.contacts.prefetch_related("methods", "dates", "tags").in_bulk(targets)
    made = _made(batch, targets)
    kept = {pk: _why_kept(contacts[pk], made[pk]) for pk in made if pk in contacts}
    kept |= _used_since(book, batch, [pk for pk, reason in kept.items() if not reason])
    kept |= _merged_since(book, rows)
    for row in rows:
        row.state, row.reason = ImportRow.State.UNDONE, ""
        contact = contacts.get(row.target_id or 0)
        if contact is None:  # deleted since: there is nothing left to take back
            continue
        if contact.pk not in kept:
            _put_back_or_keep(book, contact, row)
        elif kept[contact.pk]:
            row.state, row.reason = ImportRow.State.KEPT, kept[contact.pk]
    book.contacts.filter(pk__in=[pk for pk, reason in kept.items() if not reason]).delete()
    save_rows(rows, UNDONE_COLUMNS)


def drop_unused_labels(book: Book, batch: Import) -> None:
    """The organizations and tags that came with the batch and that nobody has any more."""
    for labels, name in ((book.organizations, "organizations"), (book.tags, "tags")):
        if unused := labels.filter(pk__in=batch.made.get(name, []), contacts=None):
            unused.exclude(pk__in=merging.needed_to_undo(book, labels.model)).delete()
    batch.made = {}
    batch.save(update_fields=["made"])


def _made(batch: Import, targets: Iterable[int]) -> dict[int, list[ImportRow]]:
    """Of `targets`, those that the batch made, each with all rows of the batch that went into it."""
    by_target: dict[int, list[ImportRow]] = defaultdict(list)
    for row in batch.rows.filter(target__in=targets).exclude(journal={}).defer("card"):
        by_target[row.target_id or 0].append(row)
    return {pk: rows for pk, rows in by_target.items() if any(row.journal.get("is_new") for row in rows)}


def _why_kept(contact: Contact, rows: list[ImportRow]) -> str:
    """What has been changed since in a contact that the batch made; empty when nothing was."""
    is_same = (
        max(row.journal["updated_at"] for row in rows) == contact.updated_at.isoformat()
        and {method.pk for method in contact.methods.all()} == _noted(rows, "methods")
        and {date.pk for date in contact.dates.all()} == _noted(rows, "dates")
        and {tag.pk for tag in contact.tags.all()} == {tag for row in rows for tag in row.journal.get("tags", ())}
    )
    return "" if is_same else _("changed since the import")


def _noted(rows: list[ImportRow], name: str) -> set[int]:
    return {entry[0] for row in rows for entry in row.journal.get(name, ())}


def _used_since(book: Book, batch: Import, contacts: list[int]) -> dict[int, str]:
    """Of `contacts`, those about whom something was logged or noted since, and that it was."""
    around = book.relationships.filter(Q(from_contact__in=contacts) | Q(to_contact__in=contacts))
    introduced = book.contacts.filter(met_through__in=contacts)
    noted = around.exclude(pk__in=batch.made.get("relationships", ()))
    used = {
        *Contact.interactions.through.objects.filter(contact__in=contacts).values_list("contact_id", flat=True),
        *book.follow_ups.filter(contact__in=contacts).values_list("contact_id", flat=True),
        *introduced.exclude(pk__in=batch.made.get("introduced", ())).values_list("met_through_id", flat=True),
        *(end for ends in noted.values_list("from_contact_id", "to_contact_id") for end in ends),
    }
    return {pk: _("something was logged since the import") for pk in contacts if pk in used}


def _merged_since(book: Book, rows: Iterable[ImportRow]) -> dict[int, str]:
    """Of whom `rows` went into, those who have been joined with somebody since, whose own they cannot be told from."""
    merges = book.merges.filter(kept__in=[row.target_id for row in rows if row.target_id])
    latest = dict(merges.order_by("created_at").values_list("kept_id", "created_at"))
    return {
        row.target_id: _("merged with another contact since the import")
        for row in rows
        if row.target_id in latest and latest[row.target_id] > dt.datetime.fromisoformat(row.journal["updated_at"])
    }


def _put_back_or_keep(book: Book, contact: Contact, row: ImportRow) -> None:
    try:
        with transaction.atomic():
            row.reason = _put_back(book, contact, row.journal)
    except DatabaseError:  # such as a name that is the only one left by now
        row.state, row.reason = ImportRow.State.KEPT, _("changed since the import")


def _put_back(book: Book, contact: Contact, journal: dict[str, Any]) -> str:
    """Undoes one row in a contact that was there before; says which fields were changed since and so are kept."""
    kept = [
        name for name, (before, after) in journal.get("fields", {}).items() if not _set(contact, name, before, after)
    ]
    for key, (before, after) in journal.get("extra", {}).items():
        if contact.extra.get(key) == after:
            contact.extra.pop(key)
            contact.extra |= {} if before is None else {key: before}
    contact.save()
    for pk, kind, value in journal.get("methods", ()):
        book.methods.filter(pk=pk, contact=contact, kind=kind, value=value).delete()
    for pk, label, day, month, year in journal.get("dates", ()):
        book.dates.filter(pk=pk, contact=contact, label=label, day=day, month=month, year=year).delete()
    contact.tags.remove(*journal.get("tags", ()))
    book.relationships.filter(pk__in=journal.get("ties", ())).delete()
    return _("changed since the import: %(fields)s") % {"fields": ", ".join(map(label_of, kept))} if kept else ""


def label_of(field: str) -> str:
    """What a column is called, in the user's language."""
    return _("birthday") if field == "birthday" else str(Contact._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def _set(contact: Contact, name: str, before: Any, after: Any) -> bool:
    """Whether the field still is as it was written, and so is put back."""
    if name == "birthday":
        if stored.date_parts(contact.birthday) != after:
            return False
        for column, part in zip(BIRTHDAY, before, strict=True):
            setattr(contact, column, part)
        return True
    field = Contact._meta.get_field(name)
    assert isinstance(field, Field)
    if getattr(contact, field.attname) == field.to_python(before):
        return True
    if getattr(contact, field.attname) != field.to_python(after):
        return False
    if field.related_model and before and not field.related_model._default_manager.filter(pk=before).exists():
        return False
    setattr(contact, field.attname, field.to_python(before))
    return True
