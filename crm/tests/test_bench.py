"""What a benchmark calls broken: only that fails a change."""

import pytest

from bench.__main__ import Run, measure
from bench.report import Row


def row(measured, **bars):
    return Row("pages", "dashboard", "SQLite, 1,000", measured, "ms", **bars)


@pytest.mark.parametrize(
    ("measured", "bars", "verdict"),
    [
        (900, {}, ""),
        (900, {"ratio": 2.0, "goal": 2.0}, "ok"),
        (1, {"ratio": 3.0, "goal": 2.0}, "missed"),
        (1, {"ratio": 3.1, "goal": 2.0}, "BROKEN"),
        (3.1, {"goal": 2.0}, "BROKEN"),
        # Where nothing is allowed, anything is too much.
        (0, {"goal": 0}, "ok"),
        (1, {"goal": 0}, "BROKEN"),
        # What is reached is the bar where that misses the goal, and never lowers it.
        (9, {"goal": 2.0, "reached": 6.0}, "missed"),
        (9.1, {"goal": 2.0, "reached": 6.0}, "BROKEN"),
        (3, {"goal": 2.0, "reached": 1.0}, "missed"),
        (1.9, {"goal": 2.0, "reached": 6.0}, "ok"),
    ],
)
def test_broken_is_what_misses_its_bar_by_half(measured, bars, verdict):
    assert row(measured, **bars).verdict == verdict


@pytest.fixture
def measured(monkeypatch):
    """What a part measures, the first time and again; and how often, and for what, it was asked."""
    times, asked = [], []

    class Part:
        @staticmethod
        def rows(run):
            asked.append(set(run.suspects))
            yield from times[len(asked) - 1]

    monkeypatch.setattr("bench.__main__.import_module", lambda _name: Part)
    return times, asked


def verdicts(*, is_quick):
    return [one.verdict for one in measure(Run(is_quick), ("pages",))]


def test_a_quick_run_calls_broken_what_is_broken_twice(measured):
    times, asked = measured
    other = Row("pages", "contact", "SQLite, 1,000", 1.0, "ms", goal=2.0)
    times += [[row(4, goal=2.0), other], [row(2, goal=2.0)]]
    assert sorted(verdicts(is_quick=True)) == ["ok", "ok"]
    assert asked == [set(), {"dashboard"}]
    times[1] = [row(4, goal=2.0)]
    asked.clear()
    assert sorted(verdicts(is_quick=True)) == ["BROKEN", "ok"]


def test_a_whole_run_measures_once(measured):
    times, asked = measured
    times += [[row(4, goal=2.0)]]
    assert verdicts(is_quick=False) == ["BROKEN"]
    assert len(asked) == 1
