"""What is due, what is coming, who is slipping away: the rules behind the dashboard and the briefing.

Nobody who is archived gets a reminder; see each function for what else it leaves out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import itemgetter, or_
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.asking import Question, given, given_ids
from contacts.book import Book
from contacts.models import Contact, FollowUp, ImportantDate, Interaction
from contacts.models.base import OwnedQuerySet
from contacts.models.contact import ContactQuerySet, kept_in_touch
from contacts.models.follow_up import FollowUpQuerySet
from contacts.models.interaction import InteractionQuerySet
from contacts.partial_dates import PartialDate

Dated = OwnedQuerySet[Any]

# A month of birthdays and other dates.
DAYS_AHEAD = 30
# How far ahead, and how many at most, meetings are planned; how far back they wait for a note.
PLANNED_DAYS, PLANNED_READ, UNNOTED_DAYS = 14, 10, 7


@Question
def _planned(book: Book, limit: int) -> InteractionQuerySet:
    planned = book.interactions.planned(book.now).filter(occurred_at__lt=given("until"))
    return planned.order_by("occurred_at", "pk")[:limit]


def planned_meetings(book: Book, *, days: int = PLANNED_DAYS, limit: int = PLANNED_READ) -> list[Interaction]:
    """What is planned from now to the end of the day `days` ahead, soonest first, contacts fetched."""
    return _with_people(book, _planned_ahead(book, days, limit))


def _planned_ahead(book: Book, days: int, limit: int) -> list[Interaction]:
    return _planned.ask(book, limit, until=book.start_of(book.today + dt.timedelta(days=days + 1)))


def _with_people(book: Book, meetings: list[Interaction]) -> list[Interaction]:
    """Brings along those who were there, as `people`, in one question: a plain list, where a manager costs more."""
    people = defaultdict[int, list[Contact]](list)
    for contact in _who_was_there.ask(book, meetings=[meeting.pk for meeting in meetings]):
        people[contact.meeting].append(contact)  # type: ignore[attr-defined]
    for meeting in meetings:
        meeting.people = people[meeting.pk]
    return meetings


@Question
def _who_was_there(book: Book) -> ContactQuerySet:
    """A contact for each meeting that they were at."""
    there = listed(book.contacts.filter(interactions__in=given_ids("meetings")))
    return there.annotate(meeting=F("interactions")).order_by("sort_name", "pk")


def listed(contacts: ContactQuerySet) -> ContactQuerySet:
    """With what a list shows of each."""
    return contacts.select_related("organization").defer(*Contact.NOT_LISTED)


@Question
def _by_ids(book: Book) -> ContactQuerySet:
    return listed(book.contacts.filter(pk__in=given_ids("ids"))).order_by()


def listed_by_id(book: Book, ids: Iterable[int]) -> dict[int, Contact]:
    """Contacts as a list shows them; without those that are gone."""
    return {contact.pk: contact for contact in _by_ids.ask(book, ids=list(ids))}


def weighed(contacts: ContactQuerySet) -> ContactQuerySet:
    """With what rules weigh of each; of those who are then shown, `listed_rest` reads the rest."""
    return contacts.only(*Contact.WEIGHED)


@Question
def _weighed_by_ids(book: Book) -> ContactQuerySet:
    return weighed(book.contacts.filter(pk__in=given_ids("ids"))).order_by()


def weighed_by_id(book: Book, ids: Iterable[int]) -> dict[int, Contact]:
    """Contacts as rules weigh them; without those that are gone."""
    return {contact.pk: contact for contact in _weighed_by_ids.ask(book, ids=list(ids))}


def listed_rest(book: Book, contacts: Iterable[Contact]) -> set[int]:
    """Reads what a list shows of those who were only weighed, in one question; returns who is gone since."""
    lacking = [contact for contact in contacts if "sort_name" not in contact.__dict__]
    read = listed_by_id(book, {contact.pk for contact in lacking})
    for contact in lacking:
        if found := read.get(contact.pk):
            contact.take_over(found)
    return {contact.pk for contact in lacking} - read.keys()


def follow_ups_due(book: Book, *, limit: int | None = None, days: int = 7) -> list[FollowUp]:
    """Open follow-ups that are overdue or due within `days`, soonest first, contacts fetched."""
    return _due.ask(book, limit, until=book.today + dt.timedelta(days=days))


def follow_ups_to_suggest(book: Book, *, limit: int, days: int) -> list[FollowUp]:
    """The same, latest first, of nobody who is paused or deceased, with what they were promised at.

    Contacts are only `weighed`.
    """
    return _due_to_suggest.ask(book, limit, until=book.today + dt.timedelta(days=days))


def _open_until(book: Book) -> FollowUpQuerySet:
    due = book.follow_ups.due(given("until")).filter(contact__is_archived=False)
    return due.select_related("contact__organization").defer(*Contact.NOT_LISTED_OF_CONTACT)


@Question
def _due(book: Book, limit: int | None) -> FollowUpQuerySet:
    return _open_until(book).order_by("due_on", "pk")[:limit]


@Question
def _due_to_suggest(book: Book, limit: int) -> FollowUpQuerySet:
    due = book.follow_ups.due(given("until")).filter(kept_in_touch(book.today, through="contact__"))
    with_what_for = due.select_related("contact", "interaction").only(
        *("title", "due_on", "owed_by", "contact", "interaction"),
        *("interaction__title", "interaction__kind", "interaction__occurred_at"),
        *Contact.WEIGHED_OF_CONTACT,
    )
    return with_what_for.order_by("-due_on", "-pk")[:limit]


@dataclass(frozen=True)
class ComingDate:
    """A birthday or another date of a contact, and the day on which it is kept next."""

    contact: Contact
    label: str
    date: PartialDate
    on: dt.date
    days_away: int
    # The row that says so: the contact for a birthday.
    source: Contact | ImportantDate

    @property
    def is_birthday(self) -> bool:
        return isinstance(self.source, Contact)

    @property
    def years(self) -> int | None:
        """The age reached, or the anniversary; None when the year is unknown or it is the first day itself."""
        return self.date.years_on(self.on) or None

    @property
    def caption(self) -> str:
        """«turns 40», «10 years», or the label alone."""
        if self.years is None:
            return self.label
        if self.is_birthday:
            return ngettext("turns %(years)d", "turns %(years)d", self.years) % {"years": self.years}
        years = ngettext("%(years)d year", "%(years)d years", self.years) % {"years": self.years}
        return f"{self.label}, {years}"


def coming_dates(
    book: Book,
    *,
    days: int = DAYS_AHEAD,
    contact: Contact | None = None,
    limit: int | None = None,
    with_paused: bool = True,
) -> list[ComingDate]:
    """Birthdays and other dates from today to `days` ahead, soonest first; none of the deceased."""
    last = book.today + dt.timedelta(days=days)
    if limit is None or contact:
        people, others = (_all_kept_between(book, prefix, last, with_paused, contact) for prefix in _DATED)
    else:
        people, others = _first_kept_between(book, last, with_paused, limit)
    birthday = _("birthday")
    found = [_coming(book, person, birthday, person.birthday, person) for person in people]
    found += [_coming(book, date.contact, date.label, date.date, date) for date in others]
    return sorted(
        (date for date in found if date is not None and date.on <= last),
        key=lambda date: (date.on, not date.date.day, not date.is_birthday, date.contact.sort_name),
    )[:limit]


def _coming(
    book: Book, contact: Contact, label: str, date: PartialDate, source: Contact | ImportantDate
) -> ComingDate | None:
    on = date.next_occurrence(book.today)
    if on is None:
        return None
    return ComingDate(contact=contact, label=label, date=date, on=on, days_away=(on - book.today).days, source=source)


def _birthdays(book: Book, with_paused: bool) -> Dated:
    contacts = listed(book.contacts.active().living())
    return contacts if with_paused else contacts.keeping_in_touch(book.today)


def _other_dates(book: Book, with_paused: bool) -> Dated:
    dates = book.dates.filter(contact__is_archived=False, contact__deceased_on=None)
    dates = dates if with_paused else dates.filter(kept_in_touch(book.today, through="contact__"))
    return dates.select_related("contact__organization").defer(*Contact.NOT_LISTED_OF_CONTACT)


# By what the names of the columns begin with.
_DATED: dict[str, Callable[[Book, bool], Dated]] = {"birthday_": _birthdays, "": _other_dates}


class _Kept(NamedTuple):
    """What is weighed of a date; whole rows are made of the few that are chosen."""

    contact: int
    sort_name: str
    # Of an important date; 0 for a birthday, which has no label either.
    pk: int
    label: str
    day: int | None
    month: int
    year: int | None

    @property
    def date(self) -> PartialDate:
        return PartialDate(self.day, self.month, self.year)

    def row(self, contact: Contact) -> ImportantDate:
        row = ImportantDate.from_db(contact._state.db, ("id", "label", "day", "month", "year"), self[2:])
        row.contact = contact
        return row


_WEIGHED_DATE: dict[str, tuple[Any, ...]] = {
    "birthday_": ("pk", "sort_name", Value(0), Value(""), "birthday_day", "birthday_month", "birthday_year"),
    "": ("contact", "contact__sort_name", "pk", "label", "day", "month", "year"),
}


@Question.of_one_plan
def _kept(book: Book, prefix: str, with_paused: bool, most: int, on_days: bool) -> QuerySet[Any, tuple[Any, ...]]:
    day = f"{prefix}day"
    days = {f"{day}__range": (given("first"), given("last"))} if on_days else {day: None}
    rows = _DATED[prefix](book, with_paused).filter(**{f"{prefix}month": given("month")}, **days)
    return rows.order_by(day, "pk").values_list(*_WEIGHED_DATE[prefix])[:most]


def _first_kept_between(
    book: Book, until: dt.date, with_paused: bool, limit: int
) -> tuple[list[Contact], list[ImportantDate]]:
    """Of whose birthday, and what other dates, is kept soonest from today; of each month, those without a day too.

    Month by month, each in the order of an index: all of them at once, a large book would be sorted for the first few.
    """
    spans, most = list(_spans(book.today, until)), limit
    if any(month == 2 and last >= 28 for month, _first, last in spans):
        # Then the day on which one is kept can differ from the one that is written.
        most += 20
    times: list[dict[str, Any]] = [{"month": month, "first": first, "last": last} for month, first, last in spans]
    times += [{"month": month} for month in dict.fromkeys(month for month, _first, _last in spans)]
    rows = _kept.ask_all(
        book, (((prefix, with_paused, most, "first" in days), days) for prefix in _DATED for days in times)
    )
    first = _soonest(book, until, [_Kept(*row) for row in rows])[:limit]
    contacts = listed_by_id(book, {row.contact for row in first})
    there = [row for row in first if row.contact in contacts]
    people = [contacts[row.contact] for row in there if not row.pk]
    return people, [row.row(contacts[row.contact]) for row in there if row.pk]


def _soonest(book: Book, until: dt.date, rows: list[_Kept]) -> list[_Kept]:
    kept = ((row.date.next_occurrence(book.today), row) for row in rows)
    coming = [(on, row) for on, row in kept if on and on <= until]
    return [row for _on, row in sorted(coming, key=lambda one: _order(*one))]


def _order(on: dt.date, row: _Kept) -> tuple[Any, ...]:
    return on, not row.day, bool(row.pk), row.sort_name


def _all_kept_between(
    book: Book, prefix: str, until: dt.date, with_paused: bool, contact: Contact | None
) -> Iterable[Any]:
    rows = _DATED[prefix](book, with_paused)
    if contact:
        rows = rows.filter(pk=contact.pk) if prefix else rows.filter(contact=contact)
    month, day = f"{prefix}month", f"{prefix}day"
    spans = list(_spans(book.today, until))
    days = [Q(**{month: number, f"{day}__range": days}) for number, *days in spans]
    some_day = [Q(**{month: number, day: None}) for number in dict.fromkeys(span[0] for span in spans)]
    return rows.filter(reduce(or_, [*days, *some_day]))


def _spans(first: dt.date, last: dt.date) -> Iterator[tuple[int, int, int]]:
    """The months between two days, each with the first and the last day in it, as they come.

    With 29 February beside 28 February and 1 March, either of which stands for it.
    """
    if (first.month, first.day) == (3, 1):
        yield 2, 29, 29
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        from_day = first.day if (year, month) == (first.year, first.month) else 1
        to_day = last.day if (year, month) == (last.year, last.month) else 31
        yield month, from_day, 29 if (month, to_day) == (2, 28) else to_day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


@dataclass(frozen=True)
class Slip:
    """Somebody whose cadence has passed without a contact."""

    contact: Contact
    due_on: dt.date
    days_late: int

    @property
    def lateness(self) -> str:
        """«3 days late»."""
        return ngettext("%(days)d day late", "%(days)d days late", self.days_late) % {"days": self.days_late}


def _past_cadence(book: Book) -> ContactQuerySet:
    return book.contacts.keeping_in_touch(book.today).filter(
        contact_due_at__lt=given("before"), next_interaction_at=None
    )


@Question
def _longest_past(book: Book, limit: int) -> ContactQuerySet:
    return listed(_past_cadence(book)).order_by("contact_due_at", "pk")[:limit]


@Question
def _closest_past(book: Book, limit: int) -> ContactQuerySet:
    # The condition is an index's own.
    due = _past_cadence(book).filter(effective_cadence_days__isnull=False)
    what = (*Contact.WEIGHED, "effective_cadence_days", "created_at")
    return due.only(*what).order_by("effective_cadence_days", "contact_due_at", "pk")[:limit]


def slipping_away(book: Book, *, limit: int = 10) -> list[Slip]:
    """Whose cadence has passed, the longest ago first.

    Nobody who is paused or deceased, or with whom something is planned.
    """
    return _slips(book, _longest_past, limit)


def slips_to_suggest(book: Book, *, limit: int) -> list[Slip]:
    """The same, those with the shortest cadence first; contacts are only `weighed`."""
    return _slips(book, _closest_past, limit)


def _slips(book: Book, question: Question[Contact], limit: int) -> list[Slip]:
    # A day begins up to an hour off the round number of days: those few are asked for too, then weighed.
    before = book.start_of(book.today) + dt.timedelta(hours=1)
    for most in (limit, limit + 500):
        contacts = question.ask(book, most, before=before)
        slips = [slip for contact in contacts if (slip := slip_of(book, contact))]
        if len(slips) >= limit or len(contacts) < most:
            break
    return slips[:limit]


def slip_of(book: Book, contact: Contact) -> Slip | None:
    """How far past its cadence this contact is, if it is; counted from the entry when never seen."""
    if contact.effective_cadence_days is None:
        return None
    since = contact.last_interaction_at or contact.created_at
    due_on = timezone.localdate(since, book.zone) + dt.timedelta(days=contact.effective_cadence_days)
    days_late = (book.today - due_on).days
    return Slip(contact=contact, due_on=due_on, days_late=days_late) if days_late > 0 else None


@dataclass(frozen=True)
class Drift:
    """Somebody of weight without a cadence, who used to be around."""

    contact: Contact
    # How often you were in touch in the time that counts, and since when you are not.
    talks: int
    last_on: dt.date
    days_since: int


# Somebody without a cadence counts who is a favorite or was seen so often within so many days.
DRIFT_TALKS, DRIFT_WINDOW_DAYS = 4, 730
# A silence is long when it is this many days and this many times the usual gap.
DRIFT_DAYS, DRIFT_GAPS = 60, 3
# Read at most: what lies further back no longer tells whom one is close to.
_DRIFT_TALKS_READ = 1_500


def _silent(book: Book) -> ContactQuerySet:
    silent = book.contacts.keeping_in_touch(book.today).filter(
        effective_cadence_days=None, next_interaction_at=None, last_interaction_at__lt=given("before")
    )
    return weighed(silent).order_by("last_interaction_at", "pk")


@Question
def _quiet_favorites(book: Book, limit: int) -> ContactQuerySet:
    return _silent(book).filter(is_favorite=True)[:limit]


@Question
def _quiet(book: Book) -> ContactQuerySet:
    return _silent(book).filter(pk__in=given_ids("ids"))


def drifting(book: Book, *, limit: int = 10) -> list[Drift]:
    """Favorites and people often seen, without a cadence, of whom nothing was heard for long; most seen first.

    Nobody who is paused or deceased, or with whom something is planned. Contacts are only `weighed`.
    """
    before = book.start_of(book.today - dt.timedelta(days=DRIFT_DAYS - 1))
    often = _often_seen(book, before)
    # Two questions, not one with OR: each has an index. A favorite who was seen often is found by either.
    silent = set(_quiet_favorites.ask(book, limit + len(often), before=before))
    silent.update(_quiet.ask(book, before=before, ids=list(often)))
    drifts = [drift for contact in silent if (drift := _drift(book, contact, often))]
    return sorted(drifts, key=lambda drift: (-drift.talks, drift.contact.last_interaction_at, drift.contact.pk))[:limit]


def _often_seen(book: Book, before: dt.datetime) -> dict[int, tuple[int, dt.timedelta]]:
    """By contact, of those who are silent: how many talks before that, and the usual time between two of them."""
    since = book.now - dt.timedelta(days=DRIFT_WINDOW_DAYS)
    until = book.now - dt.timedelta(days=DRIFT_DAYS - 1)
    # The moment of the last of as many talks as are read. By itself: the database would look for it twice.
    since, *_none = _furthest_read.ask(book, since=since, until=until) or [since]
    there = _there_often.ask(book, since=since, until=until, before=before)
    rows = _often.ask(book, since=since, until=until, people=there)
    return {contact: (talks, (last - first) / (talks - 1)) for contact, talks, first, last in rows}


@Question
def _furthest_read(book: Book) -> QuerySet[Interaction, dt.datetime]:
    talks = book.interactions.filter(occurred_at__range=(given("since"), given("until")))
    return talks.values_list("occurred_at", flat=True)[_DRIFT_TALKS_READ - 1 : _DRIFT_TALKS_READ]


@Question
def _there_often(book: Book) -> QuerySet[Any, int]:
    """Who was there often enough, whatever counts: an index alone says so, and of nearly all that they were not."""
    # Whoever was not seen since all this has no part in it: few are left, whose talks an index has in their order.
    silent = _silent(book).filter(last_interaction_at__gte=given("since")).order_by().values("pk")
    then = (given("since"), given("until"))
    links = Interaction.contacts.through.objects.filter(contact__in=silent, occurred_at__range=then)
    linked = links.values_list("contact", flat=True).annotate(links=Count("*"))
    return linked.filter(links__gte=DRIFT_TALKS).order_by()  # type: ignore[misc]


@Question
def _often(book: Book) -> QuerySet[Any, tuple[int, int, dt.datetime, dt.datetime]]:
    then = (given("since"), given("until"))
    links = Interaction.contacts.through.objects.filter(contact__in=given_ids("people"), occurred_at__range=then)
    counted = links.filter(interaction__counts_as_contact=True).values_list("contact")
    often = counted.annotate(talks=Count("interaction"), first=Min("occurred_at"), last=Max("occurred_at"))
    return often.filter(talks__gte=DRIFT_TALKS).order_by("-talks")[:200]  # type: ignore[misc]


def _drift(book: Book, contact: Contact, often: dict[int, tuple[int, dt.timedelta]]) -> Drift | None:
    """None where the silence is not long enough."""
    talks, gap = often.get(contact.pk, (0, dt.timedelta(days=DRIFT_DAYS)))
    last_on = timezone.localdate(contact.last_interaction_at, book.zone)
    days_since = (book.today - last_on).days
    is_long = days_since >= DRIFT_DAYS and days_since > DRIFT_GAPS * gap.days
    return Drift(contact, talks, last_on, days_since) if is_long or (contact.is_favorite and not talks) else None


@Question
def _without_note(book: Book, limit: int) -> InteractionQuerySet:
    past = book.interactions.past(book.now).filter(occurred_at__gte=given("since"))
    return past.filter(kind=Interaction.Kind.MEETING, body="")[:limit]


@Question
def _last_noted(book: Book) -> QuerySet[Any, tuple[int, dt.datetime | None]]:
    """By meeting and who was there, when something was written down last of them."""
    links = Interaction.contacts.through.objects
    # Greater than nothing: «unlike nothing» would be asked of all that any of them ever said.
    noted = links.filter(contact=OuterRef("contact"), interaction__body__gt="")
    lately = noted.filter(occurred_at__range=(given("since"), book.now)).order_by("-occurred_at").values("occurred_at")
    there = links.filter(interaction__in=given_ids("meetings")).order_by()
    return there.values_list("interaction", Subquery(lately[:1]))


def unnoted_meetings(book: Book, *, days: int = UNNOTED_DAYS, limit: int = 5) -> list[Interaction]:
    """Meetings of the last days of which nothing was written down, then or since, latest first."""
    return _with_people(book, _left_unnoted(book, days, limit))


def _left_unnoted(book: Book, days: int, limit: int) -> list[Interaction]:
    since = book.start_of(book.today - dt.timedelta(days=days))
    meetings = _without_note.ask(book, 3 * limit, since=since)
    held_at = {meeting.pk: meeting.occurred_at for meeting in meetings}
    noted = _last_noted.ask(book, since=since, meetings=list(held_at))
    are_noted = {meeting for meeting, at in noted if at and at > held_at[meeting]}
    return [meeting for meeting in meetings if meeting.pk not in are_noted][:limit]


@Question
def _with_one(book: Book, done: int) -> FollowUpQuerySet:
    theirs = book.follow_ups.filter(contact=given("contact"))
    lately = theirs.done().order_by("-done_at").values("pk")[:done]
    return theirs.filter(Q(done_at=None) | Q(pk__in=lately)).soonest_first()


def follow_ups_with(book: Book, contact: Contact, *, done: int) -> tuple[list[FollowUp], list[FollowUp]]:
    """All that is pending with one contact, soonest first, and the last that were done, at most `done`."""
    found = _with_one.ask(book, done, contact=contact.pk)
    lately = [(follow_up.done_at, follow_up) for follow_up in found if follow_up.done_at]
    lately.sort(key=itemgetter(0), reverse=True)
    return [follow_up for follow_up in found if not follow_up.is_done], [follow_up for _at, follow_up in lately]


# Read at most where the dashboard and its suggestions share what they ask.
_DATES_READ, _UNNOTED_READ = 30, 10


class Day:
    """What the dashboard and its suggestions both ask of one moment, read once."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @cached_property
    def language(self) -> str | None:
        """The one that is active: to be asked for each of hundreds, it takes long."""
        return translation.get_language()

    @cached_property
    def _meetings(self) -> tuple[list[Interaction], list[Interaction]]:
        """With the people of both, in one question."""
        planned = _planned_ahead(self.book, PLANNED_DAYS, PLANNED_READ)
        unnoted = _left_unnoted(self.book, UNNOTED_DAYS, _UNNOTED_READ)
        _with_people(self.book, [*planned, *unnoted])
        return planned, unnoted

    @property
    def planned(self) -> list[Interaction]:
        return self._meetings[0]

    @property
    def unnoted(self) -> list[Interaction]:
        return self._meetings[1]

    @cached_property
    def _dates(self) -> list[ComingDate]:
        days = max(DAYS_AHEAD, self.book.profile.dates_ahead_days)
        return coming_dates(self.book, days=days, limit=_DATES_READ)

    def dates(self, days: int) -> list[ComingDate]:
        """Birthdays and other dates of so many days, up to what the profile asks for, or `DAYS_AHEAD`."""
        return [date for date in self._dates if date.days_away <= days]

    def dates_to_suggest(self, most: int) -> list[ComingDate]:
        """The soonest of those that the profile asks for, of nobody who is paused."""
        book, days = self.book, self.book.profile.dates_ahead_days
        known = [date for date in self.dates(days) if not date.contact.is_paused(book.today)]
        are_all_known = len(self._dates) < _DATES_READ or self._dates[-1].days_away > days
        if are_all_known or len(known) >= most:
            return known[:most]
        return coming_dates(book, days=days, limit=most, with_paused=False)
