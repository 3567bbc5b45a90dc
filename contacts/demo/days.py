"""From «so many days ahead» to dates and moments, for the day on which the sample data is made."""

import calendar
import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from contacts.demo.spec import InDays, InMonths, Yearly
from contacts.partial_dates import PartialDate

_WRITTEN_DAY = re.compile(r"\{([+-]\d+)\}")


class Days:
    def __init__(self, today: dt.date, zone: ZoneInfo) -> None:
        self.today = today
        self.zone = zone

    def date(self, days: int) -> dt.date:
        return self.today + dt.timedelta(days=days)

    def working_day(self, days: int) -> dt.date:
        """The same day, or on a weekend the next working day further from today."""
        day, step = self.date(days), dt.timedelta(days=1 if days > 0 else -1)
        while day.weekday() >= calendar.SATURDAY:
            day += step
        return day

    def moment(self, days: int, at: str, *, at_work: bool = False) -> dt.datetime:
        """`at` is the time on the clock where the owner lives."""
        day = self.working_day(days) if at_work else self.date(days)
        return dt.datetime.combine(day, dt.time.fromisoformat(at), tzinfo=self.zone)

    def yearly(self, when: Yearly) -> PartialDate:
        if isinstance(when, PartialDate):
            return when
        if isinstance(when, InMonths):
            return PartialDate(month=(self.today.month - 1 + when.months) % 12 + 1)
        day = self.date(when.days)
        return PartialDate(day.day, day.month, _first_year(day, when))

    def write(self, text: str) -> str:
        """`text` with each {+3} as a date in French."""
        return _WRITTEN_DAY.sub(lambda found: _in_french(self.working_day(int(found[1]))), text)


def _first_year(day: dt.date, when: InDays) -> int | None:
    """None when there was no such day in it: on 29 February."""
    if when.years is None:
        return None
    year = day.year - when.years
    return None if (day.day, day.month) == (29, 2) and not calendar.isleap(year) else year


def _in_french(day: dt.date) -> str:
    with translation.override("fr"):
        return formats.date_format(day, "l j F").replace(" 1 ", " 1er ")
