"""What came back: never more than was paid, line by line and rate by rate, however it is split."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import (
    Added,
    Basket,
    Discounted,
    PriceChanged,
    QuantityChanged,
    Returned,
    Step,
    Tendered,
    TenderTakenBack,
    TicketDiscounted,
    Undone,
    Voided,
    apply,
)
from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.history import History
from pos.domain.line import Discount, Line, ReturnOf, Tender
from pos.domain.money import PIECE
from pos.domain.refund import Back, check_lines, part_of, refundable, returned_line
from pos.domain.sale import close
from pos.domain.tender import TenderRules, check_meal_vouchers, line_totals, meal_voucher_most
from tests.unit.sold import RATES, back_of, baskets, by_rate, paid, ticket

RULES = TenderRules(cash_limit=10**12)


def three_for_two() -> SaleFinished:
    """Return a ticket of three loaves for 2.00: their parts are 0.67, 0.66 and 0.67."""
    loaves = Line(
        n=1,
        sku="1",
        name="Pain",
        vat="FR055",
        unit_price=100,
        quantity=3 * PIECE,
        discount=Discount(amount=100),
    )
    apples = Line(
        n=2, sku="2", name="Pommes", vat="FR055", unit_price=249, quantity=1250, unit=Unit.KG
    )
    basket = apply(apply(Basket(), Added(line=loaves)), Added(line=apples))
    return ticket(1, pays(basket))


def pays(basket: Basket) -> Basket:
    """Pay a basket, or pay back what it owes, by cheque."""
    tender = Tender(n=1, method="cheque", amount=basket.due, given=basket.due)
    return apply(basket, Tendered(tender=tender))


def came_back(number: int, *lines: Line) -> SaleFinished:
    return ticket(number, pays(apply(Basket(), Returned(lines=lines))))


def slug_of(gesture: Any) -> str:
    with pytest.raises(Refusal) as refused:
        gesture()
    return refused.value.slug


@given(data=st.data(), basket=baskets(), visits=st.integers(1, 12))
def test_the_parts_of_a_ticket_that_come_back_sum_to_what_was_paid_for_it(
    data: st.DataObject, basket: Basket, visits: int
) -> None:
    sold = ticket(1, *data.draw(paid(RULES, basket)))
    refunds: list[SaleFinished] = []
    for visit in range(visits):
        left = refundable(sold, back_of(refunds, sold.label))
        if not left:
            break
        chosen = data.draw(st.lists(st.sampled_from(left), min_size=1, unique=True))
        lines, back = [], dict(back_of(refunds, sold.label))
        for number, one in enumerate(chosen, start=1):
            step = PIECE if one.line.unit == "piece" else 1
            quantity = step * data.draw(st.integers(1, one.quantity // step))
            line = returned_line(number, sold, one.n, quantity, back, reason="rendu")
            lines.append(line)
        refunds.append(came_back(visit + 2, *lines))
        check_never_over(sold, back_of(refunds, sold.label))
    rest = refundable(sold, back_of(refunds, sold.label))
    if rest:
        back = back_of(refunds, sold.label)
        lines = [
            returned_line(n, sold, one.n, one.quantity, back, reason="rendu", void=True)
            for n, one in enumerate(rest, start=1)
        ]
        refunds.append(came_back(visits + 2, *lines))
    check_all_back(sold, refunds)


def check_never_over(sold: SaleFinished, back: Back) -> None:
    for line in sold.lines:
        quantity, amount = back.get(line.n, (0, 0))
        assert 0 <= quantity <= line.quantity
        assert 0 <= amount <= line.total


def check_all_back(sold: SaleFinished, refunds: list[SaleFinished]) -> None:
    back = back_of(refunds, sold.label)
    assert refundable(sold, back) == []
    for line in sold.lines:
        assert back[line.n] == (line.quantity, line.total)
    assert by_rate([sold, *refunds]) == {}
    assert sum(one.total for one in refunds) == -sold.total


@given(data=st.data(), basket=baskets())
def test_a_ticket_voided_at_once_takes_its_vat_back_to_the_cent(
    data: st.DataObject, basket: Basket
) -> None:
    sold = ticket(1, *data.draw(paid(RULES, basket)))
    lines = [
        returned_line(n, sold, one.n, one.quantity, {}, reason="erreur", void=True)
        for n, one in enumerate(refundable(sold, {}), start=1)
    ]
    undone = came_back(2, *lines)
    assert undone.operation == "void"
    assert [(row.rate, -row.gross, -row.net, -row.tax) for row in undone.vat] == [
        (row.rate, row.gross, row.net, row.tax) for row in sold.vat
    ]
    for line in undone.lines:
        off = line.discount.amount if line.discount else 0
        assert line.gross - off == line.total == line.net + line.tax
        assert line.ticket_discount == 0


def test_the_parts_of_three_loaves_for_two_sum_to_two() -> None:
    sold, back = three_for_two(), dict[int, tuple[int, int]]()
    parts = []
    for done in range(3):
        parts.append(part_of(sold.lines[0], PIECE, back))
        back[1] = ((done + 1) * PIECE, sum(parts))
    assert parts == [67, 66, 67]


@pytest.mark.parametrize(
    ("n", "quantity", "back", "slug"),
    [
        (1, 4000, {}, "over_returned"),
        (1, 2000, {1: (2000, 133)}, "over_returned"),
        (1, 1000, {1: (3000, 200)}, "nothing_left"),
        (3, 1000, {}, "nothing_left"),
        (1, 1500, {}, "part_of_a_piece"),
        (1, 0, {}, "bad_quantity"),
        (1, -1000, {}, "bad_quantity"),
        (2, 1251, {}, "over_returned"),
    ],
)
def test_no_line_gives_back_what_is_not_left_of_it(
    n: int, quantity: int, back: Back, slug: str
) -> None:
    sold = three_for_two()
    assert slug_of(lambda: returned_line(1, sold, n, quantity, back, reason="rendu")) == slug


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_comes_back_without_a_reason(reason: str) -> None:
    sold = three_for_two()
    assert slug_of(lambda: returned_line(1, sold, 1, PIECE, {}, reason=reason)) == "no_reason"


def test_a_basket_filled_before_another_was_finished_is_refused_what_is_gone() -> None:
    sold = three_for_two()
    two = returned_line(1, sold, 1, 2000, {}, reason="rendu")
    check_lines(sold, [two], {})
    assert slug_of(lambda: check_lines(sold, [two], {1: (2000, 133)})) == "over_returned"
    assert slug_of(lambda: check_lines(sold, [two, two], {})) == "over_returned"
    check_lines(sold, [two], {2: (1250, 311)})


def test_parts_that_were_rounded_up_apart_never_sum_to_more_than_was_paid() -> None:
    sold = three_for_two()
    one = returned_line(1, sold, 1, PIECE, {}, reason="rendu")
    assert slug_of(lambda: check_lines(sold, [one, one, one], {})) == "over_paid"


def test_a_line_that_gives_back_keeps_the_price_and_the_rate_of_then() -> None:
    sold = three_for_two()
    line = returned_line(5, sold, 1, 2000, {}, reason=" cassé ")
    facts = close(pays(apply(Basket(), Returned(lines=(line,)))), lambda vat: 9999)
    (given,) = facts.lines
    assert (given.quantity, given.gross, given.total) == (-2000, -200, -133)
    assert given.discount is not None
    assert given.discount.amount == -67
    assert (given.vat_rate, facts.vat[0].rate) == (550, 550)
    assert given.returned is not None
    assert (given.returned.ticket, given.returned.line) == (sold.label, 1)
    assert given.returned.reason == "cassé"


def gives_back(n: int = 1, **values: Any) -> Line:
    facts = {"sku": "1", "name": "Pain", "vat": "FR055", "unit_price": 100, "quantity": -PIECE}
    back = ReturnOf(ticket="T01-K1-000001", line=1, amount=90, vat_rate=550, reason="rendu")
    return Line.model_validate({"n": n, "returned": back, **facts, **values})


def void(n: int = 1) -> Line:
    back = gives_back().returned
    assert back is not None
    return gives_back(n, returned=back.model_copy(update={"void": True}))


def bought(n: int = 1, price: int = 300, **values: Any) -> Line:
    facts = {"sku": "2", "name": "Vin", "vat": "FR20", "unit_price": price, **values}
    return Line.model_validate({"n": n, **facts})


def of(*steps: Step) -> Basket:
    basket = Basket()
    for step in steps:
        basket = apply(basket, step)
    return basket


BACK = Returned(lines=(gives_back(),))
VOID = Returned(lines=(void(), void(2)))


@pytest.mark.parametrize(
    ("steps", "operation", "total"),
    [
        ([Added(line=bought())], "sale", 300),
        ([BACK], "refund", -90),
        ([BACK, Added(line=bought(2))], "exchange", 210),
        ([Added(line=bought(2, 90)), BACK], "exchange", 0),
        ([VOID], "void", -180),
    ],
)
def test_what_a_basket_does_follows_from_its_lines(
    steps: list[Step], operation: str, total: int
) -> None:
    facts = close(pays(of(*steps)), RATES.__getitem__)
    assert (facts.operation, facts.total) == (operation, total)


@pytest.mark.parametrize(
    ("steps", "step", "slug"),
    [
        ([BACK], QuantityChanged(n=1, quantity=2000), "line_returned"),
        ([BACK], PriceChanged(n=1, unit_price=1), "line_returned"),
        ([BACK], Discounted(n=1, discount=Discount(percent=10)), "line_returned"),
        ([BACK], TicketDiscounted(discount=Discount(percent=10)), "nothing_bought"),
        ([VOID], Added(line=bought(3)), "voiding"),
        ([VOID], BACK, "voiding"),
        ([VOID], Voided(n=1), "voiding"),
        ([BACK], VOID, "basket_open"),
        ([Added(line=bought(3))], VOID, "basket_open"),
    ],
)
def test_what_comes_back_stays_as_it_was_paid_and_a_void_is_whole(
    steps: list[Step], step: Step, slug: str
) -> None:
    basket = of(*steps)
    assert slug_of(lambda: apply(basket, step)) == slug


def test_a_line_that_gives_back_can_be_taken_out_again() -> None:
    basket = of(BACK, Added(line=bought(2)), Voided(n=1))
    assert (basket.total, basket.given_back, basket.bought) == (300, 0, 300)
    assert [(one.name, one.quantity, one.total) for one in basket.voided] == [("Pain", -1000, -90)]


def test_a_void_is_taken_back_whole_by_one_undo() -> None:
    history = History()
    history.push(VOID)
    assert history.basket.is_void
    history.push(Undone())
    assert history.basket.is_empty
    assert len(history.basket.voided) == 2
    history.push(Added(line=bought(history.basket.next_line)))


def test_a_ticket_discount_takes_nothing_from_what_comes_back() -> None:
    basket = of(BACK, Added(line=bought(2)), TicketDiscounted(discount=Discount(percent=5000)))
    assert line_totals(basket) == [-90, 150]
    assert basket.total == 60
    whole = of(BACK, Added(line=bought(2)), TicketDiscounted(discount=Discount(amount=9999)))
    assert line_totals(whole) == [-90, 0]


def pay(amount: int) -> Tendered:
    return Tendered(tender=Tender(n=1, method="cash", amount=amount, given=amount))


@pytest.mark.parametrize(
    ("steps", "step", "slug"),
    [
        ([Added(line=bought()), pay(250)], BACK, "under_paid_amount"),
        ([BACK, pay(-50)], Added(line=bought(2)), "over_given_amount"),
        ([BACK, pay(-50)], Voided(n=1), "over_given_amount"),
    ],
)
def test_money_already_moved_is_moved_back_before_the_basket_turns_around(
    steps: list[Step], step: Step, slug: str
) -> None:
    basket = of(*steps)
    assert slug_of(lambda: apply(basket, step)) == slug
    apply(apply(basket, TenderTakenBack(n=1)), step)


def test_what_comes_back_neither_takes_meal_vouchers_nor_keeps_them_from_what_is_bought() -> None:
    meal = gives_back(meal_voucher=True)
    assert meal_voucher_most(of(Returned(lines=(meal,))), RULES) == 0
    basket = of(
        Returned(lines=(meal,)), Added(line=bought(2, 90, meal_voucher=True)), Added(line=bought(3))
    )
    assert meal_voucher_most(basket, RULES) == 90
    owed = of(BACK, Tendered(tender=Tender(n=1, method="meal_voucher", amount=-90, given=-90)))
    check_meal_vouchers(owed)
