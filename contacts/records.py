"""Where a record is found and what it is called: what a line of text points to as its source."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone

from contacts.models import Contact, FollowUp, ImportantDate, Interaction, Relationship
from contacts.written import date_format

Kind = Literal["contact", "interaction", "follow_up", "date", "relationship"]
# By the first letter of a reference.
MODELS: dict[str, type[Model]] = {
    "c": Contact,
    "i": Interaction,
    "f": FollowUp,
    "d": ImportantDate,
    "r": Relationship,
}
KINDS: dict[str, Kind] = {"c": "contact", "i": "interaction", "f": "follow_up", "d": "date", "r": "relationship"}
_PAGES: dict[str, type[Contact | Interaction | FollowUp]] = {"c": Contact, "i": Interaction, "f": FollowUp}
_REF = re.compile(r"([cifdr])([0-9]{1,18})")
# By model, the new id of each row that has got another one.
Ids = Mapping[type[Model], Mapping[int, int]]


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
    url = url_on_page("date", date.pk, of=date.contact)
    return Source(f"d{date.pk}", "date", date.pk, date.label, url, on)


def of_relationship(pk: int, *, other: Contact, kind: str, seen_from: Contact) -> Source:
    url = url_on_page("relationship", pk, of=seen_from)
    return Source(f"r{pk}", "relationship", pk, f"{other.name} ({kind})", url)


def url_on_page(kind: Kind, pk: int, *, of: Contact) -> str:
    """Of what has no page of its own, on that of a contact."""
    return f"{of.get_absolute_url()}#{kind}-{pk}"


def url_of(ref: str, *, on_page_of: int | None) -> str | None:
    """Where the row of a reference is found; None for what has no page of its own where no contact is given."""
    letter, pk = ref[0], int(ref[1:])
    if page := _PAGES.get(letter):
        return page(pk=pk).get_absolute_url()
    return None if on_page_of is None else url_on_page(KINDS[letter], pk, of=Contact(pk=on_page_of))


def renumbered(ref: str, ids: Ids) -> str | None:
    """`ref` once rows have other ids; None where its row has not come along."""
    found = _REF.fullmatch(ref)
    pk = ids[MODELS[found[1]]].get(int(found[2])) if found else None
    return None if pk is None or found is None else f"{found[1]}{pk}"
