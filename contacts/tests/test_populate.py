"""Synthetic contacts by the thousand: the same for a seed, and as true as entered ones."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from contacts import search
from contacts.models import Contact, ContactMethod, Interaction

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
    assert 800 <= Interaction.objects.owned_by(alice).count() <= 1200
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


@pytest.mark.parametrize("options", [{"user": "nobody"}, {}])
def test_without_a_user_it_says_so(options):
    with pytest.raises(CommandError):
        populate(contacts=1, **options)
