"""What a till costs while nothing happens: memory and processor time, signed in, basket open.

Measured once with a scanner alone, and once with every device connected; the devices themselves
are emulated in this process, so that the till's own share is what counts. The customers' screen
is a program of its own, as on its monitor: it is open, and its share is added to the till's.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from devices.card.emulator import EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from scripts.benches.measured import Measured, limit
from scripts.benches.screen import LARGE, Till
from scripts.benches.terminal import OnTerminal

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
        till = Till(Path(folder) / "till", LARGE, 60)
        with closing(till.terminal):
            till.fill()
            shares, memory = _shares(till.terminal), till.terminal.resident_mb()
        busy = _whole_counter(Path(folder) / "counter")
    yield limit(NAMES[0], "MB", [memory], 110)
    yield limit(NAMES[1], "%", shares, 1)
    yield limit(NAMES[2], "%", busy, 2)


def _whole_counter(home: Path) -> list[float]:
    """Return the shares of a till with every device and a customers' screen."""
    with ExitStack() as plugged:
        printer = plugged.enter_context(closing(EmulatedPrinter("printer")))
        spare = plugged.enter_context(closing(EmulatedPrinter("spare")))
        labels = plugged.enter_context(closing(EmulatedLabelPrinter("labels")))
        second = plugged.enter_context(closing(EmulatedScanner("second")))
        display = plugged.enter_context(closing(EmulatedDisplay("display", "cp858")))
        scale = plugged.enter_context(closing(EmulatedScale("scale", "toledo")))
        card = plugged.enter_context(closing(EmulatedTerminal("card", "concert-e+")))
        devices = {
            "PRINTER__URL": printer.url,
            "SPARE__URL": spare.url,
            "LABELS__URL": labels.url,
            "DRAWER__URL": "printer",
            "DISPLAY__URL": display.url,
            "SCALE__URL": scale.url,
            "CUSTOMER_SCREEN__ON": "true",
            "CARDS": f'[{{name = "card", url = "{card.url}", protocol = "concert-e+"}}]',
            "SCANNERS": '[{name = "scanner", url = "{scanner}"},'
            f' {{name = "second", url = "{second.url}"}}]',
        }
        more = {f"COMPTOIR__DEVICES__{name}": url for name, url in devices.items()}
        till = Till(home, LARGE, 60, more)
        plugged.enter_context(closing(till.terminal))
        screen = plugged.enter_context(
            closing(OnTerminal(["pos.main", "customer-screen"], {"COMPTOIR_HOME": str(home)}))
        )
        till.fill()
        screen.wait_for("TOTAL")
        found = _shares(till.terminal, screen)
        heard = {"scale": scale.given, "spare": spare.received, "labels": labels.received}
        if not all(heard.values()):
            raise RuntimeError(f"the till never asked every device: {heard}")
        return found


def _shares(*programs: OnTerminal) -> list[float]:
    """Return the shares of a core, in percent, of programs that only wait."""
    time.sleep(SETTLE_S)
    return [_share(programs) for _ in range(TIMES)]


def _share(programs: Sequence[OnTerminal]) -> float:
    before = sum(one.processor_s() for one in programs)
    time.sleep(WATCH_S)
    return (sum(one.processor_s() for one in programs) - before) / WATCH_S * 100
