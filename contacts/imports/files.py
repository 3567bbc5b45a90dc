"""Any file that contacts come in: what it is, and what is in it."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from pathlib import PurePath
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext as _

from contacts.imports import charsets, tables, vcard
from contacts.imports.card import Read
from contacts.imports.errors import FileError
from contacts.imports.streams import wide_encoding
from contacts.imports.tables import Layout

# Enough to know what a file is.
HEAD_BYTES = 8_192
ENTRIES = 200
# Of all that is packed in one archive, and of what may come out of one packed byte.
UNPACKED_BYTES = 200 * 1024 * 1024
RATIO = 200
_SMALL = 1024 * 1024
_VCARDS, _TABLES = (".vcf", ".vcard"), (".csv", ".tsv", ".txt", ".tab")
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class FileKind(Enum):
    VCARD = "vcard"
    TABLE = "table"
    ARCHIVE = "archive"


def kind_of(name: str, head: bytes) -> FileKind:
    """By the first bytes of a file, and by its name where they say nothing. Raises `FileError` for any other."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _SPREADSHEETS or head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(_("Spreadsheets are not read: save the sheet as CSV first."))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.ARCHIVE
    if not head.strip(b"\0\r\n\t \xff\xfe\xef\xbb\xbf"):
        raise FileError(_("The file is empty."))
    text = _text_of(head)
    if "BEGIN:VCARD" in text.upper() or (suffix in _VCARDS and text.isprintable()):
        return FileKind.VCARD
    if suffix in _TABLES or (not _is_binary(text) and any(sign in text for sign in tables.DELIMITERS)):
        if _is_binary(text):
            raise FileError(_("This is neither a vCard nor a table."))
        return FileKind.TABLE
    if suffix in _VCARDS and not _is_binary(text):
        return FileKind.VCARD
    raise FileError(_("This is neither a vCard nor a table."))


def read_file(name: str, stream: BinaryIO, *, layout: Layout | None = None) -> Iterator[Read]:
    """What is in a file, from its beginning: `layout` is how its table is to be read, else that is found.

    Raises `FileError` where the file, or an archive as a whole, can't be read.
    """
    stream.seek(0)
    kind = kind_of(name, stream.read(HEAD_BYTES))
    stream.seek(0)
    if kind is FileKind.VCARD:
        yield from vcard.read(stream)
    elif kind is FileKind.TABLE:
        yield from tables.read(stream, layout or tables.sniff(stream))
    else:
        yield from _read_archive(stream, layout)


# --- Archives --------------------------------------------------------------------------------------


def members(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    """The vCards and tables of an archive, once all of it is known to be harmless. Raises `FileError`."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise FileError(_("The archive is damaged.")) from None
    if len(entries) > ENTRIES:
        raise FileError(_("The archive holds more than %(most)s files.") % {"most": ENTRIES})
    wanted = [entry for entry in entries if _is_wanted(entry.filename)]
    for entry in wanted:
        _check(entry)
    if sum(entry.file_size for entry in wanted) > UNPACKED_BYTES:
        raise FileError(_("What the archive holds is too large."))
    if not wanted:
        raise FileError(_("There is no vCard and no CSV file in this archive."))
    return wanted


def _is_wanted(name: str) -> bool:
    path = PurePath(name)
    return path.suffix.lower() in (*_VCARDS, *_TABLES) and "__MACOSX" not in path.parts


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise FileError(_("The archive is locked with a password."))
    if entry.compress_type not in _METHODS:
        raise FileError(_("The archive is packed in a way that is not read."))
    if entry.file_size > max(_SMALL, entry.compress_size * RATIO):
        raise FileError(_("What the archive holds is too large."))


def _read_archive(stream: BinaryIO, layout: Layout | None) -> Iterator[Read]:
    wanted = members(stream)
    with zipfile.ZipFile(stream) as archive:
        for entry in wanted:
            try:
                with archive.open(entry) as packed:
                    yield from _read_member(entry.filename, packed, layout)
            except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
                raise FileError(_("The archive is damaged.")) from error


def _read_member(name: str, packed: IO[bytes], layout: Layout | None) -> Iterator[Read]:
    head = packed.read(HEAD_BYTES)
    if kind_of(name, head) is FileKind.ARCHIVE:
        raise FileError(_("Archives in archives are not read."))
    stream = cast(BinaryIO, packed)
    if layout and kind_of(name, head) is FileKind.TABLE and tables.sniff(stream).columns != layout.columns:
        layout = None  # it is another table's
    for found in read_file(name, stream, layout=layout):
        yield replace(found, file=name)


# --- Text or not -----------------------------------------------------------------------------------


def _text_of(head: bytes) -> str:
    wide = wide_encoding(head)
    return head.decode(wide, errors="ignore") if wide else charsets.decode(head)


def _is_binary(text: str) -> bool:
    """More than a stray control among the signs."""
    controls = sum(ord(sign) < 32 and sign not in "\t\r\n\f\x0b" for sign in text)
    return controls > len(text) // 50
