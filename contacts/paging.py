"""A list page by page, each beginning after a row: the last page costs what the first one does.

Counting rows to skip them takes the longer the deeper one is; an index leads straight to a row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

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


def page(
    rows: OwnedQuerySet[M], order: Order, *, size: int, after: int | None = None, before: int | None = None
) -> Page[M]:
    """The first page, the one after the row with that id, or the one before it.

    An id that is not among the rows leads to the first page.
    """
    start = rows.filter(pk=after or before).values_list(order.column, "pk").first() if after or before else None
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


def first_of(parts: Iterable[OwnedQuerySet[M] | list[M]], most: int) -> list[M]:
    """The first rows of all parts, one after the other; what comes after enough of them is not asked for."""
    found: list[M] = []
    for part in parts:
        found += part[: most - len(found)]
        if len(found) >= most:
            break
    return found


def _beyond(rows: OwnedQuerySet[M], order: Order, start: tuple[Any, int] | None, most: int) -> list[M]:
    """Those that follow `start` (its value and id) in this order."""
    return first_of(_parts(rows, order, start), most)


def _parts(rows: OwnedQuerySet[M], order: Order, start: tuple[Any, int] | None) -> Iterator[OwnedQuerySet[M]]:
    """The rows without a value and those with one, each in an order that an index has on every engine."""
    for has_value in (order.is_descending, not order.is_descending) if order.is_nullable else (True,):
        part = rows.filter(**{f"{order.column}__isnull": not has_value}) if order.is_nullable else rows
        part = part.order_by(*order.by)
        if start is None:
            yield part
        elif (start[0] is not None) == has_value:
            yield part.filter(_follows(order, *start) if has_value else _id_follows(order, start[1]))
            start = None


def _follows(order: Order, value: Any, pk: int) -> Q:
    # As a range and what is left out of it: with OR alone, no index would be asked.
    sign = "lt" if order.is_descending else "gt"
    further = Q(**{f"{order.column}__{sign}": value}) | _id_follows(order, pk)
    return Q(**{f"{order.column}__{sign}e": value}) & further


def _id_follows(order: Order, pk: int) -> Q:
    return Q(pk__lt=pk) if order.is_descending else Q(pk__gt=pk)
