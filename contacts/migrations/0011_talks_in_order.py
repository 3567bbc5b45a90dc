from django.db import migrations

LINKS = "contacts_interaction_contacts"
INDEX = "interaction_with_by_time"
MOMENT = {"sqlite": "datetime", "postgresql": "timestamp with time zone"}


def of_one_column(schema_editor):
    """The names of the indexes of one end alone, with which another index begins: those of the other end, or of time."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, LINKS)
    ends = (["contact_id"], ["interaction_id"])
    return [name for name, its in found.items() if its["index"] and its["columns"] in ends]


def add_moments(apps, schema_editor):
    """Beside Django's own columns of a many-to-many field, which its state goes on to know alone."""
    schema_editor.execute(f"ALTER TABLE {LINKS} ADD COLUMN occurred_at {MOMENT[schema_editor.connection.vendor]} NULL")
    schema_editor.execute(
        f"UPDATE {LINKS} SET occurred_at = (SELECT occurred_at FROM contacts_interaction talk WHERE talk.id = interaction_id)"
    )
    schema_editor.execute(f"CREATE INDEX {INDEX} ON {LINKS} (contact_id, occurred_at, interaction_id)")
    for name in of_one_column(schema_editor):
        schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def remove_moments(apps, schema_editor):
    for end in ("contact_id", "interaction_id"):
        schema_editor.execute(f"CREATE INDEX {LINKS}_{end} ON {LINKS} ({end})")
    schema_editor.execute(f"DROP INDEX {INDEX}")
    schema_editor.execute(f"ALTER TABLE {LINKS} DROP COLUMN occurred_at")


class Migration(migrations.Migration):

    dependencies = [
        ("contacts", "0010_import_without_photos"),
    ]

    operations = [
        migrations.RunPython(add_moments, remove_moments),
    ]
