"""A weighed article at the till: the scale's weight, its tare, and a typed one when it is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from devices.scale.driver import Limits, LinkScale
from devices.scale.emulator import EmulatedScale
from pos.domain.facts import WeighingFacts
from pos.domain.shop import ScaleRules
from pos.ports import DeviceState, StatusChanged, Weighed, WeighingOutcome, WeightSeen
from tests.screens.hands import Hands, at_work
from tests.screens.orders import PickupShop, apples
from tests.screens.shop import APPLES, BREAD, Shop

BY_SCALE = WeighingFacts(by="scale")


def with_scale() -> Shop:
    shop = Shop().opened()
    shop.desk.ports.scale = shop.counter
    return shop


async def shows(hands: Hands, shop: Shop, grams: int, why: str = "") -> None:
    shop.wire.report(WeightSeen("scale", shop.counter.weighed[-1][0], grams, why))
    await hands.settle()


async def gives(hands: Hands, shop: Shop, grams: int) -> None:
    name, _, _, tare = shop.counter.weighed[-1]
    shop.wire.report(Weighed("scale", name, WeighingOutcome.STABLE, grams, tare))
    await hands.settle()


async def loses(hands: Hands, shop: Shop) -> None:
    name = shop.counter.weighed[-1][0]
    detail = "does not answer"
    shop.wire.report(Weighed("scale", name, WeighingOutcome.FAILED, detail=detail))
    await hands.settle()


def weights(shop: Shop) -> list[tuple[int, WeighingFacts | None]]:
    return [(line.quantity, line.weighing) for line in shop.desk.basket.lines]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_the_weight_is_shown_as_it_comes_and_taken_by_enter(size: tuple[int, int]) -> None:
    shop = with_scale()
    async with at_work(shop.app(), size) as hands:
        await hands.burst(f"{APPLES}\r")
        assert shop.counter.weighed[-1][1:] == (249, "Pommes Golden", 0)
        assert hands.reads("the scale is asked")
        await shows(hands, shop, 345, "moving")
        assert hands.reads("moving")
        assert hands.reads("0.345 kg")
        await shows(hands, shop, 350)
        assert hands.reads("€2.49 a kilogram = €0.87")
        assert hands.reads("T: tare")
        assert shop.counter.taken == []
        await hands.press("enter")
        assert shop.counter.taken == [shop.counter.weighed[-1][0]]
        await gives(hands, shop, 350)
        assert weights(shop) == [(350, BY_SCALE)]
        assert hands.app.session.prompt is None


async def test_a_weight_is_taken_by_itself_where_the_shop_says_so() -> None:
    shop = with_scale()
    shop.desk.rules = replace(shop.desk.rules, scale=ScaleRules(automatic=True))
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        assert shop.counter.taken == [shop.counter.weighed[-1][0]]
        await gives(hands, shop, 350)
        assert weights(shop) == [(350, BY_SCALE)]


async def test_the_tare_is_the_container_on_the_scale_or_typed() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await hands.press("t")
        assert hands.reads("Put the empty container on the scale, or type its weight.")
        await shows(hands, shop, 12)
        await hands.press("t")
        assert shop.counter.weighed[-1][3] == 12
        await shows(hands, shop, 0, "less than the tare")
        assert hands.reads("Tare 0.012")
        await hands.press("3", "0", "T")
        assert shop.counter.weighed[-1][3] == 30
        await gives(hands, shop, 345)
        assert weights(shop) == [(345, WeighingFacts(by="scale", tare=30))]


async def test_the_scale_is_set_to_zero_by_a_key() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await hands.press("z")
        assert shop.counter.zeroed == 1


async def test_a_lost_scale_asks_for_grams_and_is_asked_again_when_it_is_back() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r{BREAD}\r")
        await loses(hands, shop)
        assert hands.reads("The scale is away (does not answer): type the weight.")
        assert hands.reads("Weight of “Pommes Golden” in grams")
        shop.wire.report(StatusChanged("scale", DeviceState.READY))
        await hands.settle()
        assert len(shop.counter.weighed) == 2
        await loses(hands, shop)
        await hands.press(*"345")
        shop.wire.report(StatusChanged("scale", DeviceState.READY))
        await hands.settle()
        assert len(shop.counter.weighed) == 2, "what is being typed is not taken away"
        await hands.press("enter")
        assert weights(shop) == [(345, WeighingFacts(by="hand")), (1000, None)]


async def test_a_weight_may_be_typed_while_the_scale_is_there() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await shows(hands, shop, 12)
        await hands.press(*"345", "enter")
        assert weights(shop) == [(345, WeighingFacts(by="hand"))]
        assert shop.counter.cancelled == [shop.counter.weighed[-1][0]]
        await gives(hands, shop, 12)
        assert len(shop.desk.basket.lines) == 1


async def test_a_weight_beyond_what_the_shop_sells_is_refused_and_weighed_anew() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await gives(hands, shop, 60_000)
        assert hands.reads("is more than the")
        assert len(shop.counter.weighed) == 2
        await gives(hands, shop, 500)
        assert weights(shop) == [(500, BY_SCALE)]


async def test_nothing_is_added_when_the_weighing_is_left() -> None:
    shop = with_scale()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{APPLES}\r")
        await hands.press("escape")
        assert hands.reads("“Pommes Golden” was not added.")
        assert shop.counter.cancelled == [shop.counter.weighed[-1][0]]
        await gives(hands, shop, 345)
        assert shop.desk.basket.is_empty


async def test_picking_an_order_asks_the_scale_too() -> None:
    shop = PickupShop()
    shop.shop.desk.ports.scale = shop.shop.counter
    order = shop.order(apples(800))
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter")
        await hands.burst(f"{APPLES}\r")
        await shows(hands, shop.shop, 790, "moving")
        assert hands.reads("0.790 kg, moving.")
        await hands.press("enter")
        await gives(hands, shop.shop, 790)
        assert [line.picked for line in shop.now(order).lines] == [790]


async def test_a_real_scale_on_a_wire_weighs_for_the_screen() -> None:
    shop = Shop().opened()
    emulated = EmulatedScale(family="enq")
    quick = Limits(ask_every_s=0.01, look_every_s=0.05)
    scale = LinkScale("scale", emulated.url, "enq", shop.wire.report, limits=quick)
    shop.desk.ports.scale = scale
    try:
        async with at_work(shop.app()) as hands:
            while shop.desk.device_state("scale") is not DeviceState.READY:
                await asyncio.sleep(0.01)
            emulated.put(345)
            await hands.burst(f"{APPLES}\r")
            await hands.press("enter")
            while shop.desk.basket.is_empty:
                await asyncio.sleep(0.01)
        assert weights(shop) == [(345, BY_SCALE)]
    finally:
        scale.close()
        emulated.close()
