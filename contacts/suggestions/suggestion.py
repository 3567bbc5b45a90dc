"""What a suggestion is: something to do for somebody, why, and on which records that stands."""

import datetime as dt
from dataclasses import dataclass

from contacts.models import Contact, FollowUp, Interaction, SuggestionType
from contacts.records import Source


@dataclass(frozen=True)
class Point:
    """One reason for the place that a suggestion has in the list."""

    label: str
    value: int


@dataclass(frozen=True)
class Suggestion:
    # The same for the same occasion, whatever the words: see each rule for what makes one.
    id: str
    type: SuggestionType
    contact: Contact
    title: str
    # One sentence, in the language that is active.
    reason: str
    sources: tuple[Source, ...]
    points: tuple[Point, ...]
    due_on: dt.date | None = None
    # Who else it is about: the other one of two to be introduced.
    others: tuple[Contact, ...] = ()
    # What there is already, where it is about that: a promise, or a meeting to be written down.
    follow_up: FollowUp | None = None
    meeting: Interaction | None = None
    # The occasion in a few words, for a message: «birthday», a promise's title, what two people share.
    about: str = ""

    @property
    def score(self) -> int:
        """From 0 to about 100."""
        return sum(point.value for point in self.points)

    @property
    def people(self) -> tuple[Contact, ...]:
        return (self.contact, *self.others)
