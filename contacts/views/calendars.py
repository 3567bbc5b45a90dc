"""Calendars that meetings come from: subscribed to, uploaded, looked at again, taken away."""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import limits
from contacts.book import Book
from contacts.calendars import failures, refreshing, syncing
from contacts.calendars.reading import UnreadableCalendarError
from contacts.calendars.syncing import Outcome
from contacts.forms.calendar import AttachForm, SourceForm, SubscribeForm, UploadForm
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import CalendarEvent, CalendarSource

# Of the events without anybody known, the next ones.
EVENTS_SHOWN = 30
# How often one may have calendars fetched by hand.
FETCHES, FETCHES_SECONDS = 20, 600


@dataclass(frozen=True)
class Row:
    """A calendar as the page shows it."""

    source: CalendarSource
    problem: str
    meetings: int
    left: int


@dataclass(frozen=True)
class Unmatched:
    """An event that names nobody who is known, and the form that says with whom it is."""

    event: CalendarEvent
    form: AttachForm


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    return _render(request)


@require_POST
def calendar_subscribe(request: HttpRequest) -> HttpResponse:
    """Fetches the calendar at once; one that can't be read is not kept, and the form says why."""
    form = SubscribeForm(request.POST, book=book_of(request))
    if not form.is_valid() or not _may_fetch(request):
        return _render(request, status=422, subscribe=form)
    source = form.save()
    outcome = refreshing.refresh(source)
    if outcome is None:
        source.delete()
        form.add_error("url", failures.sentence(source.failure or "unreachable", source.failure_detail))
        return _render(request, status=422, subscribe=form)
    return _done(request, _told(outcome))


@require_POST
def calendar_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _source, outcome = refreshing.upload(book_of(request), form.cleaned_data["file"].read())
        except UnreadableCalendarError as error:
            form.add_error("file", failures.sentence(error.reason))
        else:
            return _done(request, _told(outcome))
    return _render(request, status=422, upload=form)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_page(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source_or_404(request, pk)
    form = SourceForm(request.POST if request.method == "POST" else None, instance=source)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("calendars")
    context = {"source": _source_or_404(request, pk), "form": form}
    return render(request, "contacts/calendar.html", context, status=422 if form.errors else 200)


@require_POST
def calendar_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source_or_404(request, pk)
    if not source.is_subscribed:
        raise Http404
    if not _may_fetch(request):
        return _done(request)
    outcome = refreshing.refresh(source)
    # What went wrong stands beside the calendar.
    return _done(request, _told(outcome) if outcome else "")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_delete(request: HttpRequest, pk: int) -> HttpResponse:
    source = _source_or_404(request, pk)
    if request.method == "POST":
        with transaction.atomic():
            syncing.remove(source, now=book_of(request).now)
        messages.success(request, _("%(name)s is removed.") % {"name": source})
        return redirect("calendars")
    return render(request, "contacts/calendar_delete.html", {"source": source})


@require_POST
def event_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a meeting of an event that names nobody who is known, with somebody chosen by hand."""
    book = book_of(request)
    events = book.calendar_events.without_people().select_related("source__owner")
    event = get_object_or_404(events, pk=pk)
    form = AttachForm(request.POST, book=book, prefix=f"event-{pk}")
    if not form.is_valid():
        return _render(request, status=422, attach={pk: form})
    with transaction.atomic():
        talk = syncing.attach(event, form.cleaned_data["person"])
    said = _("Planned.") if talk.is_planned(book.now) else _("Logged.")
    return _done(request, said)


# --- The page -----------------------------------------------------------------------------------


def _done(request: HttpRequest, said: str = "") -> HttpResponse:
    if said:
        messages.success(request, said)
    return _render(request) if is_fragment(request) else redirect("calendars")


def _render(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, or all of it under the heading; `forms` are those that were not accepted."""
    book = book_of(request)
    context = {
        "rows": _rows(book),
        "unmatched": _unmatched(book, forms.pop("attach", {})),
        "subscribe": SubscribeForm(book=book),
        "upload": UploadForm(),
        **forms,
    }
    fragment = "#calendars" if is_fragment(request) else ""
    return vary_on_htmx(render(request, f"contacts/calendars.html{fragment}", context, status=status))


def _rows(book: Book) -> list[Row]:
    states = CalendarEvent.State
    kept = book.calendar_events.filter(Q(interaction__isnull=False) | ~Q(state=states.TAKEN))
    counts = {tuple(key): count for *key, count in kept.values_list("source", "state").annotate(Count("pk")).order_by()}
    return [
        Row(
            source,
            problem=failures.sentence(source.failure, source.failure_detail) if source.failure else "",
            meetings=counts.get((source.pk, states.TAKEN), 0),
            left=counts.get((source.pk, states.LEFT), 0),
        )
        for source in book.calendar_sources
    ]


def _unmatched(book: Book, sent: dict[int, AttachForm]) -> list[Unmatched]:
    ahead = book.calendar_events.without_people().filter(starts_at__gte=book.start_of(book.today))
    events = list(ahead.select_related("source").order_by("starts_at", "pk")[:EVENTS_SHOWN])
    return [
        Unmatched(event, sent.get(event.pk) or AttachForm(book=book, prefix=f"event-{event.pk}")) for event in events
    ]


def _told(outcome: Outcome) -> str:
    """What came of it, in a sentence."""
    if not (outcome.added or outcome.changed or outcome.withdrawn):
        return _("Read. Nothing is new.")
    return _("Read. Meetings added: %(added)d; changed: %(changed)d; cancelled: %(withdrawn)d.") % asdict(outcome)


def _may_fetch(request: HttpRequest) -> bool:
    """Whether this one is not too many; else says so."""
    wait = limits.seconds_to_wait("calendars", str(book_of(request).user.pk), most=FETCHES, seconds=FETCHES_SECONDS)
    if wait:
        messages.warning(request, _("That was often. Try again in a few minutes."))
    return not wait


def _source_or_404(request: HttpRequest, pk: int) -> CalendarSource:
    return get_object_or_404(book_of(request).calendar_sources.select_related("owner__profile"), pk=pk)
