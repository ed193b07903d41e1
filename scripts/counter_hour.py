"""`scripts/hour`: a counter with every device, whose troubles are switched by a seed.

Exit 1 when a device's own log and the journal do not agree, or when too little happened for that
to say something; the line that asks for the same gestures again is printed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.hour.demands import demand
from tests.hour.run import run


def main() -> int:
    """Run hours; print what was done in each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000_000))
    asked.add_argument("--gestures", type=int, default=3_000)
    asked.add_argument("--hours", type=int, default=1)
    given = asked.parse_args()
    for seed in range(given.seed, given.seed + given.hours):
        again = f"scripts/hour --seed {seed} --gestures {given.gestures}"
        with tempfile.TemporaryDirectory(prefix="comptoir-hour-") as folder:
            try:
                found = run(Path(folder) / "home", seed, given.gestures)
                demand(found, given.gestures)
            except AssertionError as broken:
                sys.stdout.write(f"✗ {again}\n  {broken}\n")
                return 1
        told = ", ".join(f"{name} {count}" for name, count in sorted(found.did.items()))
        sys.stdout.write(f"✓ {again}\n  {told}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
