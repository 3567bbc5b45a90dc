"""What the migrations know of the tables: what they do not, SQLite leaves out when it makes one anew to alter it."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from contacts import triggers
from contacts.models import Interaction
from contacts.tests.factories import ContactFactory, InteractionFactory

LINKS = Interaction.contacts.through._meta.db_table


@pytest.fixture
def migrated():
    """The models as the migrations leave them."""
    return MigrationLoader(connection).project_state().apps.get_app_config("contacts")


@pytest.mark.django_db
def test_every_column_is_known_to_the_migrations(migrated):
    with connection.cursor() as cursor:
        for model in migrated.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            there = {column[0] for column in cursor.description}
            assert {field.column for field in model._meta.local_concrete_fields} == there, table


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table where it stands.")
def test_a_link_keeps_its_moment_when_its_table_is_made_anew(migrated, alice):
    contact = ContactFactory(owner=alice)
    talk = InteractionFactory.with_contact(contact)
    before = indexes_of_links()
    triggers.drop(connection)
    with connection.schema_editor() as editor:
        editor._remake_table(migrated.get_model("Interaction").contacts.through)
    triggers.install(connection)
    assert Interaction.contacts.through.objects.get(interaction=talk).occurred_at == talk.occurred_at
    assert indexes_of_links() == before
    later = InteractionFactory.with_contact(contact)
    assert Interaction.contacts.through.objects.get(interaction=later).occurred_at == later.occurred_at


def indexes_of_links():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, LINKS).values()
    return sorted((its["columns"], its["unique"]) for its in found if its["index"] or its["unique"])
