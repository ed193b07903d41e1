"""Picking on the screen: every scan picks, nothing wrong is picked, all is said before packed."""

from __future__ import annotations

import pytest

from pos.domain.events import PrintAsked
from pos.domain.order import LineState, OrderState
from tests.screens.hands import at_work
from tests.screens.orders import PickupShop, apples, bread, milk
from tests.screens.shop import APPLES, BREAD, MILK, WINE


def asked(shop: PickupShop) -> list[PrintAsked]:
    """Return the papers that were asked for."""
    return [one for one in shop.shop.store.events if isinstance(one, PrintAsked)]


async def test_every_scan_picks_one_and_says_how_many_are_left() -> None:
    shop = PickupShop()
    order = shop.order(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("“Baguette tradition”: 1 of 2.")
        assert hands.reads("“Baguette tradition”: 1 left")
        await hands.burst(f"{BREAD}\r{MILK}\r")
        assert hands.reads("All is picked: Enter says where it lies.")
        assert [line.picked for line in shop.now(order).lines] == [2000, 1000]
        assert shop.shop.desk.basket.is_empty


async def test_a_wrong_article_is_refused_with_a_sound_and_a_sentence_and_nothing_is_picked() -> (
    None
):
    shop = PickupShop()
    order = shop.order(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        shop.shop.counter.played.clear()
        await hands.burst(f"{WINE}\r")
        assert hands.reads("“Vin rouge 75 cl” is not of order W-1041; put it back.")
        assert shop.shop.counter.played == ["refused"]
        assert shop.shop.counter.refused == 1
        await hands.burst(f"{BREAD}\r{BREAD}\r")
        assert hands.reads("all 1 are picked already")
        assert [line.picked for line in shop.now(order).lines] == [1000]
        assert not shop.shop.logged


async def test_a_typed_number_picks_so_many_more_of_the_line_under_the_cursor() -> None:
    shop = PickupShop()
    order = shop.order(bread(4), milk(2))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "down", "2", "enter", "up", "3", "enter")
        assert [line.picked for line in shop.now(order).lines] == [3000, 2000]
        await hands.press("2", "enter")
        assert hands.reads("is too much")
        await hands.press("9", "escape")
        assert hands.reads("Order W-1041")
        assert [line.picked for line in shop.now(order).lines] == [3000, 2000]


async def test_what_is_sold_by_weight_asks_for_its_weight_and_holds_the_next_scan() -> None:
    shop = PickupShop()
    order = shop.order(bread(1), apples(800))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{APPLES}\r")
        assert hands.reads("Weight of “Pommes Golden” in grams")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("1 scan waits")
        await hands.press(*"5000", "enter")
        assert hands.reads("Weight of “Pommes Golden” in grams")
        assert hands.reads("is too much")
        await hands.press(*["backspace"] * 4, *"820", "enter")
        assert [line.picked for line in shop.now(order).lines] == [1000, 820]


async def test_a_line_that_is_short_says_why_and_the_rest_can_be_packed() -> None:
    shop = PickupShop()
    order = shop.order(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "down", "delete", "1")
        assert shop.now(order).lines[1].state is LineState.SHORT
        assert hands.reads("short: Not on the shelf")
        await hands.press("delete", *"tombée", "enter")
        assert shop.now(order).lines[0].reason == "tombée"
        await hands.press("delete")
        assert hands.reads("Nothing of “Baguette tradition” is missing.")
        await hands.press("enter", *"A1", "enter", "enter")
        assert hands.reads("Nothing of this order was picked; reject it instead.")


async def test_the_last_picks_are_taken_back_one_by_one() -> None:
    shop = PickupShop()
    order = shop.order(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("ctrl+z")
        assert [line.picked for line in shop.now(order).lines] == [1000, 0]
        await hands.press("ctrl+z", "ctrl+z")
        assert hands.reads("Nothing was picked since this order was opened.")
        assert [line.picked for line in shop.now(order).lines] == [0, 0]


async def test_an_article_is_replaced_only_when_the_customer_agreed() -> None:
    shop = PickupShop()
    order = shop.order(milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "tab", "1", "2")
        assert hands.reads("Ask the customer first, or say it is short.")
        await hands.press("tab", "1", "1")
        await hands.burst("3760000000999\r")
        assert hands.reads("What replaces")
        await hands.burst(f"{BREAD}\r")
        line = shop.now(order).lines[0]
        assert (line.sku, line.ordered, line.picked) == ("1", "2", 1000)
        assert hands.reads("replaced")


async def test_a_replacement_is_found_by_its_name_too() -> None:
    shop = PickupShop()
    order = shop.order(milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "tab", "1", "1", *"bag", "enter")
        assert shop.now(order).lines[0].sku == "1"


async def test_a_packed_order_says_its_shelf_and_bags_prints_labels_and_goes_to_collect() -> None:
    shop = PickupShop()
    order = shop.order(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "enter")
        assert shop.now(order).state is OrderState.ACCEPTED
        await hands.burst(f"{BREAD}\r")
        await hands.press("enter", "enter")
        assert hands.reads("Say where it lies: a shelf or a place.")
        await hands.burst("ETAGERE-4\r")
        await hands.press("2", "enter")
        done = shop.now(order)
        assert (done.state, done.shelf, done.bags) == (OrderState.READY, "ETAGERE-4", 2)
        assert [one.paper for one in asked(shop)] == ["bag", "bag"]
        assert hands.reads("Order W-1041 is ready on ETAGERE-4; its customer is told.")
        assert hands.reads("To collect 1")


async def test_an_order_is_not_packed_while_something_is_neither_picked_nor_short() -> None:
    shop = PickupShop()
    order = shop.order(bread(1), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{BREAD}\r")
        await hands.press("enter")
        assert hands.reads("still to be picked: scan it, or say it is short.")
        assert shop.now(order).state is OrderState.PICKING


async def test_an_order_that_cannot_be_prepared_is_rejected_for_a_reason() -> None:
    shop = PickupShop()
    order = shop.order(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "tab", "5", "1")
        assert shop.now(order).state is OrderState.REJECTED
        assert shop.now(order).reason == "Nothing of it is here"
        assert hands.reads("Nothing is to be picked.")


async def test_a_customer_who_is_here_gets_a_number_from_the_clerk() -> None:
    shop = PickupShop()
    order = shop.order(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "tab", "3")
        assert hands.reads("The customer has number T1-1.")
        assert shop.now(order).queue == 1
        await hands.press("escape")
        assert hands.reads("● No. T1-1 · 0 min")


async def test_what_is_picked_stays_picked_when_the_order_is_left() -> None:
    shop = PickupShop()
    order = shop.order(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{BREAD}\r")
        await hands.press("f12", "escape", "enter")
        assert hands.reads("1/2")
        assert shop.now(order).state is OrderState.PICKING


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "keys",
    [[], ["1"], ["delete"], ["tab"], ["tab", "1"], ["tab", "1", "1"], ["tab", "5"]],
)
async def test_what_the_keys_do_is_told_at_every_question_of_picking(
    keys: list[str], language: str
) -> None:
    shop = PickupShop()
    shop.shop.language = language
    shop.order(bread(2), apples(800))
    async with at_work(shop.shop.app(language=language)) as hands:
        await hands.press("ctrl+g", "enter", *keys)
        shown = hands.app.pickup_screen.entry.shown
        assert shown.question
        assert shown.hint
        assert hands.reads(shown.question)
        assert hands.reads(shown.hint)
