"""What was said with somebody and what is planned, a page at a time."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce

from contacts.book import Book
from contacts.models import Contact, FollowUp, Interaction
from contacts.models.interaction import InteractionQuerySet

PAGE = 20
# More than this is planned with nobody; the rest is behind the search.
PLANNED_SHOWN = 20
# The moment, as no index has it: by the index of moments, one person's few would be looked for among everybody's.
_AT = Coalesce("occurred_at", "occurred_at")


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
    mine = book.interactions.filter(contacts=contact)
    last = book.interactions.filter(pk=before).first() if before else None
    past = mine.past(book.now).order_by(_AT.desc(), "-pk")
    if last:
        past = past.filter(Q(occurred_at__lt=last.occurred_at) | Q(occurred_at=last.occurred_at, pk__lt=last.pk))
    page = list(_with_people(past)[: PAGE + 1])
    return Timeline(
        planned=[] if last else list(_with_people(mine.planned(book.now).order_by(_AT.asc(), "pk"))[:PLANNED_SHOWN]),
        past=page[:PAGE],
        next_before=page[PAGE - 1].pk if len(page) > PAGE else None,
    )


def _with_people(interactions: InteractionQuerySet) -> InteractionQuerySet:
    return interactions.prefetch_related(
        Prefetch("contacts", Contact.objects.select_related("organization").only(*Contact.NAMED_BY)),
        Prefetch("follow_ups", FollowUp.objects.only("interaction", "title", "done_at")),
    )
