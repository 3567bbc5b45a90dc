"""A list page by page, each beginning after a row: the last page costs what the first one does.

Counting rows to skip them takes the longer the deeper one is; an index leads straight to a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from contacts.asking import Question, given
from contacts.book import Book
from contacts.models.base import OwnedModel, OwnedQuerySet

M = TypeVar("M", bound=OwnedModel)

# More than this is not counted: nobody reads on, and counting everybody would take longer than the page.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Order:
    """By one column, then by id. Rows without a value come first, or last when descending."""

    column: str
    is_descending: bool = False
    is_nullable: bool = False

    @property
    def reversed(self) -> "Order":
        return replace(self, is_descending=not self.is_descending)

    @property
    def by(self) -> tuple[str, str]:
        sign = "-" if self.is_descending else ""
        return f"{sign}{self.column}", f"{sign}pk"

    @property
    def ordering(self) -> tuple[OrderBy, str]:
        """For `order_by`, of all rows at once."""
        column, nulls = F(self.column), self.is_nullable or None
        if self.is_descending:
            return column.desc(nulls_last=nulls), "-pk"
        return column.asc(nulls_first=nulls), "pk"


@dataclass(frozen=True)
class Listed(Generic[M]):
    """What is listed of `book`, as a `Question` has it, whose SQL is made once.

    `write` gives the rows for a book and the `shape`; `values` are what it has `given`.
    """

    book: Book
    write: Callable[..., OwnedQuerySet[M]]
    shape: tuple[Any, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def ask(self, question: Question[Any], *shape: Any, **values: Any) -> list[Any]:
        return question.ask(self.book, self.write, self.shape, *shape, **self.values, **values)


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    # The ids that lead on and back; None where there is nothing.
    after: int | None
    before: int | None


@dataclass(frozen=True)
class Count:
    """How many there are, as far as it was counted."""

    number: int
    is_more: bool


def count(rows: OwnedQuerySet[Any]) -> Count:
    found = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return Count(min(found, MOST_COUNTED), found > MOST_COUNTED)


def page(rows: Listed[M], order: Order, *, size: int, after: int | None = None, before: int | None = None) -> Page[M]:
    """The first page, the one after the row with that id, or the one before it.

    An id that is not among the rows leads to the first page.
    """
    start = next(iter(rows.ask(_start, order, place=after or before)), None) if after or before else None
    if start and before and not after:
        found = _beyond(rows, order.reversed, start, size + 1)
        if len(found) >= size:
            back = found[:size][::-1]
            return Page(back, after=back[-1].pk, before=back[0].pk if len(found) > size else None)
        start = None
    found = _beyond(rows, order, start, size + 1)
    if start and not found:
        return page(rows, order, size=size)
    shown = found[:size]
    return Page(
        shown,
        after=shown[-1].pk if len(found) > size else None,
        before=shown[0].pk if start and shown else None,
    )


def page_of_ids(
    ids: list[int],
    read: Callable[[list[int]], Mapping[int, M]],
    *,
    size: int,
    after: int | None = None,
    before: int | None = None,
) -> Page[M]:
    """The same of rows that are found and ordered already; `read` gives those that are still there, by id."""
    first = 0
    if after in ids:
        first = ids.index(after) + 1
    elif before in ids:
        first = max(0, ids.index(before) - size)
    first = first if first < len(ids) else 0
    shown = ids[first : first + size]
    by_id = read(shown)
    return Page(
        [by_id[pk] for pk in shown if pk in by_id],
        after=shown[-1] if first + size < len(ids) else None,
        before=shown[0] if first else None,
    )


@Question
def _start(book: Book, write: Callable[..., OwnedQuerySet[M]], shape: tuple[Any, ...], order: Order) -> Any:
    """The value and the id of the row that the address names."""
    return write(book, *shape).filter(pk=given("place")).order_by().values_list(order.column, "pk")


def _beyond(rows: Listed[M], order: Order, start: tuple[Any, int] | None, most: int) -> list[M]:
    """Those that follow `start` (its value and id) in this order."""
    found: list[M] = []
    # The rows without a value and those with one; what comes after enough of them is not asked for.
    for has_value in (order.is_descending, not order.is_descending) if order.is_nullable else (True,):
        part: list[M] = []
        if start is None:
            part = rows.ask(_part, _Part(order, has_value), most)
        elif (start[0] is not None) == has_value:
            part = rows.ask(_part, _Part(order, has_value, is_begun=True), most, value=start[0], start=start[1])
            start = None
        found += part[: most - len(found)]
        if len(found) >= most:
            break
    return found


class _Part(NamedTuple):
    order: Order
    has_value: bool
    # Only what follows a row: its value and its id are given.
    is_begun: bool = False


@Question
def _part(
    book: Book, write: Callable[..., OwnedQuerySet[M]], shape: tuple[Any, ...], wanted: _Part, most: int
) -> QuerySet[M, M]:
    """In an order that an index has on every engine."""
    order, rows = wanted.order, write(book, *shape)
    part = rows.filter(**{f"{order.column}__isnull": not wanted.has_value}) if order.is_nullable else rows
    if wanted.is_begun:
        part = part.filter(_follows(order) if wanted.has_value else _id_follows(order))
    return part.order_by(*order.by)[:most]


def _follows(order: Order) -> Q:
    # As a range and what is left out of it: with OR alone, no index would be asked.
    sign, value = "lt" if order.is_descending else "gt", given("value")
    further = Q(**{f"{order.column}__{sign}": value}) | _id_follows(order)
    return Q(**{f"{order.column}__{sign}e": value}) & further


def _id_follows(order: Order) -> Q:
    return Q(pk__lt=given("start")) if order.is_descending else Q(pk__gt=given("start"))
