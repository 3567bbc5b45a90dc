"""The fields of two contacts side by side: what each says, and which says more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import naming
from contacts.models import Contact
from contacts.partial_dates import PartialDate
from contacts.written import date_format

Choice = Literal["kept", "gone", "both"]
Richer = Callable[[Any, Any], Choice]


@dataclass(frozen=True)
class Field:
    """One thing that is chosen as a whole; `columns` are those of the table."""

    name: str
    columns: tuple[str, ...]
    richer: Richer
    is_text: bool = False

    @property
    def label(self) -> str:
        return _("birthday") if self.name == "birthday" else str(Contact._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]

    def value(self, contact: Contact) -> Any:
        return getattr(contact, self.name)

    def said(self, contact: Contact) -> str:
        """In the user's language; empty where there is nothing."""
        value = self.value(contact)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dt.date):
            return date_format(value, "DATE_FORMAT")
        return str(value) if value else ""

    def default(self, kept: Contact, gone: Contact) -> Choice:
        """The side that says more; of a text, both."""
        a, b = self.value(kept), self.value(gone)
        if isinstance(a, bool):
            return self.richer(a, b)
        if not a or not b:
            return "gone" if b else "kept"
        return "kept" if a == b else self.richer(a, b)

    def chosen(self, choice: Choice, kept: Contact, gone: Contact) -> dict[str, Any]:
        """What the kept contact's columns become."""
        if choice == "both" and self.is_text:
            return {self.name: joined(self.value(kept), self.value(gone))}
        side = gone if choice == "gone" else kept
        return {column: getattr(side, column) for column in self.columns}


def joined(one: str, other: str) -> str:
    """Both texts, one after the other; one that is in the other already is not said twice."""
    if other.strip() in one:
        return one
    return other if one.strip() in other else f"{one.rstrip()}\n\n{other.lstrip()}"


# --- Which says more ----------------------------------------------------------------------------


def _kept(_a: Any, _b: Any) -> Choice:
    return "kept"


def _both(_a: Any, _b: Any) -> Choice:
    return "both"


def _fuller(a: str, b: str) -> Choice:
    """«Hélène» over «H.» and over «HELENE»; of two different names neither is fuller."""
    one, other = naming.fold(a).strip(". "), naming.fold(b).strip(". ")
    if one == other:
        return "gone" if _care(b) > _care(a) else "kept"
    return "gone" if other.startswith(one) else "kept"


def _care(text: str) -> tuple[bool, int]:
    """How much of it was written as one writes a name: not all in capitals or small letters, with accents."""
    is_mixed = text not in (text.upper(), text.lower())
    return is_mixed, sum(not character.isascii() for character in text)


def _more_known(a: PartialDate, b: PartialDate) -> Choice:
    parts = [sum(part is not None for part in (date.day, date.month, date.year)) for date in (a, b)]
    return "gone" if parts[1] > parts[0] else "kept"


def _true(a: bool, b: bool) -> Choice:
    return "gone" if b and not a else "kept"


def _false(a: bool, b: bool) -> Choice:
    return "gone" if a and not b else "kept"


def _later(a: Any, b: Any) -> Choice:
    return "gone" if b > a else "kept"


def _earlier(a: Any, b: Any) -> Choice:
    return "gone" if b < a else "kept"


def _field(name: str, richer: Richer = _kept) -> Field:
    return Field(name, (Contact._meta.get_field(name).attname,), richer, is_text=richer is _both)  # type: ignore[union-attr]


FIELDS: tuple[Field, ...] = (
    _field("first_name", _fuller),
    _field("last_name", _fuller),
    _field("nickname", _fuller),
    _field("organization"),
    _field("job_title", _fuller),
    Field("birthday", ("birthday_day", "birthday_month", "birthday_year"), _more_known),
    _field("how_met", _both),
    _field("met_on", _earlier),
    _field("met_through"),
    _field("city", _fuller),
    _field("country", _fuller),
    _field("time_zone"),
    _field("language"),
    _field("notes", _both),
    _field("cadence_days", _earlier),
    _field("paused_until", _later),
    _field("deceased_on"),
    _field("is_favorite", _true),
    _field("is_archived", _false),
    # Whoever was to be kept from the AI stays so.
    _field("share_with_ai", _false),
)
SIDES = {"kept": gettext_lazy("left"), "gone": gettext_lazy("right"), "both": gettext_lazy("both")}


def joined_extra(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Imported properties of both; where both have one, lists and dictionaries are joined."""
    result = dict(one)
    for name, value in other.items():
        mine = result.get(name, value)
        if isinstance(mine, list) and isinstance(value, list):
            result[name] = mine + [entry for entry in value if entry not in mine]
        elif isinstance(mine, dict) and isinstance(value, dict):
            result[name] = joined_extra(mine, value)
        else:
            result[name] = mine
    return result
