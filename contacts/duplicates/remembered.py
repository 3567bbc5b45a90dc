"""The pairs of a book, searched anew only when the book has changed since.

Searching reads everybody; a page asks for the pairs again and again. They are kept in the cache under
a fingerprint of what the search reads: counts, sums of ids, and the latest change of a contact, which
every form that writes about a contact moves on. So whatever is written is seen by the next read.
"""

from functools import cached_property
from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Sum
from django.db.models.functions import Length

from contacts.book import Book
from contacts.duplicates.finding import Pair, pairs

# More than anybody goes through; the next ones come up as these are decided.
MOST = 2_000
_SECONDS = 24 * 3600
# A book of more people than this is searched while the page is there already.
SEARCHED_AT_ONCE = 3_000


class Search:
    """Who may be in a book twice, as it is now."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def is_quick(self) -> bool:
        """Whether `pairs` answers without a wait that is worth a word."""
        return cache.has_key(self._key) or self.book.contacts.count() <= SEARCHED_AT_ONCE

    def pairs(self) -> list[Pair]:
        """Best first, without those who are noted as different people."""
        known: list[Pair] | None = cache.get(self._key)
        if known is None:
            known = pairs(self.book)[:MOST]
            cache.set(self._key, known, _SECONDS)
        different = set(self.book.not_same.values_list("one", "other"))
        return [pair for pair in known if (pair.one, pair.other) not in different]

    @cached_property
    def _key(self) -> str:
        said = repr([self.book.user.pk, *map(_sums, _read(self.book))])
        return f"duplicates:{blake2b(said.encode(), digest_size=16).hexdigest()}"


def _read(book: Book) -> list[tuple[Any, dict[str, Any]]]:
    """What the search reads, and what of it tells that it has changed."""
    rows = {"count": Count("pk"), "ids": Sum("pk")}
    return [
        (book.contacts, rows | {"changed": Max("updated_at")}),
        (book.methods, rows | {"length": Sum(Length("normalized")), "contacts": Sum("contact_id")}),
        (book.organizations, rows | {"length": Sum(Length("name"))}),
        (book.relationships, rows),
    ]


def _sums(read: tuple[Any, dict[str, Any]]) -> list[Any]:
    queryset, sums = read
    return sorted(queryset.order_by().aggregate(**sums).items())
