"""What all hands at a counter share: the till, the dice, what was done, and what is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from tests.hour.counter import AtWork
from tests.hour.evidence import Read
from tests.hour.faults import FAULTS

SECONDS_EACH = 3.0
"""How far each gesture puts the clock forward: more than a thousand fill an hour."""


T = TypeVar("T")


class Deck(Generic[T]):
    """Things in an order by chance, each drawn once before any is drawn again."""

    def __init__(self, dice: Random, things: Sequence[T]) -> None:
        self._dice, self._things = dice, list(things)
        self._left: list[T] = []

    def draw(self) -> T:
        """Draw the next."""
        if not self._left:
            self._left = self._dice.sample(self._things, len(self._things))
        return self._left.pop()


@dataclass
class Shift:
    """A cashier's time at the till; `did` counts gestures, troubles and what came of them.

    `rung` is what was scanned or typed into the open basket, `sold` the same by ticket.
    `broken` tells for how many gestures each trouble still lasts.
    """

    till: AtWork
    dice: Random
    did: Counter[str] = field(default_factory=Counter)
    broken: dict[str, int] = field(default_factory=dict)
    sales: list[SaleFinished] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    sold: dict[str, list[str]] = field(default_factory=dict)
    weighed: list[int] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    @property
    def gestures(self) -> int:
        """How many gestures were made."""
        return sum(count for name, count in self.did.items() if ": " not in name)

    def count(self, name: str) -> None:
        """Count a gesture, a trouble (`fault: …`) or an end (`…: …`); time passes."""
        self.did[name] += 1
        self.till.clock.pass_s(SECONDS_EACH)

    def attempt(self, name: str, gesture: Callable[[], object]) -> bool:
        """Make a gesture; False when the till refuses it, which is counted."""
        if name:
            self.count(name)
        try:
            gesture()
        except Refusal as refused:
            self.count(f"refused: {refused.slug}")
            return False
        return True

    def is_whole(self, *devices: str) -> bool:
        """Whether nothing is wrong with devices."""
        return not any(FAULTS[name].device in devices for name in self.broken)

    def paid(self) -> SaleFinished:
        """Take note of the ticket that a basket just became."""
        assert self.till.desk.basket.is_empty, f"a basket could not be paid: {self.did}"
        last = self.till.desk.last_sale
        assert last is not None
        self.sales.append(last)
        self.sold[last.label] = list(self.rung)
        self.rung.clear()
        return last
