"""What a finished ticket is written with: running totals, a shift, its day; nothing in training."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from pos.domain.events import RunningTotals, SaleFinished
from pos.till import closing, refund, sell, tender
from tests.till.returns import by_card, done, gives_back, sold
from tests.till.shop import BREAD, CASHIER, LAMP, MANAGER, MEAL, MILK, Till, check_numbers


def some_tickets(till: Till) -> list[SaleFinished]:
    """Sell, give back, exchange and void, with a restart between."""
    bread = sold(till, BREAD)
    lamp = by_card(till, LAMP)
    gives_back(till, bread)
    tender.pay_cash(till.desk)
    till.restart()
    gives_back(till, lamp)
    till.scan(MEAL)
    request = tender.ask_card(till.desk)
    meal = done(tender.answer_card(till.desk, request, "approved"))
    till.sign_in(MANAGER)
    milk = sold(till, MILK)
    refund.void_sale(till.desk, milk.label, "erreur")
    refund.pay_back(till.desk)
    assert meal.operation == "exchange"
    return till.sales()


def test_every_ticket_moves_the_running_totals_by_what_it_is_worth(till: Till) -> None:
    running = RunningTotals()
    sales = some_tickets(till)
    assert [sale.operation for sale in sales] == [
        *("sale", "sale", "refund", "exchange", "sale", "void")
    ]
    for sale in sales:
        running = running.plus(sale.total)
        assert sale.running == running
    assert till.desk.running == running
    assert running.perpetual == sum(sale.total for sale in sales)
    assert running.perpetual_abs == sum(abs(sale.total) for sale in sales)
    assert till.restart().desk.running == running


def test_the_records_of_the_totals_are_a_chain_beside_that_of_the_tickets(till: Till) -> None:
    records = [sale.grand_total for sale in some_tickets(till)]
    stamps = [one for one in records if one is not None]
    assert [one.chain for one in stamps] == ["gt_ticket"] * 6
    assert [one.number for one in stamps] == [1, 2, 3, 4, 5, 6]
    if till.fiscal == "france":
        assert all(after.previous == before.signature for before, after in pairwise(stamps))
        assert stamps[2].payload.split(",")[:2] == ["0550:-110", "-110"]


def test_a_new_epoch_begins_both_chains_anew_and_keeps_the_totals(till: Till) -> None:
    before = sold(till, BREAD)
    till.store.place = replace(till.store.place, epoch="K2")
    after = sold(till, BREAD)
    assert before.running is not None
    assert after.running == before.running.plus(110)
    assert after.grand_total is not None
    assert (after.grand_total.number, after.grand_total.previous) == (1, "")


def test_another_countrys_rules_begin_chains_of_their_own() -> None:
    till = Till("france")
    sold(till, BREAD)
    after = sold(till.moves_to("none"), BREAD)
    assert after.grand_total is not None
    assert (after.fiscal.number, after.grand_total.number) == (1, 1)


@pytest.mark.parametrize("training", [False, True])
def test_a_country_that_a_till_comes_back_to_goes_on_with_its_chains(training: bool) -> None:
    till = Till("france")
    for fiscal in ("france", "none", "france", "none", "france"):
        till.moves_to(fiscal).desk.training = training
        sold(till, BREAD)
        sold(till, MILK)
    sales = till.sales()
    assert [sale.ticket for sale in sales] == list(range(1, 11))
    assert [sale.fiscal.number for sale in sales] == [1, 2, 1, 2, 3, 4, 3, 4, 5, 6]
    check_numbers(sales)


def test_what_is_played_moves_no_total_no_shift_and_no_drawer(till: Till) -> None:
    real = sold(till, BREAD)
    opened = till.counter.opened
    till.desk.training = True
    for _ in range(2):
        played = sold(till, MILK)
        assert (played.running, played.grand_total, played.shift) == (None, None, None)
        gives_back(till, played)
        tender.pay_cash(till.desk)
    assert till.counter.opened == opened
    assert till.desk.running == real.running
    till.desk.training = False
    after = sold(till, MILK)
    assert real.running is not None
    assert after.running == real.running.plus(105)
    assert after.grand_total is not None
    assert after.grand_total.number == 2


def test_cash_that_goes_back_counts_in_the_shift_of_now(till: Till) -> None:
    sale = sold(till, MEAL)
    gives_back(till, sale)
    back = done(tender.pay_cash(till.desk))
    assert back.shift == sale.shift is not None
    (shift,) = till.store.shifts()
    assert (shift.takings, shift.expected) == (0, 0)


def test_a_till_whose_first_cash_goes_back_opens_its_shift_before_it(till: Till) -> None:
    till.scan(MEAL)
    sale = done(tender.pay_cheque(till.desk))
    assert sale.shift is None
    gives_back(till, sale)
    tender.pay_cash(till.desk)
    kinds = [event.kind for event in till.store.events if not event.kind.startswith("fiscal")]
    assert kinds[-3:] == ["shift.opened", "sale.finished", "drawer.opened"]
    (shift,) = till.store.shifts()
    assert shift.expected == -1250


def test_a_card_sale_belongs_to_the_shift_that_is_open(till: Till) -> None:
    assert by_card(till, BREAD).shift is None
    shift = sold(till, BREAD).shift
    assert by_card(till, BREAD).shift == shift


def test_the_days_that_nobody_closed_are_closed_before_a_sale_of_a_new_one(till: Till) -> None:
    sold(till, BREAD)
    till.clock.at += timedelta(days=3)
    sale = sold(till, MILK)
    days = till.events("period.closed", "sale.finished")
    assert [event.kind for event in days] == [
        "sale.finished",
        *["period.closed"] * 3,
        "sale.finished",
    ]
    assert len(till.events("closing.finished")) == 3
    assert sale.business_day == "2026-11-27"


def test_a_sale_after_the_close_counts_for_the_next_day(till: Till) -> None:
    before = sold(till, BREAD)
    till.sign_in(MANAGER)
    closing.close_day(till.desk)
    till.sign_in(CASHIER)
    after = sold(till, BREAD)
    assert (before.business_day, after.business_day) == ("2026-11-24", "2026-11-25")
    gives_back(till, before)
    assert done(tender.pay_cash(till.desk)).business_day == "2026-11-25"


def test_the_display_says_what_was_paid_back(french_till: Till) -> None:
    till = french_till
    gives_back(till, sold(till, MEAL))
    tender.pay_cash(till.desk)
    upper, lower = till.counter.shown[-1]
    assert upper.split()[-2:] == ["-12,50", "€"]
    assert lower.split()[-2:] == ["12,50", "€"]


def test_a_basket_of_returns_is_put_aside_taken_up_and_abandoned_like_any_other(
    till: Till,
) -> None:
    sale = sold(till, MEAL)
    gives_back(till, sale)
    sell.park(till.desk)
    till.restart()
    sell.recall(till.desk)
    assert till.basket.due == -1250
    sell.abandon(till.desk, "client parti")
    assert till.events("basket.abandoned")
    gives_back(till, sale)
    assert done(tender.pay_cash(till.desk)).total == -1250
