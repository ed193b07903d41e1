"""The parts of a basket: a line, its discount, a tender; frozen, and written to disk as JSON.

>>> line = Line(n=1, sku="100", name="Baguette", vat="FR055", unit_price=110, quantity=2000)
>>> line.total, line.model_copy(update={"discount": Discount(percent=1000)}).total
(220, 198)
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pos.domain.catalogue import Unit
from pos.domain.money import AMOUNT_MAX, PIECE, half_up, line_amount

Method = Literal["cash", "card", "cheque", "meal_voucher"]


class Value(BaseModel):
    """A frozen value; unknown names and wrong types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Discount(Value):
    """What comes off: a share in basis points, or an amount in minor units, and why."""

    percent: int = Field(default=0, ge=0, le=10_000)
    amount: int = Field(default=0, ge=0, le=AMOUNT_MAX)
    reason: str = Field(default="", max_length=80)

    def off(self, base: int) -> int:
        """Return what this takes off `base` minor units, never more than `base`."""
        if base <= 0:
            return 0
        return min(base, half_up(base * self.percent, 10_000) if self.percent else self.amount)


class Line(Value):
    """One line: a snapshot of the article, so that a later catalogue changes nothing here.

    `n` is the line's number in its basket, never reused. `catalogue_price` is set when a person
    replaced the price; `code` is what was scanned; `eco` is per unit and never discounted.
    """

    n: int
    sku: str
    name: str
    vat: str
    unit_price: int
    quantity: int = PIECE
    unit: Unit = Field(default=Unit.PIECE, strict=False)
    code: str = ""
    department: str = ""
    age: int = 0
    meal_voucher: bool = False
    guarantee_months: int = 0
    eco: int = 0
    catalogue_price: int | None = None
    discount: Discount | None = None
    label_price: bool = False
    lot: str | None = None
    expiry: str | None = None

    @property
    def gross(self) -> int:
        """Quantity × unit price, rounded half up."""
        return line_amount(self.unit_price, self.quantity)

    @property
    def eco_amount(self) -> int:
        """The eco-participation included in the line, never more than the line itself."""
        return min(line_amount(self.eco, self.quantity), self.gross)

    @property
    def discount_amount(self) -> int:
        """What the line's own discount takes off; the eco-participation is left out of it."""
        if self.discount is None:
            return 0
        return self.discount.off(self.gross - self.eco_amount)

    @property
    def total(self) -> int:
        """What the line costs before any discount on the whole ticket."""
        return self.gross - self.discount_amount


class Tender(Value):
    """A payment towards the basket; what was given over `amount` is change."""

    n: int
    method: Method
    amount: int
    given: int
    reference: str = ""
