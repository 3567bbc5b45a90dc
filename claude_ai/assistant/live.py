"""An answer on its way: read from Claude by a task of its own, and told to the page as often as the server can."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextvars import Context
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from asgiref.sync import ThreadSensitiveContext
from django.dispatch import receiver
from django.utils import translation

from claude_ai import errors
from claude_ai.assistant import conversations
from claude_ai.assistant.engine import Engine, Looking, Piece, Proposed
from claude_ai.assistant.rounds import rounds
from claude_ai.models import Message
from contacts.stopping import server_stops
from contacts.threads import in_thread
from contacts.turns import turns

Event = Piece | Looking | Proposed

# How often a page gets the text so far, in seconds, when there is little to do; the first text goes out at once.
_REDRAW = 0.08
# The part of a processor that all drawing together may take: beyond it each page is drawn less often, and what it shows
# is read from the API less often too, more at once.
_DRAWING = 0.03
# The most that one drawing is believed to take, in seconds.
_MOST_BELIEVED = 0.02
# The most that any page waits for its text, in seconds, whatever that takes.
_LONGEST = 3.0
# How often what has come is kept, in seconds, in case this process dies; how often something is, and the most then:
# for each time the database is opened anew.
_KEEP, _KEEP_TICK, _MOST_KEPT = 2.0, 1.0, 25

_under_way: WeakSet["Live"] = WeakSet()
_keepers: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


class Live:
    """One answer. `news` is what came of it; `leave` ends it, at whatever moment."""

    def __init__(self, engine: Engine, question: Message, messages: list[dict[str, Any]]) -> None:
        self.engine, self.question = engine, question
        self.row: Message | None = None
        self.draft, self.draft_at = "", monotonic()
        self.saving: asyncio.Future[None] | None = None
        self.loop = asyncio.get_running_loop()
        self._messages = messages
        self._events: list[Event] = []
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._due = self._pause = 0.0
        self._is_kept = self._is_over = False
        # Whether what came is waited for: the first text, and what is no text.
        self._is_urgent = True
        engine.pause = self._turn_to_come
        self._reading = asyncio.ensure_future(self._read())
        _under_way.add(self)
        _have_drafts_kept()

    async def news(self) -> AsyncIterator[list[Event]]:
        """What came since the last time, for whoever draws it and says with `drew` what that took."""
        while not (self._is_over and not self._events):
            await self._wake.wait()
            if not (self._is_urgent or self._is_over or self._pause):
                await turns().gap()
            self._wake.clear()
            self._is_urgent = False
            events, self._events = self._events, []
            if events:
                yield events
        await self._reading

    def drew(self, seconds: float) -> None:
        """Beside few others, what comes next is drawn a moment later; beside many, reading waits, and what it brings
        is drawn at once.
        """
        pause = min(len(_under_way) * _costs.usual(seconds) / _DRAWING, _LONGEST)
        self._pause, self._due = (pause, 0.0) if pause > _REDRAW else (0.0, monotonic() + _REDRAW)

    async def kept(self) -> Message | None:
        """The answer as a row, in the end or as far as it came; None where its conversation is gone."""
        self._is_kept = True
        _under_way.discard(self)
        if self.saving:  # which nobody can call back: there would be two rows
            await asyncio.wait({self.saving})
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
            # The request is over for Django, and its language with it; sources and warnings name days.
            with translation.override(self.engine.language):
                async for event in self.engine.answer(self._messages):
                    self._events.append(event)
                    self._tell(is_urgent=not isinstance(event, Piece))
        except asyncio.CancelledError:
            if self.engine.error is None:
                raise
        finally:
            self._is_over = True
            self._wake.set()

    def _turn_to_come(self) -> Awaitable[None] | None:
        return rounds().after(self._pause) if self._pause else None

    def _tell(self, *, is_urgent: bool) -> None:
        self._is_urgent |= is_urgent
        if is_urgent or (wait := self._due - monotonic()) <= 0:
            self._wake.set()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._tell_later)

    def _tell_later(self) -> None:
        self._timer = None
        self._wake.set()


class _Costs:
    """What drawing takes of late, in seconds: one that was interrupted says little about the next."""

    def __init__(self) -> None:
        self._usual = 0.0005

    def usual(self, seconds: float) -> float:
        self._usual += (min(max(seconds, 0), _MOST_BELIEVED) - self._usual) / 20
        return self._usual


_costs = _Costs()


# --- What has come so far ------------------------------------------------------------------------


def _have_drafts_kept() -> None:
    """One task for all answers of an event loop, and none of a request's context: it outlives the request."""
    loop = asyncio.get_running_loop()
    if loop not in _keepers or _keepers[loop].done():
        _keepers[loop] = loop.create_task(_keep_drafts(loop), context=Context())


async def _keep_drafts(loop: asyncio.AbstractEventLoop) -> None:
    async with ThreadSensitiveContext():  # a thread that ends with it
        while mine := [live for live in _under_way if live.loop is loop]:
            await _keep_oldest(mine)
            del mine
            await asyncio.sleep(_KEEP_TICK)


async def _keep_oldest(lives: list[Live]) -> None:
    last = monotonic() - _KEEP
    due = [live for live in lives if live.draft_at <= last and live.engine.outcome.text != live.draft]
    due = sorted(due, key=lambda live: live.draft_at)[:_MOST_KEPT]
    if not due:
        return
    saving = asyncio.ensure_future(_save([(live, live.engine.outcome.text) for live in due]))
    for live in due:
        live.saving = saving
    await asyncio.wait({saving})


async def _save(drafts: list[tuple[Live, str]]) -> None:
    told = [(live.question.conversation, text, live.row) for live, text in drafts]
    rows = await in_thread(conversations.keep_drafts)(told)
    for (live, text), row in zip(drafts, rows, strict=True):
        live.row, live.draft, live.draft_at = row, text, monotonic()


@receiver(server_stops)
def _stop_all(sender: Any, **kwargs: Any) -> None:
    for live in list(_under_way):
        live.stop()
