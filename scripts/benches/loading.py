"""From a scan to its line while the till's own courier reads a whole catalogue, against idle.

One real till on a pty with articles of its own and a basket of 60 lines, as in `screen`; idle is
the same till before its courier starts. Then the courier reads the centre's snapshot into the
same folder, and scans go on for as long as it does. Centre, courier and till share the machine.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pos.store.catalogue import StoredCatalogue
from pos.store.open import open_catalogue
from scripts.benches.catalogue_data import barcode
from scripts.benches.goods import courier, source
from scripts.benches.measured import Measured, ratio_p99
from scripts.benches.screen import SMALL, Till

ARTICLES = int(os.environ.get("COMPTOIR_BENCH_ARTICLES", "1000000"))
NAMES = (f"scan to screen while {ARTICLES:,} articles come in, p99",)
TIMES_MOST = 2.0
IDLE, LINES = 400, 60
PAUSE_S = 0.05
"""Between two scans: a cashier is not faster, and the courier has the time in between."""


def measure() -> Iterator[Measured]:
    """Yield the one measurement, in milliseconds."""
    with source(ARTICLES) as centre, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "till"
        till = Till(home, SMALL, LINES)
        try:
            till.fill()
            idle = [_one(till) for _ in range(IDLE)]
            centre.enrol(home, "T01")
            with courier(home):
                busy = list(_while_loading(till, home))
        finally:
            till.terminal.close()
    yield ratio_p99(NAMES[0], "ms", busy, idle, TIMES_MOST)


def _while_loading(till: Till, home: Path) -> Iterator[float]:
    engine = open_catalogue(home / "data")
    catalogue, last = StoredCatalogue(engine), f"0{barcode(ARTICLES)}"
    while not ((found := catalogue.find(last)) and found.prices):
        yield _one(till)
    engine.dispose()


def _one(till: Till) -> float:
    took = till.one()
    till.terminal.drain()
    till.empty_if_long()
    time.sleep(PAUSE_S)
    return took
