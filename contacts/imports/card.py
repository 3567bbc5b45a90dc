"""What a file says of one person, whichever format it is in: the readers give it, the writers take it.

Nothing here touches the database. Texts are stripped, in NFC, without control characters but line
ends, and no longer than the column that they are for; what did not fit anywhere is in `extra`.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from contacts.partial_dates import PartialDate


@dataclass(frozen=True)
class CardMethod:
    """One way to reach them; `kind` is one of `ContactMethod.Kind`."""

    kind: str
    value: str
    label: str = ""
    is_primary: bool = False


@dataclass(frozen=True)
class CardDate:
    """A day of the year that matters, beside the birthday; its month is known."""

    label: str
    date: PartialDate


@dataclass(frozen=True)
class CardTie:
    """Somebody else, by name, and what they are: one of `Relationship.Kind`, or another word."""

    name: str
    kind: str


@dataclass(frozen=True)
class Card:
    """One person or organization of a file. `line` is where it begins, counted from 1."""

    line: int = 0
    uid: str = ""
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    organization: str = ""
    job_title: str = ""
    birthday: PartialDate = field(default_factory=PartialDate)
    city: str = ""
    country: str = ""
    time_zone: str = ""
    language: str = ""
    notes: str = ""
    methods: tuple[CardMethod, ...] = ()
    dates: tuple[CardDate, ...] = ()
    ties: tuple[CardTie, ...] = ()
    tags: tuple[str, ...] = ()
    how_met: str = ""
    met_on: dt.date | None = None
    # Through whom, by name.
    met_through: str = ""
    cadence_days: int | None = None
    paused_until: dt.date | None = None
    deceased_on: dt.date | None = None
    is_favorite: bool = False
    is_archived: bool = False
    share_with_ai: bool = True
    # The picture as the file has it, not looked at yet.
    photo: bytes = b""
    # What there is no field for, JSON-able, as the writers need it: under "vcard" the properties of a
    # vCard (`vcard_syntax.Kept`), under "table" the cells of a row by their column.
    extra: dict[str, Any] = field(default_factory=dict)
    # Where the file is one of an archive: which.
    file: str = ""
    # What of the file could not be kept as it was, for the user: already in their language.
    remarks: tuple[str, ...] = ()

    @property
    def names_others(self) -> bool:
        """Whether it speaks of people who may be in the same file."""
        return bool(self.ties or self.met_through)

    @property
    def has_name(self) -> bool:
        """Whether it can be a contact at all."""
        return bool(self.first_name or self.last_name or self.organization)


@dataclass(frozen=True)
class Unreadable:
    """A card or a row that nothing could be made of: where, why (in the user's language), and its first words."""

    line: int
    reason: str
    text: str = ""
    file: str = ""


Read = Card | Unreadable
