"""Training: what is sold is played, says so, counts nowhere, and touches no cash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.events import SaleFinished, TrainingSwitched
from pos.domain.staff import NeedsPermission, Permission
from pos.papers.page import Page, Text
from pos.ports import StoreUnavailable
from pos.till import closing, reports, sell, tender, tickets, training
from tests.till.closing_days import check_books, closes, closings, sells
from tests.till.shop import BREAD, CASHIER, MANAGER, MILK, Till, check_numbers, on_disk, slug_of


def train(till: Till, on: bool = True) -> None:
    """Let a manager switch training, and give the till back to the cashier."""
    till.sign_in(MANAGER)
    training.switch(till.desk, on)
    till.sign_in(CASHIER)


def switched(till: Till) -> list[tuple[bool, str]]:
    found = [event for event in till.store.events if isinstance(event, TrainingSwitched)]
    return [(event.on, event.staff) for event in found]


def texts(page: Page) -> list[str]:
    return [block.text for block in page.blocks if isinstance(block, Text)]


def test_training_is_written_down_with_who_answers_for_it(till: Till) -> None:
    with pytest.raises(NeedsPermission):
        training.switch(till.desk, True)
    loan = till.loan(Permission.TRAINING)
    training.switch(till.desk, True, loan)
    assert (till.desk.training, loan.spent) == (True, True)
    train(till, on=False)
    assert switched(till) == [(True, "staff-3"), (False, "staff-3")]


def test_training_lasts_over_restarts_until_it_is_ended(till: Till) -> None:
    train(till)
    assert till.restart().desk.training
    train(till, on=False)
    assert not till.restart().desk.training


def test_switching_to_what_is_so_already_writes_nothing(till: Till) -> None:
    before = on_disk(till.store)
    training.switch(till.desk, False)
    assert on_disk(till.store) == before


def test_a_disk_that_refuses_leaves_training_as_it_was(till: Till) -> None:
    till.sign_in(MANAGER)
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        training.switch(till.desk, True)
    assert not till.desk.training


def park(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)


def ask_card(till: Till) -> None:
    till.scan(BREAD)
    tender.ask_card(till.desk)


OPEN: list[tuple[str, Callable[[Till], object]]] = [
    ("in hand", lambda till: till.scan(BREAD)),
    ("put aside", park),
    ("at the card terminal", ask_card),
]


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("leave", [one[1] for one in OPEN], ids=[one[0] for one in OPEN])
def test_no_basket_is_real_at_one_end_and_played_at_the_other(
    till: Till, leave: Callable[[Till], object], on: bool
) -> None:
    if not on:
        train(till)
    leave(till)
    till.sign_in(MANAGER)
    assert slug_of(lambda: training.switch(till.desk, on)) == "basket_open"
    assert till.desk.training is not on


def test_a_till_for_training_alone_never_leaves_it(till: Till) -> None:
    till.change_rules = lambda house: replace(house, training=True)
    till.restart(MANAGER)
    assert till.desk.training
    assert slug_of(lambda: training.switch(till.desk, False)) == "training_always"


def test_played_sales_have_numbers_and_a_chain_of_their_own_and_no_totals(till: Till) -> None:
    real = [sells(till, BREAD)]
    train(till)
    played = [sells(till, MILK), sells(till, MILK)]
    train(till, on=False)
    real.append(sells(till, BREAD))
    assert [sale.label for sale in played] == ["T01-K1-X000001", "T01-K1-X000002"]
    assert [sale.fiscal.chain for sale in played] == ["training"] * 2
    check_numbers(played)
    check_numbers(real)
    for sale in played:
        assert sale.training
        assert (sale.running, sale.grand_total, sale.shift) == (None, None, None)
    assert real[1].running is not None
    assert real[1].running.perpetual == 220
    assert closes(till).figures.total == 220
    check_books(till)


def test_every_played_ticket_says_so(till: Till) -> None:
    train(till)
    sells(till, BREAD)
    tickets.print_ticket(till.desk)
    mark = till.desk.ports.fiscal.training_mark()
    assert mark in texts(till.counter.printed[-1][1])


def test_an_x_in_training_says_so_and_shows_the_real_day(till: Till) -> None:
    real = sells(till, BREAD)
    train(till)
    sells(till, MILK)
    till.sign_in(MANAGER)
    report = reports.x_report(till.desk)
    assert report.figures.total == real.total
    assert report.mark == till.desk.ports.fiscal.training_mark()
    reports.print_x(till.desk)
    assert texts(till.counter.printed[-1][1]).count(report.mark) == 2


def test_training_opens_no_drawer_and_begins_no_shift(till: Till) -> None:
    train(till)
    sells(till, BREAD)
    assert till.counter.opened == 0
    assert not till.store.shifts()
    assert not till.events("drawer.opened", "shift.opened")


def test_the_day_is_not_closed_in_training_and_is_told_why(till: Till) -> None:
    sells(till, BREAD)
    train(till)
    till.sign_in(MANAGER)
    before = on_disk(till.store)
    assert slug_of(lambda: closing.close_day(till.desk)) == "training_on"
    assert on_disk(till.store) == before


def test_a_forgotten_day_is_closed_while_training_goes_on(till: Till) -> None:
    real = sells(till, BREAD)
    train(till)
    sells(till, MILK)
    till.clock.pass_s(86_400)
    assert len(closing.catch_up(till.desk)) == 1
    [closed] = closings(till)
    assert (closed.figures.total, closed.figures.tickets) == (real.total, 1)
    played = sells(till, MILK)
    assert (played.business_day, played.training) == ("2026-11-25", True)
    check_books(till)


def test_a_played_sale_is_found_again_as_played_after_a_restart(till: Till) -> None:
    train(till)
    sells(till, BREAD)
    till.restart()
    again = sells(till, BREAD)
    assert again.label == "T01-K1-X000002"
    check_numbers([sale for sale in till.sales() if isinstance(sale, SaleFinished)])
