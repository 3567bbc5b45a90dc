"""An answer on its way: read from Claude by a task of its own, and told to the page as often as the server can."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any
from weakref import WeakSet

from django.dispatch import receiver

from claude_ai import errors
from claude_ai.assistant import conversations
from claude_ai.assistant.engine import Engine, Looking, Piece, Proposed
from claude_ai.models import Message
from contacts.stopping import server_stops
from contacts.threads import in_thread

Event = Piece | Looking | Proposed

# How often a page gets the text so far, in seconds, when there is little to do; the first text goes out at once.
_REDRAW = 0.08
# The part of a processor that all drawing together may take: beyond it each page is drawn less often.
_DRAWING = 0.15
# How often what has come is kept, in seconds, in case this process dies; and the most of all that per second.
_KEEP, _MOST_KEPT = 2.0, 25

_under_way: WeakSet["Live"] = WeakSet()


class Live:
    """One answer. `news` is what came of it; `leave` ends it, at whatever moment."""

    def __init__(self, engine: Engine, question: Message, messages: list[dict[str, Any]]) -> None:
        self.engine, self.question = engine, question
        self.row: Message | None = None
        self._messages = messages
        self._events: list[Event] = []
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._is_kept = self._is_over = False
        self._reading = asyncio.ensure_future(self._read())
        self._keeping = asyncio.ensure_future(self._keep_now_and_then())
        self._saving: asyncio.Future[None] | None = None
        _under_way.add(self)

    async def news(self) -> AsyncIterator[list[Event]]:
        """What came since the last time, for whoever draws it and says with `drew` what that took."""
        while not (self._is_over and not self._events):
            await self._wake.wait()
            self._wake.clear()
            events, self._events = self._events, []
            if events:
                yield events
        await self._reading

    def drew(self, seconds: float) -> None:
        self._due = monotonic() + max(_REDRAW, len(_under_way) * seconds / _DRAWING)

    async def kept(self) -> Message:
        """The answer as a row, in the end or as far as it came."""
        self._is_kept = True
        _under_way.discard(self)
        self._keeping.cancel()
        if self._saving:  # which nobody can call back: there would be two rows
            await asyncio.wait({self._saving})
        self.row = await in_thread(conversations.keep)(self.question.conversation, self.engine.outcome, row=self.row)
        return self.row

    async def leave(self) -> None:
        """Ends the call upstream, if there still is one, and keeps what came."""
        if self._timer:
            self._timer.cancel()
        self._reading.cancel()
        await asyncio.wait({self._reading})
        if not self._is_kept:
            await self.kept()

    def stop(self) -> None:
        """As whoever waits for it does, but they are told why."""
        self.engine.fail(errors.ServerStops())
        self._reading.cancel()

    async def _read(self) -> None:
        try:
            async for event in self.engine.answer(self._messages):
                self._events.append(event)
                self._tell(is_urgent=not isinstance(event, Piece))
        except asyncio.CancelledError:
            if self.engine.error is None:
                raise
        finally:
            self._is_over = True
            self._wake.set()

    def _tell(self, *, is_urgent: bool) -> None:
        if is_urgent or (wait := self._due - monotonic()) <= 0:
            self._wake.set()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._tell_later)

    def _tell_later(self) -> None:
        self._timer = None
        self._wake.set()

    async def _keep_now_and_then(self) -> None:
        kept = ""
        while True:
            await asyncio.sleep(max(_KEEP, len(_under_way) / _MOST_KEPT))
            if (text := self.engine.outcome.text) != kept:
                kept = text
                self._saving = asyncio.ensure_future(self._keep_draft(text))
                await asyncio.wait({self._saving})

    async def _keep_draft(self, text: str) -> None:
        self.row = await in_thread(conversations.keep_draft)(self.question.conversation, text, row=self.row)


@receiver(server_stops)
def _stop_all(sender: Any, **kwargs: Any) -> None:
    for live in list(_under_way):
        live.stop()
