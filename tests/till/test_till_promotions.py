"""Promotions at the till: taken off by themselves, kept by the basket, told on ticket and entry."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pos.domain.catalogue import ToldVat, VatRate
from pos.domain.events import SaleFinished
from pos.domain.line import Discount
from pos.domain.promotion import Promotion, Promotions
from pos.doubles import ToldCentre
from pos.ports import StoreUnavailable
from pos.till import refund, sell, tender
from tests.till.shop import BREAD, CASHIER, MANAGER, MILK, PIECE_OF_CHEESE, Till

AT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
TENTH = Promotion("tenth", "Semaine du pain", AT, percent=1000, articles=frozenset({"1"}))
SECOND = Promotion("second", "Le 2e à −50 %", AT, percent=5000, every=2)


def with_promotions(till: Till, *promotions: Promotion) -> Till:
    till.desk.ports.centre = ToldCentre(promoted=list(promotions))
    till.sign_in(CASHIER)
    return till


def test_a_promotion_is_taken_off_without_a_permission_and_told_on_the_entry(till: Till) -> None:
    with_promotions(till, TENTH)
    till.scan(BREAD)
    till.scan(MILK)
    sale = tender.pay_cash(till.desk)
    assert isinstance(sale, SaleFinished)
    bread, milk = sale.lines
    assert bread.discount is not None
    assert (bread.discount.amount, bread.discount.reason) == (11, "Semaine du pain")
    assert (bread.total, milk.discount, sale.total) == (99, None, 204)
    assert not till.events("permission.used")


def test_a_promotion_over_several_lines_follows_the_basket(till: Till) -> None:
    with_promotions(till, SECOND)
    till.scan(BREAD)
    assert till.scan(MILK).total == 110 + 105 - 53
    sell.void_line(till.desk, 2)
    assert till.desk.basket.total == 110
    sell.undo(till.desk)
    sell.set_quantity(till.desk, 1, 3000)
    assert till.desk.basket.total == 330 + 105 - 53 - 55


def test_a_basket_found_again_after_a_power_cut_keeps_its_promotion(till: Till) -> None:
    with_promotions(till, TENTH)
    till.scan(BREAD)
    till.restart()
    assert till.desk.basket.total == 99
    assert till.scan(BREAD).total == 99 + 99


def test_an_article_scanned_again_keeps_the_promotion_that_the_basket_has(till: Till) -> None:
    with_promotions(till)
    till.scan(BREAD)
    till.desk.ports.centre = ToldCentre(promoted=[TENTH])
    assert till.scan(BREAD).total == 110 + 110
    tender.pay_cash(till.desk)
    till.scan(BREAD)
    till.desk.ports.centre = ToldCentre()
    assert till.scan(BREAD).total == 99 + 99


def test_a_cashier_s_discount_stands_in_the_place_of_the_promotion_until_it_is_taken_away(
    till: Till,
) -> None:
    with_promotions(till, TENTH)
    till.scan(BREAD)
    sell.discount_line(till.desk, 1, Discount(percent=500))
    assert till.desk.basket.total == 104
    sell.discount_line(till.desk, 1, None)
    assert till.desk.basket.total == 99


def test_goods_with_a_price_of_their_own_get_a_share_and_never_another_price(till: Till) -> None:
    with_promotions(till, Promotion("all", "Tout à −10 %", AT, percent=1000))
    (cheese,) = till.scan(PIECE_OF_CHEESE).lines
    assert (cheese.label_price, cheese.promoted, cheese.gross) == (True, 78, 780)
    till.desk.ports.centre = ToldCentre(promoted=[Promotion("p", "P", AT, price=1), SECOND])
    assert till.scan(PIECE_OF_CHEESE).lines[1].promotion is None


@pytest.mark.parametrize("pieces", [1, 2])
def test_what_comes_back_is_what_was_paid_after_the_promotion(till: Till, pieces: int) -> None:
    with_promotions(till, TENTH)
    till.scan(BREAD)
    till.scan(BREAD)
    sale = tender.pay_cash(till.desk)
    assert isinstance(sale, SaleFinished)
    till.sign_in(MANAGER)
    back = refund.open_ticket(till.desk, sale.label)
    assert [one.amount for one in back.lines][:pieces] == [99] * pieces


class Unreadable(ToldCentre):
    """A centre whose file cannot be read now."""

    def promotions(self) -> Promotions:
        raise StoreUnavailable("disk", "The disk does not answer.")

    def vat(self) -> ToldVat:
        raise StoreUnavailable("disk", "The disk does not answer.")


def test_rules_of_the_centre_that_cannot_be_read_stop_no_sale(till: Till) -> None:
    rates = {"FR055": (VatRate(600, date(2026, 1, 1)),)}
    till.desk.ports.centre = ToldCentre(rates=dict(rates), promoted=[TENTH])
    till.sign_in(CASHIER)
    till.scan(BREAD)
    till.desk.ports.centre = Unreadable()
    till.scan(MILK)
    sale = tender.pay_cash(till.desk)
    assert isinstance(sale, SaleFinished)
    assert [(one.total, one.vat_rate) for one in sale.lines] == [(99, 600), (105, 600)]


def test_an_article_s_vat_code_changes_from_basket_to_basket(till: Till) -> None:
    start = int(till.clock.now().timestamp()) + 10
    till.desk.ports.centre = ToldCentre(vat_codes={"1": [(start, "FR20")]})
    till.sign_in(CASHIER)
    till.scan(BREAD)
    till.clock.pass_s(10)
    till.scan(BREAD, MILK)
    codes = []
    for _ in range(2):
        sale = tender.pay_cash(till.desk)
        assert isinstance(sale, SaleFinished)
        codes.append([(one.sku, one.vat, one.vat_rate) for one in sale.lines])
        till.scan(BREAD)
    assert codes == [
        [("1", "FR055", 550), ("1", "FR055", 550), ("2", "FR055", 550)],
        [("1", "FR20", 2000)],
    ]
