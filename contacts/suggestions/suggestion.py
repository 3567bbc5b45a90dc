"""What a suggestion is: something to do for somebody, why, and on which records that stands."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from django.utils import translation
from django.utils.functional import Promise

from contacts.models import Contact, FollowUp, Interaction, SuggestionType
from contacts.records import Source

_VALUE = attrgetter("value")


@dataclass(frozen=True)
class Point:
    """One reason for the place that a suggestion has in the list."""

    label: str | Promise
    value: int


@dataclass(frozen=True)
class Words:
    """What a suggestion says."""

    title: str
    # One sentence.
    reason: str
    sources: tuple[Source, ...]
    # The occasion in a few words, for a message: «birthday», a promise's title, what two people share.
    about: str = ""


@dataclass(frozen=True)
class Suggestion:
    """Of many that are weighed, few are shown: the words are made for those alone, when they are read.

    They are in the language that was active when it was found. Of its contacts may be read what is weighed alone:
    see `ranking.whole`.
    """

    # The same for the same occasion, whatever the words: see each rule for what makes one.
    id: str
    type: SuggestionType
    contact: Contact
    # Why it has its place, not in words yet.
    weights: tuple[Point, ...]
    written: Callable[[], Words] = field(compare=False, repr=False)
    language: str | None = field(compare=False, repr=False)
    due_on: dt.date | None = None
    # Who else it is about: the other one of two to be introduced.
    others: tuple[Contact, ...] = ()
    # What there is already, where it is about that: a promise, or a meeting to be written down.
    follow_up: FollowUp | None = None
    meeting: Interaction | None = None
    # Who is only named beside.
    named: tuple[Contact, ...] = ()

    @cached_property
    def _words(self) -> Words:
        with translation.override(self.language):
            return self.written()

    @property
    def title(self) -> str:
        return self._words.title

    @property
    def reason(self) -> str:
        return self._words.reason

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._words.sources

    @property
    def about(self) -> str:
        return self._words.about

    @cached_property
    def points(self) -> tuple[Point, ...]:
        with translation.override(self.language):
            return tuple(Point(str(point.label), point.value) for point in self.weights)

    @cached_property
    def score(self) -> int:
        """From 0 to about 100."""
        return sum(map(_VALUE, self.weights))

    @cached_property
    def people(self) -> tuple[Contact, ...]:
        return (self.contact, *self.others)

    @cached_property
    def ids(self) -> frozenset[int]:
        """Of its people."""
        return frozenset(person.pk for person in self.people)
