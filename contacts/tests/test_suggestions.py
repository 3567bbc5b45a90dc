"""What the rules suggest: to whom, why, on which day, and above all when not."""

import datetime as dt
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contacts.book import Book
from contacts.models import Contact, Profile, SuggestionType
from contacts.settling import settle
from contacts.suggestions import acting, candidates, choose, suggest, whole
from contacts.tests.factories import (
    ContactFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)

PARIS = ZoneInfo("Europe/Paris")
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=PARIS), tick=False)


@pytest.fixture
def go_to(time_machine):
    """Travels to a morning in Paris."""

    def go_to(day):
        time_machine.move_to(dt.datetime.combine(day, dt.time(9), tzinfo=PARIS), tick=False)

    return go_to


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


@pytest.fixture
def paul(alice):
    return ContactFactory(owner=alice, first_name="Paul", last_name="Roux")


def book_of(owner):
    """The book as a request would open it now."""
    book = Book(User.objects.get(pk=owner.pk))
    settle(book)
    return book


def found(owner, kind=None, *, language="en"):
    with translation.override(language):
        return [one for one in candidates(book_of(owner)) if kind in (None, one.type)]


def shown(owner):
    with translation.override("en"):
        return suggest(book_of(owner))


def the_only(owner, kind=None):
    [suggestion] = found(owner, kind)
    return suggestion


def refs(suggestion):
    return [source.ref for source in suggestion.sources]


def labels(suggestion):
    return [point.label for point in suggestion.points]


def wish(owner, **fields):
    Profile.objects.filter(user=owner).update(**fields)


def change(contact, **fields):
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.save()


def seen(*contacts, days_ago=20, **fields):
    """Somebody was talked to, each alone, by phone, and it was written down."""
    at = dt.datetime.combine(dt.date.today() - dt.timedelta(days=days_ago), dt.time(8), tzinfo=PARIS)
    for contact in contacts:
        InteractionFactory.with_contact(contact, **{"kind": "call", "body": "All is well", "occurred_at": at} | fields)


def meeting(*contacts, on, hour=14, **fields):
    at = dt.datetime.combine(on, dt.time(hour), tzinfo=PARIS)
    return InteractionFactory(owner=contacts[0].owner, contacts=contacts, occurred_at=at, **fields)


# --- Follow-ups ---------------------------------------------------------------------------------


def test_what_i_promised_is_suggested_as_i_wrote_it(alice, helene):
    promise = FollowUpFactory(contact=helene, title="Send the quote", due_on=dt.date(2026, 11, 20))
    one = the_only(alice)
    assert (one.type, one.contact, one.title) == ("follow_up", helene, "Send the quote")
    assert one.reason == "You promised it to Hélène Martin for November 20 (3 days ago)."
    assert refs(one) == [f"f{promise.pk}"]
    assert one.due_on == promise.due_on
    assert "3 days overdue" in labels(one)


def test_what_was_promised_to_me_is_to_be_asked_for(alice, helene):
    FollowUpFactory(contact=helene, title="Lend the book", due_on=TODAY, owed_by="them")
    one = the_only(alice)
    assert one.title == "Ask where this is: Lend the book"
    assert one.reason == "Hélène Martin promised it to you for November 23 (today)."
    assert one.due_on == TODAY


def test_a_promise_cites_where_it_was_made(alice, helene):
    lunch = meeting(helene, on=dt.date(2026, 11, 2), title="Lunch", body="She needs a quote")
    promise = FollowUpFactory(contact=helene, due_on=TODAY, interaction=lunch)
    one = the_only(alice)
    assert one.reason == "You promised it to Hélène Martin for November 23 (today): “Lunch”."
    assert refs(one) == [f"f{promise.pk}", f"i{lunch.pk}"]
    assert one.sources[1].on == dt.date(2026, 11, 2)


def test_what_i_owe_comes_before_what_is_owed_to_me(alice, helene, paul):
    FollowUpFactory(contact=helene, due_on=TODAY, owed_by="them")
    FollowUpFactory(contact=paul, due_on=TODAY)
    assert [one.contact for one in found(alice)] == [paul, helene]


def test_a_promise_is_suggested_three_days_ahead_and_not_four(alice, helene):
    FollowUpFactory(contact=helene, title="Soon", due_on=TODAY + dt.timedelta(days=3))
    FollowUpFactory(contact=helene, title="Later", due_on=TODAY + dt.timedelta(days=4))
    assert [one.title for one in found(alice)] == ["Soon"]


def test_neither_a_kept_promise_nor_one_without_a_day_is_suggested(alice, helene):
    FollowUpFactory(contact=helene, due_on=TODAY).mark_done()
    FollowUpFactory(contact=helene, due_on=None)
    assert found(alice) == []


def test_what_is_overdue_since_long_yields_to_what_is_due(alice, helene, paul):
    FollowUpFactory(contact=helene, due_on=TODAY - dt.timedelta(days=90))
    FollowUpFactory(contact=paul, due_on=TODAY)
    assert [one.contact for one in found(alice)] == [paul, helene]


def test_a_meeting_just_passed_is_to_be_written_down(alice, helene):
    lunch = meeting(helene, on=dt.date(2026, 11, 22), title="Lunch")
    one = the_only(alice)
    assert one.type == "follow_up"
    assert one.title == "Write down what was said: Lunch"
    assert one.reason == "You met Hélène Martin on November 22 (yesterday), and nothing is noted since."
    assert refs(one) == [f"i{lunch.pk}"]
    assert (one.due_on, one.meeting) == (None, lunch)


def test_once_something_is_noted_the_meeting_is_left_alone(alice, helene):
    lunch = meeting(helene, on=dt.date(2026, 11, 21), title="Lunch")
    assert found(alice)
    note = meeting(helene, on=dt.date(2026, 11, 22), kind="note", counts_as_contact=False, body="She moves to Lyon")
    assert found(alice) == []
    note.delete()
    lunch.body = "She moves to Lyon"
    lunch.save()
    assert found(alice) == []


def test_a_note_from_before_says_nothing_of_the_meeting(alice, helene):
    meeting(helene, on=dt.date(2026, 11, 19), kind="note", counts_as_contact=False, body="She moves to Lyon")
    meeting(helene, on=dt.date(2026, 11, 21))
    assert len(found(alice)) == 1


def test_calls_and_meetings_of_another_week_need_no_note(alice, helene, paul):
    meeting(helene, on=dt.date(2026, 11, 15))
    meeting(paul, on=dt.date(2026, 11, 22), kind="call")
    assert found(alice) == []


# --- Birthdays and dates ------------------------------------------------------------------------


def test_a_birthday_tells_the_age_and_the_day(alice):
    luc = ContactFactory(owner=alice, first_name="Luc", last_name="", birthday_day=28, birthday_month=11)
    change(luc, birthday_year=1986)
    one = the_only(alice)
    assert (one.type, one.title) == ("anniversaire", "Wish Luc a happy birthday")
    assert one.reason == "Luc turns 40 on November 28 (in 5 days)."
    assert refs(one) == [f"c{luc.pk}"]
    assert one.due_on == dt.date(2026, 11, 28)


def test_no_age_is_made_up(alice):
    ContactFactory(owner=alice, first_name="Luc", last_name="", birthday_day=24, birthday_month=11)
    assert the_only(alice).reason == "Birthday of Luc: on November 24 (tomorrow)."


def test_another_date_is_named_with_its_years(alice, helene):
    wedding = ImportantDateFactory(contact=helene, label="wedding", day=1, month=12, year=2016)
    one = the_only(alice)
    assert one.title == "A word to Hélène Martin: wedding"
    assert one.reason == "Wedding of Hélène Martin: 10 years on December 1 (in 8 days)."
    assert refs(one) == [f"d{wedding.pk}"]
    assert one.due_on == dt.date(2026, 12, 1)


def test_of_a_date_whose_day_is_unknown_only_the_month_is_said(alice):
    ContactFactory(owner=alice, first_name="Luc", last_name="", birthday_month=11)
    one = the_only(alice)
    assert one.reason == "Birthday of Luc: in November, the day is not known."
    assert one.due_on is None
    assert "The day is not known" in labels(one)
    assert "It is today" not in labels(one)


def test_a_month_that_has_yet_to_begin_is_not_called_this_month(alice, helene):
    change(helene, birthday_month=12)
    one = the_only(alice)
    assert one.reason == "Birthday of Hélène Martin: in December, the day is not known."
    assert "Some day this month" not in labels(one)


def test_the_year_of_birth_alone_is_no_occasion(alice, helene):
    change(helene, birthday_year=1986)
    assert found(alice) == []


def everything_at_once(owner, person):
    """The most pressing of every other kind."""
    FollowUpFactory(contact=person("Owed"), due_on=TODAY - dt.timedelta(days=13))
    seen(person("Close", cadence_days=7, is_favorite=True), days_ago=300)
    drifting = person("Drifting", is_favorite=True)
    for days in range(100, 200, 10):
        seen(drifting, days_ago=days)
    friend, employer = person("Introducer"), OrganizationFactory(owner=owner)
    shared = {"organization": employer, "city": "Lyon", "met_through": friend, "is_favorite": True}
    seen(person("One", **shared), person("Other", **shared))
    meeting(person("Met"), on=TODAY - dt.timedelta(days=1))


def test_a_birthday_of_today_comes_before_everything_else(alice):
    def person(name, **fields):
        return ContactFactory(owner=alice, first_name=name, last_name="", **fields)

    everything_at_once(alice, person)
    person("Celebrated", birthday_day=23, birthday_month=11)
    suggestions = found(alice)
    assert {one.type for one in suggestions} == set(SuggestionType)
    assert len(suggestions) >= 6
    assert str(suggestions[0].contact) == "Celebrated"
    assert "It is today" in labels(suggestions[0])
    assert suggestions[0].score > suggestions[1].score
    assert str(shown(alice)[0].contact) == "Celebrated"


def test_a_birthday_of_today_comes_before_two_who_have_much_in_common(alice, helene, paul):
    tags = [TagFactory(owner=alice) for _number in range(7)]
    shared = {"organization": OrganizationFactory(owner=alice), "met_through": ContactFactory(owner=alice)}
    for person in (helene, paul):
        person.tags.set(tags)
        change(person, city="Lyon", **shared)
    seen(helene, paul)
    ContactFactory(owner=alice, first_name="Celebrated", birthday_day=23, birthday_month=11)
    assert [one.type for one in found(alice)] == ["anniversaire", "networking"]


def test_a_birthday_of_today_is_not_lost_among_those_of_which_only_the_month_is_known(alice):
    for _number in range(60):
        ContactFactory(owner=alice, last_name="Abel", birthday_month=11)
    ContactFactory(owner=alice, first_name="Celebrated", last_name="Zola", birthday_day=23, birthday_month=11)
    assert found(alice)[0].contact.first_name == "Celebrated"


def test_a_birthday_today_outranks_that_of_a_favorite_tomorrow(alice):
    ContactFactory(owner=alice, first_name="Tomorrow", birthday_day=24, birthday_month=11, is_favorite=True)
    ContactFactory(owner=alice, first_name="Today", birthday_day=23, birthday_month=11)
    assert [one.contact.first_name for one in found(alice)] == ["Today", "Tomorrow"]


@pytest.mark.parametrize("days", [0, 3, 14, 60])
def test_how_early_a_date_is_suggested_is_the_users_choice(alice, days):
    last = TODAY + dt.timedelta(days=days)
    late = last + dt.timedelta(days=1)
    ContactFactory(owner=alice, first_name="Within", birthday_day=last.day, birthday_month=last.month)
    ContactFactory(owner=alice, first_name="Beyond", birthday_day=late.day, birthday_month=late.month)
    wish(alice, dates_ahead_days=days)
    assert [one.contact.first_name for one in found(alice)] == ["Within"]


# --- Keeping in touch ---------------------------------------------------------------------------


def test_whose_cadence_has_passed_is_to_be_seen_again(alice, helene):
    change(helene, cadence_days=7)
    seen(helene, days_ago=20)
    one = the_only(alice)
    assert (one.type, one.title) == ("relance", "Get back in touch with Hélène Martin")
    assert one.reason == "Last contact on Nov. 3, 2026, and you wanted one every 7 days: 13 days late."
    assert refs(one) == [f"c{helene.pk}"]
    assert one.due_on == dt.date(2026, 11, 10)


def test_the_cadence_is_over_the_day_after_its_last(alice, helene):
    change(helene, cadence_days=20)
    seen(helene, days_ago=20)
    assert found(alice) == []
    change(helene, cadence_days=19)
    assert "1 day late" in the_only(alice).reason


def test_a_cadence_of_a_tag_counts_too(alice, helene):
    helene.tags.add(TagFactory(owner=alice, cadence_days=10))
    seen(helene, days_ago=20)
    assert "every 10 days: 10 days late" in the_only(alice).reason


def test_of_whom_no_contact_is_noted_nothing_else_is_claimed(alice, go_to):
    go_to(dt.date(2026, 11, 1))
    ContactFactory(owner=alice, cadence_days=7)
    go_to(TODAY)
    assert the_only(alice).reason == "No contact is noted yet, and you wanted one every 7 days: 15 days late."


def test_with_whom_something_is_planned_there_is_no_hurry(alice, helene):
    change(helene, cadence_days=7)
    seen(helene, days_ago=20)
    meeting(helene, on=TODAY + dt.timedelta(days=30))
    assert found(alice) == []


def test_a_favorite_without_cadence_who_drifts_away_is_missed(alice, helene):
    change(helene, is_favorite=True)
    seen(helene, days_ago=60)
    one = the_only(alice)
    assert one.type == "relance"
    assert one.reason == "A favorite of yours, and nothing since Sept. 24, 2026 (60 days ago)."
    assert one.due_on is None


def test_a_favorite_seen_two_months_ago_less_a_day_is_not_missed_yet(alice, helene):
    change(helene, is_favorite=True)
    seen(helene, days_ago=59)
    assert found(alice) == []


def test_somebody_often_seen_who_drifts_away_is_missed(alice, helene):
    for days in (100, 110, 120, 130):
        seen(helene, days_ago=days)
    one = the_only(alice)
    assert one.type == "relance"
    assert one.reason == "You were in touch 4 times in two years, and not since Aug. 15, 2026 (100 days ago)."


def test_a_silence_no_longer_than_usual_is_no_drifting(alice, helene):
    for days in (100, 150, 200, 250):  # every fifty days; twice that is not long
        seen(helene, days_ago=days)
    assert found(alice) == []


def test_somebody_seen_now_and_then_does_not_drift(alice, helene):
    for days in (100, 110, 120):
        seen(helene, days_ago=days)
    assert found(alice) == []


# --- Introductions ------------------------------------------------------------------------------


def in_common(what, owner):
    return {
        "organization": lambda: {"organization": OrganizationFactory(owner=owner, name="Acme")},
        "tag": lambda: {"tags": [TagFactory(owner=owner, name="cooking")]},
        "city": lambda: {"city": "Lyon"},
        "met through": lambda: {"met_through": ContactFactory(owner=owner, first_name="Zoé", last_name="Petit")},
    }[what]()


@pytest.fixture
def two_who_share(alice):
    def two_who_share(what):
        fields = in_common(what, alice)
        people = [ContactFactory(owner=alice, first_name=name, last_name="", **fields) for name in ("Aline", "Bernard")]
        seen(*people)
        return people

    return two_who_share


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("organization", "Both work at Acme."),
        ("tag", "Both have the tag “cooking”."),
        ("city", "Both live in Lyon."),
        ("met through", "You met both through Zoé Petit."),
    ],
)
def test_two_who_have_something_in_common_could_be_introduced(alice, two_who_share, what, reason):
    aline, bernard = two_who_share(what)
    one = the_only(alice)
    assert (one.type, one.title) == ("networking", "Introduce Aline and Bernard to each other")
    assert one.people == (aline, bernard)
    assert one.reason == reason
    assert refs(one)[:2] == [f"c{aline.pk}", f"c{bernard.pk}"]
    assert one.due_on is None


def test_of_many_who_share_something_as_many_pairs_are_shown_as_there_are_people_for(alice):
    people = ContactFactory.create_batch(12, owner=alice, city="Lyon")
    for person in people:
        InteractionFactory(
            owner=alice, contacts=[person], kind="call", occurred_at=timezone.now() - dt.timedelta(days=3)
        )
    people[0].is_favorite = True  # fits best with each of the others
    people[0].save()
    wish(alice, suggestions_shown=8)
    introduced = [person for one in shown(alice) for person in one.people]
    assert set(introduced) == set(people)
    assert len(introduced) == len(people)


def test_whoever_introduced_both_is_among_the_sources(alice, two_who_share):
    aline, _bernard = two_who_share("met through")
    assert f"c{aline.met_through_id}" in refs(the_only(alice))


def test_a_city_is_the_same_however_it_is_written(alice, helene, paul):
    change(helene, city="Saint-Étienne")
    change(paul, city="saint-etienne")
    seen(helene, paul)
    assert len(found(alice)) == 1


def test_all_that_two_people_share_makes_one_suggestion(alice, helene, paul):
    tag = TagFactory(owner=alice, name="cooking")
    for person in (helene, paul):
        person.tags.add(tag)
        change(person, city="Lyon")
    seen(helene, paul)
    assert the_only(alice).reason == "Both have the tag “cooking”. Both live in Lyon."


def test_people_of_whom_nothing_was_ever_heard_are_not_introduced(alice):
    ContactFactory(owner=alice, city="Lyon")
    ContactFactory(owner=alice, city="Lyon")
    assert found(alice) == []


def test_what_a_crowd_shares_says_nothing_of_two_of_them(alice):
    seen(*(ContactFactory(owner=alice, city="Paris") for _number in range(13)))
    assert found(alice) == []


def test_two_who_are_related_need_no_introduction(alice, two_who_share):
    aline, bernard = two_who_share("city")
    tie = RelationshipFactory(from_contact=bernard, to_contact=aline)
    assert found(alice) == []
    tie.delete()
    RelationshipFactory(from_contact=aline, to_contact=bernard)
    assert found(alice) == []


def test_two_of_whom_one_was_met_through_the_other_need_no_introduction(alice, two_who_share):
    aline, bernard = two_who_share("city")
    change(bernard, met_through=aline)
    assert found(alice) == []
    change(bernard, met_through=None)
    change(aline, met_through=bernard)
    assert found(alice) == []


@pytest.mark.parametrize("days", [-400, -30, 5])
def test_two_who_were_or_will_be_somewhere_together_need_no_introduction(alice, two_who_share, days):
    aline, bernard = two_who_share("city")
    others = [ContactFactory(owner=alice) for _number in range(3)]
    meeting(others[0], bernard, others[1], aline, others[2], on=TODAY + dt.timedelta(days=days), body="A party")
    assert found(alice) == []


def test_before_a_meeting_somebody_who_works_there_can_be_asked(alice, two_who_share):
    aline, bernard = two_who_share("organization")
    planned = meeting(aline, on=dt.date(2026, 11, 26), title="Offer")
    one = the_only(alice)
    assert (one.type, one.title) == ("networking", "Ask Bernard about Acme")
    assert one.reason == "You meet Aline of Acme on November 26, and Bernard works there too."
    assert one.contact == bernard
    assert refs(one) == [f"i{planned.pk}", f"c{bernard.pk}", f"c{aline.pk}"]
    assert one.due_on == dt.date(2026, 11, 26)


def test_a_colleague_can_be_asked_who_was_not_seen_since_ever(alice, helene):
    acme = OrganizationFactory(owner=alice, name="Acme")
    change(helene, organization=acme)
    ContactFactory(owner=alice, first_name="Bernard", last_name="", organization=acme)
    meeting(helene, on=dt.date(2026, 11, 26))
    assert the_only(alice).title == "Ask Bernard about Acme"


def test_after_the_meeting_there_is_nothing_to_ask_any_more(alice, two_who_share, go_to):
    aline, _bernard = two_who_share("organization")
    meeting(aline, on=dt.date(2026, 11, 26), body="All went well")
    go_to(dt.date(2026, 11, 28))
    assert [one.title for one in found(alice)] == ["Introduce Aline and Bernard to each other"]


# --- About whom never ---------------------------------------------------------------------------


def occasions(person, friend):
    """A reason of every kind to turn to `person`."""
    change(person, city="Lyon", cadence_days=7, birthday_day=25, birthday_month=11)
    change(friend, city="Lyon")
    ImportantDateFactory(contact=person, day=26, month=11)
    FollowUpFactory(contact=person, due_on=TODAY)
    seen(person, friend, days_ago=30)


def types_for(owner, person):
    return {one.type for one in found(owner) if person in one.people}


def test_all_reasons_are_found(alice, helene, paul):
    """What the tests below leave out is there without them."""
    occasions(helene, paul)
    assert types_for(alice, helene) == set(SuggestionType)


@pytest.mark.parametrize(
    "fields",
    [{"is_archived": True}, {"deceased_on": dt.date(2026, 11, 1)}, {"paused_until": dt.date(2026, 11, 24)}],
    ids=["archived", "deceased", "paused"],
)
def test_whoever_is_put_away_dead_or_paused_is_never_suggested(alice, helene, paul, fields):
    occasions(helene, paul)
    meeting(helene, on=TODAY - dt.timedelta(days=1))
    change(helene, **fields)
    assert types_for(alice, helene) == set()


def test_a_pause_is_over_on_its_last_day(alice, helene, paul):
    occasions(helene, paul)
    change(helene, paused_until=TODAY)
    assert types_for(alice, helene) == set(SuggestionType)


def test_a_favorite_who_died_is_not_missed_as_one_who_drifts(alice, helene):
    change(helene, is_favorite=True, deceased_on=dt.date(2026, 10, 1))
    seen(helene, days_ago=100)
    assert found(alice) == []


def test_whoever_was_spoken_to_today_is_left_alone_until_tomorrow(alice, helene, paul, go_to):
    occasions(helene, paul)
    meeting(helene, on=TODAY, hour=8, kind="call", body="We talked")
    assert types_for(alice, helene) == set()
    go_to(TODAY + dt.timedelta(days=1))
    assert types_for(alice, helene) == {"follow_up", "anniversaire", "networking"}


def test_neither_is_one_introduced_to_whom_one_spoke_today(alice, helene, paul):
    occasions(paul, helene)
    meeting(helene, on=TODAY, hour=8, kind="call", body="We talked")
    assert types_for(alice, paul) == {"follow_up", "anniversaire", "relance"}


def test_a_meeting_of_today_can_be_written_down_at_once(alice, helene, paul):
    occasions(helene, paul)
    meeting(helene, on=TODAY, hour=8, title="Breakfast")
    assert [one.title for one in found(alice) if helene in one.people] == ["Write down what was said: Breakfast"]


@pytest.mark.parametrize("spoken_to", [0, 1], ids=["whom one will meet", "whom one would ask"])
def test_before_a_meeting_nobody_is_asked_to_whom_one_spoke_today(alice, two_who_share, spoken_to):
    people = two_who_share("organization")
    meeting(people[0], on=dt.date(2026, 11, 26))
    meeting(people[spoken_to], on=TODAY, hour=8, kind="call", body="We talked")
    assert found(alice) == []


def test_a_note_is_not_speaking_to_somebody(alice, helene, paul):
    occasions(helene, paul)
    meeting(helene, on=TODAY, hour=8, kind="note", counts_as_contact=False, body="To think about")
    assert types_for(alice, helene) == set(SuggestionType)


def test_nothing_in_the_book_of_another_is_suggested(alice, charlie):
    his = [ContactFactory(owner=charlie, is_favorite=True) for _number in range(2)]
    occasions(*his)
    meeting(his[1], on=TODAY - dt.timedelta(days=1))
    assert types_for(charlie, his[0]) == set(SuggestionType)
    assert found(alice) == []


def test_nobody_is_introduced_across_two_books(alice, charlie, helene):
    change(helene, city="Lyon")
    seen(helene, ContactFactory(owner=charlie, city="Lyon"))
    assert found(alice) == found(charlie) == []


# --- The same occasion, whatever the words ------------------------------------------------------


def test_a_suggestion_is_the_same_in_every_language(alice, helene, paul):
    occasions(helene, paul)
    meeting(paul, on=TODAY - dt.timedelta(days=1))
    english, french = found(alice), found(alice, language="fr")
    assert [one.id for one in english] == [one.id for one in french]
    assert len({one.id for one in english}) == len(english) >= 6
    rules_own = [number for number, one in enumerate(english) if one.follow_up is None]
    assert all(english[number].title != french[number].title for number in rules_own)
    assert all(one.reason != other.reason for one, other in zip(english, french, strict=True))


def test_a_suggestion_is_the_same_when_everything_is_renamed(alice, helene, paul):
    occasions(helene, paul)
    before = {one.id for one in found(alice)}
    change(helene, first_name="Éloïse", last_name="Zola", city="Lille")
    change(paul, city="Lille")
    helene.follow_ups.update(title="Something else")
    helene.dates.update(label="Something else")
    assert {one.id for one in found(alice)} == before


def test_what_was_dismissed_does_not_return_under_another_title(alice, helene):
    promise = FollowUpFactory(contact=helene, title="Send the quote", due_on=TODAY)
    acting.dismiss(found(alice), "once")
    promise.title = "Send the quote, at last"
    promise.save()
    assert found(alice) == []


def test_a_promise_put_on_another_day_is_a_new_one(alice, helene, go_to):
    promise = FollowUpFactory(contact=helene, due_on=TODAY)
    acting.dismiss(found(alice), "once")
    promise.due_on = TODAY + dt.timedelta(days=20)
    promise.save()
    go_to(promise.due_on)
    assert len(found(alice)) == 1


def test_what_was_put_off_returns_on_its_day_and_not_before(alice, helene, go_to):
    promise = FollowUpFactory(contact=helene, due_on=TODAY)
    acting.put_off(found(alice), TODAY + dt.timedelta(days=7))
    promise.title = "Other words"
    promise.save()
    for days in range(7):
        go_to(TODAY + dt.timedelta(days=days))
        assert found(alice) == []
    go_to(TODAY + dt.timedelta(days=7))
    assert the_only(alice).title == "Other words"


@pytest.mark.parametrize("out_of_the_way", ["paused", "dismissed"])
def test_behind_many_birthdays_that_are_not_to_be_suggested_others_are_found(alice, out_of_the_way):
    paused = {"paused_until": TODAY + dt.timedelta(days=60)} if out_of_the_way == "paused" else {}
    ContactFactory.create_batch(40, owner=alice, birthday_day=24, birthday_month=11, **paused)
    if out_of_the_way == "dismissed":
        dismiss_all(alice)
        dismiss_all(alice)
    late = ContactFactory(owner=alice, first_name="Zoé", birthday_day=30, birthday_month=11)
    assert late in [one.contact for one in found(alice, "anniversaire")]


def dismiss_all(owner):
    with translation.override("en"):
        acting.dismiss(candidates(book_of(owner)), "once")


def test_a_dismissed_birthday_returns_next_year(alice, helene, go_to):
    change(helene, birthday_day=25, birthday_month=11)
    acting.dismiss(found(alice), "once")
    for days in range(3):
        go_to(TODAY + dt.timedelta(days=days))
        assert found(alice) == []
    go_to(dt.date(2027, 11, 25))
    assert len(found(alice)) == 1


def test_a_new_silence_after_a_new_contact_is_a_new_occasion(alice, helene, go_to):
    change(helene, cadence_days=7)
    seen(helene)
    acting.dismiss(found(alice), "once")
    go_to(TODAY + dt.timedelta(days=60))
    assert found(alice) == []
    seen(helene, days_ago=10)
    assert "3 days late" in the_only(alice).reason


def test_dismissing_one_does_not_touch_the_others(alice, helene, paul):
    occasions(helene, paul)
    before = {one.id for one in found(alice)}
    acting.dismiss(found(alice, "relance"), "once")
    assert before - {one.id for one in found(alice)} == {f"relance:c{helene.pk}:2026-10-24"}


@pytest.mark.parametrize("kind", SuggestionType.values)
def test_never_again_silences_one_kind_for_one_person(alice, helene, paul, kind, go_to):
    occasions(helene, paul)
    acting.dismiss([one for one in found(alice, kind) if one.contact == helene], "never")
    assert types_for(alice, helene) == set(SuggestionType) - {kind}
    FollowUpFactory(contact=helene, due_on=dt.date(2027, 11, 20))
    go_to(dt.date(2027, 11, 20))
    assert types_for(alice, helene) == set(SuggestionType) - {kind}


def test_never_again_for_one_leaves_the_others_theirs(alice, helene, paul):
    FollowUpFactory(contact=helene, due_on=TODAY)
    FollowUpFactory(contact=paul, due_on=TODAY)
    acting.dismiss([one for one in found(alice) if one.contact == helene], "never")
    assert [one.contact for one in found(alice)] == [paul]


@pytest.mark.parametrize("end", [0, 1])
def test_never_again_holds_at_both_ends_of_an_introduction(alice, two_who_share, end):
    people = two_who_share("city")
    third = ContactFactory(owner=alice, first_name="Zara", last_name="", city="Lyon")
    first = ContactFactory(owner=alice, first_name="Aaron", last_name="", city="Lyon")
    seen(third, first)
    silent = people[end]
    acting.dismiss([one for one in found(alice) if one.contact == silent][:1], "never")
    left = found(alice)
    assert len(left) == 3
    assert not [one for one in left if silent in one.people]


# --- Which are shown ----------------------------------------------------------------------------


@pytest.fixture
def full(alice):
    """Many promises, each worth more than anything else, and one of every other kind."""
    for _number in range(10):
        FollowUpFactory(contact=ContactFactory(owner=alice), due_on=TODAY - dt.timedelta(days=13))
    ContactFactory(owner=alice, birthday_day=6, birthday_month=12)
    seen(ContactFactory(owner=alice, cadence_days=300), days_ago=301)
    seen(ContactFactory(owner=alice, city="Lyon"), ContactFactory(owner=alice, city="Lyon"))
    return alice


@pytest.mark.parametrize("wanted", [1, 2, 3, 4, 5, 8])
def test_as_many_are_shown_as_are_wanted(full, wanted):
    wish(full, suggestions_shown=wanted)
    assert len(shown(full)) == wanted


@pytest.mark.parametrize("wanted", [4, 8])
def test_the_best_of_each_kind_has_its_place(full, wanted):
    wish(full, suggestions_shown=wanted)
    assert {one.type for one in shown(full)} == set(SuggestionType)


def test_of_one_kind_the_best_is_shown(alice, helene, paul):
    FollowUpFactory(contact=helene, due_on=TODAY + dt.timedelta(days=3))
    FollowUpFactory(contact=paul, due_on=TODAY)
    wish(alice, suggestions_shown=1)
    assert [one.contact for one in shown(alice)] == [paul]


def test_what_is_shown_has_the_most_useful_first(full):
    scores = [one.score for one in shown(full)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 8


def test_nobody_is_shown_twice(alice, helene, paul):
    occasions(helene, paul)
    occasions(paul, helene)
    assert len(found(alice)) >= 9
    people = [person for one in shown(alice) for person in one.people]
    assert len(people) == len(set(people)) == 2


def test_nothing_is_shown_to_whom_wants_nothing(full):
    everything = found(full)
    assert choose(everything, 0) == []
    wish(full, suggestions_shown=0)
    assert shown(full) == found(full) == []


def test_nothing_out_of_nothing(alice):
    assert shown(alice) == []
    assert choose([], 8) == []


@pytest.mark.parametrize("kind", SuggestionType.values)
def test_a_kind_that_is_switched_off_is_not_looked_for(full, kind):
    wish(full, suggestion_types=[one for one in SuggestionType.values if one != kind])
    assert {one.type for one in found(full)} == set(SuggestionType) - {kind}
    wish(full, suggestion_types=[kind])
    assert {one.type for one in found(full)} == {kind}
    wish(full, suggestion_types=[])
    assert found(full) == []


# --- Cost ---------------------------------------------------------------------------------------


def fill(owner, rows, *, first=0):
    """`rows` people for every rule; those without a name of their own are called as their employer."""
    for number in range(first, first + rows):
        employer = OrganizationFactory(owner=owner)
        nameless = {"owner": owner, "first_name": "", "last_name": "", "organization": employer}
        person = ContactFactory(owner=owner, birthday_day=28, birthday_month=11, organization=employer)
        ImportantDateFactory(contact=person, day=27, month=11)
        ImportantDateFactory(contact=ContactFactory(**nameless), day=26, month=11)
        lunch = meeting(person, on=dt.date(2026, 10, 1), title="Lunch", body="Good")
        FollowUpFactory(contact=person, due_on=TODAY, interaction=lunch)
        FollowUpFactory(contact=ContactFactory(**nameless), due_on=TODAY, owed_by="them")
        meeting(person, ContactFactory(**nameless), on=dt.date(2026, 11, 22))
        seen(ContactFactory(cadence_days=7, **nameless), days_ago=30)
        seen(ContactFactory(is_favorite=True, **nameless), days_ago=90)
        shared = {"city": f"City {number}", "tags": [TagFactory(owner=owner)]}
        seen(*(ContactFactory(owner=owner, **shared) for _end in range(2)))
        met_through = ContactFactory(owner=owner)
        seen(*(ContactFactory(owner=owner, met_through=met_through) for _end in range(2)))
        there = OrganizationFactory(owner=owner)
        ContactFactory(owner=owner, organization=there)
        meeting(ContactFactory(owner=owner, organization=there), on=dt.date(2026, 11, 26))


def queries(owner):
    book = book_of(owner)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        suggestions = candidates(book)
    return len(captured), suggestions


def test_more_people_take_no_more_queries(alice):
    fill(alice, 10)
    few, suggestions = queries(alice)
    fill(alice, 10, first=10)
    many, more = queries(alice)
    assert many <= few
    assert len(more) > len(suggestions)
    assert {one.type for one in suggestions} == set(SuggestionType)


def test_people_are_read_in_one_query_and_whoever_is_gone_meanwhile_is_left_out(alice, django_assert_num_queries):
    fill(alice, 3)
    book = book_of(alice)
    found = candidates(book)
    gone = found[0].contact
    Contact.objects.filter(pk=gone.pk).delete()
    with django_assert_num_queries(1):
        there = whole(book, found)
        assert all(person.name and str(person.organization or "-") for one in there for person in one.people)
    assert there == [one for one in found if gone not in (*one.people, *one.named)]
    assert len(there) < len(found)


def test_introducers_without_a_name_take_no_more_queries(alice):
    def introduced(people):
        for _number in range(people):
            employer = OrganizationFactory(owner=alice)
            introducer = ContactFactory(owner=alice, first_name="", last_name="", organization=employer)
            seen(*(ContactFactory(owner=alice, met_through=introducer) for _end in range(2)))

    introduced(5)
    few, _suggestions = queries(alice)
    introduced(5)
    many, suggestions = queries(alice)
    assert len(suggestions) == 10
    assert many == few


# --- A year -------------------------------------------------------------------------------------


def days(first, last):
    """From the first to the last, both included."""
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


class Diary:
    """What was suggested on each day, read every morning."""

    def __init__(self, owner, go_to):
        self.owner, self.go_to = owner, go_to
        self.pages = {}

    def read(self, on):
        self.go_to(on)
        self.pages[on] = found(self.owner)

    def about(self, person):
        return [on for on, page in self.pages.items() if any(person in one.people for one in page)]

    def of(self, person, kind):
        return [on for on, page in self.pages.items() if any(person in one.people and one.type == kind for one in page)]


def test_a_year_day_by_day(alice, charlie, go_to):
    def person(name, **fields):
        return ContactFactory(owner=alice, first_name=name, last_name="", **fields)

    spring = person("Spring", birthday_day=15, birthday_month=3, birthday_year=1987)
    new_year = person("NewYear", birthday_day=3, birthday_month=1)
    leap = person("Leap", birthday_day=29, birthday_month=2, birthday_year=1988)
    june = person("June", birthday_month=6)
    married = ImportantDateFactory(contact=person("Married"), day=31, month=8, year=2015).contact
    monthly = person("Monthly", cadence_days=30)
    paused = person("Paused", cadence_days=30, birthday_day=9, birthday_month=2, paused_until=dt.date(2027, 4, 1))
    gone = [person("Archived", is_archived=True), person("Deceased", deceased_on=dt.date(2026, 11, 2))]
    gone.append(ContactFactory(owner=charlie))
    for one in gone:
        change(one, cadence_days=30, birthday_day=20, birthday_month=5, is_favorite=True)
        FollowUpFactory(contact=one, due_on=dt.date(2026, 12, 24))
    at = dt.datetime(2026, 11, 10, 8, tzinfo=PARIS)
    seen(monthly, paused, *gone, occurred_at=at)
    met_again = dt.date(2027, 3, 1)

    diary = Diary(alice, go_to)
    first, last = TODAY, TODAY + dt.timedelta(days=364)
    for on in days(first, last):
        if on == met_again:
            InteractionFactory.with_contact(
                monthly, occurred_at=dt.datetime(2027, 3, 1, 8, tzinfo=PARIS), kind="call", body="Good"
            )
        diary.read(on)

    kept = {spring: dt.date(2027, 3, 15), new_year: dt.date(2027, 1, 3), leap: dt.date(2027, 2, 28)}
    for one, birthday in kept.items():
        assert diary.about(one) == days(birthday - dt.timedelta(days=14), birthday)
        assert diary.pages[birthday][0].contact == one
        assert diary.pages[birthday][0].due_on == birthday
    assert "Spring turns 40 on March 15 (today)." in [one.reason for one in diary.pages[dt.date(2027, 3, 15)]]
    assert "Leap turns 39 on February 28 (today)." in [one.reason for one in diary.pages[dt.date(2027, 2, 28)]]
    assert diary.about(june) == days(dt.date(2027, 5, 18), dt.date(2027, 6, 30))
    assert diary.about(married) == days(dt.date(2027, 8, 17), dt.date(2027, 8, 31))
    assert diary.about(monthly) == [
        *days(dt.date(2026, 12, 11), dt.date(2027, 2, 28)),  # until they met again
        *days(dt.date(2027, 4, 1), last),
    ]
    assert diary.of(paused, "relance") == days(dt.date(2027, 4, 1), last)
    assert diary.of(paused, "anniversaire") == []
    for one in gone:
        assert diary.about(one) == []


@pytest.mark.parametrize(("year", "birthday"), [(2027, dt.date(2027, 2, 28)), (2028, dt.date(2028, 2, 29))])
def test_29_february_is_kept_every_year_on_one_day(alice, go_to, year, birthday):
    born = ContactFactory(owner=alice, birthday_day=29, birthday_month=2)
    diary = Diary(alice, go_to)
    for on in days(dt.date(year, 2, 8), dt.date(year, 3, 6)):
        diary.read(on)
    assert diary.about(born) == days(birthday - dt.timedelta(days=14), birthday)
    assert {page[0].due_on for page in diary.pages.values() if page} == {birthday}
    assert [on for on, page in diary.pages.items() if page and "It is today" in labels(page[0])] == [birthday]


# --- Clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("night", [dt.date(2027, 3, 28), dt.date(2026, 10, 25)], ids=["spring", "autumn"])
@pytest.mark.parametrize(("hour", "minute"), [(0, 30), (2, 30), (23, 30)])
@pytest.mark.parametrize("fold", [0, 1])
def test_in_the_night_in_which_the_clocks_change_today_is_today(alice, time_machine, night, hour, minute, fold):
    for name, on in {
        "Before": night - dt.timedelta(days=1),
        "Now": night,
        "After": night + dt.timedelta(days=1),
    }.items():
        ContactFactory(owner=alice, first_name=name, last_name="", birthday_day=on.day, birthday_month=on.month)
    late = ContactFactory(owner=alice, first_name="Late", last_name="", cadence_days=10)
    not_yet = ContactFactory(owner=alice, first_name="NotYet", last_name="", cadence_days=11)
    for one in (late, not_yet):
        evening = dt.datetime.combine(night - dt.timedelta(days=11), dt.time(23, 45), tzinfo=PARIS)
        InteractionFactory.with_contact(one, occurred_at=evening, kind="call", body="Good")
    moment = dt.datetime.combine(night, dt.time(hour, minute, fold=fold), tzinfo=PARIS)
    time_machine.move_to(moment, tick=False)
    assert book_of(alice).today == night
    suggestions = {one.contact.first_name: labels(one) for one in found(alice)}
    assert "It is today" in suggestions["Now"]
    assert "It is tomorrow" in suggestions["After"]
    assert "Before" not in suggestions
    assert "1 day late" in suggestions["Late"]
    assert "NotYet" not in suggestions


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        (
            "Pacific/Auckland",
            dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC),
            dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC),
        ),
        (
            "America/Los_Angeles",
            dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC),
            dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC),
        ),
    ],
)
def test_a_birthday_is_on_its_day_where_the_user_lives(alice, helene, time_machine, zone, begins, ends):
    wish(alice, time_zone=zone)
    change(helene, birthday_day=24, birthday_month=11)
    minute = dt.timedelta(minutes=1)
    time_machine.move_to(begins - minute, tick=False)
    assert "It is tomorrow" in labels(the_only(alice))
    for moment in (begins, begins + dt.timedelta(hours=12), ends - minute):
        time_machine.move_to(moment, tick=False)
        assert "It is today" in labels(the_only(alice))
        assert the_only(alice).due_on == dt.date(2026, 11, 24)
    time_machine.move_to(ends, tick=False)
    assert found(alice) == []


# --- The sample data ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-23",
        "2026-12-31",
        "2027-01-01",
        "2027-02-28",
        "2027-03-28",
        "2027-04-15",
        "2027-06-09",
        "2027-07-21",
        "2027-08-12",
        "2027-09-05",
        "2027-10-18",
        "2028-02-29",
    ],
)
@pytest.mark.django_db
def test_the_sample_data_has_suggestions_of_every_kind_on_any_day(go_to, settings, tmp_path, day):
    settings.DEMO_PASSWORD_FILE = tmp_path / "password"
    go_to(dt.date.fromisoformat(day))
    call_command("demo", password="x", stdout=StringIO())
    suggestions = shown(User.objects.get(username="demo"))
    assert {one.type for one in suggestions} == set(SuggestionType)
    assert 4 <= len(suggestions) <= 8
    people = [person for one in suggestions for person in one.people]
    assert len(people) == len(set(people))
    for one in suggestions:
        assert one.title
        assert one.reason
        assert one.sources
        assert all(not person.is_archived and not person.is_deceased for person in one.people)
