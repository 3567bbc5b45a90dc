"""What was said with somebody and what is planned, a page at a time."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction

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


def of(book: Book, contact: Contact, *, before: int | None = None) -> Timeline:
    """The latest page, or the one after the interaction with the id `before`; then nothing is planned again.

    An id that is not in the book begins at the top.
    """
    last = book.interactions.filter(pk=before).first() if before else None
    past = list(book.interactions.latest_with(contact, PAGE + 1, until=book.now, after=last))
    planned = [] if last else list(book.interactions.soonest_with(contact, PLANNED_SHOWN, after=book.now))
    prefetch_related_objects([*planned, *past[:PAGE]], *_along(contact))
    return Timeline(planned=planned, past=past[:PAGE], next_before=past[PAGE - 1].pk if len(past) > PAGE else None)


def _along(contact: Contact) -> tuple[Prefetch, Prefetch]:
    """Who else was there, as `others`, and what was promised, as `promises`: plain lists, where managers cost more."""
    others = Contact.objects.exclude(pk=contact.pk).select_related("organization").only(*Contact.NAMED_BY)
    promises = FollowUp.objects.only("interaction", "title", "done_at")
    return Prefetch("contacts", others, to_attr="others"), Prefetch("follow_ups", promises, to_attr="promises")
