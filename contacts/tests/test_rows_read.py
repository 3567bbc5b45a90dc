"""A row that is read is whole, though it is made by a short way (`OwnedModel.from_db`)."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init, pre_init

from contacts.models import Contact
from contacts.models.base import OwnedModel
from contacts.tests.factories import ContactFactory, OrganizationFactory

OWNED = [model for model in apps.get_models() if issubclass(model, OwnedModel)]


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", organization=OrganizationFactory(owner=alice))


def test_it_has_every_column_and_is_no_new_one(helene):
    read = Contact.objects.get()
    django_s = models.Model.from_db.__func__(Contact, "default", *_columns(read))
    assert vars(read) | {"_state": None} == vars(django_s) | {"_state": None}
    assert (read._state.adding, read._state.db) == (django_s._state.adding, django_s._state.db) == (False, "default")


def _columns(row):
    names = [field.attname for field in row._meta.concrete_fields]
    return names, [getattr(row, name) for name in names]


def test_what_was_left_out_is_read_when_it_is_asked_for(helene, django_assert_num_queries):
    read = Contact.objects.defer("notes", "city").get()
    assert read.get_deferred_fields() == {"notes", "city"}
    with django_assert_num_queries(1):
        assert read.city == helene.city


def test_it_is_written_again_and_read_anew(helene):
    read = Contact.objects.select_related("organization").get()
    read.first_name = "Anna"
    read.save()
    read.organization.name = "Nordlys"
    read.organization.save()
    read.refresh_from_db()
    assert (read.first_name, read.organization.name) == ("Anna", "Nordlys")
    read.organization = None
    assert read.organization_id is None


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_no_model_counts_on_what_the_short_way_leaves_out(model):
    assert model.__init__ is models.Model.__init__
    for signal in (pre_init, post_init):
        assert not signal.has_listeners(model)
