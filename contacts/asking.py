"""Questions whose SQL is made once for a process: for a page of many small ones, making it takes longer than asking.

What changes from one time to the next is named where the question is written, and given when it is asked:

    late = Question(lambda book: book.follow_ups.open().filter(due_on__lt=given("today")))
    late.ask(book)

Those of which one plan is good, whatever is given, PostgreSQL plans once too (`contacts.prepared`): look-ups by ids,
and what says so itself (`Question.of_one_plan`).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from contacts.book import Book

T = TypeVar("T")


class Given(Expression):
    """A value that is said when the question is asked."""

    # As that of an owner who is signed in: see `OwnedQuerySet.owned_by`.
    pk = 0

    def __init__(self, name: str) -> None:
        super().__init__(output_field=None)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class GivenIds(Given):
    """Ids, for `__in`, never for its contrary: the SQL gets so many places for them when the question is asked.

    On PostgreSQL they are one array, which is looked for in the same way: a statement of many places, psycopg takes
    apart anew each time.
    """

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return f"({self.place})", [self]

    @property
    def place(self) -> str:
        return f"/* {self.name} */ %s"

    def as_array(self, sql: str) -> str:
        return sql.replace(f"IN ({self.place})", "= ANY (%s::bigint[])")


def given(name: str) -> Any:
    return Given(name)


def given_ids(name: str) -> Any:
    return GivenIds(name)


class _AnyBook(Book):
    """Whose it is, and of which moment, is said when a question is asked."""

    def __init__(self) -> None:
        self.owner, self.now, self.today = given("owner"), given("now"), given("today")


# Looked up where the SQL has it alone: not every question needs to know where the owner lives.
_OF_BOOK = {"owner": attrgetter("owner.pk"), "now": attrgetter("now"), "today": attrgetter("today")}


class _Made(NamedTuple):
    rows: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    # Column by column, what says how its values are converted; None for those that come as they are.
    converted: list[Any]
    has_one_plan: bool


class Question(Generic[T]):
    """`write` is given a book and the `shape`, whatever decides the SQL, such as how many rows; it returns a queryset.

    `values` that are ids (`given_ids`) come as a list.
    """

    def __init__(self, write: Callable[..., QuerySet[Any, T]], *, has_one_plan: bool = False) -> None:
        self._write = write
        self._has_one_plan = has_one_plan
        self._made = lru_cache(maxsize=20)(self._make)

    @classmethod
    def of_one_plan(cls, write: Callable[..., QuerySet[Any, T]]) -> "Question[T]":
        """Where an index leads to what is asked for in each book, however large, and whatever the values."""
        return cls(write, has_one_plan=True)

    def ask(self, book: Book, *shape: Any, **values: Any) -> list[T]:
        """The rows in `book`, whose owner, `now` and `today` are given by it; none, unasked, where there are no ids."""
        return self.ask_all(book, [(shape, values)])

    def ask_all(self, book: Book, times: Iterable[tuple[tuple[Any, ...], dict[str, Any]]]) -> list[T]:
        """The rows of so many times, each a shape and its values, in one go.

        The rows of more than one are to be plain values (`values_list`); those of each come in their order.
        """
        said = [one for shape, values in times if (one := self._said(book, shape, values))]
        if not said:
            return []
        made, connection = said[0].made, said[0].connection
        ready = copy(made.compiler)
        ready.connection = connection
        # Django's own would look for more rows behind the last, and it makes its SQL.
        ready.execute_sql = lambda *_args, **_kwargs: [_rows(said)]  # type: ignore[assignment, method-assign]
        find = ready.get_converters
        ready.get_converters = lambda expressions: find(made.converted)  # type: ignore[method-assign]
        asked = made.rows.all()
        asked.query.get_compiler = lambda *_args, **_kwargs: ready  # type: ignore[method-assign]
        # A list: whatever were asked of these rows beside, the SQL would not say it.
        return list(asked)

    def _said(self, book: Book, shape: tuple[Any, ...], values: dict[str, Any]) -> "_Said | None":
        """None where there can be no rows."""
        if [] in values.values():
            return None
        try:
            made = self._made(*shape)
        except EmptyResultSet:  # such as of the first 0
            return None
        return _Said(made, book, values, connections[made.rows.db])

    def _make(self, *shape: Any) -> _Made:
        rows = self._write(_AnyBook(), *shape)
        compiler = rows.query.get_compiler(rows.db)
        sql, parameters = compiler.as_sql()
        if compiler.connection.vendor == "postgresql":
            for one in parameters:
                sql = one.as_array(sql) if isinstance(one, GivenIds) else sql
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        are_converted = compiler.get_converters(columns)
        converted = [column if number in are_converted else None for number, column in enumerate(columns)]
        has_one_plan = self._has_one_plan or any(isinstance(one, GivenIds) for one in parameters)
        return _Made(rows, compiler, sql, tuple(parameters), converted, has_one_plan)


class _Said:
    """What is asked this time, and what is given."""

    def __init__(self, made: _Made, book: Book, values: dict[str, Any], connection: BaseDatabaseWrapper) -> None:
        self.made, self.connection = made, connection
        self._book, self._values = book, values

    @property
    def sql(self) -> str:
        sql = self.made.sql
        for one in self.made.parameters:
            if isinstance(one, GivenIds):
                sql = sql.replace(one.place, ", ".join(["%s"] * len(self._values[one.name])))
        return sql

    @property
    def parameters(self) -> tuple[Any, ...]:
        found: list[Any] = []
        for one in self.made.parameters:
            if isinstance(one, GivenIds):
                ids = self._values[one.name]
                # As text: psycopg would look at each of a list.
                found += [f"{{{','.join(map(str, ids))}}}"] if self.connection.vendor == "postgresql" else ids
            else:
                found.append(self._adapted(self._value(one.name)) if isinstance(one, Given) else one)
        return tuple(found)

    def _value(self, name: str) -> Any:
        return self._values[name] if name in self._values else _OF_BOOK[name](self._book)

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return self.connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, dt.date):
            return self.connection.ops.adapt_datefield_value(value)
        return value


def _rows(said: list[_Said]) -> list[Any]:
    sql, parameters = _together(said)
    with _cursor(said) as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    compiler = said[0].made.compiler
    return [row[: compiler.col_count] for row in rows] if compiler.has_extra_select else rows


def _cursor(said: list[_Said]) -> CursorWrapper:
    connection = said[0].connection
    if connection.vendor != "postgresql":
        return connection.cursor()
    # Here, or a server that has SQLite would load PostgreSQL's driver.
    from contacts.moments import read_quickly
    from contacts.prepared import preparing_cursor

    has_one_plan = all(one.made.has_one_plan for one in said)
    cursor = preparing_cursor(connection) if has_one_plan else connection.cursor()
    read_quickly(connection, cursor)
    return cursor


def _together(said: list[_Said]) -> tuple[str, tuple[Any, ...]]:
    """One statement: the alias of each part is for PostgreSQL, which wants one."""
    if len(said) == 1:
        return said[0].sql, said[0].parameters
    parts = (f"SELECT * FROM ({one.sql}) AS part{number}" for number, one in enumerate(said))  # noqa: S608
    return " UNION ALL ".join(parts), tuple(chain.from_iterable(one.parameters for one in said))
