"""Streams of the assistant at scale: how soon the first text is there, and what many at once cost.

The server, a stand-in for the API and the crowd of clients are a process each, on loopback, and this one
looks at pages. Everything is bounded in count and in time.
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import psutil

from bench.paced_api import Pace
from bench.report import ROOT, Row
from bench.serving import serving
from bench.visitors import Crowd, Visitor, gathered, later

if TYPE_CHECKING:
    from bench.__main__ import Run

PAGES = ("/contacts/", "/contacts/1/", "/assistant")
# A page beside the most streams, to its quiet time; and beside fewer, which are hardly to be felt: streams of another
# process on the machine make 1.04 to 1.18 of it.
BESIDE, BESIDE_FEWER = 3.0, 1.25
# Of a stream, in seconds between two pieces of some words each: a model's usual pace.
_EVERY = 0.2


# --- The processes ------------------------------------------------------------------------------


@contextmanager
def stand_in() -> Iterator["Api"]:
    """A paced API."""
    process = subprocess.Popen([sys.executable, "-m", "bench.paced_api"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Api(f"http://127.0.0.1:{int(process.stdout.readline())}", psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait()


@contextmanager
def server(api: str, database: str, **variables: str) -> Iterator["Server"]:
    """`manage.py serve` with the sample data, asking `api`."""
    with serving(database, CLAUDE_BASE_URL=api, CLAUDE_API_KEY="sk-ant-bench", **variables) as served:
        yield Server(served.port, process=served.process)


@dataclass(frozen=True)
class Api:
    address: str
    process: psutil.Process

    def counts(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.address}/counts", timeout=30) as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]


@dataclass(kw_only=True)
class Server(Visitor):
    """The server, and the one who is signed in there."""

    process: psutil.Process

    def inside(self) -> dict[str, float]:
        """Tasks and threads, descriptors and connections, megabytes."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/bench/inside", timeout=60) as answer:
            inside = json.loads(answer.read())
        return {
            **inside,
            "descriptors": self.process.num_fds(),
            "connections": len(self.process.net_connections("tcp")),
            "megabytes": self.process.memory_info().rss / 2**20,
        }


# --- What is measured ---------------------------------------------------------------------------


async def raw_sdk(api: str, *, times: int) -> list[float]:
    """Milliseconds from the API's first text to the SDK's, without anything of ours."""
    import anthropic

    warnings.simplefilter("ignore", DeprecationWarning)
    sdk, first = anthropic.AsyncAnthropic(api_key="bench", base_url=api, open_telemetry=False), list[float]()
    question = [{"role": "user", "content": Pace(3, 0.02, 0.05).as_question()}]
    for _ in range(times):
        async with sdk.messages.stream(
            model="claude-sonnet-4-5-20250929",
            max_tokens=100,
            messages=question,  # type: ignore[arg-type]
        ) as stream:
            async for text in stream.text_stream:
                if found := re.search(r"sent at (\S+) s", text):
                    first.append((time.monotonic() - float(found[1])) * 1000)
    await sdk.close()
    return first


async def first_text(here: Server, api: str, *, times: int) -> dict[str, float]:
    """By turns, so that whatever else the machine does meets both."""
    ours, raw = list[float](), list[float]()
    await here.answer(Pace(3, 0.02, 0.05))
    await raw_sdk(api, times=1)
    for _ in range(times):
        ours.append((await here.answer(Pace(3, 0.02, 0.05))).first_ms)
        raw += (await raw_sdk(api, times=2))[1:]
    return {
        "first_text_ms": median(ours),
        "first_text_raw_sdk_ms": median(raw),
        "first_text_beyond_sdk_ms": median(ours) - median(raw),
        "first_text_p95_ms": _p95(ours),
    }


async def pages(here: Server, *, seconds: float) -> list[float]:
    """One person who looks at one page after the other."""
    took, until = list[float](), time.monotonic() + seconds
    while time.monotonic() < until:
        for path in PAGES:
            took.append(await here.get(path))
        await asyncio.sleep(0.02)
    return took


async def crowd(
    here: Server, api: Api, *, size: int, seconds: float, elsewhere: Server | None = None
) -> dict[str, Any]:
    """`size` conversations at once, begun within a few seconds, while somebody looks at pages, `elsewhere` if that is
    named: what they take longer there is the machine's.

    They are clients in a process of their own: a page's time is read by one that does nothing else.
    """
    seen = elsewhere or here
    quiet = await pages(seen, seconds=seconds / 2)
    await here.answer(Pace(3, 0.02, 0.05))
    before = here.inside()
    coming = Crowd(here.port, here.cookies, size=size, begins=size / 100, pace=Pace(10_000, _EVERY, 0.3))
    with gathered(coming) as there:
        processes = {"server": here.process, "stand_in": api.process, "clients": there.process}
        began, used = time.monotonic(), {name: _cpu(process) for name, process in processes.items()}
        busy = await pages(seen, seconds=seconds)
        took = time.monotonic() - began
        cores = {name: (_cpu(process) - used[name]) / took for name, process in processes.items()}
        streaming, during = api.counts()["streaming"], here.inside()
    until = time.monotonic() + 20
    while here.inside()["threads"] > before["threads"] + 2 and time.monotonic() < until:
        await asyncio.sleep(0.2)
    return {
        "size": size,
        "at_once": streaming,
        "began": len(there.first_ms),
        "first_text_ms": median(there.first_ms),
        "first_text_p95_ms": _p95(there.first_ms),
        "megabytes_each": (during["megabytes"] - before["megabytes"]) / size,
        "threads": during["threads"],
        "cores": cores,
        "pages": len(busy),
        "page_median_ms": median(busy),
        "page_p95_ms": _p95(busy),
        "page_median_ratio": median(busy) / median(quiet),
        "page_p95_ratio": _p95(busy) / _p95(quiet),
    }


async def leavers(here: Server, api: Api, *, size: int, seconds: float = 10.0) -> dict[str, Any]:
    """`size` clients that leave in the middle: what is left of them, at most `seconds` later."""
    await here.answer(Pace(3, 0.02, 0.05))
    before, left_before = here.inside(), api.counts()["left"]
    begins = size / 100
    pace = Pace(1_000, 0.2, 0.3)
    await asyncio.gather(
        *(later(here.answer(pace, leaves_after=1.0), begins * number / size) for number in range(size))
    )
    began = time.monotonic()
    while True:
        after, cancelled = here.inside(), api.counts()["left"] - left_before
        is_back = all(after[kind] <= before[kind] + 2 for kind in ("tasks", "threads", "descriptors", "connections"))
        took = time.monotonic() - began
        if (is_back and cancelled == size) or took > seconds:
            break
        await asyncio.sleep(0.2)
    kinds = ("tasks", "threads", "descriptors", "connections")
    return {
        "size": size,
        "cancelled_upstream": cancelled,
        "seconds_until_gone": took,
        "left_behind": {kind: after[kind] - before[kind] for kind in kinds},
        "is_back": is_back and cancelled == size,
    }


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


# --- All of it ----------------------------------------------------------------------------------


async def measured(database: str, *, is_quick: bool = False) -> dict[str, Any]:
    """The figures; a quick run has fewer clients and less time."""
    sizes, seconds = ((50,), 3) if is_quick else ((200, 500), 12)
    with stand_in() as api, server(api.address, database) as here, server(api.address, f"{database}2") as other:
        for one in (here, other):
            await one.sign_in()
            for path in PAGES * 3:
                await one.get(path)
        return {
            "first": await first_text(here, api.address, times=10 if is_quick else 40),
            "crowds": [await crowd(here, api, size=size, seconds=seconds) for size in sizes],
            "elsewhere": await crowd(here, api, size=sizes[0], seconds=seconds, elsewhere=other),
            "left": await leavers(here, api, size=sizes[-1]),
        }


def rows(run: "Run") -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as place:
        found = asyncio.run(measured(f"sqlite:///{place}/db.sqlite3", is_quick=run.is_quick))
    yield from _rows_of_first(run, found["first"])
    for one in found["crowds"]:
        yield from _rows_of_crowd(one, is_quick=run.is_quick, is_last=one is found["crowds"][-1])
    yield from _rows_of_elsewhere(found["elsewhere"])
    left = found["left"]
    seconds = left["seconds_until_gone"] if left["is_back"] else 99.0
    yield _row("until nothing is left of those who left", f"{left['size']} streams", seconds, "s", goal=10)


def _rows_of_first(run: "Run", first: dict[str, float]) -> Iterator[Row]:
    yield _row("first text, the SDK alone", "one stream", first["first_text_raw_sdk_ms"], "ms")
    ours, p95 = first["first_text_ms"], first["first_text_p95_ms"]
    yield _row("first text, the page's", "one stream", ours, "ms", goal=run.clock(50), p95=p95)
    beyond = first["first_text_beyond_sdk_ms"]
    yield _row("first text, beyond the SDK", "one stream", beyond, "ms", goal=run.clock(10))


def _rows_of_crowd(crowd: dict[str, Any], *, is_quick: bool, is_last: bool) -> Iterator[Row]:
    """Of a few pages beside other work, the slowest say nothing: a quick run judges their median."""
    where = f"{crowd['at_once']} streams at once"
    yield _row("first text, the page's", where, crowd["first_text_ms"], "ms", p95=crowd["first_text_p95_ms"])
    yield _row("memory of a stream", where, crowd["megabytes_each"], "MB", goal=1)
    median_ratio, p95_ratio = crowd["page_median_ratio"], crowd["page_p95_ratio"]
    of_median, of_p95 = (None, BESIDE) if is_last and not is_quick else (BESIDE if is_quick else BESIDE_FEWER, None)
    yield _row("pages beside, median", where, crowd["page_median_ms"], "ms", goal=of_median, ratio=median_ratio)
    yield _row("pages beside, p95", where, crowd["page_p95_ms"], "ms", goal=of_p95, ratio=p95_ratio)


def _rows_of_elsewhere(crowd: dict[str, Any]) -> Iterator[Row]:
    """What the machine makes of pages, whatever the server does about streams."""
    where = f"{crowd['at_once']} streams of another process"
    yield _row("pages beside, median", where, crowd["page_median_ms"], "ms", ratio=crowd["page_median_ratio"])
    yield _row("pages beside, p95", where, crowd["page_p95_ms"], "ms", ratio=crowd["page_p95_ratio"])


def _row(what: str, where: str, measured: float, unit: str, **more: float | None) -> Row:
    return Row(part="streams", what=what, where=where, measured=measured, unit=unit, **more)
