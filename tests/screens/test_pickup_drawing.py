"""What the clerk's screen looks like, and that it stays drawn right whatever the terminal does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from pos.domain.order import Contract, OrderState
from pos.domain.shift import instant_text
from pos.screens.app import TillApp
from tests.screens.hands import Hands, at_work
from tests.screens.orders import PickupShop, apples, bread, lying, milk, wine
from tests.screens.shop import BREAD, WINE, Shop


def busy_desk(language: str = "en") -> tuple[PickupShop, str]:
    """Return a shop with something in every list, and the scan of a pass."""
    shop = PickupShop(Shop(language=language))
    shop.order(bread(2), milk(1), minutes=-10, note="Sonner au fond de la cour")
    shop.order(lying(bread(2)), wine(n=2), minutes=10, state=OrderState.PICKING)
    shop.order(bread(4), apples(1200, n=2), minutes=90, contract=Contract.PAY_AT_PICKUP)
    shop.order(milk(6, n=1), minutes=60 * 26, contract=Contract.RESERVATION)
    here = instant_text(shop.shop.clock.at - timedelta(minutes=3))
    order = shop.ready(bread(2), wine(n=2), bags=2, here_at=here, queue=42)
    shop.ready(milk(1), contract=Contract.PAY_AT_PICKUP, code_hash="")
    shop.order(lying(bread(1)), state=OrderState.EXPIRED, shelf="B1")
    return shop, shop.scan_of(order)


SCENES: dict[str, Callable[[Hands, str], Awaitable[None]]] = {}


def scene(show: Callable[[Hands, str], Awaitable[None]]) -> Callable[[Hands, str], Awaitable[None]]:
    """Keep the looks of a scene."""
    SCENES[show.__name__] = show
    return show


@scene
async def worklist(hands: Hands, _scan: str) -> None:
    """What is to pick, one of them late."""
    await hands.press("ctrl+g", "down")


@scene
async def to_collect(hands: Hands, _scan: str) -> None:
    """What waits for its customer, one of them here."""
    await hands.press("ctrl+g", "tab")


@scene
async def picking(hands: Hands, _scan: str) -> None:
    """A line partly picked, and a wrong article refused."""
    await hands.press("ctrl+g", "enter")
    await hands.burst(f"{BREAD}\r{WINE}\r")


@scene
async def handing(hands: Hands, scan: str) -> None:
    """A good pass, and an age still to be seen."""
    await hands.burst(scan)
    await hands.press("down", "enter")


@scene
async def collected_already(hands: Hands, scan: str) -> None:
    """A pass that was used."""
    await hands.burst(scan)
    await hands.press("enter", "1", "enter")
    await hands.burst(scan)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", SCENES)
def test_the_clerks_screen_looks_as_it_was_approved(
    snap_compare: Callable[..., bool], language: str, size: tuple[int, int], name: str
) -> None:
    shop, scan = busy_desk(language)

    async def run(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, TillApp)
        await SCENES[name](Hands(pilot.app, pilot), scan)

    app = shop.shop.app(shows_paper=True)
    assert snap_compare(app, terminal_size=size, run_before=run)


async def test_a_terminal_that_changes_its_size_over_an_order_is_drawn_right_after_it() -> None:
    shop, scan = busy_desk()
    async with at_work(shop.shop.app(shows_paper=True)) as hands:
        for keys in (["ctrl+g"], ["enter"], ["delete"]):
            await hands.press(*keys)
            for size in [(1, 1), (20, 8), (120, 40), (40, 3), (200, 60), (80, 24)]:
                await hands.pilot.resize_terminal(*size)
                await hands.settle()
                rows = hands.screen()
                assert len(rows) == size[1]
                assert max(map(len, rows)) <= size[0]
        assert hands.reads("Not on the shelf")
        await hands.press("escape", "escape", "escape")
        await hands.burst(scan)
        await hands.press("ctrl+l", "ctrl+t")
        assert hands.reads("W-1045")
        assert not shop.shop.logged
