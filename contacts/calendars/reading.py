"""What a calendar file says of the days around now, whoever wrote it.

The file is somebody else's: it is read line by line first, in one pass, and bounded there; only
what an event needs reaches `icalendar`, an event at a time, so that one that is broken is counted
and stops no other. Its own time zones are not built (see `zones`), its rules are walked within the
window only (see `recurrence`).

Floating times and times without a zone are the owner's; an all-day event is at noon where the
owner lives, so that it is ahead on the morning of its day. `RANGE=THISANDFUTURE`, which no large
program writes, counts for its one occurrence.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from icalendar import Event

from contacts.calendars import recurrence
from contacts.calendars.zones import Zones, known

MOST_BYTES = 5 * 1024 * 1024
MOST_EVENTS = 20_000
MOST_OCCURRENCES = 2_000
DAYS_BACK, DAYS_AHEAD = 30, 90
# What all rules of a file together may walk over, and all of it that is read closely: seconds each.
_MOST_DAYS_WALKED = 400_000
_MOST_BYTES_READ = 1_500_000
_MOST_LINES_ALIKE = 200
# Longer ones are pictures and documents inside the file.
_LONGEST_LINE = 8_192
_DEEPEST = 6
_MOST_DATES = 2_000

Reason = Literal["empty", "web_page", "not_calendar", "too_large", "too_many_events", "too_deep"]


class UnreadableCalendarError(Exception):
    """The whole file is refused; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody whom the event names: `mail` in lower case."""

    mail: str
    name: str
    has_declined: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, or one time of a recurring one, by `uid` and `recurrence` (empty for one that does not recur)."""

    uid: str
    recurrence: str
    starts_at: dt.datetime
    is_all_day: bool
    title: str
    attendees: tuple[Attendee, ...]
    is_cancelled: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.uid, self.recurrence


@dataclass
class Reading:
    """What was found, soonest first; `is_whole` while nothing was cut off.

    `unreadable` counts the events that could not be read; `unread` are their UIDs, where they have one.
    """

    name: str = ""
    occurrences: list[Occurrence] = field(default_factory=list)
    unreadable: int = 0
    unread: set[str] = field(default_factory=set)
    is_whole: bool = True


def read(data: bytes, *, zone: ZoneInfo, now: dt.datetime) -> Reading:
    """Everything from `DAYS_BACK` to `DAYS_AHEAD` around `now`. Raises `UnreadableCalendarError`."""
    file = _File(data)
    window = (now - dt.timedelta(days=DAYS_BACK), now + dt.timedelta(days=DAYS_AHEAD))
    own = known(file.zone) or zone
    zones = Zones(own=own, described=file.zones, year=now.year)
    reader = _Reader(zones, own=own, owner=zone, window=window)
    reading = reader.read(file)
    reading.name = file.name
    return reading


# --- Lines --------------------------------------------------------------------------------------

_NEEDED = {b"UID", b"DTSTART", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID", b"SUMMARY", b"STATUS", b"SEQUENCE"}
_NEEDED |= {b"ATTENDEE", b"ORGANIZER"}
_NAME = re.compile(rb"[A-Za-z0-9-]+")
# The zone of a time is kept under a name that means nothing to `icalendar`, which would look it up.
_TZID = re.compile(rb";TZID=", re.IGNORECASE)
_BREAK = re.compile(rb"[\r\n]+")
_DAY = re.compile(rb":(\d{8})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class _File:
    """The lines of a file that count, by event; everything else is passed over."""

    def __init__(self, data: bytes) -> None:
        self.name = self.zone = ""
        self.zones: dict[str, bytes] = {}
        self.events: list[list[bytes]] = []
        self.is_cancellation = False
        self._stack: list[bytes] = []
        self._block: list[bytes] = []
        self._alike: Counter[bytes] = Counter()
        for line in _logical_lines(_checked(data)):
            self._take(line)

    def _take(self, line: bytes) -> None:
        found = _NAME.match(line)
        if not found:
            return
        name = found[0].upper()
        if name == b"BEGIN":
            self._begin(line[found.end() + 1 :].strip().upper())
        elif name == b"END":
            self._end(line[found.end() + 1 :].strip().upper())
        elif self._stack == [b"VCALENDAR", b"VEVENT"]:
            self._alike[name] += 1
            if name in _NEEDED and self._alike[name] <= _MOST_LINES_ALIKE:
                self._block.append(_TZID.sub(b";X-ZONE=", line, count=1) if name != b"SUMMARY" else line)
        elif self._stack[:2] == [b"VCALENDAR", b"VTIMEZONE"]:
            self._block.append(line)
        elif self._stack == [b"VCALENDAR"]:
            self._head(name, line[found.end() :].partition(b":")[2])

    def _begin(self, kind: bytes) -> None:
        self._stack.append(kind)
        if len(self._stack) > _DEEPEST:
            raise UnreadableCalendarError("too_deep")
        if len(self._stack) == 2:
            self._block, self._alike = [], Counter()

    def _end(self, kind: bytes) -> None:
        if kind not in self._stack:
            return
        # An END that is missing ends with the one around it.
        while self._stack[-1] != kind:
            self._stack.pop()
        self._stack.pop()
        if self._stack != [b"VCALENDAR"]:
            return
        if kind == b"VEVENT":
            self.events.append(self._block)
            if len(self.events) > MOST_EVENTS:
                raise UnreadableCalendarError("too_many_events")
        elif kind == b"VTIMEZONE" and len(self.zones) < 100:
            names = [line.partition(b":")[2] for line in self._block if line.upper().startswith(b"TZID")]
            self.zones[_plain(names[0]) if names else ""] = b"\n".join(self._block)
        self._block = []

    def _head(self, name: bytes, value: bytes) -> None:
        if name == b"X-WR-CALNAME" or (name == b"NAME" and not self.name):
            self.name = _clean(_plain(value).replace("\\,", ",").replace("\\;", ";"))[:100]
        elif name == b"X-WR-TIMEZONE":
            self.zone = _plain(value)
        elif name == b"METHOD":
            self.is_cancellation = value.strip().upper() == b"CANCEL"


def _checked(data: bytes) -> bytes:
    """In UTF-8, from the first line of the calendar on."""
    if len(data) > MOST_BYTES:
        raise UnreadableCalendarError("too_large")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not data:
        raise UnreadableCalendarError("empty")
    if data[:15].upper() != b"BEGIN:VCALENDAR":
        raise UnreadableCalendarError("web_page" if data[:1] == b"<" else "not_calendar")
    return data


def _logical_lines(data: bytes) -> Iterator[bytes]:
    """Lines with their continuations joined; one that is too long is left out."""
    parts: list[bytes] = []
    length = 0
    for line in _BREAK.split(data):
        if line[:1] in (b" ", b"\t"):
            length += len(line)
            if length <= _LONGEST_LINE:
                parts.append(line[1:])
            continue
        if parts and length <= _LONGEST_LINE:
            yield b"".join(parts)
        parts, length = [line], len(line)
    if parts and length <= _LONGEST_LINE:
        yield b"".join(parts)


def _plain(value: bytes) -> str:
    try:
        return value.decode().strip().strip('"')
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace").strip().strip('"')


def _clean(text: str) -> str:
    """On one line, and without what no database keeps."""
    return " ".join(_CONTROL.sub(" ", text).split())


# --- Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """An event of the file; `original` is the time that it takes the place of, if it does."""

    event: Any
    uid: str
    start: dt.date | dt.datetime
    zone: dt.tzinfo
    original: str
    sequence: int


class _Reader:
    """Reads events with the zones of their file; `own` is the file's own zone, `owner` the reader's."""

    def __init__(
        self, zones: Zones, *, own: ZoneInfo, owner: ZoneInfo, window: tuple[dt.datetime, dt.datetime]
    ) -> None:
        self.zones, self.own, self.owner, self.window = zones, own, owner, window
        self.budget = recurrence.Budget(_MOST_DAYS_WALKED)
        self.bytes_left = _MOST_BYTES_READ
        self.reading = Reading()
        self.days = tuple(moment.strftime("%Y%m%d").encode() for moment in self._around(2))

    def read(self, file: _File) -> Reading:
        masters: dict[str, _Read] = {}
        overrides: dict[tuple[str, str], _Read] = {}
        for block in file.events:
            read = self._event(block) if self._may_matter(block) and self._is_affordable(block) else None
            if read is None:
                continue
            if read.original:
                _keep_latest(overrides, (read.uid, read.original), read)
            else:
                _keep_latest(masters, read.uid, read)
        found = [*self._of_masters(masters, overrides), *self._of_overrides(overrides)]
        if file.is_cancellation:
            found = [replace(occurrence, is_cancelled=True) for occurrence in found]
        found.sort(key=lambda occurrence: (occurrence.starts_at, occurrence.uid, occurrence.recurrence))
        self.reading.is_whole = self.reading.is_whole and len(found) <= MOST_OCCURRENCES
        self.reading.occurrences = found[:MOST_OCCURRENCES]
        return self.reading

    def _around(self, days: int) -> tuple[dt.datetime, dt.datetime]:
        first, last = self.window
        return first - dt.timedelta(days=days), last + dt.timedelta(days=days)

    def _may_matter(self, block: list[bytes]) -> bool:
        """Whether the event recurs or is near: years of past ones are not worth reading whole."""
        first, last = self.days
        has_time = False
        for line in block:
            name = line[:13].upper()
            if name.startswith((b"RRULE", b"RDATE")):
                return True
            if name.startswith((b"DTSTART", b"RECURRENCE-ID")):
                day, has_time = _DAY.search(line), True
                if day is None or first <= day[1] <= last:
                    return True
        return not has_time

    def _is_affordable(self, block: list[bytes]) -> bool:
        self.bytes_left -= sum(map(len, block))
        self.reading.is_whole &= self.bytes_left >= 0
        return self.bytes_left >= 0

    def _give_up(self, uid: str) -> None:
        self.reading.unreadable += 1
        self.reading.unread.add(uid)

    def _event(self, block: list[bytes]) -> _Read | None:
        try:
            lines = [_plain(line) if not line.isascii() else line.decode() for line in block]
            event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]))
            assert isinstance(event, Event)
            start, zone = self._time(event["DTSTART"])
            original = self._key(*self._time(event["RECURRENCE-ID"])) if "RECURRENCE-ID" in event else ""
            return _Read(event, _uid(block), start, zone, original, _number(event.get("SEQUENCE", 0)))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, AssertionError):
            self._give_up(_uid(block))
            return None

    def _time(self, value: Any) -> tuple[dt.date | dt.datetime, dt.tzinfo]:
        """A day, or what a clock shows, and the zone of that clock."""
        if isinstance(value, list):
            value = value[0]
        moment, name = value.dt, str(value.params.get("X-ZONE", ""))
        if not isinstance(moment, dt.date):
            raise TypeError("This is no time.")
        if isinstance(moment, dt.datetime) and moment.tzinfo is not None:
            return moment.replace(tzinfo=None), moment.tzinfo
        return moment, self.zones.called(name) if name else self.own

    def _key(self, start: dt.date | dt.datetime, zone: dt.tzinfo) -> str:
        if not isinstance(start, dt.datetime):
            return start.strftime("%Y%m%d")
        return start.replace(tzinfo=zone).astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")

    def _of_masters(self, masters: dict[str, _Read], overrides: dict[tuple[str, str], _Read]) -> Iterator[Occurrence]:
        for uid, master in masters.items():
            if "RRULE" not in master.event and "RDATE" not in master.event:
                yield from self._occurrence(master, master.start, "")
                continue
            try:
                times = self._times(master)
            except (ValueError, TypeError, AttributeError, OverflowError):
                self._give_up(uid)
                continue
            for start in times:
                key = self._key(start, master.zone)
                if (uid, key) not in overrides:
                    yield from self._occurrence(master, start, key)

    def _of_overrides(self, overrides: dict[tuple[str, str], _Read]) -> Iterator[Occurrence]:
        for (_uid, key), override in overrides.items():
            yield from self._occurrence(override, override.start, key)

    def _times(self, master: _Read) -> Iterable[dt.date | dt.datetime]:
        """When it happens around the window, on its own clock, less the times that are taken out."""
        is_day = not isinstance(master.start, dt.datetime)
        start = dt.datetime.combine(master.start, dt.time()) if is_day else master.start
        assert isinstance(start, dt.datetime)
        first, last = (moment.astimezone(master.zone).replace(tzinfo=None) for moment in self._around(1))
        moments: set[dt.datetime] = set()
        for rule in _listed(master.event.get("RRULE")):
            text = rule.to_ical().decode()
            for moment in recurrence.occurrences(
                text, start, window=(first, last), zone=master.zone, budget=self.budget
            ):
                moments.add(moment)
                if len(moments) > MOST_OCCURRENCES:
                    raise recurrence.UnusableRuleError("This happens too often.")
        moments.update(self._dates(master, "RDATE", first, last))
        if first <= start <= last:
            moments.add(start)
        moments.difference_update(self._dates(master, "EXDATE", first, last))
        return [moment.date() if is_day else moment for moment in sorted(moments)]

    def _dates(self, master: _Read, name: str, first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
        """The listed times within the window, on the master's clock; for a day, its beginning."""
        seen = 0
        for values in _listed(master.event.get(name)):
            for value in getattr(values, "dts", ()):
                seen += 1
                if seen > _MOST_DATES:
                    raise recurrence.UnusableRuleError("This event has too many dates of its own.")
                moment = value.dt[0] if isinstance(value.dt, tuple) else value.dt
                on_clock = self._on_clock(moment, str(values.params.get("X-ZONE", "")), master)
                if first <= on_clock <= last:
                    yield on_clock

    def _on_clock(self, moment: dt.date | dt.datetime, zone: str, master: _Read) -> dt.datetime:
        if not isinstance(moment, dt.datetime):
            time = master.start.time() if isinstance(master.start, dt.datetime) else dt.time()
            return dt.datetime.combine(moment, time)
        if not isinstance(master.start, dt.datetime):
            return dt.datetime.combine(moment.date(), dt.time())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zones.called(zone) if zone else master.zone)
        return moment.astimezone(master.zone).replace(tzinfo=None)

    def _occurrence(self, read: _Read, start: dt.date | dt.datetime, key: str) -> Iterator[Occurrence]:
        """What happens at `start`, if that is within the window."""
        is_all_day = not isinstance(start, dt.datetime)
        if isinstance(start, dt.datetime):
            starts_at = start.replace(tzinfo=read.zone).astimezone(dt.UTC)
        else:
            starts_at = dt.datetime.combine(start, dt.time(12), tzinfo=self.owner).astimezone(dt.UTC)
        if not self.window[0] <= starts_at <= self.window[1]:
            return
        yield Occurrence(
            uid=read.uid,
            recurrence=key,
            starts_at=starts_at,
            is_all_day=is_all_day,
            title=_clean(str(read.event.get("SUMMARY", "")))[:200],
            attendees=tuple(_attendees(read.event)),
            is_cancelled=str(read.event.get("STATUS", "")).strip().upper() == "CANCELLED",
        )


def _uid(block: list[bytes]) -> str:
    """What identifies the event whose lines these are; one that has no UID is its own content."""
    for line in block:
        if line[:3].upper() == b"UID":
            uid = _clean(_plain(line.partition(b":")[2]))
            if uid:
                return uid if len(uid) <= 200 else hashlib.sha256(uid.encode()).hexdigest()
    return f"no-uid-{hashlib.sha256(b''.join(block)).hexdigest()[:32]}"


def _keep_latest(kept: dict[Any, _Read], key: Any, read: _Read) -> None:
    if key not in kept or read.sequence >= kept[key].sequence:
        kept[key] = read


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


_MAIL = re.compile(r"[^\s@<>:\"\x00]{1,64}@[^\s@<>\"\x00]{1,255}")


def _attendees(event: Any) -> Iterator[Attendee]:
    """The people that an event names, each once; rooms and equipment are none."""
    seen: set[str] = set()
    people = [*_listed(event.get("ORGANIZER"))[:1], *_listed(event.get("ATTENDEE"))]
    status: dict[str, str] = {}
    for person in people:
        mail = _mail(person)
        if mail:
            status[mail] = str(person.params.get("PARTSTAT", "")).upper() or status.get(mail, "")
    for person in people:
        mail = _mail(person)
        kind = str(person.params.get("CUTYPE", "")).upper()
        if mail and mail not in seen and kind not in ("ROOM", "RESOURCE"):
            seen.add(mail)
            name = _clean(str(person.params.get("CN", "")))[:100]
            yield Attendee(mail, "" if name.lower() == mail else name, status[mail] == "DECLINED")


def _mail(person: Any) -> str:
    """The address of an attendee, in lower case: that of the URI, else the one given beside it."""
    for text in (str(person).strip(), str(getattr(person, "params", {}).get("EMAIL", ""))):
        address = text[7:] if text[:7].lower() == "mailto:" else text
        if _MAIL.fullmatch(address.strip()):
            return address.strip().lower()
    return ""
