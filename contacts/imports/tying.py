"""People whom cards name become relationships, once everybody of the batch is in the book."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from contacts.book import Book
from contacts.imports import plans, stored
from contacts.imports.card import Card
from contacts.imports.plans import MET_THROUGH, TIES, Known, name_key
from contacts.imports.saving import save as save_rows
from contacts.imports.writing import note_made
from contacts.models import Contact, Import, ImportRow, Relationship

TIED_COLUMNS = ("state", "journal")
Called = dict[str, list[Contact]]


def tie(book: Book, batch: Import, rows: Sequence[ImportRow]) -> None:
    """A name that exactly one contact has leads to them; any other is kept as text in the contact's `extra`."""
    cards = {row.pk: stored.from_json(row.card) for row in rows}
    known = plans.known(book, [row.target_id for row in rows if row.target_id], with_ties=True)
    called = _called(book, cards.values())
    for row in rows:
        if row.target_id in known:
            _Tying(row, known, called).tie(cards[row.pk], takes_file=batch.takes_file)
        row.state = ImportRow.State.WRITTEN
    save_rows(rows, TIED_COLUMNS)
    note_made(
        batch,
        {
            "relationships": [pk for row in rows for pk in row.journal.get("ties", ())],
            "introduced": [one.contact.pk for one in known.values() if one.is_introduced],
        },
    )


class _Tying:
    """One row, after its contact is written; what it changes goes into the row's journal too."""

    def __init__(self, row: ImportRow, known: dict[int, Known], called: Called) -> None:
        assert row.target_id
        self.row = row
        self.everybody = known
        self.known = known[row.target_id]
        self.contact = self.known.contact
        self.called = called

    def tie(self, card: Card, *, takes_file: bool) -> None:
        plan = plans.of(card, self.known)
        left = [{"name": one.name, "kind": one.kind} for one in plan.ties if not self._relate(one.name, one.kind)]
        columns = {"extra"} if left else set()
        if left:
            self._keep(TIES, [*plans.waiting_ties(self.contact), *left])
        for change in plan.in_force(takes_file=takes_file):
            if change.field == MET_THROUGH:
                columns |= self._met_through(change.after)
        if columns:
            self.contact.save(update_fields=columns)
            self.row.journal["updated_at"] = self.contact.updated_at.isoformat()

    def _only_one(self, name: str) -> Contact | None:
        others = [other for other in self.called.get(name_key(name), []) if other.pk != self.contact.pk]
        return others[0] if len(others) == 1 else None

    def _relate(self, name: str, kind: str) -> bool:
        other = self._only_one(name)
        if other is None or kind not in Relationship.Kind.values:
            return False
        made = Relationship.objects.create(from_contact=self.contact, to_contact=other, kind=kind)
        self.row.journal.setdefault("ties", []).append(made.pk)
        self.known.ties.add(name_key(name))
        if other.pk in self.everybody:  # who may name this one in turn
            self.everybody[other.pk].ties.add(name_key(self.contact.name))
        return True

    def _met_through(self, name: str) -> set[str]:
        other = self._only_one(name)
        if other is None:
            self._keep(MET_THROUGH, name)
            return {"extra"}
        self._note("fields", MET_THROUGH, [self.contact.met_through_id, other.pk])
        self.contact.met_through = other
        self.known.is_introduced = True
        return {MET_THROUGH}

    def _keep(self, key: str, text: Any) -> None:
        self._note("extra", key, [self.contact.extra.get(key), text])
        self.contact.extra[key] = text

    def _note(self, part: str, name: str, change: list[Any]) -> None:
        """A contact that the batch made goes as a whole: then nothing of it is to be put back."""
        if not self.row.journal.get("is_new"):
            self.row.journal.setdefault(part, {})[name] = change


def _called(book: Book, cards: Iterable[Card]) -> Called:
    """Those of the book who have one of the names in the cards, by it."""
    names = [name for card in cards for name in (card.met_through, *(one.name for one in card.ties))]
    keys = {" ".join(turned) for name in set(map(name_key, names)) for turned in _turned(name.split())}
    found: Called = defaultdict(list)
    for contact in book.contacts.filter(sort_name__in=keys - {""}).select_related("organization"):
        found[name_key(contact.name)].append(contact)
    return found


def _turned(words: list[str]) -> Iterable[list[str]]:
    """As `naming.sort_key` may have them: the last name first, however many words it has."""
    return (words[start:] + words[:start] for start in range(max(len(words), 1)))
