"""What a till costs while nothing happens: memory and processor time, signed in, basket open.

Measured once with a scanner alone, and once with every device connected; the devices themselves
are emulated in this process, so that the till's own share is what counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from devices.card.emulator import EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.printer.emulator import EmulatedPrinter
from devices.scale.emulator import EmulatedScale
from scripts.benches.measured import Measured, limit
from scripts.benches.screen import LARGE, Till

NAMES = (
    "idle: resident memory",
    "idle: share of a core",
    "idle with every device: share of a core",
)
SETTLE_S = 2.0
WATCH_S = 5.0
TIMES = 3


def measure() -> Iterator[Measured]:
    """Yield the goals of a till at rest."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        shares, memory = _rest(Path(folder) / "till", {})
        with ExitStack() as plugged:
            printer = plugged.enter_context(closing(EmulatedPrinter("printer")))
            display = plugged.enter_context(closing(EmulatedDisplay("display", "cp858")))
            scale = plugged.enter_context(closing(EmulatedScale("scale", "toledo")))
            card = plugged.enter_context(closing(EmulatedTerminal("card", "concert-e+")))
            busy, _ = _rest(Path(folder) / "counter", {
                "PRINTER__URL": printer.url,
                "DRAWER__URL": "printer",
                "DISPLAY__URL": display.url,
                "SCALE__URL": scale.url,
                "CARDS": f'[{{name = "card", url = "{card.url}", protocol = "concert-e+"}}]',
            })  # fmt: skip
            if not scale.given:
                raise RuntimeError("the till never asked its scale: it was not connected")
    yield limit(NAMES[0], "MB", [memory], 110)
    yield limit(NAMES[1], "%", shares, 1)
    yield limit(NAMES[2], "%", busy, 2)


def _rest(home: Path, devices: dict[str, str]) -> tuple[list[float], float]:
    """Return the shares of a core, in percent, and the memory of a till that only waits."""
    more = {f"COMPTOIR__DEVICES__{name}": url for name, url in devices.items()}
    till = Till(home, LARGE, 60, more)
    try:
        till.fill()
        time.sleep(SETTLE_S)
        return [_share(till) for _ in range(TIMES)], till.terminal.resident_mb()
    finally:
        till.terminal.close()


def _share(till: Till) -> float:
    before = till.terminal.processor_s()
    time.sleep(WATCH_S)
    return (till.terminal.processor_s() - before) / WATCH_S * 100
