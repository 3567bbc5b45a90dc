"""What leaves the machine about a contact, and what never does."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from claude_ai.dossier import CHARACTERS_PER_TOKEN, NotShared, for_claude, for_rules, read
from claude_ai.tests.people import DAY, NOW, helene_of
from contacts import triggers
from contacts.book import Book
from contacts.models import Contact, ContactMethod, Interaction
from contacts.tests.factories import (
    ContactFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _travel(time_machine):
    time_machine.move_to(NOW, tick=False)
    with translation.override("en"):
        yield


@pytest.fixture
def helene(alice):
    return helene_of(alice)


def sent(contact):
    return for_claude(rows_of(contact))


def rows_of(contact):
    return read(Book(contact.owner), Contact.objects.get(pk=contact.pk))


def test_it_holds_what_matters_before_a_meeting(helene):
    dossier = sent(helene)
    assert (dossier.person.name, dossier.person.organization) == ("Hélène Martin", "Nordlys")
    assert (str(dossier.person.birthday.year), dossier.person.age) == ("1984", 41)
    assert dossier.person.met_through == "Paul Roux"
    assert [talk.title for talk in dossier.planned] == ["Review of the window"]
    assert [(promise.title, promise.owed_by) for promise in dossier.open_follow_ups] == [
        ("Send the quote", "me"),
        ("The photos of the fair", "them"),
    ]
    assert [promise.done_on for promise in dossier.done_follow_ups] == [dt.date(2026, 11, 18)]
    assert [(day.label, day.days_away, day.years) for day in dossier.coming_dates] == [
        ("birthday", 9, 42),
        ("First day at Nordlys", 43, 12),
    ]
    assert [(tie.name, tie.kind) for tie in dossier.relationships] == [("Paul Roux", "colleague")]
    assert [talk.people for talk in dossier.interactions] == [("Paul Roux",)]


def test_every_record_leads_back_to_where_it_can_be_read(helene):
    rows = rows_of(helene)
    assert set(for_claude(rows).records) == set(rows.sources)
    lunch = Interaction.objects.get(title="Lunch")
    source = rows.sources[f"i{lunch.pk}"]
    assert (source.kind, source.url, source.on) == ("interaction", lunch.get_absolute_url(), dt.date(2026, 11, 3))


def test_no_contact_detail_ever_leaves(helene):
    details = "helene@nordlys.example, 06 39 98 12 34, +33 6 39 98 12 34, 12 rue des Tables, Lyon"
    Contact.objects.filter(pk=helene.pk).update(notes=f"Reach her: {details}", how_met=details, extra={"x": details})
    InteractionFactory.with_contact(helene, title="New number 06.39.98.55.66", body=details)
    FollowUpFactory(contact=helene, title="Write to somebody.else@example.org")
    text = sent(helene).as_json()
    for detail in ContactMethod.objects.values_list("value", flat=True):
        assert detail not in text
    for part in ("39 98", "39.98", "@", "rue des Tables"):
        assert part not in text


def test_numbers_that_are_no_phone_stay(helene):
    InteractionFactory.with_contact(helene, body="12 000 € on 12/03/2026 at 10:30, order 2026-118, 450 pieces.")
    assert "12 000 € on 12/03/2026 at 10:30, order 2026-118, 450 pieces." in sent(helene).as_json()


def test_whoever_is_not_shared_is_in_no_dossier(helene):
    Contact.objects.filter(pk=helene.pk).update(share_with_ai=False)
    with pytest.raises(NotShared):
        sent(helene)


def test_whoever_is_not_shared_is_nobodys_friend_nor_named_anywhere(alice, helene):
    secret = ContactFactory(
        owner=alice, first_name="Ondine", last_name="Vasseur", nickname="Didine", share_with_ai=False
    )
    RelationshipFactory(from_contact=secret, to_contact=helene, kind="partner")
    InteractionFactory(
        owner=alice,
        contacts=[helene, secret],
        title="Dinner with Ondine",
        body="Didine VASSEUR sings. ondine vasseur too.",
    )
    FollowUpFactory(contact=helene, title="Call Ondine")
    Contact.objects.filter(pk=helene.pk).update(met_through=secret, notes="Lives with Ondine Vasseur.")
    text = sent(helene).as_json().lower()
    assert "ondine" not in text
    assert "vasseur" not in text
    assert "didine" not in text
    assert "lives with […]." in text


def test_a_stranger_who_is_not_shared_is_not_named_either(alice, helene):
    ContactFactory(owner=alice, first_name="Ondine", last_name="Vasseur", share_with_ai=False)
    Contact.objects.filter(pk=helene.pk).update(notes="Saw ondine vasseur at the fair, and an ondine in a fountain.")
    assert sent(helene).person.notes == "Saw […] at the fair, and an ondine in a fountain."


def test_the_rules_here_may_know_everybody(alice, helene):
    secret = ContactFactory(owner=alice, first_name="Ondine", share_with_ai=False)
    RelationshipFactory(from_contact=secret, to_contact=helene, kind="partner")
    dossier = for_rules(rows_of(helene))
    assert str(secret) in [tie.name for tie in dossier.relationships]


def test_nothing_of_another_owner_is_in_it(helene, charlie):
    foreign = ContactFactory(owner=charlie, first_name="Foreign")
    InteractionFactory(owner=charlie, contacts=[foreign, helene], title="Not Alice's", occurred_at=NOW - DAY)
    assert "Not Alice" not in sent(helene).as_json()


@pytest.mark.parametrize("tokens", [300, 1_500, 6_000])
def test_it_is_as_large_as_it_may_be_however_long_the_history(alice, helene, settings, tokens):
    settings.CLAUDE_DOSSIER_TOKENS = tokens
    fill(helene, 200, body="A long talk about everything. " * 100)
    Contact.objects.filter(pk=helene.pk).update(notes="note " * 10_000, how_met="met " * 5_000)
    for _number in range(50):
        FollowUpFactory(contact=helene, title="promise " * 30)
        ImportantDateFactory(contact=helene, label="day " * 20, day=1, month=12)
        RelationshipFactory(from_contact=helene, to_contact=ContactFactory(owner=alice, first_name="F" * 100))
    dossier = sent(helene)
    assert len(dossier.as_json()) <= tokens * CHARACTERS_PER_TOKEN
    assert dossier.person.interactions_in_all == 201


def test_the_latest_and_the_longest_are_what_is_kept(helene):
    fill(helene, 100)
    InteractionFactory.with_contact(helene, title="Story", body="once " * 400, occurred_at=NOW - 900 * DAY)
    titles = [talk.title for talk in sent(helene).interactions]
    assert titles[:3] == ["Talk 0", "Talk 1", "Talk 2"]
    assert titles[-1] == "Story"


def test_the_same_records_have_the_same_hash_and_others_another(helene):
    before = sent(helene)
    assert before.hash == sent(helene).hash
    Contact.objects.filter(pk=helene.pk).update(city="Paris")
    after = sent(helene)
    assert after.hash != before.hash
    changed = {ref for ref, value in after.digests.items() if before.digests[ref] != value}
    assert changed == {f"c{helene.pk}"}


def test_it_is_json_that_says_nothing_of_what_is_empty(alice):
    data = json.loads(sent(ContactFactory(owner=alice, first_name="Zoé", last_name="")).as_json())
    assert set(data) == {"today", "person"}
    assert set(data["person"]) == {"ref", "name", "interactions_in_all"}


def test_three_thousand_interactions_cost_no_more_queries(helene):
    with CaptureQueriesContext(connection) as few:
        sent(helene)
    fill(helene, 3_000, body="What was said, in a few lines that are read by nobody. " * 5)
    with CaptureQueriesContext(connection) as many:
        sent(helene)
    assert len(many) == len(few)


def fill(contact, count, body="Said."):
    # Else each row would read all that were written before it: a minute for three thousand.
    with triggers.keeping_in_the_end(connection, owner=contact.owner_id):
        rows = Interaction.objects.bulk_create(
            Interaction(owner=contact.owner, kind="call", title=f"Talk {n}", body=body, occurred_at=NOW - n * DAY)
            for n in range(count)
        )
        link = Interaction.contacts.through
        link.objects.bulk_create(link(interaction=row, contact=contact) for row in rows)
