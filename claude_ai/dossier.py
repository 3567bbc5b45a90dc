"""What is known of a contact, as it is sent to Claude: nothing else leaves the machine.

`read` fetches the rows, a few at most; a `Dossier` is made of them, for Claude or for the rules.
Contact details (e-mail, phone, address) and contacts that are not shared are in neither the
fields nor, as far as they can be recognized, in the texts of one that is for Claude.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.db.models.functions import Length, Substr
from django.utils import timezone

from claude_ai.redaction import Redactor, redactor_of
from contacts import records, reminders
from contacts.book import Book
from contacts.models import Contact, FollowUp, ImportantDate, Interaction, Relationship
from contacts.models.interaction import InteractionQuerySet
from contacts.partial_dates import PartialDate
from contacts.records import Source
from contacts.reminders import ComingDate

# Claude's tokens hold three to four characters of prose; of French, of JSON and with the newer
# tokenizers fewer. Three keeps to the limit rather than to the average.
CHARACTERS_PER_TOKEN = 3
DAYS_AHEAD = 60

_LATEST, _LONGEST, _PLANNED = 30, 10, 5
_FOLLOW_UPS, _DONE, _DATES, _RELATIONSHIPS = 20, 5, 10, 20
# Shares of the whole, so that no text pushes all others out.
_NOTES_SHARE, _FIELD_SHARE, _TALK_SHARE, _LONG_TALK_SHARE = 0.25, 0.04, 0.08, 0.2
# What the latest interactions may take of the room that is left for interactions.
_LATEST_SHARE = 0.65
# Read beyond what is sent and then cut off, so that no name or detail is left half-recognized at the end.
_MARGIN = 500
_WORTH_SENDING = 60


class NotShared(Exception):  # noqa: N818  # says what is, not that something failed
    """The contact is kept from the AI: no dossier of theirs may be made for sending."""


# --- The records of a dossier: tuples and plain values only ------------------------------------


@dataclass(frozen=True)
class Person:
    ref: str
    name: str
    nickname: str
    organization: str
    job_title: str
    city: str
    country: str
    language: str
    tags: tuple[str, ...]
    birthday: PartialDate
    age: int | None
    deceased_on: dt.date | None
    met_on: dt.date | None
    met_through: str
    how_met: str
    keep_in_touch_every_days: int | None
    paused_until: dt.date | None
    last_contact_on: dt.date | None
    interactions_in_all: int
    notes: str
    is_cut: bool = False


@dataclass(frozen=True)
class Talk:
    """An interaction; `at` is where the owner lives."""

    ref: str
    kind: str
    at: dt.datetime
    title: str
    people: tuple[str, ...]
    text: str
    is_cut: bool = False


@dataclass(frozen=True)
class Promise:
    ref: str
    title: str
    owed_by: str
    due_on: dt.date | None
    done_on: dt.date | None


@dataclass(frozen=True)
class Day:
    """A date that is kept soon; a birthday's `ref` is the contact's."""

    ref: str
    label: str
    date: PartialDate
    next_on: dt.date
    days_away: int
    years: int | None
    is_birthday: bool


@dataclass(frozen=True)
class Tie:
    """What somebody else is to the contact."""

    ref: str
    kind: str
    name: str


Record = Person | Talk | Promise | Day | Tie


@dataclass(frozen=True)
class Dossier:
    today: dt.date
    person: Person
    planned: tuple[Talk, ...]
    open_follow_ups: tuple[Promise, ...]
    done_follow_ups: tuple[Promise, ...]
    coming_dates: tuple[Day, ...]
    relationships: tuple[Tie, ...]
    interactions: tuple[Talk, ...]
    is_for_claude: bool

    def as_json(self) -> str:
        """The same for the same records; no text in it can close a tag that stands around it."""
        return dump({f.name: getattr(self, f.name) for f in fields(self) if f.name != "is_for_claude"})

    @cached_property
    def hash(self) -> str:
        return sha256(self.as_json().encode()).hexdigest()

    @cached_property
    def records(self) -> dict[str, tuple[Record, ...]]:
        """By reference; a birthday and its contact share one."""
        by_ref: dict[str, tuple[Record, ...]] = {}
        for record in self._all():
            by_ref[record.ref] = (*by_ref.get(record.ref, ()), record)
        return by_ref

    @property
    def digests(self) -> dict[str, str]:
        """Tells which records have changed, without holding them."""
        return {ref: sha256(dump(records).encode()).hexdigest()[:16] for ref, records in self.records.items()}

    def _all(self) -> Iterator[Record]:
        yield self.person
        for talks in (self.planned, self.interactions):
            yield from talks
        for promises in (self.open_follow_ups, self.done_follow_ups):
            yield from promises
        yield from self.coming_dates
        yield from self.relationships


def leaves(value: Any) -> Iterator[str]:
    """Every value in a record as it is sent, without the names of the fields."""
    plain = _plain(value)
    if isinstance(plain, dict):
        for item in plain.values():
            yield from leaves(item)
    elif isinstance(plain, list):
        for item in plain:
            yield from leaves(item)
    else:
        yield str(plain)


def dump(value: Any) -> str:
    """Compact JSON of records, of which no text can open or close a tag."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    # Outside of strings JSON has none of these.
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _plain(value: Any) -> Any:
    """What JSON can hold; fields that say nothing are left out."""
    if isinstance(value, PartialDate):
        return _iso(value)
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item or (item == 0 and item is not False)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes")[:16]
    return value.isoformat() if isinstance(value, dt.date) else value


def _iso(date: PartialDate) -> str:
    """`1984-12-02`, `1984-12`, `1984`; without its year `--12-02` or `--12`."""
    month_and_day = "-".join(f"{part:02}" for part in (date.month, date.day) if part)
    if not date.year:
        return f"--{month_and_day}" if month_and_day else ""
    return f"{date.year:04}-{month_and_day}" if month_and_day else f"{date.year:04}"


# --- Reading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """What one dossier is made of, fetched in a constant number of queries."""

    book: Book
    contact: Contact
    organization: str
    met_through: Contact | None
    tags: tuple[str, ...]
    planned: list[Interaction]
    latest: list[Interaction]
    longest: list[Interaction]
    in_all: int
    open_follow_ups: list[FollowUp]
    done_follow_ups: list[FollowUp]
    dates: list[ComingDate]
    relationships: list[tuple[int, Contact, str]]

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Where each record is found, with its own words: for the page, never for Claude."""
        talks = (*self.planned, *self.latest, *self.longest)
        found = [records.of_contact(self.contact)]
        found += [records.of_interaction(talk, self.book.zone) for talk in talks]
        found += [records.of_follow_up(promise) for promise in (*self.open_follow_ups, *self.done_follow_ups)]
        found += [
            records.of_date(date.source, date.on) for date in self.dates if isinstance(date.source, ImportantDate)
        ]
        found += [
            records.of_relationship(pk, other=other, kind=kind, seen_from=self.contact)
            for pk, other, kind in self.relationships
        ]
        return {source.ref: source for source in found}


def read(book: Book, contact: Contact) -> Rows:
    past = book.interactions.filter(contacts=contact).past(book.now)
    latest = list(_texts(book.interactions.latest_with(contact, _LATEST, until=book.now)))
    others = past.exclude(pk__in=[talk.pk for talk in latest]).exclude(body="")
    longest = list(_texts(others.order_by(Length("body").desc(), "-pk"))[:_LONGEST])
    planned = list(_texts(book.interactions.soonest_with(contact, _PLANNED, after=book.now)))
    people = Prefetch("contacts", Contact.objects.select_related("organization"))
    prefetch_related_objects([*planned, *latest, *longest], people)
    follow_ups = book.follow_ups.filter(contact=contact)
    return Rows(
        book=book,
        contact=contact,
        organization=str(contact.organization) if contact.organization_id else "",
        met_through=contact.met_through,
        tags=tuple(contact.tags.values_list("name", flat=True)),
        planned=planned,
        latest=latest,
        longest=longest,
        in_all=past.count(),
        open_follow_ups=list(follow_ups.open().soonest_first()[:_FOLLOW_UPS]),
        done_follow_ups=list(follow_ups.done().order_by("-done_at")[:_DONE]),
        dates=reminders.coming_dates(book, days=DAYS_AHEAD, contact=contact)[:_DATES],
        relationships=_relationships(book, contact),
    )


def _texts(talks: InteractionQuerySet) -> InteractionQuerySet:
    """As much of each text as could be sent: one may be a whole book."""
    most = int(_characters() * _LONG_TALK_SHARE) + _MARGIN
    start = Substr("body", 1, most)
    return talks.only("kind", "occurred_at", "title", "counts_as_contact").annotate(start=start, length=Length("body"))


def _relationships(book: Book, contact: Contact) -> list[tuple[int, Contact, str]]:
    ties = book.relationships.around(contact).select_related("from_contact__organization", "to_contact__organization")
    return [(tie.pk, *_seen(tie, contact)) for tie in ties.order_by("pk")[:_RELATIONSHIPS]]


def _seen(tie: Relationship, contact: Contact) -> tuple[Contact, str]:
    other, kind = tie.seen_from(contact)
    return other, str(kind.label)


def _characters() -> int:
    return int(settings.CLAUDE_DOSSIER_TOKENS) * CHARACTERS_PER_TOKEN


# --- Building ---------------------------------------------------------------------------------


def for_claude(rows: Rows) -> Dossier:
    """What may be sent; raises `NotShared` for a contact that is kept from the AI."""
    if not rows.contact.share_with_ai:
        raise NotShared
    return _Builder(rows, clean=_redactor(rows).clean, is_shown=lambda other: other.share_with_ai).build(
        is_for_claude=True
    )


def for_rules(rows: Rows) -> Dossier:
    """The same with every name and word in it, for what is made here."""
    return _Builder(rows, clean=lambda text: text, is_shown=lambda other: True).build(is_for_claude=False)


def _redactor(rows: Rows) -> Redactor:
    contact = rows.contact
    linked = {person.pk for talk in (*rows.planned, *rows.latest, *rows.longest) for person in talk.contacts.all()}
    linked |= {other.pk for _pk, other, _kind in rows.relationships} | {contact.met_through_id or 0, contact.pk}
    own_names = [contact.name, contact.first_name, contact.last_name, contact.nickname]
    return redactor_of(rows.book, linked, allowed=[*own_names, rows.organization, contact.city, contact.country])


class _Purse:
    """How many characters are left to spend."""

    def __init__(self, characters: float) -> None:
        self.left = characters

    def buy(self, record: Record) -> bool:
        cost = len(dump(record)) + 1
        if cost > self.left:
            return False
        self.left -= cost
        return True


class _Builder:
    """Spends the characters on what matters most, in the order of `build`."""

    def __init__(self, rows: Rows, *, clean: Callable[[str], str], is_shown: Callable[[Contact], bool]) -> None:
        self.rows, self.book = rows, rows.book
        self.clean, self.is_shown = clean, is_shown
        self.total = _characters()
        # The names of the sections take some themselves.
        self.purse = _Purse(self.total - 200)

    def build(self, *, is_for_claude: bool) -> Dossier:
        rows = self.rows
        person = self._person()
        self.purse.left -= len(dump(person))
        return Dossier(
            today=self.book.today,
            person=person,
            planned=tuple(self._talks(rows.planned, self.purse, share=_TALK_SHARE)),
            open_follow_ups=self._bought(self._promise(promise) for promise in rows.open_follow_ups),
            done_follow_ups=self._bought(self._promise(promise) for promise in rows.done_follow_ups),
            coming_dates=self._bought(self._day(date) for date in rows.dates),
            relationships=self._bought(self._ties()),
            interactions=self._interactions(),
            is_for_claude=is_for_claude,
        )

    def _bought(self, records: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(record for record in records if self.purse.buy(record))

    def _person(self) -> Person:
        contact, rows = self.rows.contact, self.rows
        notes, is_cut = self._cut(self.clean(contact.notes), self.total * _NOTES_SHARE)
        through = rows.met_through
        last = contact.last_interaction_at
        return Person(
            ref=f"c{contact.pk}",
            name=contact.name,
            nickname=self._short(contact.nickname),
            organization=self._short(rows.organization),
            job_title=self._short(contact.job_title),
            city=self._short(contact.city),
            country=self._short(contact.country),
            language=self._short(contact.language),
            tags=tuple(self._short(tag) for tag in rows.tags[:20]),
            birthday=contact.birthday,
            age=contact.age_on(self.book.today),
            deceased_on=contact.deceased_on,
            met_on=contact.met_on,
            met_through=through.name if through and self.is_shown(through) else "",
            how_met=self._short(contact.how_met),
            keep_in_touch_every_days=contact.effective_cadence_days,
            paused_until=contact.paused_until if contact.is_paused(self.book.today) else None,
            last_contact_on=last and timezone.localdate(last, self.book.zone),
            interactions_in_all=rows.in_all,
            notes=notes,
            is_cut=is_cut,
        )

    def _promise(self, promise: FollowUp) -> Promise:
        return Promise(
            ref=f"f{promise.pk}",
            title=self._short(promise.title),
            owed_by=promise.owed_by,
            due_on=promise.due_on,
            done_on=promise.done_at and timezone.localdate(promise.done_at, self.book.zone),
        )

    def _day(self, date: ComingDate) -> Day:
        return Day(
            ref=f"c{date.contact.pk}" if date.is_birthday else f"d{date.source.pk}",
            label=self._short(date.label),
            date=date.date,
            next_on=date.on,
            days_away=date.days_away,
            years=date.years,
            is_birthday=date.is_birthday,
        )

    def _ties(self) -> Iterator[Tie]:
        for pk, other, kind in self.rows.relationships:
            if self.is_shown(other):
                yield Tie(f"r{pk}", kind, other.name)

    def _interactions(self) -> tuple[Talk, ...]:
        """The latest, and out of the older ones those with most to say; latest first."""
        rows = self.rows
        for_latest = _Purse(self.purse.left * (_LATEST_SHARE if rows.longest else 1))
        for_longest = self.purse.left - for_latest.left
        latest = list(self._talks(rows.latest, for_latest, share=_TALK_SHARE))
        rest = _Purse(for_longest + for_latest.left)
        longest = list(self._talks(rows.longest, rest, share=_LONG_TALK_SHARE))
        latest += self._talks(rows.latest[len(latest) :], rest, share=_TALK_SHARE)
        return tuple(sorted([*latest, *longest], key=lambda talk: (talk.at, talk.ref), reverse=True))

    def _talks(self, talks: list[Interaction], purse: _Purse, *, share: float) -> Iterator[Talk]:
        """Up to the first for which there is no room, even cut."""
        for talk in talks:
            record = self._talk(talk, most=min(self.total * share, purse.left))
            if not purse.buy(record):
                text, _is_cut = self._cut(record.text, purse.left - len(dump(replace(record, text=""))) - 40)
                record = replace(record, text=text, is_cut=True)
                if len(text) < _WORTH_SENDING or not purse.buy(record):
                    return
            yield record

    def _talk(self, talk: Interaction, *, most: float) -> Talk:
        start, length = talk.start, talk.length  # type: ignore[attr-defined]
        body = self.clean(start)
        if length > len(start):
            body = body[:-_MARGIN]
        text, is_cut = self._cut(body, most)
        people = [person for person in talk.contacts.all() if person.pk != self.rows.contact.pk]
        return Talk(
            ref=f"i{talk.pk}",
            kind=talk.kind,
            at=timezone.localtime(talk.occurred_at, self.book.zone),
            title=self._short(talk.title),
            people=tuple(person.name for person in people if self.is_shown(person))[:10],
            text=f"{text}…" if length > len(start) and not is_cut else text,
            is_cut=is_cut or length > len(start),
        )

    def _short(self, text: str) -> str:
        return self._cut(self.clean(text), self.total * _FIELD_SHARE)[0]

    @staticmethod
    def _cut(text: str, most: float) -> tuple[str, bool]:
        """As much of `text` as takes `most` characters when sent, and whether something is missing."""
        text = text.strip()
        kept = text[: max(int(most), 0)]
        while kept and len(dump(kept)) > most:
            kept = kept[: int(len(kept) * min(0.95, most / len(dump(kept))))]
        if kept == text:
            return text, False
        return f"{kept.rstrip()}…" if kept else "", True
