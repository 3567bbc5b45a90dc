from django.db import migrations

import contacts.models.interaction

# Where the search finds the latest by their names; after a migration, all its rows are made again.
NAMES = """
    ALTER TABLE IF EXISTS contacts_search ADD COLUMN IF NOT EXISTS sort_name text COLLATE "C" NOT NULL DEFAULT ''
"""


def keep_names(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NAMES)


class Migration(migrations.Migration):

    dependencies = [
        ("contacts", "0012_twins_in_a_file"),
    ]

    operations = [
        # The column that 0011 added: a table that is made anew is made of what the state knows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="interaction",
                    name="contacts",
                    field=contacts.models.interaction.LinksInTime(
                        related_name="interactions", to="contacts.contact", verbose_name="with"
                    ),
                ),
            ],
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop),
    ]
