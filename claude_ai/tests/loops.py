"""Event loops of tests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext


def in_a_loop_of_its_own(run):
    """In another thread: a browser test that went before leaves a loop running in this one.

    As a server has it, what is done for the database has one thread.
    """

    async def served():
        async with ThreadSensitiveContext():
            return await run()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, served()).result()
