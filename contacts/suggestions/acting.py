"""What can be done about a suggestion, each with the way back.

Every act also puts the suggestion to rest: whoever acted on it need not be told again.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.core import signing
from django.db import transaction

from contacts.book import Book
from contacts.models import Dismissal, FollowUp, Interaction
from contacts.suggestions.suggestion import Suggestion

_SALT = "contacts.suggestions"
_UNDO_SECONDS = 24 * 3600
Scope = Literal["once", "never"]


@dataclass(frozen=True)
class Undo:
    """The rows that an act made, and the follow-ups that it closed."""

    dismissals: tuple[int, ...] = ()
    follow_ups: tuple[int, ...] = ()
    interactions: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()

    def signed(self, book: Book) -> str:
        """To be sent along with a page: nobody can change it, and it is good for a day."""
        return signing.dumps(asdict(self) | {"owner": book.user.pk}, salt=_SALT)

    @classmethod
    def read(cls, book: Book, token: str) -> "Undo | None":
        """None for one that is too old, somebody else's or no token at all."""
        try:
            said: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=_UNDO_SECONDS)
        except signing.BadSignature:
            return None
        return cls(**{name: tuple(said[name]) for name in asdict(cls())}) if said.pop("owner") == book.user.pk else None

    @transaction.atomic
    def apply(self, book: Book) -> None:
        """What is gone by now stays gone."""
        book.dismissals.filter(pk__in=self.dismissals).delete()
        book.follow_ups.filter(pk__in=self.follow_ups).delete()
        book.interactions.filter(pk__in=self.interactions).delete()
        for follow_up in book.follow_ups.filter(pk__in=self.closed):
            follow_up.reopen()


def put_off(suggestions: list[Suggestion], until: dt.date) -> Undo:
    return Undo(dismissals=_rest(suggestions, until))


@transaction.atomic
def dismiss(suggestions: list[Suggestion], scope: Scope) -> Undo:
    """This occasion, or everything of this type for this person."""
    if scope == "once":
        return Undo(dismissals=_rest(suggestions))
    rows = [
        Dismissal.objects.update_or_create(
            contact=suggestion.contact, type=suggestion.type, identity="", defaults={"until": None}
        )[0]
        for suggestion in suggestions
    ]
    return Undo(dismissals=tuple(row.pk for row in rows))


@transaction.atomic
def promise(book: Book, suggestions: list[Suggestion], title: str = "") -> Undo:
    """Makes it a follow-up that the user owes, for its own day or else within a week, and until then no suggestion."""
    first = suggestions[0]
    is_ahead = first.due_on is not None and first.due_on > book.today
    follow_up = FollowUp.objects.create(
        contact=first.contact,
        title=(title.replace("\x00", "").strip() or first.title)[:300],
        due_on=first.due_on if is_ahead else book.today + dt.timedelta(days=7),
    )
    return Undo(follow_ups=(follow_up.pk,), dismissals=_rest(suggestions))


@transaction.atomic
def log(book: Book, suggestions: list[Suggestion]) -> Undo:
    """The contact was made, today: an interaction says so."""
    first = suggestions[0]
    interaction = Interaction.objects.create(
        owner=book.user, kind=Interaction.Kind.MESSAGE, occurred_at=book.now, title=first.title[:200]
    )
    interaction.contacts.set(first.people)
    return Undo(interactions=(interaction.pk,), dismissals=_rest(suggestions))


@transaction.atomic
def done(suggestions: list[Suggestion]) -> Undo:
    """The promise is kept, and so it is a suggestion no more; what is none rests."""
    promises = [suggestion.follow_up for suggestion in suggestions if suggestion.follow_up]
    for follow_up in promises:
        follow_up.mark_done()
    others = [suggestion for suggestion in suggestions if not suggestion.follow_up]
    return Undo(closed=tuple(follow_up.pk for follow_up in promises), dismissals=_rest(others))


def _rest(suggestions: list[Suggestion], until: dt.date | None = None) -> tuple[int, ...]:
    rows = [
        Dismissal.objects.update_or_create(
            contact=suggestion.contact, type=suggestion.type, identity=suggestion.id, defaults={"until": until}
        )[0]
        for suggestion in suggestions
    ]
    return tuple(row.pk for row in rows)
