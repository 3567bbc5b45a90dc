"""A batch of files between its slices: made, decided on, put away when it is old."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.imports import comparing, plans, slices, stored
from contacts.imports.card import Read, Unreadable
from contacts.models import Decision, Import, ImportFile, ImportRow

T = TypeVar("T")
State = Import.State
# A larger book than most people's; so many are also compared and written in a time that one waits for.
MOST_ROWS = 20_000
# Undoing is for mistakes; until then all that the files said is kept.
KEPT_FOR = dt.timedelta(days=30)
_WRITTEN_AT_ONCE = 500


class TooManyRowsError(Exception):
    """More people than one import takes; the message says how many that is."""

    def __init__(self) -> None:
        most = number_format(MOST_ROWS, force_grouping=True)
        super().__init__(
            _("An import takes up to %(most)s people. Divide the file and import the parts.") % {"most": most}
        )


def begin(book: Book, names: Iterable[str]) -> Import:
    return Import.objects.create(owner=book.user, name=", ".join(names)[:300])


def add_file(batch: Import, name: str, *, content: bytes = b"") -> ImportFile:
    """`content`, compressed, is that of a table: how it is read can be put right until it is imported."""
    return ImportFile.objects.create(batch=batch, name=name[:200], content=content)


def add_rows(file: ImportFile, reads: Iterable[Read]) -> None:
    """All that a file says; raises `TooManyRowsError`, with some of them added."""
    first = (file.batch.rows.aggregate(last=Max("number"))["last"] or 0) + 1
    room = MOST_ROWS - file.batch.rows.count()
    parts_of_archive: dict[str, ImportFile] = {"": file}
    numbered = enumerate(reads, first)
    for part in iter(lambda: list(islice(numbered, _WRITTEN_AT_ONCE)), []):
        if part[-1][0] - first >= room:
            raise TooManyRowsError
        for name in {read.file for _number, read in part} - parts_of_archive.keys():
            parts_of_archive[name] = ImportFile.objects.create(batch=file.batch, name=name[:200], is_read=True)
        ImportRow.objects.bulk_create(_row(parts_of_archive[read.file], number, read) for number, read in part)
    file.is_read = True
    file.save(update_fields=["is_read"])


@transaction.atomic
def compare_when_read(batch: Import) -> None:
    """Goes on to compare, or to ask for the meaning of columns while there are files that wait for it."""
    if batch.files.filter(is_read=False).exists():
        batch.state = State.MAPPING
        batch.save(update_fields=["state"])
    else:
        slices.start(batch, State.COMPARING)


def locked(book: Book, pk: int) -> Import:
    """The batch, which nobody else works at until the transaction ends. Raises `Import.DoesNotExist`."""
    return book.imports.select_for_update().get(pk=pk)


def decide(book: Book, batch: Import, decisions: dict[int, tuple[str, int | None]]) -> None:
    """By row, what to do and, for an update, whom: one of its matches who is still there, or for
    nobody the row that it is a twin of; else it is left out.
    """
    wanted = {contact for _decision, contact in decisions.values() if contact}
    there = set(book.contacts.filter(pk__in=wanted).values_list("pk", flat=True))
    for row in batch.rows.filter(pk__in=decisions, state=ImportRow.State.WAITING).defer("card"):
        decision, contact = decisions[row.pk]
        if decision == Decision.UPDATE:
            if not (contact is None and row.twin) and contact not in there.intersection(m[0] for m in row.matches):
                continue
            row.target_id = contact
        elif decision not in Decision.values and decision:
            continue
        row.decision = decision
        row.save(update_fields=["decision", "target"])


def decide_all_duplicates(batch: Import, decision: str) -> None:
    """The same for each that waits; an update is of the most probable one."""
    batch.rows.duplicates().update(decision=decision)


def choose_side(batch: Import, *, takes_file: bool) -> None:
    if batch.takes_file != takes_file:
        comparing.choose_side(batch, takes_file=takes_file)


def tidy(book: Book) -> None:
    """Rows of old batches go, and with them what can be undone; those that came to nothing go whole."""
    old = book.imports.filter(created_at__lt=book.now - KEPT_FOR).exclude(state__in=[State.WRITING, State.UNDOING])
    old.exclude(state__in=[State.DONE, State.UNDONE]).delete()
    ImportFile.objects.filter(batch__in=old).delete()


def can_be_undone(batch: Import, now: dt.datetime) -> bool:
    return batch.state == State.DONE and now - batch.created_at < KEPT_FOR


def _row(file: ImportFile, number: int, read: Read) -> ImportRow:
    row = ImportRow(batch_id=file.batch_id, file=file, number=number, line=read.line)
    if isinstance(read, Unreadable):
        return _unreadable(row, read.text, read.reason)
    if read.photo:
        read = replace(read, photo=b"", remarks=(*read.remarks, _("The photo is left out.")))
    row.label, row.card = plans.called(read)[:300], stored.to_json(read)
    row.digest = stored.digest(row.card)
    if not row.label:
        return _unreadable(row, read.notes, _("There is no name in it, no e-mail address and no phone number."))
    return row


def _unreadable(row: ImportRow, text: str, reason: str) -> ImportRow:
    row.state, row.verdict, row.decision = ImportRow.State.WAITING, ImportRow.Verdict.UNREADABLE, Decision.SKIP
    row.label, row.reason = text.replace("\x00", "")[:300], reason[:500]
    return row
