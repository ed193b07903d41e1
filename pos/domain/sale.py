"""From a paid basket to the facts of a sale: VAT per rate on the ticket's total, balanced.

>>> from pos.domain.basket import Added, Tendered, apply
>>> from pos.domain.line import Line, Tender
>>> lamp = Line(n=1, sku="1", name="Lampe", vat="FR20", unit_price=999)
>>> basket = apply(Basket(), Added(line=lamp))
>>> paid = apply(basket, Tendered(tender=Tender(n=1, method="cash", amount=999, given=1000)))
>>> facts = close(paid, lambda vat: 2000)
>>> facts.vat, facts.change
([VatFacts(rate=2000, gross=999, net=833, tax=166)], 1)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import Operation
from pos.domain.facts import DiscountFacts, LineFacts, ReturnFacts, TenderFacts, VatFacts
from pos.domain.line import Discount, Line
from pos.domain.tax import by_rate, line_nets
from pos.domain.tender import ticket_discount_parts
from pos.domain.words import Amount


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """What a sale is before it has a number: lines sum to `total`, tenders to total + rounding."""

    operation: Operation
    lines: list[LineFacts]
    vat: list[VatFacts]
    tenders: list[TenderFacts]
    total: int
    rounding: int
    change: int
    ticket_discount: DiscountFacts | None


def close(
    basket: Basket,
    rate_of: Callable[[str], int],
    rounding: int = 0,
    letters: Mapping[str, str] = MappingProxyType({}),
) -> SaleFacts:
    """Return the facts of a paid basket; `rate_of` gives a VAT code's rate in basis points.

    What is given back keeps the rate it was sold at (CGI art. 272-1: the tax of then is undone).
    `rounding` is what cash rounding added to the total (negative when it took away); `letters`
    stand for the VAT codes on the ticket, `?` for one that has none.
    Raises Refusal `not_paid` while something is due, `empty_basket` with no line.
    """
    if not basket.lines:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    if basket.due + rounding != 0:
        raise Refusal("not_paid", "{due} is still due.", due=Amount(basket.due))
    parts = ticket_discount_parts(basket)
    totals = [line.total - part for line, part in zip(basket.lines, parts, strict=True)]
    of_today = {vat: rate_of(vat) for vat in {one.vat for one in basket.lines if not one.returned}}
    rates = [
        line.returned.vat_rate if line.returned else of_today[line.vat] for line in basket.lines
    ]
    rated = list(zip(rates, totals, strict=True))
    nets = line_nets(rated)
    lines = [
        _line(line, part, rate, net, letters.get(line.vat, "?"))
        for line, part, (rate, _), net in zip(basket.lines, parts, rated, nets, strict=True)
    ]
    return SaleFacts(
        operation=_operation(basket),
        lines=lines,
        vat=[
            VatFacts(rate=row.rate, gross=row.gross, net=row.net, tax=row.tax)
            for row in by_rate(rated)
        ],
        tenders=[
            TenderFacts(
                n=place,
                method=tender.method,
                amount=tender.amount,
                given=tender.given,
                reference=tender.reference,
                origin=tender.origin,
            )
            for place, tender in enumerate(basket.tenders, start=1)
        ],
        total=basket.total,
        rounding=rounding,
        change=sum(tender.given - tender.amount for tender in basket.tenders),
        ticket_discount=_discount(basket.ticket_discount, basket.ticket_discount_amount),
    )


def _operation(basket: Basket) -> Operation:
    """Return what a basket does: sell, give back, both, or undo a whole ticket."""
    if basket.is_void:
        return "void"
    kinds = {line.returned is not None for line in basket.lines}
    if len(kinds) > 1:
        return "exchange"
    return "refund" if True in kinds else "sale"


def _discount(asked: Discount | None, amount: int) -> DiscountFacts | None:
    if asked is None:
        return None
    return DiscountFacts(amount=amount, percent=asked.percent, reason=asked.reason)


def _line(line: Line, part: int, rate: int, net: int, letter: str) -> LineFacts:
    total = line.total - part
    return LineFacts(
        n=line.n,
        sku=line.sku,
        code=line.code,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit.value,
        unit_price=line.unit_price,
        gross=line.gross,
        discount=_line_discount(line),
        ticket_discount=part,
        total=total,
        vat=line.vat,
        vat_rate=rate,
        vat_letter=letter,
        net=net,
        tax=total - net,
        price_before=line.catalogue_price,
        department=line.department,
        eco=min(line.eco, line.unit_price),
        guarantee_months=line.guarantee_months,
        meal_voucher=line.meal_voucher,
        lot=line.lot,
        expiry=line.expiry,
        returned=_return(line),
        order=line.order,
        weighing=line.weighing,
    )


def _line_discount(line: Line) -> DiscountFacts | None:
    """Return a line's discount, or what its promotion took off.

    Of a return, all that was off it when it was sold, negative.
    """
    rule = line.promotion
    if line.discount is None and rule is not None and line.discount_amount:
        percent = rule.percent if rule.every == 1 and rule.price is None else 0
        return DiscountFacts(amount=line.discount_amount, percent=percent, reason=rule.name)
    if line.returned is None:
        return _discount(line.discount, line.discount_amount)
    return DiscountFacts(amount=line.discount_amount) if line.discount_amount else None


def _return(line: Line) -> ReturnFacts | None:
    back = line.returned
    if back is None:
        return None
    return ReturnFacts(ticket=back.ticket, line=back.line, reason=back.reason)
