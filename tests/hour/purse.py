"""What the cashier notes of each ticket, by what was brought and by what hands took and gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.hour.goods import Brought

CASH, CARD, CHEQUE = "cash", "card", "cheque"


@dataclass
class Slip:
    """One ticket: what was brought to it, and what was paid, back as negative minor units.

    `change` was given out; `came_from` is the ticket whose goods came back, `asked_card` tells
    that a terminal was asked to pay them back.
    """

    lines: list[Brought] = field(default_factory=list)
    tenders: list[tuple[str, int]] = field(default_factory=list)
    change: int = 0
    came_from: str = ""
    asked_card: bool = False

    @property
    def total(self) -> int:
        """What it costs by the hour's own price list."""
        return sum(line.amount for line in self.lines)

    @property
    def due(self) -> int:
        """What is left to pay, to give back where it is negative."""
        return self.total - sum(amount for _, amount in self.tenders)

    def by(self, method: str) -> int:
        """Return what was paid by a method."""
        return sum(amount for one, amount in self.tenders if one == method)

    def pay(self, method: str, amount: int, given: int | None = None) -> None:
        """Note a payment, and what was laid down for it."""
        self.tenders.append((method, amount))
        self.change += 0 if given is None else given - amount
