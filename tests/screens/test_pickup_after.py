"""After a hand-over on the screen: undone by a manager, brought back, put back on the shelves."""

from __future__ import annotations

import pytest

from pos.domain.events import OrderReturned, PrintAsked
from pos.domain.order import Contract, OrderState
from tests.screens.hands import Hands, at_work
from tests.screens.orders import PickupShop, apples, bread, lying, milk
from tests.screens.shop import APPLES, BREAD, MILK, WINE

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")


async def hand_over(hands: Hands, scan: str) -> None:
    """Hand an order out that nothing is wanted for."""
    await hands.burst(scan)
    await hands.press("enter")
    assert hands.reads("H A N D E D   O V E R")


async def test_a_wrong_hand_over_is_undone_by_a_manager_with_a_reason() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hands.press(*CASHIER)
        await hand_over(hands, shop.scan_of(order))
        await hands.press("ctrl+z", "1")
        assert hands.reads("Who allows undoing a hand-over?")
        await hands.press(*MANAGER)
        assert hands.reads("is undone; its goods are on the shelf again.")
        assert shop.now(order).state is OrderState.READY
        assert shop.now(order).lines[0].on_shelf == 2000


async def test_a_hand_over_of_an_hour_ago_is_not_undone_any_more() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hand_over(hands, shop.scan_of(order))
        shop.shop.clock.pass_s(3600)
        await hands.press("escape")
        await hands.burst(shop.scan_of(order))
        await hands.press("ctrl+z", "1")
        assert hands.reads("A hand-over is undone within 15 min")
        assert shop.now(order).state is OrderState.HANDED_OVER


async def test_an_order_tells_what_the_web_shop_was_told_to_pay_back() -> None:
    shop = PickupShop()
    gone = lying(bread(2)).model_copy(update={"handed": 1_000, "refused": 1_000})
    shop.order(gone, state=OrderState.HANDED_OVER, visits=1, refunded=120)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", *"1041", "enter")
        assert hands.reads("The web shop was told to pay €1.20 back.")


async def test_the_slip_of_a_hand_over_is_printed_again_as_a_counted_copy() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hand_over(hands, shop.scan_of(order))
        await hands.press("f7")
        asked = [one for one in shop.shop.store.events if isinstance(one, PrintAsked)]
        assert [(one.paper, one.copy_number) for one in asked] == [("pickup", 0), ("pickup", 1)]


@pytest.mark.parametrize(("digit", "is_sellable"), [("1", True), ("2", False)])
async def test_a_web_purchase_comes_back_by_its_order_and_the_web_shop_pays(
    digit: str, is_sellable: bool
) -> None:
    shop = PickupShop()
    order = shop.ready(bread(3), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hand_over(hands, shop.scan_of(order))
        await hands.press("enter", *"1041", "ctrl+g", "enter", "ctrl+r", "enter")
        assert hands.reads("Say which goods came back.")
        await hands.burst(f"{BREAD}\r{BREAD}\r{WINE}\r")
        assert hands.reads("“Vin rouge 75 cl” is not of order W-1041.")
        await hands.burst(f"{BREAD}\r")
        await hands.press("4", "enter")
        assert hands.reads("is too much; at most 3.")
        await hands.press("2", "enter", "enter", "3", digit)
        assert hands.reads("T A K E N   B A C K")
        back = next(one for one in shop.shop.store.events if isinstance(one, OrderReturned))
        assert [(one.line, one.quantity, one.amount) for one in back.lines] == [(1, 2000, 240)]
        assert (back.pay_back, back.sellable) == ("centre", is_sellable)
        assert shop.shop.desk.last_sale is None


async def test_what_was_paid_at_the_till_comes_back_by_its_ticket() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1), contract=Contract.PAY_AT_PICKUP)
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter", "f9", *"1041", "ctrl+g", "enter", "ctrl+r")
        assert hands.reads("Ticket T01-K1-000001")
        assert hands.reads("What comes back?")


async def test_what_nobody_collected_is_put_back_scan_by_scan() -> None:
    shop = PickupShop()
    order = shop.order(
        lying(bread(2)), lying(milk(1)), lying(apples(800, n=3)), state=OrderState.EXPIRED,
        shelf="A3",
    )  # fmt: skip
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "tab", "tab", "enter")
        await hands.burst(f"{WINE}\r")
        assert hands.reads("is not of order W-1041")
        await hands.burst(f"{BREAD}\r{APPLES}\r{MILK}\r{MILK}\r")
        assert hands.reads("Nothing of “Lait demi-écrémé 1 L” is to be put back.")
        assert [line.put_back for line in shop.now(order).lines] == [1000, 1000, 800]
        await hands.press("home", "1", "enter")
        assert hands.reads("All of order W-1041 is put back.")
        assert hands.reads("Nothing is to be put back on the shelves.")
        assert shop.now(order).state is OrderState.CLOSED


async def test_what_was_refused_at_the_desk_is_to_put_back() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("delete", "1", "enter")
        assert hands.reads("What was refused is to be put back.")
        assert hands.reads("is paid back to you by the web shop")
        await hands.press("enter", "ctrl+g", "tab", "tab", "enter")
        await hands.burst(f"{BREAD}\r{BREAD}\r")
        assert hands.reads("All of order W-1041 is put back.")


async def test_a_part_that_was_handed_out_by_mistake_is_undone_too() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("1", "enter", "enter")
        assert shop.now(order).lines[0].handed == 1000
        await hands.press("ctrl+z", "1")
        assert shop.now(order).lines[0].handed == 0


async def test_a_customer_who_comes_after_the_last_day_still_gets_what_is_here() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2), state=OrderState.EXPIRED)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "tab", "tab", "enter", "tab", "1", "1")
        assert hands.reads("E X P I R E D")
        assert hands.reads("but is still here")
        await hands.press("enter")
        assert shop.now(order).state is OrderState.HANDED_OVER


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "keys", [[], ["ctrl+z"], ["ctrl+r"], ["ctrl+r", "1", "enter", "enter"], ["ctrl+r", "1"]]
)
async def test_what_the_keys_do_is_told_after_a_hand_over(keys: list[str], language: str) -> None:
    shop = PickupShop()
    shop.shop.language = language
    order = shop.ready(bread(3))
    async with at_work(shop.shop.app(language=language)) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter", *keys)
        shown = hands.app.pickup_screen.entry.shown
        assert shown.question
        assert shown.hint
        assert hands.reads(shown.question)
        assert hands.reads(shown.hint)
