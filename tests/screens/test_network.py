"""The network on the screen: its light in three words, and how ready the till is to lose it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.feed import StaffFields
from pos.domain.shift import instant_text
from pos.doubles import MemoryOrders, ToldCentre
from pos.ports import DeviceState, StatusChanged
from pos.ports.centre import CourierReport, CourierState, ForkOrder, StaffChange
from pos.till.readiness import NETWORK, WORDS
from tests.screens.hands import at_work
from tests.screens.shop import BREAD, Shop


def with_centre(state: CourierState = CourierState.CONNECTED) -> tuple[Shop, ToldCentre]:
    shop = Shop().opened()
    at = instant_text(shop.desk.ports.clock.now())
    told = ToldCentre(said=CourierReport(state, "", at, at, 0, {"catalogue:MAIN": at}))
    shop.desk.ports.centre = told
    return shop, told


def status(state: CourierState) -> StatusChanged:
    words = WORDS[state]
    detail = "" if words.light is DeviceState.READY else words.brief.template
    return StatusChanged(NETWORK, words.light, detail)


async def test_the_light_of_the_network_says_how_the_courier_fares() -> None:
    shop, _ = with_centre()
    async with at_work(shop.app(), (120, 40)) as hands:
        assert hands.reads("○ Network not connected")
        for state, shown in (
            (CourierState.CONNECTED, "● Network"),
            (CourierState.LOGIN_PAGE, "✖ Network log in first"),
            (CourierState.CLOCK_WRONG, "▲ Network clock is wrong"),
        ):
            shop.wire.report(status(state))
            await hands.settle()
            assert hands.reads(shown)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_one_key_tells_the_ages_what_is_unsent_and_what_to_do(size: tuple[int, int]) -> None:
    shop, told = with_centre(CourierState.LOGIN_PAGE)
    told.oldest = told.said.heard_at
    shop.desk.ports.orders = MemoryOrders(shop.store)
    shop.clock.pass_s(7_300)
    async with at_work(shop.app(), size) as hands:
        await hands.press("ctrl+a")
        for text in ("log in first", "open a browser", "last heard 2 h ago", "Articles: 2 h old"):
            assert hands.reads(text)
        assert hands.reads("the oldest for 2 h")
        assert hands.reads("Keys of pickup passes: 0 here, 2 h old")
        await hands.press("enter")
        assert not hands.reads("Articles:")


@pytest.mark.parametrize("state", sorted(WORDS, key=lambda one: len(WORDS[one].page.template))[-2:])
async def test_the_longest_advice_leaves_room_for_every_age_on_a_small_screen(
    state: CourierState,
) -> None:
    shop, told = with_centre(state)
    told.oldest = told.said.heard_at
    shop.desk.ports.orders = MemoryOrders(shop.store)
    async with at_work(shop.app(), (80, 24)) as hands:
        await hands.press("ctrl+a")
        for text in ("last heard", "sent, the oldest", "Articles:", "Orders:", "Keys of pickup"):
            assert hands.reads(text), text


async def test_the_bar_of_what_arrives_moves_on_the_open_page() -> None:
    shop, told = with_centre(CourierState.LOADING)
    async with at_work(shop.app(), (80, 24)) as hands:
        await hands.press("ctrl+a")
        for share, shown in ((120, "██░░░░░░░░░░░░░░░░░░ 12 %"), (999, "█░ 99 %")):
            told.said = replace(told.said, coming={"catalogue:MAIN": share})
            shop.wire.report(status(CourierState.LOADING))
            await hands.settle()
            assert hands.reads(shown)


async def test_what_the_centre_has_is_taken_between_two_baskets_and_a_fork_is_an_alarm() -> None:
    shop, told = with_centre()
    fields = StaffFields(number="7", name="Noé", role="cashier", pin_hash="8642")
    async with at_work(shop.app()) as hands:
        await hands.press(*BREAD, "enter")
        told.people = [StaffChange("staff-7", fields, "1")]
        told.order = ForkOrder("K1", 1, bytes(32))
        shop.wire.report(status(CourierState.FORKED))
        await hands.settle()
        assert (len(told.people), told.obeyed) == (1, [])
        await hands.press("f9")
        shop.wire.report(status(CourierState.CONNECTED))
        await hands.settle()
        assert (told.people, len(told.obeyed)) == ([], 1)
        assert hands.reads("Numbers start again")
