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
from typing import Any

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.facts import ReturnedTender, VoidedLine, WeighingFacts
from pos.domain.line import Discount, Line, Promoted, Tender
from pos.domain.money import AMOUNT_MAX, PIECE, QUANTITY_MAX
from pos.domain.promotion import promoted
from pos.domain.steps import STEP as STEP
from pos.domain.steps import Added as Added
from pos.domain.steps import AgeChecked as AgeChecked
from pos.domain.steps import Collected as Collected
from pos.domain.steps import Discounted as Discounted
from pos.domain.steps import PriceChanged as PriceChanged
from pos.domain.steps import QuantityChanged as QuantityChanged
from pos.domain.steps import Returned as Returned
from pos.domain.steps import Step as Step
from pos.domain.steps import Tendered as Tendered
from pos.domain.steps import TenderTakenBack as TenderTakenBack
from pos.domain.steps import TicketDiscounted as TicketDiscounted
from pos.domain.steps import Undone as Undone
from pos.domain.steps import Voided as Voided
from pos.domain.words import Amount, Quantity

LINES_MAX = 2_000
"""The most lines of one basket; the largest invoice of a real shop had over a thousand."""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines and tenders in order; what was voided or given back stays on record.

    `subtotal` is the lines' totals before the discount on the whole ticket, `given_back` what its
    returns give back (positive) and `discountable` what that discount may take from; the three
    are carried along, so a basket of a thousand lines costs no more. `collected`: the orders that
    are handed over when it is a sale.
    """

    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    ticket_discount: Discount | None = None
    age_checked: int = 0
    voided: tuple[VoidedLine, ...] = ()
    returned_tenders: tuple[ReturnedTender, ...] = ()
    subtotal: int = 0
    given_back: int = 0
    discountable: int = 0
    next_line: int = 1
    next_tender: int = 1
    steps: int = 0
    collected: tuple[Collected, ...] = ()

    @property
    def ticket_discount_amount(self) -> int:
        """What the discount on the whole ticket takes off; returns and eco are left out of it."""
        if self.ticket_discount is None:
            return 0
        return self.ticket_discount.off(self.discountable)

    @property
    def bought(self) -> int:
        """What the bought lines cost before the discount on the whole ticket."""
        return self.subtotal + self.given_back

    @property
    def total(self) -> int:
        """What the customer owes for the lines; negative when goods come back."""
        return self.subtotal - self.ticket_discount_amount

    @property
    def paid(self) -> int:
        """What tenders count for so far; negative when they went back to the customer."""
        return sum(tender.amount for tender in self.tenders)

    @property
    def due(self) -> int:
        """What is still to be paid; negative while something is to be given back."""
        return self.total - self.paid

    @property
    def is_void(self) -> bool:
        """True when it undoes a whole ticket; nothing else joins it then."""
        first = self.lines[0].returned if self.lines else None
        return first is not None and first.void

    @property
    def is_empty(self) -> bool:
        """True when there is neither line nor tender, nor an order to hand over."""
        return not (self.lines or self.tenders or self.collected)

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
        changed = replace(
            self,
            lines=lines,
            subtotal=self.subtotal + _total(come) - _total(gone),
            given_back=self.given_back + _given_back(come) - _given_back(gone),
            discountable=self.discountable + _discountable(come) - _discountable(gone),
        )
        touched = come or gone
        rule = None if touched is None else touched.promotion
        return changed if rule is None or rule.every == 1 else changed._promoted(rule)

    def _promoted(self, rule: Promoted) -> Basket:
        """Work out anew what a promotion over several lines takes off each of them."""
        lines = tuple(promoted(self.lines, rule))
        return replace(
            self,
            lines=lines,
            subtotal=sum(line.total for line in lines),
            discountable=sum(line.discountable for line in lines),
        )


def _total(line: Line | None) -> int:
    return 0 if line is None else line.total


def _given_back(line: Line | None) -> int:
    return 0 if line is None or line.returned is None else line.returned.amount


def _discountable(line: Line | None) -> int:
    return 0 if line is None else line.discountable


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
    _check_not_void(basket)
    check_quantity(step.line.quantity, step.line.unit)
    check_price(step.line.unit_price)
    return _with(basket, step.line)


def _returned(basket: Basket, step: Returned) -> Basket:
    _check_not_void(basket)
    for line in step.lines:
        if line.returned is None:
            raise ValueError(f"line {line.n} gives nothing back")
        if line.returned.void and basket.lines and not basket.is_void:
            raise Refusal(
                "basket_open", "Finish this basket or put it aside before voiding a ticket."
            )
        check_quantity(-line.quantity, line.unit)
        check_price(line.unit_price)
        basket = _with(basket, line)
    return basket


def _collected(basket: Basket, step: Collected) -> Basket:
    _check_not_void(basket)
    for line in step.lines:
        check_quantity(line.quantity, line.unit)
        check_price(line.unit_price)
        basket = _with(basket, line)
    return replace(basket, collected=(*basket.collected, step))


def _check_not_void(basket: Basket) -> None:
    if basket.is_void:
        raise Refusal(
            "voiding",
            "This basket voids a whole ticket; finish it, or take that back, before anything else.",
        )


def _with(basket: Basket, line: Line) -> Basket:
    if len(basket.lines) >= LINES_MAX:
        raise Refusal(
            "basket_full",
            "This basket holds {most} lines already; finish it and start another.",
            most=LINES_MAX,
        )
    line = _alone(line)
    grown = basket._with_lines((*basket.lines, line), None, line)
    return replace(grown, next_line=max(basket.next_line, line.n + 1))


def _bought(basket: Basket, n: int) -> Line:
    """Return a line that may change; what is given back stays as it was paid."""
    line = basket.line(n)
    if line.returned is not None:
        raise Refusal(
            "line_returned",
            "“{name}” is given back as it was paid; to give back another quantity, take the line"
            " out first.",
            name=line.name,
        )
    return line


def _alone(line: Line) -> Line:
    """Return the line with what its promotion takes off it, where that looks at no other line."""
    rule = line.promotion
    return line if rule is None or rule.every > 1 else promoted([line], rule)[0]


def _replace(basket: Basket, line: Line) -> Basket:
    line = _alone(line)
    lines = tuple(line if old.n == line.n else old for old in basket.lines)
    return basket._with_lines(lines, basket.line(line.n), line)


def _quantity(basket: Basket, step: QuantityChanged) -> Basket:
    line = _bought(basket, step.n)
    if line.label_price:
        raise Refusal(
            "price_on_label",
            "The price of “{name}” comes from its label; scan each label once.",
            name=line.name,
        )
    check_quantity(step.quantity, line.unit)
    if line.order is not None and step.quantity > line.quantity:
        told = "“{name}” is of an order; scan what is bought beside it."
        raise Refusal("order_line", told, name=line.name)
    typed = None if line.weighing is None else WeighingFacts(by="hand")
    update = {"quantity": step.quantity, "weighing": typed}
    return _replace(basket, line.model_copy(update=update))


def _price(basket: Basket, step: PriceChanged) -> Basket:
    line = _bought(basket, step.n)
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
    line = _bought(basket, step.n)
    return _replace(basket, line.model_copy(update={"discount": step.discount}))


def _ticket_discount(basket: Basket, step: TicketDiscounted) -> Basket:
    if step.discount is not None and all(line.returned is not None for line in basket.lines):
        raise Refusal("nothing_bought", "A discount is for what is bought; scan an article first.")
    return replace(basket, ticket_discount=step.discount)


def as_voided(line: Line) -> VoidedLine:
    """Return what stays on record of a line that was taken out."""
    return VoidedLine(sku=line.sku, name=line.name, quantity=line.quantity, total=line.total)


def _void(basket: Basket, step: Voided) -> Basket:
    _check_not_void(basket)
    line = basket.line(step.n)
    left = tuple(old for old in basket.lines if old.n != step.n)
    after = basket._with_lines(left, line, None)
    return as_emptied(replace(after, voided=(*basket.voided, as_voided(line))))


def as_emptied(basket: Basket) -> Basket:
    """Return the basket; an emptied one forgets its discount, the age seen and its orders.

    The next customer is another: neither a discount nor an age check passes on to them.
    """
    if basket.lines or basket.tenders:
        return basket
    return replace(basket, ticket_discount=None, age_checked=0, collected=())


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
        returned_tenders=(*basket.returned_tenders, as_returned(found)),
    )


def as_returned(tender: Tender) -> ReturnedTender:
    """Return what stays on record of a payment that was undone."""
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
    "returned": _returned,
    "collected": _collected,
    "age": _age,
    "tender": _tender,
    "tender_back": _tender_back,
}


def apply(basket: Basket, step: Step) -> Basket:
    """Return the basket after one step (not an undo, see `History`); Refusal when not allowed.

    The total may not fall under what was already paid, nor rise over what already went back:
    that money is undone first.
    """
    after = _RULES[step.step](basket, step)
    if step.step != "tender":
        _check_paid(basket, after)
    return replace(after, steps=basket.steps + 1)


def _check_paid(before: Basket, after: Basket) -> None:
    if after.paid > 0 and after.due < min(0, before.due):
        raise Refusal(
            "under_paid_amount",
            "{paid} is already paid, more than what would be due; take a payment back first.",
            paid=Amount(after.paid),
        )
    if after.paid < 0 and after.due > max(0, before.due):
        raise Refusal(
            "over_given_amount",
            "{given} was already given back, more than would be due back; undo that first.",
            given=Amount(-after.paid),
        )
