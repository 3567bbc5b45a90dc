"""Why a calendar could not be read, in the user's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SENTENCES: dict[str, Promise] = {
    # Of the address, and of who answers there.
    "address": gettext_lazy("This is no address that a calendar can be fetched from."),
    "not_https": gettext_lazy("Only addresses that begin with https:// or webcal:// are fetched."),
    "port": gettext_lazy("Calendars are fetched from port 443 or 8443 only."),
    "private": gettext_lazy("This address leads into a private network, where this server fetches nothing."),
    "unresolved": gettext_lazy("There is no server of this name."),
    "unreachable": gettext_lazy("The server of this calendar does not answer."),
    "certificate": gettext_lazy("The server of this calendar can't prove that it is the right one: its certificate."),
    "timeout": gettext_lazy("The server of this calendar took too long."),
    "redirects": gettext_lazy("The server of this calendar sends from one address to the next without end."),
    "encoding": gettext_lazy("The server of this calendar sends it packed in a way that was not asked for."),
    "unexpected": gettext_lazy("This server failed to read it; its administrator finds the reason in the log."),
    # Of the file.
    "too_large": gettext_lazy("This calendar is larger than 5 MB."),
    "too_many_events": gettext_lazy("This calendar has more than 20,000 events."),
    "too_deep": gettext_lazy("This is no calendar that can be read: it is broken, or made to do harm."),
    "empty": gettext_lazy("This file is empty."),
    "web_page": gettext_lazy("This is a web page, not a calendar. Look for an address that ends in .ics."),
    "not_calendar": gettext_lazy("This is no iCalendar file (.ics)."),
}


def sentence(reason: str, detail: str = "") -> str:
    """What to tell the owner; `detail` is what came with the reason: a status."""
    if reason == "status":
        return _("The server of this calendar refused: status %(status)s.") % {"status": detail}
    return str(_SENTENCES[reason])
