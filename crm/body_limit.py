"""A request that is too large is answered before Django has read it.

Under ASGI Django writes the whole body to disk before any middleware sees the request. Here it is
counted as it comes: what is past the limit is read and forgotten, so that the browser is still there
for the answer, and Django gets the request without the rest, marked for `crm.middleware`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

TOO_LARGE = "crm.body_is_too_large"
# Whoever still sends after so many times the limit is cut off.
_MOST_TIMES = 10


class BodyLimit:
    """Wraps an ASGI application; sets `scope[TOO_LARGE]` where a body was cut."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _Bounded(scope, receive, settings.REQUEST_MAX_BYTES)
        await self.app(scope, receive, send)


class _Bounded:
    """Hands on what comes, up to `most` bytes; nothing of a body that says beforehand that it is larger."""

    def __init__(self, scope: dict[str, Any], receive: Receive, most: int) -> None:
        self.scope = scope
        self.receive = receive
        self.most = most
        self.seen = 0
        self.is_too_large = _announced(scope) > most

    async def __call__(self) -> Event:
        event = await self.receive()
        if event["type"] != "http.request":
            return event
        self.seen += len(event.get("body", b""))
        self.is_too_large |= self.seen > self.most
        if not self.is_too_large:
            return event
        self.scope[TOO_LARGE] = True
        return await self._forget(event)

    async def _forget(self, event: Event) -> Event:
        """Reads to the end, and says that it was the end; too much of it, and the sender is taken for gone."""
        while event["type"] == "http.request":
            if not event.get("more_body"):
                return {"type": "http.request", "body": b"", "more_body": False}
            if self.seen > self.most * _MOST_TIMES:
                return {"type": "http.disconnect"}
            event = await self.receive()
            self.seen += len(event.get("body", b""))
        return event


def _announced(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
