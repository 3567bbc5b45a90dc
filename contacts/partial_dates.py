"""Dates of which a part may be unknown: a birthday without its year, a month without its day."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from contacts.written import date_format

# In a leap year, so that 29 February can be formatted when the year is unknown.
_ANY_LEAP_YEAR = 2000
_ISO = re.compile(r"(?:(\d{4})|-(?=-))(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, month and year, each of which may be missing; a day never comes without its month."""

    day: int | None = None
    month: int | None = None
    year: int | None = None

    def __bool__(self) -> bool:
        return bool(self.month or self.year)

    def in_year(self, year: int) -> dt.date | None:
        """The day on which it is kept in `year`: the first of the month when only that is known.

        29 February falls on 28 February in a common year, or on 1 March with
        `LEAP_DAY_FALLS_ON_1_MARCH`.
        """
        if not self.month:
            return None
        if (self.day, self.month) == (29, 2) and not calendar.isleap(year):
            return dt.date(year, 3, 1) if settings.LEAP_DAY_FALLS_ON_1_MARCH else dt.date(year, 2, 28)
        return dt.date(year, self.month, self.day or 1)

    def next_occurrence(self, today: dt.date) -> dt.date | None:
        """The first day from `today` on which it is kept.

        A month whose day is unknown is kept all month long: today, once it has begun. A date
        that lies in the future has its first occurrence on itself.
        """
        if not self.month:
            return None
        if not self.day and self.month == today.month and (self.year or today.year) <= today.year:
            return today
        first = max(today.year, self.year or 0)
        for year in (first, first + 1):
            day = self.in_year(year)
            if day and day >= today:
                return day
        return None

    def years_on(self, day: dt.date) -> int | None:
        """How many whole years have passed on `day`; None without a year."""
        if not self.year:
            return None
        kept = self.in_year(day.year)
        return day.year - self.year - (1 if kept and kept > day else 0)

    @classmethod
    def fromisoformat(cls, text: str) -> "PartialDate":
        """`1980-04-02`, `1980-04`, `1980` or, without the year, `--04-02` or `--04`; raises `ValueError`."""
        match = _ISO.fullmatch(text)
        if not match:
            raise ValueError(text)
        year, month, day = (int(part) if part else None for part in match.groups())
        dt.date(_ANY_LEAP_YEAR if year is None else year, 1 if month is None else month, 1 if day is None else day)
        return cls(day, month, year)

    def isoformat(self) -> str:
        """As `fromisoformat` takes it; empty for nothing."""
        year = f"{self.year:04}" if self.year else "-" if self.month else ""
        return "-".join([year, *(f"{part:02}" for part in (self.month, self.day) if part)])

    def __str__(self) -> str:
        """In the user's language, as much of it as is known."""
        if not self.month:
            return str(self.year or "")
        try:
            day = dt.date(self.year or _ANY_LEAP_YEAR, self.month, self.day or 1)
        except (ValueError, OverflowError):  # in a form that is refused
            return "/".join(str(part) for part in (self.day, self.month, self.year) if part)
        if self.day and self.year:
            return date_format(day, "DATE_FORMAT")
        if self.day:
            return date_format(day, "MONTH_DAY_FORMAT")
        return date_format(day, "YEAR_MONTH_FORMAT" if self.year else "F")

    def clean(self, *, field: str) -> None:
        """Raises `ValidationError` for `field`, in the user's language, when no calendar holds it."""
        if self.day and not self.month:
            raise ValidationError({field: _("A day needs its month.")})
        try:
            dt.date(self.year or _ANY_LEAP_YEAR, self.month or 1, self.day or 1)
        except (ValueError, OverflowError):
            raise ValidationError({field: _("There is no such day.")}) from None


def constraints(prefix: str, *, name: str) -> list[models.CheckConstraint]:
    """The same rules for the database; `prefix` is `"birthday_"` for `birthday_day` and so on."""
    day, month, year = f"{prefix}day", f"{prefix}month", f"{prefix}year"
    no_day, no_year = Q(**{f"{day}__isnull": True}), Q(**{f"{year}__isnull": True})
    no_month, february = Q(**{f"{month}__isnull": True}), Q(**{month: 2})
    long_months = Q(**{f"{month}__in": [1, 3, 5, 7, 8, 10, 12]})
    leap = Exact(F(year) % 400, 0) | (Exact(F(year) % 4, 0) & ~Exact(F(year) % 100, 0))
    exists = (
        (long_months & Q(**{f"{day}__range": (1, 31)}))
        | (~february & Q(**{f"{day}__range": (1, 30)}))
        | Q(**{f"{day}__range": (1, 28)})
        | (Q(**{day: 29}) & (no_year | Q(leap)))
    )
    return [
        models.CheckConstraint(condition=no_day | ~no_month, name=f"{name}_day_needs_month"),
        models.CheckConstraint(condition=no_month | Q(**{f"{month}__range": (1, 12)}), name=f"{name}_month"),
        models.CheckConstraint(condition=no_year | Q(**{f"{year}__range": (1, 9999)}), name=f"{name}_year"),
        models.CheckConstraint(condition=no_day | exists, name=f"{name}_day_exists"),
    ]
