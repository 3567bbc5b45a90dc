"""The candidates of a day, as they are sent to Claude for suggestions: nothing else leaves the machine.

Contacts that are not shared are in none of them, and contact details in no text.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from django.utils import timezone

from claude_ai.dossier import dump
from claude_ai.redaction import Redactor, redactor_of, visible
from contacts.book import Book
from contacts.models import Contact
from contacts.suggestions import Suggestion, choose, whole

MOST_PEOPLE = 25
# So many are chosen as the rules would; others about the same people are sent beside them, to be joined.
_CHOSEN, _IN_ALL = 16, 30
_TEXT, _FIELD = 300, 100


@dataclass(frozen=True)
class Person:
    ref: str
    name: str
    organization: str
    job_title: str
    language: str
    tags: tuple[str, ...]
    is_favorite: bool
    last_contact_on: dt.date | None


@dataclass(frozen=True)
class Candidate:
    """One suggestion of the rules; `people` are references, the first of them whom it is for."""

    ref: str
    type: str
    people: tuple[str, ...]
    what: str
    why: str
    due_on: dt.date | None
    owed_by: str
    weight: int

    @property
    def digest(self) -> str:
        """The same while it says the same, whatever it is called and wherever it stands."""
        return sha256(dump(replace(self, ref="", people=(), weight=0)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Candidates:
    today: dt.date
    people: tuple[Person, ...]
    candidates: tuple[Candidate, ...]

    def as_json(self) -> str:
        """No text in it can close a tag that stands around it."""
        return dump({"people": self.people, "candidates": self.candidates})

    @cached_property
    def hash(self) -> str:
        return sha256(f"{self.today}{self.as_json()}".encode()).hexdigest()

    @cached_property
    def records(self) -> dict[str, tuple[Candidate | Person, ...]]:
        """By reference of the candidate: all that something said of it can stand on."""
        people = {person.ref: person for person in self.people}
        return {one.ref: (one, *(people[ref] for ref in one.people)) for one in self.candidates}


def for_claude(book: Book, found: Iterable[Suggestion]) -> tuple[Candidates, dict[str, Suggestion]]:
    """What is sent of these suggestions, best first, and which suggestion each reference stands for."""
    sent = whole(book, _to_be_sent([one for one in found if all(person.share_with_ai for person in one.people)]))
    people = {person.pk: person for one in sent for person in one.people}
    redactor = _redactor(book, people)
    tags = _tags(book, people)
    candidates = tuple(_candidate(number, one, redactor) for number, one in enumerate(sent, start=1))
    persons = tuple(_person(book, person, tags.get(person.pk, []), redactor) for person in people.values())
    by_ref = {candidate.ref: one for candidate, one in zip(candidates, sent, strict=True)}
    return Candidates(book.today, persons, candidates), by_ref


def _to_be_sent(shared: list[Suggestion]) -> list[Suggestion]:
    chosen: list[Suggestion] = []
    people: set[int] = set()
    for one in choose(shared, _CHOSEN):
        pks = {person.pk for person in one.people}
        if len(people | pks) <= MOST_PEOPLE:
            people |= pks
            chosen.append(one)
    beside = [one for one in shared if one not in chosen and {person.pk for person in one.people} <= people]
    return [*chosen, *beside[: _IN_ALL - len(chosen)]]


def _redactor(book: Book, people: dict[int, Contact]) -> Redactor:
    ties = book.relationships.filter(from_contact__in=people) | book.relationships.filter(to_contact__in=people)
    linked = {pk for pair in ties.values_list("from_contact", "to_contact") for pk in pair} | set(people)
    names = [part for p in people.values() for part in (p.name, p.first_name, p.last_name, p.nickname)]
    employers = [str(person.organization) for person in people.values() if person.organization_id]
    return redactor_of(book, linked, allowed=[*names, *employers])


def _tags(book: Book, people: dict[int, Contact]) -> dict[int, list[str]]:
    rows = book.tags.filter(contacts__in=people).order_by("name").values_list("contacts", "name")
    tags: dict[int, list[str]] = {}
    for pk, name in rows:
        tags.setdefault(pk, []).append(name)
    return tags


def _candidate(number: int, suggestion: Suggestion, redactor: Redactor) -> Candidate:
    return Candidate(
        ref=f"s{number}",
        type=str(suggestion.type.value),
        people=tuple(f"c{person.pk}" for person in suggestion.people),
        what=redactor.clean(suggestion.title)[:_TEXT],
        why=redactor.clean(suggestion.reason)[:_TEXT],
        due_on=suggestion.due_on,
        owed_by=str(suggestion.follow_up.owed_by) if suggestion.follow_up else "",
        weight=suggestion.score,
    )


def _person(book: Book, contact: Contact, tags: list[str], redactor: Redactor) -> Person:
    last = contact.last_interaction_at
    return Person(
        ref=f"c{contact.pk}",
        name=visible(contact.name),
        organization=redactor.clean(str(contact.organization) if contact.organization_id else "")[:_FIELD],
        job_title=redactor.clean(contact.job_title)[:_FIELD],
        language=redactor.clean(contact.language)[:_FIELD],
        tags=tuple(redactor.clean(tag)[:_FIELD] for tag in tags[:10]),
        is_favorite=contact.is_favorite,
        last_contact_on=last and timezone.localdate(last, book.zone),
    )
