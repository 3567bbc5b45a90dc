"""`make bench`: measures, prints a table, writes `bench.json`; fails when a goal is missed by half.

Where a goal is missed today, what is reached takes its place there. BENCH=quick is short enough for every change, on
a machine that does other things too: it judges ratios, and nothing by the clock, and calls broken what is broken twice.
BENCH_ONLY=pages,weight runs these parts alone.
Each module of `PARTS` has `rows(run)`, which yields the rows of what it measured.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module

from bench import report
from bench.report import ROOT, Row

# In the order of the table. A part that needs what this machine lacks says so with `run.leave_out`.
PARTS = ("pages", "streams", "tokens", "bulk", "weight")
QUICK_PARTS = ("pages", "bulk")


@dataclass
class Run:
    is_quick: bool
    left_out: list[str] = field(default_factory=list)
    # What looked broken, and is measured once more: a part that can leaves out the rest.
    suspects: set[str] = field(default_factory=set)

    def clock(self, goal: float) -> float | None:
        """A goal that is read off the clock, and is no ratio."""
        return None if self.is_quick else goal

    def leave_out(self, what: str) -> None:
        if what not in self.left_out:
            self.left_out.append(what)


def measure(run: Run, parts: tuple[str, ...]) -> Iterator[Row]:
    for part in parts:
        began = time.monotonic()
        rows = list(import_module(f"bench.{part}").rows(run))
        if run.is_quick and any(row.is_broken for row in rows):
            rows = _measured_again(run, part, rows)
        yield from rows
        print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr)


def _measured_again(run: Run, part: str, rows: list[Row]) -> list[Row]:
    run.suspects = {row.what for row in rows if row.is_broken}
    print(f"{part}: once more, for {', '.join(sorted(run.suspects))}.", file=sys.stderr)
    again = list(import_module(f"bench.{part}").rows(run))
    run.suspects = set()
    replaced = {row.what for row in again}
    return [*(row for row in rows if row.what not in replaced), *again]


def main() -> int:
    began = time.monotonic()
    run = Run(is_quick=os.environ.get("BENCH", "") == "quick")
    only = [part for part in os.environ.get("BENCH_ONLY", "").split(",") if part]
    rows = list(measure(run, tuple(only) or (QUICK_PARTS if run.is_quick else PARTS)))
    report.print_table(rows)
    for reason in run.left_out:
        print(f"Left out: {reason}")
    report.write(rows, ROOT / "bench.json", left_out=run.left_out, seconds=time.monotonic() - began)
    broken = [row for row in rows if row.is_broken]
    for row in broken:
        bar = "its goal" if row.reached is None else f"the {row.reached:g} that were reached"
        print(f"BROKEN: {row.what}, {row.where}: more than one and a half times {bar}.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
