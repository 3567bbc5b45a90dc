"""`manage.py restore_archive FILE`: an archive of a user into their empty book."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.archive import reading
from contacts.archive.opening import ArchiveError
from contacts.book import Book
from contacts.management.owners import OWNER_HELP, owner_named


class Command(BaseCommand):
    help = "Reads an archive that «Take everything along» made into somebody's empty book: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", default="", help=OWNER_HELP)

    @no_translations
    def handle(self, *, file: Path, user: str, **options: Any) -> None:
        book = Book(owner_named(user))
        try:
            with file.open("rb") as stream:
                restored = reading.restore(book, stream)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        said = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in restored.counts.items() if count)
        self.stdout.write(f"Read into the book of {book.user.username}: {said or 'nothing'}.")
        if restored.left:
            self.stdout.write(f"Left, because nothing here reads it: {', '.join(restored.left)}.")
