"""Rows for tests; whoever is made beside a contact belongs to the same owner."""

import datetime as dt

import factory
from django.contrib.auth.models import User
from django.utils import timezone
from factory.django import DjangoModelFactory

from contacts import models


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = factory.django.Password("correct horse battery staple")


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organization

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Organization {n}")


class TagFactory(DjangoModelFactory):
    class Meta:
        model = models.Tag

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Tag {n}")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact
        skip_postgeneration_save = True

    owner = factory.SubFactory(UserFactory)
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")

    @factory.post_generation
    def tags(self, create, extracted, **kwargs):
        if create and extracted:
            self.tags.set(extracted)


class ContactMethodFactory(DjangoModelFactory):
    class Meta:
        model = models.ContactMethod

    contact = factory.SubFactory(ContactFactory)
    kind = models.ContactMethod.Kind.EMAIL
    value = factory.Sequence(lambda n: f"person{n}@example.com")


class InteractionFactory(DjangoModelFactory):
    """`contacts=[…]` says with whom; the owner is the first one's unless given."""

    class Meta:
        model = models.Interaction
        skip_postgeneration_save = True

    owner = factory.SubFactory(UserFactory)
    kind = models.Interaction.Kind.MEETING
    title = factory.Sequence(lambda n: f"Meeting {n}")
    occurred_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=3))

    @classmethod
    def _create(cls, model_class, *args, contacts=(), **kwargs):
        interaction = super()._create(model_class, *args, **kwargs)
        interaction.contacts.set(contacts)
        return interaction

    @classmethod
    def with_contact(cls, contact, **kwargs):
        return cls(owner=contact.owner, contacts=[contact], **kwargs)


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = models.FollowUp

    contact = factory.SubFactory(ContactFactory)
    title = factory.Sequence(lambda n: f"Send document {n}")


class ImportantDateFactory(DjangoModelFactory):
    class Meta:
        model = models.ImportantDate

    contact = factory.SubFactory(ContactFactory)
    label = "Wedding"
    day, month, year = 14, 6, 2015


class RelationshipFactory(DjangoModelFactory):
    class Meta:
        model = models.Relationship

    from_contact = factory.SubFactory(ContactFactory)
    to_contact = factory.SubFactory(ContactFactory, owner=factory.SelfAttribute("..from_contact.owner"))
    kind = models.Relationship.Kind.FRIEND


class DismissalFactory(DjangoModelFactory):
    """«Never again for this person», unless an identity says which one."""

    class Meta:
        model = models.Dismissal

    contact = factory.SubFactory(ContactFactory)
    type = models.SuggestionType.RELANCE


class CalendarSourceFactory(DjangoModelFactory):
    class Meta:
        model = models.CalendarSource

    owner = factory.SubFactory(UserFactory)
    url = factory.Sequence(lambda n: f"https://calendar.example/{n}.ics")


class CalendarEventFactory(DjangoModelFactory):
    """One that names nobody who is known, in three days."""

    class Meta:
        model = models.CalendarEvent

    source = factory.SubFactory(CalendarSourceFactory)
    uid = factory.Sequence(lambda n: f"event-{n}")
    title = factory.Sequence(lambda n: f"Event {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=3))
    state = models.CalendarEvent.State.LEFT


class ImportFactory(DjangoModelFactory):
    """Compared, and waiting for the user."""

    class Meta:
        model = models.Import

    owner = factory.SubFactory(UserFactory)
    name = "people.csv"
    state = models.Import.State.READY


class ImportFileFactory(DjangoModelFactory):
    class Meta:
        model = models.ImportFile

    batch = factory.SubFactory(ImportFactory)
    name = "people.csv"
    is_read = True
