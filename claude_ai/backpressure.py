"""A stream of the API that is left alone for a while: what comes meanwhile waits in the operating system.

Else each piece wakes the event loop and is put aside, though nobody wants it yet: with two hundred streams a
thousand times a second, and beside a page that is being made each time takes the processor from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2


@contextmanager
def left_unread(response: "httpx2.Response") -> Iterator[None]:
    """Nothing is read from the connection of `response`, and its time-out does not run. Where the connection is not
    one of aiohttp's, nothing changes: what comes is kept in memory.
    """
    protocol = _protocol(response)
    if protocol is None:
        yield
        return
    protocol.pause_reading()
    try:
        yield
    finally:
        if protocol.connected:
            protocol.resume_reading()


def _protocol(response: "httpx2.Response") -> Any:
    """That of aiohttp's connection, behind httpx's stream and the SDK's: neither has another way to it."""
    stream = getattr(response.stream, "_stream", None)
    connection = getattr(getattr(stream, "_aiohttp_response", None), "connection", None)
    # What was closed cannot be paused.
    return connection.protocol if connection and connection.protocol.connected else None
