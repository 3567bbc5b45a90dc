"""What a calendar says becomes interactions, and follows it from then on.

An event that names somebody in the book, by mail, becomes a meeting with them. From then on only
what is still as the calendar said it follows: a title, a time or a person that the owner changed is
theirs. What the owner deleted does not come back. An event that was cancelled, or is gone from its
calendar before it took place, takes its meeting along; where something was written on that one, it
stays and no longer counts as contact.

The same event in two calendars is one meeting, and so is one that its owner had planned by hand, at
the same time with one of the same people. An event with many guests is no meeting with each of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from contacts.book import Book
from contacts.calendars.reading import DAYS_AHEAD, DAYS_BACK, Attendee, Occurrence, Reading
from contacts.models import CalendarEvent, CalendarSource, Contact, ContactMethod, FollowUp, Interaction

# More guests make it an assembly.
MOST_GUESTS = 30
# Events without anybody known are kept, to be attached by hand, but not by the thousand.
MOST_LEFT = 300
# Rows of events so far back that no reading can bring them again.
_FORGOTTEN_AFTER = dt.timedelta(days=2 * DAYS_BACK)
_CHUNK = 500

State = CalendarEvent.State


@dataclass
class Outcome:
    """What a reading changed, counted."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0


def apply(source: CalendarSource, reading: Reading, *, now: dt.datetime) -> Outcome:
    """Brings the owner's book in line with what was read. In a transaction."""
    sync = _Sync(source, now)
    sync.take(reading.occurrences)
    # A file that was uploaded holds what it holds; only a calendar that was read whole tells what is gone.
    if source.is_subscribed and reading.is_whole:
        sync.withdraw_missing(reading.unread)
    sync.finish()
    return sync.outcome


def match_again(source: CalendarSource, *, now: dt.datetime) -> Outcome:
    """Takes up the events that named nobody, where somebody of that address is in the book now."""
    sync = _Sync(source, now)
    sync.take([_as_occurrence(event) for event in source.events.without_people()])
    sync.finish()
    return sync.outcome


def attach(event: CalendarEvent, contact: Contact) -> Interaction:
    """Makes the event a meeting with `contact`, who is not among its guests. In a transaction."""
    talk = Interaction.objects.create(owner=event.source.owner, occurred_at=event.starts_at, title=event.title)
    talk.contacts.add(contact)
    event.state, event.interaction, event.contacts_put = State.TAKEN, talk, [contact.pk]
    event.save(update_fields=["state", "interaction", "contacts_put"])
    return talk


def remove(source: CalendarSource, *, now: dt.datetime) -> None:
    """Takes the calendar away with the meetings ahead that are still as it said them. In a transaction."""
    sync = _Sync(source, now)
    sync.withdraw_all()
    sync.finish()
    source.delete()


class _Sync:
    """One reading of one calendar: what is known is fetched at once, and written at once in the end."""

    def __init__(self, source: CalendarSource, now: dt.datetime) -> None:
        self.source, self.now = source, now
        self.book = Book(source.owner)
        self.outcome = Outcome()
        self.own_mails = source.own_mails
        source.events.filter(starts_at__lt=now - _FORGOTTEN_AFTER).delete()
        events = list(source.events.select_related("interaction"))
        self.events = {event.key: event for event in events}
        taken = [event.interaction_id for event in events if event.interaction_id]
        self.people = self._people_of(taken)
        self.promised_at, self.elsewhere_too = self._promised_at(taken), self._elsewhere_too(taken)
        self.seen: set[tuple[str, str]] = set()
        # What is to be written in the end.
        self.new: list[CalendarEvent] = []
        self.replaced: list[int] = []
        self.dirty: dict[int, CalendarEvent] = {}
        self.fresh: list[Interaction] = []
        self.talks: dict[int, Interaction] = {}
        self.gone: list[int] = []
        self.links: list[tuple[Interaction, int]] = []

    # --- Taking what was read ---------------------------------------------------------------------

    def take(self, occurrences: list[Occurrence]) -> None:
        mails = {guest.mail for occurrence in occurrences for guest in occurrence.attendees}
        mails |= {mail for event in self.events.values() for mail, *_rest in event.attendees}
        self.by_mail = self._contacts_by_mail(mails)
        self._follow_moved_series(occurrences)
        pending = [occurrence for occurrence in occurrences if self._is_pending(occurrence)]
        self.elsewhere = self._known_elsewhere(pending)
        self.by_hand = self._planned_by_hand(pending)
        for occurrence in occurrences:
            if occurrence.key not in self.seen:
                self.seen.add(occurrence.key)
                self._take(occurrence)

    def _is_pending(self, occurrence: Occurrence) -> bool:
        """Whether it may become a meeting now."""
        event = self.events.get(occurrence.key)
        return event is None or (event.interaction is None and event.state != State.TAKEN)

    def _take(self, occurrence: Occurrence) -> None:
        event = self.events.get(occurrence.key)
        is_off = occurrence.is_cancelled or any(
            guest.has_declined and guest.mail in self.own_mails for guest in occurrence.attendees
        )
        if is_off:
            if event:
                self._withdraw(event)
            return
        if event is None:
            event = CalendarEvent(source=self.source, uid=occurrence.uid, recurrence=occurrence.recurrence)
            event.state, event.starts_at, event.title = State.LEFT, occurrence.starts_at, occurrence.title
            self.new.append(event)
            self.events[occurrence.key] = event
        before = (event.state, event.interaction, list(event.contacts_put))
        if event.interaction:
            self._follow(event, event.interaction, occurrence)
        elif event.state != State.TAKEN:
            self._begin(event, occurrence)
        if event.pk and before != (event.state, event.interaction, event.contacts_put):
            self.dirty[event.pk] = event
        self._note(event, occurrence)

    def _begin(self, event: CalendarEvent, occurrence: Occurrence) -> None:
        """Makes it a meeting, where it is one with somebody known."""
        people = self._matched(occurrence.attendees)
        event.state = State.TAKEN if people else State.LEFT
        if not people:
            return
        if occurrence.key in self.elsewhere:
            # Also where it was deleted: it does not come back by another way.
            event.interaction, event.contacts_put = self.elsewhere[occurrence.key]
            return
        talk = self._by_hand(occurrence, people)
        if talk is None:
            talk = Interaction(owner=self.source.owner, occurred_at=occurrence.starts_at, title=occurrence.title)
            self.fresh.append(talk)
            self.links += [(talk, person) for person in people]
            self.outcome.added += 1
            event.contacts_put = people
        event.interaction = talk

    def _follow(self, event: CalendarEvent, talk: Interaction, occurrence: Occurrence) -> None:
        """Changes in the meeting what the calendar has changed and its owner has not."""
        before = (talk.occurred_at, talk.title, talk.counts_as_contact)
        if talk.occurred_at == event.starts_at:
            talk.occurred_at = occurrence.starts_at
        if talk.title == event.title:
            talk.title = occurrence.title
        if event.state == State.CANCELLED:
            event.state, talk.counts_as_contact = State.TAKEN, True
        if before != (talk.occurred_at, talk.title, talk.counts_as_contact):
            self.talks[talk.pk] = talk
            self.outcome.changed += 1
        self._follow_guests(event, talk, occurrence)

    def _follow_guests(self, event: CalendarEvent, talk: Interaction, occurrence: Occurrence) -> None:
        if not event.contacts_put:  # it was planned by hand, with whom its owner says
            return
        here = self.people[talk.pk]
        matched = self._matched(occurrence.attendees)
        come = [person for person in matched if person not in event.contacts_put]
        invited = {guest.mail for guest in occurrence.attendees if not guest.has_declined}
        left_out = {mail for mail, *_rest in event.attendees} - invited
        gone = {person for mail in left_out for person in self.by_mail[mail]} - set(matched)
        gone &= here & set(event.contacts_put)
        if gone and here - gone | set(come):
            Interaction.contacts.through.objects.filter(interaction=talk, contact__in=gone).delete()
            here -= gone
        self.links += [(talk, person) for person in come if person not in here]
        here.update(come)
        event.contacts_put = [person for person in event.contacts_put if person not in gone] + come

    def _note(self, event: CalendarEvent, occurrence: Occurrence) -> None:
        """Keeps what the calendar says now."""
        before = (event.starts_at, event.is_all_day, event.title, event.attendees)
        event.starts_at, event.is_all_day = occurrence.starts_at, occurrence.is_all_day
        event.title = occurrence.title
        guests = [guest for guest in occurrence.attendees if guest.mail not in self.own_mails]
        event.attendees = [[guest.mail, guest.name, guest.has_declined] for guest in guests[: MOST_GUESTS + 1]]
        if event.pk and before != (event.starts_at, event.is_all_day, event.title, event.attendees):
            self.dirty[event.pk] = event

    def _matched(self, attendees: Iterable[Attendee]) -> list[int]:
        """The contacts whom an event is with; nobody where it is an assembly."""
        guests = [guest for guest in attendees if guest.mail not in self.own_mails]
        if len(guests) > MOST_GUESTS:
            return []
        coming = (guest.mail for guest in guests if not guest.has_declined)
        return list(dict.fromkeys(person for mail in coming for person in self.by_mail[mail]))

    # --- Taking back ------------------------------------------------------------------------------

    def withdraw_missing(self, unread: set[str]) -> None:
        """What lies ahead and was not among what was read is off, unless it could not be read."""
        last = self.now + dt.timedelta(days=DAYS_AHEAD - 1)
        for event in list(self.events.values()):
            if event.key in self.seen or event.uid in unread or not self.now < event.starts_at <= last:
                continue
            self._withdraw(event)

    def withdraw_all(self) -> None:
        for event in list(self.events.values()):
            if event.starts_at > self.now:
                self._withdraw(event)

    def _withdraw(self, event: CalendarEvent) -> None:
        talk = event.interaction
        if talk is None and event.state == State.TAKEN:
            return
        if event.state == State.CANCELLED:
            return
        event.state = State.CANCELLED
        if event.pk:
            self.dirty[event.pk] = event
        if talk is None or talk.pk in self.elsewhere_too:
            event.interaction = None
            return
        self.outcome.withdrawn += 1
        if talk.pk in self.promised_at or event.is_touched(self.people[talk.pk]):
            talk.counts_as_contact = False
            self.talks[talk.pk] = talk
        else:
            event.interaction = None
            self.talks.pop(talk.pk, None)
            self.gone.append(talk.pk)

    # --- Writing ----------------------------------------------------------------------------------

    def finish(self) -> None:
        """Writes what has come together, in as many queries for many as for few."""
        for chunk in _chunks(self.gone):
            Interaction.objects.filter(pk__in=chunk).delete()
        Interaction.objects.bulk_create(self.fresh, batch_size=_CHUNK)
        Interaction.objects.bulk_update(
            self.talks.values(), ["occurred_at", "title", "counts_as_contact"], batch_size=_CHUNK
        )
        through = Interaction.contacts.through
        links = [through(interaction_id=talk.pk, contact_id=person) for talk, person in self.links]
        through.objects.bulk_create(links, batch_size=_CHUNK, ignore_conflicts=True)
        for event in (*self.new, *self.dirty.values()):
            event.interaction = event.interaction  # takes over the key that it has got since
        CalendarEvent.objects.filter(pk__in=self.replaced).delete()
        CalendarEvent.objects.bulk_create(self._worth_keeping(), batch_size=_CHUNK)
        fields = ["starts_at", "is_all_day", "title", "attendees", "state", "interaction", "contacts_put"]
        CalendarEvent.objects.bulk_update(self.dirty.values(), fields, batch_size=_CHUNK)

    def _worth_keeping(self) -> list[CalendarEvent]:
        """The new events, of those without anybody known the nearest ones only."""
        left = [event for event in self.new if event.state == State.LEFT]
        nearest = sorted(left, key=lambda event: abs(event.starts_at - self.now))[:MOST_LEFT]
        return [event for event in self.new if event.state != State.LEFT] + nearest

    # --- What is known ----------------------------------------------------------------------------

    def _people_of(self, talks: list[int]) -> dict[int, set[int]]:
        people: dict[int, set[int]] = defaultdict(set)
        link = Interaction.contacts.through.objects
        for chunk in _chunks(talks):
            for talk, person in link.filter(interaction__in=chunk).values_list("interaction", "contact"):
                people[talk].add(person)
        return people

    def _promised_at(self, talks: list[int]) -> set[int]:
        """Those at which something was promised."""
        promised = FollowUp.objects.values_list("interaction", flat=True)
        return {talk for chunk in _chunks(talks) for talk in promised.filter(interaction__in=chunk) if talk}

    def _elsewhere_too(self, talks: list[int]) -> set[int]:
        """Those that another calendar has as well."""
        others = CalendarEvent.objects.exclude(source=self.source).exclude(state=State.CANCELLED)
        found = others.values_list("interaction", flat=True)
        return {talk for chunk in _chunks(talks) for talk in found.filter(interaction__in=chunk) if talk}

    def _contacts_by_mail(self, mails: set[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        known = self.book.methods.filter(kind=ContactMethod.Kind.EMAIL).order_by("pk")
        for chunk in _chunks(sorted(mails - self.own_mails)):
            for mail, person in known.filter(normalized__in=chunk).values_list("normalized", "contact"):
                found[mail].append(person)
        return found

    def _follow_moved_series(self, occurrences: list[Occurrence]) -> None:
        """Where a series is at another hour now, each of its times is the one of that day before."""
        zone = self.book.zone
        keys = {occurrence.key for occurrence in occurrences}
        orphans: dict[tuple[str, dt.date], CalendarEvent] = {}
        for event in self.events.values():
            if event.key not in keys:
                orphans.setdefault((event.uid, event.starts_at.astimezone(zone).date()), event)
        for occurrence in occurrences:
            if occurrence.key in self.events:
                continue
            day = (occurrence.uid, occurrence.starts_at.astimezone(zone).date())
            if day in orphans:
                event = orphans.pop(day)
                del self.events[event.key]
                self.replaced.append(event.pk)
                event.pk, event.recurrence = None, occurrence.recurrence
                self.new.append(event)
                self.events[event.key] = event

    def _known_elsewhere(
        self, occurrences: list[Occurrence]
    ) -> dict[tuple[str, str], tuple[Interaction | None, list[int]]]:
        """The same events as another calendar of the owner brought them."""
        found = {}
        others = self.book.calendar_events.exclude(source=self.source).filter(state=State.TAKEN)
        for chunk in _chunks(sorted({occurrence.uid for occurrence in occurrences})):
            for event in others.filter(uid__in=chunk).select_related("interaction"):
                found[event.key] = (event.interaction, event.contacts_put)
        return found

    def _planned_by_hand(self, occurrences: list[Occurrence]) -> dict[dt.datetime, list[tuple[Interaction, set[int]]]]:
        """Meetings that no calendar brought, by their time."""
        found = defaultdict(list)
        own = self.book.interactions.filter(kind=Interaction.Kind.MEETING, calendar_events=None)
        for chunk in _chunks(sorted({occurrence.starts_at for occurrence in occurrences if occurrence.attendees})):
            for talk in own.filter(occurred_at__in=chunk).prefetch_related("contacts"):
                found[talk.occurred_at].append((talk, {person.pk for person in talk.contacts.all()}))
        return found

    def _by_hand(self, occurrence: Occurrence, people: list[int]) -> Interaction | None:
        for talk, here in self.by_hand[occurrence.starts_at]:
            if here & set(people):
                self.by_hand[occurrence.starts_at].remove((talk, here))
                return talk
        return None


def _as_occurrence(event: CalendarEvent) -> Occurrence:
    return Occurrence(
        uid=event.uid,
        recurrence=event.recurrence,
        starts_at=event.starts_at,
        is_all_day=False,
        title=event.title,
        attendees=tuple(Attendee(*guest) for guest in event.attendees),
        is_cancelled=False,
    )


def _chunks(values: list) -> Iterable[list]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
