"""A user's dates, follow-ups and planned meetings as an iCalendar feed (RFC 5545, RFC 7986).

What is in it, so that Apple, Google and Thunderbird show the same:

- Birthdays and other dates are all-day events that recur every year from their own year on, else
  from the year in which the contact was entered. All of them, however many. The age is not in the
  title: one title stands for every year, and writing each year apart would multiply a large book.
  29 February is a rule of its own, so that it falls where `LEAP_DAY_FALLS_ON_1_MARCH` says. A month
  without its day is left out: a bar across a whole month every year says less than it hides.
  Nobody who is archived or deceased.
- Open follow-ups are all-day events on their day (Google leaves to-dos out), from `DAYS_BACK` to
  `DAYS_AHEAD`; planned meetings from the beginning of today to `DAYS_AHEAD`, in UTC, an hour long
  because the book keeps no end. At most `MOST` of each, soonest first. What came in from a calendar
  is not sent back to it.

Event by event `icalendar` takes 0.25 ms, half a minute for a book of 100,000: it escapes and folds
the lines that hold somebody's text, and the fixed lines around them are written here.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import vText
from icalendar.parser import Contentline

from contacts import naming
from contacts.book import Book
from contacts.models import CalendarFeed, Contact, FollowUp
from contacts.partial_dates import PartialDate

DAYS_BACK = 90
DAYS_AHEAD = 400
MOST = 2_000
LENGTH_OF_A_MEETING = dt.timedelta(hours=1)
# How often a calendar program is asked to look again.
REFRESH = "PT4H"
# Calendar programs differ on years before; nobody's day is later.
_YEARS = range(1900, 3000)
# Revisions are counted in seconds from here: they grow, and fit the 32 bits that some programs have.
_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
# The version of what is written here: with it, every program takes everything anew.
_EDITION = "1"


@dataclass(frozen=True, slots=True)
class Anniversary:
    """A day of the year; `since` is the year in which it begins when its own is unknown."""

    key: str
    contact: int
    title: str
    note: str
    date: PartialDate
    since: int
    revised_at: dt.datetime

    @property
    def first(self) -> dt.date:
        year = self.date.year if self.date.year in _YEARS else self.since
        day = self.date.in_year(year or self.since)
        assert day
        return day

    @property
    def rule(self) -> str:
        if (self.date.day, self.date.month) != (29, 2):
            return "FREQ=YEARLY"
        # The 60th day of a year is 29 February in a leap year, and 1 March in any other.
        return (
            "FREQ=YEARLY;BYYEARDAY=60" if settings.LEAP_DAY_FALLS_ON_1_MARCH else "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """A follow-up, on its day."""

    pk: int
    title: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Meeting:
    pk: int
    title: str
    at: dt.datetime


class Feed:
    """All that `choices` asks for of a book, read at once; texts are in the language that is active.

    `site` is the server's address without a path, for the links back.
    """

    def __init__(self, book: Book, choices: CalendarFeed, *, site: str) -> None:
        self.book, self.choices, self.site = book, choices, site
        self.anniversaries = [
            *(_birthdays(book) if choices.with_birthdays else ()),
            *(_dates(book) if choices.with_dates else ()),
        ]
        self.promises = list(_promises(book)) if choices.with_follow_ups else []
        self.meetings = list(_meetings(book)) if choices.with_meetings else []

    @cached_property
    def digest(self) -> str:
        """Stands for the part whose rows do not tell when they were changed."""
        return _digest([self.promises, self.meetings])

    @cached_property
    def etag(self) -> str:
        """Stands for all of it; made of the rows, which is much quicker than writing them."""
        head = [_EDITION, self.site, str(self.choices.namespace), self.title, self.book.zone.key, _rules()]
        return f'"{_digest([head, self.digest, self.choices.changed_at, self.anniversaries])}"'

    def to_ical(self) -> bytes:
        return "".join(f"{line}\r\n" for line in self._lines()).encode()

    @property
    def title(self) -> str:
        return _("Personal CRM")

    def _lines(self) -> Iterator[str]:
        yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Personal CRM//Calendar feed//EN\r\nCALSCALE:GREGORIAN"
        yield _text("NAME", self.title)
        yield _text("X-WR-CALNAME", self.title)
        yield f"X-WR-TIMEZONE:{self.book.zone.key}"
        yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}\r\nX-PUBLISHED-TTL:{REFRESH}"
        for anniversary in self.anniversaries:
            yield from self._anniversary(anniversary)
        for promise in self.promises:
            yield from self._promise(promise)
        for meeting in self.meetings:
            yield from self._meeting(meeting)
        yield "END:VCALENDAR"

    def _anniversary(self, entry: Anniversary) -> Iterator[str]:
        yield from self._opening(entry.key, entry.revised_at)
        yield _all_day(entry.first)
        yield f"RRULE:{entry.rule}"
        yield _text("SUMMARY", entry.title)
        if entry.note:
            yield _text("DESCRIPTION", entry.note)
        yield self._link("contact", entry.contact)
        yield "TRANSP:TRANSPARENT\r\nEND:VEVENT"

    def _promise(self, entry: Promise) -> Iterator[str]:
        yield from self._opening(f"follow-up-{entry.pk}", self.choices.changed_at)
        yield _all_day(entry.on)
        yield _text("SUMMARY", entry.title)
        yield self._link("follow_up", entry.pk)
        yield "TRANSP:TRANSPARENT\r\nEND:VEVENT"

    def _meeting(self, entry: Meeting) -> Iterator[str]:
        yield from self._opening(f"meeting-{entry.pk}", self.choices.changed_at)
        yield f"DTSTART:{_moment(entry.at)}\r\nDTEND:{_moment(entry.at + LENGTH_OF_A_MEETING)}"
        yield _text("SUMMARY", entry.title)
        yield self._link("interaction", entry.pk)
        yield "END:VEVENT"

    def _opening(self, key: str, revised_at: dt.datetime) -> Iterator[str]:
        revised = _moment(revised_at)
        yield f"BEGIN:VEVENT\r\nUID:{key}@{self.choices.namespace}"
        yield f"DTSTAMP:{revised}\r\nLAST-MODIFIED:{revised}\r\nSEQUENCE:{_sequence(revised_at)}"

    def _link(self, page: str, pk: int) -> str:
        return _folded(f"URL:{self.site}{self._path(page)}{pk}/")

    def _path(self, page: str) -> str:
        """What comes before the number; resolving an address each time takes longer than the rest."""
        if page not in self._paths:
            self._paths[page] = reverse(page, args=[0]).removesuffix("0/")
        return self._paths[page]

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {}


# --- What is in it ------------------------------------------------------------------------------

_NAMES = ("first_name", "last_name", "nickname", "organization__name")


def _name(first: str, last: str, nickname: str, organization: str | None) -> str:
    return naming.display_name(first, last, nickname=nickname, organization=organization or "")


def _birthdays(book: Book) -> Iterator[Anniversary]:
    born = ("birthday_day", "birthday_month", "birthday_year")
    people = book.contacts.active().living().filter(birthday_day__isnull=False).order_by("pk")
    title, note = _("Birthday: %(name)s"), _("Year of birth: %(year)s")
    for pk, created, updated, *rest in people.values_list("pk", "created_at", "updated_at", *born, *_NAMES):
        date = PartialDate(*rest[:3])
        yield Anniversary(
            key=f"birthday-{pk}",
            contact=pk,
            title=title % {"name": _name(*rest[3:])},
            note=note % {"year": date.year} if date.year else "",
            date=date,
            since=created.year,
            revised_at=updated,
        )


def _dates(book: Book) -> Iterator[Anniversary]:
    dates = book.dates.filter(contact__is_archived=False, contact__deceased_on=None, day__isnull=False).order_by("pk")
    columns = ("pk", "contact", "contact__created_at", "contact__updated_at", "label", "day", "month", "year")
    title, note = _("%(label)s: %(name)s"), _("The first one was in %(year)s.")
    names = (f"contact__{name}" for name in _NAMES)
    for pk, contact, created, updated, label, *rest in dates.values_list(*columns, *names):
        date = PartialDate(*rest[:3])
        yield Anniversary(
            key=f"date-{pk}",
            contact=contact,
            title=title % {"label": label, "name": _name(*rest[3:])},
            note=note % {"year": date.year} if date.year else "",
            date=date,
            since=created.year,
            revised_at=updated,
        )


def _promises(book: Book) -> Iterator[Promise]:
    days = (book.today - dt.timedelta(days=DAYS_BACK), book.today + dt.timedelta(days=DAYS_AHEAD))
    due = book.follow_ups.open().filter(due_on__range=days, contact__is_archived=False)
    titles = {
        FollowUp.OwedBy.ME.value: _("To do: %(title)s (%(name)s)"),
        FollowUp.OwedBy.THEM.value: _("Expected: %(title)s (%(name)s)"),
    }
    for follow_up in due.select_related("contact__organization").soonest_first()[:MOST]:
        said = titles[follow_up.owed_by] % {"title": follow_up.title, "name": follow_up.contact.name}
        assert follow_up.due_on
        yield Promise(follow_up.pk, said, follow_up.due_on)


def _meetings(book: Book) -> Iterator[Meeting]:
    span = (book.start_of(book.today), book.start_of(book.today + dt.timedelta(days=DAYS_AHEAD)))
    planned = book.interactions.filter(occurred_at__range=span, calendar_events=None).order_by("occurred_at", "pk")
    people = Prefetch("contacts", Contact.objects.select_related("organization"))
    for meeting in planned.prefetch_related(people)[:MOST]:
        names = ", ".join(person.name for person in meeting.contacts.all())
        yield Meeting(meeting.pk, f"{meeting} · {names}" if names else str(meeting), meeting.occurred_at)


# --- How it is written --------------------------------------------------------------------------


def _text(name: str, value: str) -> str:
    return _folded(f"{name}:{vText(value).to_ical().decode()}")


def _folded(line: str) -> str:
    # A character takes up to four octets, and a line holds 75.
    return line if len(line) * 4 <= 75 or (len(line) <= 74 and line.isascii()) else _fold(line)


def _fold(line: str) -> str:
    folded: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]
    return folded.decode()


def _all_day(day: dt.date) -> str:
    after = day + dt.timedelta(days=1)
    return f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\nDTEND;VALUE=DATE:{after:%Y%m%d}"


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _sequence(revised_at: dt.datetime) -> int:
    return max(0, int((revised_at - _EPOCH).total_seconds()))


def _rules() -> str:
    return f"leap day on 1 March: {settings.LEAP_DAY_FALLS_ON_1_MARCH}"


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode())
    return digest.hexdigest()
