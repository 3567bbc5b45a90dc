"""Does an answer stand on the records that it names? Claude says so; this looks."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR

from claude_ai.dossier import leaves
from contacts import naming


@dataclass(frozen=True)
class Checked:
    """A text, the references that exist of those that it names, and whether they hold what it says."""

    text: str
    refs: tuple[str, ...]
    is_verified: bool


class Ground:
    """What is known, by reference."""

    def __init__(self, today: dt.date, records: Mapping[str, Any]) -> None:
        """`records` are dataclasses, one or a tuple of them by reference."""
        self.today = today
        self.records = {ref: " \n ".join(leaves(record)) for ref, record in records.items()}

    def check(self, text: str, refs: Iterable[str], *, by_all: bool = False) -> Checked | None:
        """None for what names no source at all; `by_all` lets such a text stand on all records."""
        text, named = text.strip(), tuple(dict.fromkeys(refs))
        if not text or not (named or by_all):
            return None
        known = tuple(ref for ref in named if ref in self.records)
        ground = " \n ".join(self.records[ref] for ref in (known if named else self.records))
        return Checked(text, known, is_verified=known == named and self._holds(ground, text))

    def _holds(self, ground: str, text: str) -> bool:
        """Whether every date and number of `text` is in `ground`, or follows from a date there and today."""
        days, _rest = _dates(ground)
        said, without_dates = _dates(text)
        days_known = {*days, (self.today.day, self.today.month, self.today.year)}
        if not all(any(self._is_day(day, known) for known in days_known) for day in said):
            return False
        held = _numbers(ground) | self._derived(days_known)
        return _numbers(without_dates) <= held

    def _is_day(self, said: "_Day", known: "_Day") -> bool:
        """Whether `known` holds all of `said`; a year that it leaves open may be one about now."""
        year, known_year = said[2], known[2]
        if said[1] != known[1] or said[0] not in (None, known[0]):
            return False
        return year in (None, known_year) or (known_year is None and abs(year - self.today.year) <= 1)

    def _derived(self, days: Iterable[tuple[int | None, int, int | None]]) -> set[str]:
        """Numbers that a reader works out: parts of dates, and how long ago or ahead they are."""
        found = set()
        for day, month, year in days:
            found |= {str(part) for part in (day, month, year) if part}
            on = _as_date(day, month, year or self.today.year)
            if on is None:
                continue
            apart = abs((on - self.today).days)
            years = abs(self.today.year - on.year)
            found |= {str(apart), str(apart // 7), str(apart // 30), str(years), str(max(years - 1, 0))}
        return found


# --- Names --------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?…:;\n«»“”\"(–-])\s*$")


def names_somebody_else(text: str, ground: str, *, known: Iterable[str]) -> bool:
    """Whether `text` has a name that `ground` does not hold.

    A capital inside a sentence makes a name; at its beginning, only what is one in `known`.
    """
    held = set(naming.words(ground))
    elsewhere = {word for name in known for word in naming.words(name)} - held
    for match in _WORD.finditer(text):
        words = set(naming.words(match.group())) - held - _calendar_words()
        is_name = match.group()[0].isupper() and not _OPENS_SENTENCE.search(text[: match.start()])
        if words and ((is_name and len(match.group()) > 1) or (words & elsewhere and match.group()[0].isupper())):
            return True
    return False


@lru_cache(maxsize=1)
def _calendar_words() -> frozenset[str]:
    """Written with a capital in English."""
    with translation.override("en"):
        days = [str(name) for name in (*WEEKDAYS.values(), *WEEKDAYS_ABBR.values())]
    return frozenset(word for name in (*days, *_month_names()) for word in naming.words(name))


# --- Dates, as French and English write them --------------------------------------------------

_Day = tuple[int | None, int, int | None]


@lru_cache(maxsize=1)
def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in ("fr", "en"):
        with translation.override(language):
            for table in (MONTHS, MONTHS_3, MONTHS_AP):
                names |= {str(name).lower().rstrip("."): number for number, name in table.items()}
    return names


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, _month_names()), key=len, reverse=True))
    day, year = r"(?P<d>\d{1,2})", r"(?P<y>\d{4})"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"\b{year}-(?P<m>\d{{2}})(?:-(?P<d>\d{{2}}))?",
            r"(?<!\w)--(?P<m>\d{2})-(?P<d>\d{2})",
            rf"\b{day}[/.](?P<m>\d{{1,2}})(?:[/.](?P<y>\d{{4}}|\d{{2}}))?(?!\d)",
            rf"\b{day}(?:er|st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<n>{names})\b\.?(?:,?\s+{year}\b)?",
            rf"\b(?P<n>{names})\b\.?\s+{day}(?:st|nd|rd|th)?(?!\d)(?:,?\s+{year}\b)?",
            rf"\b(?P<n>{names})\b\.?\s+{year}\b",
        )
    )


def _dates(text: str) -> tuple[set[_Day], str]:
    """The dates in `text`, and the text without them."""
    found: set[_Day] = set()

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = _month_names()[parts["n"].lower()] if parts.get("n") else int(parts["m"])
        if not 1 <= month <= 12:
            return match.group()
        year = int(parts["y"]) if parts.get("y") else None
        year = year + 2000 if year is not None and year < 100 else year
        found.add((int(parts["d"]) if parts.get("d") else None, month, year))
        return " "

    for pattern in _patterns():
        text = pattern.sub(take, text)
    return found, text


def _as_date(day: int | None, month: int, year: int) -> dt.date | None:
    try:
        return dt.date(year, month, day or 1)
    except ValueError:
        return None


# --- Numbers ----------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?:\d{1,3}(?:[ \u00a0\u202f,.']\d{3}(?!\d))+|\d+)(?:[.,]\d+)?")


def _numbers(text: str) -> set[str]:
    """The numbers in `text`, without the signs that group their digits."""
    found = set()
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[ \u00a0\u202f']|[.,](?=\d{3}(?!\d))", "", match.group()).replace(",", ".")
        found.add(digits.lstrip("0") or "0")
    return found
