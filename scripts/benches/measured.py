"""What a measurement is: a median and a p99, its floor in the same run, and whether a goal holds.

A module of this folder that measures names its measurements in `NAMES` and yields them from
`measure()`. A ratio is ours / floor, the two interleaved; an absolute limit has no floor.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypedDict


class Measured(TypedDict):
    """One measurement; `median`, `p99` and `floor` are in `unit`."""

    name: str
    unit: str
    n: int
    median: float
    p99: float
    floor: float | None
    ratio: float | None
    goal: str
    holds: bool


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile (the largest of fewer than a hundred)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def ratio(
    name: str, unit: str, ours: Sequence[float], floor: Sequence[float], most: float
) -> Measured:
    """Return the measurement of medians: ours over the floor's, at most `most`."""
    middle, under = statistics.median(ours), statistics.median(floor)
    times = middle / under
    return {
        "name": name,
        "unit": unit,
        "n": len(ours),
        "median": middle,
        "p99": p99(ours),
        "floor": under,
        "ratio": times,
        "goal": f"ratio ≤ {most:g}",
        "holds": times <= most,
    }


def ratio_p99(
    name: str, unit: str, ours: Sequence[float], floor: Sequence[float], most: float
) -> Measured:
    """Return the measurement of 99th percentiles: ours over the floor's, at most `most`."""
    found = ratio(name, unit, ours, floor, most)
    times = p99(ours) / p99(floor)
    return {**found, "floor": p99(floor), "ratio": times, "holds": times <= most}


def limit(name: str, unit: str, values: Sequence[float], most: float) -> Measured:
    """Return a measurement with an absolute limit on its median."""
    middle = statistics.median(values)
    return {
        "name": name,
        "unit": unit,
        "n": len(values),
        "median": middle,
        "p99": p99(values),
        "floor": None,
        "ratio": None,
        "goal": f"≤ {most:g} {unit}",
        "holds": middle <= most,
    }


def limit_p99(name: str, unit: str, values: Sequence[float], most: float) -> Measured:
    """Return a measurement with an absolute limit on its 99th percentile."""
    found = limit(name, unit, values, most)
    return {**found, "goal": f"p99 ≤ {most:g} {unit}", "holds": p99(values) <= most}
