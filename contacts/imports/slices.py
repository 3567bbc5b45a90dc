"""Long work in slices of about a second: whoever asks does the next one, from any process, and may stop asking.

What is done and what is left are in the rows; a batch is worked at by one at a time, who holds its
lock, and two who ask at once share the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts import search_index, triggers
from contacts.book import Book
from contacts.imports import comparing, matching, tying, undoing, writing
from contacts.imports.card import Card
from contacts.imports.twins import Twins
from contacts.models import Import, ImportRow

SECONDS = 1.0
# A large book or batch, which takes longer than this to be read for comparing, is then used for so many times as long.
_SECONDS_READING, _WORTH_READING = 0.2, 3
# Rows in one transaction: others who write wait as long as that takes.
CHUNK = 100
State = Import.State


def start(batch: Import, state: Import.State) -> None:
    """Begins to compare, to write or to undo; the caller holds the lock."""
    batch.state = state
    batch.total = _left(batch).count()
    batch.save(update_fields=["state", "total"])


def advance(book: Book, pk: int, *, seconds: float = SECONDS) -> Import:
    """Works for about `seconds`, or until nothing is left; gives the batch as it is then.

    Raises `Import.DoesNotExist` where the book has no such batch.
    """
    slice_ = _Slice(book)
    ends = monotonic() + seconds
    while True:
        with transaction.atomic():
            batch = book.imports.select_for_update().get(pk=pk)
            if batch.is_at_work and not slice_.work(batch):
                _finish(book, batch)
        if not batch.is_at_work or monotonic() >= ends + slice_.seconds_reading * _WORTH_READING:
            search_index.refresh()
            if batch.state == State.DONE:
                triggers.take_stock(connection)
            return batch


def left(batch: Import) -> int:
    """How many rows are still to be worked off."""
    return _left(batch).count() if batch.is_at_work else 0


class _Slice:
    """What one request does; it reads the book, and those of the batch who came before, once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._finder: matching.Finder | None = None
        self._twins: Twins | None = None
        self.seconds_reading = 0.0

    def work(self, batch: Import) -> bool:
        """One chunk; False when there was nothing left."""
        rows = self._next(batch)
        if not rows:
            return False
        self._work(batch, rows)
        return True

    def _next(self, batch: Import) -> list[ImportRow]:
        if batch.state == State.COMPARING:
            return list(_left(batch)[:CHUNK])
        if batch.state == State.UNDOING:
            return list(_left(batch).defer("card").order_by("-number")[:CHUNK])
        # Whom cards name is looked for when everybody has come.
        return list(batch.rows.to_write()[:CHUNK]) or list(batch.rows.to_tie()[:CHUNK])

    def _work(self, batch: Import, rows: list[ImportRow]) -> None:
        if batch.state == State.COMPARING:
            comparing.compare(self.book, batch, rows, finder=self.finder, twins=self.twins(batch))
        elif batch.state == State.UNDOING:
            undoing.undo(self.book, batch, rows)
        elif rows[0].state == ImportRow.State.TYING:
            tying.tie(self.book, batch, rows)
        else:
            writing.write(self.book, batch, rows)

    @property
    def finder(self) -> matching.Finder:
        if self._finder is None:
            with self._reading():
                self._finder = matching.Finder(self.book)
                self._finder.of([Card()], [""])
        return self._finder

    def twins(self, batch: Import) -> Twins:
        if self._twins is None:
            with self._reading():
                self._twins = Twins(batch)
        return self._twins

    @contextmanager
    def _reading(self) -> Iterator[None]:
        began = monotonic()
        yield
        if (took := monotonic() - began) > _SECONDS_READING:
            self.seconds_reading += took


def _left(batch: Import) -> "QuerySet[ImportRow]":
    if batch.state == State.COMPARING:
        return batch.rows.to_compare()
    if batch.state == State.UNDOING:
        return batch.rows.to_undo()
    return batch.rows.to_write() | batch.rows.to_tie()


def _finish(book: Book, batch: Import) -> None:
    if batch.state == State.COMPARING:
        batch.state = State.READY
    elif batch.state == State.WRITING:
        batch.state = State.DONE
        batch.files.exclude(content=b"").update(content=b"")
    else:
        undoing.drop_unused_labels(book, batch)
        batch.state = State.UNDONE
    batch.finished_at = None if batch.state == State.READY else timezone.now()
    batch.summary = batch.rows.summary()
    batch.save(update_fields=["state", "finished_at", "summary"])
