"""What processes that start at the same time do one after the other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import connections

# Any number, as long as nothing else in this database locks it.
_LOCK = 0x63726D


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Of those that share this folder, and of those that share this PostgreSQL database.

    Raises the `OperationalError` of a database that does not answer.
    """
    with ExitStack() as held:
        held.enter_context(_folder())
        # Once without the pool, which tries for half a minute and then does not say why.
        connection = connections["default"].copy()
        connection.settings_dict["OPTIONS"].pop("pool", None)
        connection.ensure_connection()
        held.callback(connection.close)
        if connection.vendor == "postgresql":
            # Given back with the connection, also by a process that dies.
            connection.cursor().execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


@contextmanager
def _folder() -> Iterator[None]:
    """The folder itself is what is locked: no file is left behind."""
    descriptor = os.open(settings.BASE_DIR, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
