"""From a paid basket to the facts of a sale, balanced to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import Added, Basket, Tendered, TicketDiscounted, apply
from pos.domain.errors import Refusal
from pos.domain.line import Discount, Line, Tender
from pos.domain.sale import close
from pos.domain.tender import TenderRules, cash, cash_due

RATES = {"FR20": 2000, "FR10": 1000, "FR055": 550, "FR021": 210, "FR0": 0}


def settled(basket: Basket, rules: TenderRules) -> tuple[Basket, int]:
    """Pay a basket in cash; return it with its rounding."""
    if not basket.due:
        return basket, 0
    paid = apply(basket, Tendered(tender=cash(basket, None, rules)))
    return paid, -paid.due


@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(sorted(RATES)),
            st.integers(0, 5000),
            st.integers(1, 5),
            st.none() | st.integers(0, 10_000),
        ),
        min_size=1,
        max_size=40,
    ),
    percent=st.none() | st.integers(0, 10_000),
    is_rounded=st.booleans(),
)
def test_every_sale_adds_up_by_line_by_rate_and_by_tender(
    lines: list[tuple[str, int, int, int | None]], percent: int | None, is_rounded: bool
) -> None:
    rules = TenderRules(10**12, cash_rounding="five_cents" if is_rounded else "none")
    basket = Basket()
    for n, (vat, price, pieces, off) in enumerate(lines, start=1):
        line = Line(
            n=n,
            sku=str(n),
            name="x",
            vat=vat,
            unit_price=price,
            quantity=pieces * 1000,
            discount=None if off is None else Discount(percent=off),
        )
        basket = apply(basket, Added(line=line))
    discount = None if percent is None else Discount(percent=percent)
    basket = apply(basket, TicketDiscounted(discount=discount))
    paid, rounding = settled(basket, rules)
    facts = close(paid, RATES.__getitem__, rounding)
    assert sum(line.total for line in facts.lines) == facts.total == basket.total
    assert sum(row.gross for row in facts.vat) == facts.total
    assert sum(tender.amount for tender in facts.tenders) == facts.total + facts.rounding
    assert abs(facts.rounding) <= 2
    for row in facts.vat:
        mine = [line for line in facts.lines if line.vat_rate == row.rate]
        assert (sum(line.net for line in mine), sum(line.tax for line in mine)) == (
            row.net,
            row.tax,
        )
    if facts.ticket_discount:
        assert facts.ticket_discount.amount == sum(line.ticket_discount for line in facts.lines)


def test_a_sale_is_not_closed_before_it_is_paid_or_without_a_line() -> None:
    basket = apply(Basket(), Added(line=Line(n=1, sku="1", name="x", vat="FR20", unit_price=999)))
    for each, slug in ((Basket(), "empty_basket"), (basket, "not_paid")):
        with pytest.raises(Refusal) as refused:
            close(each, RATES.__getitem__)
        assert refused.value.slug == slug
    with pytest.raises(Refusal):
        close(basket, RATES.__getitem__, rounding=-1)


def test_the_change_of_every_tender_is_summed_and_references_are_kept() -> None:
    basket = apply(Basket(), Added(line=Line(n=1, sku="1", name="x", vat="FR20", unit_price=999)))
    for tender in (
        Tender(n=4, method="card", amount=500, given=500, reference="R1"),
        Tender(n=7, method="cash", amount=499, given=1000),
    ):
        basket = apply(basket, Tendered(tender=tender))
    facts = close(basket, RATES.__getitem__)
    assert facts.change == 501
    assert [(one.n, one.reference) for one in facts.tenders] == [(1, "R1"), (2, "")]


def test_an_eco_participation_is_never_more_than_the_price_on_record() -> None:
    line = Line(n=1, sku="1", name="x", vat="FR20", unit_price=5, eco=12)
    paid, _ = settled(apply(Basket(), Added(line=line)), TenderRules())
    assert close(paid, RATES.__getitem__).lines[0].eco == 5
    assert cash_due(paid, TenderRules()) == 0
