"""Closing a day: all that the till does for it, against its SQL aggregates run bare.

Ours is `close_day`: the figures, the country's signed total, the entries of the steps with their
projections, each safe on disk. The floor asks the same file, in the same run, the statements of
the figures over the whole day and nothing else. Memory is measured in a process of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pysqlite3 import dbapi2

from pos.domain.staff import Person
from pos.main.join import desk_of
from pos.store.figures import STATEMENTS
from pos.store.open import FILE
from pos.till import start
from pos.till.closing import close_day
from scripts.benches.day_data import EVENING, DayClock, fill, till_of
from scripts.benches.measured import Measured, limit, ratio

TICKETS = 5_000
MANY = 20_000
TIMES = 7
NAMES = (
    "closing a day of 5,000 tickets",
    "closing: a ticket of 20,000 against one of 5,000",
    "closing: memory of 20,000 tickets over 5,000",
)
RATIO = 3.0
GROWTH = 1.3
MEMORY_MB = 2.0


def measure() -> Iterator[Measured]:
    """Yield the goals of closing: its ratio, that it is linear, and that memory stays."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        base = Path(name)
        days = {tickets: base / str(tickets) for tickets in (TICKETS, MANY)}
        for tickets, folder in days.items():
            fill(folder, tickets)
        few, many, floor = [], [], []
        for _ in range(TIMES):
            few.append(_close_copy(days[TICKETS]))
            floor.append(_bare(days[TICKETS]))
            many.append(_close_copy(days[MANY]) * TICKETS / MANY)
        yield ratio(NAMES[0], "ms", few, floor, RATIO)
        yield ratio(NAMES[1], "ms", many, few, GROWTH)
        grown = [_resident_mb(days[MANY]) - _resident_mb(days[TICKETS]) for _ in range(3)]
        yield limit(NAMES[2], "MB", grown, MEMORY_MB)


def _close_copy(folder: Path) -> float:
    """Close the day of a copy; return the milliseconds that it took."""
    copy = folder.with_suffix(".copy")
    shutil.copytree(folder, copy)
    try:
        return close(copy)
    finally:
        shutil.rmtree(copy)


def close(folder: Path) -> float:
    """Close the day in a folder; return its milliseconds."""
    clock = DayClock(EVENING)
    settings, store = till_of(folder, clock)
    desk = desk_of(settings, store, clock=clock)
    start.start(desk)
    desk.person = Person("bench-1", "90", "bench", "manager")
    begun = time.perf_counter()
    closed = close_day(desk)
    took = (time.perf_counter() - begun) * 1e3
    store.close()
    if not closed.figures.total:
        raise ValueError("the day that was closed is empty")
    return took


def _bare(folder: Path) -> float:
    """Return the milliseconds of the figures' statements alone."""
    connection = dbapi2.connect(f"file:{folder / 'data' / FILE}?mode=ro", uri=True)
    begun = time.perf_counter()
    (end,) = connection.execute("SELECT max(ordinal) FROM entry").fetchone()
    for statement in STATEMENTS:
        connection.execute(statement, (0, end)).fetchall()
    took = (time.perf_counter() - begun) * 1e3
    connection.close()
    return took


def _resident_mb(folder: Path) -> float:
    """Return the most memory that a process which does nothing but close the day ever had."""
    copy = folder.with_suffix(".copy")
    shutil.copytree(folder, copy)
    try:
        command = [sys.executable, "-m", "scripts.benches.closing", str(copy)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(ended.stdout)
    finally:
        shutil.rmtree(copy)


if __name__ == "__main__":
    close(Path(sys.argv[1]))
    status = Path("/proc/self/status").read_text("ascii")
    print(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024)
