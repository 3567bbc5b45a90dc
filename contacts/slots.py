"""Places in the pages that a pluggable app fills, so that nothing here needs to know of it.

A filler takes the request and the slot's context, and returns safe HTML, empty for nothing.
The slots and what they are given:

- `nav.links`: nothing; list items of the header's navigation, with the path to be marked current.
- `contact.actions`: `contact`; buttons at the top of a contact's page.
- `contact.panels`: `contact`; sections at the top of a contact's page.
- `meeting.actions`: `meeting`; buttons beside a planned meeting, which has its contacts as `people`.
- `dashboard.widgets`: `acted`, what was just done about a suggestion, or None, and `day`, what the page has read
  (`contacts.reminders.Day`); sections of the dashboard.
- `settings.sections`: nothing; sections of the settings page.
- `page.head`: nothing; style sheets of the pages that the other fillers are on.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

Filler = Callable[..., SafeString]

_fillers: dict[str, list[tuple[int, Filler]]] = defaultdict(list)


def fills(slot: str, *, order: int = 100) -> Callable[[Filler], Filler]:
    """Registers the decorated filler; lower `order` comes first."""

    def register(filler: Filler) -> Filler:
        _fillers[slot].append((order, filler))
        _fillers[slot].sort(key=lambda pair: pair[0])
        return filler

    return register


def render(slot: str, request: HttpRequest, **context: Any) -> SafeString:
    """What every filler gives; a string that is not safe is escaped."""
    return format_html_join("", "{}", ((filler(request, **context),) for _order, filler in _fillers[slot]))
