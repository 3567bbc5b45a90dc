"""What each event loop has for itself: its tasks and locks belong to no other."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


def one_for_each(make: Callable[[], T]) -> Callable[[], T]:
    """Gives that of the event loop that runs, made at the first time."""
    made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def of_this_loop() -> T:
        loop = asyncio.get_running_loop()
        return made.get(loop) or made.setdefault(loop, make())

    return of_this_loop
