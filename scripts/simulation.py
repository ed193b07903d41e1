"""`scripts/sim`: schedules of many tills and a centre, each replayed from its seed.

Exit 1 when one breaks an invariant; its last deeds are printed, and the line that replays it.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from tests.sim.rules import RULES
from tests.sim.schedule import STEPS, Broken, Done
from tests.sim.world import run

TRACE_LINES = 60


@dataclass
class Tally:
    """What a series of schedules came to."""

    schedules: int = 0
    sales: int = 0
    rounds_max: int = 0
    broken: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, done: Done) -> None:
        """Count one schedule that held."""
        self.schedules += 1
        self.sales += done.sales
        self.rounds_max = max(self.rounds_max, done.rounds)
        self.counts.update(done.counts)


def main() -> int:
    """Run what was asked for; 0 when every schedule held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed; a fresh one when left out")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each schedule")
    parser.add_argument("--seeds", type=int, default=1, help="how many schedules")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--without", action="append", default=[], choices=sorted(RULES))
    asked = parser.parse_args()
    first = secrets.randbelow(10**9) if asked.seed is None else asked.seed
    one = partial(attempt, steps=asked.steps, removed=tuple(asked.without))
    seeds, tally = range(first, first + asked.seeds), Tally()
    with ProcessPoolExecutor(max_workers=asked.jobs) as pool:
        for seed, done in zip(seeds, pool.map(one, seeds, chunksize=8), strict=True):
            if isinstance(done, Done):
                tally.add(done)
                continue
            tally.broken.append(seed)
            tell(done, seed, asked.steps, asked.without)
    print(summary(tally, first))
    return 1 if tally.broken else 0


def attempt(seed: int, steps: int, removed: tuple[str, ...]) -> Done | tuple[str, list[str]]:
    """Run one schedule; return how it went, or what broke and the last deeds before it."""
    try:
        return run(seed, steps, removed)
    except Broken as broken:
        return broken.what, broken.trace[-TRACE_LINES:]


def tell(broken: tuple[str, list[str]], seed: int, steps: int, without: list[str]) -> None:
    """Print what broke, and how to see it again."""
    what, trace = broken
    print(*trace, sep="\n")
    flags = "".join(f" --without {rule}" for rule in without)
    print(f"BROKEN  {what}\n        scripts/sim --seed {seed} --steps {steps}{flags}")


def summary(tally: Tally, first: int) -> str:
    """Return what the schedules came to, in words."""
    deeds = ", ".join(f"{name} {count:,}" for name, count in sorted(tally.counts.items()))
    return (
        f"{tally.schedules:,} schedules held from seed {first} on, {len(tally.broken)} broke;"
        f" {tally.sales:,} sales; together again in {tally.rounds_max} rounds at most; {deeds}"
    )


if __name__ == "__main__":
    sys.exit(main())
