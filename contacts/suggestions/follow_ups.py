"""`follow_up`: what is owed, due or overdue, and a meeting of which nothing was written down."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts import records, reminders
from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction, SuggestionType
from contacts.reminders import Day
from contacts.suggestions.suggestion import Point, Suggestion, Words
from contacts.templatetags.days import seen_from
from contacts.written import date_format

DAYS_AHEAD = 3
_LONG_OVERDUE_DAYS = 60
_MINE = Point(gettext_lazy("You owe it"), 45)
_THEIRS = Point(gettext_lazy("It is owed to you"), 32)
_LONG_OVERDUE = Point(gettext_lazy("Overdue for so long that it may not matter any more"), 2)
_DUE_TODAY = Point(gettext_lazy("Due today"), 15)


def owed(day: Day, *, most: int) -> Iterator[Suggestion]:
    """One occasion is one follow-up and the day it is due: put off to another day, it is a new one."""
    book = day.book
    # Those due last are the ones that can still be kept.
    for follow_up in reminders.follow_ups_to_suggest(book, limit=most, days=DAYS_AHEAD):
        assert follow_up.due_on
        yield Suggestion(
            id=f"follow_up:f{follow_up.pk}:{follow_up.due_on.isoformat()}",
            type=SuggestionType.FOLLOW_UP,
            contact=follow_up.contact,
            weights=tuple(_points(book, follow_up)),
            written=partial(_words, book, follow_up),
            language=day.language,
            due_on=follow_up.due_on,
            follow_up=follow_up,
        )


def _words(book: Book, follow_up: FollowUp) -> Words:
    sources = tuple(_sources(book, follow_up))
    return Words(_title(follow_up), _reason(book, follow_up), sources, about=follow_up.title)


def _is_mine(follow_up: FollowUp) -> bool:
    return follow_up.owed_by == FollowUp.OwedBy.ME


def _title(follow_up: FollowUp) -> str:
    return follow_up.title if _is_mine(follow_up) else _("Ask where this is: %(title)s") % {"title": follow_up.title}


def _reason(book: Book, follow_up: FollowUp) -> str:
    assert follow_up.due_on
    words = {
        "name": follow_up.contact.name,
        "day": date_format(follow_up.due_on, "MONTH_DAY_FORMAT"),
        "when": seen_from(follow_up.due_on, book.today),
    }
    if follow_up.interaction:
        words["what"] = str(follow_up.interaction)
        if _is_mine(follow_up):
            return _("You promised it to %(name)s for %(day)s (%(when)s): “%(what)s”.") % words
        return _("%(name)s promised it to you for %(day)s (%(when)s): “%(what)s”.") % words
    if _is_mine(follow_up):
        return _("You promised it to %(name)s for %(day)s (%(when)s).") % words
    return _("%(name)s promised it to you for %(day)s (%(when)s).") % words


def _sources(book: Book, follow_up: FollowUp) -> Iterator[records.Source]:
    yield records.of_follow_up(follow_up)
    if follow_up.interaction:
        yield records.of_interaction(follow_up.interaction, book.zone)


def _points(book: Book, follow_up: FollowUp) -> Iterator[Point]:
    assert follow_up.due_on
    yield _MINE if _is_mine(follow_up) else _THEIRS
    days_late = (book.today - follow_up.due_on).days
    if days_late > _LONG_OVERDUE_DAYS:
        yield _LONG_OVERDUE
    elif days_late > 0:
        late = ngettext("%(days)d day overdue", "%(days)d days overdue", days_late) % {"days": days_late}
        yield Point(late, 12 + min(days_late, 13))
    elif days_late == 0:
        yield _DUE_TODAY
    else:
        days = -days_late
        yield Point(ngettext("Due in %(days)d day", "Due in %(days)d days", days) % {"days": days}, 8 - 2 * days)


# --- Meetings -----------------------------------------------------------------------------------


def unnoted(day: Day, *, most: int) -> Iterator[Suggestion]:
    """One occasion is one meeting."""
    book = day.book
    for meeting in day.unnoted[:most]:
        people = [person for person in meeting.people if person.is_kept_in_touch(book.today)]
        if people:
            yield Suggestion(
                id=f"follow_up:i{meeting.pk}",
                type=SuggestionType.FOLLOW_UP,
                contact=people[0],
                others=tuple(people[1:]),
                weights=tuple(_points_of(book, meeting)),
                written=partial(_words_of, book, meeting, people[0]),
                language=day.language,
                due_on=None,
                meeting=meeting,
            )


def _words_of(book: Book, meeting: Interaction, person: Contact) -> Words:
    title = _("Write down what was said: %(what)s") % {"what": meeting}
    sources = (records.of_interaction(meeting, book.zone),)
    return Words(title, _met(book, meeting, person.name), sources, about=str(meeting))


def _met_on(book: Book, meeting: Interaction) -> dt.date:
    return timezone.localdate(meeting.occurred_at, book.zone)


def _met(book: Book, meeting: Interaction, name: str) -> str:
    on = _met_on(book, meeting)
    words = {"name": name, "day": date_format(on, "MONTH_DAY_FORMAT"), "when": seen_from(on, book.today)}
    return _("You met %(name)s on %(day)s (%(when)s), and nothing is noted since.") % words


def _points_of(book: Book, meeting: Interaction) -> Iterator[Point]:
    days = (book.today - _met_on(book, meeting)).days
    yield Point(_("A meeting without a note"), 40)
    yield Point(_("It is still fresh"), max(0, 14 - 2 * days))
