"""The goods of the hour, by the hour's own price list: nothing here asks the till for a price."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PIECE = 1_000
"""One piece, in the thousandths that quantities count in; a gram of a kilogram is one."""


@dataclass(frozen=True)
class Good:
    """An article of the demonstration's shop: minor units a piece, or a kilogram."""

    code: str
    name: str
    price: int
    is_weighed: bool = False


GOODS = {
    good.code: good
    for good in (
        Good("2400000000013", "Baguette de tradition", 130),
        Good("2400000000020", "Pain de campagne tranché", 320),
        Good("2400000000068", "Farine de blé 1 kg", 145),
        Good("2400000000075", "Sucre en poudre 1 kg", 179),
        Good("2400000000099", "Riz long 1 kg", 235),
        Good("2100101", "Comté affiné 12 mois", 2_490, is_weighed=True),
    )
}

PIECES = tuple(code for code, good in GOODS.items() if not good.is_weighed)
CHEESE = "2100101"

DISCOUNT = 500
"""What a line is cheaper by now and then, in basis points."""


@dataclass(frozen=True)
class Brought:
    """A line as the cashier notes it: thousandths and minor units, negative for what comes back."""

    good: Good
    quantity: int = PIECE
    is_discounted: bool = False
    is_returned: bool = False

    @property
    def gross(self) -> int:
        """What it costs before a discount."""
        worth = _rounded(Fraction(self.good.price * self.quantity, PIECE))
        return -worth if self.is_returned else worth

    @property
    def amount(self) -> int:
        """What it costs."""
        off = _rounded(Fraction(abs(self.gross) * DISCOUNT, 10_000)) if self.is_discounted else 0
        return self.gross + off if self.is_returned else self.gross - off

    @property
    def sold(self) -> tuple[str, int, int]:
        """The line as the journal must have it: code, quantity, amount."""
        return self.good.code, -self.quantity if self.is_returned else self.quantity, self.amount

    @property
    def printed(self) -> tuple[str, int]:
        """The line as a ticket must bear it: name, amount before a discount."""
        return self.good.name, self.gross


def _rounded(amount: Fraction) -> int:
    """Round half up, of amounts that are not negative."""
    return int(amount + Fraction(1, 2))
