"""A request that is too large never reaches the disk, and gets an answer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from crm.body_limit import TOO_LARGE, BodyLimit

MOST = 1_000


@pytest.fixture(autouse=True)
def _small(settings):
    settings.REQUEST_MAX_BYTES = MOST


def send(*parts, announced=None):
    """Sends a body in `parts`; what the application saw of it, whether it was marked, and what was never read."""
    events = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    events.append({"type": "http.request", "body": b"", "more_body": False})
    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    scope = {"type": "http", "headers": headers}
    seen = []

    async def receive():
        return events.pop(0)

    async def application(scope, receive, send):
        while True:
            event = await receive()
            seen.append(event.get("body", event["type"]))
            if not event.get("more_body"):
                return

    # In a thread of its own: a browser's test may have left a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, BodyLimit(application)(scope, receive, None)).result()
    return b"".join(part for part in seen if isinstance(part, bytes)), scope.get(TOO_LARGE, False), len(events), seen


def test_a_body_within_the_limit_comes_whole():
    body, is_marked, left, _seen = send(b"a" * 600, b"b" * 400, announced=1_000)
    assert (body, is_marked, left) == (b"a" * 600 + b"b" * 400, False, 0)


def test_of_a_body_that_says_that_it_is_too_large_nothing_comes():
    body, is_marked, left, _seen = send(b"a" * 600, b"b" * 600, announced=1_200)
    assert (body, is_marked, left) == (b"", True, 0)


@pytest.mark.parametrize("announced", [None, 10, "x"])
def test_a_body_that_turns_out_too_large_ends_at_the_limit(announced):
    body, is_marked, left, _seen = send(*[b"a" * 600] * 5, announced=announced)
    assert (body, is_marked, left) == (b"a" * 600, True, 0)


def test_a_sender_who_never_ends_is_taken_for_gone():
    _body, is_marked, left, seen = send(*[b"a" * 600] * 100, announced=60_000)
    assert is_marked
    assert left > 50
    assert seen[-1] == "http.disconnect"
