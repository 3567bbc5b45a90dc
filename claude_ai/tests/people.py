"""A book to brief from: Hélène, whom Alice meets tomorrow, and people around her."""

import datetime as dt
from zoneinfo import ZoneInfo

from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


def helene_of(owner):
    paul = ContactFactory(owner=owner, first_name="Paul", last_name="Roux")
    helene = ContactFactory(
        owner=owner,
        first_name="Hélène",
        last_name="Martin",
        job_title="Art director",
        organization=OrganizationFactory(owner=owner, name="Nordlys"),
        city="Lyon",
        birthday_day=2,
        birthday_month=12,
        birthday_year=1984,
        how_met="At the design fair, at the exhibitors' table.",
        met_on=dt.date(2021, 5, 12),
        met_through=paul,
        notes="Prefers the phone. Two children, Jules and Rose.",
        cadence_days=30,
        tags=[TagFactory(owner=owner, name="Clients")],
    )
    ContactMethodFactory(contact=helene, value="helene@nordlys.example")
    ContactMethodFactory(contact=helene, kind="phone", value="06 39 98 12 34")
    ContactMethodFactory(contact=helene, kind="address", value="12 rue des Tables, Lyon")
    RelationshipFactory(from_contact=helene, to_contact=paul, kind="colleague")
    ImportantDateFactory(contact=helene, label="First day at Nordlys", day=5, month=1, year=2015)
    lunch = InteractionFactory(
        owner=owner,
        contacts=[helene, paul],
        title="Lunch",
        occurred_at=NOW - 20 * DAY,
        body="The shop window goes ahead. The budget is 12 000 € for the spring.",
    )
    FollowUpFactory(contact=helene, title="Send the quote", due_on=dt.date(2026, 11, 20), interaction=lunch)
    FollowUpFactory(contact=helene, title="The photos of the fair", due_on=dt.date(2026, 11, 30), owed_by="them")
    FollowUpFactory(contact=helene, title="Lend her the book", done_at=NOW - 5 * DAY)
    InteractionFactory.with_contact(
        helene, title="Review of the window", occurred_at=NOW + dt.timedelta(days=1, hours=5.5)
    )
    helene.refresh_from_db(fields=["last_interaction_at", "next_interaction_at", "contact_due_at"])
    return helene
