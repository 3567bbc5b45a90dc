"""Pages first: what an event loop has to do for answers that come word by word waits while a page is made.

Both share one processor, and whoever waits for a page waits for nothing else; a few words may come a moment later.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from contacts.loops import one_for_each

# The most that anything waits for a page, in seconds: what takes longer waits for something itself, such as Claude.
LONGEST = 0.1


class Turns:
    """Those of one event loop."""

    def __init__(self) -> None:
        self._pages: set[object] = set()
        self._no_page = asyncio.Event()
        self._no_page.set()
        self._line = asyncio.Lock()

    @contextmanager
    def page(self) -> Iterator[None]:
        """Whatever is asked of the server, for as long as it is being made."""
        page = object()
        self._pages.add(page)
        self._no_page.clear()
        taking_long = asyncio.get_running_loop().call_later(LONGEST, self._forget, page)
        try:
            yield
        finally:
            taking_long.cancel()
            self._forget(page)

    async def gap(self) -> None:
        """Returns when no page is made; one after the other, so that a page that is asked for meanwhile is seen."""
        if self._no_page.is_set() and not self._line.locked():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST), self._line:
                await asyncio.sleep(0)
                await self._no_page.wait()

    def _forget(self, page: object) -> None:
        self._pages.discard(page)
        if not self._pages:
            self._no_page.set()


turns = one_for_each(Turns)
