"""How long the pages take, beside the floor, for books of three sizes on both engines.

Each book is read by a process of its own (`bench.pages_worker`), which asks the floor and all
pages in turn: what the machine does meanwhile falls on all of them alike. A quick run, on SQLite
alone, counts what the process computes, which others hardly change.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import books
from bench.books import Database
from bench.report import ROOT, Row
from crm.tests.services import missing_postgresql

if TYPE_CHECKING:
    from bench.__main__ import Run

SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000, 3_000)
SECONDS, QUICK_SECONDS = 20.0, 4.0
FLOOR, PLAINEST = "floor: fifty rows", "floor: ok"


@dataclass(frozen=True)
class Goal:
    """Of a page's median to the floor's, and how much more at the greatest size than at the least."""

    ratio: float
    # None where books of different sizes show pages of different length.
    growth: float | None
    # What it is today where that misses it, on SQLite (docs/performance.md): to be lowered with each gain.
    reached: float | None = None


GOALS = {
    "contact list, first page": Goal(1.5, 1.2),
    "contact list, a deep page": Goal(1.5, 1.2),
    "search, hit": Goal(1.5, 1.5),
    "search, one letter": Goal(1.5, 1.5),
    "search, two words": Goal(1.5, 1.5),
    # Among 100,000 it fills a page, and among 1,000 it finds hardly anybody.
    "search, name and city": Goal(1.5, growth=None),
    "search, rare hit": Goal(1.5, 1.5),
    "search, miss": Goal(1.5, 1.5),
    "contact": Goal(2.0, 1.2),
    "contact, 3,000 interactions": Goal(2.0, 1.2),
    "dashboard": Goal(3.0, 1.5),
    "briefing by rules": Goal(3.0, 1.2),
    "admin, list": Goal(8.0, 1.5),
    "admin, form": Goal(8.0, 1.5),
}


@dataclass(frozen=True)
class Timing:
    """Milliseconds, and the median as a multiple of the floor's of the same turns."""

    median: float
    p95: float
    ratio: float


def rows(run: "Run") -> Iterator[Row]:
    sizes = QUICK_SIZES if run.is_quick else SIZES
    asked = [what for what in GOALS if not run.suspects or run.suspects & {what, _growth(what)}]
    for make in _engines(run).values():
        yield from _of_engine([make(size) for size in sizes], asked, is_quick=run.is_quick)


def _engines(run: "Run") -> dict[str, Callable[[int], Database]]:
    engines: dict[str, Callable[[int], Database]] = {"SQLite": books.sqlite}
    if run.is_quick:
        run.leave_out("pages on PostgreSQL: a quick run has no time to make their books.")
    elif reason := missing_postgresql():
        run.leave_out(f"pages on PostgreSQL: {reason}.")
    else:
        engines["PostgreSQL"] = books.postgresql
    return engines


def _of_engine(databases: list[Database], asked: list[str], *, is_quick: bool) -> Iterator[Row]:
    found = {database: _ask(database, asked, is_quick=is_quick) for database in databases}
    for database, timings in found.items():
        for what, timing in timings.items():
            goal = GOALS.get(what)
            yield Row(
                part="pages",
                what=what,
                where=database.where,
                measured=timing.median,
                unit="ms",
                goal=goal.ratio if goal else None,
                ratio=timing.ratio,
                p95=timing.p95,
                reached=goal.reached if goal else None,
            )
    least, greatest = databases[0], databases[-1]
    where = f"{greatest.engine}, {least.size:,} to {greatest.size:,}"
    for what, goal in ((what, GOALS[what]) for what in asked):
        if goal.growth is None:
            continue
        grown = found[greatest][what].ratio / found[least][what].ratio
        yield Row("pages", _growth(what), where, grown, "×", goal=goal.growth)


def _growth(what: str) -> str:
    return f"{what}: growth"


def _ask(database: Database, asked: list[str], *, is_quick: bool) -> dict[str, Timing]:
    clock, seconds = ("cpu", QUICK_SECONDS) if is_quick else ("wall", SECONDS)
    command = [sys.executable, "-W", "ignore", "-m", "bench.pages_worker", clock, str(seconds), *asked]
    said = subprocess.run(command, cwd=ROOT, env=database.environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, dict[str, float]] = json.loads(said.stdout)
    floor = found[FLOOR]["median"]
    return {what: Timing(**its, ratio=its["median"] / floor) for what, its in found.items()}
