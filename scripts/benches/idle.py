"""What a till costs while nothing happens: memory and processor time, signed in, basket open."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.benches.measured import Measured, limit
from scripts.benches.screen import LARGE, Till

NAMES = ("idle: resident memory", "idle: share of a core")
SETTLE_S = 2.0
WATCH_S = 5.0
TIMES = 3


def measure() -> Iterator[Measured]:
    """Yield the goals of a till at rest."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        till = Till(Path(folder) / "till", LARGE, 60)
        try:
            till.fill()
            time.sleep(SETTLE_S)
            shares = [_share(till) for _ in range(TIMES)]
            memory = till.terminal.resident_mb()
        finally:
            till.terminal.close()
    yield limit(NAMES[0], "MB", [memory], 110)
    yield limit(NAMES[1], "%", shares, 1)


def _share(till: Till) -> float:
    before = till.terminal.processor_s()
    time.sleep(WATCH_S)
    return (till.terminal.processor_s() - before) / WATCH_S * 100
