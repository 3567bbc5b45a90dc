"""What comes of a stream while nobody reads it, from an API on the same event loop, through the real SDK."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from claude_ai import backpressure, client, errors
from claude_ai.client import Text
from claude_ai.keys import Key
from claude_ai.tests.stand_in import GOOD_KEY, event

MESSAGE = {
    "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-haiku-4-5-20251001", "content": [],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 7, "output_tokens": 1},
}  # fmt: skip
BEGIN = event("message_start", message=MESSAGE) + event(
    "content_block_start", index=0, content_block={"type": "text", "text": ""}
)
END = (
    event("content_block_stop", index=0)
    + event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 3})
    + event("message_stop")
)


def piece(text):
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


class Api:
    """Sends what a test says, when it says so."""

    async def on_connection(self, reader, writer):
        self.writer = writer
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await self.send(BEGIN + piece("Bring "))

    async def send(self, data):
        """It is with the operating system of whoever reads when this returns, and was read if anybody reads."""
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self.writer.drain()
        for _ in range(20):
            await asyncio.sleep(0)

    def end(self):
        self.writer.write(b"0\r\n\r\n")

    def break_off(self):
        self.writer.transport.abort()


@pytest.fixture
def stream(settings, monkeypatch):
    """The pieces of an answer; `while_unread` is run after the first, with the API and with how much has come."""

    def run(while_unread):
        responses, api = [], Api()

        @contextmanager
        def seen(response):
            responses.append(response)
            with backpressure.left_unread(response):
                yield

        monkeypatch.setattr(client, "left_unread", seen)

        def has_come():
            return responses[0].stream._stream._aiohttp_response.content.total_bytes

        async def story():
            server = await asyncio.start_server(api.on_connection, "127.0.0.1", 0)
            settings.CLAUDE_BASE_URL = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            waits = [lambda: while_unread(api, has_come)]
            asked = {"system": [], "messages": [{"role": "user", "content": "?"}], "tools": [], "max_tokens": 100}
            stream = client.stream_message(
                key=Key(GOOD_KEY, source="environment"), model=MESSAGE["model"], is_alone=True,
                pause=lambda: waits.pop()() if waits else None, **asked,
            )  # fmt: skip
            try:
                return [found.text if isinstance(found, Text) else found async for found in stream]
            finally:
                api.writer.close()
                server.close()
                await server.wait_closed()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, asyncio.wait_for(story(), timeout=30)).result()

    return run


def test_what_comes_meanwhile_is_left_with_the_system_and_then_is_one_piece(stream):
    async def while_unread(api, has_come):
        before = has_come()
        for text in ("flow", "ers", "."):
            await api.send(piece(text))
        assert has_come() == before
        await api.send(END)
        api.end()

    first, rest, turn = stream(while_unread)
    assert (first, rest) == ("Bring ", "flowers.")
    assert turn.reply.text == "Bring flowers."


def test_a_connection_that_breaks_meanwhile_is_a_failure_and_no_end(stream):
    async def while_unread(api, has_come):
        api.break_off()

    with pytest.raises(errors.Unreachable):
        stream(while_unread)


def test_other_connections_than_those_of_today_are_read_as_before(stream, monkeypatch):
    monkeypatch.setattr(backpressure, "_protocol", lambda _response: None)

    async def while_unread(api, has_come):
        await api.send(piece("flowers.") + END)
        api.end()

    assert stream(while_unread)[-1].reply.text == "Bring flowers."
