"""Writes the sample data into a user's book, as rows of the day on which it is called."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from django.contrib.auth.models import User
from django.db import transaction

from contacts.book import Book
from contacts.demo.days import Days
from contacts.demo.people import LABELS, PEOPLE, TIME_ZONE
from contacts.demo.spec import Person, Promise, Talk
from contacts.models import (
    Contact,
    ContactMethod,
    FollowUp,
    ImportantDate,
    Interaction,
    Organization,
    Profile,
    Relationship,
    Tag,
)
from contacts.partial_dates import PartialDate


@transaction.atomic
def fill(user: User) -> None:
    Profile.objects.update_or_create(user=user, defaults={"language": "fr", "time_zone": TIME_ZONE})
    book = Book(User.objects.get(pk=user.pk))
    Writer(user, Days(book.today, book.zone), book.now).write()


class Writer:
    """Keeps the rows made so far by the names under which the data speaks of them."""

    def __init__(self, owner: User, days: Days, now: dt.datetime) -> None:
        self.owner = owner
        self.days = days
        self.now = now
        self.contacts: dict[str, Contact] = {}
        self.at_work = {label.name for label in LABELS if label.is_work}

    def write(self) -> None:
        self._write_contacts(self._organizations())
        self._write_tags()
        ContactMethod.objects.bulk_create(chain.from_iterable(map(self._methods, PEOPLE)))
        ImportantDate.objects.bulk_create(chain.from_iterable(map(self._dates, PEOPLE)))
        Relationship.objects.bulk_create(chain.from_iterable(map(self._relationships, PEOPLE)))
        self._write_talks()

    def _organizations(self) -> dict[str, Organization]:
        names = dict.fromkeys(person.organization for person in PEOPLE if person.organization)
        rows = Organization.objects.bulk_create(Organization(owner=self.owner, name=name) for name in names)
        return dict(zip(names, rows, strict=True))

    def _write_contacts(self, organizations: dict[str, Organization]) -> None:
        rows = Contact.objects.bulk_create(self._contact(person, organizations) for person in PEOPLE)
        self.contacts = {person.name: row for person, row in zip(PEOPLE, rows, strict=True)}
        for person in PEOPLE:
            row = self.contacts[person.name]
            row.met_through = self.contacts[person.met_through] if person.met_through else None
            row.created_at = min((self._when(person, talk) for talk in person.talks), default=self.now)
            row.created_at = min(row.created_at, self.now)
        Contact.objects.bulk_update(rows, ["met_through", "created_at"])

    def _contact(self, person: Person, organizations: dict[str, Organization]) -> Contact:
        birthday = self.days.yearly(person.birthday) if person.birthday else PartialDate()
        return Contact(
            owner=self.owner,
            first_name=person.first_name,
            last_name=person.last_name,
            nickname=person.nickname,
            organization=organizations.get(person.organization),
            job_title=person.job_title,
            birthday_day=birthday.day,
            birthday_month=birthday.month,
            birthday_year=birthday.year,
            how_met=person.how_met,
            met_on=self._met_on(person),
            city=person.city,
            country=person.country,
            time_zone=person.time_zone,
            language=person.language,
            notes=self.days.write(person.notes),
            cadence_days=person.cadence_days,
            paused_until=self.days.date(person.paused_for_days) if person.paused_for_days else None,
            is_favorite=person.is_favorite,
            is_archived=person.is_archived,
            deceased_on=self._days_ago(person.deceased_days_ago),
            share_with_ai=person.share_with_ai,
        )

    def _met_on(self, person: Person) -> dt.date | None:
        """Moved off a weekend as the interactions are, so that none of them comes before it."""
        if person.met_days_ago is None:
            return None
        day = -person.met_days_ago
        return self.days.working_day(day) if self._is_at_work(person) else self.days.date(day)

    def _days_ago(self, days: int | None) -> dt.date | None:
        return None if days is None else self.days.date(-days)

    def _write_tags(self) -> None:
        rows = Tag.objects.bulk_create(
            Tag(owner=self.owner, name=label.name, color=label.color, cadence_days=label.cadence_days)
            for label in LABELS
        )
        tags = {tag.name: tag for tag in rows}
        link = Contact.tags.through
        link.objects.bulk_create(
            link(contact=self.contacts[person.name], tag=tags[name]) for person in PEOPLE for name in person.tags
        )

    def _methods(self, person: Person) -> Iterator[ContactMethod]:
        """The first of each kind is the preferred one."""
        seen = set()
        for method in person.methods:
            yield ContactMethod(
                contact=self.contacts[person.name],
                kind=method.kind,
                label=method.label,
                value=method.value,
                is_primary=method.kind not in seen,
            )
            seen.add(method.kind)

    def _dates(self, person: Person) -> Iterator[ImportantDate]:
        for date in person.dates:
            when = self.days.yearly(date.when)
            assert when.month
            yield ImportantDate(
                contact=self.contacts[person.name], label=date.label, day=when.day, month=when.month, year=when.year
            )

    def _relationships(self, person: Person) -> Iterator[Relationship]:
        for kind, other in person.ties:
            yield Relationship(from_contact=self.contacts[person.name], to_contact=self.contacts[other], kind=kind)

    def _when(self, person: Person, talk: Talk) -> dt.datetime:
        return self.days.moment(talk.day, talk.at, at_work=self._is_at_work(person))

    def _is_at_work(self, person: Person) -> bool:
        return not self.at_work.isdisjoint(person.tags)

    def _write_talks(self) -> None:
        talks = [(person, talk) for person in PEOPLE for talk in person.talks]
        rows = Interaction.objects.bulk_create(self._interaction(person, talk) for person, talk in talks)
        link = Interaction.contacts.through
        link.objects.bulk_create(
            link(interaction=row, contact=self.contacts[name])
            for (person, talk), row in zip(talks, rows, strict=True)
            for name in (person.name, *talk.others)
        )
        promises = [
            self._follow_up(person, promise, row)
            for (person, talk), row in zip(talks, rows, strict=True)
            for promise in talk.promises
        ]
        promises += [self._follow_up(person, promise, None) for person in PEOPLE for promise in person.promises]
        FollowUp.objects.bulk_create(promises)
        for follow_up in promises:
            if follow_up.interaction:
                follow_up.created_at = min(follow_up.interaction.occurred_at, self.now)
        FollowUp.objects.bulk_update(promises, ["created_at"])

    def _interaction(self, person: Person, talk: Talk) -> Interaction:
        return Interaction(
            owner=self.owner,
            kind=talk.kind,
            occurred_at=self._when(person, talk),
            title=talk.title,
            body=self.days.write(talk.body),
            counts_as_contact=talk.counts_as_contact,
        )

    def _follow_up(self, person: Person, promise: Promise, talk: Interaction | None) -> FollowUp:
        return FollowUp(
            contact=self.contacts[person.name],
            title=self.days.write(promise.title),
            due_on=None if promise.due is None else self.days.date(promise.due),
            owed_by=promise.owed_by,
            done_at=None if promise.done is None else self.days.moment(promise.done, "17:30"),
            interaction=talk,
        )
