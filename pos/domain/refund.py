"""Giving goods back: never more than was paid, line by line, over any number of visits.

The parts of a line that come back one after the other are rounded on all that came back of it, so
they always sum to what was paid for it. How the money goes back is in `pos.domain.payback`.

>>> from pos.domain.facts import LineFacts
>>> line = LineFacts(n=1, sku="1", name="x", quantity=3000, unit="piece", unit_price=100,
...                  gross=300, total=200, vat="FR20", vat_rate=2000, net=167, tax=33)
>>> [part_of(line, 1000, {1: back}) for back in ((0, 0), (1000, 67), (2000, 133))]
[67, 66, 67]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pos.domain.basket import check_quantity
from pos.domain.cash import check_reason
from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.facts import LineFacts
from pos.domain.line import Line, ReturnOf
from pos.domain.money import half_up
from pos.domain.words import Quantity

Back = Mapping[int, tuple[int, int]]
"""What came back of a ticket by line: thousandths and minor units, both positive."""


@dataclass(frozen=True, slots=True)
class Refundable:
    """What may still come back of line `n`: thousandths, and minor units for all of it."""

    n: int
    quantity: int
    amount: int
    line: LineFacts


def refundable(sale: SaleFinished, back: Back) -> list[Refundable]:
    """Return the lines of a ticket of which something may still come back."""
    bought = [line for line in sale.lines if line.returned is None]
    return [one for one in (_left(line, back) for line in bought) if one.quantity > 0]


def _left(line: LineFacts, back: Back) -> Refundable:
    quantity, amount = back.get(line.n, (0, 0))
    return Refundable(line.n, line.quantity - quantity, line.total - amount, line)


def part_of(line: LineFacts, quantity: int, back: Back) -> int:
    """Return what `quantity` more thousandths of a line give back, in minor units.

    The last part gives back all that is left.
    """
    done, given = back.get(line.n, (0, 0))
    due = half_up(line.total * (done + quantity), line.quantity)
    return max(0, min(due, line.total) - given)


def returned_line(
    number: int, sale: SaleFinished, n: int, quantity: int, back: Back, *, reason: str,
    void: bool = False,
) -> Line:  # fmt: skip
    """Return line `number` of a basket, which gives back `quantity` thousandths of a ticket's `n`.

    It keeps the price, the discounts and the VAT rate of then. A guarantee and an age are matters
    of selling, and no part of it.
    Raises Refusal: `nothing_left` of that line, `over_returned`, `bad_quantity`,
    `part_of_a_piece`, `no_reason`.
    """
    line = _line_left(sale, n, back).line
    unit = Unit(line.unit)
    check_quantity(quantity, unit)
    check_left(sale, n, quantity, back)
    return Line(
        n=number,
        sku=line.sku,
        name=line.name,
        vat=line.vat,
        unit_price=line.unit_price,
        quantity=-quantity,
        unit=unit,
        code=line.code,
        department=line.department,
        meal_voucher=line.meal_voucher,
        eco=line.eco,
        lot=line.lot,
        expiry=line.expiry,
        returned=ReturnOf(
            ticket=sale.label,
            line=n,
            amount=part_of(line, quantity, back),
            vat_rate=line.vat_rate,
            reason=check_reason(reason),
            void=void,
        ),
    )


def _line_left(sale: SaleFinished, n: int, back: Back) -> Refundable:
    found = next((one for one in refundable(sale, back) if one.n == n), None)
    if found is None:
        raise Refusal(
            "nothing_left",
            "Nothing of line {n} of ticket {ticket} is left to give back.",
            n=n,
            ticket=sale.label,
        )
    return found


def check_left(sale: SaleFinished, n: int, quantity: int, back: Back) -> None:
    """Refuse more of a line than is left of it; Refusal `nothing_left` or `over_returned`."""
    left = _line_left(sale, n, back)
    if quantity > left.quantity:
        raise Refusal(
            "over_returned",
            "Only {left} of “{name}” can still come back of ticket {ticket}, not {quantity}.",
            left=Quantity(left.quantity, left.line.unit),
            name=left.line.name,
            ticket=sale.label,
            quantity=Quantity(quantity, left.line.unit),
        )


def check_lines(sale: SaleFinished, lines: Iterable[Line], back: Back) -> None:
    """Refuse a basket's returns of a ticket that are more than is left of it, by any line.

    Two baskets may have been filled with the same goods before one of them was finished.
    """
    ledger = dict(back)
    for line in lines:
        of = line.returned
        if of is None or of.ticket != sale.label:
            continue
        check_left(sale, of.line, -line.quantity, ledger)
        quantity, amount = ledger.get(of.line, (0, 0))
        sold = next(one for one in sale.lines if one.n == of.line)
        if amount + of.amount > sold.total:
            raise Refusal(
                "over_paid",
                "“{name}” of ticket {ticket} would give back more than was paid for it; take it"
                " out and give it back again.",
                name=line.name,
                ticket=sale.label,
            )
        ledger[of.line] = (quantity - line.quantity, amount + of.amount)
