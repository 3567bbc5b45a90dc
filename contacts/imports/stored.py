"""A card as a row keeps it until it is decided on: JSON, without its photo."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from typing import Any

from contacts.imports.card import Card, CardDate, CardMethod, CardTie
from contacts.partial_dates import PartialDate

DAYS = ("met_on", "paused_until", "deceased_on")
_BLANK = asdict(Card())
# Rows of earlier imports are known by a digest that this was part of.
_NO_PHOTO = hashlib.sha256(b"").digest()
# What a database's JSON does not take, as `json` writes it: NUL, and halves of surrogate pairs.
_UNKEEPABLE = ("\\u0000", "\\ud")


def to_json(card: Card) -> dict[str, Any]:
    """All of it but the photo, which is left out."""
    data = {name: value for name, value in asdict(card).items() if name != "photo" and value != _BLANK[name]}
    data |= {name: data[name].isoformat() for name in DAYS if name in data}
    data["birthday"] = date_parts(card.birthday)
    data["dates"] = [[date.label, *date_parts(date.date)] for date in card.dates]
    written = json.dumps(data)
    return _cleaned(data) if any(sign in written for sign in _UNKEEPABLE) else data


def from_json(data: dict[str, Any]) -> Card:
    """What `to_json` was given."""
    plain: dict[str, Any] = {
        name: value for name, value in data.items() if isinstance(value, str | int) and name not in DAYS
    }
    days: dict[str, Any] = {name: dt.date.fromisoformat(data[name]) for name in DAYS if name in data}
    return Card(
        **plain,
        **days,
        birthday=PartialDate(*data.get("birthday", ())),
        methods=tuple(CardMethod(**method) for method in data.get("methods", ())),
        dates=tuple(CardDate(label, PartialDate(*parts)) for label, *parts in data.get("dates", ())),
        ties=tuple(CardTie(**tie) for tie in data.get("ties", ())),
        tags=tuple(data.get("tags", ())),
        remarks=tuple(data.get("remarks", ())),
        extra=data.get("extra", {}),
    )


def digest(data: dict[str, Any]) -> str:
    """Equal for cards that say the same, wherever in a file they are."""
    said = {name: value for name, value in data.items() if name not in ("line", "remarks")}
    written = json.dumps(said, sort_keys=True).encode()
    return hashlib.sha256(written + _NO_PHOTO).hexdigest()[:40]


def plain(value: Any) -> Any:
    """A value of a contact's column as JSON has it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def date_parts(date: PartialDate) -> list[int | None]:
    return [date.day, date.month, date.year]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(c for c in value if c != "\x00" and not "\ud800" <= c <= "\udfff")
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(entry) for entry in value]
    return value
