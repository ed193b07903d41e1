"""`scripts/bench`: run the measurements and print them, one a line."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator

import scripts.benches
from scripts.benches.measured import Measured


def main() -> int:
    """Measure what was asked; exit 1 when a goal does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="only what has NAME in its name")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args()
    held = True
    for found in measurements(asked.only):
        held = held and found["holds"]
        print(json.dumps(found) if asked.json else _line(found), flush=True)
    return 0 if held else 1


def measurements(only: str | None) -> Iterator[Measured]:
    """Run each module that has a `measure`; a module is skipped when none of its NAMES fits."""
    for info in sorted(pkgutil.iter_modules(scripts.benches.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"scripts.benches.{info.name}")
        names = getattr(module, "NAMES", ())
        if names and (only is None or any(only in name for name in names)):
            for found in module.measure():
                if only is None or only in found["name"]:
                    yield found


def _line(found: Measured) -> str:
    ratio = "" if found["ratio"] is None else f"ratio {found['ratio']:.2f} "
    holds = "holds" if found["holds"] else "DOES NOT HOLD"
    return (
        f"{found['name']:<44} median {found['median']:.3f} p99 {found['p99']:.3f}"
        f" {found['unit']} (n={found['n']}) {ratio}goal {found['goal']}: {holds}"
    )


if __name__ == "__main__":
    sys.exit(main())
