"""What streams have to do, beside pages that are being made."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse

from contacts import turns as taking_turns
from contacts.tests.loops import run, settle
from contacts.turns import turns
from crm.handler import Handler


@pytest.fixture
def _patience_is_long(monkeypatch):
    monkeypatch.setattr(taking_turns, "LONGEST", 60.0)


def begin(names, done):
    """A task for each name, which writes its name down when it has had its turn."""

    async def work(name):
        await turns().gap()
        done.append(name)

    return [asyncio.ensure_future(work(name)) for name in names]


@pytest.mark.usefixtures("_patience_is_long")
def test_nothing_waits_when_no_page_is_made():
    async def story():
        done = []
        begin("a", done)
        await asyncio.sleep(0)
        return done

    assert run(story()) == ["a"]


@pytest.mark.usefixtures("_patience_is_long")
def test_what_comes_while_a_page_is_made_waits_for_it_and_keeps_its_order():
    async def story():
        done = []
        with turns().page():
            tasks = begin("abc", done)
            await settle()
            assert done == []
        await asyncio.gather(*tasks)
        return done

    assert run(story()) == ["a", "b", "c"]


@pytest.mark.usefixtures("_patience_is_long")
def test_a_page_that_is_asked_for_after_the_first_turn_goes_before_the_second():
    async def story():
        done = []
        with turns().page():
            tasks = begin("ab", done)
            await settle()
        while not done:
            await asyncio.sleep(0)
        with turns().page():
            await settle()
            assert done == ["a"]
        await asyncio.gather(*tasks)
        return done

    assert run(story()) == ["a", "b"]


def test_what_takes_long_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(taking_turns, "LONGEST", 0.01)

    async def story():
        done = []
        with turns().page():
            await asyncio.wait_for(asyncio.gather(*begin("ab", done)), timeout=10)
            # It is known to take long now: who comes later does not wait at all.
            begin("c", done)
            await asyncio.sleep(0)
        return done

    assert run(story()) == ["a", "b", "c"]


@pytest.mark.usefixtures("_patience_is_long")
def test_who_gives_up_waiting_holds_nobody_up():
    async def story():
        done = []
        with turns().page():
            first, *others = begin("abc", done)
            await settle()
            first.cancel()
            await settle()
        await asyncio.gather(*others)
        begin("d", done)
        await asyncio.sleep(0)
        return done

    assert run(story()) == ["b", "c", "d"]


@pytest.mark.usefixtures("_patience_is_long")
def test_a_request_is_a_page_until_its_answer_is_made():
    async def story():
        is_asked, may_answer, done = threading.Event(), threading.Event(), []
        handler = Handler()

        def answer(request):
            is_asked.set()
            may_answer.wait(timeout=30)
            return HttpResponse("a page")

        handler.get_response = answer
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        browser = ApplicationCommunicator(handler, scope)
        await browser.send_input({"type": "http.request", "body": b""})
        await asyncio.to_thread(is_asked.wait, 30)
        tasks = begin("a", done)
        await settle()
        assert done == []
        may_answer.set()
        await asyncio.gather(*tasks)
        assert (await browser.receive_output(30))["status"] == 200
        assert (await browser.receive_output(30))["body"] == b"a page"
        await browser.wait(30)
        return done

    assert run(story()) == ["a"]
