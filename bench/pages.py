"""How long the pages take, beside the floor, for books of three sizes on both engines.

Each book is read by a process of its own (`bench.pages_worker`), which asks the floor and all
pages in turn: what the machine does meanwhile falls on all of them alike.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import books
from bench.books import Database
from bench.report import ROOT, Row
from crm.tests.services import missing_postgresql

if TYPE_CHECKING:
    from bench.__main__ import Run

SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000, 10_000)
SECONDS, QUICK_SECONDS = 20.0, 6.0
FLOOR, PLAINEST = "floor: fifty rows", "floor: ok"
# Of the medians to the floor's: at any size, and how much more at the greatest size than at the least.
GOALS = {
    "contact list, first page": (1.5, 1.2),
    "contact list, a deep page": (1.5, 1.2),
    "search, hit": (1.5, 1.5),
    "search, one letter": (1.5, 1.5),
    "search, two words": (1.5, 1.5),
    "search, rare hit": (1.5, 1.5),
    "search, miss": (1.5, 1.5),
    "contact": (2.0, 1.2),
    "contact, 3,000 interactions": (2.0, 1.2),
    "dashboard": (3.0, 1.5),
    "briefing by rules": (3.0, 1.2),
    "admin, list": (8.0, 1.5),
    "admin, form": (8.0, 1.5),
}


def rows(run: "Run") -> Iterator[Row]:
    sizes = QUICK_SIZES if run.is_quick else SIZES
    engines = {"SQLite": books.sqlite}
    if reason := missing_postgresql():
        run.leave_out(f"pages on PostgreSQL: {reason}.")
    else:
        engines["PostgreSQL"] = books.postgresql
    for make in engines.values():
        yield from _of_engine([make(size) for size in sizes], QUICK_SECONDS if run.is_quick else SECONDS)


def _of_engine(databases: list[Database], seconds: float) -> Iterator[Row]:
    ratios: dict[str, list[float]] = {}
    for database in databases:
        times = _ask(database, seconds)
        floor = times[FLOOR]["median"]
        for what, found in times.items():
            ratio = found["median"] / floor
            goal = GOALS[what][0] if what in GOALS else None
            ratios.setdefault(what, []).append(ratio)
            yield Row(
                part="pages",
                what=what,
                where=database.where,
                measured=found["median"],
                unit="ms",
                goal=goal,
                ratio=ratio,
                p95=found["p95"],
            )
    least, greatest = databases[0], databases[-1]
    where = f"{greatest.engine}, {least.size:,} to {greatest.size:,}"
    for what, (_goal, growth) in GOALS.items():
        grown = ratios[what][-1] / ratios[what][0]
        yield Row(part="pages", what=f"{what}: growth", where=where, measured=grown, unit="×", goal=growth)


def _ask(database: Database, seconds: float) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.pages_worker", str(seconds)]
    said = subprocess.run(command, cwd=ROOT, env=database.environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, dict[str, float]] = json.loads(said.stdout)
    return found
