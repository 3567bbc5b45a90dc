"""The page that a day begins with, as its owner reads it."""

import datetime as dt
import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from contacts.models import Profile
from contacts.tests.factories import (
    ContactFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    TagFactory,
)

PARIS = ZoneInfo("Europe/Paris")
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=PARIS), tick=False)


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


@pytest.fixture
def dashboard(as_alice):
    """What Alice reads in a section of her dashboard, tags taken out."""

    def dashboard(section="main"):
        response = as_alice.get("/")
        assert response.status_code == 200
        return text_of(response, section)

    return dashboard


def text_of(response, section):
    """The text of the section that the heading `section` names, or of the whole main part."""
    opening = rf'<section[^>]*aria-labelledby="{section}-title".*?</section>' if section != "main" else "<main.*</main>"
    html = re.search(opening, response.text, re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_an_empty_book_says_how_to_begin(alice, dashboard):
    page = dashboard()
    assert "How to begin" in page
    assert "Add the first contact" in page
    assert "Planned meetings" not in page


def test_the_greeting_has_the_name_and_the_day(alice, helene, dashboard):
    alice.first_name = "Alice"
    alice.save()
    assert "Hello Alice Monday, November 23, 2026" in dashboard()


def test_the_day_is_the_one_where_the_user_lives(alice, helene, dashboard, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC), tick=False)
    assert "Tuesday" in dashboard()
    Profile.objects.filter(user=alice).update(time_zone="America/New_York")
    assert "Monday" in dashboard()


def test_a_planned_meeting_says_when_and_with_whom(alice, helene, dashboard):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux")
    when = dt.datetime(2026, 11, 24, 14, 30, tzinfo=PARIS)
    InteractionFactory(owner=alice, contacts=[helene, paul], occurred_at=when, title="Lunch")
    meetings = dashboard("meetings")
    assert "Hélène Martin" in meetings
    assert "Paul Roux" in meetings
    assert "Tomorrow, 2:30 p.m. · Lunch" in meetings


def test_a_planned_meeting_has_what_other_apps_offer_for_it(alice, helene, dashboard, monkeypatch):
    from contacts import slots

    def filler(request, meeting):
        return f"Prepare {meeting.title}"

    monkeypatch.setitem(slots._fillers, "meeting.actions", [(1, filler)])
    InteractionFactory.with_contact(helene, occurred_at=dt.datetime(2026, 11, 24, 14, tzinfo=PARIS), title="Lunch")
    assert "Prepare Lunch" in dashboard("meetings")


def test_a_widget_of_another_app_has_its_place(alice, helene, dashboard, monkeypatch):
    from contacts import slots

    monkeypatch.setitem(slots._fillers, "dashboard.widgets", [(1, lambda request, **_known: "Ideas of the day")])
    assert "Ideas of the day" in dashboard()


def test_a_meeting_just_passed_without_a_note_asks_for_one(alice, helene, as_alice):
    met = InteractionFactory.with_contact(helene, occurred_at=dt.datetime(2026, 11, 22, 14, tzinfo=PARIS))
    response = as_alice.get("/")
    assert "Just met: what was said?" in text_of(response, "meetings")
    assert f'href="{met.get_absolute_url()}"' in response.text


def test_follow_ups_say_who_owes_whom_and_what_is_overdue(alice, helene, dashboard):
    FollowUpFactory(contact=helene, title="Send the quote", due_on=TODAY - dt.timedelta(days=3))
    FollowUpFactory(contact=helene, title="Lend the book", due_on=TODAY, owed_by="them")
    FollowUpFactory(contact=helene, title="Call back", due_on=TODAY + dt.timedelta(days=2))
    due = dashboard("follow-ups")
    assert "Send the quote overdue 3 days ago · you owe it to Hélène Martin" in due
    assert "Lend the book today · owed to you by Hélène Martin" in due
    assert "Call back in 2 days · you owe it to" in due
    assert due.count("overdue") == 1


def test_a_follow_up_is_marked_done_from_the_dashboard(alice, helene, as_alice, dashboard):
    follow_up = FollowUpFactory(contact=helene, title="Send the quote", due_on=TODAY)
    assert f'action="/follow-ups/{follow_up.pk}/done/"' in as_alice.get("/").text
    as_alice.post(f"/follow-ups/{follow_up.pk}/done/")
    follow_up.refresh_from_db()
    assert follow_up.is_done
    assert "Send the quote" not in dashboard("follow-ups")


def test_a_long_list_of_follow_ups_is_cut_and_says_so(alice, helene, dashboard):
    for days in range(21):
        FollowUpFactory(contact=helene, title=f"Promise {days:02}", due_on=TODAY - dt.timedelta(days=days))
    due = dashboard("follow-ups")
    assert "Promise 20" in due
    assert "Promise 00" not in due
    assert "And others, less pressing." in due


def test_coming_dates_say_what_and_in_how_many_days(alice, helene, dashboard):
    helene.birthday_day, helene.birthday_month, helene.birthday_year = 24, 11, 1986
    helene.save()
    ImportantDateFactory(contact=helene, day=3, month=12, year=2016)
    dates = dashboard("dates")
    assert "turns 40 · November 24 tomorrow" in dates
    assert "Wedding, 10 years · December 3 in 10 days" in dates


@pytest.mark.parametrize(("month", "name"), [(11, "November"), (12, "December")])
def test_a_date_of_which_only_the_month_is_known_is_not_given_a_day(alice, dashboard, month, name):
    ContactFactory(owner=alice, birthday_month=month)
    dates = dashboard("dates")
    assert f"birthday · {name}" in dates
    assert "today" not in dates
    assert "in 8 days" not in dates


def test_whoever_slips_away_has_the_last_contact_and_how_late_it_is(alice, helene, as_alice, dashboard):
    helene.cadence_days = 7
    helene.save()
    InteractionFactory.with_contact(helene, occurred_at=dt.datetime(2026, 11, 1, 14, tzinfo=PARIS))
    slipping = dashboard("slipping")
    assert "Hélène Martin last contact Nov. 1, 2026 15 days late" in slipping


def test_each_part_says_so_when_there_is_nothing(alice, helene, dashboard):
    assert "Nothing planned" in dashboard("meetings")
    assert "Nothing due" in dashboard("follow-ups")
    assert "No birthday" in dashboard("dates")
    assert "Nobody:" in dashboard("slipping")


def test_nobody_sees_anything_of_others(alice, helene, as_charlie):
    fill(alice, 1)
    ContactFactory(owner=Profile.objects.get(user__username="charlie").user)
    page = as_charlie.get("/").text
    assert "First" not in text_of(as_charlie.get("/"), "slipping")
    assert "Promise" not in page
    assert "Meeting" not in re.sub("Planned meetings|Meetings from your calendars", "", page)


def test_what_a_contact_is_called_is_shown_not_obeyed(alice, as_alice):
    ContactFactory(owner=alice, first_name="<script>alert(1)</script>", birthday_day=24, birthday_month=11)
    page = as_alice.get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def fill(owner, rows):
    """A book with `rows` rows in every part of the page."""
    tag = TagFactory(owner=owner, cadence_days=5)
    for number in range(rows):
        employer = OrganizationFactory(owner=owner)
        person = ContactFactory(owner=owner, organization=employer, birthday_day=25, birthday_month=11, tags=[tag])
        nameless = ContactFactory(owner=owner, first_name="", last_name="", organization=employer)
        ImportantDateFactory(contact=nameless, day=26, month=11)
        FollowUpFactory(contact=nameless, title=f"Promise {number}", due_on=TODAY)
        for day in (1, 22):  # one to slip away from, one to write down
            InteractionFactory(
                owner=owner,
                contacts=[person if day == 1 else nameless],
                occurred_at=dt.datetime(2026, 11, day, 12, tzinfo=PARIS),
            )
        InteractionFactory(owner=owner, contacts=[nameless], occurred_at=dt.datetime(2026, 11, 25, 12, tzinfo=PARIS))


def test_more_rows_take_no_more_queries(alice, as_alice, django_assert_num_queries, monkeypatch):
    from contacts import slots

    monkeypatch.setitem(slots._fillers, "dashboard.widgets", [])  # which have tests of their own
    fill(alice, 10)
    as_alice.get("/")  # settles what the database's own clock does not know
    with django_assert_num_queries(QUERIES):
        as_alice.get("/")
    fill(alice, 10)
    as_alice.get("/")
    with django_assert_num_queries(QUERIES):
        as_alice.get("/")


# Session, user with profile, what has passed; then birthdays, dates, follow-ups,
# those who slip away, planned and unnoted meetings with their people and employers, and what is
# noted since the latter.
QUERIES = 11
