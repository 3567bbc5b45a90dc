"""Which time zone a calendar means by the names that it gives to zones."""

import datetime as dt
import re
import zoneinfo
from functools import cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

# Tried in this order, after the owner's own, for a zone that is described but not named.
_COMMON = (
    "Europe/Paris", "Europe/London", "Europe/Athens", "Europe/Moscow", "America/New_York", "America/Chicago",
    "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
_OFFSET = re.compile(rb"TZOFFSETTO:\s*([+-])(\d{2})(\d{2})")
_LOCATION = re.compile(rb"X-LIC-LOCATION:([^\r\n]+)")


class Zones:
    """The zones of one file: `described` holds its VTIMEZONE components, unfolded, by their names."""

    def __init__(self, *, own: ZoneInfo, described: dict[str, bytes], year: int) -> None:
        self.own, self.described, self.year = own, described, year
        self._found: dict[str, dt.tzinfo] = {}

    def called(self, name: str) -> dt.tzinfo:
        """The one that `name` stands for; the owner's where nothing tells.

        A name of IANA's or of Windows' is that zone, whatever the file says of it. Any other one is
        what its description says: a zone with the same offsets in winter and summer.
        """
        if name not in self._found:
            self._found[name] = known(name) or self._like(self.described.get(name, b"")) or self.own
        return self._found[name]

    def _like(self, description: bytes) -> dt.tzinfo | None:
        located = _LOCATION.search(description)
        if located and (zone := known(located[1].decode(errors="replace").strip())):
            return zone
        # At most one of each is read: the first two differ where there is a summer time.
        offsets = {_delta(*found.groups()) for found in list(_OFFSET.finditer(description))[:20]}
        if not offsets or len(offsets) > 2:
            return None
        for zone in (self.own, *(ZoneInfo(name) for name in _COMMON)):
            if _offsets(zone, self.year) == offsets:
                return zone
        return dt.timezone(min(offsets)) if len(offsets) == 1 else None


def known(name: str) -> ZoneInfo | None:
    """A zone by IANA's name, by Windows', or by one of these at the end of a path (RFC 5545, 3.2.19)."""
    name = name.strip().strip("/")
    parts = name.split("/")[-6:]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        tail = WINDOWS_TO_OLSON.get(tail, tail)
        if tail in _names():
            return ZoneInfo(tail)
    return None


@cache
def _names() -> frozenset[str]:
    """Those of this machine: a name from a file is looked up in a list, not as a file."""
    return frozenset(zoneinfo.available_timezones())


def _delta(sign: bytes, hours: bytes, minutes: bytes) -> dt.timedelta:
    delta = dt.timedelta(hours=min(int(hours), 23), minutes=min(int(minutes), 59))
    return -delta if sign == b"-" else delta


def _offsets(zone: ZoneInfo, year: int) -> set[dt.timedelta | None]:
    return {dt.datetime(year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)}
