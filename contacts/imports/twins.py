"""People who are in the files twice: each is compared with those who stand before them."""

from dataclasses import dataclass

from contacts.duplicates import Arrivals
from contacts.imports import stored
from contacts.imports.card import Card
from contacts.imports.matching import CERTAIN
from contacts.models import Import, ImportRow

# A name that says no more than itself is below: many people are called the same.
_NEAR = 0.78


@dataclass(frozen=True)
class Twin:
    """The row of the same batch that it may be, by its number; `score` from 0 to 1, reasons in the user's language."""

    number: int
    score: float
    reasons: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


class Twins:
    """Those of a batch who were compared so far. Reads their cards at the first question."""

    def __init__(self, batch: Import) -> None:
        self._before = Arrivals()
        self._uids: set[str] = set()
        compared = batch.rows.exclude(state=ImportRow.State.READ).exclude(verdict=ImportRow.Verdict.UNREADABLE)
        for number, card in compared.values_list("number", "card").iterator():
            self.of(number, stored.from_json(card), is_asked=False)

    def of(self, number: int, card: Card, *, is_asked: bool) -> Twin | None:
        """Who stands before it and is much like it; what becomes of cards of one identifier is known already."""
        is_asked = is_asked and not (card.uid and card.uid in self._uids)
        self._uids.add(card.uid)
        found = self._before.meet(number, card, is_asked=is_asked)[:1]
        near = [Twin(before, said.score, tuple(map(str, said.reasons))) for before, said in found]
        return next((twin for twin in near if twin.score >= _NEAR), None)
