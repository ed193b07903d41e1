"""A basket before it is paid: lines, discounts, tenders; changed by steps, never in place.

Every gesture is a `Step`, kept on disk before a screen shows it; a basket is what its steps fold
into, so a till that lost its power finds the basket again. A step that the rules do not allow
raises a Refusal and changes nothing.

>>> line = Line(n=1, sku="100", name="Baguette", vat="FR055", unit_price=110, quantity=2000)
>>> basket = apply(Basket(), Added(line=line))
>>> basket.total, apply(basket, Discounted(n=1, discount=Discount(percent=1000))).total
(220, 198)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Union

from pydantic import Field, TypeAdapter

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.facts import ReturnedTender, VoidedLine
from pos.domain.line import Discount, Line, Tender, Value
from pos.domain.money import AMOUNT_MAX, PIECE, QUANTITY_MAX
from pos.domain.words import Amount, Quantity

LINES_MAX = 2_000
"""The most lines of one basket; the largest invoice of a real shop had over a thousand."""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines and tenders in order; what was voided or given back stays on record.

    `subtotal` is the lines' totals before the discount on the whole ticket and `eco` their
    eco-participations; both are carried along, so a basket of a thousand lines costs no more.
    """

    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    ticket_discount: Discount | None = None
    age_checked: int = 0
    voided: tuple[VoidedLine, ...] = ()
    returned: tuple[ReturnedTender, ...] = ()
    subtotal: int = 0
    eco: int = 0
    next_line: int = 1
    next_tender: int = 1
    steps: int = 0

    @property
    def ticket_discount_amount(self) -> int:
        """What the discount on the whole ticket takes off; eco-participations are left out."""
        if self.ticket_discount is None:
            return 0
        return self.ticket_discount.off(self.subtotal - self.eco)

    @property
    def total(self) -> int:
        """What the customer owes for the lines."""
        return self.subtotal - self.ticket_discount_amount

    @property
    def paid(self) -> int:
        """What tenders count for so far."""
        return sum(tender.amount for tender in self.tenders)

    @property
    def due(self) -> int:
        """What is still to be paid."""
        return self.total - self.paid

    @property
    def is_empty(self) -> bool:
        """True when there is neither line nor tender."""
        return not self.lines and not self.tenders

    @property
    def last(self) -> Line | None:
        """The line added last that still stands."""
        return self.lines[-1] if self.lines else None

    def line(self, n: int) -> Line:
        """Return line number `n`; Refusal `no_line` when it does not stand."""
        for line in reversed(self.lines):
            if line.n == n:
                return line
        raise Refusal("no_line", "There is no line {n} in this basket.", n=n)

    def _with_lines(self, lines: tuple[Line, ...], gone: Line | None, come: Line | None) -> Basket:
        return replace(
            self,
            lines=lines,
            subtotal=self.subtotal + _total(come) - _total(gone),
            eco=self.eco + _eco(come) - _eco(gone),
        )


def _total(line: Line | None) -> int:
    return 0 if line is None else line.total


def _eco(line: Line | None) -> int:
    return 0 if line is None else line.eco_amount


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


class AgeChecked(Value):
    """The cashier saw that the buyer is at least `age` years old."""

    step: Literal["age"] = "age"
    age: int


class Tendered(Value):
    """A payment came in."""

    step: Literal["tender"] = "tender"
    tender: Tender


class TenderTakenBack(Value):
    """A payment was given back before the sale was finished."""

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
    AgeChecked,
    Tendered,
    TenderTakenBack,
    Undone,
]
STEP: TypeAdapter[Step] = TypeAdapter(Annotated[Step, Field(discriminator="step")])


def check_quantity(quantity: int, unit: Unit) -> None:
    """Refuse a quantity that no line can have: none, negative, too much, or part of a piece."""
    if not 0 < quantity <= QUANTITY_MAX:
        raise Refusal(
            "bad_quantity",
            "The quantity {quantity} cannot be sold; type one between 0.001 and {most}.",
            quantity=Quantity(quantity),
            most=Quantity(QUANTITY_MAX),
        )
    if unit is Unit.PIECE and quantity % PIECE:
        raise Refusal(
            "part_of_a_piece",
            "This article is sold by the piece; {quantity} is not a whole number.",
            quantity=Quantity(quantity),
        )


def check_price(unit_price: int) -> None:
    """Refuse a price that is negative or beyond what a till accepts."""
    if not 0 <= unit_price <= AMOUNT_MAX:
        raise Refusal(
            "bad_price",
            "The price {price} cannot be sold; type one between 0 and {most}.",
            price=Amount(unit_price),
            most=Amount(AMOUNT_MAX),
        )


def _added(basket: Basket, step: Added) -> Basket:
    check_quantity(step.line.quantity, step.line.unit)
    check_price(step.line.unit_price)
    if len(basket.lines) >= LINES_MAX:
        raise Refusal(
            "basket_full",
            "This basket holds {most} lines already; finish it and start another.",
            most=LINES_MAX,
        )
    grown = basket._with_lines((*basket.lines, step.line), None, step.line)
    return replace(grown, next_line=max(basket.next_line, step.line.n + 1))


def _replace(basket: Basket, line: Line) -> Basket:
    lines = tuple(line if old.n == line.n else old for old in basket.lines)
    return basket._with_lines(lines, basket.line(line.n), line)


def _quantity(basket: Basket, step: QuantityChanged) -> Basket:
    line = basket.line(step.n)
    if line.label_price:
        raise Refusal(
            "price_on_label",
            "The price of “{name}” comes from its label; scan each label once.",
            name=line.name,
        )
    check_quantity(step.quantity, line.unit)
    return _replace(basket, line.model_copy(update={"quantity": step.quantity}))


def _price(basket: Basket, step: PriceChanged) -> Basket:
    line = basket.line(step.n)
    check_price(step.unit_price)
    if step.unit_price < line.eco:
        raise Refusal(
            "under_eco",
            "The price {price} is under the eco-participation {eco}, which is never discounted.",
            price=Amount(step.unit_price),
            eco=Amount(line.eco),
        )
    before = line.unit_price if line.catalogue_price is None else line.catalogue_price
    return _replace(
        basket,
        line.model_copy(update={"unit_price": step.unit_price, "catalogue_price": before}),
    )


def _discount(basket: Basket, step: Discounted) -> Basket:
    line = basket.line(step.n)
    return _replace(basket, line.model_copy(update={"discount": step.discount}))


def _ticket_discount(basket: Basket, step: TicketDiscounted) -> Basket:
    if step.discount is not None and not basket.lines:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    return replace(basket, ticket_discount=step.discount)


def as_voided(line: Line) -> VoidedLine:
    """Return what stays on record of a line that was taken out."""
    return VoidedLine(sku=line.sku, name=line.name, quantity=line.quantity, total=line.total)


def _void(basket: Basket, step: Voided) -> Basket:
    line = basket.line(step.n)
    left = tuple(old for old in basket.lines if old.n != step.n)
    after = basket._with_lines(left, line, None)
    return as_emptied(replace(after, voided=(*basket.voided, as_voided(line))))


def as_emptied(basket: Basket) -> Basket:
    """Return the basket; an emptied one forgets its discount and the age seen.

    The next customer is another: neither a discount nor an age check passes on to them.
    """
    return replace(basket, ticket_discount=None, age_checked=0) if basket.is_empty else basket


def _age(basket: Basket, step: AgeChecked) -> Basket:
    return replace(basket, age_checked=max(basket.age_checked, step.age))


def _tender(basket: Basket, step: Tendered) -> Basket:
    return replace(basket, tenders=(*basket.tenders, step.tender), next_tender=step.tender.n + 1)


def _tender_back(basket: Basket, step: TenderTakenBack) -> Basket:
    found = next((tender for tender in basket.tenders if tender.n == step.n), None)
    if found is None:
        raise Refusal("no_tender", "There is no payment {n} to give back.", n=step.n)
    if found.method == "card":
        raise card_not_undone()
    return replace(
        basket,
        tenders=tuple(one for one in basket.tenders if one.n != step.n),
        returned=(*basket.returned, as_returned(found)),
    )


def as_returned(tender: Tender) -> ReturnedTender:
    """Return what stays on record of a payment that was given back."""
    return ReturnedTender(method=tender.method, amount=tender.amount, given=tender.given)


def card_not_undone() -> Refusal:
    """Return the refusal to take an approved card payment back from the till alone."""
    return Refusal(
        "card_not_undone",
        "A card payment is not taken back here; refund it on the card terminal.",
    )


_RULES: dict[str, Callable[[Basket, Any], Basket]] = {
    "added": _added,
    "quantity": _quantity,
    "price": _price,
    "discount": _discount,
    "ticket_discount": _ticket_discount,
    "void": _void,
    "age": _age,
    "tender": _tender,
    "tender_back": _tender_back,
}


def apply(basket: Basket, step: Step) -> Basket:
    """Return the basket after one step (not an undo, see `History`); Refusal when not allowed.

    The total may not fall under what was already paid: money is given back first.
    """
    after = _RULES[step.step](basket, step)
    if after.due < 0 and after.due < basket.due and step.step != "tender":
        raise Refusal(
            "under_paid_amount",
            "{paid} is already paid, more than what would be due; take a payment back first.",
            paid=Amount(basket.paid),
        )
    return replace(after, steps=basket.steps + 1)
