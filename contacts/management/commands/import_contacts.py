"""`manage.py import_contacts`: vCards and tables into somebody's book, as the page does it, in one go."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from contacts.book import Book
from contacts.imports import batches, slices, uploads
from contacts.management.owners import OWNER_HELP, owner_named
from contacts.models import Decision, Import


class Command(BaseCommand):
    help = (
        "Adds the people of vCards, CSV files and archives of them to somebody's book. What is empty is filled, "
        "nothing is overwritten or removed, and the same file again changes nothing. It can be undone on the page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--user", default="", help=OWNER_HELP)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
        parser.add_argument("--take-file", action="store_true", help="where both say something, the file is right")
        parser.add_argument(
            "--duplicates",
            choices=Decision.values,
            default=Decision.SKIP.value,
            help="what to do with people who are probably in the book: leave them out (skip), or update, or new",
        )

    @no_translations
    def handle(
        self, *, files: list[Path], user: str, dry_run: bool, take_file: bool, duplicates: str, **options: Any
    ) -> None:
        book = Book(owner_named(user))
        batch = _compared(book, files)
        with transaction.atomic():
            batch = book.imports.select_for_update().get(pk=batch.pk)
            batches.choose_side(batch, takes_file=take_file)
            if duplicates != Decision.SKIP:
                batches.decide_all_duplicates(batch, duplicates)
        if dry_run:
            self._tell(batch, done=False)
            batch.delete()
            return
        slices.start(batch, Import.State.WRITING)
        self._tell(_worked_off(book, batch), done=True)

    def _tell(self, batch: Import, *, done: bool) -> None:
        counts = batch.rows.verdicts()
        self.stdout.write(", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counts.items())))
        if done:
            summary = batch.rows.summary()
            self.stdout.write(f"Made {summary['new']:,}, updated {summary['update']:,}.")
        for row in batch.rows.left_out().select_related("file").defer("card").iterator():
            self.stdout.write(f"{row.file}, line {row.line}: {row.label}: {row.why_left_out}")


def _compared(book: Book, paths: list[Path]) -> Import:
    with ExitStack() as opened:
        try:
            dropped = [(path.name, opened.enter_context(path.open("rb"))) for path in paths]
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        try:
            return _worked_off(book, uploads.receive(book, dropped, asks=False))
        except uploads.NothingReadError as error:
            raise CommandError(str(error)) from error


def _worked_off(book: Book, batch: Import) -> Import:
    while batch.is_at_work:
        batch = slices.advance(book, batch.pk)
    return batch
