"""From a scan's last byte into a pty to its line out of another, the real till on both.

Everything is in it: the reader thread, the code's rules, the catalogue, the basket's step safe on
disk, and the drawing. The floor reads the same scans with the same thread and repaints one line.
The two take turns, scan by scan; so do small and large baskets, and small and large catalogues.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.numbers import format_currency

from pos.domain.events import StaffAdded
from pos.domain.staff import Person
from pos.main.world import ArgonPins, SystemClock, UlidIds
from pos.store.open import CATALOGUE_FILE, Who, open_store
from scripts.benches.catalogue_data import barcode, prepared, rows
from scripts.benches.floor_app import USABLE
from scripts.benches.measured import Measured, ratio, ratio_p99
from scripts.benches.terminal import NotSeen, OnTerminal

NAMES = (
    "scan to screen: 60 lines, 1,000,000 articles",
    "scan to screen: 60 lines, 1,000,000 articles, p99",
    "scan to screen: 1,000 lines over 10",
    "scan to screen: 1,000,000 articles over 1,000",
)
SMALL, LARGE = 1_000, 1_000_000
SCANS = 200
CYCLE = 20
HANDFUL = 10
NUMBER, PIN = "1", "2468"
CARD, APPROVED = "\x1b[21~", "1"
SIGNED_IN = "Bench"


class Till:
    """One real till on a terminal, its catalogue and its basket near a size.

    Two scans after each other never have one price, so that each shows an amount of its own. A
    folder that is there already was made by `prepare`.
    """

    def __init__(
        self, home: Path, articles: int, lines: int, more: Mapping[str, str] | None = None
    ) -> None:
        self._cents = {int(price.replace(".", "")): code for code, _, price in rows(SMALL)}
        self._next = itertools.cycle(self._cents.items())
        self._lines, self._open = lines, 0
        self.terminal = open_till(home if home.exists() else prepare(home, articles), more)
        try:
            sign_in(self.terminal)
        except NotSeen:
            self.terminal.close()
            raise

    def fill(self) -> None:
        """Scan until the basket has its size, a handful of codes at a time."""
        while self._open < self._lines:
            for _ in range(min(HANDFUL, self._lines - self._open) - 1):
                self.terminal.scan(next(self._next)[1])
                self._open += 1
            self.one()

    def one(self) -> float:
        """Scan one article; return the milliseconds until its line was out."""
        cents, code = next(self._next)
        self.terminal.scan(code)
        began = time.monotonic()
        shown = self.terminal.wait_for(f"= {euros(cents)}")
        self._open += 1
        return (shown - began) * 1000

    def empty_if_long(self) -> None:
        """Sell the basket when it has grown by a cycle, and fill another."""
        if self._open >= self._lines + max(CYCLE, self._lines // 3):
            self.terminal.type(CARD, APPROVED)
            self._open = 0
            self.fill()


class Floor:
    """The least program, scanning the same way."""

    def __init__(self) -> None:
        self.terminal = OnTerminal(["scripts.benches.floor_app", "{scanner}"])
        self.terminal.wait_for(USABLE)
        self._number = 0

    def one(self) -> float:
        """Scan once; return the milliseconds until the line was out."""
        self._number += 1
        code = barcode(self._number)
        self.terminal.scan(code)
        began = time.monotonic()
        return (self.terminal.wait_for(code) - began) * 1000


def euros(cents: int) -> str:
    """Return an amount as the French till writes it."""
    text: str = format_currency(cents / 100, "EUR", locale="fr_FR")
    return text.replace("\u202f", "\u00a0")


def prepare(home: Path, articles: int) -> Path:
    """Make a till's folder with that many articles and one person who may sell."""
    (home / "data").mkdir(parents=True, mode=0o700)
    shutil.copy(prepared(articles), home / "data" / CATALOGUE_FILE)
    store = open_store(home / "data", home / "state", Who("S001", "T01", "bench"),
                       SystemClock(), UlidIds())  # fmt: skip
    person = Person("bench-1", NUMBER, SIGNED_IN, "manager")
    store.people.add(person, ArgonPins().hash(PIN))
    store.ledger.record(StaffAdded(staff=person.ref, role=person.role))
    store.close()
    return home


def open_till(home: Path, more: Mapping[str, str] | None = None) -> OnTerminal:
    """Start the till's own command on a folder, with `more` of its settings in the environment."""
    environ = {
        "COMPTOIR_HOME": str(home),
        "COMPTOIR__TILL__FISCAL": "none",
        "COMPTOIR__DEVICES__SCANNERS": '[{name = "scanner", url = "{scanner}"}]',
    } | dict(more or {})
    return OnTerminal(["pos.main", "till"], environ)


def sign_in(terminal: OnTerminal) -> None:
    """Wait for the screen and sign in."""
    terminal.wait_for("F12")
    terminal.drain()
    terminal.type(NUMBER, "\r", *PIN)
    terminal.press("\r")
    terminal.wait_for(SIGNED_IN)
    terminal.drain()


def measure() -> Iterator[Measured]:
    """Yield the goals of the screen."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        home = Path(folder)
        yield from _scans(home)
        yield from _baskets(home)


def _scans(home: Path) -> Iterator[Measured]:
    large, small, floor = Till(home / "a", LARGE, 60), Till(home / "b", SMALL, 60), Floor()
    try:
        large.fill()
        small.fill()
        ours, little, under = _interleaved(SCANS, large, small, floor)
    finally:
        _close(large, small, floor)
    yield ratio(NAMES[0], "ms", ours, under, 2.5)
    yield ratio_p99(NAMES[1], "ms", ours, under, 6)
    yield ratio(NAMES[3], "ms", ours, little, 1.3)


def _baskets(home: Path) -> Iterator[Measured]:
    long, short = Till(home / "c", SMALL, 1_000), Till(home / "d", SMALL, 10)
    try:
        long.fill()
        short.fill()
        many, few = _interleaved(SCANS, long, short)
    finally:
        _close(long, short)
    yield ratio(NAMES[2], "ms", many, few, 1.5)


def _interleaved(n: int, *sides: Till | Floor) -> list[list[float]]:
    took: list[list[float]] = [[] for _ in sides]
    for _ in range(n):
        for side, times in zip(sides, took, strict=True):
            times.append(side.one())
            side.terminal.drain()
        for side in sides:
            if isinstance(side, Till):
                side.empty_if_long()
    return took


def _close(*sides: Till | Floor) -> None:
    for side in sides:
        side.terminal.close()
