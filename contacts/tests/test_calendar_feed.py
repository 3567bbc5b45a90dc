"""The feed that calendar programs read: what is in it, when it recurs, and who gets it."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.contrib.sessions.models import Session
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from contacts.book import Book
from contacts.calendars.feed import Feed
from contacts.models import CalendarFeed, FollowUp, ImportantDate, Interaction, Profile
from contacts.tests.factories import (
    ContactFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
)
from contacts.views import calendar_feed

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
HX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


@pytest.fixture
def address(as_alice):
    """The address of Alice's feed, as the page shows it once."""
    return address_in(as_alice.post("/calendars/feed/address/", ALL | {"instead_of": ""}))


ALL = {"with_birthdays": "on", "with_dates": "on", "with_follow_ups": "on", "with_meetings": "on"}


def address_in(response):
    return re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', response.text).group(1)


@pytest.fixture
def program():
    """A calendar program: it can't sign in and keeps no cookies."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def events(program, address):
    """The events of the feed, as another program's reader sees them."""

    def events():
        response = program.get(address)
        assert response.status_code == 200
        return Calendar.from_ical(response.content).events

    return events


def days(event_or_calendar, first, last):
    """The days on which it falls between two days, by a library that has no part in writing it."""
    found = recurring_ical_events.of(event_or_calendar).between(first, last)
    return sorted(event["DTSTART"].dt for event in found)


def calendar_of(program, address):
    return Calendar.from_ical(program.get(address).content)


# --- What is in it ------------------------------------------------------------------------------


def test_a_birthday_is_an_all_day_event_of_every_year_since_the_birth(helene, events):
    helene.birthday_day, helene.birthday_month, helene.birthday_year = 2, 3, 1984
    helene.save()
    (event,) = events()
    assert event["SUMMARY"] == "Birthday: Hélène Martin"
    assert event["DESCRIPTION"] == "Year of birth: 1984"
    assert event["DTSTART"].dt == dt.date(1984, 3, 2)
    assert event["DTEND"].dt == dt.date(1984, 3, 3)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == f"http://localhost/contacts/{helene.pk}/"
    assert days(event, (2025, 1, 1), (2028, 1, 1)) == [dt.date(year, 3, 2) for year in (2025, 2026, 2027)]


def test_a_birthday_whose_year_is_unknown_begins_in_the_year_of_its_entry(helene, events, time_machine):
    helene.birthday_day, helene.birthday_month = 2, 3
    helene.save()
    time_machine.move_to(dt.datetime(2029, 1, 5, tzinfo=PARIS), tick=False)
    (event,) = events()
    assert event["DTSTART"].dt == dt.date(2026, 3, 2)
    assert "DESCRIPTION" not in event


@pytest.mark.parametrize(("on_1_march", "in_common_years"), [(False, (2, 28)), (True, (3, 1))])
@pytest.mark.parametrize("year", [None, 1992])
def test_29_february_falls_where_the_setting_says(helene, events, settings, on_1_march, in_common_years, year):
    settings.LEAP_DAY_FALLS_ON_1_MARCH = on_1_march
    helene.birthday_day, helene.birthday_month, helene.birthday_year = 29, 2, year
    helene.save()
    (event,) = events()
    expected = [helene.birthday.in_year(each) for each in range(2027, 2034)]
    assert days(event, (2027, 1, 1), (2034, 1, 1)) == expected
    assert expected[0] == dt.date(2027, *in_common_years)
    assert expected[1] == dt.date(2028, 2, 29)
    # The first day is itself one on which the rule falls: programs differ where it is not.
    assert event["DTSTART"].dt in days(event, event["DTSTART"].dt, event["DTSTART"].dt + dt.timedelta(days=1))


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)), year_is_known=st.booleans(), on_1_march=st.booleans())
def test_any_day_falls_in_a_calendar_where_the_dashboard_says(alice, helene, settings, day, year_is_known, on_1_march):
    settings.LEAP_DAY_FALLS_ON_1_MARCH = on_1_march
    ImportantDate.objects.all().delete()
    date = ImportantDateFactory(contact=helene, day=day.day, month=day.month, year=day.year if year_is_known else None)
    feed = Feed(Book(alice), CalendarFeed.of(alice), site="https://crm.example.org")
    (event,) = Calendar.from_ical(feed.to_ical()).events
    first = event["DTSTART"].dt
    assert days(event, (first.year + 1, 1, 1), (first.year + 6, 1, 1)) == [
        date.date.in_year(year) for year in range(first.year + 1, first.year + 6)
    ]
    assert first == date.date.in_year(first.year)
    if 1900 <= day.year < 3000 and year_is_known:
        assert first == day


def test_another_date_has_its_label_and_its_year(helene, events):
    ImportantDateFactory(contact=helene, label="Wedding", day=14, month=6, year=2015)
    (event,) = events()
    assert event["SUMMARY"] == "Wedding: Hélène Martin"
    assert event["DESCRIPTION"] == "The first one was in 2015."
    assert days(event, (2027, 1, 1), (2028, 1, 1)) == [dt.date(2027, 6, 14)]


def test_a_month_without_its_day_and_a_year_alone_are_left_out(helene, events):
    ImportantDateFactory(contact=helene, day=None, month=6, year=2015)
    helene.birthday_year, helene.birthday_month = 1984, 3
    helene.save()
    assert events() == []


def test_nothing_of_the_deceased_or_archived_recurs(alice, events):
    known = {"owner": alice, "birthday_day": 2, "birthday_month": 3}
    for person in (ContactFactory(deceased_on=NOW, **known), ContactFactory(is_archived=True, **known)):
        ImportantDateFactory(contact=person)
    assert events() == []


def test_what_is_not_shared_with_the_ai_is_the_owners_all_the_same(alice, events):
    ContactFactory(owner=alice, birthday_day=2, birthday_month=3, share_with_ai=False)
    assert len(events()) == 1


def test_an_open_follow_up_is_an_all_day_event_on_its_day(helene, events):
    FollowUpFactory(contact=helene, title="Send the quote", due_on=dt.date(2026, 11, 30))
    FollowUpFactory(contact=helene, title="Lend the book", due_on=dt.date(2026, 12, 1), owed_by="them")
    FollowUpFactory(contact=helene, title="Some day")
    FollowUpFactory(contact=helene, title="Sent", due_on=dt.date(2026, 11, 30), done_at=NOW)
    mine, theirs = events()
    assert mine["SUMMARY"] == "To do: Send the quote (Hélène Martin)"
    assert mine["DTSTART"].dt == dt.date(2026, 11, 30)
    assert theirs["SUMMARY"] == "Expected: Lend the book (Hélène Martin)"
    assert "RRULE" not in mine


def test_a_planned_meeting_is_in_utc_so_that_every_zone_reads_the_same_moment(alice, helene, events):
    paul = ContactFactory(
        owner=alice, first_name="", last_name="", organization=OrganizationFactory(owner=alice, name="Nordlys")
    )
    when = dt.datetime(2027, 3, 28, 9, 30, tzinfo=PARIS)  # the day on which clocks go forward
    InteractionFactory(owner=alice, contacts=[helene, paul], occurred_at=when, title="Lunch")
    (event,) = events()
    assert event["SUMMARY"] == "Lunch · Hélène Martin, Nordlys"
    assert event["DTSTART"].dt == when
    assert event["DTSTART"].to_ical() == b"20270328T073000Z"
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(hours=1)


def test_a_meeting_stays_until_its_day_is_over(helene, events, time_machine):
    InteractionFactory.with_contact(helene, occurred_at=NOW + dt.timedelta(hours=1))
    time_machine.move_to(NOW + dt.timedelta(hours=9), tick=False)
    assert len(events()) == 1
    time_machine.move_to(NOW + dt.timedelta(days=1), tick=False)
    assert events() == []


def test_meetings_go_400_days_ahead_and_follow_ups_90_back(helene, events):
    for title, day in (("in", 399), ("far", 401)):
        InteractionFactory.with_contact(helene, occurred_at=NOW + dt.timedelta(days=day), title=title)
    for title, day in (("late", -90), ("given up", -91), ("far", 401)):
        FollowUpFactory(contact=helene, title=title, due_on=NOW.date() + dt.timedelta(days=day))
    assert {str(event["SUMMARY"]) for event in events()} == {"in · Hélène Martin", "To do: late (Hélène Martin)"}


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:injected",
        "a;b,c\\n\\;d:e\"f'g",
        "é" * 200,
        "\U0001f382" * 40,
        "line\u2028separator\x85next\x0bx",
    ],
)
def test_text_of_any_kind_stays_text(helene, program, address, hostile):
    FollowUpFactory(contact=helene, title=hostile[:300], due_on=NOW.date())
    body = program.get(address).content
    (event,) = Calendar.from_ical(body).events
    assert " ".join(hostile.split()) in " ".join(str(event["SUMMARY"]).split())
    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert lines.count(b"BEGIN:VEVENT") == 1


def test_the_calendar_says_its_name_and_how_often_to_look(program, address):
    calendar = calendar_of(program, address)
    assert calendar["X-WR-CALNAME"] == "Personal CRM"
    assert calendar["REFRESH-INTERVAL"].dt == dt.timedelta(hours=4)
    assert calendar["X-WR-TIMEZONE"] == "Europe/Paris"
    assert "METHOD" not in calendar


def test_it_is_in_the_owners_language_whatever_the_program_asks_for(alice, helene, program, address):
    Profile.objects.update(language="fr")
    answer = program.get(address, headers={"accept-language": "en"})
    assert Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "CRM personnel"


def test_identities_stay_when_the_address_is_new_and_differ_between_servers(as_alice, helene, program, address):
    FollowUpFactory(contact=helene, due_on=NOW.date())
    (before,) = calendar_of(program, address).events
    mark = re.search(r'name="instead_of" value="([^"]+)"', as_alice.get("/calendars/feed/").text).group(1)
    (after,) = calendar_of(program, address_in(as_alice.post("/calendars/feed/address/", {"instead_of": mark}))).events
    assert before["UID"] == after["UID"]
    assert str(CalendarFeed.objects.get().namespace) in before["UID"]


def test_a_change_has_a_later_revision_and_nothing_else_has(helene, program, address, time_machine):
    helene.birthday_day, helene.birthday_month = 2, 3
    helene.save()
    talk = InteractionFactory.with_contact(helene, occurred_at=NOW + dt.timedelta(days=3), title="Lunch")
    birthday, lunch = calendar_of(program, address).events
    time_machine.move_to(NOW + dt.timedelta(minutes=5), tick=False)
    assert [event["SEQUENCE"] for event in calendar_of(program, address).events] == [
        birthday["SEQUENCE"],
        lunch["SEQUENCE"],
    ]
    Interaction.objects.filter(pk=talk.pk).update(occurred_at=NOW + dt.timedelta(days=4))
    same, moved = calendar_of(program, address).events
    assert same["SEQUENCE"] == birthday["SEQUENCE"]
    assert moved["SEQUENCE"] > lunch["SEQUENCE"]
    assert moved["LAST-MODIFIED"].dt == moved["DTSTAMP"].dt == NOW + dt.timedelta(minutes=5)
    helene.first_name = "Helena"
    helene.save()
    assert calendar_of(program, address).events[0]["SEQUENCE"] > birthday["SEQUENCE"]


# --- How it is fetched --------------------------------------------------------------------------


def test_who_has_the_address_needs_no_session_and_gets_none(program, address, alice):
    Session.objects.all().delete()
    response = program.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    assert not response.cookies
    assert not Session.objects.exists()
    assert program.head(address).status_code == 200
    assert program.post(address).status_code == 405


def test_what_has_not_changed_is_not_sent_again(helene, program, address):
    FollowUpFactory(contact=helene, title="Send the quote", due_on=NOW.date())
    first = program.get(address)
    again = program.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    FollowUp.objects.update(title="Send the invoice")
    changed = program.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert "Send the invoice" in changed.text


def test_the_database_does_not_hold_the_address(address):
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 43
    assert all(token not in str(value) for value in CalendarFeed.objects.values().get().values())


def test_a_wrong_address_a_revoked_one_and_that_of_somebody_who_left_give_nothing(as_alice, alice, program, address):
    assert program.get("/calendar/guess.ics").status_code == 404
    assert program.get("/calendar/.ics").status_code == 404
    alice.is_active = False
    alice.save()
    assert program.get(address).status_code == 404
    alice.is_active = True
    alice.save()
    assert program.get(address).status_code == 200
    as_alice.post("/calendars/feed/revoke/")
    assert program.get(address).status_code == 404


def test_a_new_address_kills_the_one_before(as_alice, program, address):
    mark = re.search(r'name="instead_of" value="([^"]+)"', as_alice.get("/calendars/feed/").text).group(1)
    new = address_in(as_alice.post("/calendars/feed/address/", {"instead_of": mark}))
    assert new != address
    assert program.get(address).status_code == 404
    assert program.get(new).status_code == 200


def test_the_same_form_sent_twice_does_not_kill_the_address_that_was_just_copied(as_alice, program, address):
    page = as_alice.post("/calendars/feed/address/", ALL | {"instead_of": ""})
    assert "It is shown only once" in page.text
    assert "/calendar/" not in page.text
    assert program.get(address).status_code == 200


def test_each_owner_reads_their_own_book_only(as_charlie, helene, program, address):
    FollowUpFactory(contact=helene, title="Send the quote", due_on=NOW.date())
    theirs = address_in(as_charlie.post("/calendars/feed/address/", ALL | {"instead_of": ""}))
    assert "Send the quote" in program.get(address).text
    assert "Send the quote" not in program.get(theirs).text


def test_too_many_readings_are_put_off(program, address, monkeypatch, time_machine):
    monkeypatch.setattr(calendar_feed, "READS_PER_ADDRESS", 3)
    assert [program.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = program.get(address)
    assert 0 < int(refused["Retry-After"]) <= 3600
    time_machine.move_to(NOW + dt.timedelta(seconds=int(refused["Retry-After"])), tick=False)
    assert program.get(address).status_code == 200


def test_too_many_guesses_from_one_place_are_put_off(program, db, monkeypatch):
    monkeypatch.setattr(calendar_feed, "READS_PER_CLIENT", 3)
    statuses = [program.get(f"/calendar/guess{number}.ics").status_code for number in range(4)]
    assert statuses == [404, 404, 404, 429]


def test_reading_a_large_book_takes_as_many_queries_as_a_small_one(alice, program, address, django_assert_num_queries):
    def fill(count):
        for person in ContactFactory.create_batch(count, owner=alice, birthday_day=2, birthday_month=3):
            ImportantDateFactory(contact=person)
            FollowUpFactory(contact=person, due_on=NOW.date())
            InteractionFactory.with_contact(person, occurred_at=NOW + dt.timedelta(days=3))

    for count in (10, 20):
        fill(count)
        # The feed with its owner, what is in it, and the keeping of its revision.
        with django_assert_num_queries(7):
            program.get(address)


# --- Settings -----------------------------------------------------------------------------------


def test_the_settings_offer_the_feed(as_alice, alice):
    page = as_alice.get("/settings").text
    assert 'id="calendar-feed"' in page
    assert "Make the address" in page
    assert "Thunderbird" in page


def test_the_address_is_shown_once_with_ways_to_use_it(as_alice):
    made = as_alice.post("/calendars/feed/address/", ALL | {"instead_of": ""}, headers=HX)
    assert made.text.lstrip().startswith("<section")
    address = address_in(made)
    assert f'href="webcal://localhost{address}"' in made.text
    assert 'data-copy-from="calendar-address"' in made.text
    assert "no-store" in made["Cache-Control"]
    later = as_alice.get("/settings").text
    assert address not in later
    assert "New address" in later
    assert "No calendar has read it yet." in later


def test_one_chooses_what_is_in_it(as_alice, helene, events):
    helene.birthday_day, helene.birthday_month = 2, 3
    helene.save()
    ImportantDateFactory(contact=helene)
    FollowUpFactory(contact=helene, due_on=NOW.date())
    InteractionFactory.with_contact(helene, occurred_at=NOW + dt.timedelta(days=3))
    assert len(events()) == 4
    for name in ALL:
        answer = as_alice.post("/calendars/feed/", {name: "on"}, follow=True)
        assert "Your settings are saved." in answer.text
        assert len(events()) == 1
    as_alice.post("/calendars/feed/", {}, headers=HX)
    assert events() == []


def test_what_is_chosen_before_there_is_an_address_holds_for_it(as_alice, helene, program):
    FollowUpFactory(contact=helene, due_on=NOW.date())
    answer = as_alice.post("/calendars/feed/address/", {"with_birthdays": "on", "instead_of": ""})
    assert calendar_of(program, address_in(answer)).events == []


def test_the_settings_say_when_a_calendar_last_read_it(as_alice, program, address):
    program.get(address)
    assert "Last read by a calendar" in as_alice.get("/settings").text
