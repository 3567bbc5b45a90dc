"""A batch of cards: compared with the book, written in slices, undone; the readers' part is tested elsewhere."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contacts.book import Book
from contacts.duplicates import evidence, finding
from contacts.imports import batches, slices
from contacts.imports.card import Card, CardDate, CardMethod, CardTie, Unreadable
from contacts.models import Contact, ContactMethod, Import, ImportRow, Organization, Relationship, Tag
from contacts.partial_dates import PartialDate
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    InteractionFactory,
    OrganizationFactory,
    TagFactory,
)

HELENE = Card(
    line=1,
    uid="urn:uuid:helene",
    first_name="Hélène",
    last_name="Martin",
    organization="Nordlys",
    job_title="Directrice",
    birthday=PartialDate(29, 2),
    city="Lyon",
    notes="Met in Lyon.",
    methods=(
        CardMethod("email", "helene@example.com", "work", is_primary=True),
        CardMethod("phone", "+33 6 39 98 00 01", "mobile"),
    ),
    dates=(CardDate("Wedding", PartialDate(14, 6, 2015)),),
    tags=("Clients", "clients", "Lyon"),
    cadence_days=30,
    met_on=dt.date(2020, 5, 1),
    extra={"vcard": [{"name": "X-FOO", "text": "bar"}]},
)
PAUL = Card(line=9, uid="urn:uuid:paul", first_name="Paul", last_name="Roux")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def book(alice):
    return Book(alice)


def compared(book, *cards):
    batch = batches.begin(book, ["people.vcf"])
    batches.add_rows(batches.add_file(batch, "people.vcf"), cards)
    batches.compare_when_read(batch)
    return slices.advance(book, batch.pk, seconds=60)


def written(book, *cards, takes_file=False):
    batch = compared(book, *cards)
    batches.choose_side(batch, takes_file=takes_file)
    return go_on(book, batch, Import.State.WRITING)


def go_on(book, batch, state):
    slices.start(batch, state)
    return slices.advance(book, batch.pk, seconds=60)


def undone(book, batch):
    return go_on(book, batch, Import.State.UNDOING)


def many(count):
    return [Card(line=number, uid=f"u{number}", first_name=f"Anna {number}") for number in range(count)]


def everything():
    models = (Contact, ContactMethod, Organization, Tag, Relationship)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_card_becomes_a_contact_with_all_that_it_says(book):
    written(book, HELENE)
    helene = book.contacts.get()
    assert (str(helene), str(helene.organization), helene.job_title) == ("Hélène Martin", "Nordlys", "Directrice")
    assert (helene.birthday, helene.cadence_days, helene.met_on) == (PartialDate(29, 2), 30, dt.date(2020, 5, 1))
    assert helene.sort_name == "martin helene"
    assert {(m.kind, m.normalized, m.label, m.is_primary) for m in helene.methods.all()} == {
        ("email", "helene@example.com", "work", True),
        ("phone", "+33639980001", "mobile", False),
    }
    assert [str(tag) for tag in helene.tags.all()] == ["Clients", "Lyon"]
    assert [(date.label, date.date) for date in helene.dates.all()] == [("Wedding", PartialDate(14, 6, 2015))]
    assert helene.extra == {"uid": "urn:uuid:helene", "vcard": [{"name": "X-FOO", "text": "bar"}]}


def test_nothing_is_written_before_it_is_decided(book):
    before = everything()
    batch = compared(book, HELENE, PAUL)
    assert batch.state == Import.State.READY
    assert everything() == before


def test_the_same_file_again_changes_nothing(book):
    cards = (HELENE, PAUL, Card(organization="Nordlys"), Card(first_name="Zoé", ties=(CardTie("Paul Roux", "friend"),)))
    written(book, *cards)
    before = everything()
    again = compared(book, *cards)
    assert again.rows.verdicts() == {"unchanged": 4}
    go_on(book, again, Import.State.WRITING)
    assert everything() == before


def test_a_file_without_identifiers_is_known_again_too(book):
    cards = (
        Card(first_name="Hélène", last_name="Martin", methods=(CardMethod("email", "helene@example.com"),)),
        Card(first_name="Jean", last_name="Petit"),
    )
    written(book, *cards)
    assert compared(book, *cards).rows.verdicts() == {"unchanged": 2}


def test_a_card_fills_what_is_empty_and_keeps_what_the_user_wrote(book, alice):
    written(book, HELENE)
    Contact.objects.update(job_title="Présidente", notes="Met in Lyon. Plays chess.", city="")
    batch = written(book, HELENE)
    helene = book.contacts.get()
    assert (helene.job_title, helene.notes, helene.city) == ("Présidente", "Met in Lyon. Plays chess.", "Lyon")
    assert batch.summary["update"] == 1


def test_the_file_wins_where_the_user_says_so(book):
    written(book, HELENE)
    Contact.objects.update(job_title="Présidente", birthday_day=1)
    batch = compared(book, HELENE)
    assert batch.rows.verdicts() == {"unchanged": 1}
    batches.choose_side(batch, takes_file=True)
    assert batch.rows.verdicts() == {"update": 1}
    go_on(book, batch, Import.State.WRITING)
    helene = book.contacts.get()
    assert (helene.job_title, helene.birthday) == ("Directrice", PartialDate(29, 2))


def test_changing_ones_mind_about_who_is_right_changes_it_back(book):
    written(book, HELENE)
    Contact.objects.update(job_title="Présidente")
    batch = compared(book, HELENE)
    for takes_file, verdict in ((True, "update"), (False, "unchanged"), (True, "update")):
        batches.choose_side(batch, takes_file=takes_file)
        assert batch.rows.get().verdict == verdict


def test_what_there_may_be_many_of_is_added_and_never_removed(book, alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", tags=[TagFactory(owner=alice)])
    ContactMethodFactory(contact=helene, value="Helene@Example.com", is_primary=True)
    ContactMethodFactory(contact=helene, kind="phone", value="+33 1 99 00 00 00")
    written(book, HELENE)
    assert book.contacts.count() == 1
    assert [(m.value, m.is_primary) for m in helene.methods.all()] == [
        ("Helene@Example.com", True),
        ("+33 1 99 00 00 00", False),
        ("+33 6 39 98 00 01", False),
    ]
    assert helene.tags.count() == 3


def test_a_birthday_that_knows_its_year_completes_one_that_does_not(book):
    written(book, HELENE)
    written(book, Card(uid=HELENE.uid, first_name="Hélène", birthday=PartialDate(29, 2, 1980)))
    assert book.contacts.get().birthday == PartialDate(29, 2, 1980)
    assert compared(book, HELENE).rows.verdicts() == {"unchanged": 1}


def test_somebody_who_may_be_the_same_waits_for_a_decision(book, alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin", job_title="Présidente")
    batch = compared(book, Card(first_name="Helene", last_name="MARTIN", city="Lyon"))
    row = batch.rows.get()
    assert (row.verdict, row.decision, row.target) == ("duplicate", "", helene)
    assert row.matches[0][0] == helene.pk
    assert row.matches[0][2]
    go_on(book, batch, Import.State.WRITING)
    assert book.contacts.get().city == ""
    assert batch.rows.summary()["undecided"] == 1


@pytest.mark.parametrize(("decision", "contacts", "city"), [("update", 1, "Lyon"), ("new", 2, ""), ("skip", 1, "")])
def test_the_decision_is_done(book, alice, decision, contacts, city):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    batch = compared(book, Card(first_name="Hélène", last_name="Martin", city="Lyon"))
    batches.decide(book, batch, {batch.rows.get().pk: (decision, helene.pk)})
    go_on(book, batch, Import.State.WRITING)
    helene.refresh_from_db()
    assert (book.contacts.count(), helene.city) == (contacts, city)


def test_a_decision_made_after_the_rest_was_written_is_still_done(book, alice):
    helene = ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    batch = written(book, PAUL, Card(first_name="Hélène", last_name="Martin", city="Lyon"))
    assert (batch.summary["new"], batch.summary["undecided"]) == (1, 1)
    batches.decide_all_duplicates(batch, "update")
    batch = go_on(book, batch, Import.State.WRITING)
    helene.refresh_from_db()
    assert helene.city == "Lyon"
    assert batch.summary["undecided"] == 0


def test_nobody_else_can_be_chosen_for_an_update(book, alice, charlie):
    ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")
    stranger = ContactFactory(owner=charlie, first_name="Hélène", last_name="Martin")
    batch = compared(book, Card(first_name="Hélène", last_name="Martin", city="Lyon"))
    row = batch.rows.get()
    batches.decide(book, batch, {row.pk: ("update", stranger.pk)})
    row.refresh_from_db()
    assert row.decision == ""
    assert row.target.owner == alice


def test_a_card_that_is_in_the_files_twice_comes_once(book):
    batch = compared(book, PAUL, PAUL, Card(first_name="Zoé"), Card(line=8, first_name="Zoé"))
    assert batch.rows.verdicts() == {"new": 2, "duplicate": 2}
    go_on(book, batch, Import.State.WRITING)
    assert sorted(map(str, book.contacts)) == ["Paul Roux", "Zoé"]


def test_two_versions_of_one_card_come_together(book):
    written(book, PAUL, Card(uid=PAUL.uid, first_name="Paul", last_name="Roux", city="Nantes"))
    assert [(str(paul), paul.city) for paul in book.contacts] == [("Paul Roux", "Nantes")]


def test_who_has_no_name_is_called_by_what_reaches_them(book):
    cards = (Card(methods=(CardMethod("email", "info@example.com"),)), Card(nickname="Momo"), Card(notes="?"))
    batch = written(book, *cards)
    assert sorted(map(str, book.contacts)) == ["Momo", "info@example.com"]
    assert [row.verdict for row in batch.rows.left_out()] == ["unreadable"]
    assert compared(book, *cards[:2]).rows.verdicts() == {"unchanged": 2}


def test_a_photo_is_left_out_and_that_is_said(book):
    batch = compared(book, replace(PAUL, photo=b"GIF89a"))
    row = batch.rows.get()
    assert ("photo" in row.card, row.card["remarks"]) == (False, ["The photo is left out."])
    assert row.verdict == "new"


def test_what_cannot_be_read_is_there_with_its_line_and_reason(book):
    batch = written(book, PAUL, Unreadable(line=12, reason="It never ends.", text="BEGIN:VCARD\x00"))
    row = batch.rows.left_out().get()
    assert (row.line, row.reason, row.label) == (12, "It never ends.", "BEGIN:VCARD")
    assert book.contacts.count() == 1


def test_a_card_that_the_database_refuses_stops_no_other(book):
    bad = Card(first_name="Bad", birthday=PartialDate(31, 2), tags=("Lost",))
    batch = written(book, PAUL, bad, HELENE)
    assert sorted(map(str, book.contacts)) == ["Hélène Martin", "Paul Roux"]
    row = batch.rows.left_out().get()
    assert (row.state, row.label) == ("failed", "Bad")
    assert row.reason
    assert not book.tags.filter(name="Lost").exists()


def test_a_contact_that_is_gone_since_the_preview_is_said(book):
    written(book, HELENE)
    batch = compared(book, Card(uid=HELENE.uid, first_name="Hélène", country="France"))
    book.contacts.all().delete()
    go_on(book, batch, Import.State.WRITING)
    assert batch.rows.get().state == "failed"
    assert not book.contacts.exists()


def test_organizations_and_tags_are_those_of_the_book_whatever_their_case(book, alice, charlie):
    OrganizationFactory(owner=alice, name="NORDLYS")
    TagFactory(owner=alice, name="CLIENTS")
    TagFactory(owner=charlie, name="Lyon")
    written(book, HELENE, Card(first_name="Zoé", organization="nordlys", tags=("clients",)))
    assert [str(row) for row in book.organizations] == ["NORDLYS"]
    assert sorted(str(row) for row in book.tags) == ["CLIENTS", "Lyon"]


def test_people_whom_cards_name_are_tied_wherever_they_are_in_the_file(book):
    anne = Card(
        first_name="Anne", last_name="Le Gall", ties=(CardTie("Paul Roux", "partner"), CardTie("Nobody", "child"))
    )
    paul = Card(
        first_name="Paul", last_name="Roux", ties=(CardTie("Anne Le Gall", "partner"),), met_through="Zoé Petit"
    )
    written(book, anne, paul, Card(first_name="Zoé", last_name="Petit"))
    tie = book.relationships.get()
    assert (str(tie.from_contact), str(tie.to_contact), tie.kind) == ("Anne Le Gall", "Paul Roux", "partner")
    assert book.contacts.get(first_name="Anne").extra["ties"] == [{"name": "Nobody", "kind": "child"}]
    assert str(book.contacts.get(first_name="Paul").met_through) == "Zoé Petit"
    assert compared(book, anne, paul).rows.verdicts() == {"unchanged": 2}


def test_a_name_that_two_have_ties_nobody(book, alice):
    ContactFactory.create_batch(2, owner=alice, first_name="Paul", last_name="Roux")
    written(book, Card(first_name="Anne", ties=(CardTie("Paul Roux", "partner"),), met_through="Paul Roux"))
    anne = book.contacts.get(first_name="Anne")
    assert not book.relationships.exists()
    assert anne.extra == {"ties": [{"name": "Paul Roux", "kind": "partner"}], "met_through": "Paul Roux"}


# --- Undoing ------------------------------------------------------------------------------------


def test_undoing_brings_back_what_was_there(book, alice):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux", extra={"uid": PAUL.uid}, city="")
    ContactMethodFactory(contact=paul)
    before = everything()
    more = Card(
        uid=PAUL.uid,
        first_name="Paulo",
        last_name="Roux",
        organization="Nordlys",
        birthday=PartialDate(3, 4),
        met_on=dt.date(2020, 1, 1),
        methods=HELENE.methods,
        dates=HELENE.dates,
        tags=("New",),
        ties=(CardTie("Hélène Martin", "friend"), CardTie("Nobody", "friend")),
        met_through="Hélène Martin",
        extra={"vcard": [1]},
    )
    batch = written(book, HELENE, more, takes_file=True)
    assert book.contacts.get(pk=paul.pk).first_name == "Paulo"
    assert book.relationships.exists()
    batch = undone(book, batch)
    after = everything()
    for rows in (*before.values(), *after.values()):
        for row in rows:
            row.pop("updated_at", None)
    assert after == before
    assert batch.state == Import.State.UNDONE


@pytest.mark.parametrize(
    "touch",
    [
        lambda contact: contact.save(),
        lambda contact: InteractionFactory.with_contact(contact, occurred_at=timezone.now()),
        lambda contact: FollowUpFactory(contact=contact),
        lambda contact: ContactMethodFactory(contact=contact),
        lambda contact: contact.tags.add(TagFactory(owner=contact.owner)),
        lambda contact: ContactFactory(owner=contact.owner, met_through=contact),
        lambda contact: Relationship.objects.create(
            from_contact=ContactFactory(owner=contact.owner), to_contact=contact, kind="friend"
        ),
    ],
    ids=["changed", "met", "promised", "detail", "tag", "met through", "related"],
)
def test_who_was_changed_or_spoken_to_since_is_kept_and_named(book, touch):
    batch = written(book, HELENE, PAUL)
    touch(book.contacts.get(first_name="Hélène"))
    undone(book, batch)
    assert book.contacts.filter(first_name="Hélène").exists()
    assert not book.contacts.filter(first_name="Paul").exists()
    kept = batch.rows.get(state="kept")
    assert (str(kept.target), bool(kept.reason)) == ("Hélène Martin", True)
    assert {"Clients", "Lyon"} <= {tag.name for tag in book.tags}


def test_a_field_that_was_changed_since_keeps_its_change(book, alice):
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux", extra={"uid": PAUL.uid})
    batch = written(book, Card(uid=PAUL.uid, first_name="Paul", city="Nantes", country="France"))
    Contact.objects.filter(pk=paul.pk).update(city="Rennes")
    undone(book, batch)
    paul.refresh_from_db()
    assert (paul.city, paul.country) == ("Rennes", "")
    assert "city" in batch.rows.get().reason


def test_undoing_leaves_what_has_lost_its_other_name(book, alice):
    nordlys = ContactFactory(
        owner=alice,
        first_name="",
        last_name="",
        organization=OrganizationFactory(owner=alice, name="Nordlys"),
        extra={"uid": "n"},
    )
    batch = written(book, Card(uid="n", first_name="Zoé", organization="Nordlys"))
    Contact.objects.filter(pk=nordlys.pk).update(organization=None)
    undone(book, batch)
    assert book.contacts.get().first_name == "Zoé"
    assert batch.rows.get().state == "kept"


def test_undoing_two_versions_of_one_card_takes_the_contact_away(book):
    batch = written(book, PAUL, Card(uid=PAUL.uid, first_name="Paul", last_name="Roux", city="Nantes"))
    undone(book, batch)
    assert not book.contacts.exists()


# --- Twice in the files ---------------------------------------------------------------------------

HELENE_AGAIN = Card(
    line=30,
    uid="another",
    first_name="Helene",
    last_name="MARTIN",
    nickname="Lena",
    city="Lyon",
    job_title="Présidente",
    methods=(CardMethod("email", "Helene@example.com"), CardMethod("phone", "+33 6 39 98 00 77")),
)


def test_somebody_who_is_in_a_file_twice_is_said_to_be_and_comes_once(book):
    batch = compared(book, HELENE, PAUL, HELENE_AGAIN)
    assert batch.rows.verdicts() == {"new": 2, "duplicate": 1}
    second = batch.rows.get(verdict="duplicate")
    number, score, reasons = second.twin
    assert (number, second.decision) == (1, "update")
    assert score >= 0.9
    assert "the same e-mail address: helene@example.com" in reasons
    go_on(book, batch, Import.State.WRITING)
    helene = book.contacts.get(last_name="Martin")
    assert (helene.first_name, helene.nickname, helene.job_title) == ("Hélène", "Lena", "Directrice")
    assert helene.methods.count() == 3


def test_who_was_joined_is_known_again_and_goes_with_the_import(book):
    before = everything()
    batch = written(book, HELENE, PAUL, HELENE_AGAIN)
    there = everything()
    again = compared(book, HELENE, PAUL, HELENE_AGAIN)
    assert again.rows.verdicts() == {"unchanged": 3}
    go_on(book, again, Import.State.WRITING)
    assert everything() == there
    undone(book, batch)
    assert everything() == before


@pytest.mark.parametrize("decision", ["new", "skip"])
def test_who_is_in_a_file_twice_may_be_two_people_or_left_out(book, decision):
    batch = compared(book, HELENE, HELENE_AGAIN)
    batches.decide(book, batch, {batch.rows.get(verdict="duplicate").pk: (decision, None)})
    go_on(book, batch, Import.State.WRITING)
    assert book.contacts.count() == {"new": 2, "skip": 1}[decision]
    assert not book.contacts.filter(nickname="Lena", job_title="Directrice").exists()


def test_a_decision_can_be_taken_back_to_joining(book):
    batch = compared(book, HELENE, HELENE_AGAIN)
    second = batch.rows.get(verdict="duplicate")
    batches.decide(book, batch, {second.pk: ("skip", None)})
    batches.decide(book, batch, {second.pk: ("update", None)})
    go_on(book, batch, Import.State.WRITING)
    assert book.contacts.get().nickname == "Lena"


def test_where_the_first_one_is_left_out_the_second_comes_alone(book):
    batch = compared(book, HELENE, HELENE_AGAIN)
    batches.decide(book, batch, {batch.rows.first().pk: ("skip", None)})
    go_on(book, batch, Import.State.WRITING)
    assert str(book.contacts.get()) == "Helene MARTIN"


@pytest.mark.parametrize("chunk", [1, 100])
def test_where_the_first_of_three_is_left_out_the_others_come_as_one(book, monkeypatch, chunk):
    monkeypatch.setattr(slices, "CHUNK", chunk)
    before = everything()
    batch = compared(book, HELENE, PAUL, HELENE, HELENE)
    batches.decide_all_duplicates(batch, "update")
    batches.decide(book, batch, {batch.rows.first().pk: ("skip", None)})
    go_on(book, batch, Import.State.WRITING)
    assert sorted(map(str, book.contacts.all())) == ["Hélène Martin", "Paul Roux"]
    undone(book, batch)
    assert everything() == before


def test_three_of_one_and_those_of_another_chunk_are_one(book, monkeypatch):
    monkeypatch.setattr(slices, "CHUNK", 2)
    third = replace(HELENE_AGAIN, uid="third", nickname="", notes="Third.")
    batch = compared(book, HELENE, PAUL, *many(3), HELENE_AGAIN, third)
    assert batch.rows.verdicts() == {"new": 5, "duplicate": 2}
    go_on(book, batch, Import.State.WRITING)
    assert book.contacts.filter(methods__normalized="helene@example.com").count() == 1
    undone(book, batch)
    assert not book.contacts.exists()


def test_all_duplicates_at_once_are_also_those_of_the_file(book, alice):
    batch = compared(book, HELENE, HELENE_AGAIN, PAUL, replace(PAUL, uid=""), replace(PAUL, uid=""))
    batches.decide_all_duplicates(batch, "update")
    done = go_on(book, batch, Import.State.WRITING)
    assert not done.rows.filter(state="failed").exists()
    assert book.contacts.filter(last_name="Martin").count() == 1


def test_one_who_lives_elsewhere_waits_for_a_decision(book):
    """Much speaks for it, and something against it."""
    batch = compared(book, HELENE, replace(HELENE_AGAIN, city="Paris", methods=HELENE.methods[1:]))
    second = batch.rows.get(verdict="duplicate")
    assert (second.decision, batch.summary["undecided"]) == ("", 1)
    batches.decide(book, batch, {second.pk: ("update", None)})
    go_on(book, batch, Import.State.WRITING)
    assert (book.contacts.get().city, book.contacts.get().nickname) == ("Lyon", "Lena")


@pytest.mark.parametrize(
    "other",
    [
        Card(first_name="Hélène", last_name="Martin"),
        Card(first_name="Jean", last_name="Martin", methods=(CardMethod("phone", "+33 6 39 98 00 01"),)),
        Card(first_name="Hélène", last_name="Martin", methods=(CardMethod("email", "other@example.com"),)),
    ],
)
def test_namesakes_and_households_are_not_joined_unasked(book, other):
    assert compared(book, HELENE, other).rows.verdicts() == {"new": 2}


def test_a_file_of_one_number_takes_no_more_comparisons_for_each(book, monkeypatch):
    """An office's telephone, or a file that was made to be slow."""
    weighed = []
    weigh = evidence.weigh
    monkeypatch.setattr(finding.evidence, "weigh", lambda *args, **kw: weighed.append(1) or weigh(*args, **kw))

    def comparisons(count):
        weighed.clear()
        office = (CardMethod("phone", "+33 1 39 98 00 01"),)
        compared(book, *(Card(uid=f"{count}-{n}", first_name=f"Anna{n}", methods=office) for n in range(count)))
        return len(weighed)

    assert comparisons(400) < 2.5 * comparisons(200)


# --- Slices -------------------------------------------------------------------------------------


def test_work_stops_after_its_time_and_goes_on_where_it_stopped(book, monkeypatch):
    monkeypatch.setattr(slices, "CHUNK", 5)
    batch = batches.begin(book, ["people.vcf"])
    batches.add_rows(batches.add_file(batch, "people.vcf"), many(12))
    batches.compare_when_read(batch)
    left = []
    while (batch := slices.advance(book, batch.pk, seconds=0)).is_at_work:
        left.append(slices.left(batch))
    assert left == [7, 2, 0]
    slices.start(batch, Import.State.WRITING)
    slices.advance(book, batch.pk, seconds=0)
    assert book.contacts.count() == 5
    slices.advance(Book(book.owner), batch.pk, seconds=60)
    assert book.contacts.count() == 12


@pytest.mark.parametrize("has_uid", [True, False])
def test_more_rows_take_no_more_queries(book, has_uid):
    def queries(count):
        cards = [
            replace(
                HELENE,
                uid=name if has_uid else "",
                last_name=name,
                methods=(CardMethod("email", f"{name}@example.com"),),
            )
            for name in (f"n{count}x{number}" for number in range(count))
        ]
        with CaptureQueriesContext(connection) as captured:
            assert written(book, *cards).summary["new"] == count
        return len(captured)

    queries(1)
    assert queries(10) == queries(20)


def test_more_people_than_an_import_takes_are_refused(book, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 10)
    batch = batches.begin(book, ["people.vcf"])
    with pytest.raises(batches.TooManyRowsError, match="10 people"):
        batches.add_rows(batches.add_file(batch, "people.vcf"), many(11))


def test_old_batches_are_put_away(book, alice):
    done, waiting, fresh = written(book, HELENE), compared(book, PAUL), compared(book, PAUL)
    Import.objects.filter(pk__in=[done.pk, waiting.pk]).update(created_at=timezone.now() - dt.timedelta(days=31))
    batches.tidy(Book(alice))
    assert set(book.imports) == {done, fresh}
    assert set(ImportRow.objects.values_list("batch", flat=True)) == {fresh.pk}
    assert book.imports.get(pk=done.pk).summary["new"] == 1
    assert not batches.can_be_undone(book.imports.get(pk=done.pk), timezone.now())


@pytest.mark.parametrize("waiting", ["x", 3, {"name": "Nobody"}, ["x"], [{"kind": "friend"}], [{"name": 3}]])
def test_whatever_else_is_kept_of_somebody_they_can_be_imported_again(book, alice, waiting):
    """Other properties come back from a file as they are, and anybody can write a file."""
    strange = {"uid": "urn:uuid:paul", "ties": waiting, "met_through": {"a": 1}, "vcard": 7, "table": "x"}
    paul = ContactFactory(owner=alice, first_name="Paul", last_name="Roux", extra=strange)
    card = replace(
        PAUL, ties=(CardTie("Nobody", "friend"),), met_through="Nobody", extra={"table": {"Shoe size": "42"}}
    )
    batch = written(book, card, takes_file=True)
    assert batch.state == Import.State.DONE
    paul.refresh_from_db()
    assert {"name": "Nobody", "kind": "friend"} in paul.extra["ties"]
    undone(book, batch)
    paul.refresh_from_db()
    assert paul.extra == strange
