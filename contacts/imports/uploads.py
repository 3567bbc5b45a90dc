"""Files as they are dropped, into a batch; a table that nobody knows waits until its columns are named."""

import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.imports import batches, files, headers, slices, tables
from contacts.imports.card import Read, Unreadable
from contacts.imports.errors import FileError
from contacts.imports.files import FileKind
from contacts.imports.rows import rows, text_lines
from contacts.imports.tables import Layout
from contacts.models import Import, ImportFile
from contacts.written import file_size

_PIECE, _BEGIN = 1024 * 1024, b"BEGIN:VCARD"


class NothingReadError(Exception):
    """There is nobody in the files; the message says why, in the user's language."""


@dataclass(frozen=True)
class Limits:
    """Of one import."""

    people: int
    bytes: int

    @property
    def size(self) -> str:
        """How large all files together may be, in words."""
        return file_size(self.bytes)


def limits() -> Limits:
    return Limits(people=batches.MOST_ROWS, bytes=settings.UPLOAD_MAX_BYTES)


def receive(book: Book, dropped: Sequence[tuple[str, BinaryIO]], *, asks: bool = True) -> Import:
    """A batch of all that the files, each with its name, say; what can't be read is a row of it.

    With `asks`, the columns of tables that no program is known by wait for the user to name them.
    Raises `NothingReadError` when nobody is in the files, and then nothing is left of them.
    """
    batch = batches.begin(book, [name for name, _stream in dropped])
    try:
        for name, stream in dropped:
            _receive_one(book, batch, name, stream, asks=asks)
        _check(batch)
    except BaseException as error:
        batch.delete()
        if isinstance(error, batches.TooManyRowsError):
            raise NothingReadError(str(error)) from error
        raise
    batches.compare_when_read(batch)
    return batch


def layout_of(file: ImportFile, **said: Any) -> Layout:
    """How the table is laid out; what is `said` (`encoding`, `delimiter`, `date_order`) is taken as it is.

    Raises `FileError` where it is no table then.
    """
    return tables.sniff(_content(file), **said)


def read_again(book: Book, file: ImportFile, layout: Layout) -> None:
    """Reads a table with the columns that the user has named, and remembers them for the next one of its kind.

    Raises `TooManyRowsError`; the caller's transaction then undoes it.
    """
    remembered = {"fields": _by_position(layout), "date_order": layout.date_order}
    book.column_mappings.update_or_create(owner=book.user, digest=_digest(layout), defaults=remembered)
    file.rows.all().delete()
    batches.add_rows(file, tables.read(_content(file), layout))
    if file.batch.state == Import.State.MAPPING:
        batches.compare_when_read(file.batch)
    else:
        slices.start(file.batch, Import.State.COMPARING)


def _receive_one(book: Book, batch: Import, name: str, stream: BinaryIO, *, asks: bool) -> None:
    try:
        kind = files.kind_of(name, stream.read(files.HEAD_BYTES))
        layout = tables.sniff(stream) if kind is FileKind.TABLE else None
    except FileError as error:
        batches.add_rows(batches.add_file(batch, name), [Unreadable(line=0, reason=str(error))])
        return
    if layout is None:
        if kind is FileKind.VCARD:
            _check_count(stream)
        batches.add_rows(batches.add_file(batch, name), _reads(name, stream))
        return
    _check_length(stream, layout)
    known = _remembered(book, layout)
    file = batches.add_file(batch, name, content=_compressed(stream))
    if known or layout.name != headers.OTHER or not asks:
        batches.add_rows(file, _reads(name, stream, layout=known or layout))


def _reads(name: str, stream: BinaryIO, *, layout: Layout | None = None) -> Iterator[Read]:
    """What a file says; where it breaks off, why."""
    try:
        yield from files.read_file(name, stream, layout=layout)
    except FileError as error:
        yield Unreadable(line=0, reason=str(error))


def _check(batch: Import) -> None:
    readable = batch.rows.exclude(verdict="unreadable")
    if not readable.exists() and not batch.files.filter(is_read=False).exists():
        said = [f"{row.file}: {row.reason}" for row in batch.rows.select_related("file")[:3]]
        raise NothingReadError(" ".join(said) or _("There is nobody in this file."))


def _check_count(stream: BinaryIO) -> None:
    """Refuses at once a file of far too many cards, which else shows when the first of them are read.

    A card may have another one in it, an assistant's; so twice as many may begin as there are people.
    """
    stream.seek(0)
    begun, rest = 0, b""
    while piece := stream.read(_PIECE):
        whole = rest + piece.upper()
        begun += whole.count(_BEGIN)
        if begun > 2 * batches.MOST_ROWS:
            raise batches.TooManyRowsError
        rest = whole[-len(_BEGIN) + 1 :]


def _check_length(stream: BinaryIO, layout: Layout) -> None:
    """Before anybody names columns of a table that is too long."""
    stream.seek(0)
    found = rows(text_lines(stream, layout.encoding), layout.delimiter)
    if sum(1 for _row in zip(found, range(batches.MOST_ROWS + 2), strict=False)) > batches.MOST_ROWS + 1:
        raise batches.TooManyRowsError


# --- Columns ------------------------------------------------------------------------------------


def _remembered(book: Book, layout: Layout) -> Layout | None:
    """The layout with the columns as the user named them once."""
    known = book.column_mappings.filter(digest=_digest(layout)).first()
    return with_columns(layout, dict(enumerate(known.fields)), known.date_order) if known else None


def with_columns(layout: Layout, named: Mapping[int, str], date_order: str) -> Layout:
    mapping = {position: key for position, key in named.items() if key in tables.KEYS}
    order = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}.get(date_order, layout.date_order)
    return replace(layout, mapping=mapping, date_order=order)  # type: ignore[arg-type]


def _by_position(layout: Layout) -> list[str]:
    return [layout.mapping.get(position, "") for position in range(len(layout.columns))]


def _digest(layout: Layout) -> str:
    return hashlib.sha256("\x1f".join(layout.columns).lower().encode()).hexdigest()


def _compressed(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return zlib.compress(stream.read(), 6)


def _content(file: ImportFile) -> BinaryIO:
    return io.BytesIO(zlib.decompress(bytes(file.content)))
