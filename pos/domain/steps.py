"""The steps of a basket: every gesture as it lies on disk, in the order it was made.

>>> STEP.validate_json('{"step": "void", "n": 3}')
Voided(step='void', n=3)
"""

from __future__ import annotations

from typing import Annotated, Literal, Union

from pydantic import Field, TypeAdapter

from pos.domain.events.orders import OrderHandedOver
from pos.domain.line import Discount, Line, Tender, Value


class Added(Value):
    """A line was added at the end."""

    step: Literal["added"] = "added"
    line: Line


class QuantityChanged(Value):
    """A line's quantity was set, in thousandths."""

    step: Literal["quantity"] = "quantity"
    n: int
    quantity: int


class PriceChanged(Value):
    """A person set the line's unit price."""

    step: Literal["price"] = "price"
    n: int
    unit_price: int


class Discounted(Value):
    """A line's discount was set, or taken away with None."""

    step: Literal["discount"] = "discount"
    n: int
    discount: Discount | None


class TicketDiscounted(Value):
    """The discount on the whole ticket was set, or taken away with None."""

    step: Literal["ticket_discount"] = "ticket_discount"
    discount: Discount | None


class Voided(Value):
    """A line was taken out before payment; it stays on record."""

    step: Literal["void"] = "void"
    n: int


class Returned(Value):
    """Goods came back: a line each, in one step, so that a ticket is voided whole or not at all."""

    step: Literal["returned"] = "returned"
    lines: tuple[Line, ...] = Field(min_length=1)


class Collected(Value):
    """An order to collect joined the basket: `handed` is written when the basket is a sale.

    Its `lines` are paid here; an order that was paid online brings none.
    """

    step: Literal["collected"] = "collected"
    lines: tuple[Line, ...]
    handed: OrderHandedOver


class AgeChecked(Value):
    """The cashier saw that the buyer is at least `age` years old."""

    step: Literal["age"] = "age"
    age: int


class Tendered(Value):
    """A payment came in, or went back to the customer (negative)."""

    step: Literal["tender"] = "tender"
    tender: Tender


class TenderTakenBack(Value):
    """A payment was undone before the sale was finished: what came in or went back."""

    step: Literal["tender_back"] = "tender_back"
    n: int


class Undone(Value):
    """The step before was taken back."""

    step: Literal["undo"] = "undo"


Step = Union[  # noqa: UP007  the discriminated union of every step
    Added,
    QuantityChanged,
    PriceChanged,
    Discounted,
    TicketDiscounted,
    Voided,
    Returned,
    Collected,
    AgeChecked,
    Tendered,
    TenderTakenBack,
    Undone,
]
STEP: TypeAdapter[Step] = TypeAdapter(Annotated[Step, Field(discriminator="step")])
