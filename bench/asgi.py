"""The application as it is served, and `/bench/inside`: what the process holds at this moment."""

import asyncio
import json
import threading
from typing import Any

from crm.asgi import application as served


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == "/bench/inside":
        await _answer(send, {"tasks": len(asyncio.all_tasks()), "threads": _threads()})
    else:
        await served(scope, receive, send)


async def _answer(send: Any, inside: dict[str, int]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(inside).encode()})


def _threads() -> int:
    """Without those few of the event loop's own pool, which it keeps for the next time."""
    return sum(not thread.name.startswith("uvloop") for thread in threading.enumerate())
