"""The events of a stream, however the bytes of it come, are those that the SDK reads."""

import json
from importlib import import_module

import pytest

from claude_ai.server_events import Events

SSEDecoder = import_module("anthropic._streaming").SSEDecoder


def event(kind, **fields):
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | fields, ensure_ascii=False)}\n\n".encode()


def piece(text):
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


STREAMS = {
    "an answer": event("message_start", message={}) + event("ping") + piece("Hélène") + piece("\n\n«»") + event("end"),
    "with carriage returns": (piece("one") + event("ping") + piece("two")).replace(b"\n", b"\r\n"),
    "an event in several lines": b'event: content_block_delta\ndata: {"a":\ndata: 1}\n\n' + piece("two"),
    "comments and nothing": b": hello\n\n\n\ndata: 1\n\nevent: x\n\n" + piece("two"),
    "an event without its end": piece("one") + piece("two")[:-1],
    "nothing": b"",
}


def as_the_sdk(stream):
    return [(one.event, one.json()) for one in SSEDecoder().iter_bytes(iter([stream])) if one.event and one.data]


@pytest.mark.parametrize("size", [1, 2, 7, 50, 10_000])
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_they_are_what_the_sdk_reads(stream, size):
    events, read = Events(SSEDecoder()), []
    for start in range(0, len(stream), size):
        read += events.whole_in(stream[start : start + size])
    assert read == as_the_sdk(stream)


@pytest.mark.parametrize("data", [b"{", b'"\xff"'])
def test_what_is_no_json_raises(data):
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        list(Events(SSEDecoder()).whole_in(b"event: content_block_delta\ndata: " + data + b"\n\n"))
