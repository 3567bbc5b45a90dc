"""Rows of a CSV file one by one, bounded: what is too long, too wide or never closed costs its own row only."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from contacts.imports import charsets
from contacts.imports.streams import lines

LINE_BYTES = 1024 * 1024
CELL_CHARACTERS = 131_072
COLUMNS = 500
# Lines of one row: notes have some.
ROW_LINES = 2_000
# So often is what an open quotation mark swallowed read again.
RECOVERIES = 100
csv.field_size_limit(CELL_CHARACTERS)


@dataclass(frozen=True)
class Row:
    """`line` is where it begins; `problem`: why it can't be read, and `text` its first words."""

    line: int
    cells: list[str] = field(default_factory=list)
    problem: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TextLine:
    number: int
    text: str
    is_cut: bool


class _TooLong(Exception):  # noqa: N818  # caught here
    """A row goes on beyond its bounds."""


def text_lines(stream: BinaryIO, encoding: str) -> Iterator[TextLine]:
    """From where `stream` stands; a line that is not in `encoding` is read as what it is."""
    for line in lines(stream, longest=LINE_BYTES):
        text = charsets.decode(line.data, encoding).replace("\0", "")
        yield TextLine(line.number, f"{text}\n", line.is_cut)


def rows(source: Iterator[TextLine], delimiter: str) -> Iterator[Row]:
    """Empty lines are no rows."""
    feed, recoveries = _Feed(source), 0
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.start()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            cells, is_whole = [], False
        else:
            is_whole = not feed.ended_inside
        if is_whole:
            yield from _row(feed.line, cells)
            continue
        yield Row(feed.line, problem=_problem(feed), text=_shown(feed))
        if recoveries < RECOVERIES:
            recoveries += 1
            feed.give_back()
        reader = csv.reader(feed, delimiter=delimiter)


def _row(line: int, cells: list[str]) -> Iterator[Row]:
    if len(cells) > COLUMNS:
        yield Row(line, problem=_("The row has too many columns."), text=" ".join(cells[:5])[:60])
    elif any(map(str.strip, cells)):
        yield Row(line, cells)


def _problem(feed: "_Feed") -> str:
    if feed.taken[0].is_cut or '"' not in feed.taken[0].text:
        return _("The row is too long.")
    return _("A quotation mark is never closed.")


def _shown(feed: "_Feed") -> str:
    return "".join(character for character in feed.taken[0].text[:200] if character.isprintable())[:60]


class _Feed:
    """Lines for `csv.reader`; remembers those of the row under way."""

    def __init__(self, source: Iterator[TextLine]) -> None:
        self.source = source
        self.taken: list[TextLine] = []
        self.back: deque[TextLine] = deque()
        self.ended_inside = False
        self.line = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.source, None)
        if line is None:
            self.ended_inside = bool(self.taken)
            raise StopIteration
        self.line = self.line if self.taken else line.number
        self.taken.append(line)
        if line.is_cut or len(self.taken) > ROW_LINES:
            raise _TooLong
        return line.text

    def start(self) -> None:
        self.taken, self.ended_inside = [], False

    def give_back(self) -> None:
        """All but the first line: each may be a row of its own."""
        self.back.extendleft(reversed(self.taken[1:]))
