"""Between an event loop and what blocks: database work in a thread, and the connection given back after it."""

import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

T = TypeVar("T")

# Who is told to wait by SQLite asks again and again, in no order: of five hundred who write at once some never get
# their turn. Here they wait in a line.
AT_ONCE = 8
_turns = threading.Semaphore(AT_ONCE)


def in_thread(function: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """Runs what touches the database, and gives the connection back: others wait for the few there are."""

    def run(*args: Any, **kwargs: Any) -> T:
        with _turns:
            try:
                return function(*args, **kwargs)
            finally:
                give_back_database()

    return sync_to_async(run)


def give_back_database() -> None:
    """Whatever comes next can take a minute, and others wait for the few connections that there are."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
