"""Statements that PostgreSQL plans once for a connection, for those of which one plan is good whatever they are given.

For a look-up by ids, planning takes longer than looking. It is no way for other statements: a plan made for any book
reads all of a large one where an index of it would do.
"""

from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

# How often before: what is asked once is planned once either way.
_PREPARED_FROM = 1
# By connection, whether it can.
_known: WeakKeyDictionary[psycopg.Connection[Any], bool] = WeakKeyDictionary()


class _PreparingCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        try:
            return super().execute(query, params, **kwargs)
        except psycopg.errors.FeatureNotSupported:
            # A table has other columns since it was planned, in an upgrade; in a transaction there is no second try.
            if self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                raise
            self.connection.execute("DEALLOCATE ALL")
            return super().execute(query, params, **kwargs)


def preparing_cursor(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor of Django's that has PostgreSQL prepare what it is asked more than once.

    An ordinary one where the connection is not kept for other requests, or queries are logged, with their values.
    """
    cursor = connection.cursor()
    is_kept = connection.settings_dict["OPTIONS"].get("pool")
    if is_kept and not connection.queries_logged and _can_prepare(connection):
        cursor.cursor = _PreparingCursor(connection.connection)
    return cursor


def _can_prepare(connection: BaseDatabaseWrapper) -> bool:
    """Not where something stands between that gives each transaction another connection, such as PgBouncer may."""
    its = connection.connection
    if its not in _known:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            # What stands between tells the number of no process.
            _known[its] = cursor.fetchone() == (its.info.backend_pid,)
        if _known[its]:
            its.prepare_threshold = _PREPARED_FROM
    return _known[its]
