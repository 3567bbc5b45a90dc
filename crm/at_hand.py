"""SQLite's file, held open as long as a server runs.

Whenever the last connection closes, SQLite writes its log back to the disk and removes it: without one that stays,
after every request, and whoever comes next waits for the disk. But while one stays, SQLite keeps the descriptor of
each that closes, for the next one: after hundreds of requests at once, hundreds. So this one steps aside then.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# How often is looked, in seconds, and how many descriptors of the file are none too many.
_EVERY, SPARE = 3.0, 3


class Held:
    """One connection to SQLite. Raises `OperationalError` where there can be none."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._open()

    def look(self) -> None:
        """Lets SQLite close what it keeps, which it does at a moment without any connection."""
        if self.descriptors() > SPARE:
            self._connection.close()
            self._open()

    def descriptors(self) -> int:
        """How many this process has of the file."""
        file = Path(self._connection.settings_dict["NAME"]).stat()
        return sum(_is_of(int(one.name), file) for one in Path("/dev/fd").iterdir())

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> None:
        with self._connection.cursor() as cursor:
            # Only a connection that has read something holds the file.
            cursor.execute("SELECT 1 FROM sqlite_master").fetchone()


def _is_of(descriptor: int, file: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), file)
    except OSError:  # closed meanwhile
        return False


@contextmanager
def database_at_hand() -> Iterator[None]:
    """Nothing for another database."""
    if connections["default"].vendor != "sqlite":
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_hold, args=[over], daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _hold(over: threading.Event) -> None:
    held = Held(connections["default"])
    try:
        while not over.wait(_EVERY):
            held.look()
    finally:
        held.close()
