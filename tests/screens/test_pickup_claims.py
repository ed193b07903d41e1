"""Claims on the screen: the centre's word, the shop's rule without it, and what a cut left open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.events import HandOverDropped
from pos.domain.order import OrderState
from pos.ports.centre import ClaimAnswer, CourierReport, CourierState
from pos.screens.sale_screen import SaleScreen
from tests.screens.hands import at_work
from tests.screens.orders import PickupShop, bread, handed, lying, milk
from tests.screens.shop import BREAD

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")


def cut_off(shop: PickupShop) -> None:
    """Let the centre be out of reach."""
    shop.orders.is_online = False
    shop.centre.said = CourierReport(CourierState.NO_NETWORK, "", "", "", 0, {})


async def test_a_claim_that_waits_shows_it_and_is_answered_without_a_key() -> None:
    shop = PickupShop()
    shop.orders.is_online = False
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert hands.reads("Asking the centre")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("1 scan waits")
        assert not handed(shop)
        shop.orders.is_online = True
        hands.app.session.beat()
        hands.app.show()
        assert handed(shop)[0].outcome == "granted"


@pytest.mark.parametrize("by", ["esc", "time"])
async def test_a_centre_that_does_not_answer_is_gone_on_without_and_the_risk_is_said(
    by: str,
) -> None:
    shop = PickupShop()
    shop.orders.is_online = False
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        if by == "esc":
            await hands.press("escape")
        else:
            shop.shop.clock.pass_s(2)
            hands.app.session.beat()
            hands.app.show()
        assert (handed(shop)[0].outcome, handed(shop)[0].risk) == ("offline", "policy")
        assert hands.reads("The centre did not answer: that risk is written down.")


async def test_without_the_centre_a_shop_may_want_a_manager() -> None:
    shop = PickupShop()
    cut_off(shop)
    shop.rules(replace(shop.shop.desk.rules.pickup, offline="manager"))
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press(*CASHIER)
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert hands.reads("Who allows handing out without the centre?")
        assert not handed(shop)
        await hands.press(*MANAGER)
        assert handed(shop)[0].risk == "manager"
        assert hands.reads("H A N D E D   O V E R")


async def test_without_the_centre_a_shop_may_hand_nothing_out_and_esc_frees_the_order() -> None:
    shop = PickupShop()
    cut_off(shop)
    shop.rules(replace(shop.shop.desk.rules.pickup, offline="refuse"))
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert hands.reads("hands nothing out then")
        await hands.press("escape")
        assert not handed(shop)
        dropped = [one for one in shop.shop.store.events if isinstance(one, HandOverDropped)]
        assert len(dropped) == 1
        await hands.press("ctrl+g")
        assert not hands.reads("before the till stopped")


async def test_what_another_till_hands_out_stays_on_the_shelf_and_who_is_told() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1))
    shop.orders.held[f"{order.order}:0"] = ("T02-K1/000007", "2026-11-24T09:29:00.000Z")
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert hands.reads("H A N D   N O T H I N G   O U T")
        assert hands.reads("T02")
        await hands.press("enter")
        assert isinstance(hands.app.screen, SaleScreen)
        assert not handed(shop)
        dropped = [one for one in shop.shop.store.events if isinstance(one, HandOverDropped)]
        assert [one.reason for one in dropped] == ["refused"]


async def test_another_customers_pass_does_not_take_the_place_of_an_open_hand_over() -> None:
    shop = PickupShop()
    order, other = shop.ready(bread(1)), shop.ready(milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.burst(shop.scan_of(other))
        assert hands.reads("Order W-1041 is being handed over: finish it, or Esc, then scan again.")
        await hands.press("escape")
        await hands.burst(shop.scan_of(other))
        assert hands.reads("Order W-1042")


async def test_a_gesture_that_leaves_a_claimed_hand_over_frees_it() -> None:
    shop = PickupShop()
    cut_off(shop)
    shop.rules(replace(shop.shop.desk.rules.pickup, offline="refuse"))
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter", "delete", "ctrl+x")
        assert [one for one in shop.shop.store.events if isinstance(one, HandOverDropped)]


async def test_after_a_cut_the_till_asks_what_happened_to_a_claimed_order() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1))
    shop.orders.is_online = False
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert hands.reads("Asking the centre")
    shop.orders.is_online = True
    async with at_work(shop.shop.app()) as hands:
        assert hands.reads("Was order W-1041, Karim Benali, handed over before the till stopped?")
        await hands.press("enter")
        assert hands.reads("Look at the shelf, then choose what happened.")
        await hands.press("2", "enter")
        assert [one.method for one in handed(shop)] == ["pass"]
        await hands.press("enter")
        assert not hands.reads("before the till stopped")


async def test_after_a_cut_goods_that_left_are_told_although_the_order_was_cancelled() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1))
    shop.orders.is_online = False
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
    (claim,) = [one.claim for one in shop.orders.unfinished()]
    shop.orders.answers[claim] = ClaimAnswer(False, "", "2026-11-24T09:00:00.000Z", "cancelled")
    shop.orders.put(order.model_copy(update={"state": OrderState.CANCELLED, "refunded": 110}))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("2", "enter")
        assert [(one.outcome, one.risk) for one in handed(shop)] == [("refused", "left")]
        assert not [one for one in shop.shop.store.events if isinstance(one, HandOverDropped)]
        assert shop.now(order).state is OrderState.HANDED_OVER


async def test_after_a_cut_an_order_that_is_still_here_waits_for_its_customer_again() -> None:
    shop = PickupShop()
    order = shop.ready(lying(bread(1)))
    shop.orders.is_online = False
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
    async with at_work(shop.shop.app()) as hands:
        await hands.press("1")
        assert hands.reads("Order W-1041 waits for its customer again.")
        assert not handed(shop)
        assert not shop.orders.unfinished()
