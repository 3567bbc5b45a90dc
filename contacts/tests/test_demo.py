"""The sample data: full on any day, and taken away without a trace."""

import datetime as dt
import re
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from contacts import reminders
from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction, Organization, Profile, Relationship, Tag
from contacts.settling import settle
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory, TagFactory
from contacts.views.dashboard import FOLLOW_UPS_SHOWN

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
DAYS = ["2026-11-23", "2026-12-31", "2027-01-01", "2027-03-28", "2027-08-15", "2028-02-28", "2028-02-29"]


@pytest.fixture(autouse=True)
def _own_password_file(settings, tmp_path):
    settings.DEMO_PASSWORD_FILE = tmp_path / "password"


def demo(**options):
    said = StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


def book():
    return Book(User.objects.get(username="demo"))


@pytest.mark.parametrize("day", DAYS)
def test_on_any_day_every_part_of_the_dashboard_shows_something(time_machine, day):
    time_machine.move_to(dt.datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=PARIS))
    demo()
    assert book().contacts.count() >= 45
    assert book().interactions.count() >= 200
    assert len(reminders.planned_meetings(book())) >= 3
    assert reminders.unnoted_meetings(book())
    due = list(reminders.follow_ups_due(book()))
    assert any(follow_up.is_overdue(book().today) for follow_up in due)
    assert {follow_up.owed_by for follow_up in due} == {"me", "them"}
    assert len(reminders.slipping_away(book())) >= 3
    dates = reminders.coming_dates(book())
    assert any(date.is_birthday and date.days_away <= 14 and date.date.day for date in dates)


@pytest.mark.parametrize("weeks", [1, 2, 3, 4])
def test_weeks_later_it_still_does(time_machine, weeks):
    made = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
    time_machine.move_to(made)
    demo()
    time_machine.move_to(made + dt.timedelta(weeks=weeks))
    settle(book())
    assert reminders.planned_meetings(book())
    assert reminders.unnoted_meetings(book())
    assert reminders.slipping_away(book())
    assert any(follow_up.due_on >= made.date() for follow_up in reminders.follow_ups_due(book()))
    assert any(date.is_birthday and date.days_away <= 14 for date in reminders.coming_dates(book()))


@pytest.mark.parametrize("day", DAYS)
def test_what_is_overdue_leaves_room_on_the_dashboard_for_what_is_due(time_machine, day):
    time_machine.move_to(dt.datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=PARIS))
    demo()
    shown = reminders.follow_ups_due(book())[:FOLLOW_UPS_SHOWN]
    days = {follow_up.due_on for follow_up in shown}
    assert book().today in days
    assert max(days) > book().today


def test_there_is_something_of_every_kind():
    demo()
    people = book().contacts
    assert people.archived().exists()
    assert people.favorites().count() >= 3
    assert people.exclude(deceased_on=None).exists()
    assert people.filter(paused_until__gt=book().today).exists()
    assert people.filter(share_with_ai=False).count() >= 2
    assert people.filter(birthday_day=29, birthday_month=2).exists()
    assert people.filter(birthday_day=None).exclude(birthday_month=None).exists()
    assert people.filter(first_name="", last_name="").exists()
    assert people.exclude(met_through=None).count() >= 10
    assert people.annotate(talks=Count("interactions")).filter(talks__gte=25).exists()
    assert book().follow_ups.done().exists()
    assert book().follow_ups.filter(due_on=None).exists()


def test_every_row_is_as_valid_as_if_it_had_been_entered():
    demo()
    rows = [*book().contacts, *book().methods, *book().dates, *book().interactions, *book().follow_ups]
    for row in [*rows, *book().relationships, *book().organizations, *book().tags]:
        row.full_clean()
    for contact in book().contacts.exclude(met_on=None):
        earliest = contact.interactions.order_by("occurred_at").first()
        assert earliest is None or timezone.localdate(earliest.occurred_at, PARIS) >= contact.met_on


def test_nobody_can_be_reached_by_what_it_says():
    demo()
    for method in book().methods.filter(kind__in=["email", "url", "social"]):
        assert re.search(r"\.example(/|$)", method.value)
    for method in book().methods.filter(kind="phone"):  # ranges reserved for fiction
        assert re.match(r"01 99 00 |06 39 98 ", method.value)


def test_it_says_how_to_sign_in_and_that_is_right(client):
    password = demo().split("Password:")[1].strip()
    assert client.login(username="demo", password=password)
    assert demo().split("Password:")[1].strip() == password


def test_a_password_can_be_chosen(client):
    demo(password="a password of my own")
    assert client.login(username="demo", password="a password of my own")


def test_the_user_enters_data_but_administers_nothing(client_of):
    demo()
    user = book().user
    assert (user.is_staff, user.is_superuser) == (True, False)
    browser = client_of(user)
    assert browser.get(reverse("admin:contacts_contact_add")).status_code == 200
    assert browser.get("/").status_code == 200


def test_a_second_call_changes_nothing():
    demo()
    before = list(Contact.objects.values_list("pk", "updated_at"))
    assert "left as they are" in demo()
    assert list(Contact.objects.values_list("pk", "updated_at")) == before


def test_it_is_taken_away_with_all_that_is_its_own_and_nothing_else(alice):
    helene = ContactFactory(owner=alice, tags=[TagFactory(owner=alice)])
    InteractionFactory.with_contact(helene)
    FollowUpFactory(contact=helene)
    models = [User, Profile, Contact, Interaction, FollowUp, Organization, Tag, Relationship]
    before = [model.objects.count() for model in models]
    demo()
    demo(remove=True)
    assert [model.objects.count() for model in models] == before
    assert "nothing to remove" in demo(remove=True)
