"""When a recurring event happens, within a window, at a cost that is known before.

`dateutil` knows the rules. It would also walk from the first day to the year 9999 for a rule that
never matches, and a second at a time where the rule says so: here a rule is refused, or walked no
further than the window.
"""

import datetime as dt
from collections.abc import Iterator

from dateutil.rrule import rrule, rrulestr

# The days of one step at the least; nothing that people plan happens more often than daily.
_PERIOD_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_LONGEST_RULE = 500
_MOST_TIMES_A_DAY = 24
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSETPOS", "BYMONTH", "BYMONTHDAY", "BYYEARDAY"}
_KNOWN |= {"BYWEEKNO", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")


class UnusableRuleError(ValueError):
    """A rule that is broken, or too much."""


class Budget:
    """How many days all rules of a file may walk over together."""

    def __init__(self, days: int) -> None:
        self.days = days

    def spend(self, days: int) -> None:
        """Raises `UnusableRuleError` when there are not so many left."""
        if days > self.days:
            raise UnusableRuleError("The rules of this file go too far.")
        self.days -= days


class _PastWindowError(Exception):
    pass


class _Interval(int):
    """The interval of a rule, which ends the walk after so many steps.

    `dateutil` asks nobody while nothing matches, but each step adds the interval to something.
    """

    steps: int

    def __radd__(self, other: int) -> int:
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._step()
        return int(self) * other

    def _step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise _PastWindowError


def occurrences(
    rule: str, start: dt.datetime, *, window: tuple[dt.datetime, dt.datetime], zone: dt.tzinfo, budget: Budget
) -> Iterator[dt.datetime]:
    """The moments within `window` at which `rule` (the value of an RRULE) falls, `start` included.

    All moments are naive, as a clock in `zone` shows them; UNTIL, in UTC, is read there. Raises
    `UnusableRuleError`.
    """
    first, last = window
    parts = _parts(rule)
    until = min(_until(parts.pop("UNTIL", ""), zone), last)
    if first <= start <= until:
        yield start
    if until < first:
        return
    walk = _rule(parts, _near(parts, start, first), until=until, budget=budget)
    try:
        for moment in walk:
            if moment > until:
                return
            if first <= moment and moment != start:
                yield moment
    except _PastWindowError:
        return
    except (ValueError, OverflowError, IndexError) as error:
        raise UnusableRuleError(str(error)) from error


def _parts(rule: str) -> dict[str, str]:
    if len(rule) > _LONGEST_RULE:
        raise UnusableRuleError("This rule is too long.")
    parts = dict(part.partition("=")[::2] for part in rule.upper().rstrip(";").split(";"))
    if parts.get("FREQ") not in _PERIOD_DAYS or not parts.keys() <= _KNOWN:
        raise UnusableRuleError("This rule repeats too often, or in a way that is not known.")
    times = 1
    for name in _TIMES:
        times *= parts.get(name, "").count(",") + 1
    if times > _MOST_TIMES_A_DAY or len(parts.get("INTERVAL", "")) > 4:
        raise UnusableRuleError("This rule repeats too often, or in a way that is not known.")
    return parts


def _until(text: str, zone: dt.tzinfo) -> dt.datetime:
    """The last moment, as the clock in `zone` shows it; a day is meant whole."""
    if not text:
        return dt.datetime.max
    try:
        day = dt.datetime.strptime(text[:8], "%Y%m%d")
        if len(text) == 8:
            return day + dt.timedelta(hours=23, minutes=59, seconds=59)
        moment = dt.datetime.strptime(text[:15], "%Y%m%dT%H%M%S")
        return moment.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else moment
    except (ValueError, OverflowError) as error:
        raise UnusableRuleError("The end of this rule is no date.") from error


def _near(parts: dict[str, str], start: dt.datetime, first: dt.datetime) -> dt.datetime:
    """A beginning close before `first` from which the same days follow; `start` where they are counted."""
    step = _PERIOD_DAYS[parts["FREQ"]] * _size(parts)
    if "COUNT" in parts or parts["FREQ"] not in ("DAILY", "WEEKLY") or start >= first:
        return start
    return start + dt.timedelta(days=(first - start).days // step * step)


def _size(parts: dict[str, str]) -> int:
    size = int(parts.get("INTERVAL", "1"))
    if size < 1:
        raise UnusableRuleError("This rule never goes on.")
    return size


def _rule(parts: dict[str, str], start: dt.datetime, *, until: dt.datetime, budget: Budget) -> rrule:
    try:
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise UnusableRuleError("This rule can't be read.") from error
    assert isinstance(rule, rrule)
    size = _size(parts)
    days = max((until - start).days, 0)
    budget.spend(days // size + _PERIOD_DAYS[parts["FREQ"]])
    interval = _Interval(size)
    interval.steps = days // (size * _PERIOD_DAYS[parts["FREQ"]]) + 2
    return rule.replace(interval=interval)
