"""Fills the database of the environment: `python -m bench.make_book CONTACTS`."""

import datetime as dt
import sys

import django


def main(size: int) -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    from bench import books
    from contacts import synthetic

    call_command("migrate", interactive=False, verbosity=0)
    # Somebody else's book lies beside it: whatever is not asked for one owner's rows is slower then.
    for username, contacts, seed in ((books.USER, size, 1), ("neighbour", size // 4, 2)):
        user = get_user_model().objects.create_user(username, is_staff=True)
        synthetic.populate(user, contacts=contacts, seed=seed)
    talk_long(get_user_model().objects.get_by_natural_key(books.USER), books.LONG_HISTORY)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What its autovacuum would do within a minute.
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # So that the file can be renamed: it is all there is.
            cursor.execute("PRAGMA journal_mode=DELETE")


def talk_long(owner: "django.contrib.auth.models.User", interactions: int) -> None:  # type: ignore[name-defined]
    """One contact, the last entered, with whom much was said."""
    from django.utils import timezone

    from contacts.models import Contact, Interaction

    now = timezone.now()
    friend = Contact.objects.create(owner=owner, first_name="Ondine", last_name="Zylberstein", city="Nantes")
    talks = Interaction.objects.bulk_create(
        Interaction(
            owner=owner,
            kind=Interaction.Kind.CALL,
            occurred_at=now - dt.timedelta(hours=7 * number + 1),
            title=f"Appel {number}",
            body="Nous avons parlé de la maison, du jardin et des prochaines vacances.",
        )
        for number in range(interactions)
    )
    link = Interaction.contacts.through
    link.objects.bulk_create(link(interaction=talk, contact=friend) for talk in talks)


if __name__ == "__main__":
    main(int(sys.argv[1]))
