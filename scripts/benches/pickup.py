"""The clerk's screen of a real till on a terminal: long lists over short, a pass over an article.

The orders lie in the till's own copy of the centre, as its courier would have left them; no centre
is there. All are interleaved with what they are compared with.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.feed import States
from pos.domain.order import Contract, Order, OrderLine, OrderState
from pos.domain.pickup_pass import Pass, sealed
from pos.domain.shift import instant_text
from pos.ports.centre import Enrolment, FeedPage, ReadingKept
from pos.store.mirror import MirrorFile
from scripts.benches.measured import Measured, ratio
from scripts.benches.screen import SMALL, Till

NAMES = (
    "worklist opens: 500 orders over 5",
    "worklist scrolls: 500 orders over 5",
    "pass to screen over article to screen",
)
MANY, FEW = 500, 5
TIMES = 60
OPEN, LEAVE, DOWN, UP = "\x07", "\x1b", "\x1b[B", "\x1b[A"
NUMBER = 1
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
BELONGS = Enrolment("https://c.invalid", "bench", "00", ("catalogue:MAIN", "store:S001"), "k")


class Clerk(Till):
    """A till whose clerk opens orders by their passes."""

    def passes(self, scan: str, shown: str) -> float:
        """Scan a pass and leave its order; return the milliseconds until its lines were out."""
        self.terminal.scan(scan)
        began = time.monotonic()
        took = (self.terminal.wait_for(shown) - began) * 1000
        self.leave()
        return took

    def leave(self) -> None:
        """Go back to the sale."""
        self.terminal.drain()
        self.terminal.press(LEAVE)
        self.terminal.wait_for("F12")
        self.terminal.drain()


class Desk(Clerk):
    """A till with so many orders to pick, and one that is ready."""

    def __init__(self, home: Path, orders: int) -> None:
        super().__init__(home, SMALL, 1)
        self.references = [f"W-{1_000 + n}" for n in range(orders)]
        mirror = MirrorFile(home / "data")
        mirror.enrol(BELONGS)
        now = datetime.now(UTC)
        told = [_order(n, now) for n in range(orders)]
        things = {"order": {one.order: one.fields() for one in told}}
        mirror.apply(FeedPage("store:S001", things, ReadingKept(1, "n"), included={}))
        public = SIGNER.public_key().public_bytes_raw().hex()
        own = {"number": NUMBER, "name": "Bench"}
        aside: dict[str, States] = {
            "pass_key": {"0": {"public_key": public}},
            "store": {"S001": own},
        }
        mirror.apply(FeedPage("catalogue:MAIN", aside, ReadingKept(1, "n")))
        mirror.close()
        expires = int((now + timedelta(days=1)).timestamp())
        self._pass = sealed(Pass(told[-1].order, NUMBER, expires), SIGNER.sign)

    def opens(self) -> float:
        """Open the lists and leave them; return the milliseconds until a row was out."""
        took = self._until(OPEN, self.references[2])
        self.leave()
        return took

    def moves(self, key: str, place: int) -> float:
        """Move the cursor onto a row; return the milliseconds until it was out."""
        return self._until(key, self.references[place])

    def last(self) -> float:
        """Scan the pass of the last order; return the milliseconds until its lines were out."""
        return self.passes(self._pass, "Bench tea")

    def _until(self, key: str, text: str) -> float:
        self.terminal.drain()
        began = time.monotonic()
        self.terminal.press(key)
        return (self.terminal.wait_for(text) - began) * 1000


def _order(n: int, now: datetime) -> Order:
    """Return an order to pick; the last one asked for by its pass is as good as any."""
    line = OrderLine(n=1, sku="1", name="Bench tea", quantity=1_000, unit_price=100)
    return Order(
        order=f"01JD7Z4QFS{n:016d}",
        reference=f"W-{1_000 + n}",
        contract=Contract.PAID_ONLINE,
        state=OrderState.PLACED,
        placed_at=instant_text(now),
        promised_at=instant_text(now + timedelta(days=1, minutes=n)),
        name="Martine Dubois",
        lines=(line,),
    )


def measure() -> Iterator[Measured]:
    """Yield the goals of the clerk's screen."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        many, few = Desk(Path(folder) / "many", MANY), Desk(Path(folder) / "few", FEW)
        try:
            yield from _measured(many, few)
        finally:
            many.terminal.close()
            few.terminal.close()


def _measured(many: Desk, few: Desk) -> Iterator[Measured]:
    yield compared(NAMES[0], many.opens, few.opens, 1.5)
    for desk in (many, few):
        desk.terminal.press(OPEN)
        desk.terminal.wait_for(desk.references[2])
    down = _moving(many, MANY), _moving(few, FEW)
    yield compared(NAMES[1], lambda: next(down[0]), lambda: next(down[1]), 1.5)
    for desk in (many, few):
        desk.leave()
    few.empty_if_long()
    yield compared(NAMES[2], few.last, few.one, 2)


def _moving(desk: Desk, count: int) -> Iterator[float]:
    """Yield the milliseconds of each step down the list, and up again from its end."""
    while True:
        for place in range(1, count):
            yield desk.moves(DOWN, place)
        for place in reversed(range(count - 1)):
            yield desk.moves(UP, place)


def compared(
    name: str, ours: Callable[[], float], theirs: Callable[[], float], most: float
) -> Measured:
    """Return the ratio of what is done in turns, `TIMES` times each."""
    took, under = [], []
    for _ in range(TIMES):
        took.append(ours())
        under.append(theirs())
    return ratio(name, "ms", took, under, most)
