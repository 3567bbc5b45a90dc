"""How often somebody may do something, counted in the cache."""

import hashlib
import time

from django.core.cache import cache


def seconds_to_wait(scope: str, who: str, *, most: int, seconds: int) -> int:
    """Counts one more time for `who`; 0 while that is at most `most` in `seconds`, else how long to wait.

    Windows are fixed: around the end of one, twice `most` may pass. What identifies somebody is not
    kept in the clear.
    """
    now = int(time.time())
    window, elapsed = divmod(now, seconds)
    key = f"limit:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{window}"
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache let it go in between
        count = 1
    return seconds - elapsed if count > most else 0
