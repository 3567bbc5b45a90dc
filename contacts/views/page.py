"""The page of one contact, which several views show: whole, or a part of it after a change."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import reminders, timeline
from contacts.asking import Question, given
from contacts.book import Book
from contacts.forms.follow_up import FollowUpForm
from contacts.forms.interaction import LogForm
from contacts.forms.relationship import RelationshipForm
from contacts.http import book_of, is_fragment, vary_on_htmx
from contacts.models import Contact, ContactMethod, ContactQuerySet, ImportantDate, Relationship, Tag
from contacts.models.base import OwnedQuerySet
from contacts.models.relationship import RelationshipQuerySet
from contacts.partial_dates import PartialDate

# How far ahead a date of the year is worth a count of days.
SOON = dt.timedelta(days=60)
DONE_SHOWN = 5


@dataclass(frozen=True)
class Day:
    """A date as the page shows it: `next_on` when it is kept soon."""

    label: str
    date: PartialDate
    anchor: str
    years: int | None
    next_on: dt.date | None


@dataclass(frozen=True)
class Tie:
    """Somebody else, and what they are to the contact of the page."""

    pk: int
    other: Contact
    kind: str


@Question
def _by_id(book: Book) -> ContactQuerySet:
    return book.contacts.filter(pk=given("pk")).select_related("organization").order_by()


def contact_or_404(request: HttpRequest, pk: int) -> Contact:
    # An address can have a number that no database takes.
    found = _by_id.ask(book_of(request), pk=pk) if pk <= BigIntegerField.MAX_BIGINT else []
    if not found:
        raise Http404
    return found[0]


def render_contact(
    request: HttpRequest, contact: Contact, *, part: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    """The page, or the `part` of it that htmx asks for; `forms` are those that were not accepted."""
    fragment = f"#{part}" if part and is_fragment(request) else ""
    book = book_of(request)
    context = _activity(book, contact) | {"contact": contact, "today": book.today, "now": book.now}
    context |= _blank_forms(book, contact) | forms
    if not fragment:
        context |= _about(book, contact)
    return vary_on_htmx(render(request, f"contacts/contact.html{fragment}", context, status=status))


def _activity(book: Book, contact: Contact) -> dict[str, Any]:
    follow_ups, done = reminders.follow_ups_with(book, contact, done=DONE_SHOWN)
    last = contact.last_interaction_at
    return {
        "last_contact_on": last and timezone.localdate(last, book.zone),
        "timeline": timeline.of(book, contact),
        "follow_ups": follow_ups,
        "done": done,
        "slip": None if _is_at_rest(contact, book.today) else reminders.slip_of(book, contact),
    }


def _is_at_rest(contact: Contact, today: dt.date) -> bool:
    return contact.is_archived or contact.is_deceased or contact.is_paused(today)


def _blank_forms(book: Book, contact: Contact) -> dict[str, Any]:
    return {
        "log_form": LogForm(book=book, prefix="log", initial={"occurred_at": book.now}),
        "follow_up_form": FollowUpForm(prefix="promise"),
        "relationship_form": RelationshipForm(book=book, contact=contact, prefix="tie"),
    }


@Question
def _methods(book: Book) -> OwnedQuerySet[ContactMethod]:
    return book.methods.filter(contact=given("contact"))


@Question
def _dates(book: Book) -> OwnedQuerySet[ImportantDate]:
    return book.dates.filter(contact=given("contact"))


@Question
def _ties(book: Book) -> RelationshipQuerySet:
    ends = ("from_contact", "to_contact")
    ties = book.relationships.around(given("contact")).select_related(*(f"{end}__organization" for end in ends))
    return ties.only("kind", *(f"{end}__{name}" for end in ends for name in Contact.NAMED_BY))


@Question
def _tags(book: Book) -> OwnedQuerySet[Tag]:
    return book.tags.filter(contacts=given("contact"))


def _about(book: Book, contact: Contact) -> dict[str, Any]:
    return {
        "methods": _methods.ask(book, contact=contact.pk),
        "days": _days(book, contact),
        "age": contact.age_on(book.today),
        "ties": [_tie(relationship, contact) for relationship in _ties.ask(book, contact=contact.pk)],
        "tags": _tags.ask(book, contact=contact.pk),
    }


def _days(book: Book, contact: Contact) -> list[Day]:
    dates = [(_("birthday"), contact.birthday, "birthday")] if contact.birthday else []
    dates += [(date.label, date.date, f"date-{date.pk}") for date in _dates.ask(book, contact=contact.pk)]
    return [_day(book.today, contact, *date) for date in dates]


def _day(today: dt.date, contact: Contact, label: str, date: PartialDate, anchor: str) -> Day:
    next_on = None if contact.is_deceased or not date.day else date.next_occurrence(today)
    is_soon = next_on is not None and next_on - today <= SOON
    years = date.years_on(today) if anchor != "birthday" else None
    return Day(label=label, date=date, anchor=anchor, years=years or None, next_on=next_on if is_soon else None)


def _tie(relationship: Relationship, contact: Contact) -> Tie:
    other, kind = relationship.seen_from(contact)
    return Tie(pk=relationship.pk, other=other, kind=str(kind.label))
