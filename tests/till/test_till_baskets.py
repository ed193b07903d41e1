"""A basket undone, put aside, recalled, kept for its cashier, abandoned, or very long."""

from __future__ import annotations

from pos.domain.basket import Basket
from pos.domain.events import BasketAbandoned
from pos.domain.line import Discount
from pos.till import sell, tender
from pos.till.sell import Question
from tests.till.shop import (
    BREAD,
    CASHIER,
    COLLEAGUE,
    LAMP,
    MEAL,
    MILK,
    WINE,
    Till,
    shown,
    slug_of,
)

TEN_PERCENT = Discount(percent=1000, reason="Fin de série")


def totals(basket: Basket) -> list[int]:
    return [line.total for line in basket.lines]


def sell_wine(till: Till) -> None:
    question = sell.scan(till.desk, WINE)
    assert isinstance(question, Question)
    sell.answer(till.desk, question)


def test_undo_takes_an_age_check_back_with_its_line(till: Till) -> None:
    till.scan(BREAD)
    sell_wine(till)
    sell.undo(till.desk)
    assert [line.name for line in till.basket.lines] == ["Baguette"]
    sell.undo(till.desk)
    assert till.basket.is_empty
    assert slug_of(lambda: sell.undo(till.desk)) == "nothing_to_undo"
    assert [one.name for one in till.basket.voided] == ["Vin rouge 75 cl", "Baguette"]


def test_undo_brings_a_voided_line_back_and_the_numbers_of_lines_go_on(till: Till) -> None:
    till.scan(BREAD, MILK)
    sell.void_line(till.desk, 1)
    sell.undo(till.desk)
    sell.undo(till.desk)
    till.scan(MEAL)
    assert [(line.n, line.name) for line in till.basket.lines] == [
        (1, "Baguette"),
        (3, "Plat du jour"),
    ]
    assert [one.name for one in till.basket.voided] == ["Lait 1 L"]
    assert shown(till.after_a_cut()) == shown(till.desk)


def test_undo_goes_on_after_a_park_and_a_restart(till: Till) -> None:
    till.scan(BREAD, MILK)
    sell.park(till.desk)
    till.restart(COLLEAGUE)
    sell.recall(till.desk)
    sell.undo(till.desk)
    sell.undo(till.desk)
    assert till.basket.is_empty
    till.scan(MEAL)
    assert shown(till.after_a_cut()) == shown(till.desk)


def test_a_parked_basket_is_recalled_by_a_colleague_after_a_restart(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)
    assert till.basket.is_empty
    till.restart(COLLEAGUE)
    till_basket = sell.recall(till.desk)
    assert till_basket.staff == "staff-2"
    till.scan(MILK)
    till.restart(COLLEAGUE)
    assert totals(till.basket) == [110, 105]


def test_recall_asks_which_when_there_are_several_and_never_over_an_open_basket(
    till: Till,
) -> None:
    assert slug_of(lambda: sell.recall(till.desk)) == "nothing_parked"
    till.scan(BREAD)
    first = sell.park(till.desk).name
    till.scan(MILK)
    sell.park(till.desk)
    assert slug_of(lambda: sell.recall(till.desk)) == "which_parked"
    assert slug_of(lambda: sell.recall(till.desk, "nowhere")) == "nothing_parked"
    till.scan(MEAL)
    assert slug_of(lambda: sell.recall(till.desk, first)) == "basket_open"


def test_an_empty_basket_is_not_put_aside(till: Till) -> None:
    assert slug_of(lambda: sell.park(till.desk)) == "empty_basket"


def test_a_basket_emptied_before_a_recall_ends_on_record(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)
    till.scan(MILK)
    sell.void_line(till.desk, 1)
    sell.recall(till.desk)
    ended = [e for e in till.store.events if isinstance(e, BasketAbandoned)]
    assert [one.voided[0].name for one in ended] == ["Lait 1 L"]
    till.restart()
    assert totals(till.basket) == [110]
    assert len(till.store.drafts) == 1


def test_each_cashier_finds_the_own_basket_back(till: Till) -> None:
    till.scan(BREAD)
    till.sign_in(COLLEAGUE)
    till.scan(MILK, MILK)
    till.sign_in(CASHIER)
    assert totals(till.basket) == [110]
    till.restart(COLLEAGUE)
    assert totals(till.basket) == [105, 105]


def test_an_abandoned_basket_leaves_an_event_and_no_number(till: Till) -> None:
    sell.abandon(till.desk, "nothing")
    assert not till.events("basket.abandoned")
    till.scan(BREAD, MILK)
    sell.void_line(till.desk, 1)
    sell.abandon(till.desk, "client parti")
    (ended,) = [e for e in till.store.events if isinstance(e, BasketAbandoned)]
    assert (ended.lines, ended.total, ended.reason) == (1, 105, "client parti")
    assert [one.name for one in ended.voided] == ["Baguette"]
    assert not till.sales()
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    assert till.sales()[-1].ticket == 1


def test_an_emptied_basket_carries_no_discount_to_the_next_customer(till: Till) -> None:
    till.scan(BREAD)
    sell.discount_ticket(till.desk, TEN_PERCENT)
    sell.void_line(till.desk, 1)
    till.scan(MILK)
    assert till.basket.total == 105


def test_a_thousand_lines_are_a_basket_like_any_other(till: Till) -> None:
    till.scan(*[BREAD, MILK, MEAL, LAMP] * 260)
    sell.discount_ticket(till.desk, TEN_PERCENT)
    assert shown(till.after_a_cut()) == shown(till.desk)
    sale = tender.pay_cheque(till.desk)
    assert not isinstance(sale, Basket)
    assert len(sale.lines) == 1040
