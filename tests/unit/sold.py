"""Sales drawn at random, as the journal would hold them, and what went back of them summed up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from pos.domain.basket import Added, Basket, Tendered, TicketDiscounted, apply
from pos.domain.catalogue import Unit
from pos.domain.events import SaleFinished
from pos.domain.line import Discount, Line, Method
from pos.domain.money import PIECE
from pos.domain.sale import close
from pos.domain.tender import TenderRules, cash, exact
from tests.unit.fiscal_samples import sale_of, stamped

RATES = {"FR20": 2000, "FR10": 1000, "FR055": 550, "FR021": 210, "FR0": 0}
STAMP = stamped()

DISCOUNTS = st.builds(Discount, percent=st.integers(0, 10_000)) | st.builds(
    Discount, amount=st.integers(0, 3_000)
)


@st.composite
def lines(draw: st.DrawFn, number: int) -> Line:
    is_weighed = draw(st.booleans())
    return Line(
        n=number,
        sku=str(number),
        name="x",
        vat=draw(st.sampled_from(sorted(RATES))),
        unit_price=draw(st.integers(0, 3_000)),
        unit=Unit.KG if is_weighed else Unit.PIECE,
        quantity=draw(st.integers(1, 3_000)) if is_weighed else PIECE * draw(st.integers(1, 5)),
        discount=draw(st.none() | DISCOUNTS),
        eco=draw(st.sampled_from((0, 0, 12))),
    )


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """Draw an unpaid basket of one to six lines, with or without a discount on all of it."""
    basket = Basket()
    for number in range(1, draw(st.integers(1, 6)) + 1):
        basket = apply(basket, Added(line=draw(lines(number))))
    return apply(basket, TicketDiscounted(discount=draw(st.none() | DISCOUNTS)))


@st.composite
def paid(draw: st.DrawFn, rules: TenderRules, basket: Basket) -> tuple[Basket, int]:
    """Draw how a basket is paid, by card, cheque and cash; return it with its rounding."""
    methods: tuple[Method, ...] = ("card", "cheque")
    for method in methods:
        if basket.due > 1 and draw(st.booleans()):
            part = draw(st.integers(1, basket.due))
            basket = apply(basket, Tendered(tender=exact(basket, method, part, rules)))
    if not basket.due:
        return basket, 0
    tender = cash(basket, draw(st.sampled_from((None, basket.due))), rules)
    basket = apply(basket, Tendered(tender=tender))
    return basket, -basket.due


def ticket(number: int, basket: Basket, rounding: int = 0) -> SaleFinished:
    """Return the sale that a paid basket becomes."""
    facts = close(basket, RATES.__getitem__, rounding)
    values: dict[str, Any] = {
        name: [one.model_dump() for one in getattr(facts, name)]
        for name in ("lines", "vat", "tenders")
    }
    return sale_of(
        STAMP,
        ticket=number,
        label=f"T01-K1-{number:06d}",
        total=facts.total,
        rounding=facts.rounding,
        change=facts.change,
        operation=facts.operation,
        **values,
    )


def back_of(sales: Iterable[SaleFinished], label: str) -> dict[int, tuple[int, int]]:
    """Return what sales gave back of a ticket, by line: thousandths and minor units."""
    back: dict[int, tuple[int, int]] = {}
    for line in (line for sale in sales for line in sale.lines):
        if line.returned is not None and line.returned.ticket == label:
            quantity, amount = back.get(line.returned.line, (0, 0))
            back[line.returned.line] = (quantity - line.quantity, amount - line.total)
    return back


def tenders_of(sales: Iterable[SaleFinished], label: str) -> dict[str, int]:
    """Return what sales paid back of a ticket's payments, by tender."""
    given: dict[str, int] = {}
    for tender in (tender for sale in sales for tender in sale.tenders):
        if tender.origin == label:
            given[tender.method] = given.get(tender.method, 0) - tender.amount
    return given


def came_in(sale: SaleFinished) -> dict[str, int]:
    """Return what a sale was paid with, by tender."""
    sums: dict[str, int] = {}
    for tender in sale.tenders:
        if tender.amount > 0:
            sums[tender.method] = sums.get(tender.method, 0) + tender.amount
    return sums


def by_rate(sales: Sequence[SaleFinished]) -> dict[int, int]:
    """Return the gross of sales by rate, rates that sum to nothing left out."""
    sums: dict[int, int] = {}
    for row in (row for sale in sales for row in sale.vat):
        sums[row.rate] = sums.get(row.rate, 0) + row.gross
    return {rate: gross for rate, gross in sums.items() if gross}
