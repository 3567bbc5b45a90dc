"""The sample data: full on any day, and taken away without a trace."""

import datetime as dt
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from contacts import reminders
from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction, Organization, Profile, Relationship, Tag
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory, TagFactory

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
    book().settle()  # as each request does: the database's own clock has not travelled
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
