"""Synthetic contacts by the thousand: the same for a seed, and as true as entered ones."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from contacts import search, synthetic
from contacts.models import Contact, ContactMethod, Interaction, Tag
from contacts.tests.factories import ContactFactory, InteractionFactory, TagFactory

pytestmark = pytest.mark.django_db


def populate(**options):
    said = StringIO()
    call_command("populate", stdout=said, **options)
    return said.getvalue()


def people():
    return list(Contact.objects.order_by("pk").values_list("first_name", "last_name", "city", "notes"))


def test_the_same_seed_makes_the_same_people(alice):
    populate(contacts=60, user="alice", seed=7)
    first = people()
    Contact.objects.all().delete()
    populate(contacts=60, user="alice", seed=7)
    assert people() == first
    Contact.objects.all().delete()
    populate(contacts=60, user="alice", seed=8)
    assert people() != first


def test_they_are_the_users_with_five_interactions_each(alice):
    populate(contacts=200, user="alice")
    assert Contact.objects.owned_by(alice).count() == 200
    assert Interaction.objects.owned_by(alice).count() == 1000
    assert ContactMethod.objects.exclude(normalized="").exists()


def test_what_the_database_keeps_is_true_of_them(alice):
    populate(contacts=50, user="alice")
    columns = ("last_interaction_at", "next_interaction_at", "effective_cadence_days", "contact_due_at")
    before = list(Contact.objects.order_by("pk").values_list(*columns))
    Contact.objects.update(cadence_days=F("cadence_days"))  # every trigger of a contact writes again
    link = Interaction.contacts.through
    link.objects.update(contact_id=F("contact_id"))
    assert list(Contact.objects.order_by("pk").values_list(*columns)) == before
    assert any(seen for seen, *_others in before)
    assert any(cadence for _seen, _next, cadence, _due in before)
    anybody = Contact.objects.exclude(last_name="").first()
    assert anybody in search.contacts(Contact.objects.all(), anybody.last_name)


def test_a_greater_number_begins_with_the_same_people(alice, charlie):
    populate(contacts=30, user="alice")
    populate(contacts=45, user="charlie")
    assert list(Contact.objects.owned_by(charlie).order_by("pk").values_list("first_name", "last_name")[:30]) == list(
        Contact.objects.owned_by(alice).order_by("pk").values_list("first_name", "last_name")
    )


def test_what_others_keep_stays_and_is_still_found(alice, charlie):
    theirs = ContactFactory(owner=charlie, first_name="Zénaïde", cadence_days=9)
    InteractionFactory.with_contact(theirs, title="Vernissage")
    theirs.refresh_from_db()
    seen = theirs.last_interaction_at
    populate(contacts=20, user="alice")
    theirs.refresh_from_db()
    assert (theirs.last_interaction_at, theirs.effective_cadence_days) == (seen, 9)
    assert list(search.contacts(Contact.objects.all(), "zenaide vernissage")) == [theirs]


def test_what_is_written_afterwards_is_kept_and_found(alice):
    populate(contacts=20, user="alice")
    newcomer = ContactFactory(owner=alice, first_name="Zénaïde", cadence_days=9)
    InteractionFactory.with_contact(newcomer, title="Vernissage")
    newcomer.refresh_from_db()
    assert newcomer.last_interaction_at
    assert newcomer.effective_cadence_days == 9
    assert list(search.contacts(Contact.objects.all(), "zenaide vernissage")) == [newcomer]


def test_every_index_key_and_trigger_is_there_again(alice):
    before = what_holds()
    populate(contacts=20, user="alice")
    assert what_holds() == before


WHAT_HOLDS = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY type, name",
    "postgresql": """
        SELECT tablename::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid) FROM pg_constraint
        UNION ALL SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        ORDER BY 1, 2
    """,
}


def what_holds():
    with connection.cursor() as cursor:
        cursor.execute(WHAT_HOLDS[connection.vendor])
        return cursor.fetchall()


def test_names_that_the_user_has_already_are_used_again(alice):
    own = TagFactory(owner=alice, name="clients", cadence_days=5)
    populate(contacts=60, user="alice")
    populate(contacts=60, user="alice", seed=2)
    assert own.contacts.exists()
    assert Contact.objects.count() == 120


@pytest.mark.django_db(transaction=True)
def test_a_failure_on_the_way_leaves_nothing_and_everything_still_works(alice):
    def fail(made):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthetic.populate(alice, contacts=20, on_progress=fail)
    assert not Contact.objects.exists()
    assert not Interaction.objects.exists()
    assert not Tag.objects.exists()
    contact = ContactFactory(owner=alice, first_name="Zénaïde", cadence_days=9)
    contact.refresh_from_db()
    assert contact.effective_cadence_days == 9
    assert list(search.contacts(Contact.objects.all(), "zenaide")) == [contact]


@pytest.mark.parametrize("options", [{"user": "nobody"}, {}])
def test_without_a_user_it_says_so(options):
    with pytest.raises(CommandError):
        populate(contacts=1, **options)
