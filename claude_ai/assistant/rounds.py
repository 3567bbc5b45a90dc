"""Beside many others, streams go on in rounds.

All whose turn has come go on together: the event loop wakes once for them, and takes the processor from a page once.
"""

import asyncio
from contextvars import Context
from math import ceil

from contacts.loops import one_for_each
from contacts.turns import turns

# Between two rounds, in seconds.
EVERY = 0.1


class Rounds:
    """Those of one event loop."""

    def __init__(self) -> None:
        self._to_come: dict[int, asyncio.Task[None]] = {}

    async def after(self, seconds: float) -> None:
        """Returns with the first round that begins after so many `seconds`; it waits for a page that is being made."""
        loop = asyncio.get_running_loop()
        number = ceil((loop.time() + seconds) / EVERY)
        if number not in self._to_come:
            self._to_come[number] = loop.create_task(self._begin(number), context=Context())
        # Whoever leaves must not take the round from the others.
        await asyncio.shield(self._to_come[number])

    async def _begin(self, number: int) -> None:
        await asyncio.sleep(number * EVERY - asyncio.get_running_loop().time())
        del self._to_come[number]
        await turns().gap()


rounds = one_for_each(Rounds)
