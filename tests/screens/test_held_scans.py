"""Scans made while a question is open: each is taken or said aloud, and none changes hands."""

from __future__ import annotations

import pytest

from pos.ports import DeviceState, Scanned, StatusChanged
from pos.screens.held import HELD_MOST
from tests.screens.hands import Hands, at_work
from tests.screens.orders import PickupShop, apples, bread
from tests.screens.shop import APPLES, BREAD, MILK, WINE, Shop

UNKNOWN, UNKNOWN_TOO = "3017620422003", "96385074"
MANAGER, CASHIER = ("1", "enter", *"2468", "enter"), ("2", "enter", *"1357", "enter")
SIZES = [(80, 24), (120, 40)]


def names(shop: Shop) -> list[str]:
    return [line.sku for line in shop.desk.basket.lines]


async def scans(hands: Hands, shop: Shop, *codes: str) -> None:
    for code in codes:
        shop.wire.report(Scanned("scanner", code, 0))
    await hands.settle()


@pytest.mark.parametrize("size", SIZES)
async def test_a_refused_scan_that_waited_is_told_though_the_next_one_was_taken(
    size: tuple[int, int],
) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), size) as hands:
        await scans(hands, shop, APPLES, UNKNOWN, BREAD, MILK)
        assert hands.reads("3 scans wait; answer this first.")
        await hands.press(*"250", "enter")
        assert names(shop) == ["4", "1", "2"]
        assert hands.reads(f"No article has the code {UNKNOWN}")
        assert shop.counter.played.count("refused") == 1
        await scans(hands, shop, MILK)
        assert not hands.reads("No article has the code")


@pytest.mark.parametrize("size", SIZES)
async def test_several_refused_scans_are_told_in_one_sentence(size: tuple[int, int]) -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), size) as hands:
        await scans(hands, shop, APPLES, UNKNOWN, BREAD, UNKNOWN_TOO, MILK)
        await hands.press(*"250", "enter")
        assert names(shop) == ["4", "1", "2"]
        screen = " ".join(" ".join(hands.screen()).split())
        told = f"2 of the scans that waited were not taken: {UNKNOWN}, {UNKNOWN_TOO}."
        assert told in screen
        assert shop.counter.played.count("refused") == 2


async def test_a_refusal_is_told_again_after_the_question_that_the_next_scan_asked() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await scans(hands, shop, APPLES, UNKNOWN, WINE, BREAD)
        await hands.press(*"250", "enter")
        assert hands.reads("is the buyer 18 or older?")
        assert hands.reads("No article has the code")
        await hands.press("enter")
        assert names(shop) == ["4", "3", "1"]
        assert hands.reads(f"No article has the code {UNKNOWN}")


async def test_what_the_answer_said_is_not_unsaid_by_a_scan_that_waited() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await scans(hands, shop, WINE, BREAD)
        await hands.press("escape")
        assert names(shop) == ["1"]
        assert hands.reads("“Vin rouge 75 cl” was not added.")


async def test_what_the_open_order_refuses_of_the_scans_that_waited_is_told_too() -> None:
    shop = PickupShop()
    order = shop.order(bread(2), apples(800))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await scans(hands, shop.shop, APPLES, MILK, BREAD)
        assert hands.reads("2 scans wait")
        await hands.press(*"820", "enter")
        assert [line.picked for line in shop.now(order).lines] == [1000, 820]
        assert hands.reads("“Lait demi-écrémé 1 L” is not of order")


async def test_more_scans_than_can_wait_are_refused_and_told_at_the_end() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await scans(hands, shop, APPLES, *[BREAD] * (HELD_MOST + 2))
        assert hands.reads(f"{HELD_MOST} scans wait and no more can")
        await hands.press(*"250", "enter")
        assert names(shop) == ["4", *["1"] * HELD_MOST]
        assert hands.reads("2 of the scans that waited were not taken")


@pytest.mark.parametrize("size", SIZES)
async def test_a_scan_before_anybody_signed_in_is_nobodys_and_said_so(
    size: tuple[int, int],
) -> None:
    shop = Shop()
    async with at_work(shop.app(), size) as hands:
        await scans(hands, shop, BREAD, MILK)
        assert hands.reads("2 scan")
        assert hands.reads("not taken: sign in, then scan again.")
        assert shop.counter.played == ["refused", "refused"]
        await hands.press(*CASHIER)
        assert hands.reads("Welcome, Sacha. 2 scan")
        assert names(shop) == []
        await scans(hands, shop, BREAD)
        assert names(shop) == ["1"]


async def test_scans_that_waited_for_one_cashier_never_become_the_next_ones() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await scans(hands, shop, MILK)
        await hands.press("f3")
        await scans(hands, shop, BREAD, BREAD)
        await hands.press("f12")
        assert hands.reads("2 scan")
        assert hands.reads("not taken: sign in, then scan again.")
        await scans(hands, shop, BREAD)
        assert hands.reads("3 scan")
        await hands.press(*CASHIER)
        assert names(shop) == []
        assert hands.reads("not taken before; scan again.")
        await hands.press("f12", *MANAGER)
        assert names(shop) == ["2"]
        assert not hands.reads("not taken")


async def test_who_stays_at_the_till_is_told_what_was_not_taken_meanwhile() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("f12")
        await scans(hands, shop, BREAD)
        await hands.press("escape")
        assert hands.reads("1 scan was not taken; scan again.")
        assert names(shop) == []


async def test_a_question_that_a_device_answers_leaves_no_word_of_scans_that_wait() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        shop.wire.report(StatusChanged("scanner", DeviceState.READY))
        await scans(hands, shop, APPLES, BREAD)
        assert hands.reads("1 scan waits")
        session = hands.app.session
        assert session.prompt is not None
        session.close(session.prompt)
        shop.wire.report(StatusChanged("scanner", DeviceState.READY))
        await hands.settle()
        assert names(shop) == ["1"]
        assert not hands.reads("scan waits")
