"""Cards to CSV, for spreadsheets and for other programs; `imports.tables` reads it back.

The columns are named as Google names them, so that Google, Outlook and others take them in. A spreadsheet
runs a cell that begins with «=» and the like: such a cell gets an apostrophe before it, and so does what
would be one if the file were split at another sign. Telephone numbers and dates, which are digits and
signs only, compute nothing that could do harm and stay as they are, so that «+33 …» can be dialled.
"""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contacts.imports.card import Card
from contacts.imports.dates import written
from contacts.imports.tables import INSIDE, RUNS
from contacts.models import ContactMethod

# Spreadsheets take a file without it for one in the machine's own charset.
BYTE_ORDER_MARK = "\ufeff"
NAMES = (
    "First Name", "Last Name", "Nickname", "Organization Name", "Organization Title", "Birthday", "Labels", "City",
    "Country", "Time Zone", "Language", "Notes", "How Met", "Met On", "Met Through", "Cadence (days)", "Paused Until",
    "Deceased On", "Favorite", "Archived", "Share With AI", "UID", "Extra (JSON)",
)  # fmt: skip
_KINDS = {
    ContactMethod.Kind.EMAIL: "E-mail",
    ContactMethod.Kind.PHONE: "Phone",
    ContactMethod.Kind.ADDRESS: "Address",
    ContactMethod.Kind.URL: "Website",
    ContactMethod.Kind.SOCIAL: "Social",
}
# Digits and signs between them: nothing that a spreadsheet could call.
_HARMLESS = re.compile(r"[+-]{1,2}[\d .()/-]*")


@dataclass(frozen=True)
class Width:
    """How many details of each kind, dates and ties the fullest card has."""

    methods: dict[str, int]
    dates: int
    ties: int

    @classmethod
    def of(cls, cards: Iterable[Card]) -> "Width":
        methods, most_dates, most_ties = dict.fromkeys(map(str, _KINDS), 0), 0, 0
        for card in cards:
            for kind in methods:
                methods[kind] = max(methods[kind], sum(method.kind == kind for method in card.methods))
            most_dates, most_ties = max(most_dates, len(card.dates)), max(most_ties, len(card.ties))
        return cls(methods, most_dates, most_ties)


def header(width: Width) -> str:
    """The first line, with the mark before it."""
    names = list(NAMES)
    for kind, name in _KINDS.items():
        names += _pairs(name, width.methods.get(kind, 0))
    names += _pairs("Event", width.dates) + _pairs("Relation", width.ties)
    return BYTE_ORDER_MARK + _line(names)


def row(card: Card, width: Width) -> str:
    """One card as a line."""
    cells = [guarded(text) for text in _own(card)]
    for kind in _KINDS:
        details = [
            (_label(method.label, method.is_primary), method.value) for method in card.methods if method.kind == kind
        ]
        cells += _filled(details, width.methods.get(kind, 0))
    cells += _filled([(dated.label, written(dated.date)) for dated in card.dates], width.dates)
    cells += _filled([(tie.kind, tie.name) for tie in card.ties], width.ties)
    return _line(cells)


def guarded(text: str) -> str:
    """`text` as a cell that no spreadsheet runs; `imports.tables.revealed` is the inverse."""
    if _HARMLESS.fullmatch(text):
        return text
    text = INSIDE.sub("'", text)
    return f"'{text}" if text.lstrip("'")[:1] in tuple(RUNS) and text.lstrip("'") else text


def _own(card: Card) -> Iterator[str]:
    yield from (card.first_name, card.last_name, card.nickname, card.organization, card.job_title)
    yield written(card.birthday)
    yield _joined(card.tags)
    yield from (card.city, card.country, card.time_zone, card.language, card.notes, card.how_met)
    yield _day(card.met_on)
    yield card.met_through
    yield str(card.cadence_days or "")
    yield _day(card.paused_until)
    yield _day(card.deceased_on)
    yield "yes" if card.is_favorite else ""
    yield "yes" if card.is_archived else ""
    yield "yes" if card.share_with_ai else "no"
    yield card.uid
    yield json.dumps(card.extra) if card.extra else ""


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _joined(tags: tuple[str, ...]) -> str:
    if not any(sign in tag for tag in tags for sign in ',;":'):
        return ", ".join(tags)
    return _line(tags, csv.QUOTE_ALL).strip()


def _label(label: str, is_primary: bool) -> str:  # the two columns of a detail
    """Google marks the preferred one with a star."""
    return f"* {label}".strip() if is_primary else label


def _pairs(name: str, count: int) -> list[str]:
    return [f"{name} {number} - {part}" for number in range(1, count + 1) for part in ("Label", "Value")]


def _filled(details: list[tuple[str, str]], count: int) -> list[str]:
    cells = [guarded(text) for detail in details[:count] for text in detail]
    return cells + [""] * (2 * count - len(cells))


def _line(cells: Iterable[str], quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=quoting).writerow(cells)  # type: ignore[arg-type]
    return text.getvalue()
