"""Where a record is found and what it is called: what a line of text points to as its source."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.models import Contact, FollowUp, ImportantDate, Interaction
from contacts.written import date_format

Kind = Literal["contact", "interaction", "follow_up", "date", "relationship"]


@dataclass(frozen=True)
class Source:
    """A record as a page points to it; `on` is its day, where it has one."""

    ref: str
    kind: Kind
    id: int
    label: str
    url: str
    on: dt.date | None = None

    @property
    def dated_label(self) -> str:
        """With its day, in the user's language."""
        return f"{self.label}, {date_format(self.on, 'SHORT_DATE_FORMAT')}" if self.on else self.label

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "label": self.dated_label, "url": self.url}


def of_contact(contact: Contact) -> Source:
    return Source(f"c{contact.pk}", "contact", contact.pk, contact.name, contact.get_absolute_url())


def of_interaction(talk: Interaction, zone: ZoneInfo) -> Source:
    on = timezone.localdate(talk.occurred_at, zone)
    return Source(f"i{talk.pk}", "interaction", talk.pk, str(talk), talk.get_absolute_url(), on)


def of_follow_up(promise: FollowUp) -> Source:
    return Source(f"f{promise.pk}", "follow_up", promise.pk, promise.title, promise.get_absolute_url(), promise.due_on)


def of_date(date: ImportantDate, on: dt.date) -> Source:
    """`on` is the day on which it is kept next."""
    url = f"{date.contact.get_absolute_url()}#date-{date.pk}"
    return Source(f"d{date.pk}", "date", date.pk, date.label, url, on)


def of_relationship(pk: int, *, other: Contact, kind: str, seen_from: Contact) -> Source:
    url = f"{seen_from.get_absolute_url()}#relationship-{pk}"
    return Source(f"r{pk}", "relationship", pk, f"{other.name} ({kind})", url)
