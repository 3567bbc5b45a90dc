"""Streams that go on in rounds, beside many others."""

import asyncio

import pytest

from claude_ai.assistant.rounds import rounds
from contacts import turns as taking_turns
from contacts.tests.loops import run, settle
from contacts.turns import turns


def waiting(names, done, *, seconds=0.001):
    async def wait(name):
        await rounds().after(seconds)
        done.append(name)

    return [asyncio.ensure_future(wait(name)) for name in names]


def test_all_whose_turn_has_come_go_on_together():
    async def story():
        done = []
        tasks = waiting("abc", done)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await settle()
        return done

    assert run(story()) == ["a", "b", "c"]


def test_a_round_waits_for_a_page_that_is_being_made(monkeypatch):
    monkeypatch.setattr(taking_turns, "LONGEST", 60.0)

    async def story():
        done, tried = [], asyncio.Event()
        with turns().page():
            tasks = waiting("ab", done)
            # By the time of a later round the first one has begun, if it begins at all.
            asyncio.get_running_loop().call_later(0.25, tried.set)
            await tried.wait()
            assert done == []
        await asyncio.gather(*tasks)
        return done

    assert run(story()) == ["a", "b"]


@pytest.mark.parametrize("leaver", [0, 1])
def test_who_leaves_takes_the_round_from_nobody(leaver):
    async def story():
        done = []
        tasks = waiting("ab", done)
        await settle()
        tasks.pop(leaver).cancel()
        await asyncio.gather(*tasks)
        return done

    assert run(story()) == ["ba"[leaver]]
