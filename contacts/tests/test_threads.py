"""Database work of many streams at once."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext

from contacts.threads import AT_ONCE, in_thread


def test_hundreds_who_want_the_database_at_once_take_turns_and_all_get_theirs():
    at_work, most, lock, is_full = 0, 0, threading.Lock(), threading.Barrier(AT_ONCE)

    @in_thread
    def work():
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        is_full.wait(timeout=10)
        with lock:
            at_work -= 1
        return 1

    async def stream():
        async with ThreadSensitiveContext():  # as each request has it
            return await work()

    async def all_at_once():
        return await asyncio.gather(*(stream() for _number in range(25 * AT_ONCE)))

    with ThreadPoolExecutor(1) as server:  # a browser that is driven beside has the loop of this thread
        assert sum(server.submit(lambda: asyncio.run(all_at_once())).result()) == 25 * AT_ONCE
    assert most == AT_ONCE
