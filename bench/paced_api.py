"""A stand-in for the API in a process of its own: streams at the pace that the question names.

`python -m bench.paced_api` prints its port. The text of an answer begins with the moment at which
it was sent, so that whoever reads it knows how long it was on its way.
"""

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass

# Of Claude's prose a delta holds a handful of tokens; every fifth begins a paragraph.
_WORDS = ("Hélène called ", "about the **contract** ", "and wants to ", "meet in Lyon ", "next week.\n\n")
_PACE = re.compile(r"pace (\d+) pieces every (\d+) ms after (\d+) ms")


@dataclass(frozen=True)
class Pace:
    """How an answer comes: `after` seconds the first of `pieces`, then one `every` so many seconds."""

    pieces: int
    every: float
    after: float

    def as_question(self) -> str:
        return f"pace {self.pieces} pieces every {self.every * 1000:.0f} ms after {self.after * 1000:.0f} ms"

    @classmethod
    def of(cls, request: str) -> "Pace":
        found = _PACE.findall(request) or [("20", "50", "20")]
        pieces, every, after = found[-1]
        return cls(int(pieces), int(every) / 1000, int(after) / 1000)


class PacedApi:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(begun=0, streaming=0, whole=0, left=0)

    async def serve(self, port: int = 0) -> None:
        server = await asyncio.start_server(self._on_connection, "127.0.0.1", port, backlog=2048)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if not await self._answer(head.split(b" ", 2)[1].decode(), body.decode(), reader, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, body: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if path.startswith("/v1/messages"):
            return await self._stream(Pace.of(body), json.loads(body)["model"], reader, writer)
        answer = json.dumps(self.counts if path == "/counts" else {"data": [], "has_more": False}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        writer.write(head.encode() + answer)
        return True

    async def _stream(self, pace: Pace, model: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.counts["begun"] += 1
        self.counts["streaming"] += 1
        is_whole = False
        # A client that leaves closes its connection: the only thing that can be read meanwhile.
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nrequest-id: req_01\r\n")
            writer.write(b"Transfer-Encoding: chunked\r\n\r\n" + _begin(model))
            due = time.monotonic() + pace.after
            for number in range(pace.pieces):
                await asyncio.wait({leaving}, timeout=max(0, due - time.monotonic()))
                if leaving.done():
                    return False
                now = time.monotonic()
                writer.write(_piece(f"sent at {now:.6f} s " if number == 0 else _WORDS[number % len(_WORDS)]))
                due += pace.every
            writer.write(_end(pace.pieces) + b"0\r\n\r\n")
            is_whole = True
            leaving.cancel()
            await asyncio.wait({leaving})
            return True
        finally:
            leaving.cancel()
            self.counts["streaming"] -= 1
            self.counts["whole" if is_whole else "left"] += 1


def _begin(model: str) -> bytes:
    message: dict[str, object] = {
        "id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 1_200, "output_tokens": 1},
    }  # fmt: skip
    block = {"type": "text", "text": ""}
    return _event("message_start", message=message) + _event("content_block_start", index=0, content_block=block)


def _piece(text: str) -> bytes:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def _end(tokens: int) -> bytes:
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    usage = {"input_tokens": 1_200, "output_tokens": tokens}
    return (
        _event("content_block_stop", index=0)
        + _event("message_delta", delta=delta, usage=usage)
        + _event("message_stop")
    )


def _event(kind: str, **fields: object) -> bytes:
    """One chunk of the body."""
    event = f"event: {kind}\ndata: {json.dumps({'type': kind} | fields)}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


if __name__ == "__main__":
    asyncio.run(PacedApi().serve())
