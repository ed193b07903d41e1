"""The stock of an article on the screen: from its line, from a typed code, from a search."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.feed import StockFields
from pos.domain.promotion import Promotion
from pos.domain.shift import instant_text
from pos.doubles import ToldCentre
from pos.journal.canonical import read_facts
from pos.ports import DeviceState, StatusChanged
from pos.ports.centre import CourierReport, CourierState, Elsewhere, Level, StockThere
from pos.till.readiness import NETWORK
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, MILK, Shop

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")


async def touch(hands: Hands, text: str) -> None:
    """Click on the row where a text stands."""
    row = next(place for place, shown in enumerate(hands.screen()) if text in shown)
    await hands.pilot.click(offset=(10, row))
    await hands.settle()


def with_stock() -> tuple[Shop, ToldCentre]:
    shop = Shop().opened()
    at = instant_text(shop.desk.ports.clock.now())
    said = CourierReport(CourierState.CONNECTED, read_at={"store:S001": at})
    told = ToldCentre(said=said, levels={"1": Level(StockFields(quantity=12_000))})
    shop.desk.ports.centre = told
    return shop, told


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_line_s_stock_fills_in_while_it_is_read(size: tuple[int, int]) -> None:
    shop, told = with_stock()
    async with at_work(shop.app(), size) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("insert")
        for text in ("Stock of “Baguette tradition”", "Price: €1.20", "Here: 12", "Asking about"):
            assert hands.reads(text)
        now = instant_text(shop.desk.ports.clock.now())
        stores = [StockThere(f"S{n}", f"Gare {n}", n * 1000, 0, now) for n in range(2, 40)]
        told.others["1"] = Elsewhere(stores, now)
        shop.wire.report(StatusChanged(NETWORK, DeviceState.READY))
        await hands.settle()
        assert hands.reads("Gare 2: 2")
        assert not hands.reads("Asking about")
        await hands.press("end")
        assert hands.reads("Gare 39: 39")
        await hands.press("enter")
        assert not hands.reads("Gare")
    assert len(told.questions) == 1


async def test_a_typed_code_shows_stock_without_selling_and_a_touch_goes_back() -> None:
    shop, told = with_stock()
    told.said = replace(told.said, state=CourierState.NO_NETWORK)
    async with at_work(shop.app()) as hands:
        await hands.press(*BREAD, "insert")
        assert hands.reads("Here: 12")
        assert hands.reads("cannot be asked now: no network")
        assert not shop.desk.basket.lines
        row = next(place for place, text in enumerate(hands.screen()) if "Here: 12" in text)
        await hands.pilot.click(offset=(10, row))
        await hands.settle()
        assert not hands.reads("Here: 12")


async def test_an_article_s_promotion_is_shown_with_its_price() -> None:
    shop, told = with_stock()
    told.promoted = [Promotion("tenth", "Bread week", 0, percent=1000)]
    async with at_work(shop.app()) as hands:
        await hands.press(*BREAD, "insert")
        assert hands.reads("Price: €1.20")
        assert hands.reads("Promotion: Bread week")


async def test_a_search_shows_the_stock_of_the_article_under_the_cursor_and_comes_back() -> None:
    shop, _ = with_stock()
    async with at_work(shop.app()) as hands:
        await hands.press(*"bag", "insert")
        assert hands.reads("Here: 12")
        await hands.press("escape")
        assert hands.reads("1 article found")
        await hands.press("enter")
        assert [line.sku for line in shop.desk.basket.lines] == ["1"]


async def test_stock_of_nothing_is_refused_and_a_scan_goes_back_to_the_sale() -> None:
    shop, _ = with_stock()
    async with at_work(shop.app()) as hands:
        await hands.press("insert")
        assert hands.reads("scan an article first")
        await hands.burst(f"{BREAD}\r")
        await hands.press("insert")
        await hands.burst(f"{MILK}\r")
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "2"]
        assert not hands.reads("Here: 12")


async def test_a_manager_counts_an_article_by_keys_and_a_cashier_asks_for_a_pin() -> None:
    shop, _ = with_stock()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, *BREAD, "insert")
        assert hands.reads("Count or correct the stock")
        await hands.press("1")
        assert hands.reads("How many of “Baguette tradition” are there?")
        await hands.press(*"10", "enter")
        assert hands.reads("Why is the stock of “Baguette tradition” changed?")
        await hands.press("1")
        assert hands.reads("changing the stock")
        await hands.press(*MANAGER)
        assert hands.reads("Stock of “Baguette tradition”: 10.")
    (entry,) = [one for one in shop.store.entries if one.kind == "stock.adjusted"]
    facts = read_facts(entry.body)
    assert [facts[name] for name in ("quantity", "counted")] == [-2_000, 10_000]
    assert facts["reason"] == "Stocktaking"


async def test_stock_is_corrected_by_mouse_and_a_wrong_figure_stays_to_be_mended() -> None:
    shop, _ = with_stock()
    async with at_work(shop.app()) as hands:
        await hands.press(*BREAD, "insert")
        await touch(hands, "Count or correct the stock")
        await hands.press("-", "enter")
        assert hands.reads("is not a quantity")
        await hands.press("2", "enter")
        await touch(hands, "Broken or past its date")
        assert hands.reads("Stock of “Baguette tradition”: 10.")


async def test_a_till_of_no_centre_offers_no_count() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*BREAD, "insert")
        assert hands.reads("belongs to no centre")
        assert not hands.reads("Count or correct")


async def test_a_count_with_the_centre_away_says_that_it_may_have_to_be_made_again() -> None:
    shop, told = with_stock()
    told.said = replace(told.said, state=CourierState.NO_NETWORK)
    async with at_work(shop.app(), (120, 40)) as hands:
        await hands.press(*BREAD, "insert", "1", *"10", "enter", "1")
        assert hands.reads("count again later.")
