"""What is read in a calendar file, whoever wrote it: times, zones, repetitions, guests; and what is refused."""

import contextlib
import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from contacts.calendars import reading
from contacts.calendars.reading import UnreadableCalendarError
from contacts.tests.icalendar_files import calendar, event, guest

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)


def read(*events, head="", zone=PARIS):
    return reading.read(calendar(*events, head=head), zone=zone, now=NOW)


def times(*events, head="", zone=PARIS):
    """When something happens, as a clock in Paris shows it."""
    return [
        o.starts_at.astimezone(PARIS).strftime("%m-%d %H:%M") for o in read(*events, head=head, zone=zone).occurrences
    ]


# --- Times and zones ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("20261125T090000Z", "11-25 10:00"),
        ("20261125T100000", "11-25 10:00"),  # floating: the owner's
        ("DTSTART;TZID=Europe/Paris:20261125T100000", "11-25 10:00"),
        ("DTSTART;TZID=America/New_York:20261125T040000", "11-25 10:00"),
        ('DTSTART;TZID="America/New_York":20261125T040000', "11-25 10:00"),
        ("DTSTART;TZID=Romance Standard Time:20261125T100000", "11-25 10:00"),  # Outlook
        ("DTSTART;TZID=Eastern Standard Time:20261125T040000", "11-25 10:00"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20261125T040000", "11-25 10:00"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20261125T040000", "11-25 10:00"),
        ("DTSTART;TZID=Nowhere at all:20261125T100000", "11-25 10:00"),  # unknown: the owner's
        ("DTSTART;TZID=../../../etc/passwd:20261125T100000", "11-25 10:00"),
        ("DTSTART;VALUE=DATE:20261125", "11-25 12:00"),  # all day: at noon
    ],
)
def test_a_time_is_the_moment_that_its_program_meant(start, expected):
    assert times(event(start=start)) == [expected]


def test_a_zone_that_is_only_described_is_the_one_with_the_same_offsets():
    description = (
        "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n"
        "BEGIN:STANDARD\r\nDTSTART:16011104T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:16010311T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nEND:DAYLIGHT\r\n"
        "END:VTIMEZONE\r\n"
    )
    start = "DTSTART;TZID=Customized Time Zone:20261125T040000"
    assert times(event(start=start), head=description) == ["11-25 10:00"]


def test_a_file_does_not_decide_what_a_known_zone_is_here_or_in_the_next_file():
    lie = (
        "BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+1100\r\nTZOFFSETTO:+1100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    for name in ("Europe/Paris", "Mine alone"):
        start = f"DTSTART;TZID={name}:20261125T100000"
        first = times(event(start=start), head=lie.format(name=name))
        assert first == (["11-25 10:00"] if name == "Europe/Paris" else ["11-25 00:00"])
        assert times(event(start=start)) == ["11-25 10:00"]


def test_the_files_own_zone_is_that_of_its_floating_times():
    assert times(event(start="20261125T040000"), head="X-WR-TIMEZONE:America/New_York\r\n") == ["11-25 10:00"]


# --- Repetitions --------------------------------------------------------------------------------


def test_a_weekly_meeting_keeps_its_hour_when_clocks_change():
    weekly = event(
        start="DTSTART;TZID=Europe/Paris:20260105T100000", RRULE="FREQ=WEEKLY;BYDAY=MO;UNTIL=20261207T090000Z"
    )
    found = read(weekly).occurrences
    assert [o.starts_at.astimezone(PARIS).hour for o in found] == [10] * 7
    assert found[0].starts_at.astimezone(PARIS).date() == dt.date(2026, 10, 26)
    assert found[-1].starts_at.astimezone(PARIS).date() == dt.date(2026, 12, 7)
    assert len({o.recurrence for o in found}) == 7


def test_days_taken_out_moved_added_and_cancelled_are_followed():
    start = "DTSTART;TZID=Europe/Paris:20261123T100000"
    series = event(
        start=start,
        RRULE="FREQ=WEEKLY;COUNT=5",
        EXDATE=";TZID=Europe/Paris:20261130T100000",
        RDATE=";TZID=Europe/Paris:20261203T150000",
        SUMMARY="Weekly",
    )
    moved = event(start="DTSTART;TZID=Europe/Paris:20261208T110000", RECURRENCE_ID=";TZID=Europe/Paris:20261207T100000")
    off = event(start="DTSTART;TZID=Europe/Paris:20261214T100000", RECURRENCE_ID="20261214T090000Z", STATUS="CANCELLED")
    found = read(series, moved, off).occurrences
    assert times(series, moved, off) == ["11-23 10:00", "12-03 15:00", "12-08 11:00", "12-14 10:00", "12-21 10:00"]
    assert [o.is_cancelled for o in found] == [False, False, False, True, False]
    assert found[2].recurrence == "20261207T090000Z"


def test_the_latest_version_of_an_event_counts():
    found = read(event(SEQUENCE="2", SUMMARY="New"), event(SEQUENCE="1", SUMMARY="Old")).occurrences
    assert [o.title for o in found] == ["New"]


_RULES = st.builds(
    lambda freq, interval, extra: ";".join(filter(None, [f"FREQ={freq}", f"INTERVAL={interval}", extra])),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.sampled_from(
        (
            *("", "COUNT=3", "COUNT=40", "UNTIL=20261215T120000Z", "BYDAY=MO,WE", "BYDAY=-1FR", "BYMONTHDAY=-1"),
            *("BYMONTHDAY=13", "BYMONTH=12", "BYMONTH=2;BYMONTHDAY=29", "BYDAY=2TU;BYMONTH=1", "BYYEARDAY=-10"),
            *("BYSETPOS=-1;BYDAY=MO,TU,WE", "WKST=SU;BYDAY=SU,MO"),
        )
    ),
)


@hypothesis_settings(max_examples=150)
@given(
    start=st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2026, 12, 1)).map(
        lambda m: m.replace(second=0, microsecond=0)
    ),
    rule=_RULES,
)
def test_a_rule_falls_where_another_library_says(start, rule):
    # A number before a weekday means something by the month and the year only.
    assume(not (("BYDAY=-1" in rule or "BYDAY=2" in rule) and ("DAILY" in rule or "WEEKLY" in rule)))
    assume(not ("BYMONTHDAY" in rule and "WEEKLY" in rule) and not ("BYYEARDAY" in rule and "YEARLY" not in rule))
    assume(not ("BYSETPOS" in rule and "DAILY" in rule))
    file = calendar(event(start=f"DTSTART;TZID=Europe/Paris:{start:%Y%m%dT%H%M%S}", RRULE=rule))
    mine = [o.starts_at for o in reading.read(file, zone=PARIS, now=NOW).occurrences]
    first, last = NOW - dt.timedelta(days=reading.DAYS_BACK), NOW + dt.timedelta(days=reading.DAYS_AHEAD)
    theirs = recurring_ical_events.of(Calendar.from_ical(file)).between(first, last + dt.timedelta(days=1))
    expected = sorted(each["DTSTART"].dt.astimezone(dt.UTC) for each in theirs)
    assert mine == [moment for moment in expected if first <= moment <= last]


# --- Guests and words ---------------------------------------------------------------------------


def test_guests_are_known_by_their_mail_however_it_is_written():
    (found,) = read(
        event(
            ORGANIZER=guest("BOSS@Example.org", CN='"Boss, The"'),
            ATTENDEE=[
                guest("helene@example.org", CN="Hélène", PARTSTAT="DECLINED"),
                guest("boss@example.org"),
                guest("room@example.org", CUTYPE="ROOM"),
                ";CN=Paul;EMAIL=paul@example.org:urn:uuid:1234",
                ":invalid:nomail",
                ":mailto:not an address",
            ],
        )
    ).occurrences
    assert [(g.mail, g.name, g.has_declined) for g in found.attendees] == [
        ("boss@example.org", "Boss, The", False),
        ("helene@example.org", "Hélène", True),
        ("paul@example.org", "Paul", False),
    ]


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        ("Lunch\\, then\\; talk\\nagain", "Lunch, then; talk again"),
        ("a\x00b\x07c\u2028d", "a b c d"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 1000, "x" * 200),
        ("folded\r\n  here", "folded here"),
    ],
)
def test_a_title_is_one_line_of_text(summary, title):
    assert read(event(SUMMARY=summary)).occurrences[0].title == title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_whatever_a_program_writes_in(encoding):
    data = calendar(event(SUMMARY="Déjeuner")).decode().encode(encoding)
    assert reading.read(data, zone=PARIS, now=NOW).occurrences[0].title == "Déjeuner"


def test_only_what_is_near_is_read():
    assert times(event(start="20261023T080000Z"), event("two", start="20270222T080000Z")) == []
    assert len(times(event(start="20261025T080000Z"), event("two", start="20270220T080000Z"))) == 2


def test_one_broken_event_is_counted_and_stops_no_other():
    broken = [
        event("a", start=""),
        event("b", start="tomorrow"),
        event("c", RRULE="FREQ=SOMETIMES"),
        event("d", RECURRENCE_ID="never"),
        event("e", start="20261399T100000Z"),
    ]
    found = read(*broken, event("good", SUMMARY="Good"))
    assert [o.title for o in found.occurrences] == ["Good"]
    assert found.unreadable == 5
    assert found.unread == {"a", "b", "c", "d", "e"}


def test_lines_that_are_nonsense_are_passed_over():
    assert times("garbage\r\n:::\r\nEND:VALARM\r\nX;=:\r\n", event()) == ["11-25 11:00"]
    inside = event().replace("END:VEVENT", "BEGIN:VALARM\r\nTRIGGER:x\r\nDTSTART:19990101\r\nEND:VEVENT")
    assert times(inside, event("two")) == ["11-25 11:00", "11-25 11:00"]


# --- Harm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"<!doctype html><title>Sign in</title>", "web_page"),
        (b"\x89PNG\r\n", "not_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not_calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 5 * 1024 * 1024, "too_large"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 150_000, "too_many_events"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000, "too_deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_calendar_or_too_much_of_one_is_refused_with_the_reason(data, reason):
    with pytest.raises(UnreadableCalendarError) as refused:
        reading.read(data, zone=PARIS, now=NOW)
    assert refused.value.reason == reason


HOSTILE = {
    "a rule by the second": [event(RRULE="FREQ=SECONDLY")],
    "a rule without end": [event(start="19000101T000000Z", RRULE="FREQ=DAILY;COUNT=999999999")],
    "a rule that never matches": [event(start="20200101T000000Z", RRULE="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")],
    "a rule of many times a day": [
        event(RRULE="FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=" + ",".join(map(str, range(60))))
    ],
    "a rule of a great step": [event(RRULE=f"FREQ=WEEKLY;INTERVAL={10**12}")],
    "a rule of no step": [event(RRULE="FREQ=WEEKLY;INTERVAL=0")],
    "a long rule": [event(RRULE="FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 3000))],
    "the first and the last year": [
        event("a", start="00010101T000000Z", RRULE="FREQ=YEARLY"),
        event("b", start="99991231T235959Z", RRULE="FREQ=YEARLY"),
        event("c", start="99991231T235959", RRULE="FREQ=DAILY;UNTIL=00010101T000000Z"),
    ],
    "thousands of rules": [
        event(str(n), start="19010101T000000Z", RRULE="FREQ=DAILY;COUNT=99999") for n in range(3000)
    ],
    "thousands of guests": [event(ATTENDEE=[guest(f"g{n}@example.org") for n in range(50_000)])],
    "thousands of exceptions": [event(RRULE="FREQ=DAILY", EXDATE=[",".join(["20261201T100000Z"] * 300)] * 500)],
    "parameters upon parameters": [event(ATTENDEE=";X=a" * 1900 + ":mailto:a@example.org") for _ in range(300)],
    "quotation marks": [event(ATTENDEE=";CN=" + '\\"' * 3900 + ":mailto:a@example.org") for _ in range(300)],
    "half an address": [event(ATTENDEE=":mailto:" + "a@" * 3900) for _ in range(300)],
    "folds upon folds": [event(SUMMARY="\r\n a" * 500_000)],
    "empty lines": ["\r\n" * 2_000_000],
}


@pytest.mark.parametrize("events", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_made_to_do_harm_takes_seconds_at_most_and_raises_nothing(events):
    began = time.process_time()
    found = read(*events, event("good", SUMMARY="Good"))
    assert time.process_time() - began < 20
    assert len(found.occurrences) <= reading.MOST_OCCURRENCES
    assert "Good" in [o.title for o in found.occurrences] or not found.is_whole


def test_more_than_can_be_shown_is_cut_and_said():
    found = read(*(event(str(n)) for n in range(reading.MOST_OCCURRENCES + 1)))
    assert len(found.occurrences) == reading.MOST_OCCURRENCES
    assert not found.is_whole


def test_years_of_past_events_cost_nothing():
    old = [event(str(n), start="20160101T100000Z", DESCRIPTION="x" * 80) for n in range(15_000)]
    began = time.process_time()
    assert len(read(*old, event("good")).occurrences) == 1
    assert time.process_time() - began < 3


@hypothesis_settings(max_examples=150)
@given(st.data())
def test_any_damage_to_a_file_is_read_or_refused_and_never_an_error(data):
    whole = calendar(
        event(RRULE="FREQ=WEEKLY;COUNT=3", EXDATE="20261202T100000Z", ATTENDEE=[guest("a@example.org", CN='"A;B"')]),
        event("two", start="DTSTART;TZID=Europe/Paris:20261126T100000", RECURRENCE_ID="20261126T090000Z"),
        head="BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
    )
    at = data.draw(st.integers(15, len(whole)))
    junk = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"\r\n", b";", b":", b'"', b"99999999", b"\\", b","]))
    )
    cut = data.draw(st.integers(0, 30))
    with contextlib.suppress(UnreadableCalendarError):
        reading.read(whole[:at] + junk + whole[at + cut :], zone=PARIS, now=NOW)
