"""The scenes whose looks are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from pos.screens.app import TillApp
from tests.screens.hands import Hands
from tests.screens.shop import BREAD, MILK, Shop

Scene = Callable[[Pilot[None]], Awaitable[None]]


def _hands(pilot: Pilot[None]) -> Hands:
    assert isinstance(pilot.app, TillApp)
    return Hands(pilot.app, pilot)


def selling(shop: Shop) -> Scene:
    """Three articles, one discounted, and a code that nobody knows."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r{BREAD}\r")
        await hands.press("f4", *"10%", "enter", "1", "enter")
        await hands.burst("3017620422003\r")

    return scene


def search(shop: Shop) -> Scene:
    """Looking for an article."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r")
        await hands.press("l", "a")

    return scene


def paid(shop: Shop) -> Scene:
    """The change due after a sale."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press(*"20", "f9")
        shop.wire.paper(["Au coin", "Baguette tradition        1,20", "TOTAL  2,25"])
        await hands.settle()

    return scene


def sign_in(_shop: Shop) -> Scene:
    """Nobody stands at the till yet."""

    async def scene(pilot: Pilot[None]) -> None:
        await _hands(pilot).press("2", "enter", "1", "3")

    return scene


SCENES: dict[str, Callable[[Shop], Scene]] = {
    "selling": selling,
    "search": search,
    "paid": paid,
    "sign_in": sign_in,
}
