"""What a benchmark says: one row for each thing measured, beside its goal where there is one."""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A goal that is missed by half is no noise of a shared machine.
BROKEN = 1.5


@dataclass(frozen=True)
class Row:
    """`measured` is in `unit`; the goal is the most that `ratio` may be, or `measured` where there is none.

    `reached` is what it was when it was last measured with care, where that misses the goal: worse than that by half
    is broken, so that things can only get better.
    """

    part: str
    what: str
    where: str
    measured: float
    unit: str
    goal: float | None = None
    # To the floor, or to whatever the goal is a multiple of.
    ratio: float | None = None
    p95: float | None = None
    reached: float | None = None

    @property
    def judged(self) -> float:
        return self.measured if self.ratio is None else self.ratio

    @property
    def share(self) -> float | None:
        """Of the goal: 1 just meets it, more misses it."""
        if self.goal == 0:
            # Where nothing is allowed, one is twice too much.
            return 1 + self.judged
        return None if self.goal is None else self.judged / self.goal

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        if self.judged <= self.goal:
            return "ok"
        return "BROKEN" if self.judged > BROKEN * max(self.goal, self.reached or 0) else "missed"

    @property
    def is_broken(self) -> bool:
        return self.verdict == "BROKEN"


def print_table(rows: Sequence[Row]) -> None:
    lines = list(_lines(rows))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


def _lines(rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    yield "what", "where", "measured", "p95", "ratio", "goal", ""
    for row in rows:
        yield (
            row.what,
            row.where,
            f"{_number(row.measured)} {row.unit}",
            "" if row.p95 is None else _number(row.p95),
            "" if row.ratio is None else f"{row.ratio:.2f} ×",
            "" if row.goal is None else f"≤ {row.goal:g}{' ×' if row.ratio is not None else ''}",
            row.verdict,
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write(rows: Sequence[Row], path: Path, *, left_out: Sequence[str], seconds: float) -> None:
    machine = {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    said = {
        "seconds": round(seconds, 1),
        "machine": machine,
        "left_out": list(left_out),
        "rows": [asdict(row) | {"share": row.share, "verdict": row.verdict} for row in rows],
    }
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
