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
from tests.hour.purse import CARD, Slip

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

    `slip` notes the open basket, `slips` every ticket by its label.
    `broken` tells for how many gestures each trouble still lasts.
    """

    till: AtWork
    dice: Random
    did: Counter[str] = field(default_factory=Counter)
    broken: dict[str, int] = field(default_factory=dict)
    sales: list[SaleFinished] = field(default_factory=list)
    slip: Slip = field(default_factory=Slip)
    slips: dict[str, Slip] = field(default_factory=dict)
    _seen: int = 0
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

    def strike(self, name: str) -> None:
        """Let a trouble come, that is put right a few gestures later."""
        self.count(f"fault: {name}")
        self.broken[name] = self.dice.randint(1, 3)
        FAULTS[name].strike(self.till)

    def is_whole(self, *devices: str) -> bool:
        """Whether nothing is wrong with devices."""
        return not any(FAULTS[name].device in devices for name in self.broken)

    def paid(self) -> SaleFinished:
        """Take note of the ticket that a basket just became."""
        assert self.till.desk.basket.is_empty, f"a basket could not be paid: {self.did}"
        last = self.till.desk.last_sale
        assert last is not None
        self.sales.append(last)
        self.count_cards()
        self.slips[last.label], self.slip = self.slip, Slip()
        return last

    def count_cards(self) -> None:
        """Note what the card terminal itself knows to have taken or paid back for this basket."""
        wires = self.till.wires
        for one in wires.card.log[self._seen :]:
            if one.reference not in wires.cancelled:
                self.slip.pay(CARD, one.amount)
        self._seen = len(wires.card.log)

    def check_due(self) -> None:
        """What the till wants is what the hour's own price list and notes leave to pay."""
        self.count_cards()
        due = self.till.desk.basket.due
        assert due == self.slip.due, f"{due} due, {self.slip.due} by the notes: {self.slip}"
