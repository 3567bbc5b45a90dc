"""What the database keeps true about a contact, however an interaction or a tag is written."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contacts.book import Book
from contacts.models import Contact, Interaction
from contacts.settling import settle
from contacts.tests.factories import (
    ContactFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    TagFactory,
)

DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def contact(alice):
    return ContactFactory(owner=alice)


@pytest.fixture
def other(alice):
    return ContactFactory(owner=alice)


def last_seen(contact):
    return Contact.objects.get(pk=contact.pk).last_interaction_at


def next_seen(contact):
    return Contact.objects.get(pk=contact.pk).next_interaction_at


def cadence(contact):
    return Contact.objects.get(pk=contact.pk).effective_cadence_days


def due_at(contact):
    return Contact.objects.get(pk=contact.pk).contact_due_at


# --- Last and next contact --------------------------------------------------------------------


def test_nobody_was_seen_before_the_first_interaction(contact):
    assert last_seen(contact) is None
    assert next_seen(contact) is None


def test_an_interaction_makes_its_contacts_seen(contact, other, now):
    InteractionFactory(owner=contact.owner, contacts=[contact, other], occurred_at=now - 3 * DAY)
    assert last_seen(contact) == last_seen(other) == now - 3 * DAY


def test_the_latest_counts_in_whatever_order_they_are_written(contact, now):
    for days in (5, 2, 9):
        InteractionFactory.with_contact(contact, occurred_at=now - days * DAY)
    assert last_seen(contact) == now - 2 * DAY


def test_interactions_made_in_bulk_count(contact, other, now):
    interactions = Interaction.objects.bulk_create(
        Interaction(owner=contact.owner, occurred_at=now - days * DAY) for days in (4, 1)
    )
    link = Interaction.contacts.through
    link.objects.bulk_create(
        link(interaction=interaction, contact=person) for interaction in interactions for person in (contact, other)
    )
    assert last_seen(contact) == last_seen(other) == now - DAY


def test_moving_an_interaction_in_time_moves_the_last_contact(contact, now):
    interaction = InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    interaction.occurred_at = now - 8 * DAY
    interaction.save()
    assert last_seen(contact) == now - 8 * DAY
    Interaction.objects.filter(pk=interaction.pk).update(occurred_at=now - 2 * DAY)
    assert last_seen(contact) == now - 2 * DAY
    Interaction.objects.bulk_update([Interaction(pk=interaction.pk, occurred_at=now - 6 * DAY)], fields=["occurred_at"])
    assert last_seen(contact) == now - 6 * DAY


def test_moving_an_interaction_to_the_future_makes_it_planned(contact, now):
    interaction = InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    Interaction.objects.filter(pk=interaction.pk).update(occurred_at=now + 5 * DAY)
    assert last_seen(contact) is None
    assert next_seen(contact) == now + 5 * DAY


def test_moving_an_interaction_to_another_contact_moves_the_last_contact(contact, other, now):
    interaction = InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    interaction.contacts.set([other])
    assert last_seen(contact) is None
    assert last_seen(other) == now - DAY
    Interaction.contacts.through.objects.filter(interaction=interaction).update(contact=contact)
    assert last_seen(contact) == now - DAY
    assert last_seen(other) is None


def test_deleting_an_interaction_brings_back_the_one_before(contact, now):
    InteractionFactory.with_contact(contact, occurred_at=now - 9 * DAY)
    latest = InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    latest.delete()
    assert last_seen(contact) == now - 9 * DAY
    Interaction.objects.all().delete()
    assert last_seen(contact) is None


def test_taking_a_contact_out_of_an_interaction_is_noticed_however_it_is_done(contact, now):
    interaction = InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    interaction.contacts.remove(contact)
    assert last_seen(contact) is None
    contact.interactions.add(interaction)
    assert last_seen(contact) == now - DAY
    interaction.contacts.clear()
    assert last_seen(contact) is None


def test_a_note_that_does_not_count_as_contact_leaves_it_alone(contact, now):
    note = InteractionFactory.with_contact(contact, occurred_at=now - DAY, counts_as_contact=False)
    assert last_seen(contact) is None
    Interaction.objects.filter(pk=note.pk).update(counts_as_contact=True)
    assert last_seen(contact) == now - DAY


def test_a_transaction_that_fails_leaves_everything_as_it_was(contact, now):
    InteractionFactory.with_contact(contact, occurred_at=now - 4 * DAY)
    with transaction.atomic():
        InteractionFactory.with_contact(contact, occurred_at=now - DAY)
        transaction.set_rollback(True)
    assert last_seen(contact) == now - 4 * DAY


def test_plain_sql_is_noticed_too(contact, now):
    InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_interaction_contacts")
    assert last_seen(contact) is None


def test_a_stale_contact_that_is_saved_does_not_undo_what_happened_since(contact, now):
    stale = Contact.objects.get(pk=contact.pk)
    InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    stale.city = "Lyon"
    stale.save()
    assert last_seen(contact) == now - DAY


# --- The moment of who was there ----------------------------------------------------------------


def moments(contact):
    """By interaction, as the links have them, which an index keeps in order."""
    return dict(Interaction.contacts.through.objects.filter(contact=contact).values_list("interaction", "occurred_at"))


def test_who_was_there_has_the_moment_however_they_are_linked(contact, other, now):
    talk = InteractionFactory(owner=contact.owner, contacts=[contact], occurred_at=now - DAY)
    other.interactions.add(talk)
    assert moments(contact) == moments(other) == {talk.pk: now - DAY}
    in_bulk = Interaction.objects.bulk_create(
        Interaction(owner=contact.owner, occurred_at=now - days * DAY) for days in (4, 9)
    )
    link = Interaction.contacts.through
    link.objects.bulk_create(link(interaction=talk, contact=other) for talk in in_bulk)
    assert moments(other) == {talk.pk: now - DAY, in_bulk[0].pk: now - 4 * DAY, in_bulk[1].pk: now - 9 * DAY}


def test_a_meeting_that_is_put_off_moves_with_all_who_are_there(contact, other, now):
    talk = InteractionFactory(owner=contact.owner, contacts=[contact, other], occurred_at=now - DAY)
    Interaction.objects.filter(pk=talk.pk).update(occurred_at=now + 3 * DAY)
    assert moments(contact) == moments(other) == {talk.pk: now + 3 * DAY}


def test_a_link_that_is_led_elsewhere_has_the_moment_of_where_it_leads(contact, other, now):
    first, second = (InteractionFactory.with_contact(contact, occurred_at=now - days * DAY) for days in (1, 5))
    links = Interaction.contacts.through.objects.filter(interaction=first)
    links.update(contact=other)
    assert moments(other) == {first.pk: now - DAY}
    links.update(interaction=second)
    assert moments(other) == {second.pk: now - 5 * DAY}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="In SQLite one writes at a time.")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_linked_first", [True, False])
def test_who_joins_a_meeting_while_it_is_put_off_has_the_new_moment(contact, other, now, is_linked_first):
    talk = InteractionFactory.with_contact(contact, occurred_at=now - DAY)

    def join():
        talk.contacts.add(other)

    def put_off():
        Interaction.objects.filter(pk=talk.pk).update(occurred_at=now + 3 * DAY)

    def meanwhile(act):
        try:
            act()
        finally:
            connection.close()

    first, second = (join, put_off) if is_linked_first else (put_off, join)
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            first()
            done = others.submit(meanwhile, second)
            # It waits for the end of this one, or is over before it.
            wait([done], timeout=0.5)
        done.result()
    assert moments(contact) == moments(other) == {talk.pk: now + 3 * DAY}
    assert next_seen(other) == now + 3 * DAY


# --- Planned meetings whose time has come ------------------------------------------------------


def test_a_planned_meeting_becomes_the_last_contact_when_its_time_has_come(alice, contact, now, time_machine):
    InteractionFactory.with_contact(contact, occurred_at=now + DAY)
    later = InteractionFactory.with_contact(contact, occurred_at=now + 5 * DAY)
    settle(Book(alice))
    assert (last_seen(contact), next_seen(contact)) == (None, now + DAY)
    time_machine.move_to(now + 2 * DAY, tick=False)
    settle(Book(alice))
    assert (last_seen(contact), next_seen(contact)) == (now + DAY, later.occurred_at)


@pytest.mark.parametrize("days", [-400, 400])
def test_what_is_planned_on_another_day_is_planned_for_the_database_too(contact, time_machine, days):
    day = timezone.now().replace(microsecond=0) + days * DAY
    time_machine.move_to(day, tick=False)
    InteractionFactory.with_contact(contact, occurred_at=day)
    InteractionFactory.with_contact(contact, occurred_at=day + dt.timedelta(seconds=1))
    assert (last_seen(contact), next_seen(contact)) == (day, day + dt.timedelta(seconds=1))


def test_settling_writes_nothing_when_nothing_has_passed(alice, contact, now, django_assert_num_queries):
    InteractionFactory.with_contact(contact, occurred_at=now - DAY)
    InteractionFactory.with_contact(contact, occurred_at=now + DAY)
    with django_assert_num_queries(1):
        settle(Book(alice))


def test_settling_one_book_leaves_others_alone(alice, charlie, now, time_machine):
    theirs = ContactFactory(owner=charlie)
    InteractionFactory.with_contact(theirs, occurred_at=now + DAY)
    time_machine.move_to(now + 2 * DAY, tick=False)
    settle(Book(alice))
    assert next_seen(theirs) == now + DAY


# --- Cadence -----------------------------------------------------------------------------------


def test_the_cadence_is_the_contacts_own_else_the_smallest_of_its_tags(alice):
    monthly, weekly = TagFactory(owner=alice, cadence_days=30), TagFactory(owner=alice, cadence_days=7)
    plain = TagFactory(owner=alice)
    assert cadence(ContactFactory(owner=alice, tags=[monthly, weekly, plain])) == 7
    assert cadence(ContactFactory(owner=alice, tags=[monthly, weekly], cadence_days=90)) == 90
    assert cadence(ContactFactory(owner=alice, tags=[plain])) is None


def test_the_cadence_follows_every_change_of_a_tag(alice):
    tag, weekly = TagFactory(owner=alice, cadence_days=30), TagFactory(owner=alice, cadence_days=7)
    contact = ContactFactory(owner=alice, tags=[tag])
    assert cadence(contact) == 30
    tag.cadence_days = 20
    tag.save()
    assert cadence(contact) == 20
    contact.tags.add(weekly)
    assert cadence(contact) == 7
    contact.tags.set([tag])
    assert cadence(contact) == 20
    tag.delete()
    assert cadence(contact) is None


def test_the_cadence_follows_the_contacts_own(alice):
    contact = ContactFactory(owner=alice, tags=[TagFactory(owner=alice, cadence_days=30)])
    Contact.objects.filter(pk=contact.pk).update(cadence_days=5)
    assert cadence(contact) == 5
    Contact.objects.filter(pk=contact.pk).update(cadence_days=None)
    assert cadence(contact) == 30


def test_contacts_made_in_bulk_have_their_cadence(alice):
    Contact.objects.bulk_create(Contact(owner=alice, first_name=name, cadence_days=9) for name in ("Ann", "Bob"))
    assert list(Contact.objects.values_list("effective_cadence_days", flat=True)) == [9, 9]


def test_the_cadence_runs_from_the_last_contact_else_from_the_entry(alice, now):
    contact = ContactFactory(owner=alice, cadence_days=10)
    contact.refresh_from_db()
    assert abs(due_at(contact) - contact.created_at - 10 * DAY) < dt.timedelta(milliseconds=2)
    interaction = InteractionFactory.with_contact(contact, occurred_at=now - 4 * DAY)
    assert due_at(contact) == now + 6 * DAY
    Contact.objects.filter(pk=contact.pk).update(cadence_days=3)
    assert due_at(contact) == now - DAY
    interaction.delete()
    assert due_at(contact) > now
    Contact.objects.filter(pk=contact.pk).update(cadence_days=None)
    assert due_at(contact) is None


# --- Owners -----------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [FollowUpFactory, ImportantDateFactory])
def test_what_is_about_a_contact_belongs_to_the_contacts_owner(alice, charlie, contact, factory):
    row = factory(contact=contact)

    def owner():
        return type(row).objects.values_list("owner", flat=True).get()

    assert owner() == alice.pk
    type(row).objects.update(contact=ContactFactory(owner=charlie))
    assert owner() == charlie.pk
    type(row).objects.bulk_create([type(row)(**_columns(row), contact=contact)])
    assert type(row).objects.owned_by(alice).count() == 1
    Contact.objects.update(owner=charlie)
    assert not type(row).objects.owned_by(alice).exists()


def _columns(row):
    return {"label": row.label, "month": row.month} if hasattr(row, "label") else {"title": row.title}
