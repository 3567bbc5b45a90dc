"""`relance`: whose cadence has passed, and who slips away although none is set."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts import records, reminders
from contacts.book import Book
from contacts.models import Contact, SuggestionType
from contacts.reminders import Day, Drift, Slip
from contacts.suggestions.suggestion import Point, Suggestion, Words
from contacts.written import date_format

# The shorter the cadence, the closer the person.
_CLOSENESS = ((14, 22), (31, 16), (92, 10), (366, 4))
_OVER = Point(gettext_lazy("The time between contacts that you wanted is over"), 22)
_CLOSE = gettext_lazy("How close you want to be")
_LONG_SILENCE = Point(gettext_lazy("A long silence"), 20)
_OFTEN = gettext_lazy("You used to be in touch often")
_FAVORITE_LATE, _FAVORITE_SILENT = (Point(gettext_lazy("A favorite"), value) for value in (6, 10))


def due(day: Day, *, most: int) -> Iterator[Suggestion]:
    """One occasion is one silence: it ends with the next contact."""
    for slip in reminders.slips_to_suggest(day.book, limit=most):
        yield _suggestion(
            day,
            slip.contact,
            reason=partial(_past_cadence, day.book, slip),
            weights=tuple(_points_of_slip(slip)),
            due_on=slip.due_on,
        )


def drifting(day: Day, *, most: int) -> Iterator[Suggestion]:
    """The same for people of weight who have no cadence."""
    for drift in reminders.drifting(day.book, limit=most):
        yield _suggestion(
            day, drift.contact, reason=partial(_quiet, drift), weights=tuple(_points_of_drift(drift)), due_on=None
        )


def _suggestion(
    day: Day, contact: Contact, *, reason: Callable[[], str], weights: tuple[Point, ...], due_on: dt.date | None
) -> Suggestion:
    last = contact.last_interaction_at
    return Suggestion(
        id=f"relance:c{contact.pk}:{last.astimezone(dt.UTC).date().isoformat() if last else 'never'}",
        type=SuggestionType.RELANCE,
        contact=contact,
        weights=weights,
        written=partial(_words, contact, reason),
        language=day.language,
        due_on=due_on,
    )


def _words(contact: Contact, reason: Callable[[], str]) -> Words:
    title = _("Get back in touch with %(name)s") % {"name": contact.name}
    return Words(title, reason(), (records.of_contact(contact),))


def _last_on(book: Book, contact: Contact) -> dt.date | None:
    return contact.last_interaction_at and contact.last_interaction_at.astimezone(book.zone).date()


def _past_cadence(book: Book, slip: Slip) -> str:
    last = _last_on(book, slip.contact)
    words = {
        "days": slip.days_late,
        "cadence": slip.contact.effective_cadence_days,
        "day": date_format(last, "DATE_FORMAT") if last else "",
    }
    if last is None:
        text = ngettext(
            "No contact is noted yet, and you wanted one every %(cadence)d days: %(days)d day late.",
            "No contact is noted yet, and you wanted one every %(cadence)d days: %(days)d days late.",
            slip.days_late,
        )
    else:
        text = ngettext(
            "Last contact on %(day)s, and you wanted one every %(cadence)d days: %(days)d day late.",
            "Last contact on %(day)s, and you wanted one every %(cadence)d days: %(days)d days late.",
            slip.days_late,
        )
    return text % words


def _quiet(drift: Drift) -> str:
    words = {
        "talks": drift.talks,
        "days": drift.days_since,
        "day": date_format(drift.last_on, "DATE_FORMAT"),
    }
    if not drift.talks:
        return _("A favorite of yours, and nothing since %(day)s (%(days)d days ago).") % words
    return _("You were in touch %(talks)d times in two years, and not since %(day)s (%(days)d days ago).") % words


def _points_of_slip(slip: Slip) -> Iterator[Point]:
    cadence = slip.contact.effective_cadence_days or 1
    yield _OVER
    yield Point(slip.lateness, min(20, max(1, round(20 * slip.days_late / cadence))))
    yield Point(_CLOSE, next((value for days, value in _CLOSENESS if cadence <= days), 0))
    if slip.contact.is_favorite:
        yield _FAVORITE_LATE


def _points_of_drift(drift: Drift) -> Iterator[Point]:
    yield _LONG_SILENCE
    if drift.talks:
        yield Point(_OFTEN, min(16, 2 * drift.talks))
    if drift.contact.is_favorite:
        yield _FAVORITE_SILENT
