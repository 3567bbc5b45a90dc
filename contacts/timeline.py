"""What was said with somebody and what is planned, a page at a time."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F

from contacts.asking import Question, given, given_ids
from contacts.book import Book
from contacts.models import Contact, ContactQuerySet, FollowUp, Interaction
from contacts.models.follow_up import FollowUpQuerySet
from contacts.models.interaction import InteractionQuerySet

PAGE = 20
# More than this is planned with nobody; the rest is behind the search.
PLANNED_SHOWN = 20


@dataclass(frozen=True)
class Timeline:
    # Soonest first.
    planned: list[Interaction]
    # Latest first.
    past: list[Interaction]
    # What `before` takes to go on; None at the end.
    next_before: int | None


@Question
def _past(book: Book, goes_on: bool) -> InteractionQuerySet:
    """One more than a page."""
    after = Interaction(pk=given("last"), occurred_at=given("last_at")) if goes_on else None
    return book.interactions.latest_with(given("contact"), PAGE + 1, until=book.now, after=after)


@Question
def _planned(book: Book) -> InteractionQuerySet:
    return book.interactions.soonest_with(given("contact"), PLANNED_SHOWN, after=book.now)


@Question
def _others(book: Book) -> ContactQuerySet:
    """A contact for each talk that they were at, but for the one of the page."""
    there = book.contacts.filter(interactions__in=given_ids("talks")).exclude(pk=given("contact"))
    named = there.select_related("organization").only(*Contact.NAMED_BY)
    return named.annotate(talk=F("interactions")).order_by("sort_name", "pk")


@Question
def _promises(_book: Book) -> FollowUpQuerySet:
    """Of talks of the book: asked for its owner too, SQLite reads all follow-ups where few were promised at a talk."""
    return FollowUp.objects.filter(interaction__in=given_ids("talks")).only("interaction", "title", "done_at")


def of(book: Book, contact: Contact, *, before: int | None = None) -> Timeline:
    """The latest page, or the one after the interaction with the id `before`; then nothing is planned again.

    An id that is not in the book begins at the top.
    """
    last = book.interactions.filter(pk=before).first() if before else None
    since = {"last": last.pk, "last_at": last.occurred_at} if last else {}
    past = _past.ask(book, last is not None, contact=contact.pk, **since)
    planned = [] if last else _planned.ask(book, contact=contact.pk)
    _bring_along(book, contact, [*planned, *past[:PAGE]])
    return Timeline(planned=planned, past=past[:PAGE], next_before=past[PAGE - 1].pk if len(past) > PAGE else None)


def _bring_along(book: Book, contact: Contact, talks: list[Interaction]) -> None:
    """Who else was there, as `others`, and what was promised, as `promises`: plain lists, where managers cost more."""
    others, promises = defaultdict[int, list[Contact]](list), defaultdict[int | None, list[FollowUp]](list)
    ids = [talk.pk for talk in talks]
    for other in _others.ask(book, contact=contact.pk, talks=ids):
        others[other.talk].append(other)  # type: ignore[attr-defined]
    for promise in _promises.ask(book, talks=ids):
        promises[promise.interaction_id].append(promise)
    for talk in talks:
        talk.others, talk.promises = others[talk.pk], promises[talk.pk]  # type: ignore[attr-defined]
