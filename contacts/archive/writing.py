"""The archive as pieces, one after the other: no more than some hundred rows of it are ever in memory."""

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Prefetch, QuerySet

from contacts import rows
from contacts.archive.kinds import FORMAT, MANIFEST, PROFILE, VCARDS, VERSION, Kind, kinds
from contacts.book import Book
from contacts.exports.formats import FORMATS

_ROWS, _LINES = 500, 500
_LINKED = "linked_rows"


def readme() -> str:
    """What the archive says of itself."""
    files = "\n".join(kind.file for kind in kinds())
    return f"""\
Everything that one user kept in Personal CRM, in format {VERSION}.

{MANIFEST}    the format, its version, and when this was made
{PROFILE}     language, time zone and wishes
{VCARDS}      all contacts as vCard 4, for any other program

One JSON object a line, one line a row; `id` is how other files name it (`contact_id`, …):

{files}

A date of which a part is not known has nulls. Moments are ISO 8601, in UTC. `contacts.jsonl` has the ids
of the tags, `interactions.jsonl` those of the contacts, in a list. Other names for a row are a letter and
its id: c12 is a contact, i an interaction, f a follow-up, d an important date, r a relationship.

A fresh installation reads it back: «Settings», or manage.py restore_archive FILE --user NAME. Rows get new
ids, also where texts name them. What an additional app brought comes back where that app is, else it is
left and named.

Not in it: keys and passwords, imports and merges that could be undone, and calendars that were subscribed
to or given out, whose addresses are secrets.
"""


class _Pipe:
    """What a zip file writes to: pieces to be taken away."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def pieces(book: Book) -> Iterator[bytes]:
    """The whole archive of one book."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        made = {"format": FORMAT, "version": VERSION, "made_at": book.now.isoformat()}
        archive.writestr(MANIFEST, json.dumps(made))
        archive.writestr("README.txt", readme())
        profile = rows.dump(book.profile)
        archive.writestr(PROFILE, _line({name: profile[name] for name in profile if name not in ("id", "user_id")}))
        for name, lines in _files(book):
            with archive.open(name, "w", force_zip64=True) as file:
                for _written in _write(file, lines):
                    yield pipe.taken()
    yield pipe.taken()


def _files(book: Book) -> Iterator[tuple[str, Iterable[str]]]:
    for kind in kinds():
        yield kind.file, (_line(row) for row in _rows(book, kind))
    contacts = book.contacts.order_by("sort_name", "pk")
    yield VCARDS, FORMATS["vcard4"].write(book, contacts)


def _write(file: IO[bytes], lines: Iterable[str]) -> Iterator[None]:
    for number, line in enumerate(lines, start=1):
        file.write(line.encode())
        if number % _LINES == 0:
            yield
    yield


def _rows(book: Book, kind: Kind) -> Iterator[dict[str, Any]]:
    names = [field.attname for field in kind.columns]
    last = 0
    while batch := list(_next(kind.rows(book), after=last, linked=kind.linked)):
        for row in batch:
            said = rows.dump(row, names)
            if kind.linked:
                said[kind.linked] = sorted(other.pk for other in getattr(row, _LINKED))
            yield said
        last = batch[-1].pk


def _next(found: QuerySet[Model], *, after: int, linked: str) -> QuerySet[Model]:
    page = found.filter(pk__gt=after).order_by("pk").select_related(None)
    # As a list: what a relation gives leads back to its row, and stays in memory until Python looks for such garbage.
    return (page.prefetch_related(Prefetch(linked, to_attr=_LINKED)) if linked else page)[:_ROWS]


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"
