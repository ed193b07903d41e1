"""Handing over on the screen: a pass anywhere, its verdict, what is seen, the centre's word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.order import Contract, OrderState
from pos.screens.pickup.screen import PickupScreen
from pos.screens.sale_screen import SaleScreen
from tests.screens.hands import at_work
from tests.screens.orders import CODE, PickupShop, bread, handed, milk, wine
from tests.screens.shop import BREAD, WINE, Shop

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys", [[], ["ctrl+x"], ["f1"], ["f2", "a"], ["ctrl+g"], ["ctrl+r"], ["7"]]
)
async def test_a_pass_scanned_anywhere_opens_its_order_with_the_verdict(
    keys: list[str], size: tuple[int, int]
) -> None:
    shop = PickupShop()
    order = shop.ready(bread(2))
    shop.order(milk(1))
    async with at_work(shop.shop.app(), size) as hands:
        await hands.press(*keys)
        await hands.burst(shop.scan_of(order))
        assert isinstance(hands.app.screen, PickupScreen)
        assert hands.reads("Order W-1041")
        assert hands.reads("G O O D   P A S S")
        assert hands.reads("It lies on shelf A3: 1 bag.")


async def test_a_pass_scanned_under_a_question_waits_for_its_answer() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(f"{WINE}\r")
        await hands.burst(shop.scan_of(order))
        assert hands.reads("1 scan waits")
        await hands.press("enter")
        assert hands.reads("Order W-1041")
        assert len(shop.shop.desk.basket.lines) == 1


async def test_what_was_paid_online_leaves_with_one_key_and_the_sale_goes_on() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2), milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.burst(shop.scan_of(order))
        await hands.press("enter")
        assert shop.now(order).state is OrderState.HANDED_OVER
        assert hands.reads("H A N D E D   O V E R")
        assert hands.reads("Give the slip")
        assert len(shop.shop.counter.printed) == 1
        await hands.press("enter")
        assert isinstance(hands.app.screen, SaleScreen)
        assert shop.shop.desk.basket.total == 120
        assert handed(shop)[0].method == "pass"
        assert handed(shop)[0].outcome == "granted"


VERDICTS = [
    ("other", "A N O T H E R   S H O P", "to be collected at Au port"),
    ("forged", "F A L S E   P A S S", "Hand nothing out"),
    ("key", "U N K N O W N   K E Y", "signed by key 7"),
    ("unknown", "U N K N O W N   O R D E R", "has not reached this till"),
    ("broken", "N O T   R E A D A B L E", "could not be read whole"),
    ("cancelled", "C A N C E L L E D", "Order W-1041 is cancelled"),
    ("collected", "A L R E A D Y   C O L L E C T E D", "here, from Camille"),
    ("not_ready", "N O T   R E A D Y", "being picked"),
    ("expired", "E X P I R E D", "but is still here"),
]


@pytest.mark.parametrize(("case", "big", "sentence"), VERDICTS)
async def test_every_verdict_is_told_in_big_words_and_a_sentence(
    case: str, big: str, sentence: str
) -> None:
    shop = PickupShop()
    states = {
        "cancelled": OrderState.CANCELLED,
        "not_ready": OrderState.PICKING,
        "expired": OrderState.EXPIRED,
    }
    order = shop.ready(bread(1), state=states.get(case, OrderState.READY))
    scan = shop.scan_of(order, store=2 if case == "other" else 1, key=7 if case == "key" else 0)
    if case == "forged":
        scan = scan[:-2] + ("0" if scan[-2] != "0" else "1") + "\r"
    elif case == "broken":
        scan = scan[:100] + "\r"
    elif case == "unknown":
        shop.orders.rows.clear()
    async with at_work(shop.shop.app()) as hands:
        if case == "collected":
            await hands.burst(scan)
            await hands.press("enter", "enter")
        await hands.burst(scan)
        assert hands.reads(big)
        assert hands.reads(sentence)
        assert not shop.shop.logged
        await hands.press("escape")
        assert isinstance(hands.app.screen, SaleScreen)
    assert len(handed(shop)) == (case == "collected")


async def test_a_short_code_typed_in_the_lists_or_at_the_order_proves_it() -> None:
    shop = PickupShop()
    shop.ready(bread(1))
    shop.ready(milk(1), code_hash="")
    for keys in (["ctrl+g"], ["ctrl+g", "tab", "enter"]):
        async with at_work(shop.shop.app()) as hands:
            await hands.press(*keys, *CODE.lower()[:4], "minus", *CODE.lower()[4:], "enter")
            assert hands.reads("G O O D   C O D E")
            assert hands.reads("Order W-1041")


async def test_wrong_codes_close_the_till_to_codes_for_a_while() -> None:
    shop = PickupShop()
    shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        for _ in range(4):
            await hands.press(*"22222222", "enter")
            assert hands.reads("U N K N O W N   O R D E R")
            await hands.press("enter")
        await hands.press(*"22222222", "enter")
        assert hands.reads("Too many wrong codes")
        await hands.press(*CODE, "enter")
        assert hands.reads("Too many wrong codes")


async def test_without_a_pass_a_document_is_looked_at_and_only_its_kind_is_kept() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "tab", "enter", "enter", "1", "enter")
        assert hands.reads("Look at the document, then choose which it is.")
        await hands.press("2")
        assert hands.reads("B Y   N A M E")
        await hands.press("enter")
        assert shop.now(order).state is OrderState.HANDED_OVER
        assert (handed(shop)[0].method, handed(shop)[0].document) == ("name", "passport")


async def test_somebody_the_customer_sent_shows_a_document_of_their_own() -> None:
    shop = PickupShop()
    shop.ready(bread(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "tab", "enter", "enter", "2", "1", "enter")
        assert (handed(shop)[0].method, handed(shop)[0].document) == ("proxy", "id_card")


async def test_wine_leaves_only_when_the_age_was_seen() -> None:
    shop = PickupShop()
    order = shop.ready(bread(1), wine(n=2))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        assert hands.reads("Still: an age to see.")
        await hands.press("enter", "enter")
        assert hands.reads("Choose yes or no.")
        await hands.press("2")
        assert hands.reads("Take out what needs the age")
        assert shop.now(order).state is OrderState.READY
        await hands.press("enter", "1")
        assert shop.now(order).state is OrderState.HANDED_OVER
        assert handed(shop)[0].age_checked == 18


async def test_an_order_of_high_value_wants_a_document_beside_the_pass() -> None:
    shop = PickupShop()
    shop.rules(replace(shop.shop.desk.rules.pickup, high_value=100))
    order = shop.ready(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        assert hands.reads("Still: a document to see.")
        await hands.press("enter", "1")
        assert handed(shop)[0].document == "id_card"


async def test_the_labels_of_all_bags_are_scanned_where_the_shop_wants_it() -> None:
    shop = PickupShop()
    shop.rules(replace(shop.shop.desk.rules.pickup, bags_scanned=True))
    order = shop.ready(bread(2), bags=2)
    other = shop.ready(milk(1))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.burst(f"BAG/{order.order}/1\r")
        assert hands.reads("Bags scanned: 1 of 2.")
        await hands.press("enter")
        assert hands.reads("of the bags first (1 of 2).")
        await hands.burst(f"BAG/{other.order}/1\r")
        assert hands.reads("This bag is not of order W-1041; put it back.")
        await hands.burst(f"BAG/{order.order}/2\r")
        await hands.press("enter")
        assert handed(shop)[0].bags_scanned == 2


async def test_the_label_of_a_bag_opens_its_order_from_the_sale() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2))
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(f"BAG/{order.order}/1\r")
        assert hands.reads("Order W-1041")
        assert hands.reads("Ask for the pass or its code")


async def test_a_line_is_refused_for_a_reason_and_another_stays_for_a_second_visit() -> None:
    shop = PickupShop()
    order = shop.ready(bread(2), milk(3), wine(), bags=1)
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        await hands.press("delete", "2", "down", "2", "enter", "down", "tab", "2")
        assert hands.reads("refused: Faulty or damaged")
        assert hands.reads("stays here")
        await hands.press("enter")
        told = {one.line: (one.quantity, one.refused) for one in handed(shop)[0].lines}
        assert told == {1: (0, 2000), 2: (2000, 0)}
        assert handed(shop)[0].rest
        assert shop.now(order).state is OrderState.READY
        assert hands.reads("the rest waits for you on shelf A3")


async def test_what_is_paid_at_the_desk_goes_through_the_basket_and_leaves_with_its_payment() -> (
    None
):
    shop = PickupShop()
    order = shop.ready(bread(2), milk(1), contract=Contract.PAY_AT_PICKUP)
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(shop.scan_of(order))
        assert hands.reads("To pay here: €3.45.")
        await hands.press("enter")
        assert isinstance(hands.app.screen, SaleScreen)
        assert shop.shop.desk.basket.total == 345
        assert shop.now(order).state is OrderState.READY
        await hands.press("f9")
        assert hands.reads("Paid: hand out order W-1041.")
        assert shop.now(order).state is OrderState.HANDED_OVER
        assert handed(shop)[0].ticket == "T01-K1-000001"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "keys",
    [
        ["scan"],
        ["scan", "2"],
        ["scan", "delete"],
        ["scan", "tab"],
        ["scan", "enter"],
        ["scan", "enter", "1"],
        ["scan", "enter", "1", "1"],
        ["ctrl+g"],
        ["ctrl+g", "x"],
        ["ctrl+g", "tab", "enter"],
        ["ctrl+g", "tab", "enter", "7"],
        ["ctrl+g", "tab", "enter", "enter"],
        ["ctrl+g", "tab", "enter", "enter", "2"],
    ],
)
async def test_what_the_keys_do_is_told_at_every_question_of_a_hand_over(
    keys: list[str], language: str
) -> None:
    shop = PickupShop(Shop(language=language))
    shop.orders.is_online = False
    shop.rules(replace(shop.shop.desk.rules.pickup, high_value=100))
    order = shop.ready(bread(2), wine(n=2))
    async with at_work(shop.shop.app()) as hands:
        for key in keys:
            if key == "scan":
                await hands.burst(shop.scan_of(order))
            else:
                await hands.press(key)
        shown = hands.app.pickup_screen.entry.shown
        assert shown.question
        assert shown.hint
        assert hands.reads(shown.question)
        assert hands.reads(shown.hint)
