"""An account that is deleted leaves nothing behind, and takes nothing of anybody else."""

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.db import connection

from contacts.models import CalendarFeed, Contact, Import, Merge, NotSame
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

PAGE = "/account/delete/"
PASSWORD = {"password": "correct horse battery staple"}


def fill(user):
    """A book with something of every kind."""
    contact = ContactFactory(owner=user, organization=OrganizationFactory(owner=user), tags=[TagFactory(owner=user)])
    FollowUpFactory(contact=contact, interaction=InteractionFactory.with_contact(contact))
    ContactMethodFactory(contact=contact)
    ImportantDateFactory(contact=contact)
    DismissalFactory(contact=contact)
    other = RelationshipFactory(from_contact=contact).to_contact
    NotSame.objects.create(one=contact, other=other)
    Merge.objects.create(owner=user, kept=contact, name="Gone")
    Import.objects.create(owner=user, name="x.vcf")
    CalendarFeed.objects.create(owner=user)
    LogEntry.objects.create(user=user, action_flag=ADDITION, object_repr="x")
    if apps.is_installed("claude_ai"):
        usage, conversation, message, proposal = (
            apps.get_model("claude_ai", name) for name in ("Usage", "Conversation", "Message", "Proposal")
        )
        usage.objects.create(user=user, feature="briefing", model="m", status="ok")
        talk = conversation.objects.create(user=user, contact_id=contact.pk)
        said = message.objects.create(conversation=talk, role="user", text="x")
        proposal.objects.create(conversation=talk, message=said, kind="tag")


def all_rows():
    """Of every table, whatever app it is of."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: sorted(model._base_manager.values_list("pk", flat=True), key=str)
        for model in models
        if model._meta.managed
    }


def test_no_index_of_sqlite_keeps_a_word(as_alice, alice):
    if connection.vendor != "sqlite":
        pytest.skip("an index of SQLite's own")
    contact = ContactFactory(owner=alice, first_name="Xylophonette", tags=[TagFactory(owner=alice, name="xylophone")])
    InteractionFactory.with_contact(contact, body="xylotheque")
    assert "Xylophonette" in as_alice.get("/contacts/", {"q": "xylophonette"}).text

    def parts_with(word):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'contacts!_%!_data' ESCAPE '!'")
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE instr(block, CAST(%s AS blob))", [word])
                yield from [table] * cursor.fetchone()[0]

    assert len(set(parts_with("xylo"))) == 4
    as_alice.post(PAGE, PASSWORD)
    assert list(parts_with("xylo")) == []


def test_no_table_keeps_anything(as_alice, alice, client_of, charlie):
    fill(charlie)
    before = all_rows()
    for label in ("auth.User", "contacts.Profile", "sessions.Session"):
        model = apps.get_model(label)
        own = model.objects.filter(
            **({"pk": alice.pk} if label == "auth.User" else {"user": alice} if "Pro" in label else {})
        )
        gone = set(own.values_list("pk", flat=True))
        before[label] = [pk for pk in before[label] if pk not in gone]
    fill(alice)
    client_of(alice).get("/settings")  # another browser
    assert as_alice.post(PAGE, PASSWORD).url == "/login/"
    assert "auth.User" in before
    after = all_rows()
    after["sessions.Session"] = [
        row.pk for row in apps.get_model("sessions.Session").objects.all() if "_auth_user_id" in row.get_decoded()
    ]
    assert after == before


def test_it_is_gone_in_every_browser(as_alice, alice, client_of):
    other = client_of(alice)
    as_alice.post(PAGE, PASSWORD)
    for browser in (as_alice, other):
        assert browser.get("/settings").status_code == 302


def test_what_goes_is_named_and_the_settings_lead_there(as_alice, alice):
    fill(alice)
    page = as_alice.get(PAGE).text
    assert "2 contacts, with details, dates, notes and relationships" in page
    assert f'href="{PAGE}"' in as_alice.get("/settings").text


@pytest.mark.parametrize("said", [{}, {"password": ""}, {"password": "a guess"}])
def test_without_the_password_nothing_goes(as_alice, alice, said):
    fill(alice)
    before = all_rows()
    response = as_alice.post(PAGE, said)
    assert response.status_code == 422
    assert "a guess" not in response.text
    assert all_rows() == before


def test_others_keep_what_is_theirs(as_alice, charlie):
    mine = ContactFactory(owner=charlie)
    as_alice.post(PAGE, PASSWORD)
    assert Contact.objects.get() == mine
    assert User.objects.get() == charlie


def test_the_only_administrator_stays_while_there_are_others(as_alice, alice, charlie):
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    response = as_alice.post(PAGE, PASSWORD)
    assert response.status_code == 422
    assert "You are the only administrator" in response.text
    User.objects.filter(pk=charlie.pk).update(is_superuser=True)
    assert as_alice.post(PAGE, PASSWORD).status_code == 302


def test_who_is_alone_may_go_as_well(as_alice, alice):
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    assert "You administer this server" in as_alice.get(PAGE).text
    assert as_alice.post(PAGE, PASSWORD).status_code == 302
    assert not User.objects.exists()
