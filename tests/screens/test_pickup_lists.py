"""The clerk's lists on the screen: what waits, what is late, who is here, and what is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual import events

from pos.domain.order import Contract, Order, OrderState
from pos.domain.shift import instant_text
from pos.ports import DeviceState, StatusChanged
from pos.screens.day_screen import DayScreen
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.screen import PickupScreen
from pos.screens.sale_screen import SaleScreen
from pos.screens.widgets.listing import Row
from pos.till.desk import Desk
from pos.till.readiness import NETWORK
from tests.screens.hands import Hands, at_work
from tests.screens.orders import PickupShop, bread, lying, milk
from tests.screens.shop import BREAD

SIZES = [(80, 24), (120, 40)]
HEARD = StatusChanged(NETWORK, DeviceState.READY)


def row_of(hands: Hands, text: str) -> str:
    """Return the first row in which a text stands."""
    return next(row for row in hands.screen() if text in row)


def place_of(hands: Hands, text: str) -> int:
    """Return the number of the first row in which a text stands."""
    return next(y for y, row in enumerate(hands.screen()) if text in row)


def three_lists() -> PickupShop:
    """Let two orders be to pick, one to collect and one to put back."""
    shop = PickupShop()
    shop.order(bread(2), milk(1), minutes=90)
    shop.order(bread(), minutes=-10, contract=Contract.PAY_AT_PICKUP)
    shop.ready(milk(2))
    shop.order(lying(bread()), state=OrderState.EXPIRED, shelf="B1")
    return shop


async def test_one_key_shows_the_lists_from_anywhere_and_esc_goes_back_to_the_sale() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        for keys in ([], ["ctrl+x"], ["f1"], ["b"]):
            await hands.press(*keys, "ctrl+g")
            assert isinstance(hands.app.screen, PickupScreen)
            await hands.press("escape")
            assert isinstance(hands.app.screen, SaleScreen)


async def test_the_tab_key_and_the_arrows_go_through_the_three_lists() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        assert hands.reads("▶ To pick 2")
        assert hands.reads("W-1041")
        await hands.press("tab")
        assert hands.reads("▶ To collect 1")
        assert "A3" in row_of(hands, "W-1043")
        await hands.press("right")
        assert "expired" in row_of(hands, "W-1044")
        await hands.press("right", "left")
        assert hands.reads("▶ To put back 1")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_late_or_soon_is_told_by_a_sign_and_a_word(size: tuple[int, int]) -> None:
    shop = PickupShop()
    shop.order(bread(), minutes=60)
    shop.order(bread(), minutes=5)
    shop.order(bread(), minutes=-5)
    async with at_work(shop.shop.app(), size) as hands:
        await hands.press("ctrl+g")
        assert "✖ 10:25 late" in row_of(hands, "W-1043")
        assert "▲ 10:35 soon" in row_of(hands, "W-1042")
        rows = [place_of(hands, f"W-{number}") for number in (1043, 1042, 1041)]
        assert rows == sorted(rows)
        shop.shop.clock.pass_s(50 * 60)
        hands.app.session.tick()
        hands.app.show()
        assert "▲ 11:30 soon" in row_of(hands, "W-1041")


async def test_a_customer_who_waits_stands_first_with_the_number_and_the_minutes() -> None:
    shop = three_lists()
    here = instant_text(shop.shop.clock.at - timedelta(minutes=4))
    shop.ready(bread(), here_at=here, queue=42)
    async with at_work(shop.shop.app()) as hands:
        assert hands.reads("1 customer here")
        await hands.press("ctrl+g", "tab")
        assert "● No. 42 · 4 min" in row_of(hands, "W-1045")
        assert place_of(hands, "W-1045") < place_of(hands, "W-1043")


async def test_a_row_says_how_many_lines_and_pieces_and_how_it_is_paid() -> None:
    shop = PickupShop()
    shop.order(lying(bread(2)), milk(1), minutes=20)
    shop.order(bread(3), minutes=30, contract=Contract.PAY_AT_PICKUP)
    shop.order(bread(1), minutes=40, contract=Contract.RESERVATION)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        assert row_of(hands, "W-1041").split()[-4:] == ["1/2", "·", "3", "paid"]
        assert "to pay €3.60" in row_of(hands, "W-1042")
        assert "to try" in row_of(hands, "W-1043")


async def test_an_empty_list_says_so_and_what_comes_next() -> None:
    async with at_work(PickupShop().shop.app()) as hands:
        await hands.press("ctrl+g")
        assert hands.reads("Nothing is to be picked. A new order comes with a sound.")
        await hands.press("enter", "down", "tab")
        assert hands.reads("Nothing waits for its customer.")
        await hands.press("tab")
        assert hands.reads("Nothing is to be put back on the shelves.")


async def test_a_till_without_a_centre_says_that_it_has_no_orders() -> None:
    shop = PickupShop()
    shop.centre.is_enrolled = False
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        assert hands.reads("This till belongs to no centre, so it has no orders.")
        assert isinstance(hands.app.screen, SaleScreen)


async def test_what_is_typed_finds_an_order_by_number_or_name_in_every_list() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", *"1043")
        assert hands.reads("W-1043")
        assert not hands.reads("W-1041")
        await hands.press("escape")
        assert hands.reads("W-1041")
        await hands.press(*"karim")
        assert hands.reads("Karim Benali")
        assert not hands.reads("W-1043")
        await hands.press(*"xx")
        assert hands.reads("No order fits “karimxx”.")


async def test_a_number_typed_at_the_sale_is_looked_for_in_the_lists() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press(*"1043", "ctrl+g", "enter")
        assert hands.reads("Order W-1043")


async def test_a_new_order_makes_its_sound_and_is_counted_wherever_the_clerk_is() -> None:
    shop = PickupShop()
    shop.order(bread())
    async with at_work(shop.shop.app()) as hands:
        assert hands.reads("1 to pick")
        assert not shop.shop.counter.played
        await hands.press("ctrl+x")
        assert isinstance(hands.app.screen, DayScreen)
        shop.order(milk())
        shop.shop.wire.report(HEARD)
        await hands.settle()
        assert shop.shop.counter.played.count("attention") == 1
        assert hands.reads("2 to pick")
        assert hands.reads("1 new order")
        shop.shop.wire.report(HEARD)
        await hands.settle()
        assert shop.shop.counter.played.count("attention") == 1
        await hands.press("ctrl+g")
        assert not hands.reads("new order")
        assert hands.reads("2 to pick")


async def test_a_new_order_before_the_cursor_leaves_the_cursor_on_its_order() -> None:
    shop = PickupShop()
    shop.order(bread(), minutes=30)
    shop.order(bread(), minutes=60)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "down")
        assert row_of(hands, "W-1042").startswith("▶")
        shop.order(milk(), minutes=10)
        shop.shop.wire.report(HEARD)
        await hands.settle()
        assert row_of(hands, "W-1042").startswith("▶")
        assert place_of(hands, "W-1043") < place_of(hands, "W-1041")


async def test_five_hundred_orders_make_the_rows_of_one_window_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = PickupShop()
    for number in range(500):
        shop.order(bread(), minutes=number)
    made: list[str] = []
    row = words.row

    def counted(tab: int, desk: Desk, order: Order, face: Face) -> Row:
        made.append(order.order)
        return row(tab, desk, order, face)

    monkeypatch.setattr(words, "row", counted)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        window = hands.app.pickup_screen.listing.rows
        assert 0 < len(made) <= window
        await hands.press("down", "down", "up")
        assert len(made) <= window
        await hands.press("end")
        assert len(made) <= 2 * window
        assert row_of(hands, "W-1540").startswith("▶")
        assert not hands.reads("W-1041")


@pytest.mark.parametrize("size", [(40, 12), (60, 20), *SIZES, (200, 60)])
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_no_list_is_wider_or_higher_than_the_screen(
    size: tuple[int, int], language: str
) -> None:
    shop = three_lists()
    shop.shop.language = language
    async with at_work(shop.shop.app(language=language), size) as hands:
        await hands.press("ctrl+g")
        for keys in ([], ["tab"], ["tab"], ["tab"], ["enter"], ["tab"], ["escape"], ["delete"]):
            await hands.press(*keys)
            rows = hands.screen()
            assert len(rows) == size[1]
            assert max(map(len, rows)) <= size[0]
        assert not shop.shop.logged


async def test_a_touch_turns_to_a_list_and_opens_an_order() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        x = row_of(hands, "To collect").index("To collect")
        await hands.pilot.click(offset=(x, place_of(hands, "To collect")))
        await hands.settle()
        assert hands.reads("▶ To collect 1")
        await hands.pilot.click(offset=(5, place_of(hands, "W-1043")))
        await hands.settle()
        assert hands.reads("Order W-1043")
        await hands.pilot.click(offset=(row_of(hands, "Esc Back").index("Esc"), 23))
        await hands.settle()
        assert hands.reads("▶ To collect 1")


async def test_the_wheel_moves_the_cursor_over_the_orders() -> None:
    shop = PickupShop()
    for number in range(60):
        shop.order(bread(), minutes=number)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        y = hands.app.pickup_screen.listing.region.y + 3
        hands.app.post_message(
            events.MouseScrollDown(None, 5, y, 0, 1, 0, False, False, False, 5, y)
        )
        await hands.settle()
        assert row_of(hands, "W-1044").startswith("▶")


async def test_a_key_of_the_sale_never_pays_a_basket_that_is_not_seen() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("ctrl+g", "f9")
        assert hands.reads("This is a key of the sale; Esc goes back to it.")
        assert shop.shop.desk.basket.due == 120
        await hands.press("enter", "f9", "f10", "ctrl+z")
        assert shop.shop.desk.basket.due == 120


async def test_an_article_scanned_in_the_lists_is_sold_as_anywhere() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        await hands.burst(f"{BREAD}\r")
        assert isinstance(hands.app.screen, SaleScreen)
        assert shop.shop.desk.basket.total == 120


async def test_the_picking_list_of_the_order_under_the_cursor_is_printed_from_the_list() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "f7")
        assert len(shop.shop.counter.printed) == 1
        assert hands.reads("The paper goes to the printer.")
        assert isinstance(hands.app.screen, PickupScreen)


async def test_how_old_the_orders_are_is_told_when_the_centre_was_not_heard() -> None:
    shop = three_lists()
    shop.orders.at = instant_text(shop.shop.clock.at)
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g")
        assert not hands.reads("as of")
        shop.shop.clock.pass_s(600)
        await hands.press("down")
        assert hands.reads("as of 10:30")


async def test_whoever_signs_in_at_the_lists_stays_there() -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press("ctrl+g", "enter", "f12", "2", "enter", *"1357", "enter")
        assert hands.reads("Welcome, Sacha.")
        assert hands.reads("▶ To pick 2")


class Broken:
    """Orders of which nothing can be read any more."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"{name} is broken on purpose")


@pytest.mark.parametrize("keys", [[], ["ctrl+g"], ["ctrl+g", "enter"], ["ctrl+g", "enter", "tab"]])
async def test_orders_that_cannot_be_read_any_more_never_stop_the_till(keys: list[str]) -> None:
    shop = three_lists()
    async with at_work(shop.shop.app()) as hands:
        await hands.press(*keys)
        shop.shop.desk.ports.orders = Broken()  # type: ignore[assignment]
        shop.shop.wire.report(HEARD)
        await hands.press("down", "enter", "1", "enter", "delete", "ctrl+z", "f7", "tab", "ctrl+g")
        hands.app.session.tick()
        hands.app.session.beat()
        await hands.pilot.resize_terminal(60, 20)
        await hands.settle()
        assert len(hands.screen()) == 20
        shop.shop.desk.ports.orders = None
        await hands.press("escape", "escape", "escape", "escape")
        await hands.burst(f"{BREAD}\r")
        assert hands.reads("Baguette tradition")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_beside_the_count_of_orders_every_light_keeps_a_name_on_a_small_screen(
    language: str,
) -> None:
    shop = three_lists()
    shop.shop.language = language
    shop.shop.opened()
    async with at_work(shop.shop.app(lights=("printer", "scanner", "drawer", "display"))) as hands:
        status = hands.app.sale_screen.status.shown
        assert status.spare
        assert hands.reads(f" {status.spare} ")
        for light in status.lights:
            assert hands.reads(f" {light.name[:3]}")
