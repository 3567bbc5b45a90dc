"""Reads a calendar anew, from its address or from a file, and keeps how that went."""

import datetime as dt

from django.db import transaction

from contacts.book import Book
from contacts.calendars import fetching, reading, syncing
from contacts.calendars.fetching import Fetched, FetchError
from contacts.calendars.reading import UnreadableCalendarError
from contacts.calendars.syncing import Outcome
from contacts.models import CalendarSource
from contacts.models.calendar import READ_ANEW_AFTER


def refresh(source: CalendarSource) -> Outcome | None:
    """Asks for the calendar and brings the book in line; None where that failed, which `source` then says.

    The network is waited for outside of any transaction. A calendar that was taken away meanwhile
    stays away.
    """
    now = Book(source.owner).now
    try:
        fetched = _fetch(source, now)
        return _take(source, fetched, now)
    except (FetchError, UnreadableCalendarError) as error:
        source.note_failure(now, error.reason, getattr(error, "detail", ""))
    except CalendarSource.DoesNotExist:
        pass
    return None


def upload(book: Book, data: bytes) -> tuple[CalendarSource, Outcome]:
    """Takes the meetings of a file. Raises `UnreadableCalendarError`, and then nothing is changed."""
    read = reading.read(data, zone=book.zone, now=book.now)
    with transaction.atomic():
        source, _made = book.calendar_sources.get_or_create(url="", defaults={"owner": book.user})
        source = _locked(source)
        outcome = syncing.apply(source, read, now=book.now)
        _note(source, read)
        source.note_success(book.now)
    return source, outcome


def _fetch(source: CalendarSource, now: dt.datetime) -> Fetched | None:
    """None where it has not changed since it was read, and that was not long ago."""
    if source.read_at and now - source.read_at < READ_ANEW_AFTER:
        return fetching.fetch(source.url, etag=source.etag, last_modified=source.last_modified)
    return fetching.fetch(source.url)


def _take(source: CalendarSource, fetched: Fetched | None, now: dt.datetime) -> Outcome:
    read = fetched and reading.read(fetched.data, zone=Book(source.owner).zone, now=now)
    with transaction.atomic():
        locked = _locked(source)
        if fetched and read:
            outcome = syncing.apply(locked, read, now=now)
            _note(locked, read)
            locked.etag, locked.last_modified, locked.read_at = fetched.etag, fetched.last_modified, now
        else:
            outcome = syncing.match_again(locked, now=now)
        locked.note_success(now)
    source.refresh_from_db()
    return outcome


def _locked(source: CalendarSource) -> CalendarSource:
    """Two readings of one calendar wait for each other."""
    return CalendarSource.objects.select_for_update(of=("self",)).select_related("owner__profile").get(pk=source.pk)


def _note(source: CalendarSource, read: reading.Reading) -> None:
    source.unreadable, source.is_whole = read.unreadable, read.is_whole
    if source.is_subscribed and not source.name:
        source.name = read.name
