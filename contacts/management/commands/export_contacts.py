"""`manage.py export_contacts`: all contacts of a book as one file, for scripts and backups."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.book import Book
from contacts.exports.formats import FORMATS
from contacts.management.owners import OWNER_HELP, owner_named


class Command(BaseCommand):
    help = "Writes the contacts of somebody's book as vCards or as CSV, to a file or to the standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="", help=OWNER_HELP)
        parser.add_argument("--format", choices=list(FORMATS), default="", help="vcard4, unless the file ends in .csv")
        parser.add_argument("--output", default="-", metavar="FILE", help="the file; - is the standard output (-)")
        parser.add_argument("--without-archived", action="store_true", help="leave the archived ones out")

    @no_translations
    def handle(self, *, user: str, output: str, without_archived: bool, **options: Any) -> None:
        book = Book(owner_named(user))
        contacts = book.contacts.active() if without_archived else book.contacts
        name = options["format"] or ("csv" if output.lower().endswith(".csv") else "vcard4")
        pieces = FORMATS[name].write(book, contacts.order_by("sort_name", "pk"))
        if output == "-":
            _write_out(pieces)
        else:
            _write_file(pieces, Path(output))
            self.stdout.write(f"{contacts.count():,} contacts of {book.user.username} written to {output}.")


def _write_out(pieces: Iterator[str]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.flush()


def _write_file(pieces: Iterator[str], path: Path) -> None:
    """Whole or not at all, and for nobody else's eyes."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in pieces:
                file.write(piece.encode())
        unfinished.replace(path)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
