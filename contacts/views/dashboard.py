"""The page that a day begins with: what is planned, due, coming and slipping away."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from contacts import reminders
from contacts.http import book_of, vary_on_htmx
from contacts.suggestions.acting import Undo

# A page is for a day's work: the oldest debts of a long list come first, the rest follow.
FOLLOW_UPS_SHOWN = 20
DATES_SHOWN = 15
UNNOTED_SHOWN = 5


@dataclass(frozen=True)
class Acted:
    """What was just done about a suggestion, in words, and the token that undoes it."""

    said: str
    undo: str


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    undo = request.GET.get("undo", "")
    acted = Acted("", undo) if undo and Undo.read(book_of(request), undo) else None
    return vary_on_htmx(_render(request, "contacts/dashboard.html", acted))


def render_day(request: HttpRequest, acted: Acted) -> HttpResponse:
    """All parts of the page, for htmx to put in the place of those that are there."""
    return vary_on_htmx(_render(request, "contacts/day.html", acted))


def _render(request: HttpRequest, template: str, acted: Acted | None) -> HttpResponse:
    book = book_of(request)
    follow_ups = reminders.follow_ups_due(book, limit=FOLLOW_UPS_SHOWN + 1)
    day = reminders.Day(book)
    dates = day.dates(reminders.DAYS_AHEAD)
    context = {
        "acted": acted,
        "day": day,
        "today": book.today,
        # A day of this month or the next, without its year.
        "weekday": pgettext("date format", "l, F j"),
        "with_contact": True,
        "has_contacts": bool(follow_ups or dates) or book.contacts.exists(),
        "meetings": day.planned,
        "unnoted": day.unnoted[:UNNOTED_SHOWN],
        "follow_ups": follow_ups[:FOLLOW_UPS_SHOWN],
        "has_more_follow_ups": len(follow_ups) > FOLLOW_UPS_SHOWN,
        "dates": dates[:DATES_SHOWN],
        "has_more_dates": len(dates) > DATES_SHOWN,
        "slipping": reminders.slipping_away(book),
    }
    return render(request, template, context)
