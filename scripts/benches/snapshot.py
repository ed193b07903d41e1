"""A cold till that reads the centre's catalogue, against raw `executemany` of the very same rows.

Ours is a real courier process and a real centre process with its PostgreSQL, over HTTP: from the
first page asked for until the last article can be scanned with its price. The floor is a plain
connection with the till's settings that writes the same rows, made beforehand, into the same
tables and indexes of a new file, in one transaction. The centre shares the machine's processors.

`COMPTOIR_BENCH_ARTICLES` says how many articles; 1,000,000 take minutes. An article costs ours the
same whatever their number, but for the start of the courier (its first second is measured too); it
costs the floor more with each (an index in no order outgrows its cache), so that the ratio falls.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pos.store.catalogue import StoredCatalogue
from pos.store.open import open_catalogue
from scripts.benches.catalogue_data import barcode
from scripts.benches.goods import Source, courier, source
from scripts.benches.import_ import raw_insert, written
from scripts.benches.measured import Measured, ratio

ARTICLES = int(os.environ.get("COMPTOIR_BENCH_ARTICLES", "1000000"))
NAMES = (f"cold snapshot of {ARTICLES:,} articles, one of them",)
ROUNDS = 2
TIMES_MOST = 2.5
"""0.4 of the floor's articles a second is two and a half times its time an article."""

LOOK_S = 0.02
GIVE_UP_S = 600.0


def measure() -> Iterator[Measured]:
    """Yield the one measurement, in microseconds an article."""
    ours: list[float] = []
    floor: list[float] = []
    with source(ARTICLES) as centre, tempfile.TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            home = Path(folder) / f"till{turn}"
            ours.append(_snapshot(centre, home, f"T{turn + 1:02d}"))
            engine = open_catalogue(home / "data")
            batches = written(engine)
            engine.dispose()
            gc.collect()
            floor.append(raw_insert(Path(folder) / f"raw{turn}", batches, ARTICLES))
    yield ratio(NAMES[0], "µs", ours, floor, TIMES_MOST)


def _snapshot(centre: Source, home: Path, till: str) -> float:
    """Return the microseconds an article of a cold till's snapshot."""
    home.mkdir()
    centre.enrol(home, till)
    engine = open_catalogue(home / "data")
    catalogue, last = StoredCatalogue(engine), f"0{barcode(ARTICLES)}"
    with courier(home) as running:
        begun = _when(lambda: _is_at_work(home, running.pid))
        ended = _when(lambda: bool((found := catalogue.find(last)) and found.prices))
    engine.dispose()
    return (ended - begun) / ARTICLES * 1e6


def _is_at_work(home: Path, pid: int) -> bool:
    lock = home / "state" / "courier.lock"
    return lock.exists() and lock.read_text() == f"{pid}\n"


def _when(holds: Callable[[], bool]) -> float:
    """Return the instant at which something holds."""
    until = time.perf_counter() + GIVE_UP_S
    while not holds():
        if time.perf_counter() > until:
            raise TimeoutError
        time.sleep(LOOK_S)
    return time.perf_counter()
