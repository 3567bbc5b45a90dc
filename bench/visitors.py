"""Who uses the server while it is measured: one who looks at pages and asks, and a crowd in a process of its own.

`python -m bench.visitors` is that crowd. It takes what `Crowd` says as JSON on its standard input, prints a line once
each of its conversations has its first text, and how long each waited for it when its standard input is closed.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode

import psutil
import uvloop

from bench.paced_api import Pace
from bench.report import ROOT
from bench.serving import PASSWORD

_SENT_AT = re.compile(rb"sent at (\d+\.\d+) s")
# Of an answer the last frame is the whole text again.
_END_OF_ANSWER = 60_000


@dataclass
class Answer:
    """What became of one stream, as its client saw it."""

    status: int = 0
    first_ms: float = 0.0
    is_whole: bool = False


@dataclass
class Visitor:
    """A browser, as far as it matters here."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        await self.get("/login/")
        form = {"username": "demo", "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        async with self.asked("POST", "/login/", body=urlencode(form)) as (status, _reader):
            assert status == 302, status

    async def get(self, path: str) -> float:
        """Milliseconds that the whole page took."""
        began = time.perf_counter()
        async with self.asked("GET", path) as (status, reader):
            while await reader.read(65536):
                pass
        assert status == 200, (path, status)
        return (time.perf_counter() - began) * 1000

    async def answer(self, pace: Pace, *, leaves_after: float | None = None, into: Answer | None = None) -> Answer:
        """One question as the page asks it; a client may leave, so many seconds after the first text."""
        answer, held = into or Answer(), bytearray()
        headers = {"HX-Request": "true", "Accept": "text/event-stream"}
        body = urlencode({"question": pace.as_question(), "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        async with self.asked("POST", "/api/claude/assistant", body=body, headers=headers) as (status, reader):
            answer.status = status
            until = None
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        got = await reader.read(65536)
                except TimeoutError:
                    return answer
                if not got:
                    break
                held += got
                del held[:-_END_OF_ANSWER]
                if not answer.first_ms and (sent := _SENT_AT.search(held)):
                    answer.first_ms = (time.monotonic() - float(sent[1])) * 1000
                    until = asyncio.get_running_loop().time() + leaves_after if leaves_after is not None else None
        answer.is_whole = b"data-copy-text" in held and b"data-retry" not in held
        return answer

    @asynccontextmanager
    async def asked(
        self, method: str, path: str, *, body: str = "", headers: dict[str, str] | None = None
    ) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
        """The status, and the body as it comes; the connection is closed at the end, come what may."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        sent = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"http://127.0.0.1:{self.port}/assistant",
        } | (headers or {})
        if body:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        try:
            writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
            received = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            for name, value in re.findall(r"(?im)^set-cookie: *([^=]+)=([^;\r]*)", received):
                self.cookies[name] = value
            yield int(received.split(" ", 2)[1]), reader
        finally:
            writer.close()


async def later(answer: object, seconds: float) -> Answer:
    await asyncio.sleep(seconds)
    return await answer  # type: ignore[misc, no-any-return]


# --- A crowd ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crowd:
    """`size` conversations at the same `pace`, which begin within `begins` seconds and stay."""

    port: int
    cookies: dict[str, str]
    size: int
    begins: float
    pace: Pace


@dataclass
class Gathered:
    """A crowd that is there: its process, and after `gathered` is left `first_ms`, of those that had a first text."""

    process: psutil.Process
    first_ms: list[float] = field(default_factory=list)


@contextmanager
def gathered(crowd: Crowd) -> Iterator[Gathered]:
    """From the moment at which each has its first text, or twenty seconds after all have begun; then it leaves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.visitors"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        print(json.dumps(asdict(crowd)), file=process.stdin, flush=True)
        if not process.stdout.readline():
            raise SystemExit("The crowd did not come.")
        there = Gathered(psutil.Process(process.pid))
        yield there
        process.stdin.close()
        there.first_ms += json.loads(process.stdout.readline())
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait()


async def _come(crowd: Crowd) -> None:
    visitor, answers = Visitor(crowd.port, crowd.cookies), [Answer() for _ in range(crowd.size)]
    asked = [
        asyncio.create_task(later(visitor.answer(crowd.pace, into=answer), crowd.begins * number / crowd.size))
        for number, answer in enumerate(answers)
    ]
    until = time.monotonic() + crowd.begins + 20
    while not all(answer.first_ms for answer in answers) and time.monotonic() < until:
        await asyncio.sleep(0.2)
    print("gathered", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps([answer.first_ms for answer in answers if answer.first_ms]), flush=True)
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


if __name__ == "__main__":
    said = json.loads(sys.stdin.readline())
    uvloop.run(_come(Crowd(**said | {"pace": Pace(**said["pace"])})))
