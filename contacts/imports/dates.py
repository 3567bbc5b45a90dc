"""Dates as programs and people write them, read as far as they say something."""

import re
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts import naming
from contacts.partial_dates import PartialDate

Order = Literal["dmy", "mdy", "ymd"]
LONGEST = 60
# What Apple writes for a year that it does not know.
NO_YEAR = 1604
_MONTHS = """
    january jan janvier janv enero gennaio januar
    february feb fevrier fevr fev februar febrero febbraio
    march mar mars maerz marz marzo
    april apr avril avr aprile abril
    may mai maggio mayo
    june jun juin juni junio giugno
    july jul juillet juil juli julio luglio
    august aug aout agosto
    september sep sept septembre septiembre settembre
    october oct octobre okt oktober octubre ottobre
    november nov novembre noviembre
    december dec decembre dez dezember dic diciembre dicembre
"""
_MONTH_OF = {word: number for number, line in enumerate(_MONTHS.strip().splitlines(), start=1) for word in line.split()}
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{4})")
_NO_YEAR = re.compile(r"--(\d{2})-?(\d{2})?(?:T.*)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?(?:[T ].*)?")


def parse(text: str, order: str = "dmy") -> PartialDate | None:
    """What `text` says, or None; `order` decides where the numbers can be read in more than one way."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    read = _in_numbers if text.isascii() and (text[0].isdigit() or text[-1].isdigit()) else _in_words
    return read(text, order) or _in_words(text, order)


def written(date: PartialDate, *, basic: bool = False) -> str:
    """As ISO 8601 has it, as far as it is known; `basic` is its form without hyphens."""
    hyphen = "" if basic else "-"
    if date.month and date.day:
        return (
            f"{date.year:04}{hyphen}{date.month:02}{hyphen}{date.day:02}"
            if date.year
            else (f"--{date.month:02}{hyphen}{date.day:02}")
        )
    if date.month:
        return f"{date.year:04}-{date.month:02}" if date.year else f"--{date.month:02}"
    return f"{date.year:04}" if date.year else ""


def order_of(texts: list[str], default: Order) -> Order:
    """The order in which most of these put day and month, where they show it."""
    numbers = [found.groups() for found in map(_NUMBERS.fullmatch, map(str.strip, texts)) if found]
    day_first = sum(int(first) > 12 for first, _second, _year in numbers)
    month_first = sum(int(second) > 12 for _first, second, _year in numbers)
    if default == "ymd" or day_first == month_first:
        return default
    return "dmy" if day_first > month_first else "mdy"


def _in_numbers(text: str, order: str) -> PartialDate | None:
    if found := _YEAR_FIRST.fullmatch(text):
        year, _separator, month, day = found.groups()
        return _either(int(day), int(month), int(year))
    if found := _YEAR_MONTH.fullmatch(text):
        return _date(None, int(found[2]) if found[2] else None, int(found[1] or found[3]))
    if found := _NO_YEAR.fullmatch(text):
        return _date(int(found[2]) if found[2] else None, int(found[1]), None)
    if found := _NUMBERS.fullmatch(text):
        return _of_numbers(found[1], found[2], found[3], order)
    return None


def _of_numbers(first: str, second: str, third: str | None, order: str) -> PartialDate | None:
    if order == "ymd" and third and len(third) == 2:
        return _either(int(third), int(second), _century(first))
    year = _century(third) if third else None
    day, month = (second, first) if order == "mdy" else (first, second)
    return _either(int(day), int(month), year)


def _either(day: int, month: int, year: int | None) -> PartialDate | None:
    """Who wrote a thirteenth month meant a day."""
    if 12 < month <= 31 and 1 <= day <= 12:
        day, month = month, day
    return _date(day, month, year)


def _century(text: str) -> int:
    """Two digits are of this century up to this year, else of the one before."""
    year = int(text)
    if len(text) > 2:
        return year
    return 2000 + year if 2000 + year <= timezone.now().year else 1900 + year


def _in_words(text: str, order: str) -> PartialDate | None:
    words = naming.words(text)
    months = [_MONTH_OF[word] for word in words if word in _MONTH_OF]
    # «1er avril», «April 2nd»
    digits = ["".join(filter(str.isdecimal, word)) for word in words if word[0].isdecimal()]
    numbers = [int(word) for word in digits if len(word) <= 4]
    if len(months) != 1 or len(numbers) > 2:
        return None
    years = [number for number in numbers if number > 31]
    days = [number for number in numbers if 1 <= number <= 31]
    return _date(days[0] if days else None, months[0], years[0] if years else None)


def _date(day: int | None, month: int | None, year: int | None) -> PartialDate | None:
    """None where no calendar has such a day; a year of 0 is one that is not known."""
    date = PartialDate(day or None, month or None, year or None)
    try:
        date.clean(field="day")
    except ValidationError:
        return None
    return date if date and (date.year or 1) <= 9999 else None
