"""`manage.py populate`: contacts by the thousand, for trying out and for measuring."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from contacts import synthetic
from contacts.management.owners import OWNER_HELP, owner_named


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a positive whole number.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Adds synthetic contacts to somebody's book, with five interactions each on average. The same seed makes "
        "the same people on the same day. All of them are made, or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contacts", type=_positive, required=True, metavar="N", help="how many")
        parser.add_argument("--user", default="", help=OWNER_HELP)
        parser.add_argument("--seed", type=int, default=1, help="another number makes other people (1)")

    @no_translations
    def handle(self, *, contacts: int, user: str, seed: int, **options: Any) -> None:
        owner = owner_named(user)
        began = monotonic()
        made = synthetic.populate(owner, contacts=contacts, seed=seed, on_progress=self._progress_to(contacts))
        for name, count in made.items():
            self.stdout.write(f"{count:9,}  {name}")
        self.stdout.write(f"Made for {owner.username} in {monotonic() - began:.1f} s.")

    def _progress_to(self, contacts: int) -> Callable[[int], None]:
        """On a terminal, one line that is written over; nothing into a file."""
        if not self.stdout.isatty():
            return lambda made: None

        def show(made: int) -> None:
            self.stdout.write(f"\r{made:,} of {contacts:,} contacts", ending="\n" if made == contacts else "")
            self.stdout.flush()

        return show
