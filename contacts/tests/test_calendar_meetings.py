"""Meetings that come from calendars: whom they are with, how they follow, and what stays the owner's."""

import datetime as dt
import io
import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.calendars import reading, syncing
from contacts.models import CalendarEvent, CalendarSource, Contact, FollowUp, Interaction
from contacts.tests.factories import (
    CalendarEventFactory,
    CalendarSourceFactory,
    ContactFactory,
    ContactMethodFactory,
    InteractionFactory,
)
from contacts.tests.icalendar_files import calendar, event, guest
from contacts.views import calendars as views

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
HX = {"hx-request": "true"}
HELENE, PAUL, STRANGER, ME = "helene@example.org", "paul@example.org", "stranger@example.org", "alice@example.org"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def helene(alice):
    return person(alice, "Hélène", HELENE)


@pytest.fixture
def paul(alice):
    return person(alice, "Paul", PAUL)


def person(owner, name, mail):
    contact = ContactFactory(owner=owner, first_name=name, last_name="Martin")
    ContactMethodFactory(contact=contact, value=mail)
    return contact


@pytest.fixture
def upload(as_alice):
    """Uploads a file of these events."""

    def upload(*events, head=""):
        file = SimpleUploadedFile("calendar.ics", calendar(*events, head=head), content_type="text/calendar")
        return as_alice.post("/calendars/upload/", {"file": file}, follow=True)

    return upload


class Server:
    """A calendar on a server of the test's: what it answers, and Alice's subscription to it."""

    def __init__(self, httpserver, client):
        self.httpserver, self.client = httpserver, client
        self.url = httpserver.url_for("/team.ics")

    def say(self, *events, head="X-WR-CALNAME:Team\r\n", **answer):
        self.httpserver.clear()
        self.httpserver.expect_request("/team.ics").respond_with_data(calendar(*events, head=head), **answer)

    def fail(self, status=500):
        self.httpserver.clear()
        self.httpserver.expect_request("/team.ics").respond_with_data("no", status=status)

    def subscribe(self, **more):
        return self.client.post("/calendars/subscribe/", {"url": self.url, **more}, follow=True)

    def refresh(self):
        return self.client.post(f"/calendars/{CalendarSource.objects.get().pk}/refresh/", follow=True)


@pytest.fixture
def server(httpserver, settings, as_alice):
    settings.CALENDAR_PRIVATE_ORIGINS = [httpserver.url_for("").rstrip("/")]
    return Server(httpserver, as_alice)


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def meetings():
    """Every meeting: its time on a clock in Paris, its title, and with whom."""
    return [
        (
            talk.occurred_at.astimezone(PARIS).strftime("%m-%d %H:%M"),
            talk.title,
            [c.first_name for c in talk.contacts.all()],
        )
        for talk in Interaction.objects.order_by("occurred_at")
    ]


LUNCH = "20261125T110000Z"


def lunch(start=LUNCH, summary="Lunch", guests=(HELENE,), **more):
    return event("lunch", start=start, SUMMARY=summary, ATTENDEE=[guest(mail) for mail in guests], **more)


# --- Becoming a meeting -------------------------------------------------------------------------


def test_an_event_with_somebody_known_is_a_planned_meeting_on_the_dashboard(upload, helene, as_alice):
    page = upload(lunch())
    assert "Meetings added: 1;" in text(page)
    assert meetings() == [("11-25 12:00", "Lunch", ["Hélène"])]
    talk = Interaction.objects.get()
    assert talk.kind == "meeting"
    assert talk.counts_as_contact
    dashboard = as_alice.get("/")
    assert "Wednesday, November 25, noon · Lunch" in text(dashboard)
    helene.refresh_from_db()
    assert helene.next_interaction_at == talk.occurred_at


def test_everybody_known_among_the_guests_is_in_it_by_mail_however_it_is_written(upload, helene, paul, alice):
    upload(event("x", ATTENDEE=[guest("HELENE@example.ORG"), guest(STRANGER)], ORGANIZER=guest(PAUL), SUMMARY="Point"))
    assert meetings() == [("11-25 11:00", "Point", ["Hélène", "Paul"])]


def test_a_past_meeting_counts_as_contact_and_asks_what_was_said(upload, helene, as_alice):
    upload(lunch(start="20261120T110000Z"))
    helene.refresh_from_db()
    assert helene.last_interaction_at == dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC)
    assert "Just met: what was said?" in text(as_alice.get("/"))


def test_each_time_of_a_recurring_meeting_is_one(upload, helene):
    upload(event("weekly", start=LUNCH, RRULE="FREQ=WEEKLY;COUNT=3", ATTENDEE=guest(HELENE), SUMMARY="Weekly"))
    assert [when for when, *_rest in meetings()] == ["11-25 12:00", "12-02 12:00", "12-09 12:00"]


@pytest.mark.parametrize(
    "is_off",
    [
        {"STATUS": "CANCELLED"},
        {"ATTENDEE": [guest(HELENE, PARTSTAT="DECLINED")]},
        {"ATTENDEE": [guest(HELENE), guest(ME, PARTSTAT="DECLINED")]},
        {"ATTENDEE": [guest(HELENE), *(guest(f"g{n}@example.org") for n in range(40))]},
    ],
    ids=["cancelled", "she has declined", "I have declined", "an assembly"],
)
def test_what_does_not_take_place_between_the_two_is_no_meeting(upload, helene, alice, is_off):
    alice.email = ME
    alice.save()
    upload(event("lunch", **({"ATTENDEE": guest(HELENE)} | is_off)))
    assert meetings() == []


def test_a_cancelled_invitation_takes_the_meeting_back(upload, helene):
    upload(lunch())
    page = upload(lunch(), head="METHOD:CANCEL\r\n")
    assert "cancelled: 1." in text(page)
    assert meetings() == []


def test_ones_own_card_is_no_guest(upload, helene, alice, as_alice):
    person(alice, "Me", ME)
    source = CalendarSourceFactory(owner=alice, url="")
    as_alice.post(f"/calendars/{source.pk}/", {"name": "Files", "own_addresses": f"Alice <x>, {ME.upper()}"})
    upload(lunch(guests=(HELENE, ME)))
    assert meetings() == [("11-25 12:00", "Lunch", ["Hélène"])]


def test_the_guests_of_one_book_are_not_those_of_another(upload, alice, charlie):
    person(charlie, "Hélène", HELENE)
    upload(lunch())
    assert meetings() == []


def test_a_meeting_that_was_planned_by_hand_is_not_there_twice(upload, helene):
    when = dt.datetime(2026, 11, 25, 11, tzinfo=dt.UTC)
    mine = InteractionFactory.with_contact(helene, occurred_at=when, title="Eat with H.")
    upload(lunch())
    assert meetings() == [("11-25 12:00", "Eat with H.", ["Hélène"])]
    upload(lunch(start="20261126T110000Z"))
    assert meetings() == [("11-26 12:00", "Eat with H.", ["Hélène"])]
    upload(lunch(STATUS="CANCELLED"))
    assert Interaction.objects.get() == mine


# --- Following ----------------------------------------------------------------------------------


def test_a_meeting_follows_its_event(server, helene, paul):
    server.say(lunch())
    server.subscribe()
    server.say(lunch(start="20261126T120000Z", summary="Late lunch", guests=(HELENE, PAUL)))
    assert "changed: 1;" in text(server.refresh())
    assert meetings() == [("11-26 13:00", "Late lunch", ["Hélène", "Paul"])]
    server.say(lunch(start="20261126T120000Z", summary="Late lunch", guests=(PAUL,)))
    server.refresh()
    assert meetings() == [("11-26 13:00", "Late lunch", ["Paul"])]


@pytest.mark.parametrize("gone", [(), ({"STATUS": "CANCELLED"},)], ids=["deleted", "cancelled"])
def test_what_is_gone_from_the_calendar_is_gone_here(server, helene, gone):
    server.say(lunch())
    server.subscribe()
    server.say(*(lunch(**more) for more in gone))
    assert "cancelled: 1." in text(server.refresh())
    assert meetings() == []
    server.say(lunch())
    server.refresh()
    assert meetings() == [("11-25 12:00", "Lunch", ["Hélène"])]


def test_a_meeting_that_has_taken_place_stays_when_its_calendar_forgets_it(server, helene, clock):
    server.say(lunch())
    server.subscribe()
    clock.move_to(NOW + dt.timedelta(days=3), tick=False)
    server.say()
    server.refresh()
    assert meetings() == [("11-25 12:00", "Lunch", ["Hélène"])]


def test_a_file_takes_nothing_away_because_it_does_not_hold_it(upload, helene, paul):
    upload(lunch())
    upload(event("other", ATTENDEE=guest(PAUL)))
    assert len(meetings()) == 2


def test_one_time_of_a_series_is_moved_and_another_called_off(server, helene):
    series = event("weekly", start=LUNCH, RRULE="FREQ=WEEKLY;COUNT=3", ATTENDEE=guest(HELENE), SUMMARY="Weekly")
    server.say(series)
    server.subscribe()
    kept = set(Interaction.objects.values_list("pk", flat=True))
    moved = event(
        "weekly", start="20261203T090000Z", RECURRENCE_ID="20261202T110000Z", ATTENDEE=guest(HELENE), SUMMARY="Moved"
    )
    server.say(series.replace("END:VEVENT", "EXDATE:20261209T110000Z\r\nEND:VEVENT"), moved)
    server.refresh()
    assert [entry[:2] for entry in meetings()] == [("11-25 12:00", "Weekly"), ("12-03 10:00", "Moved")]
    assert set(Interaction.objects.values_list("pk", flat=True)) < kept


def test_a_whole_series_at_another_hour_keeps_what_was_written_on_each(server, helene):
    def series(start):
        return event("weekly", start=start, RRULE="FREQ=WEEKLY;COUNT=3", ATTENDEE=guest(HELENE), SUMMARY="Weekly")

    server.say(series("20261125T110000Z"))
    server.subscribe()
    Interaction.objects.filter(occurred_at__day=2).update(body="Ask about the budget")
    server.say(series("20261125T140000Z"))
    server.refresh()
    assert [when for when, *_rest in meetings()] == ["11-25 15:00", "12-02 15:00", "12-09 15:00"]
    assert Interaction.objects.get(body="Ask about the budget").occurred_at.hour == 14


def test_reading_the_same_again_changes_nothing(server, helene):
    server.say(lunch(), event("weekly", RRULE="FREQ=DAILY;COUNT=5", ATTENDEE=guest(HELENE)), event("alone"))
    server.subscribe()
    before = [list(model.objects.order_by("pk").values()) for model in (Interaction, CalendarEvent)]
    assert "Nothing is new" in text(server.refresh())
    assert [list(model.objects.order_by("pk").values()) for model in (Interaction, CalendarEvent)] == before


def test_the_window_moves_on_with_the_days(server, helene, clock):
    server.say(event("monthly", start="20261125T110000Z", RRULE="FREQ=MONTHLY", ATTENDEE=guest(HELENE)))
    server.subscribe()
    assert len(meetings()) == 3
    clock.move_to(NOW + dt.timedelta(days=35), tick=False)
    command("--all")
    assert [when for when, *_rest in meetings()][-1] == "03-25 12:00"


# --- What is the owner's ------------------------------------------------------------------------


def test_what_the_owner_wrote_is_never_overwritten(server, helene, paul, alice, as_alice):
    server.say(lunch())
    server.subscribe()
    talk = Interaction.objects.get()
    mine = {
        "kind": "meeting",
        "occurred_at": "2026-11-25T12:30",
        "title": "My lunch",
        "body": "Ask about the budget",
        "counts_as_contact": "on",
        "people": ["Hélène Martin", "Paul Martin"],
    }
    assert as_alice.post(talk.get_absolute_url(), mine).status_code == 302
    server.say(lunch(start="20261127T110000Z", summary="Changed"))
    server.refresh()
    assert meetings() == [("11-25 12:30", "My lunch", ["Hélène", "Paul"])]
    assert Interaction.objects.get().body == "Ask about the budget"


def test_somebody_whom_the_owner_took_out_does_not_come_back(server, helene, paul):
    server.say(lunch(guests=(HELENE, PAUL)))
    server.subscribe()
    Interaction.objects.get().contacts.remove(paul)
    server.say(lunch(guests=(HELENE, PAUL), summary="Changed"))
    server.refresh()
    assert meetings() == [("11-25 12:00", "Changed", ["Hélène"])]


@pytest.mark.parametrize("change", ["body", "title", "follow-up", "people"])
def test_a_cancelled_meeting_on_which_something_was_written_stays_and_does_not_count(
    server, helene, paul, as_alice, change
):
    server.say(lunch())
    server.subscribe()
    talk = Interaction.objects.get()
    if change == "follow-up":
        FollowUp.objects.create(contact=helene, interaction=talk, title="Send the menu")
    elif change == "people":
        talk.contacts.add(paul)
    else:
        Interaction.objects.update(**{change: "Ask about the budget"})
    server.say()
    server.refresh()
    talk.refresh_from_db()
    assert not talk.counts_as_contact
    assert "Cancelled in your calendar." in text(as_alice.get(talk.get_absolute_url()))
    server.say(lunch())
    server.refresh()
    talk.refresh_from_db()
    assert talk.counts_as_contact
    assert Interaction.objects.count() == 1
    assert "Cancelled in your calendar." not in text(as_alice.get(talk.get_absolute_url()))


def test_a_meeting_that_the_owner_deleted_does_not_come_back(server, upload, helene, as_alice):
    server.say(lunch())
    server.subscribe()
    as_alice.post(f"/interactions/{Interaction.objects.get().pk}/delete/")
    server.say(lunch(start="20261127T110000Z"))
    server.refresh()
    upload(lunch())
    assert meetings() == []


def test_the_same_event_in_two_calendars_is_one_meeting(server, upload, helene):
    server.say(lunch())
    server.subscribe()
    upload(lunch())
    assert len(meetings()) == 1
    server.say()
    server.client.post(f"/calendars/{CalendarSource.objects.subscribed().get().pk}/refresh/")
    assert len(meetings()) == 1


def test_what_came_from_a_calendar_is_not_fed_back_to_calendars(upload, helene, as_alice):
    upload(lunch())
    page = as_alice.post("/calendars/feed/address/", {"with_meetings": "on", "instead_of": ""}).text
    address = re.search(r'value="http://localhost(/calendar/[^"]+)"', page).group(1)
    assert "BEGIN:VEVENT" not in as_alice.get(address).text
    InteractionFactory.with_contact(helene, occurred_at=NOW + dt.timedelta(days=1))
    assert as_alice.get(address).text.count("BEGIN:VEVENT") == 1


# --- Events with nobody known -------------------------------------------------------------------


def test_events_with_nobody_known_are_counted_and_listed(upload, alice):
    page = text(upload(lunch(guests=(STRANGER,)), event("alone", SUMMARY="Dentist")))
    assert meetings() == []
    assert "Events with nobody of your book: 2" in page
    assert "Lunch Wednesday, November 25, noon · stranger@example.org" in page
    assert "Dentist" in page


def test_one_says_with_whom_such_an_event_is(upload, helene, as_alice):
    upload(event("alone", SUMMARY="Dentist"))
    found = CalendarEvent.objects.get()
    refused = as_alice.post(f"/calendars/events/{found.pk}/attach/", {f"event-{found.pk}-person": "Nobody"})
    assert refused.status_code == 422
    assert "Nobody in your book is called" in text(refused)
    assert 'value="Nobody"' in refused.text
    page = as_alice.post(
        f"/calendars/events/{found.pk}/attach/", {f"event-{found.pk}-person": "Hélène Martin"}, headers=HX
    )
    assert page.text.lstrip().startswith("<div")
    assert "Planned." in page.text
    assert meetings() == [("11-25 11:00", "Dentist", ["Hélène"])]
    upload(event("alone", SUMMARY="Dentist again", start="20261126T100000Z"))
    assert meetings() == [("11-26 11:00", "Dentist again", ["Hélène"])]


def test_each_form_answers_htmx_with_all_that_is_under_the_heading(server, upload):
    upload(event("alone", SUMMARY="Dentist"))
    server.say()
    wrong = server.client.post("/calendars/subscribe/", {"url": "x"}, headers=HX)
    assert wrong.status_code == 422
    for answer in (wrong, server.client.post("/calendars/subscribe/", {"url": server.url}, headers=HX)):
        assert answer.text.lstrip().startswith('<div class="stack" id="calendars">')
        assert "Dentist" in answer.text
    subscribed = CalendarSource.objects.subscribed().get()
    answer = server.client.post(f"/calendars/{subscribed.pk}/refresh/", headers=HX)
    assert "Nothing is new" in answer.text
    assert "HX-Request" in answer["Vary"]


def test_an_event_becomes_a_meeting_when_its_guest_comes_into_the_book(server, alice):
    server.say(lunch(guests=(STRANGER,)), headers={"ETag": '"1"'})
    server.subscribe()
    assert meetings() == []
    person(alice, "Stranger", STRANGER)
    server.httpserver.clear()
    server.httpserver.expect_request("/team.ics", headers={"If-None-Match": '"1"'}).respond_with_data("", status=304)
    assert "added: 1;" in text(server.refresh())
    assert meetings() == [("11-25 12:00", "Lunch", ["Stranger"])]


# --- Subscribing --------------------------------------------------------------------------------


def test_a_calendar_has_the_name_that_it_gives_itself_and_hides_its_address(server, helene):
    server.say(lunch())
    page = server.subscribe()
    assert "Team" in text(page)
    assert "localhost" in text(page)
    assert "team.ics" not in page.text
    assert "Last read Nov. 23, 2026" in text(page)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://127.0.0.1/a.ics", "This address leads into a private network"),
        ("http://calendar.example/a.ics", "Only addresses that begin with https://"),
        ("nonsense", "This is no address that a calendar can be fetched from."),
        ("", "This field is required."),
    ],
)
def test_an_address_that_cannot_be_is_refused_where_it_was_typed_and_nothing_is_kept(as_alice, url, problem):
    page = as_alice.post("/calendars/subscribe/", {"url": url, "own_addresses": ME})
    assert page.status_code == 422
    assert problem in text(page)
    assert f'value="{ME}"' in page.text
    assert not CalendarSource.objects.exists()


def test_an_address_without_a_calendar_is_not_kept(server):
    server.httpserver.expect_request("/team.ics").respond_with_data("<html>Sign in")
    page = server.subscribe()
    assert "This is a web page, not a calendar." in text(page)
    server.fail(404)
    assert "status 404" in text(server.subscribe())
    assert not CalendarSource.objects.exists()


def test_the_same_calendar_twice_is_refused(server):
    server.say()
    server.subscribe()
    assert "You have this calendar already." in text(server.subscribe())
    assert CalendarSource.objects.count() == 1


def test_there_may_be_so_many_calendars(as_alice, alice):
    CalendarSourceFactory.create_batch(20, owner=alice)
    page = as_alice.post("/calendars/subscribe/", {"url": "https://calendar.example/new.ics"})
    assert "as many calendars as there may be" in text(page)


def test_a_failure_is_shown_with_its_time_and_reason_and_nothing_is_lost(server, helene, clock):
    server.say(lunch())
    server.subscribe()
    clock.move_to(NOW + dt.timedelta(hours=1), tick=False)
    server.fail(503)
    page = text(server.refresh())
    assert "Nov. 23, 2026, 10 a.m.: The server of this calendar refused: status 503." in page
    assert "Next try from Nov. 23, 2026, 10:15 a.m." in page
    assert "Last read Nov. 23, 2026, 9 a.m." in page
    assert len(meetings()) == 1
    server.say(lunch())
    assert "refused" not in text(server.refresh())


def test_a_calendar_that_turns_into_a_web_page_takes_nothing_away(server, helene):
    server.say(lunch())
    server.subscribe()
    server.httpserver.clear()
    server.httpserver.expect_request("/team.ics").respond_with_data("<html>Sign in")
    assert "This is a web page" in text(server.refresh())
    assert len(meetings()) == 1


def test_an_event_that_can_no_longer_be_read_is_not_taken_for_gone(server, helene):
    server.say(lunch())
    server.subscribe()
    server.say(lunch(start="tomorrow"))
    assert "Events that could not be read: 1" in text(server.refresh())
    assert len(meetings()) == 1


def test_refreshing_by_hand_is_not_endless(server, monkeypatch):
    server.say()
    server.subscribe()
    monkeypatch.setattr(views, "FETCHES", 1)
    asked = len(server.httpserver.log)
    assert "Try again in a few minutes" in text(server.refresh())
    assert len(server.httpserver.log) == asked


def test_a_calendar_is_removed_with_what_it_planned_and_not_with_what_was_lived_or_written(server, helene, as_alice):
    server.say(
        lunch(),
        event("past", start="20261120T110000Z", ATTENDEE=guest(HELENE), SUMMARY="Past"),
        event("noted", start="20261126T110000Z", ATTENDEE=guest(HELENE), SUMMARY="Noted"),
    )
    server.subscribe()
    Interaction.objects.filter(title="Noted").update(body="Bring the book")
    source = CalendarSource.objects.get()
    assert "Past ones stay" in text(as_alice.get(f"/calendars/{source.pk}/delete/"))
    as_alice.post(f"/calendars/{source.pk}/delete/")
    assert [title for _when, title, _people in meetings()] == ["Past", "Noted"]
    assert not CalendarSource.objects.exists()


# --- Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>", "This is a web page"),
        (b"", "empty"),
        (b"name,mail\n", "This is no iCalendar file"),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 6 * 1024 * 1024, "larger than 5 MB"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 50_000, "more than 20,000 events"),
    ],
    ids=["page", "empty", "csv", "large", "many"],
)
def test_a_file_that_is_no_calendar_is_refused_with_the_reason(as_alice, content, problem):
    page = as_alice.post("/calendars/upload/", {"file": SimpleUploadedFile("a.ics", content)})
    assert page.status_code == 422
    assert problem in text(page)
    assert not CalendarSource.objects.exists()


def test_no_file_at_all_is_said(as_alice):
    assert as_alice.post("/calendars/upload/", {}).status_code == 422


def test_hostile_words_are_shown_as_words(upload, helene, as_alice):
    page = (
        upload(
            lunch(summary="<script>alert(1)</script>"),
            event("x", SUMMARY="<img src=x onerror=alert(1)>", ATTENDEE=guest(STRANGER, CN='"<b>x</b>"')),
            head="X-WR-CALNAME:<i>name</i>\r\n",
        ).text
        + as_alice.get("/").text
    )
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;alert(1)" in page


# --- The command --------------------------------------------------------------------------------


def command(*arguments):
    out = io.StringIO()
    call_command("refresh_calendars", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_refreshes_what_is_due(server, helene, clock):
    server.say()
    server.subscribe()
    server.say(lunch())
    assert command() == ""
    clock.move_to(NOW + dt.timedelta(minutes=11), tick=False)
    assert "1 meetings added" in command()
    assert len(meetings()) == 1
    assert "0 meetings added" in command("--all")
    assert command("--all", "--user", "charlie") == ""


def test_the_command_leaves_alone_what_fails_for_longer_each_time(server, clock):
    server.say()
    server.subscribe()
    server.fail()
    waits = []
    for _ in range(10):
        source = CalendarSource.objects.get()
        clock.move_to(source.next_check_at - dt.timedelta(seconds=1), tick=False)
        assert command() == ""
        clock.move_to(source.next_check_at, tick=False)
        assert "failed (status 500)" in command()
        waits.append((CalendarSource.objects.get().next_check_at - source.next_check_at).total_seconds() / 60)
    assert waits[:4] == [15, 30, 60, 120]
    assert waits[-1] == 24 * 60
    assert CalendarSource.objects.get().host not in command("--all")


def test_one_that_fails_stops_no_other_and_says_nothing_of_the_address(server, alice, helene):
    CalendarSourceFactory(owner=alice, url="https://127.0.0.1/secret-token.ics", next_check_at=NOW)
    server.say(lunch())
    CalendarSourceFactory(owner=alice, url=server.url, next_check_at=NOW)
    said = command()
    assert "failed (private)" in said
    assert "1 meetings added" in said
    assert "secret" not in said


def test_an_address_that_has_gone_bad_stops_no_other(server, alice, helene, caplog):
    CalendarSourceFactory(
        owner=alice, url="https://xn--a.example:port/secret", next_check_at=NOW - dt.timedelta(days=1)
    )
    server.say(lunch())
    CalendarSourceFactory(owner=alice, url=server.url, next_check_at=NOW)
    said = command()
    assert "1 meetings added" in said
    assert "failed" in said
    assert "secret" not in caplog.text + said


def test_what_has_not_changed_is_asked_for_so_within_a_day_and_anew_after(server, helene, clock):
    server.say(lunch(), headers={"ETag": '"1"'})
    server.subscribe()
    server.httpserver.clear()
    server.httpserver.expect_request("/team.ics", headers={"If-None-Match": '"1"'}).respond_with_data("", status=304)
    server.httpserver.expect_request("/team.ics").respond_with_data(calendar(lunch()), headers={"ETag": '"2"'})
    asked = []
    for hours in (1, 19, 21, 22):
        clock.move_to(NOW + dt.timedelta(hours=hours), tick=False)
        server.refresh()
        asked.append(server.httpserver.log[-1][0].headers.get("If-None-Match"))
    assert asked == ['"1"', '"1"', None, '"2"']


def test_rows_of_events_long_past_are_forgotten_and_their_meetings_kept(server, helene, clock):
    server.say(lunch())
    server.subscribe()
    clock.move_to(NOW + dt.timedelta(days=70), tick=False)
    server.say()
    command("--all")
    assert not CalendarEvent.objects.exists()
    assert len(meetings()) == 1


# --- Size ---------------------------------------------------------------------------------------


NONE = reading.read(calendar(), zone=PARIS, now=NOW)


@pytest.mark.parametrize("step", ["first", "again", "moved", "gone"])
def test_many_events_take_as_many_queries_as_few(alice, step):
    queries = []
    for count in (10, 20):
        Interaction.objects.all().delete()
        Contact.objects.all().delete()
        CalendarSource.objects.all().delete()
        people = [person(alice, f"P{n}", f"p{n}@example.org") for n in range(count)]

        def file(hour, people=people):
            names = (contact.methods.get().value for contact in people)
            events = (event(mail, start=f"20261125T{hour}0000Z", ATTENDEE=guest(mail)) for mail in names)
            return reading.read(calendar(*events), zone=PARIS, now=NOW)

        source = CalendarSourceFactory(owner=alice)
        files = {
            "first": [file(10)],
            "again": [file(10), file(10)],
            "moved": [file(10), file(11)],
            "gone": [file(10), NONE],
        }[step]
        for each in files[:-1]:
            syncing.apply(source, each, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            syncing.apply(source, files[-1], now=NOW)
        queries.append(len(captured))
    assert queries[0] == queries[1] <= 16


def test_the_page_takes_as_many_queries_for_many_as_for_few(alice, as_alice, django_assert_num_queries):
    for count in (10, 20):
        CalendarSource.objects.all().delete()
        for source in CalendarSourceFactory.create_batch(count, owner=alice):
            CalendarEventFactory(source=source)
        with django_assert_num_queries(6):
            assert as_alice.get("/calendars/").status_code == 200
