"""An archive into a book that is still empty: all of it, or nothing.

It is a file from anywhere: each value goes through its column's own checks, and a reference leads to a row
of the same archive or nowhere.
"""

import datetime as dt
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Field, ForeignKey, JSONField, Model
from django.utils.translation import gettext as _

from contacts import rows, search_index, triggers
from contacts.archive.kinds import PROFILE, VERSION, Kind, is_of_user, kinds
from contacts.archive.opening import ArchiveError, check, lines, only_line, wrong
from contacts.book import Book
from contacts.models import Contact, Profile

_ROWS = 500
# What an app that is not here may have brought: the names come from anywhere, and are shown.
_OF_SOME_APP, _MOST_NAMED = re.compile(r"[a-z_]{1,40}\.jsonl"), 10


@dataclass(frozen=True)
class Restored:
    """How many rows of each kind were read, and which files were not, since nothing here reads them."""

    counts: dict[str, int]
    left: tuple[str, ...] = ()


def in_the_way(book: Book) -> list[str]:
    """What a book has because of which no archive is read into it: rows of two would not be told apart any more."""
    there = [kind for kind in kinds() if kind.is_in_the_way and kind.rows(book).exists()]
    return [str(kind.model._meta.verbose_name_plural) for kind in there]


def restore(book: Book, stream: BinaryIO) -> Restored:
    """Raises `ArchiveError`, and then nothing was written."""
    try:
        with ZipFile(stream) as archive, transaction.atomic():
            # Whoever sends the same twice waits here, and then finds a book that is not empty.
            User.objects.select_for_update(no_key=True).filter(pk=book.user.pk).first()
            if in_the_way(book):
                raise ArchiveError(_("This book is not empty: an archive is read into an empty one only."))
            version = check(archive)
            with triggers.keeping_in_the_end(connection, owner=book.user.pk):
                counts = _Restoring(book, archive).run(kinds(version))
            left = [name for name in archive.namelist() if _is_left(name, version)]
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ArchiveError(_("This is no archive, or it is damaged.")) from error
    except DatabaseError as error:
        raise ArchiveError(_("What is in this archive does not fit together.")) from error
    search_index.refresh()
    triggers.take_stock(connection)
    return Restored(counts, tuple(left[:_MOST_NAMED]))


def _is_left(name: str, version: int) -> bool:
    return bool(_OF_SOME_APP.fullmatch(name)) and name not in {kind.file for kind in kinds(version)}


class _Restoring:
    """One archive on its way in; `ids` are the new ones by kind of row and the one in the archive."""

    def __init__(self, book: Book, archive: ZipFile) -> None:
        self.book, self.archive = book, archive
        self.ids: dict[type[Model], dict[int, int]] = {kind.model: {} for kind in kinds(VERSION)}
        # By contact, the line that says it and through whom they were met.
        self.met_through: dict[int, tuple[int, Any]] = {}

    def run(self, there: Iterable[Kind]) -> dict[str, int]:
        self._profile(only_line(self.archive, PROFILE))
        counts = {kind.name: self._kind(kind) for kind in there if kind.file in self.archive.namelist()}
        self._introduce()
        return counts

    def _profile(self, said: dict[str, Any]) -> None:
        Profile.objects.filter(user=self.book.user).delete()
        known = {field.attname for field in rows.columns(Profile)} - {"id", "user_id"}
        profile = Profile(user=self.book.user, **self._values(Profile, {n: v for n, v in said.items() if n in known}))
        self._clean(profile, PROFILE, 1)
        profile.save()

    def _kind(self, kind: Kind) -> int:
        read = written = 0
        with self.archive.open(kind.file) as file:
            found = lines(file, kind.file)
            while batch := list(islice(found, _ROWS)):
                written += self._batch(kind, batch, read)
                read += len(batch)
        return written

    def _batch(self, kind: Kind, batch: list[dict[str, Any]], before: int) -> int:
        numbered = list(enumerate(batch, start=before + 1))
        made = [(row, line, said) for line, said in numbered if (row := self._row(kind, said, line))]
        wanted = kind.wanted(self.book, [row for row, _line, _said in made])
        kind.model._default_manager.bulk_create(wanted)
        self.ids[kind.model] |= {said["id"]: row.pk for row, _line, said in made if row.pk}
        if kind.linked:
            self._link(kind, made)
        return len(wanted)

    def _row(self, kind: Kind, said: dict[str, Any], line: int) -> Model | None:
        """None for one that is of no use any more."""
        if not isinstance(said.get("id"), int):
            raise wrong(kind.file, line)
        known = _writable(kind)
        given = {name: value for name, value in said.items() if name in known}
        for name, value in given.items():
            if isinstance(value, list | dict) and not isinstance(known[name], JSONField):
                raise wrong(kind.file, line)
            if isinstance(known[name], ForeignKey) and value is not None:
                given[name] = self._new_id(kind, known[name], value, line)
        if kind.model is Contact and (through := said.get("met_through_id")) is not None:
            self.met_through[said["id"]] = (line, through)
        row = kind.model(**self._values(kind.model, given, kind.file, line))
        for name in _owners(kind.model):
            setattr(row, name, self.book.user.pk)
        self._clean(row, kind.file, line)
        try:
            return row if kind.settle(row, self.ids) else None
        except ValueError:
            raise wrong(kind.file, line) from None

    def _new_id(self, kind: Kind, field: Field, value: Any, line: int) -> int | None:
        target: Any = field.related_model
        if target is kind.model:  # a contact who may still be to come
            return None
        if not isinstance(value, int) or value not in self.ids[target]:
            raise wrong(kind.file, line)
        return self.ids[target][value]

    def _values(self, model: type[Model], given: dict[str, Any], file: str = PROFILE, line: int = 1) -> dict[str, Any]:
        try:
            values = rows.load(model, given)
        except (ValidationError, TypeError, ValueError, OverflowError):
            raise wrong(file, line) from None
        if not all(_holds(model._meta.get_field(name), value) for name, value in values.items()):  # type: ignore[arg-type]
            raise wrong(file, line)
        return values

    def _clean(self, row: Model, file: str, line: int) -> None:
        try:
            row.clean_fields(exclude=_keys(type(row)))
        except (ValidationError, TypeError):
            raise wrong(file, line) from None

    def _link(self, kind: Kind, made: Iterable[tuple[Model, int, dict[str, Any]]]) -> None:
        relation: Any = kind.model._meta.get_field(kind.linked)
        through = relation.remote_field.through
        here, there = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        ids = self.ids[relation.related_model]
        links = []
        for row, line, said in made:
            others = said.get(kind.linked) or []
            if not isinstance(others, list) or not all(isinstance(pk, int) and pk in ids for pk in others):
                raise wrong(kind.file, line)
            links += [through(**{f"{here}_id": row.pk, f"{there}_id": ids[pk]}) for pk in dict.fromkeys(others)]
        through.objects.bulk_create(links, batch_size=_ROWS)

    def _introduce(self) -> None:
        """Who was met through whom, once all are there; that is no change of the contact."""
        ids = self.ids[Contact]
        for old, (line, through) in self.met_through.items():
            if not isinstance(through, int) or through not in ids:
                raise wrong("contacts.jsonl", line)
            Contact.objects.filter(pk=ids[old]).update(met_through=ids[through])


def _holds(field: Field, value: Any) -> bool:
    """Whether pages can do with it, beyond what the column's own checks say."""
    if value is None:
        return field.null
    if isinstance(field, JSONField):
        kind = type(field.get_default())
        return isinstance(value, kind) or field.null
    if isinstance(value, dt.datetime):
        # In whatever time zone, also a day before and after.
        return value.tzinfo is not None and dt.MINYEAR < value.year < dt.MAXYEAR
    return True


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
