"""Planned meetings whose time has come are made to count as contacts, before anything is read."""

from django.db import connections
from django.db.models import QuerySet

from contacts import triggers
from contacts.asking import Question
from contacts.book import Book
from contacts.models import Contact


@Question
def _stale(book: Book) -> QuerySet[Contact, int]:
    # Two questions, not one with OR: else every request would read the whole book.
    mine = book.contacts.order_by().values_list("pk", flat=True)
    return mine.filter(next_interaction_at__lte=book.now).union(mine.filter(last_interaction_at__gt=book.now))


def settle(book: Book) -> None:
    """Triggers keep `last_interaction_at` true at every write; that time passes is no write.

    One look-up in two indexes, and a write only when a meeting has passed since.
    """
    if stale := _stale.ask(book):
        triggers.refresh_times(connections[book.contacts.db], stale, book.now)
