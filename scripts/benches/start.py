"""From the command to a screen that can be used, against the least Textual program's start."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.benches.floor_app import USABLE
from scripts.benches.measured import Measured, ratio
from scripts.benches.screen import LARGE, open_till, prepare
from scripts.benches.terminal import OnTerminal

NAMES = ("start to usable screen",)
STARTS = 9


def measure() -> Iterator[Measured]:
    """Yield the goal of a start, the two taking turns."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        home = prepare(Path(folder) / "till", LARGE)
        ours, under = [], []
        for _ in range(STARTS):
            under.append(_start(_floor, USABLE))
            ours.append(_start(lambda: open_till(home), "F12"))
    yield ratio(NAMES[0], "ms", ours, under, 2.5)


def _floor() -> OnTerminal:
    return OnTerminal(["scripts.benches.floor_app", "{scanner}"])


def _start(start: Callable[[], OnTerminal], usable: str) -> float:
    began = time.monotonic()
    terminal = start()
    try:
        return (terminal.wait_for(usable) - began) * 1000
    finally:
        terminal.close()
