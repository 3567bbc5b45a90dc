"""What is planned, due, coming and slipping away, as the owner's own calendar has it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from contacts import reminders
from contacts.book import Book
from contacts.models import Contact, Interaction
from contacts.settling import settle
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
def _travel(go_to):
    go_to(2026, 11, 23, 9)


@pytest.fixture
def go_to(time_machine):
    """Puts the clock at a moment in Paris, where Alice lives."""

    def go_to(*moment):
        time_machine.move_to(dt.datetime(*moment, tzinfo=PARIS), tick=False)

    return go_to


@pytest.fixture
def read(alice):
    """Asks a rule about Alice's book as a request would open it now."""

    def read(rule, **kwargs):
        book = Book(alice)
        settle(book)
        return rule(book, **kwargs)

    return read


def at(*moment):
    return dt.datetime(*moment, tzinfo=PARIS)


# --- Coming dates ------------------------------------------------------------------------------


def birthday(owner, day, month, year=None, **kwargs):
    return ContactFactory(owner=owner, birthday_day=day, birthday_month=month, birthday_year=year, **kwargs)


def test_birthdays_and_other_dates_come_in_the_order_of_the_days(alice, read):
    later = birthday(alice, 20, 12, 1986)
    ImportantDateFactory(contact=later, day=1, month=12, year=2016)
    today = birthday(alice, 23, 11)
    with translation.override("en"):
        coming = read(reminders.coming_dates)
    assert [(date.contact, date.on) for date in coming] == [
        (today, TODAY),
        (later, dt.date(2026, 12, 1)),
        (later, dt.date(2026, 12, 20)),
    ]
    with translation.override("en"):
        assert [date.caption for date in coming] == ["birthday", "Wedding, 10 years", "turns 40"]
    assert [date.days_away for date in coming] == [0, 8, 27]


def test_however_many_were_yesterday_or_have_no_day_those_of_today_come_first(alice, read):
    for _number in range(25):
        birthday(alice, 22, 11)
        birthday(alice, None, 12)
    today, tomorrow, some_day = birthday(alice, 23, 11), birthday(alice, 24, 11), birthday(alice, None, 11)
    coming = read(reminders.coming_dates, limit=3)
    assert [date.contact for date in coming] == [today, some_day, tomorrow]


@pytest.mark.parametrize(("day", "month", "comes"), [(22, 11, False), (23, 11, True), (23, 12, True), (24, 12, False)])
def test_dates_come_from_today_to_thirty_days_ahead(alice, read, day, month, comes):
    birthday(alice, day, month)
    assert bool(read(reminders.coming_dates)) is comes


def test_the_year_turns_within_the_thirty_days(alice, read, go_to):
    go_to(2026, 12, 20, 9)
    soon, next_year = birthday(alice, 31, 12), birthday(alice, 3, 1, 2000)
    ImportantDateFactory(contact=soon, day=19, month=1, year=None)
    coming = read(reminders.coming_dates)
    assert [date.on for date in coming] == [dt.date(2026, 12, 31), dt.date(2027, 1, 3), dt.date(2027, 1, 19)]
    assert coming[1].contact == next_year
    assert coming[1].years == 27


@pytest.mark.parametrize(
    ("year", "on_1_march", "kept"),
    [
        (2028, False, dt.date(2028, 2, 29)),
        (2028, True, dt.date(2028, 2, 29)),
        (2027, False, dt.date(2027, 2, 28)),
        (2027, True, dt.date(2027, 3, 1)),
    ],
)
@pytest.mark.parametrize("days_before", [0, 1, 30])
def test_29_february_comes_every_year(alice, read, time_machine, settings, year, on_1_march, kept, days_before):
    settings.LEAP_DAY_FALLS_ON_1_MARCH = on_1_march
    birthday(alice, 29, 2, 2000)
    ImportantDateFactory(contact=ContactFactory(owner=alice), day=29, month=2, year=None)
    time_machine.move_to(
        dt.datetime(year, kept.month, kept.day, 9, tzinfo=PARIS) - dt.timedelta(days_before), tick=False
    )
    assert [date.on for date in read(reminders.coming_dates)] == [kept, kept]


@pytest.mark.parametrize(("on_1_march", "gone"), [(False, (2027, 3, 1)), (True, (2027, 3, 2))])
def test_29_february_is_over_the_day_after_it_was_kept(alice, read, go_to, settings, on_1_march, gone):
    settings.LEAP_DAY_FALLS_ON_1_MARCH = on_1_march
    birthday(alice, 29, 2)
    go_to(*gone, 9)
    assert read(reminders.coming_dates) == []


def test_a_month_without_its_day_comes_all_month_long(alice, read, go_to):
    birthday(alice, None, 12)
    assert [date.on for date in read(reminders.coming_dates)] == [dt.date(2026, 12, 1)]
    go_to(2026, 12, 31, 9)
    assert [date.on for date in read(reminders.coming_dates)] == [dt.date(2026, 12, 31)]
    go_to(2027, 1, 1, 9)
    assert read(reminders.coming_dates) == []


def test_a_year_alone_never_comes(alice, read):
    ContactFactory(owner=alice, birthday_year=1980)
    assert read(reminders.coming_dates) == []


def test_a_date_in_a_later_year_has_not_come_yet(alice, read, go_to):
    ImportantDateFactory(contact=ContactFactory(owner=alice), label="Retires", day=1, month=12, year=2027)
    assert read(reminders.coming_dates) == []
    go_to(2027, 11, 23, 9)
    assert [date.caption for date in read(reminders.coming_dates)] == ["Retires"]


@pytest.mark.parametrize("values", [{"deceased_on": dt.date(2020, 1, 1)}, {"is_archived": True}])
def test_no_date_of_the_deceased_or_the_archived_comes(alice, read, values):
    ImportantDateFactory(contact=birthday(alice, 25, 11, **values), day=26, month=11)
    assert read(reminders.coming_dates) == []


def test_the_dates_of_one_contact_can_be_asked_for(alice, read):
    birthday(alice, 25, 11)
    contact = birthday(alice, 26, 11)
    wedding = ImportantDateFactory(contact=contact, day=27, month=11)
    assert [date.source for date in read(reminders.coming_dates, contact=contact)] == [contact, wedding]


def test_nobody_sees_the_dates_of_others(charlie, read):
    ImportantDateFactory(contact=birthday(charlie, 25, 11), day=26, month=11)
    assert read(reminders.coming_dates) == []


def test_a_day_comes_when_it_has_begun_where_the_owner_lives(alice, read, time_machine):
    birthday(alice, 24, 11)
    time_machine.move_to(dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC), tick=False)
    assert [date.days_away for date in read(reminders.coming_dates)] == [1]
    time_machine.move_to(dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC), tick=False)
    assert [date.days_away for date in read(reminders.coming_dates)] == [0]


# --- Slipping away -----------------------------------------------------------------------------


def seen(contact, *moment):
    return InteractionFactory.with_contact(contact, occurred_at=at(*moment))


def names(slips):
    return [slip.contact for slip in slips]


def test_a_contact_slips_away_on_the_day_after_the_cadence_has_run_out(alice, read, go_to):
    contact = ContactFactory(owner=alice, cadence_days=10)
    seen(contact, 2026, 11, 13, 18)
    go_to(2026, 11, 23, 23, 59)
    assert read(reminders.slipping_away) == []
    go_to(2026, 11, 24, 0, 0)
    (slip,) = read(reminders.slipping_away)
    assert (slip.contact, slip.due_on, slip.days_late) == (contact, dt.date(2026, 11, 23), 1)


def test_the_cadence_comes_from_the_contact_else_from_its_smallest_tag(alice, read):
    weekly, yearly = TagFactory(owner=alice, cadence_days=7), TagFactory(owner=alice, cadence_days=365)
    tagged = ContactFactory(owner=alice, tags=[weekly, yearly])
    patient = ContactFactory(owner=alice, tags=[weekly], cadence_days=60)
    for contact in (tagged, patient, ContactFactory(owner=alice)):
        seen(contact, 2026, 11, 1, 12)
    assert names(read(reminders.slipping_away)) == [tagged]


def test_whoever_was_never_seen_is_counted_from_the_entry(alice, read, go_to):
    contact = ContactFactory(owner=alice, cadence_days=10)
    go_to(2026, 12, 5, 9)
    (slip,) = read(reminders.slipping_away)
    assert (slip.contact, slip.days_late) == (contact, 2)


def test_the_longest_ago_comes_first(alice, read):
    contacts = [ContactFactory(owner=alice, cadence_days=days) for days in (20, 3, 30)]
    for contact in contacts:
        seen(contact, 2026, 10, 1, 12)
    assert names(read(reminders.slipping_away)) == [contacts[1], contacts[0], contacts[2]]


@pytest.mark.parametrize(
    "values",
    [
        {"deceased_on": dt.date(2026, 11, 1)},
        {"is_archived": True},
        {"paused_until": dt.date(2026, 11, 24)},
    ],
)
def test_the_deceased_the_archived_and_the_paused_do_not_slip_away(alice, read, values):
    seen(ContactFactory(owner=alice, cadence_days=5, **values), 2026, 10, 1, 12)
    assert read(reminders.slipping_away) == []


def test_a_pause_ends_on_its_day(alice, read):
    contact = ContactFactory(owner=alice, cadence_days=5, paused_until=TODAY)
    seen(contact, 2026, 10, 1, 12)
    assert names(read(reminders.slipping_away)) == [contact]


def test_whoever_is_about_to_be_met_does_not_slip_away_until_the_meeting_falls_through(alice, read):
    contact = ContactFactory(owner=alice, cadence_days=5)
    seen(contact, 2026, 10, 1, 12)
    meeting = seen(contact, 2026, 12, 1, 12)
    assert read(reminders.slipping_away) == []
    meeting.delete()
    assert names(read(reminders.slipping_away)) == [contact]


def test_a_note_that_is_no_contact_saves_nobody_from_slipping_away(alice, read):
    contact = ContactFactory(owner=alice, cadence_days=5)
    seen(contact, 2026, 10, 1, 12)
    InteractionFactory.with_contact(contact, occurred_at=at(2026, 11, 22, 12), counts_as_contact=False)
    assert names(read(reminders.slipping_away)) == [contact]


@pytest.mark.parametrize(
    ("last", "first_late_day"),
    [
        ((2026, 3, 20, 23, 30), (2026, 3, 31)),  # the clock goes forward on 29 March
        ((2026, 3, 20, 0, 30), (2026, 3, 31)),
        ((2026, 10, 20, 23, 30), (2026, 10, 31)),  # and back on 25 October
        ((2026, 10, 20, 0, 30), (2026, 10, 31)),
    ],
)
def test_a_cadence_counts_days_not_hours_when_the_clock_changes(alice, read, go_to, last, first_late_day):
    go_to(*last)
    seen(ContactFactory(owner=alice, cadence_days=10), *last)
    before = dt.date(*first_late_day) - dt.timedelta(days=1)
    go_to(before.year, before.month, before.day, 23, 59)
    assert read(reminders.slipping_away) == []
    go_to(*first_late_day, 0, 0)
    assert [slip.days_late for slip in read(reminders.slipping_away)] == [1]


def test_only_the_most_urgent_are_given(alice, read):
    for days in range(1, 6):
        seen(ContactFactory(owner=alice, cadence_days=days), 2026, 10, 1, 12)
    assert len(read(reminders.slipping_away, limit=3)) == 3


def test_nobody_sees_who_slips_away_from_others(charlie, read):
    seen(ContactFactory(owner=charlie, cadence_days=5), 2026, 10, 1, 12)
    assert read(reminders.slipping_away) == []


# --- Follow-ups --------------------------------------------------------------------------------


def test_follow_ups_are_due_from_the_oldest_debt_to_a_week_ahead(alice, read):
    contact = ContactFactory(owner=alice)
    due = {days: FollowUpFactory(contact=contact, due_on=TODAY + dt.timedelta(days)) for days in (7, 0, -40, 8)}
    FollowUpFactory(contact=contact, due_on=None)
    assert list(read(reminders.follow_ups_due)) == [due[-40], due[0], due[7]]


def test_a_follow_up_is_overdue_from_the_day_after_it_was_due(alice):
    contact = ContactFactory(owner=alice)
    yesterday = FollowUpFactory(contact=contact, due_on=TODAY - dt.timedelta(days=1))
    today = FollowUpFactory(contact=contact, due_on=TODAY)
    assert yesterday.is_overdue(TODAY)
    assert not today.is_overdue(TODAY)
    assert list(Book(alice).follow_ups.overdue(TODAY)) == [yesterday]


def test_what_is_done_is_not_due_until_it_is_undone(alice, read):
    follow_up = FollowUpFactory(contact=ContactFactory(owner=alice), due_on=TODAY)
    follow_up.mark_done()
    assert not follow_up.is_overdue(TODAY + dt.timedelta(days=1))
    assert list(read(reminders.follow_ups_due)) == []
    follow_up.reopen()
    assert list(read(reminders.follow_ups_due)) == [follow_up]


def test_marking_done_twice_keeps_the_first_moment(alice, go_to):
    follow_up = FollowUpFactory(contact=ContactFactory(owner=alice))
    follow_up.mark_done()
    go_to(2026, 11, 25, 9)
    follow_up.mark_done()
    follow_up.refresh_from_db()
    assert follow_up.done_at == at(2026, 11, 23, 9)


def test_nothing_is_due_of_the_archived_or_of_others(alice, charlie, read):
    FollowUpFactory(contact=ContactFactory(owner=alice, is_archived=True), due_on=TODAY)
    FollowUpFactory(contact=ContactFactory(owner=charlie), due_on=TODAY)
    assert list(read(reminders.follow_ups_due)) == []


def test_all_that_is_open_with_a_contact_is_given_those_without_a_day_last(alice, read):
    contact = ContactFactory(owner=alice)
    some_day = FollowUpFactory(contact=contact)
    far, near = (FollowUpFactory(contact=contact, due_on=TODAY + dt.timedelta(days)) for days in (200, 3))
    FollowUpFactory(contact=contact).mark_done()
    FollowUpFactory(contact=ContactFactory(owner=alice))
    assert read(reminders.follow_ups_with, contact=contact, done=0)[0] == [near, far, some_day]


def test_what_was_done_with_a_contact_is_given_latest_first_and_no_more_than_asked_for(alice, read):
    contact = ContactFactory(owner=alice)
    days = {ago: at(2026, 11, 23 - ago, 9) for ago in (3, 1, 4, 2)}
    done = {ago: FollowUpFactory(contact=contact, due_on=TODAY, done_at=at) for ago, at in days.items()}
    FollowUpFactory(contact=ContactFactory(owner=alice), done_at=at(2026, 11, 22, 9))
    still_open = FollowUpFactory(contact=contact)
    assert read(reminders.follow_ups_with, contact=contact, done=3) == ([still_open], [done[1], done[2], done[3]])


# --- Meetings ----------------------------------------------------------------------------------


def test_meetings_are_planned_from_now_to_the_end_of_the_day_two_weeks_ahead(alice, read):
    contact = ContactFactory(owner=alice)
    seen(contact, 2026, 11, 23, 9)  # begins now
    last = seen(contact, 2026, 12, 7, 23, 59)
    first = seen(contact, 2026, 11, 23, 9, 1)
    seen(contact, 2026, 12, 8, 0, 0)
    assert read(reminders.planned_meetings) == [first, last]


def test_planned_meetings_bring_their_people_along(alice, django_assert_num_queries):
    book = Book(alice)
    employer = OrganizationFactory(owner=alice)
    nameless = ContactFactory(owner=alice, first_name="", last_name="", organization=employer)
    for hour in (10, 11, 12):
        InteractionFactory(owner=alice, contacts=[nameless], occurred_at=at(2026, 11, 24, hour))
    with django_assert_num_queries(2):
        assert {str(contact) for meeting in reminders.planned_meetings(book) for contact in meeting.people} == {
            employer.name
        }


def test_a_meeting_just_passed_asks_for_a_note_until_it_has_one(alice, read):
    contact = ContactFactory(owner=alice)
    lunch = seen(contact, 2026, 11, 20, 12)
    Interaction.objects.create(owner=alice, occurred_at=at(2026, 11, 21, 12), kind=Interaction.Kind.CALL)
    seen(contact, 2026, 11, 15, 23, 59)  # more than a week ago
    seen(contact, 2026, 11, 24, 12)  # still to come
    assert read(reminders.unnoted_meetings) == [lunch]
    lunch.body = "She is moving to Lyon."
    lunch.save()
    assert read(reminders.unnoted_meetings) == []


def test_nobody_sees_the_meetings_of_others(charlie, read):
    contact = ContactFactory(owner=charlie)
    seen(contact, 2026, 11, 22, 12)
    seen(contact, 2026, 11, 24, 12)
    assert read(reminders.planned_meetings) == []
    assert read(reminders.unnoted_meetings) == []


# --- Settling ----------------------------------------------------------------------------------


def test_a_meeting_that_has_passed_starts_the_cadence_anew(alice, read, go_to):
    contact = ContactFactory(owner=alice, cadence_days=5)
    seen(contact, 2026, 10, 1, 12)
    seen(contact, 2026, 11, 24, 12)
    go_to(2026, 11, 25, 9)
    assert read(reminders.slipping_away) == []
    assert Contact.objects.get().last_interaction_at == at(2026, 11, 24, 12)
    go_to(2026, 11, 30, 9)
    assert [slip.days_late for slip in read(reminders.slipping_away)] == [1]
