"""The parts of a basket: a line, its discount, a tender; frozen, and written to disk as JSON.

>>> line = Line(n=1, sku="100", name="Baguette", vat="FR055", unit_price=110, quantity=2000)
>>> line.total, line.model_copy(update={"discount": Discount(percent=1000)}).total
(220, 198)
>>> back = ReturnOf(ticket="T01-K1-000012", line=1, amount=198, vat_rate=550, reason="unwanted")
>>> line = line.model_copy(update={"quantity": -2000, "returned": back})
>>> line.gross, line.discount_amount, line.total
(-220, -22, -198)
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pos.domain.catalogue import Unit
from pos.domain.facts import WeighingFacts
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


class Promoted(Value):
    """The promotion of a line, as it was when the line was scanned (see `pos.domain.promotion`).

    Of every `every` pieces one costs `percent` (basis points) less, or `price` minor units.
    """

    key: str
    name: str = Field(max_length=80)
    percent: int = Field(default=0, ge=0, le=10_000)
    price: int | None = Field(default=None, ge=0, le=AMOUNT_MAX)
    every: int = Field(default=1, ge=1)


class ReturnOf(Value):
    """What a line gives back: `amount` (positive) of line `line` of `ticket`, at its rate of then.

    Goods that come without a ticket have none ("" and 0). `void` undoes a whole ticket.
    """

    ticket: str = ""
    line: int = 0
    amount: int = Field(ge=0, le=AMOUNT_MAX)
    vat_rate: int
    reason: str = Field(min_length=1, max_length=80)
    void: bool = False


class Line(Value):
    """One line: a snapshot of the article, so that a later catalogue changes nothing here.

    `n` is the line's number in its basket, never reused. `promoted` is what its promotion takes
    off, as its basket worked it out. `catalogue_price` is set when a person replaced the price;
    `label_price` and `typed_price` tell a price that was not the catalogue's from the start;
    `code` is what was scanned; `eco` is per unit and never discounted.
    `order` names the line of an order to collect that is paid by it (`<order>/<line>`);
    `weighing` is of what was weighed at the till, and not by a label.
    A line that gives goods back (`returned`) has a negative quantity and its total is fixed: what
    was paid for them, whatever they cost now.
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
    promotion: Promoted | None = None
    promoted: int = 0
    label_price: bool = False
    typed_price: bool = False
    lot: str | None = None
    expiry: str | None = None
    returned: ReturnOf | None = None
    order: str | None = None
    weighing: WeighingFacts | None = None

    @property
    def gross(self) -> int:
        """Quantity × unit price, rounded half up."""
        return line_amount(self.unit_price, self.quantity)

    @property
    def eco_amount(self) -> int:
        """The eco-participation in what the line costs, never more than that; 0 for a return."""
        if self.returned is not None:
            return 0
        return min(line_amount(self.eco, self.quantity), self.gross)

    @property
    def discount_amount(self) -> int:
        """What its own discount takes off, or its promotion; the eco-participation is left out.

        Of a line that gives back: all the discounts that were off it then, negative.
        """
        if self.returned is not None:
            return self.gross + self.returned.amount
        if self.discount is None:
            return min(self.promoted, self.gross - self.eco_amount)
        return self.discount.off(self.gross - self.eco_amount)

    @property
    def total(self) -> int:
        """What the line costs before any discount on the whole ticket; negative for a return."""
        return self.gross - self.discount_amount

    @property
    def discountable(self) -> int:
        """What a discount on the whole ticket may take from; nothing of a return."""
        return 0 if self.returned is not None else self.total - self.eco_amount


class Tender(Value):
    """A payment towards the basket; what was given over `amount` is change.

    What goes back to the customer is negative, and `origin` the ticket whose payment it was.
    """

    n: int
    method: Method
    amount: int
    given: int
    reference: str = ""
    origin: str | None = None
