"""Days and sizes as they are written in a sentence; Django's formats do not know that French says «1er décembre»."""

import datetime as dt
import re
from functools import cache

from django.template.defaultfilters import filesizeformat
from django.utils import formats, translation
from django.utils.dates import MONTHS, MONTHS_3

_NOUGHT = re.compile(r"[.,]0(?!\d)")
_FIRST = re.compile(r"(?<!\d)1 (?=[^\W\d])")


def date_format(day: dt.date, style: str) -> str:
    """As `django.utils.formats.date_format`, in the user's language."""
    return first_of_month(formats.date_format(day, style))


def first_of_month(written: str) -> str:
    """The same date with its «1» as French writes it; unchanged in other languages."""
    if (translation.get_language() or "")[:2] != "fr":
        return written
    found = _FIRST.search(written)
    if found and written[found.end() :].startswith(_french_months()):
        return f"{written[: found.start()]}1er {written[found.end() :]}"
    return written


def file_size(count: int) -> str:
    """«100 MB», where Django says «100.0 MB»."""
    return _NOUGHT.sub("", filesizeformat(count))


@cache
def _french_months() -> tuple[str, ...]:
    """Asked for where French is active."""
    return tuple(str(name) for table in (MONTHS, MONTHS_3) for name in table.values())
