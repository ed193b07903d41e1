"""The cash desk on the screen: counted blind by notes and coins, moved for a reason, closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.events import (
    CashMoved,
    DrawerOpened,
    FloatCounted,
    PrintAsked,
    ShiftClosed,
    ShiftCounted,
)
from pos.domain.shop import CashRules
from pos.screens.dialogs.count import CountPrompt
from pos.screens.dialogs.sign_in import PinPrompt
from pos.till import cash
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, MILK, Shop

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")
TO_TWENTY = ("down",) * 4
COUNT = ("ctrl+f", "6")
TAKE = ("end", "enter")


async def with_cash(hands: Hands) -> None:
    """Let a sale of 2.25 in cash open the shift."""
    await hands.burst(f"{BREAD}\r{MILK}\r")
    await hands.press("f9")


async def test_the_float_is_counted_by_notes_and_coins() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f")
        assert hands.reads("Cash desk · no shift is open")
        await hands.press("1", *TO_TWENTY, "3", "enter", "1", "down")
        assert hands.reads("3 × = €60.00")
        assert hands.reads("How many of €5.00?")
        assert hands.app.sale_screen.total.shown.amount == "€70.00"
        await hands.press(*TAKE)
        assert hands.reads("The shift begins with €70.00.")
        await hands.press("ctrl+f")
        assert hands.reads("Cash desk · shift T01-K1-S000001 since 24/11 10:30")
    counted = next(one for one in shop.store.events if isinstance(one, FloatCounted))
    assert [(coin.value, coin.count) for coin in counted.coins] == [(2000, 3), (1000, 1)]
    assert shop.counter.opened == 1


async def test_a_float_that_is_not_what_was_left_asks_why() -> None:
    shop = Shop().opened()
    cash.open_shift(shop.desk, {2000: 3})
    shift = cash.current_shift(shop.desk)
    assert shift is not None
    cash.count(shop.desk, shift.opened.shift, {2000: 3})
    cash.close_shift(shop.desk, shift.opened.shift, left=6000)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "1", *TO_TWENTY, "2", "enter", "1", *TAKE)
        assert hands.reads("-€10.00 against what was left: why?")
        await hands.press("3")
        assert hands.reads("The shift begins with €50.00.")
    counted = [one for one in shop.store.events if isinstance(one, FloatCounted)]
    assert counted[-1].reason == "The last count was wrong"


async def test_a_float_is_not_counted_once_cash_has_moved() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await with_cash(hands)
        await hands.press("ctrl+f", "1")
        assert hands.reads("This drawer has its shift already")
        assert hands.app.session.prompt is None


async def test_a_count_that_is_corrected_keeps_the_last_number_of_each_row() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "1", *TO_TWENTY, "3", "down", "2", "down", "up", "up")
        assert hands.reads("How many of €20.00?")
        await hands.press("down", "up", "0", "enter")
        assert hands.app.sale_screen.total.shown.amount == "€20.00"
        await hands.press(*"1234567", "enter")
        assert hands.reads("€1,234,560.00 is more than a drawer holds; count it again.")
        assert hands.reads("How many of €10.00? 123456")
        assert not shop.logged


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_on_the_screen_tells_what_is_expected_before_the_count(
    size: tuple[int, int],
) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), size) as hands:
        await with_cash(hands)
        await hands.burst(f"{BREAD}\r")
        await hands.press("f5", *COUNT)
        for key in ("down",) * 15:
            assert not hands.reads("2.25")
            assert not hands.reads("xpected")
            await hands.press(key)
        await hands.press("enter")
        assert hands.reads("Counted €0.00, expected €2.25: difference -€2.25")


async def test_a_difference_needs_its_reason_and_the_rest_goes_to_the_bank() -> None:
    shop = Shop().opened()
    shop.desk.rules = replace(shop.desk.rules, cash=CashRules(float_target=100))
    async with at_work(shop.app()) as hands:
        await with_cash(hands)
        await hands.press(*COUNT, *("down",) * 7, "1", *TAKE)
        assert hands.reads("Counted €2.00, expected €2.25: difference -€0.25")
        assert hands.reads("Close: €1.00 stay, €1.00 go to the bank")
        await hands.press("1")
        assert hands.reads("Why is there a difference of -€0.25?")
        await hands.press("1")
        assert hands.reads("The shift is closed: €1.00 stay, €1.00 go to the bank.")
    closed = next(one for one in shop.store.events if isinstance(one, ShiftClosed))
    assert (closed.reason, closed.left, closed.banked) == ("Wrong change given", 100, 100)


async def test_a_count_as_expected_closes_with_one_digit() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await with_cash(hands)
        coins = (*("down",) * 7, "1", *("down",) * 3, "1", *("down",) * 2, "1")
        await hands.press(*COUNT, *coins, *TAKE)
        assert hands.reads("Counted €2.25, as expected")
        await hands.press("1")
        assert hands.reads("The shift is closed: €2.25 stay, €0.00 go to the bank.")


async def test_a_recount_is_another_count_and_both_are_kept() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await with_cash(hands)
        await hands.press(*COUNT, *TAKE, "3")
        assert hands.reads("Count of shift T01-K1-S000001: €0.00")
        await hands.press(*("down",) * 7, "1", *TAKE, "4")
        assert hands.app.session.prompt is None
        await hands.press("ctrl+f", "7")
        assert hands.reads("Counted €2.00, expected €2.25")
        await hands.press("2", "3", "enter")
        await hands.press("2")
        assert hands.reads("cannot stay of the")
        await hands.press("ctrl+f", "7", "2", "1", "enter", "2")
        assert hands.reads("The shift is closed: €1.00 stay, €1.00 go to the bank.")
    counts = [one for one in shop.store.events if isinstance(one, ShiftCounted)]
    assert [(one.attempt, one.amount) for one in counts] == [(1, 0), (2, 200)]


async def test_a_difference_over_the_limit_needs_a_managers_pin() -> None:
    shop = Shop().opened()
    shop.desk.rules = replace(shop.desk.rules, cash=CashRules(difference_limit=100))
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER)
        await with_cash(hands)
        await hands.press(*COUNT, *TAKE, "1", "4")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        assert not any(isinstance(one, ShiftClosed) for one in shop.store.events)
        await hands.press(*MANAGER)
        assert hands.reads("The shift is closed")
    closed = next(one for one in shop.store.events if isinstance(one, ShiftClosed))
    assert closed.agreed_by == "staff-1"


@pytest.mark.parametrize(
    ("row", "move", "said"),
    [
        ("2", "drop", "€20.00: Too much in the drawer."),
        ("3", "paid_in", "€20.00: Change from the bank."),
        ("4", "paid_out", "€20.00: A small purchase."),
    ],
)
async def test_cash_moves_for_an_amount_and_a_reason(row: str, move: str, said: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", row, *"20", "enter", "1")
        assert hands.reads(said)
        await hands.press("ctrl+f", "8")
        assert hands.reads("Duplicata number 1 goes to the printer.")
    moved = [one for one in shop.store.events if isinstance(one, CashMoved)]
    assert [(one.move, one.amount) for one in moved] == [(move, 2000)]
    papers = [one.paper for one in shop.store.events if isinstance(one, PrintAsked)]
    assert papers == ["cash", "cash"]


async def test_cash_in_and_out_needs_a_managers_pin() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, "ctrl+f", "4", *"20", "enter", *"milk", "enter")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        await hands.press(*MANAGER)
        assert hands.reads("€20.00: milk.")


async def test_an_amount_that_is_none_is_asked_again() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "2", *"1,2,3", "enter")
        assert hands.reads("is not an amount")
        assert hands.reads("How much goes to the safe?")


async def test_the_drawer_opens_for_a_typed_reason_that_is_kept() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "5", *"lost coin", "enter")
        assert hands.reads("The drawer was told to open.")
    opened = [one for one in shop.store.events if isinstance(one, DrawerOpened)]
    assert [(one.cause, one.reason) for one in opened] == [("no_sale", "lost coin")]


@pytest.mark.parametrize("row", ["6", "7"])
async def test_without_a_shift_there_is_nothing_to_count(row: str) -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", row)
        assert hands.reads("No shift is open on this drawer")


async def test_a_manager_counts_the_drawer_of_a_colleague() -> None:
    shop = Shop().opened()
    shop.desk.rules = replace(shop.desk.rules, cash=CashRules(drawers="each"))
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER)
        await with_cash(hands)
        await hands.press("f12", *MANAGER, "ctrl+f")
        assert hands.reads("Cash desk · no shift is open")
        assert hands.reads("Count the drawer of shift T01-K1-S000001")
        await hands.press("9", *TAKE)
        assert hands.reads("Counted €0.00, expected €2.25")


async def test_a_scan_waits_while_the_drawer_is_counted_and_no_gesture_loses_the_count() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "1", *TO_TWENTY, "3")
        await hands.burst(f"{MILK}\r")
        await hands.press("f9", "f6")
        assert hands.reads("Answer this first.")
        await hands.press(*TAKE)
        assert [line.sku for line in shop.desk.basket.lines] == ["2"]


async def test_a_touch_chooses_a_row_of_the_count_and_the_last_one_takes_it() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), (80, 40)) as hands:
        await hands.press("ctrl+f", "1")
        prompt = hands.app.session.prompt
        assert isinstance(prompt, CountPrompt)
        hands.app.session.pick(4)
        await hands.press("2")
        hands.app.session.pick(15)
        hands.app.show()
        await hands.settle()
        assert hands.app.session.prompt is None
        assert hands.reads("The shift begins with €40.00.")
