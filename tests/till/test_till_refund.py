"""Goods come back: with their ticket, without one, exchanged, or a whole sale undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pos.domain.events import SaleFinished
from pos.domain.line import Discount
from pos.domain.shop import RefundRules
from pos.domain.staff import NeedsPermission, Permission
from pos.ports import StoreUnavailable
from pos.till import refund, sell, tender
from tests.till.returns import WHY, done, gives_back, sold, used
from tests.till.shop import (
    APPLES,
    ARTICLES,
    BREAD,
    CLERK,
    LAMP,
    MANAGER,
    MEAL,
    MILK,
    PAPER,
    Till,
    check_numbers,
    on_disk,
    slug_of,
)

LAMP_ARTICLE = ARTICLES[5]


def test_an_article_comes_back_with_its_ticket_and_cash_goes_back(till: Till) -> None:
    sale = sold(till, BREAD, LAMP)
    assert refund.is_label(sale.label)
    opened = refund.open_ticket(till.desk, sale.label.lower())
    assert [(one.n, one.quantity, one.amount) for one in opened.lines] == [
        (1, 1000, 110),
        (2, 1000, 2999),
    ]
    basket = gives_back(till, sale, 2)
    assert (basket.total, basket.due) == (-2999, -2999)
    back = done(tender.pay_cash(till.desk))
    assert (back.operation, back.total, back.ticket) == ("refund", -2999, 2)
    (line,) = back.lines
    assert line.returned is not None
    assert (line.returned.ticket, line.returned.line, line.returned.reason) == (sale.label, 2, WHY)
    assert [(one.method, one.amount, one.given, one.origin) for one in back.tenders] == [
        ("cash", -2999, -2999, sale.label)
    ]
    assert till.counter.opened == 2
    assert used(till) == [("refund", None)]
    check_numbers(till.sales())


def test_what_came_back_is_gone_from_its_ticket_also_after_a_restart(till: Till) -> None:
    sale = sold(till, BREAD, BREAD)
    gives_back(till, sale)
    till.restart()
    assert [one.n for one in refund.open_ticket(till.desk, sale.label).lines] == [2]
    assert slug_of(lambda: gives_back(till, sale)) == "nothing_left"
    done(tender.pay_cash(till.desk))
    till.restart()
    assert [one.n for one in refund.open_ticket(till.desk, sale.label).lines] == [2]
    assert slug_of(lambda: gives_back(till, sale)) == "nothing_left"


def test_a_line_that_gives_back_is_taken_out_but_not_changed(till: Till) -> None:
    sale = sold(till, BREAD)
    gives_back(till, sale)
    loan = till.loan(Permission.PRICE_OVERRIDE)
    for gesture in (
        lambda: sell.set_quantity(till.desk, 1, 2000),
        lambda: sell.set_price(till.desk, 1, 5, loan),
        lambda: sell.discount_line(till.desk, 1, Discount(percent=100)),
    ):
        assert slug_of(gesture) == "line_returned"
    sell.void_line(till.desk, 1)
    assert till.basket.is_empty
    assert gives_back(till, sale).due == -110


def test_the_discounts_of_a_sale_come_off_what_it_gives_back(till: Till) -> None:
    till.scan(BREAD, MEAL)
    sell.set_quantity(till.desk, 1, 3000)
    sell.discount_line(till.desk, 1, Discount(percent=1000))
    sell.discount_ticket(till.desk, Discount(amount=100))
    sale = done(tender.pay_cash(till.desk))
    parts = []
    for _ in range(3):
        gives_back(till, sale, quantity=1000)
        parts.append(done(tender.pay_cash(till.desk)).total)
    assert sum(parts) == -sale.lines[0].total
    assert max(parts) - min(parts) <= 1


def test_a_refund_keeps_the_vat_rate_of_the_day_of_sale(till: Till) -> None:
    sale = sold(till, LAMP)
    vat = till.desk.rules.vat
    tomorrow = {**vat.rates, "FR20": [replace(vat.rates["FR20"][0], basis_points=2200)]}
    till.desk.rules = replace(till.desk.rules, vat=replace(vat, rates=tomorrow))
    gives_back(till, sale)
    till.scan(LAMP)
    back = done(tender.pay_cash(till.desk))
    assert (back.operation, back.total) == ("exchange", 0)
    assert [(row.rate, row.gross) for row in back.vat] == [(2200, 2999), (2000, -2999)]


def test_an_even_exchange_needs_no_payment(till: Till) -> None:
    sale = sold(till, MILK)
    gives_back(till, sale)
    till.scan(MILK)
    even = done(tender.pay_cash(till.desk))
    assert (even.operation, even.total, even.tenders) == ("exchange", 0, [])


def test_a_discount_on_the_ticket_is_for_what_is_bought_in_an_exchange(till: Till) -> None:
    sale = sold(till, LAMP)
    gives_back(till, sale)
    assert slug_of(lambda: sell.discount_ticket(till.desk, Discount(percent=500))) == (
        "nothing_bought"
    )
    till.scan(MEAL)
    with pytest.raises(NeedsPermission):
        sell.discount_ticket(till.desk, Discount(amount=126))
    sell.discount_ticket(till.desk, Discount(amount=125))
    assert till.basket.total == 1250 - 125 - 2999


def test_a_sale_is_voided_whole_by_a_manager(till: Till) -> None:
    till.scan(BREAD, LAMP, PAPER)
    sell.discount_ticket(till.desk, Discount(amount=100))
    sale = done(tender.pay_cash(till.desk))
    with pytest.raises(NeedsPermission):
        refund.void_sale(till.desk, sale.label, WHY)
    assert slug_of(lambda: refund.void_sale(till.desk, sale.label, " ")) == "no_reason"
    basket = refund.void_sale(till.desk, sale.label, WHY, till.loan(Permission.VOID_SALE))
    assert (len(basket.lines), basket.due) == (3, -sale.total)
    for gesture in (lambda: till.scan(BREAD), lambda: sell.void_line(till.desk, 1)):
        assert slug_of(gesture) == "voiding"
    undone = done(refund.pay_back(till.desk))
    assert (undone.operation, undone.total) == ("void", -sale.total)
    assert [(one.rate, -one.gross, -one.net, -one.tax) for one in undone.vat] == [
        (one.rate, one.gross, one.net, one.tax) for one in sale.vat
    ]
    loan = till.loan(Permission.VOID_SALE)
    assert slug_of(lambda: refund.void_sale(till.desk, sale.label, WHY, loan)) == "all_given_back"


def test_a_void_is_refused_beside_other_lines_and_of_a_ticket_that_gave_back(till: Till) -> None:
    sale = sold(till, BREAD)
    gives_back(till, sale)
    till.scan(LAMP)
    exchange = done(tender.pay_cash(till.desk))
    till.sign_in(MANAGER)
    till.scan(MILK)
    assert slug_of(lambda: refund.void_sale(till.desk, exchange.label, WHY)) == "basket_open"
    sell.abandon(till.desk, "")
    assert slug_of(lambda: refund.void_sale(till.desk, exchange.label, WHY)) == "gave_back"
    gives_back(till, exchange, 2)
    assert done(refund.pay_back(till.desk)).total == -2999


def test_a_void_begun_by_mistake_is_one_undo_away(till: Till) -> None:
    sale = sold(till, BREAD, MILK)
    till.sign_in(MANAGER)
    refund.void_sale(till.desk, sale.label, WHY)
    sell.undo(till.desk)
    assert till.basket.is_empty
    till.scan(BREAD)
    refund.open_ticket(till.desk, sale.label)
    assert done(tender.pay_cash(till.desk)).operation == "sale"


@pytest.mark.parametrize("days", [0, 15])
def test_goods_that_come_back_late_need_a_manager(till: Till, days: int) -> None:
    rules = RefundRules(days=days)
    shop = Till(till.fiscal, change_rules=lambda house: replace(house, refunds=rules))
    sale = sold(shop, MEAL)
    shop.clock.at += timedelta(days=15)
    gives_back(shop, sale)
    sell.void_line(shop.desk, 1)
    shop.clock.at += timedelta(days=1)
    if not days:
        assert gives_back(shop, sale).due == -1250
        return
    with pytest.raises(NeedsPermission) as guarded:
        gives_back(shop, sale)
    loan = shop.loan(guarded.value.permission)
    assert refund.return_line(shop.desk, sale.label, 1, None, WHY, loan).due == -1250
    assert loan.spent


def test_goods_without_a_ticket_come_back_by_permission_up_to_a_limit(till: Till) -> None:
    with pytest.raises(NeedsPermission):
        refund.return_article(till.desk, LAMP_ARTICLE, 1000, 2999, WHY)
    loan = till.loan(Permission.REFUND_WITHOUT_TICKET)
    refund.return_article(till.desk, LAMP_ARTICLE, 1000, 2999, WHY, loan)
    loan = till.loan(Permission.REFUND_WITHOUT_TICKET)
    assert slug_of(
        lambda: refund.return_article(till.desk, LAMP_ARTICLE, 1000, 2002, WHY, loan)
    ) == ("without_ticket_most")
    refund.return_article(till.desk, LAMP_ARTICLE, 1000, 2001, WHY, loan)
    back = done(refund.pay_back(till.desk))
    assert (back.total, back.operation) == (-5000, "refund")
    assert [(one.method, one.amount, one.origin) for one in back.tenders] == [("cash", -5000, "")]
    assert [(one.vat_rate, one.guarantee_months) for one in back.lines] == [(2000, 0)] * 2


@pytest.mark.parametrize(
    ("quantity", "price", "reason", "slug"),
    [
        (0, 100, WHY, "bad_quantity"),
        (1500, 100, WHY, "part_of_a_piece"),
        (1_000_000, 1, WHY, "too_many"),
        (1000, -1, WHY, "bad_price"),
        (1000, 100, "", "no_reason"),
    ],
)
def test_what_no_line_can_be_does_not_come_back_either(
    till: Till, quantity: int, price: int, reason: str, slug: str
) -> None:
    till.sign_in(MANAGER)
    before = on_disk(till.store)
    assert slug == slug_of(
        lambda: refund.return_article(till.desk, LAMP_ARTICLE, quantity, price, reason)
    )
    assert on_disk(till.store) == before


@pytest.mark.parametrize(
    ("text", "is_ticket"),
    [
        ("T01-K1-000012", True),
        (" t01-k1-000012\r", True),
        ("T01-K1-X000003", True),
        ("CAISSE1-K12X9XZ-1000000", True),
        ("T01-K1-Z000001", False),
        ("T01-K1-S000001", False),
        ("T01-K1-12", False),
        ("T01-000012", False),
        ("3760000000017", False),
        ("", False),
    ],
)
def test_the_code_of_a_ticket_is_told_from_any_other(text: str, is_ticket: bool) -> None:
    assert refund.is_label(text) is is_ticket


@pytest.mark.parametrize("label", ["T01-K1-000009", "T09-K1-000001", "", "3760000000017"])
def test_a_ticket_that_the_till_does_not_know_gives_nothing_back(till: Till, label: str) -> None:
    sold(till, BREAD)
    assert slug_of(lambda: refund.open_ticket(till.desk, label)) == "unknown_ticket"


def test_what_was_weighed_comes_back_by_weight(till: Till) -> None:
    sell.arm_quantity(till.desk, 1250)
    sale = sold(till, APPLES)
    parts = []
    for grams in (333, 500, None):
        gives_back(till, sale, quantity=grams)
        parts.append(-done(refund.pay_back(till.desk)).total)
    assert sum(parts) == sale.total == 311


def test_whoever_may_not_refund_needs_a_loan(till: Till) -> None:
    sale = sold(till, BREAD)
    till.sign_in(CLERK)
    with pytest.raises(NeedsPermission):
        gives_back(till, sale)
    loan = till.loan(Permission.REFUND)
    refund.return_line(till.desk, sale.label, 1, None, WHY, loan)
    assert done(tender.pay_cash(till.desk)).operation == "refund"


def test_training_gives_back_what_was_played_and_nothing_else(till: Till) -> None:
    real = sold(till, BREAD)
    till.desk.training = True
    played = sold(till, MILK)
    assert slug_of(lambda: refund.open_ticket(till.desk, real.label)) == "real_ticket"
    gives_back(till, played)
    back = done(tender.pay_cash(till.desk))
    assert (back.label, back.training) == ("T01-K1-X000002", True)
    till.desk.training = False
    assert slug_of(lambda: refund.open_ticket(till.desk, played.label)) == "training_ticket"


def test_a_disk_that_refuses_leaves_the_goods_and_the_money_where_they_were(till: Till) -> None:
    sale = sold(till, BREAD)
    till.store.writes_left = 0
    before = on_disk(till.store)
    with pytest.raises(StoreUnavailable):
        gives_back(till, sale)
    assert on_disk(till.store) == before
    till.store.writes_left = None
    gives_back(till, sale)
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        tender.pay_cash(till.desk)
    assert till.counter.opened == 1
    till.store.writes_left = None
    assert isinstance(done(tender.pay_cash(till.desk)), SaleFinished)
