"""Cards whose answer comes, comes late, or never comes; and who settles them."""

from __future__ import annotations

import pytest

from pos.domain.basket import Basket
from pos.domain.events import CardAnswered, SaleFinished
from pos.ports import CardRequest
from pos.till import sell, tender
from tests.till.shop import (
    BREAD,
    CASHIER,
    COLLEAGUE,
    MANAGER,
    MEAL,
    MILK,
    Till,
    check_balance,
    on_disk,
    shown,
    slug_of,
)


def sold(outcome: SaleFinished | Basket) -> SaleFinished:
    assert isinstance(outcome, SaleFinished)
    check_balance(outcome)
    return outcome


def asked(till: Till, amount: int | None = None) -> CardRequest:
    till.scan(MEAL)
    return tender.ask_card(till.desk, amount)


def test_an_approved_card_settles_the_sale_in_the_same_entry_set(till: Till) -> None:
    sale = sold(tender.answer_card(till.desk, asked(till), "approved"))
    kinds = [event.kind for event in till.store.events[-3:]]
    assert kinds == ["card.asked", "card.answered", "sale.finished"]
    assert sale.tenders[0].method == "card"
    assert till.counter.opened == 0


@pytest.mark.parametrize("outcome", ["declined", "cancelled"])
def test_a_card_that_is_not_approved_leaves_the_basket_to_pay(till: Till, outcome: str) -> None:
    assert isinstance(tender.answer_card(till.desk, asked(till), outcome), Basket)
    assert till.basket.due == 1250
    sold(tender.pay_cash(till.desk))


@pytest.mark.parametrize("answered", [None, "unknown"])
def test_a_basket_that_waits_for_a_card_does_not_change(till: Till, answered: str | None) -> None:
    till.scan(BREAD)
    request = asked(till)
    if answered:
        tender.answer_card(till.desk, request, answered)
    before = on_disk(till.store)
    for gesture in (
        lambda: till.scan(BREAD),
        lambda: sell.void_line(till.desk, 1),
        lambda: sell.set_quantity(till.desk, 1, 2000),
        lambda: sell.undo(till.desk),
        lambda: sell.abandon(till.desk, ""),
        lambda: tender.pay_cash(till.desk),
        lambda: tender.pay_cheque(till.desk, 100),
        lambda: tender.ask_card(till.desk),
    ):
        assert slug_of(gesture) == "card_open"
    assert on_disk(till.store) == before
    sold(tender.answer_card(till.desk, request, "approved"))


def test_a_card_has_one_answer(till: Till) -> None:
    request = asked(till, 500)
    tender.answer_card(till.desk, request, "unknown")
    tender.answer_card(till.desk, request, "approved")
    assert slug_of(lambda: tender.answer_card(till.desk, request, "approved")) == "card_settled"
    assert slug_of(lambda: tender.answer_card(till.desk, request, "declined")) == "card_settled"
    assert till.basket.due == 750
    assert not tender.unsettled(till.desk)


def test_a_card_without_an_answer_is_shown_after_a_restart_until_someone_settles_it(
    till: Till,
) -> None:
    request = asked(till)
    till.restart(COLLEAGUE)
    (waiting,) = tender.unsettled(till.desk)
    assert (waiting.request, waiting.outcome) == (request.request, "unknown")
    till.restart()
    assert slug_of(lambda: till.scan(BREAD)) == "card_open"
    sold(tender.answer_card(till.desk, waiting, "approved"))
    assert not tender.unsettled(till.desk)


@pytest.mark.parametrize("parked", [False, True])
def test_a_card_that_a_manager_settles_later_joins_the_cashiers_basket(
    till: Till, parked: bool
) -> None:
    request = asked(till)
    tender.answer_card(till.desk, request, "unknown")
    if parked:
        sell.park(till.desk)
    till.restart(MANAGER)
    assert isinstance(tender.answer_card(till.desk, request, "approved"), Basket)
    assert till.basket.is_empty
    till.restart(CASHIER)
    if parked:
        sell.recall(till.desk)
    assert till.basket.due == 0
    sale = sold(tender.pay_cash(till.desk))
    assert [(one.method, one.reference) for one in sale.tenders] == [("card", request.request)]


def test_a_card_whose_basket_is_gone_can_still_be_settled(till: Till) -> None:
    request = asked(till)
    till.store.drafts.clear()
    till.restart(MANAGER)
    tender.answer_card(till.desk, request, "approved")
    assert not tender.unsettled(till.desk)


@pytest.mark.parametrize("parked", [False, True])
def test_an_approved_card_survives_a_cut_before_it_joined_its_basket(
    till: Till, parked: bool
) -> None:
    till.scan(BREAD)
    request = asked(till, 500)
    till.store.record(CardAnswered(request=request.request, outcome="approved"))
    if parked:
        sell.park(till.desk)
    for _ in range(2):  # it is put back once, however often the power fails
        till.restart()
        (holder,) = till.desk.baskets()
        assert [one.reference for one in holder.basket.tenders] == [request.request]
    if parked:
        sell.recall(till.desk)
    till.scan(MILK)
    assert shown(till.after_a_cut()) == shown(till.desk)
    sold(tender.pay_cheque(till.desk))


def test_an_approved_card_is_neither_undone_nor_given_back(till: Till) -> None:
    tender.answer_card(till.desk, asked(till, 500), "approved")
    assert slug_of(lambda: sell.undo(till.desk)) == "card_not_undone"
    assert slug_of(lambda: sell.take_tender_back(till.desk, 1)) == "card_not_undone"
