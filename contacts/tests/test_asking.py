"""Questions whose SQL is made once, asked of different books, days and people."""

import datetime as dt

import pytest

from contacts.asking import Question, given, given_ids
from contacts.book import Book
from contacts.tests.factories import ContactFactory, FollowUpFactory, InteractionFactory

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=False)


@Question
def late(book, limit):
    return book.follow_ups.overdue(book.today).order_by("due_on")[:limit]


@Question
def called(book):
    people = book.contacts.filter(pk__in=given_ids("people"), first_name=given("name"))
    return people.order_by("pk").values_list("pk", flat=True)


@Question
def talks_since(book):
    return book.interactions.past(book.now).filter(occurred_at__gte=given("since")).prefetch_related("contacts")


def test_each_is_told_of_their_own_alone(alice, charlie):
    hers = FollowUpFactory(contact__owner=alice, due_on=TODAY - dt.timedelta(days=1))
    his = FollowUpFactory(contact__owner=charlie, due_on=TODAY - dt.timedelta(days=1))
    assert late.ask(Book(alice), 5) == [hers]
    assert late.ask(Book(charlie), 5) == [his]


def test_the_day_is_the_one_on_which_it_is_asked(alice, time_machine):
    follow_up = FollowUpFactory(contact__owner=alice, due_on=TODAY)
    assert late.ask(Book(alice), 5) == []
    time_machine.shift(dt.timedelta(days=1))
    assert late.ask(Book(alice), 5) == [follow_up]


def test_the_shape_says_how_many(alice):
    for days in (1, 2, 3):
        FollowUpFactory(contact__owner=alice, due_on=TODAY - dt.timedelta(days=days))
    assert [len(late.ask(Book(alice), most)) for most in (2, None, 1, 0)] == [2, 3, 1, 0]


def test_moments_are_those_that_a_query_gives(alice):
    moment = dt.datetime(2026, 3, 29, 1, 59, 59, 123_456, tzinfo=dt.UTC)
    InteractionFactory(owner=alice, occurred_at=moment)
    (talk,) = talks_since.ask(Book(alice), since=moment)
    assert talk.occurred_at == moment
    assert talk.occurred_at.tzinfo is dt.UTC


def test_ids_are_as_many_as_there_are(alice):
    people = [ContactFactory(owner=alice, first_name=name) for name in ("Zoé", "Zoé", "%s", "Zoé")]
    ids = [person.pk for person in people]
    book = Book(alice)
    assert called.ask(book, people=ids, name="Zoé") == [ids[0], ids[1], ids[3]]
    assert called.ask(book, people=ids[2:], name="Zoé") == [ids[3]]
    assert called.ask(book, people=ids, name="%s") == [ids[2]]
    assert called.ask(book, people=[], name="Zoé") == []


@Question
def owed_by(book, who):
    owed = book.follow_ups.filter(owed_by=who, contact__in=given_ids("people"), due_on__lte=given("until"))
    return owed.order_by("-due_on", "pk").values_list("contact", "due_on")[:2]


def test_of_several_times_each_has_its_own_values_rows_and_order(alice, charlie, django_assert_num_queries):
    mine, other, his = (ContactFactory(owner=owner) for owner in (alice, alice, charlie))
    for person in (mine, other, his):
        for owed in ("me", "them"):
            for days in (1, 2, 3):
                FollowUpFactory(contact=person, owed_by=owed, due_on=TODAY - dt.timedelta(days=days))
    times = [
        (("me",), {"people": [mine.pk, his.pk], "until": TODAY - dt.timedelta(days=2)}),
        (("them",), {"people": [], "until": TODAY}),
        (("them",), {"people": [other.pk], "until": TODAY}),
    ]
    with django_assert_num_queries(1):
        rows = owed_by.ask_all(Book(alice), times)
    assert [(person, (TODAY - day).days) for person, day in rows] == [
        *((mine.pk, days) for days in (2, 3)),
        *((other.pk, days) for days in (1, 2)),
    ]


def test_rows_are_whole_and_bring_others_along(alice, django_assert_num_queries):
    then = dt.datetime(2026, 11, 20, 8, 30, 0, 123456, tzinfo=dt.UTC)
    person = ContactFactory(owner=alice)
    talk = InteractionFactory.with_contact(person, occurred_at=then)
    for since, expected in ((then, [talk]), (then + dt.timedelta(microseconds=1), [])):
        assert talks_since.ask(Book(alice), since=since) == expected
    with django_assert_num_queries(2):
        (read,) = talks_since.ask(Book(alice), since=then)
        assert read.occurred_at == then
        assert list(read.contacts.all()) == [person]


def test_the_sql_is_made_once(alice, charlie, monkeypatch):
    late.ask(Book(alice), 7)
    monkeypatch.setattr(late, "_write", None)
    assert late.ask(Book(charlie), 7) == []
