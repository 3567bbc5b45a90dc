"""The feed that calendar programs read, and the part of the settings where its address is made."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_cache_control
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import limits, slots
from contacts.book import Book
from contacts.calendars.feed import Feed
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import CalendarFeed

# An hour's readings: several devices that look every few minutes; from one address, a household
# of them, or all users where a proxy in front hides who asks.
READS_PER_ADDRESS = 120
READS_PER_CLIENT = 1_200
HOUR_SECONDS = 3600

_TEMPLATE = "contacts/calendar_feed.html"


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the address with `token` gives a calendar program: no session, no page."""
    wait = _seconds_to_wait("feed-client", request.META.get("REMOTE_ADDR", ""), most=READS_PER_CLIENT)
    choices = None if wait else CalendarFeed.found_by(token)
    if choices:
        wait = _seconds_to_wait("feed", str(choices.pk), most=READS_PER_ADDRESS)
    if wait:
        return HttpResponse(
            _("Too many requests: try again later."),
            status=429,
            headers={"Retry-After": str(wait)},
            content_type="text/plain; charset=utf-8",
        )
    if choices is None:
        raise Http404
    book = Book(choices.owner)
    with translation.override(book.profile.language or settings.LANGUAGE_CODE), timezone.override(book.zone):
        return _calendar(request, book, choices)


def _seconds_to_wait(scope: str, who: str, *, most: int) -> int:
    return limits.seconds_to_wait(scope, who, most=most, seconds=HOUR_SECONDS)


def _calendar(request: HttpRequest, book: Book, choices: CalendarFeed) -> HttpResponse:
    feed = Feed(book, choices, site=f"{request.scheme}://{request.get_host()}")
    choices.note_read(book.now, feed.digest)
    response = get_conditional_response(request, etag=feed.etag)
    if response is None:
        response = HttpResponse(feed.to_ical(), content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["ETag"] = feed.etag
    patch_cache_control(response, private=True, no_cache=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- Settings -----------------------------------------------------------------------------------


class FeedForm(forms.ModelForm):
    class Meta:
        model = CalendarFeed
        fields = ["with_birthdays", "with_dates", "with_follow_ups", "with_meetings"]


@slots.fills("settings.sections", order=50)
def feed_section(request: HttpRequest) -> SafeString:
    return render_to_string(f"{_TEMPLATE}#feed", _context(CalendarFeed.of(book_of(request).user)), request=request)


@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request: HttpRequest) -> HttpResponse:
    """What is in the feed."""
    feed = CalendarFeed.of(book_of(request).user)
    if request.method != "POST":
        return _section(request, feed)
    FeedForm(request.POST, instance=feed).save()
    if is_fragment(request):
        return _section(request, feed, said=_("Your settings are saved."))
    messages.success(request, _("Your settings are saved."))
    return redirect(f"{reverse('settings')}#calendar-feed")


@require_POST
def feed_address(request: HttpRequest) -> HttpResponse:
    """Makes an address and shows it, this once; the one before is dead.

    Sent again, as by reloading the page, the same form makes no other: it names the address that it
    was to replace.
    """
    feed = CalendarFeed.of(book_of(request).user)
    if request.POST.get("instead_of", "") != _mark(feed):
        said = _("The address was changed meanwhile. It is shown only once: make a new one if you need it.")
        return _section(request, feed, problem=said)
    if not feed.has_address:
        FeedForm(request.POST, instance=feed).save(commit=False)
    token = feed.make_address()
    return _section(request, feed, address=request.build_absolute_uri(reverse("calendar_feed", args=[token])))


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    feed = CalendarFeed.of(book_of(request).user)
    if feed.has_address:
        feed.revoke()
    said = _("The address is dead: calendars that read it get nothing any more.")
    if is_fragment(request):
        return _section(request, feed, said=said)
    messages.success(request, said)
    return redirect(f"{reverse('settings')}#calendar-feed")


def _section(request: HttpRequest, feed: CalendarFeed, **more: str) -> HttpResponse:
    fragment = "#feed" if is_fragment(request) else ""
    response = vary_on_htmx(render(request, f"{_TEMPLATE}{fragment}", _context(feed, **more)))
    add_never_cache_headers(response)
    return response


def _context(feed: CalendarFeed, *, address: str = "", said: str = "", problem: str = "") -> dict[str, Any]:
    return {
        "feed": feed,
        "form": FeedForm(instance=feed),
        "mark": _mark(feed),
        "address": address,
        "webcal": address.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
        "said": said,
        "problem": problem,
    }


def _mark(feed: CalendarFeed) -> str:
    """Which address there is, without telling it."""
    return feed.made_at.isoformat() if feed.made_at and feed.has_address else ""
