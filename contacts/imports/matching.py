"""Who in the book a card is: whoever came with its identifier, else whoever `contacts.duplicates` says it may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.duplicates import Matcher
from contacts.imports.card import Card
from contacts.imports.plans import UID

# From here on, a match needs no question: the same name, say, and the same telephone.
CERTAIN = 0.9
SHOWN = 3


@dataclass(frozen=True)
class Match:
    """`contact` is its id; `score` from 0 to 1; the reasons are in the user's language."""

    contact: int
    score: float
    reasons: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


class Finder:
    """Reads the book at the first question; then any number of cards takes a constant number of queries."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._matcher = Matcher(book)

    def of(self, cards: Sequence[Card], digests: Sequence[str]) -> list[list[Match]]:
        """For each card, of which the digest is in the same place, best first."""
        sure = self._sure(cards, digests)
        alike = iter(self._alike([card for card, match in zip(cards, sure, strict=True) if not match]))
        return [[match] if match else next(alike) for match in sure]

    def _sure(self, cards: Sequence[Card], digests: Sequence[str]) -> list[Match | None]:
        by_uid = contacts_by_uid(self.book, [card.uid for card in cards if card.uid])
        by_digest = _contacts_by_digest(self.book, digests)
        found: list[Match | None] = []
        for card, digest in zip(cards, digests, strict=True):
            if card.uid in by_uid:
                found.append(Match(by_uid[card.uid], 1.0, (_("the same identifier"),)))
            elif digest in by_digest:
                found.append(Match(by_digest[digest], 1.0, (_("the same card, imported before"),)))
            else:
                found.append(None)
        return found

    def _alike(self, cards: Sequence[Card]) -> list[list[Match]]:
        found = self._matcher.matches_of(cards)
        return [
            [Match(match.contact.pk, match.score, tuple(map(str, match.reasons))) for match in matches[:SHOWN]]
            for matches in found
        ]


def contacts_by_uid(book: Book, uids: Sequence[str]) -> dict[str, int]:
    """The contacts that came with these identifiers; the oldest where there are several."""
    if not uids:
        return {}
    found = book.contacts.filter(extra__uid__in=set(uids)).order_by("-pk").values_list(f"extra__{UID}", "pk")
    return dict(found)


def _contacts_by_digest(book: Book, digests: Sequence[str]) -> dict[str, int]:
    """The contacts that these very cards became in an import that is still remembered."""
    rows = book.import_rows.to_undo().filter(digest__in=set(digests)).exclude(target=None)
    return dict(rows.order_by("-number").values_list("digest", "target"))
