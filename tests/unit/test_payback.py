"""How money goes back: as it was paid, never more to a tender than it paid, over many visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import Added, Basket, Returned, Tendered, apply
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Line, Method, Tender
from pos.domain.payback import (
    PaidTicket,
    Payback,
    Walk,
    WayBack,
    paid_by_origin,
    pay_back,
    returned_by_ticket,
    tenders_back,
)
from pos.domain.refund import refundable, returned_line
from pos.domain.tender import TENDERS_MAX, TenderRules
from tests.unit.sold import back_of, baskets, came_in, paid, tenders_of, ticket

NONE = TenderRules(cash_limit=10**12)
FIVE = TenderRules(cash_limit=10**12, cash_rounding="five_cents")
POLICY = {"cheque": "cash"}

Parts = Sequence[tuple[Method, int]]
CARD_10: Parts = [("card", 1000)]
MIXED: Parts = [("card", 600), ("cash", 400)]


def line(n: int, price: int) -> Line:
    return Line(n=n, sku=str(n), name="x", vat="FR20", unit_price=price)


def sold(number: int, payments: Parts, *prices: int, back: Sequence[Line] = ()) -> SaleFinished:
    """Return a ticket of these prices and payments; `back` came back on it first."""
    basket = apply(Basket(), Returned(lines=tuple(back))) if back else Basket()
    for price in prices:
        basket = apply(basket, Added(line=line(basket.next_line, price)))
    for method, amount in payments:
        tender = Tender(n=basket.next_tender, method=method, amount=amount, given=amount)
        basket = apply(basket, Tendered(tender=tender))
    return ticket(number, basket, -basket.due)


def back_from(sale: SaleFinished, n: int, number: int = 1) -> Line:
    return returned_line(number, sale, n, 1000, {}, reason="rendu")


def owing(*lines: Line) -> Basket:
    return apply(Basket(), Returned(lines=lines))


def ways(basket: Basket, *sales: SaleFinished, policy: Mapping[str, str] = POLICY) -> list[WayBack]:
    """Return the ways back when these sales are all that the till knows."""
    known = {sale.label: sale for sale in sales}

    def find(label: str) -> PaidTicket | None:
        sale = known.get(label)
        if sale is None:
            return None
        given = tenders_of(sales, label)
        for tender in basket.tenders:
            if tender.origin == label:
                given[tender.method] = given.get(tender.method, 0) - tender.amount
        return PaidTicket(sale, given)

    walk = Walk(find, policy, paid_by_origin(basket))
    return walk.ways(returned_by_ticket(basket), -basket.due)


def told(found: Sequence[WayBack]) -> list[tuple[str, int, str]]:
    return [(way.method, way.most, way.origin[-1:]) for way in found]


def given_now(basket: Basket, method: str, back: Payback, rules: TenderRules) -> Basket:
    for tender in tenders_back(basket, method, back, rules):
        basket = apply(basket, Tendered(tender=tender))
    return basket


@given(data=st.data(), basket=baskets(), rules=st.sampled_from((NONE, FIVE)))
def test_no_tender_ever_gives_back_more_than_it_paid(
    data: st.DataObject, basket: Basket, rules: TenderRules
) -> None:
    sales = [ticket(1, *data.draw(paid(rules, basket)))]
    first = sales[0]
    while left := refundable(first, back_of(sales, first.label)):
        one = data.draw(st.sampled_from(left))
        step = 1000 if one.line.unit == "piece" else -(-one.quantity // 3)
        back = back_of(sales, first.label)
        basket = owing(returned_line(1, first, one.n, step, back, reason="rendu"))
        sales.append(paid_back(data, basket, sales, rules))
    given_ = tenders_of(sales, first.label)
    came = came_in(first)
    allowed = {"card": came.get("card", 0), "cash": came.get("cash", 0) + came.get("cheque", 0)}
    assert set(given_) <= set(allowed)
    assert all(amount <= allowed[method] for method, amount in given_.items())
    if rules is NONE:
        assert sum(given_.values()) == first.total


def paid_back(
    data: st.DataObject, basket: Basket, sales: list[SaleFinished], rules: TenderRules
) -> SaleFinished:
    """Pay back by the ways that are proposed, in any order and any parts, until nothing is owed."""
    is_all = basket.due == 0
    while not is_all:
        found = ways(basket, *sales)
        methods = sorted({way.method for way in found}) or ["cash"]
        method = data.draw(st.sampled_from(methods))
        most = sum(way.most for way in found if way.method == method)
        part = data.draw(st.none() | st.integers(1, most)) if method == "cash" and most else None
        back = pay_back(basket, method, part, found, rules)
        assert back.is_agreed
        is_all = back.is_all
        basket = given_now(basket, method, back, rules)
    assert rules is FIVE or basket.due == 0
    return ticket(len(sales) + 1, basket, -basket.due)


@pytest.mark.parametrize(
    ("payments", "prices", "expected"),
    [
        (CARD_10, [1000], [("card", 1000, "1")]),
        ([("cheque", 1000)], [1000], [("cash", 1000, "1")]),
        (MIXED, [1000], [("card", 600, "1"), ("cash", 400, "1")]),
        (MIXED, [700, 300], [("card", 600, "1"), ("cash", 100, "1")]),
        ([("cheque", 400), ("cash", 600)], [1000], [("cash", 1000, "1")]),
        ([("meal_voucher", 300), ("card", 700)], [1000],
         [("meal_voucher", 300, "1"), ("card", 700, "1")]),
        ([], [0], []),
    ],
)  # fmt: skip
def test_money_goes_back_as_it_came_in_the_order_it_came(
    payments: Parts, prices: list[int], expected: list[tuple[str, int, str]]
) -> None:
    sale = sold(1, payments, *prices)
    assert told(ways(owing(back_from(sale, 1)), sale)) == expected


def test_a_shop_that_gives_cheques_back_as_cheques_says_so() -> None:
    sale = sold(1, [("cheque", 1000)], 1000)
    assert told(ways(owing(back_from(sale, 1)), sale, policy={})) == [("cheque", 1000, "1")]


def test_two_tickets_give_back_each_what_was_paid_on_it() -> None:
    one, two = sold(1, [("cash", 800)], 300, 500), sold(2, CARD_10, 500, 500)
    basket = owing(back_from(one, 1), back_from(two, 1, 2))
    found = ways(basket, one, two)
    assert told(found) == [("cash", 300, "1"), ("card", 500, "2")]
    basket = given_now(basket, "cash", pay_back(basket, "cash", None, found, NONE), NONE)
    assert told(ways(basket, one, two)) == [("card", 500, "2")]


def test_what_is_bought_instead_comes_off_what_goes_back() -> None:
    one = sold(1, CARD_10, 1000)
    basket = apply(owing(back_from(one, 1)), Added(line=line(2, 400)))
    assert told(ways(basket, one)) == [("card", 600, "1")]


def test_an_exchanged_article_gives_back_what_its_first_ticket_was_paid_with() -> None:
    first = sold(1, CARD_10, 1000)
    second = sold(2, [("cash", 500)], 1500, back=[back_from(first, 1)])
    assert told(ways(owing(back_from(second, 2)), first, second)) == [
        ("cash", 500, "2"),
        ("card", 1000, "1"),
    ]
    third = sold(3, [], 1500, back=[back_from(second, 2)])
    assert told(ways(owing(back_from(third, 2)), first, second, third)) == [
        ("cash", 500, "2"),
        ("card", 1000, "1"),
    ]


def test_what_an_exchange_paid_back_already_does_not_go_back_again() -> None:
    first = sold(1, CARD_10, 1000)
    basket = apply(owing(back_from(first, 1)), Added(line=line(2, 700)))
    back = pay_back(basket, "card", None, ways(basket, first), NONE)
    second = ticket(2, given_now(basket, "card", back, NONE))
    assert told(ways(owing(back_from(second, 2)), first, second)) == [("card", 700, "1")]


def test_a_ticket_and_its_exchange_that_come_back_together_share_its_payments() -> None:
    first = sold(1, MIXED, 400, 600)
    second = sold(2, [], 400, back=[back_from(first, 1)])
    basket = owing(back_from(second, 2), back_from(first, 2, 2))
    found = ways(basket, first, second)
    assert told(found) == [("card", 400, "1"), ("card", 200, "1"), ("cash", 400, "1")]
    basket = given_now(basket, "card", pay_back(basket, "card", None, found, NONE), NONE)
    assert told(ways(basket, first, second)) == [("card", 200, "1"), ("cash", 400, "1")]


def test_a_ticket_that_the_till_has_no_more_gives_back_cash() -> None:
    lost = sold(1, CARD_10, 1000)
    second = sold(2, [], 1000, back=[back_from(lost, 1)])
    assert told(ways(owing(back_from(second, 2)), second)) == [("cash", 1000, "1")]


@pytest.mark.parametrize(
    ("method", "amount", "parts", "is_all", "is_agreed"),
    [
        ("card", None, [("1", 600)], False, True),
        ("cash", None, [("1", 400)], False, True),
        ("cash", 100, [("1", 100)], False, True),
        ("cash", 401, [("1", 400), ("1", 1)], False, False),
        ("cash", 1000, [("1", 400), ("1", 600)], True, False),
        ("card", 601, [("1", 600), ("1", 1)], False, False),
        ("cheque", None, [("1", 1000)], True, False),
        ("meal_voucher", 50, [("1", 50)], False, False),
    ],
)
def test_another_way_than_it_came_needs_someone_to_answer_for_it(
    method: str, amount: int | None, parts: list[tuple[str, int]], is_all: bool, is_agreed: bool
) -> None:
    sale = sold(1, MIXED, 1000)
    basket = owing(back_from(sale, 1))
    back = pay_back(basket, method, amount, ways(basket, sale), NONE)
    assert [(label[-1:], part) for label, part in back.parts] == parts
    assert (back.is_all, back.is_agreed) == (is_all, is_agreed)


def test_a_card_pays_one_ticket_back_at_a_time_and_cash_all_of_them() -> None:
    one, two = sold(1, CARD_10, 1000), sold(2, CARD_10, 1000)
    basket = owing(back_from(one, 1), back_from(two, 1, 2))
    back = pay_back(basket, "card", None, ways(basket, one, two), NONE)
    assert [part for _, part in back.parts] == [1000]
    one, two = sold(1, [("cash", 1000)], 1000), sold(2, [("cash", 1000)], 1000)
    back = pay_back(basket, "cash", None, ways(basket, one, two), NONE)
    assert ([part for _, part in back.parts], back.is_all) == ([1000, 1000], True)


def refused(basket: Basket, method: str, amount: int | None, rules: TenderRules) -> str:
    with pytest.raises(Refusal) as found:
        tenders_back(basket, method, pay_back(basket, method, amount, (), rules), rules)
    return found.value.slug


@pytest.mark.parametrize(
    ("method", "amount", "slug"),
    [
        ("cash", 0, "bad_amount"),
        ("cash", -5, "bad_amount"),
        ("cash", 1001, "over_owed"),
        ("cash", 10**8, "bad_amount"),
        ("voucher", 10, "tender_off"),
    ],
)
def test_what_cannot_be_paid_back_is_refused(method: str, amount: int, slug: str) -> None:
    assert refused(owing(back_from(sold(1, CARD_10, 1000), 1)), method, amount, NONE) == slug


def test_nothing_is_paid_back_that_is_not_owed() -> None:
    assert refused(Basket(), "cash", None, NONE) == "nothing_owed"
    bought = apply(Basket(), Added(line=line(1, 100)))
    assert refused(bought, "cash", None, NONE) == "nothing_owed"


def test_a_basket_pays_back_in_twenty_parts_at_most() -> None:
    sale = sold(1, [("cash", 1000)], 1000)
    basket = owing(back_from(sale, 1))
    for _ in range(TENDERS_MAX):
        basket = given_now(basket, "cash", pay_back(basket, "cash", 1, (), NONE), NONE)
    assert refused(basket, "cash", 1, NONE) == "too_many_tenders"


@pytest.mark.parametrize(
    ("amount", "abroad", "slug"),
    [(100_000, False, None), (100_001, False, "cash_limit"), (1_500_000, True, None)],
)
def test_the_law_limits_cash_that_goes_back_as_well(
    amount: int, abroad: bool, slug: str | None
) -> None:
    rules = TenderRules()
    sale = sold(1, [("cash", 5_000_000)], 5_000_000)
    basket = owing(back_from(sale, 1))
    found = ways(basket, sale)
    first = pay_back(basket, "cash", amount // 2, found, rules)
    basket = given_now(basket, "cash", first, NONE)
    back = pay_back(basket, "cash", amount - amount // 2, found, rules)
    if slug is None:
        assert tenders_back(basket, "cash", back, rules, nonresident=abroad)
    else:
        with pytest.raises(Refusal) as over:
            tenders_back(basket, "cash", back, rules, nonresident=abroad)
        assert over.value.slug == slug


@pytest.mark.parametrize(
    ("price", "paid_in", "back", "rounding"),
    [
        (1003, 1005, 1005, -2),
        (1002, 1000, 1000, 2),
        (1003, 1003, 1003, 0),  # the customer laid the cents themselves
        (2, 0, 0, 2),
        (3, 5, 5, -2),
    ],
)
def test_cash_that_goes_back_is_rounded_as_it_was_when_it_came(
    price: int, paid_in: int, back: int, rounding: int
) -> None:
    sale = sold(1, [("cash", paid_in)] if paid_in else [], price)
    basket = owing(back_from(sale, 1))
    outcome = pay_back(basket, "cash", None, ways(basket, sale), FIVE)
    assert (outcome.amount, outcome.is_all, outcome.is_agreed) == (back, True, True)
    settled = given_now(basket, "cash", outcome, FIVE)
    assert -settled.due == rounding


def test_what_rounding_gave_too_much_is_taken_off_the_last_refund() -> None:
    sales = [sold(1, [("cash", 295)], 98, 98, 98)]
    given_: list[int] = []
    for n in (1, 2, 3):
        basket = owing(back_from(sales[0], n))
        back = pay_back(basket, "cash", None, ways(basket, *sales), FIVE)
        assert back.is_all
        given_.append(back.amount)
        settled = given_now(basket, "cash", back, FIVE)
        sales.append(ticket(n + 1, settled, -settled.due))
    assert given_ == [100, 100, 95]
