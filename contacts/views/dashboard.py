"""The page that a day begins with: what is planned, due, coming and slipping away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts import reminders
from contacts.http import book_of

# A page is for a day's work: the oldest debts of a long list come first, the rest follow.
FOLLOW_UPS_SHOWN = 20
DATES_SHOWN = 15


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    book = book_of(request)
    follow_ups = list(reminders.follow_ups_due(book)[: FOLLOW_UPS_SHOWN + 1])
    dates = reminders.coming_dates(book)
    context = {
        "now": book.now,
        "today": book.today,
        "has_contacts": book.contacts.exists(),
        "meetings": reminders.planned_meetings(book),
        "unnoted": reminders.unnoted_meetings(book),
        "follow_ups": follow_ups[:FOLLOW_UPS_SHOWN],
        "has_more_follow_ups": len(follow_ups) > FOLLOW_UPS_SHOWN,
        "dates": dates[:DATES_SHOWN],
        "dates_left_out": len(dates[DATES_SHOWN:]),
        "slipping": reminders.slipping_away(book),
    }
    return render(request, "contacts/dashboard.html", context)
