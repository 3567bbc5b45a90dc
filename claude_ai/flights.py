"""One call for one question: who asks the same meanwhile waits for that answer."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import get_random_string

from claude_ai.errors import ClaudeError, FailedForAnother
from contacts.threads import give_back_database

T = TypeVar("T")

_FAILURE_KEPT_SECONDS = 10
# How often whoever waits for another's call looks whether it is over.
_LOOK_SECONDS = 0.1


def once(key: str, *, ask: Callable[[], T], kept: Callable[[], T | None], refresh: bool = False) -> T:
    """What `ask` gives, which also keeps it; where somebody is asking already, what they `kept`.

    `key` tells one question from another. With `refresh`, what was kept before is not good enough.
    Raises what `ask` raises, a `FailedForAnother` in those who waited.
    """
    mine = get_random_string(12)
    if not cache.add(f"{key}:asking", mine, timeout=_patience()):
        return _await_the_other(key, ask=ask, kept=kept)
    try:
        # Somebody else may have asked and been answered since whoever wants it looked.
        if not refresh and (found := kept()) is not None:
            return found
        cache.delete(f"{key}:failure")
        return ask()
    except ClaudeError as error:
        cache.set(f"{key}:failure", error.as_dict(), timeout=_FAILURE_KEPT_SECONDS)
        raise
    finally:
        if cache.get(f"{key}:asking") == mine:
            cache.delete(f"{key}:asking")


def _patience() -> float:
    """Longer than a call with its one retry: a lock that is older belongs to nobody."""
    return 2 * float(settings.CLAUDE_TIMEOUT_SECONDS) + 30


def _await_the_other(key: str, *, ask: Callable[[], T], kept: Callable[[], T | None]) -> T:
    give_back_database()
    until = time.monotonic() + _patience()
    while cache.get(f"{key}:asking") and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    if failure := cache.get(f"{key}:failure"):
        raise FailedForAnother(failure)
    found = kept()
    return once(key, ask=ask, kept=kept) if found is None else found
