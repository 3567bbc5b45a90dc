"""Event loops of tests, in another thread: a browser test that went before leaves a loop running in this one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext


def run(coroutine):
    """What comes of it, within a minute."""

    async def bounded():
        return await asyncio.wait_for(coroutine, timeout=60)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, bounded()).result()


def run_as_served(story):
    """`story()` in which, as a server has it, what is done for the database has one thread."""

    async def served():
        async with ThreadSensitiveContext():
            return await story()

    return run(served())


async def settle():
    """All that can go on without waiting has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)
