"""An archive from anywhere, opened: its size is bounded before and while it is unpacked, a line at a time."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any
from zipfile import ZipFile

from django.utils.translation import gettext as _

from contacts.archive.kinds import FIRST_VERSION, FORMAT, MANIFEST, VERSION

# Of what is unpacked; a line is a row, and a note is the longest that there is in one.
MOST_BYTES, MOST_LINE_BYTES, MOST_TIMES_PACKED, MOST_FILES = 2 * 1024**3, 4 * 1024**2, 300, 100
# The escape of a zero, and no text that looks like one: a backslash of a text is escaped itself.
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# An escape of half a character. It can be read, but no database takes it.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class ArchiveError(Exception):
    """Why it was not read, in the user's language; nothing was written."""


def wrong(file: str, line: int) -> ArchiveError:
    return ArchiveError(_("Line %(line)s of “%(file)s” can't be read.") % {"line": line, "file": file})


def check(archive: ZipFile) -> int:
    """The version of its format. Raises `ArchiveError` for what this program has not made."""
    files = archive.infolist()
    size, packed = sum(file.file_size for file in files), sum(file.compress_size for file in files)
    if len(files) > MOST_FILES or size > MOST_BYTES or size > MOST_TIMES_PACKED * max(packed, 1_000):
        raise ArchiveError(_("This archive is larger than any that this program makes."))
    said = only_line(archive, MANIFEST)
    if said.get("format") != FORMAT:
        raise ArchiveError(_("This archive is not one that this program makes."))
    version = said.get("version")
    if not isinstance(version, int) or not FIRST_VERSION <= version <= VERSION:
        raise ArchiveError(_("This archive is of another version of this program."))
    return version


def only_line(archive: ZipFile, name: str) -> dict[str, Any]:
    if name not in archive.namelist():
        raise ArchiveError(_("“%(file)s” is missing in this archive.") % {"file": name})
    with archive.open(name) as file:
        [said] = [*islice(lines(file, name), 1)] or [{}]
    return said


def lines(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """What each line of the file says, the first one being line 1."""
    number = 0
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        # No text holds a zero, and not every database takes it.
        if len(line) > MOST_LINE_BYTES or _ZERO.search(line):
            raise wrong(name, number)
        try:
            said = _said(line.decode())
        except (ValueError, RecursionError):
            raise wrong(name, number) from None
        if not isinstance(said, dict):
            raise wrong(name, number)
        yield said


def _said(line: str) -> Any:
    said = json.loads(line)
    if _HALF.search(line):
        json.dumps(said, ensure_ascii=False).encode()
    return said
