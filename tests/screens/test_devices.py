"""The machines around the till on the screen: how each is, what to do, and trying scanners out."""

from __future__ import annotations

import pytest

from pos.domain.words import Sentence
from pos.ports import DeviceState, Scanned, StatusChanged
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, Shop

MANGLED = BREAD.translate(str.maketrans("0123456789", "à&é\"'(-è_ç"))


async def heard(shop: Shop, hands: Hands, text: str) -> None:
    shop.wire.report(Scanned("scanner", text, 0))
    await hands.settle()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_one_key_shows_how_each_machine_is_and_what_to_do(size: tuple[int, int]) -> None:
    shop = Shop().opened()
    why = Sentence("{device} does not open: {reason}.", device="/dev/ttyACM0", reason="gone")
    async with at_work(shop.app(), size) as hands:
        shop.wire.report(StatusChanged("scanner", DeviceState.OFFLINE, "not connected", why))
        await hands.settle()
        shop.clock.pass_s(180)
        shop.wire.report(StatusChanged("printer", DeviceState.ATTENTION, "no paper"))
        await hands.settle()
        await hands.press("ctrl+u")
        for text in ("Receipt printer", "no paper", "✖ Scanner", "not connected", "3 min"):
            assert hands.reads(text)
        await hands.press("enter")
        assert hands.reads("Put a new roll in")
        await hands.press("escape", "ctrl+u", "down", "enter")
        assert hands.reads("comptoir devices doctor")
        assert hands.reads("/dev/ttyACM0 does not open: gone.")
        shop.wire.report(StatusChanged("scanner", DeviceState.READY))
        await hands.settle()
        assert hands.reads("Last trouble, 3 min ago: not connected")


async def test_a_scan_in_the_scan_test_is_explained_and_not_sold() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), (80, 24)) as hands:
        await hands.press("ctrl+u", "end", "enter")
        assert hands.reads("nothing is sold")
        await heard(shop, hands, f"]E0{BREAD}")
        assert hands.reads(f"Article number 0{BREAD}, EAN-13.")
        assert hands.reads("EAN, UPC (]E0)")
        assert len(shop.desk.basket.lines) == 0
        await hands.press("escape")
        await heard(shop, hands, BREAD)
        assert hands.reads("Baguette tradition")


async def test_a_scanner_with_the_wrong_keyboard_is_told_once_and_sells_all_the_same() -> None:
    shop = Shop().opened()
    async with at_work(shop.app(), (80, 24)) as hands:
        await heard(shop, hands, MANGLED)
        assert hands.reads("keyboard")
        await heard(shop, hands, MANGLED)
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "1"]
        assert not hands.reads("AZERTY")
