"""`make bench`: measures, prints a table, writes `bench.json`; fails when a goal is missed by half.

BENCH=quick is short enough for every change. BENCH_ONLY=pages,weight runs these parts alone.
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
# A quick run beside other work takes that many times as long, and nothing is wrong.
_PATIENCE = 2.0


@dataclass
class Run:
    is_quick: bool
    left_out: list[str] = field(default_factory=list)

    def clock(self, goal: float) -> float:
        """A goal that is read off the clock, and is no ratio: a quick run is for machines that do other things too."""
        return goal * _PATIENCE if self.is_quick else goal

    def leave_out(self, what: str) -> None:
        self.left_out.append(what)


def measure(run: Run, parts: tuple[str, ...]) -> Iterator[Row]:
    for part in parts:
        began = time.monotonic()
        yield from import_module(f"bench.{part}").rows(run)
        print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr)


def main() -> int:
    began = time.monotonic()
    run = Run(is_quick=os.environ.get("BENCH", "") == "quick")
    only = [part for part in os.environ.get("BENCH_ONLY", "").split(",") if part]
    rows = list(measure(run, tuple(only) or PARTS))
    report.print_table(rows)
    for reason in run.left_out:
        print(f"Left out: {reason}")
    report.write(rows, ROOT / "bench.json", left_out=run.left_out, seconds=time.monotonic() - began)
    broken = [row for row in rows if row.verdict == "BROKEN"]
    for row in broken:
        print(f"BROKEN: {row.what}, {row.where}: more than one and a half times its goal.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
