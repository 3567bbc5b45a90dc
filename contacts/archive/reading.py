"""An archive into a book that is still empty: all of it, or nothing.

It is a file from anywhere: its size is bounded before and while it is unpacked, each value goes through
its column's own checks, and a reference leads to a row of the same archive or nowhere.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Field, ForeignKey, JSONField, Model
from django.utils.translation import gettext as _

from contacts import rows, search_index, triggers
from contacts.archive.kinds import FORMAT, KINDS, MANIFEST, PROFILE, VERSION, Kind, is_of_user
from contacts.book import Book
from contacts.models import Contact, Profile

# Of what is unpacked; a line is a row, and a note is the longest that there is in one.
MOST_BYTES, MOST_LINE_BYTES, MOST_TIMES_PACKED, MOST_FILES = 2 * 1024**3, 4 * 1024**2, 300, 100
_ROWS = 500


class ArchiveError(Exception):
    """Why it was not read, in the user's language; nothing was written."""


def is_empty(book: Book) -> bool:
    """Whether an archive can be read into it: rows of two books would not be told apart any more."""
    return not any(getattr(book, kind.book).exists() for kind in KINDS)


def restore(book: Book, stream: BinaryIO) -> dict[str, int]:
    """How many rows of each kind were read. Raises `ArchiveError`."""
    if not is_empty(book):
        raise ArchiveError(_("This book is not empty: an archive is read into an empty one only."))
    try:
        with ZipFile(stream) as archive, transaction.atomic():
            _check(archive)
            with triggers.keeping_in_the_end(connection, owner=book.user.pk):
                counts = _Restoring(book, archive).run()
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ArchiveError(_("This is no archive, or it is damaged.")) from error
    except DatabaseError as error:
        raise ArchiveError(_("What is in this archive does not fit together.")) from error
    search_index.refresh()
    triggers.take_stock(connection)
    return counts


def _check(archive: ZipFile) -> None:
    files = archive.infolist()
    size, packed = sum(file.file_size for file in files), sum(file.compress_size for file in files)
    if len(files) > MOST_FILES or size > MOST_BYTES or size > MOST_TIMES_PACKED * max(packed, 1_000):
        raise ArchiveError(_("This archive is larger than any that this program makes."))
    said = _object(archive, MANIFEST)
    if said.get("format") != FORMAT:
        raise ArchiveError(_("This archive is not one that this program makes."))
    if said.get("version") != VERSION:
        raise ArchiveError(_("This archive is of another version of this program."))


def _object(archive: ZipFile, name: str) -> dict[str, Any]:
    if name not in archive.namelist():
        raise ArchiveError(_("“%(file)s” is missing in this archive.") % {"file": name})
    with archive.open(name) as file:
        [said] = [*islice(_lines(file, name), 1)] or [{}]
    return said


def _lines(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    number = 0
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        wrong = ArchiveError(_("Line %(line)s of “%(file)s” can't be read.") % {"line": number, "file": name})
        # No text holds it, and not every database takes it.
        if len(line) > MOST_LINE_BYTES or b"\\u0000" in line:
            raise wrong
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            raise wrong from None
        if not isinstance(said, dict):
            raise wrong
        yield said


class _Restoring:
    """One archive on its way in; `ids` are the new ones by kind of row and the one in the archive."""

    def __init__(self, book: Book, archive: ZipFile) -> None:
        self.book, self.archive = book, archive
        self.ids: dict[type[Model], dict[Any, int]] = {kind.model: {} for kind in KINDS}
        self.met_through: dict[int, Any] = {}

    def run(self) -> dict[str, int]:
        self._profile(_object(self.archive, PROFILE))
        counts = {kind.name: self._kind(kind) for kind in KINDS if kind.file in self.archive.namelist()}
        self._introduce()
        return counts

    def _profile(self, said: dict[str, Any]) -> None:
        Profile.objects.filter(user=self.book.user).delete()
        known = {field.attname for field in rows.columns(Profile)} - {"id", "user_id"}
        profile = Profile(user=self.book.user, **self._values(Profile, {n: v for n, v in said.items() if n in known}))
        self._clean(profile, PROFILE, 1)
        profile.save()

    def _kind(self, kind: Kind) -> int:
        count = 0
        with self.archive.open(kind.file) as file:
            lines = _lines(file, kind.file)
            while batch := list(islice(lines, _ROWS)):
                self._batch(kind, batch, count)
                count += len(batch)
        return count

    def _batch(self, kind: Kind, batch: list[dict[str, Any]], before: int) -> None:
        made = [self._row(kind, said, before + number) for number, said in enumerate(batch, start=1)]
        kind.model._default_manager.bulk_create(made)
        self.ids[kind.model] |= {said["id"]: row.pk for row, said in zip(made, batch, strict=True)}
        if kind.linked:
            self._link(kind, zip(made, batch, strict=True))

    def _row(self, kind: Kind, said: dict[str, Any], line: int) -> Model:
        if not isinstance(said.get("id"), int):
            raise _wrong(kind.file, line)
        known = _writable(kind)
        given = {name: value for name, value in said.items() if name in known}
        for name, value in given.items():
            if isinstance(value, list | dict) and not isinstance(known[name], JSONField):
                raise _wrong(kind.file, line)
            if isinstance(known[name], ForeignKey) and value is not None:
                given[name] = self._new_id(kind, known[name], value, line)
        if kind.model is Contact and (through := said.get("met_through_id")) is not None:
            self.met_through[said.get("id")] = through  # type: ignore[index]
        row = kind.model(**self._values(kind.model, given, kind.file, line))
        for name in _owners(kind.model):
            setattr(row, name, self.book.user.pk)
        self._clean(row, kind.file, line)
        return row

    def _new_id(self, kind: Kind, field: Field, value: Any, line: int) -> int | None:
        target: Any = field.related_model
        if target is kind.model:  # a contact who may still be to come
            return None
        if not isinstance(value, int) or value not in self.ids[target]:
            raise _wrong(kind.file, line)
        return self.ids[target][value]

    def _values(self, model: type[Model], given: dict[str, Any], file: str = PROFILE, line: int = 1) -> dict[str, Any]:
        try:
            return rows.load(model, given)
        except (ValidationError, TypeError, ValueError, OverflowError):
            raise _wrong(file, line) from None

    def _clean(self, row: Model, file: str, line: int) -> None:
        try:
            row.clean_fields(exclude=_keys(type(row)))
        except (ValidationError, TypeError):
            raise _wrong(file, line) from None

    def _link(self, kind: Kind, pairs: Iterable[tuple[Model, dict[str, Any]]]) -> None:
        relation: Any = kind.model._meta.get_field(kind.linked)
        through = relation.remote_field.through
        here, there = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        ids = self.ids[relation.related_model]
        links = []
        for row, said in pairs:
            others = said.get(kind.linked) or []
            if not isinstance(others, list) or not all(isinstance(pk, int) and pk in ids for pk in others):
                raise _wrong(kind.file, 0)
            links += [through(**{f"{here}_id": row.pk, f"{there}_id": ids[pk]}) for pk in dict.fromkeys(others)]
        through.objects.bulk_create(links, batch_size=_ROWS)

    def _introduce(self) -> None:
        """Who was met through whom, once all are there; that is no change of the contact."""
        ids = self.ids[Contact]
        for old, through in self.met_through.items():
            if through not in ids:
                raise _wrong("contacts.jsonl", 0)
            Contact.objects.filter(pk=ids[old]).update(met_through=ids[through])


@cache
def _writable(kind: Kind) -> dict[str, Field]:
    return {field.attname: field for field in kind.columns if not field.primary_key}


@cache
def _owners(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if is_of_user(field)]


@cache
def _keys(model: type[Model]) -> set[str]:
    fields = model._meta.concrete_fields
    return {field.name for field in fields if field.primary_key or isinstance(field, ForeignKey)}


def _wrong(file: str, line: int) -> ArchiveError:
    return ArchiveError(_("Line %(line)s of “%(file)s” can't be read.") % {"line": line or "?", "file": file})
