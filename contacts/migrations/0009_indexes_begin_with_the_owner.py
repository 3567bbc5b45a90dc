import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

OWNER = models.ForeignKey(
    blank=True, db_constraint=False, db_index=False, editable=False, null=True,
    on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL,
)
OF_THE_CONTACT = """
    UPDATE {table} SET owner_id = (SELECT owner_id FROM contacts_contact person WHERE person.id = {table}.contact_id)
"""


def order_by_code(apps, schema_editor):
    """Names in the order of their letters, as SQLite has them: they are folded, and a page begins after a name."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE contacts_contact ALTER COLUMN sort_name TYPE varchar(300) COLLATE "C"')


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("contacts", "0008_duplicates"),
    ]

    operations = [
        *(
            migrations.RemoveIndex(model_name=model, name=name)
            for model, name in [
                ("contact", "contact_by_name"),
                ("contact", "contact_by_last_seen"),
                ("contact", "contact_by_birthday"),
                ("contact", "contact_by_due"),
                ("contact", "contact_favorite"),
                ("followup", "follow_up_open_by_due"),
                ("importantdate", "date_by_month_day"),
            ]
        ),
        migrations.AddField(model_name="followup", name="owner", field=OWNER.clone()),
        migrations.AddField(model_name="importantdate", name="owner", field=OWNER.clone()),
        migrations.AddField(model_name="dismissal", name="owner", field=OWNER.clone()),
        migrations.RunSQL(OF_THE_CONTACT.format(table="contacts_dismissal"), migrations.RunSQL.noop),
        migrations.RunSQL(OF_THE_CONTACT.format(table="contacts_followup"), migrations.RunSQL.noop),
        migrations.RunSQL(OF_THE_CONTACT.format(table="contacts_importantdate"), migrations.RunSQL.noop),
        migrations.RunPython(order_by_code, migrations.RunPython.noop),
        *(
            migrations.AddIndex(model_name=model, index=index)
            for model, index in [
                ("contact", models.Index(fields=["owner", "sort_name", "id"], name="contact_by_name")),
                ("contact", models.Index(fields=["owner", "last_interaction_at", "id"], name="contact_by_last_seen")),
                ("contact", models.Index(fields=["owner", "created_at", "id"], condition=Q(is_archived=False), name="contact_by_entry")),
                ("contact", models.Index(fields=["owner", "sort_name", "id"], condition=Q(is_archived=True), name="contact_archived")),
                ("contact", models.Index(fields=["owner", "birthday_month", "birthday_day", "id"], condition=Q(is_archived=False), name="contact_by_birthday")),
                ("contact", models.Index(fields=["owner", "contact_due_at", "id"], condition=Q(is_archived=False), name="contact_by_due")),
                ("contact", models.Index(fields=["owner", "effective_cadence_days", "contact_due_at", "id"], condition=Q(is_archived=False) & Q(effective_cadence_days__isnull=False), name="contact_by_cadence")),
                ("contact", models.Index(fields=["owner", "last_interaction_at"], condition=Q(is_favorite=True), name="contact_favorite")),
                ("followup", models.Index(fields=["owner", "due_on", "id"], condition=Q(done_at=None), name="follow_up_open_by_due")),
                ("dismissal", models.Index(fields=["owner"], name="dismissal_by_owner")),
                ("importantdate", models.Index(fields=["owner", "month", "day", "id"], name="date_by_month_day")),
            ]
        ),
    ]
