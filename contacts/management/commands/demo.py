"""`manage.py demo`: the sample data, made and taken away."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, no_translations
from django.db import transaction

from contacts.book import Book
from contacts.demo import account, builder


class Command(BaseCommand):
    help = "Makes French sample data for the user “demo”; does nothing where there already is some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default="", help="of the user; else one is made and printed")
        parser.add_argument("--remove", action="store_true", help="take the user away, with all that is theirs")

    @no_translations
    @transaction.atomic
    def handle(self, *, password: str, remove: bool, **options: Any) -> None:
        if remove:
            self._remove()
        else:
            self._make(password)

    def _make(self, password: str) -> None:
        user = account.find()
        if user is None:
            user = account.create(password)
        elif password:
            account.change_password(user, password)
        book = Book(user)
        if book.contacts.exists():
            self.stdout.write(f"{user.username} already has contacts: they are left as they are.")
        else:
            builder.fill(user)
            self.stdout.write(f"{book.contacts.count()} contacts and {book.interactions.count()} interactions made.")
        shown = password or account.known_password(user) or "the one you chose (--password sets another)"
        self.stdout.write(f"User:      {user.username}\nPassword:  {shown}")

    def _remove(self) -> None:
        user = account.find()
        if user is None:
            self.stdout.write(f"There is no user {account.USERNAME}: nothing to remove.")
            return
        for label, count in sorted(account.remove(user).items()):
            model = apps.get_model(label)._meta
            if not model.auto_created:  # what only ties two rows together means nothing to a person
                self.stdout.write(f"{count:6}  {model.verbose_name_plural}")
        self.stdout.write(f"The user {account.USERNAME} is gone, and nothing of anybody else.")
