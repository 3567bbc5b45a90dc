"""Whom of a book a card may be, and who is in a book twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.db.models import F

from contacts.book import Book
from contacts.duplicates import evidence, person
from contacts.duplicates.evidence import Reason, Verdict
from contacts.duplicates.person import Detail, Person
from contacts.imports.card import Card
from contacts.models import Contact
from contacts.partial_dates import PartialDate

# In a block of more people than this nobody is compared with everybody: an office's telephone says
# nothing of any two of five hundred, and of two hundred namesakes those are compared who are most alike.
_MOST_IN_A_BLOCK = 40
_NEIGHBOURS = 10
_CONTACTS_PER_QUERY = 10_000

Key = str | Detail


@dataclass(frozen=True, slots=True)
class Match:
    """A contact whom a card may be; `score` from 0 to 1."""

    contact: Contact
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts who may be one, by their ids, the lower first."""

    one: int
    other: int
    score: float
    reasons: tuple[Reason, ...]


class Matcher:
    """Finds those of a book whom a card may be. It is the book as it was at the first question.

    Two queries read the book and one the contacts that are found, however many cards there are.
    """

    def __init__(self, book: Book) -> None:
        self.book = book

    def matches(self, card: Card) -> list[Match]:
        """Best first; empty for somebody new."""
        return self.matches_of([card])[0]

    def matches_of(self, cards: Sequence[Card]) -> list[list[Match]]:
        """For each card, in the same order."""
        found = [self._index.like(person.of_card(card)) for card in cards]
        contacts = self._contacts({pk for verdicts in found for pk, _verdict in verdicts})
        return [
            [Match(contacts[pk], verdict.score, verdict.reasons) for pk, verdict in verdicts if pk in contacts]
            for verdicts in found
        ]

    @cached_property
    def _index(self) -> "_Index":
        return _Index(read_people(self.book))

    def _contacts(self, pks: set[int]) -> dict[int, Contact]:
        found: dict[int, Contact] = {}
        wanted = sorted(pks)
        for start in range(0, len(wanted), _CONTACTS_PER_QUERY):
            some = self.book.contacts.filter(pk__in=wanted[start : start + _CONTACTS_PER_QUERY])
            found |= {contact.pk: contact for contact in some.select_related("organization")}
        return found


def pairs(book: Book) -> list[Pair]:
    """Who may be in the book twice, best first. Three queries; a hundred thousand contacts take seconds."""
    index = _Index(read_people(book))
    ties = book.relationships.values_list("from_contact", "to_contact").iterator()
    related = {(min(tie), max(tie)) for tie in ties}
    weighed = ((pair, index.weigh(*pair, are_related=pair in related)) for pair in index.candidates())
    found = [Pair(*pair, verdict.score, verdict.reasons) for pair, verdict in weighed if verdict.is_enough]
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def read_people(book: Book) -> dict[int, Person]:
    """Everybody of the book, by id."""
    details: dict[int, list[Detail]] = defaultdict(list)
    for contact, kind, normalized in book.methods.values_list("contact", "kind", "normalized").iterator():
        details[contact].append((kind, normalized))
    rows = book.contacts.annotate(employer=F("organization__name")).values_list(
        "pk", "first_name", "last_name", "nickname", "employer", "city",
        "birthday_day", "birthday_month", "birthday_year",
    )  # fmt: skip
    return {
        pk: Person(
            *person.of_texts((first, last, nickname), employer=employer or "", city=city),
            birthday=PartialDate(*birthday),
            details=person.telling(details.get(pk, ())),
        )
        for pk, first, last, nickname, employer, city, *birthday in rows.order_by("pk").iterator()
    }


class _Index:
    """People in blocks: those of a block have a key in common."""

    def __init__(self, people: dict[int, Person]) -> None:
        self.people: dict[int, Person] = {}
        self.blocks: dict[Key, list[int]] = defaultdict(list)
        for pk, one in people.items():
            self.add(pk, one)

    def add(self, pk: int, one: Person) -> None:
        self.people[pk] = one
        for key in set(person.keys(one)):
            self.blocks[key].append(pk)

    def like(self, one: Person) -> list[tuple[int, Verdict]]:
        """Whom it may be, best first."""
        near = {pk for key in person.keys(one) for pk in self._near(one, self.blocks.get(key, []))}
        weighed = [(pk, evidence.weigh(one, self.people[pk], sharers=self._sharers(one, pk, more=1))) for pk in near]
        enough = [(pk, verdict) for pk, verdict in weighed if verdict.is_enough]
        return sorted(enough, key=lambda found: (-found[1].score, found[0]))

    def weigh(self, one: int, other: int, *, are_related: bool = False) -> Verdict:
        a, b = self.people[one], self.people[other]
        return evidence.weigh(a, b, sharers=self._sharers(a, other), are_related=are_related)

    def candidates(self) -> set[tuple[int, int]]:
        """Pairs worth comparing, the lower id first."""
        return {pair for key, block in self.blocks.items() for pair in self._pairs_of(key, block)}

    def _pairs_of(self, key: Key, block: list[int]) -> Iterable[tuple[int, int]]:
        if len(block) <= _MOST_IN_A_BLOCK:
            return combinations(block, 2)
        return () if isinstance(key, tuple) else self._neighbours(block)

    def _neighbours(self, block: list[int]) -> Iterator[tuple[int, int]]:
        """Each with the few who are most alike: sorted neighbourhoods."""
        ordered = sorted(block, key=lambda pk: (*self._likeness(self.people[pk]), pk))
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
                yield min(one, other), max(one, other)

    def _near(self, one: Person, block: list[int]) -> Iterable[int]:
        if len(block) <= _MOST_IN_A_BLOCK:
            return block
        likeness = self._likeness(one)
        alike = [
            pk
            for pk in block
            if any(a and a == b for a, b in zip(likeness, self._likeness(self.people[pk]), strict=True))
        ]
        return [*alike[:_MOST_IN_A_BLOCK], *block[:_NEIGHBOURS]]

    @staticmethod
    def _likeness(one: Person) -> tuple[str, str, str]:
        born = one.birthday
        return one.employer, one.city, f"{born.month}/{born.day}" if born.day else ""

    def _sharers(self, one: Person, other: int, *, more: int = 0) -> dict[Detail, int]:
        shared = one.details & self.people[other].details
        return {detail: len(self.blocks.get(detail, ())) + more for detail in shared}


class Arrivals:
    """People who come one after the other, by number, each compared with those before."""

    def __init__(self) -> None:
        self._index = _FewOfABlock({})

    def meet(self, number: int, card: Card, *, is_asked: bool) -> list[tuple[int, Verdict]]:
        """Where that is asked, whom of those before it may be, best first. From now on it is one of them."""
        one = person.of_card(card)
        found = self._index.like(one) if is_asked else []
        self._index.add(number, one)
        return found


class _FewOfABlock(_Index):
    """However many are in a block, one who comes is compared with few of them: all take a time in proportion."""

    def _near(self, one: Person, block: list[int]) -> Iterable[int]:
        return block[:_MOST_IN_A_BLOCK]
