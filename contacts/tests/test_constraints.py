"""What the database itself refuses, whoever writes; each rule by the name that its error carries."""

import pytest
from django.db import IntegrityError, connection, transaction

from contacts.models import (
    Contact,
    ContactMethod,
    FollowUp,
    ImportantDate,
    Interaction,
    Organization,
    Relationship,
    Tag,
)
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)


@pytest.fixture
def contact(alice):
    return ContactFactory(owner=alice)


def refuses(constraint, write):
    """SQLite names a broken unique constraint on plain columns by its columns, not its name."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    return constraint in str(refusal.value) or (connection.vendor == "sqlite" and "UNIQUE" in str(refusal.value))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("contact_has_name", {"first_name": "", "last_name": ""}),
        ("contact_cadence_positive", {"cadence_days": 0}),
        ("contact_birthday_day_needs_month", {"birthday_day": 4}),
        ("contact_birthday_month", {"birthday_month": 13}),
        ("contact_birthday_month", {"birthday_month": 0}),
        ("contact_birthday_year", {"birthday_year": 0}),
        ("contact_birthday_year", {"birthday_year": 10_000}),
        ("contact_birthday_day_exists", {"birthday_month": 4, "birthday_day": 31}),
        ("contact_birthday_day_exists", {"birthday_month": 2, "birthday_day": 30}),
        ("contact_birthday_day_exists", {"birthday_month": 1, "birthday_day": 0}),
        ("contact_birthday_day_exists", {"birthday_month": 2, "birthday_day": 29, "birthday_year": 2100}),
        ("contact_birthday_day_exists", {"birthday_month": 2, "birthday_day": 29, "birthday_year": 2027}),
    ],
)
def test_a_contact_that_cannot_be_is_refused(contact, constraint, values):
    assert refuses(constraint, lambda: Contact.objects.filter(pk=contact.pk).update(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"birthday_month": 2, "birthday_day": 29},
        {"birthday_month": 2, "birthday_day": 29, "birthday_year": 2000},
        {"birthday_month": 12, "birthday_day": 31, "birthday_year": 1999},
        {"birthday_month": 6},
        {"birthday_year": 1970},
        {"birthday_month": 6, "birthday_year": 1970},
        {"first_name": ""},
        {"cadence_days": 1},
    ],
)
def test_a_contact_of_whom_little_is_known_is_kept(contact, values):
    assert Contact.objects.filter(pk=contact.pk).update(**values) == 1


def test_an_organization_alone_is_name_enough(alice):
    contact = ContactFactory(
        owner=alice, first_name="", last_name="", organization=OrganizationFactory(owner=alice, name="Acme")
    )
    assert contact.name == "Acme"


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("date_has_label", {"label": "", "day": 1, "month": 1}),
        ("date_day_exists", {"label": "Wedding", "day": 31, "month": 6}),
        ("date_month", {"label": "Wedding", "month": 13}),
        ("date_year", {"label": "Wedding", "month": 1, "year": 0}),
    ],
)
def test_an_important_date_that_cannot_be_is_refused(contact, constraint, values):
    assert refuses(constraint, lambda: ImportantDate.objects.create(contact=contact, **values))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("follow_up_has_title", {"title": ""}), ("follow_up_owed_by_known", {"title": "Send", "owed_by": "us"})],
)
def test_a_follow_up_that_says_too_little_is_refused(contact, constraint, values):
    assert refuses(constraint, lambda: FollowUp.objects.create(contact=contact, **values))


def test_an_interaction_of_an_unknown_kind_is_refused(alice):
    assert refuses("interaction_kind_known", lambda: Interaction.objects.create(owner=alice, kind="fax"))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("method_has_value", {"kind": "email", "value": ""}),
        ("method_kind_known", {"kind": "fax", "value": "123"}),
    ],
)
def test_a_way_to_reach_somebody_that_leads_nowhere_is_refused(contact, constraint, values):
    assert refuses(constraint, lambda: ContactMethod.objects.create(contact=contact, **values))


def test_only_one_method_of_a_kind_is_the_preferred_one(contact):
    ContactMethodFactory(contact=contact, is_primary=True)
    second = ContactMethodFactory(contact=contact)
    assert refuses(
        "method_one_primary_per_kind", lambda: ContactMethod.objects.filter(pk=second.pk).update(is_primary=True)
    )


@pytest.mark.parametrize(
    ("factory", "model", "constraint"),
    [
        (TagFactory, Tag, "tag_name_unique"),
        (OrganizationFactory, Organization, "organization_name_unique"),
    ],
)
def test_a_name_is_given_once_whatever_its_case_but_by_each_owner(alice, charlie, factory, model, constraint):
    factory(owner=alice, name="Family")
    factory(owner=charlie, name="Family")
    assert refuses(constraint, lambda: model.objects.create(owner=alice, name="FAMILY"))


@pytest.mark.parametrize(
    ("model", "constraint", "values"),
    [
        (Tag, "tag_has_name", {"name": ""}),
        (Tag, "tag_cadence_positive", {"name": "Family", "cadence_days": 0}),
        (Organization, "organization_has_name", {"name": ""}),
    ],
)
def test_a_label_that_says_nothing_is_refused(alice, model, constraint, values):
    assert refuses(constraint, lambda: model.objects.create(owner=alice, **values))


def test_nobody_is_related_to_themselves(contact):
    assert refuses(
        "relationship_between_two",
        lambda: Relationship.objects.create(from_contact=contact, to_contact=contact, kind="friend"),
    )


def test_a_relationship_is_said_once(contact):
    friendship = RelationshipFactory(from_contact=contact)
    assert refuses(
        "relationship_unique",
        lambda: Relationship.objects.create(
            from_contact=contact, to_contact=friendship.to_contact, kind=friendship.kind
        ),
    )


def test_every_rule_of_the_book_has_a_name_of_its_own():
    models = (Contact, ContactMethod, FollowUp, ImportantDate, Interaction, Organization, Relationship, Tag)
    names = [constraint.name for model in models for constraint in model._meta.constraints]
    assert all(names)
    assert len(names) == len(set(names))
