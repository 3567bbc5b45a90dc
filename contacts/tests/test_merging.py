"""Two contacts made one: everything of both is kept, and taken apart again as it was."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import merging, rows
from contacts.book import Book
from contacts.merging import acting
from contacts.merging.fields import FIELDS, joined, joined_extra
from contacts.models import (
    Contact,
    ContactMethod,
    Dismissal,
    FollowUp,
    ImportantDate,
    Interaction,
    Merge,
    NotSame,
    Relationship,
)
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    DismissalFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)


@pytest.fixture
def book(alice):
    return Book(alice)


@pytest.fixture
def helene(alice):
    return ContactFactory(owner=alice, first_name="Hélène", last_name="Martin")


@pytest.fixture
def double(alice):
    return ContactFactory(owner=alice, first_name="Helene", last_name="MARTIN")


@pytest.fixture
def friend(alice):
    return ContactFactory(owner=alice, first_name="Paul", last_name="Roux")


@pytest.fixture
def merge(book, helene, double):
    """Makes `double` part of `helene`, with the choices given."""

    def merge(**choices):
        Contact.objects.get(pk=double.pk)  # who is gone afterwards
        kept, gone = Contact.objects.get(pk=helene.pk), Contact.objects.get(pk=double.pk)
        return merging.merge(book, helene.pk, double.pk, choices=choices, as_seen=acting.seen(kept, gone))

    return merge


def everything():
    """All rows of the app, column by column, kept ones included."""
    models = apps.get_app_config("contacts").get_models(include_auto_created=True)
    ignored = {"updated_at"}
    return {
        (model._meta.label_lower, row["id"]): {name: value for name, value in row.items() if name not in ignored}
        for model in models
        if model is not Merge
        for row in model._base_manager.values()
    }


# --- Both histories ---------------------------------------------------------------------------


def test_whatever_hangs_on_the_other_follows(merge, helene, double, friend):
    talk = InteractionFactory.with_contact(double)
    promise, dismissal = FollowUpFactory(contact=double), DismissalFactory(contact=double)
    detail, date = ContactMethodFactory(contact=double), ImportantDateFactory(contact=double)
    tag = TagFactory(owner=helene.owner)
    double.tags.add(tag)
    tie = RelationshipFactory(from_contact=double, to_contact=friend)
    friend.met_through = double
    friend.save()
    merge()
    assert not Contact.objects.filter(pk=double.pk).exists()
    for row in (promise, dismissal, detail, date):
        row.refresh_from_db()
        assert row.contact == helene
    tie.refresh_from_db()
    friend.refresh_from_db()
    assert (list(talk.contacts.all()), list(helene.tags.all())) == ([helene], [tag])
    assert (tie.from_contact, friend.met_through) == (helene, helene)


def test_what_both_have_is_there_once(merge, helene, double, friend, alice):
    talk = InteractionFactory(owner=alice, contacts=[helene, double, friend])
    tag = TagFactory(owner=alice)
    for contact in (helene, double):
        contact.tags.add(tag)
        ContactMethodFactory(contact=contact, value="Helene@Example.com")
        ContactMethodFactory(
            contact=contact, kind="phone", value="06 39 98 12 34" if contact is helene else "+33639981234"
        )
        ImportantDateFactory(contact=contact, label="Wedding" if contact is helene else "wedding")
        DismissalFactory(contact=contact)
        RelationshipFactory(from_contact=contact, to_contact=friend)
    RelationshipFactory(from_contact=friend, to_contact=double, kind="friend")
    merge()
    assert set(talk.contacts.all()) == {helene, friend}
    assert Interaction.contacts.through.objects.count() == 2
    for model, count in ((ContactMethod, 2), (ImportantDate, 1), (Dismissal, 1), (Relationship, 1)):
        assert model.objects.count() == count, model
    assert list(helene.tags.all()) == [tag]


def test_what_is_between_the_two_is_gone(merge, helene, double):
    RelationshipFactory(from_contact=helene, to_contact=double)
    RelationshipFactory(from_contact=double, to_contact=helene, kind="colleague")
    Contact.objects.filter(pk=helene.pk).update(met_through=double)
    Contact.objects.filter(pk=double.pk).update(met_through=helene)
    NotSame.objects.create(one=helene, other=double)
    merge()
    helene.refresh_from_db()
    assert helene.met_through is None
    assert not Relationship.objects.exists()
    assert not NotSame.objects.exists()


def test_who_is_not_the_other_is_not_the_kept_one_either(merge, helene, double, friend):
    NotSame.objects.create(one=double, other=friend)
    merge()
    assert NotSame.objects.about(friend.pk, helene.pk).count() == 1


def test_without_any_talk_the_next_contact_is_due_from_the_earlier_entry(book, merge, helene, double):
    entered = timezone.now() - dt.timedelta(days=100)
    Contact.objects.filter(pk=double.pk).update(created_at=entered)
    Contact.objects.filter(pk=helene.pk).update(cadence_days=30)
    helene.refresh_from_db()
    due = helene.contact_due_at
    done = merge()
    helene.refresh_from_db()
    assert helene.created_at == entered
    assert helene.contact_due_at < timezone.now()
    merging.undo(book, done)
    helene.refresh_from_db()
    assert helene.contact_due_at == due


def test_one_detail_of_a_kind_stays_the_preferred_one(merge, helene, double):
    mine = ContactMethodFactory(contact=helene, is_primary=True)
    theirs = ContactMethodFactory(contact=double, is_primary=True)
    phone = ContactMethodFactory(contact=double, kind="phone", value="06 39 98 12 34", is_primary=True)
    merge()
    assert set(helene.methods.filter(is_primary=True)) == {mine, phone}
    assert helene.methods.filter(pk=theirs.pk).exists()


def test_the_times_of_last_contact_and_the_cadence_are_those_of_both(merge, helene, double, alice):
    now = timezone.now()
    InteractionFactory.with_contact(helene, occurred_at=now - dt.timedelta(days=30))
    last = InteractionFactory.with_contact(double, occurred_at=now - dt.timedelta(days=2))
    planned = InteractionFactory.with_contact(double, occurred_at=now + dt.timedelta(days=2))
    double.tags.add(TagFactory(owner=alice, cadence_days=10))
    merge()
    helene.refresh_from_db()
    assert (helene.last_interaction_at, helene.next_interaction_at) == (last.occurred_at, planned.occurred_at)
    assert helene.effective_cadence_days == 10
    assert abs(helene.contact_due_at - last.occurred_at - dt.timedelta(days=10)) < dt.timedelta(milliseconds=1)


# --- Field by field ---------------------------------------------------------------------------


def test_the_side_that_says_more_is_taken(merge, helene, double, alice):
    nordlys = OrganizationFactory(owner=alice, name="Nordlys")
    Contact.objects.filter(pk=helene.pk).update(
        notes="Likes tea.", birthday_month=5, birthday_day=4, city="LYON", job_title="Dir", met_on=dt.date(2021, 1, 1)
    )
    Contact.objects.filter(pk=double.pk).update(
        notes="Has a boat.", birthday_month=5, birthday_day=4, birthday_year=1980, city="Lyon", job_title="Directrice",
        met_on=dt.date(2019, 1, 1), organization=nordlys, nickname="Lène", is_favorite=True, share_with_ai=False,
        extra={"X-A": ["1"]},
    )  # fmt: skip
    merge()
    helene.refresh_from_db()
    assert (helene.name, helene.nickname, helene.organization) == ("Hélène Martin", "Lène", nordlys)
    assert helene.notes == "Likes tea.\n\nHas a boat."
    assert (helene.birthday_year, helene.city, helene.job_title) == (1980, "Lyon", "Directrice")
    assert (helene.met_on, helene.is_favorite, helene.share_with_ai) == (dt.date(2019, 1, 1), True, False)
    assert helene.extra == {"X-A": ["1"]}


def test_a_choice_wins_over_the_default(merge, helene, double):
    Contact.objects.filter(pk=double.pk).update(notes="Theirs.")
    Contact.objects.filter(pk=helene.pk).update(notes="Mine.")
    merge(first_name="gone", last_name="gone", notes="gone")
    helene.refresh_from_db()
    assert (helene.first_name, helene.last_name, helene.notes) == ("Helene", "MARTIN", "Theirs.")
    assert helene.sort_name == "martin helene"


def test_every_field_of_a_contact_is_chosen_or_known_to_be_kept():
    chosen = {column for field in FIELDS for column in field.columns}
    handled = {"id", "owner_id", "extra", "created_at", "updated_at", "sort_name"}
    assert chosen | handled == {field.attname for field in rows.columns(Contact)}


def test_texts_and_properties_are_joined_without_repeating_themselves():
    assert joined("A and B", "B") == "A and B"
    assert joined("B", "A and B") == "A and B"
    assert joined_extra({"x": [1], "y": {"a": 1}, "z": 1}, {"x": [1, 2], "y": {"b": 2}, "z": 2, "w": 3}) == {
        "x": [1, 2], "y": {"a": 1, "b": 2}, "z": 1, "w": 3,
    }  # fmt: skip


# --- Who may, and when ------------------------------------------------------------------------


def test_who_was_changed_meanwhile_is_not_merged(book, helene, double):
    as_seen = acting.seen(helene, double)
    double.city = "Lyon"
    double.save()
    with pytest.raises(merging.Stale):
        merging.merge(book, helene.pk, double.pk, choices={}, as_seen=as_seen)
    assert Contact.objects.count() == 2
    assert not Merge.objects.exists()


def test_nobody_of_another_book_is_merged(charlie, helene, double):
    with pytest.raises(merging.Stale):
        merging.merge(Book(charlie), helene.pk, double.pk, choices={}, as_seen=acting.seen(helene, double))


# --- Taking it back ---------------------------------------------------------------------------


@pytest.fixture
def full(helene, double, friend, alice):
    """Two lives with all that can be moved, dropped or joined in them."""
    for contact in (helene, double):
        InteractionFactory.with_contact(contact)
        FollowUpFactory(contact=contact, interaction=InteractionFactory(owner=alice, contacts=[helene, double]))
        ContactMethodFactory(contact=contact, is_primary=True)
        ContactMethodFactory(contact=contact, kind="phone", value="06 39 98 12 34", label="home")
        ImportantDateFactory(contact=contact)
        DismissalFactory(contact=contact)
        RelationshipFactory(from_contact=contact, to_contact=friend)
        contact.tags.add(TagFactory(owner=alice, cadence_days=30))
        Contact.objects.filter(pk=contact.pk).update(notes=f"Notes of {contact.pk}", extra={f"X-{contact.pk}": ["é"]})
    NotSame.objects.create(one=double, other=friend)
    Contact.objects.filter(pk=friend.pk).update(met_through=double)
    Contact.objects.filter(pk=helene.pk).update(met_through=double)


def test_a_merge_is_undone_to_the_last_column(book, full, merge, double):
    before = everything()
    done = merge()
    assert everything() != before
    assert merging.undo(book, done) == double
    assert everything() == before
    assert not Merge.objects.exists()


def test_merges_of_merges_are_undone_one_after_the_other(book, full, merge, helene, double, friend):
    before = everything()
    first = merge()
    between = everything()
    kept, gone = Contact.objects.get(pk=friend.pk), Contact.objects.get(pk=helene.pk)
    second = merging.merge(book, friend.pk, helene.pk, choices={}, as_seen=acting.seen(kept, gone))
    first.refresh_from_db()
    with pytest.raises(merging.ChangedSince):
        merging.undo(book, first)
    merging.undo(book, second)
    assert everything() == between
    first.refresh_from_db()
    merging.undo(book, first)
    assert everything() == before


def change_a_field(helene, double):
    Contact.objects.filter(pk=helene.pk).update(notes="Something new")


def delete_a_moved_promise(helene, double):
    FollowUp.objects.filter(contact=helene).delete()


def change_a_moved_detail(helene, double):
    ContactMethod.objects.filter(contact=helene).update(contact=Contact.objects.exclude(pk=helene.pk).first())


def delete_what_a_dropped_row_belonged_to(helene, double):
    Interaction.objects.filter(contacts=helene).delete()


@pytest.mark.parametrize(
    "change",
    [change_a_field, delete_a_moved_promise, change_a_moved_detail, delete_what_a_dropped_row_belonged_to],
)
def test_what_was_changed_since_is_not_undone(book, full, merge, helene, double, change):
    done = merge()
    change(helene, double)
    before = everything()
    with pytest.raises(merging.ChangedSince) as refused:
        merging.undo(book, done)
    assert refused.value.what
    assert everything() == before


def test_what_came_since_stays_with_the_kept_one(book, full, merge, helene, double):
    done = merge()
    talk = InteractionFactory.with_contact(helene)
    Contact.objects.filter(pk=helene.pk).update(how_met="At the market")
    merging.undo(book, done)
    helene.refresh_from_db()
    assert list(talk.contacts.all()) == [helene]
    assert helene.how_met == "At the market"


def test_after_thirty_days_what_was_kept_for_it_is_gone(book, merge, helene, alice):
    old = merge()
    Merge.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=31))
    assert not book.merges.undoable(timezone.now()).exists()
    first, second = ContactFactory(owner=alice), ContactFactory(owner=alice)
    merging.merge(book, first.pk, second.pk, choices={}, as_seen=acting.seen(first, second))
    assert not Merge.objects.filter(pk=old.pk).exists()


def test_a_merge_takes_as_many_queries_for_many_rows(book, helene, double, django_assert_max_num_queries, alice):
    for _number in range(50):
        InteractionFactory.with_contact(double)
        ContactMethodFactory(contact=double)
        double.tags.add(TagFactory(owner=alice))
        FollowUpFactory(contact=double)
    with django_assert_max_num_queries(60):
        merging.merge(book, helene.pk, double.pk, choices={}, as_seen=acting.seen(helene, double))
    with django_assert_max_num_queries(60):
        merging.undo(book, Merge.objects.get())
    assert double.interactions.count() == 50


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_comes_back(alice, data):
    Contact.objects.all().delete()
    Merge.objects.all().delete()
    book = Book(alice)
    first, second = (
        ContactFactory(
            owner=alice, last_name="X", notes=data.draw(TEXT), city=data.draw(TEXT), extra={"x": [data.draw(TEXT)]}
        )
        for _side in range(2)
    )
    ContactMethodFactory(contact=second, kind="url", value=data.draw(TEXT) or "x", label=data.draw(TEXT))
    before = everything()
    done = merging.merge(book, first.pk, second.pk, choices={}, as_seen=acting.seen(first, second))
    merging.undo(book, Merge.objects.get(pk=done.pk))
    assert everything() == before
