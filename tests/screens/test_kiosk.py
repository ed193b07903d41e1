"""The customers' screen: big words, a huge number, and nothing of anybody after a while."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from textual.pilot import Pilot

from config.themes import PALETTES
from config.words import words_for
from pos.domain.order import Contract, Order, OrderState
from pos.ports import DeviceState, Scanned, StatusChanged, StoreUnavailable
from pos.screens.kiosk.app import KioskApp, KioskOptions
from pos.screens.kiosk.visit import LANGUAGE_S, SHOWN_S
from pos.screens.options import ScreenOptions
from pos.screens.themes import Palette
from pos.screens.widgets.letters import huge, lettered_lines
from pos.till.desk import PickupRules
from tests.screens.hands import Fingers
from tests.screens.orders import CODE, PickupShop, bread, wine

SIZES = [(80, 24), (120, 40)]


@dataclass
class Kiosk:
    """A kiosk of a shop with orders."""

    place: PickupShop = field(default_factory=PickupShop)
    logged: list[str] = field(default_factory=list)
    language: str = "en"

    def __post_init__(self) -> None:
        self.place.shop.desk.person = None

    def app(self, close_key: str = "") -> KioskApp:
        """Return its screen; what is printed is in the language that is shown."""
        desk, told = self.place.shop.desk, [self.language]
        spoken = {one: words_for(one, "EUR", "Europe/Paris") for one in ("en", "fr")}
        desk.words = lambda: spoken[told[0]]
        options = ScreenOptions(
            till="S001 B01",
            language=self.language,
            log=lambda _doing, error: self.logged.append(str(error)),
            on_language=lambda language: told.__setitem__(0, language),
        )
        palettes = {name: Palette.of(colours) for name, colours in PALETTES.items()}
        wire = self.place.shop.wire
        return KioskApp(desk, spoken.__getitem__, palettes, KioskOptions(options, close_key), wire)

    def order(self, **more: object) -> Order:
        """Let an order be ready."""
        return self.place.ready(bread(2), wine(n=2), **more)

    def pass_s(self, seconds: int) -> None:
        """Let seconds pass."""
        self.place.shop.clock.pass_s(seconds)


@dataclass
class Customer(Fingers):
    """Somebody before a kiosk."""

    app: KioskApp


@asynccontextmanager
async def standing_at(kiosk: Kiosk, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Customer]:
    """Stand before a kiosk."""
    app = kiosk.app()
    async with app.run_test(size=size) as pilot:
        hands = Customer(app, pilot)
        await hands.settle()
        yield hands


def says(hands: Customer, text: str) -> bool:
    """Tell whether the screen says it, in big letters or small ones."""
    rows = hands.screen()
    lines = lettered_lines(text, hands.app.size.width - 4) or []
    is_big = bool(lines) and all(
        any(drawn.rstrip() in row for row in rows) for line in lines for drawn in line
    )
    return is_big or any(text in row or text.upper() in row for row in rows)


def shows_number(hands: Customer, number: str, scale: int) -> bool:
    """Tell whether a number stands there in figures of that size."""
    rows = [row.strip() for row in hands.screen()]
    drawn = [row.rstrip() for row in huge(number, scale)]
    return any(
        [row.lstrip() for row in drawn] == rows[y : y + len(drawn)] for y in range(len(rows))
    )


async def let_time_pass(hands: Customer, kiosk: Kiosk, seconds: int) -> None:
    """Let seconds pass, and the screen look at its clock."""
    kiosk.pass_s(seconds)
    hands.app.tick()
    await hands.settle()


@pytest.mark.parametrize("way", ["typed", "touched", "wedge", "serial"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_customer_is_told_a_number_however_they_say_who_they_are(
    size: tuple[int, int], way: str
) -> None:
    kiosk = Kiosk()
    order = kiosk.order()
    async with standing_at(kiosk, size) as hands:
        assert says(hands, "Scan your code")
        if way == "typed":
            await hands.press(*CODE.lower(), "enter")
        elif way == "touched":
            for key in (*CODE, "OK"):
                await touch(hands, f" {key} ")
        elif way == "wedge":
            await hands.burst(kiosk.place.scan_of(order))
        else:
            kiosk.place.shop.wire.report(Scanned("scanner", kiosk.place.scan_of(order).strip(), 0))
            await hands.settle()
        assert says(hands, "Your order is being brought.")
        assert shows_number(hands, "T1-1", 2 if size[1] == 24 else 3)
        assert (kiosk.place.now(order).queue, bool(kiosk.place.now(order).here_at)) == (1, True)
        assert not any(secret in "".join(hands.screen()) for secret in (order.name, "W-", "Bag"))


async def touch(hands: Customer, text: str) -> None:
    """Touch the last place where a text stands."""
    rows = [row.ljust(hands.app.size.width) for row in hands.screen()]
    y = max(n for n, row in enumerate(rows) if text in row)
    await hands.pilot.click(offset=(rows[y].rindex(text) + 1, y))
    await hands.settle()


async def test_nothing_of_a_customer_is_left_after_a_while() -> None:
    kiosk = Kiosk()
    kiosk.order()
    async with standing_at(kiosk) as hands:
        await hands.press(*CODE, "enter")
        await let_time_pass(hands, kiosk, SHOWN_S - 1)
        assert says(hands, "Your order is being brought.")
        await let_time_pass(hands, kiosk, 1)
        assert says(hands, "Scan your code")
        assert not shows_number(hands, "T1-1", 2)
        assert (hands.app.visit.said, hands.app.visit.text) == (None, "")
        await hands.press(*CODE[:5])
        await let_time_pass(hands, kiosk, SHOWN_S)
        await hands.press(*CODE[5:], "enter")
        assert says(hands, "Scan your code")


async def test_a_clock_that_is_set_back_keeps_nobody_on_the_screen() -> None:
    kiosk = Kiosk()
    kiosk.order()
    async with standing_at(kiosk) as hands:
        await hands.press(*CODE, "enter")
        await let_time_pass(hands, kiosk, -3600)
        assert says(hands, "Scan your code")


async def test_who_comes_next_need_not_wait_until_the_one_before_is_forgotten() -> None:
    kiosk = Kiosk()
    kiosk.order()
    other = kiosk.order(code_hash="")
    async with standing_at(kiosk) as hands:
        await hands.press(*CODE, "enter")
        await hands.burst(kiosk.place.scan_of(other))
        assert kiosk.place.now(other).queue == 2
        assert shows_number(hands, "T1-2", 2)
        await hands.press("7")
        assert says(hands, "Scan your code")
        await hands.press("escape")
        await hands.burst(kiosk.place.scan_of(other))
        assert kiosk.place.now(other).queue == 2


async def test_a_typed_code_is_corrected_and_a_short_one_is_not_sent() -> None:
    kiosk = Kiosk()
    order = kiosk.order()
    async with standing_at(kiosk) as hands:
        await hands.press(*CODE[:7], "enter", "Z", "backspace", "-", CODE[7])
        assert kiosk.place.now(order).queue == 0
        await hands.press("enter")
        assert kiosk.place.now(order).queue == 1
        await hands.press("escape", *"0000000", "backspace", "0", "0", "enter")
        assert says(hands, "We do not find this order.")


async def test_a_language_is_chosen_by_key_or_touch_and_goes_back_by_itself() -> None:
    kiosk = Kiosk()
    async with standing_at(kiosk) as hands:
        await touch(hands, " Français ")
        assert hands.app.visit.language == "fr"
        await hands.press("tab")
        assert hands.app.visit.language == "en"
        await touch(hands, " Français ")
        await let_time_pass(hands, kiosk, LANGUAGE_S - 1)
        assert hands.app.visit.language == "fr"
        await let_time_pass(hands, kiosk, 1)
        assert hands.app.visit.language == "en"


async def test_wrong_codes_wait_and_a_pass_still_serves() -> None:
    kiosk = Kiosk()
    kiosk.place.rules(replace(PickupRules(), wrong_codes=1, wait_minutes=10))
    order = kiosk.order()
    async with standing_at(kiosk) as hands:
        await hands.press(*"00000000", "enter")
        assert says(hands, "Too many wrong codes: try one again in 10 min, or scan the pass.")
        await hands.press(*CODE, "enter")
        assert kiosk.place.now(order).queue == 0
        await hands.burst(kiosk.place.scan_of(order))
        assert kiosk.place.now(order).queue == 1


async def test_a_number_is_printed_for_who_wants_it_and_only_where_paper_can_come() -> None:
    kiosk = Kiosk()
    kiosk.order()
    printed = kiosk.place.shop.counter.printed
    wire = kiosk.place.shop.wire
    async with standing_at(kiosk) as hands:
        wire.report(StatusChanged("printer", DeviceState.OFFLINE))
        await hands.press(*CODE, "enter")
        assert not hands.reads("Print my number")
        wire.report(StatusChanged("printer", DeviceState.READY))
        await hands.settle()
        assert hands.reads("Print my number")
        await touch(hands, " Print my number ")
        assert len(printed) == 1
        assert says(hands, "Scan your code")
        await hands.press("enter")
        assert len(printed) == 1


async def test_a_full_disk_sends_customers_to_the_desk_in_plain_words() -> None:
    kiosk = Kiosk()
    order = kiosk.order()

    def refuse(*_: object) -> None:
        raise StoreUnavailable("full", "The disk of this till is full.")

    async with standing_at(kiosk) as hands:
        kiosk.place.shop.desk.ports.ledger.record = refuse  # type: ignore[method-assign, assignment]
        await hands.press(*CODE, "enter")
        assert says(hands, "This screen does not work just now.")
        assert hands.reads("Please ask at the desk.")
        assert not hands.reads("disk")
        assert kiosk.place.now(order).queue == 0
        assert kiosk.logged


async def test_no_key_closes_the_kiosk_unless_somebody_tries_it_out() -> None:
    kiosk = Kiosk()
    async with standing_at(kiosk) as hands:
        await hands.press("ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "ctrl+x", "f1", "f10")
        assert hands.app.is_running
        assert says(hands, "Scan your code")
    app = kiosk.app(close_key="ctrl+q")
    async with app.run_test() as pilot:
        hands = Customer(app, pilot)
        await hands.settle()
        await hands.press("ctrl+q")
        assert app._exit


async def test_the_age_of_the_orders_stands_small_at_the_foot_when_the_centre_is_silent() -> None:
    kiosk = Kiosk()
    async with standing_at(kiosk) as hands:
        assert hands.screen()[-1].strip() == "S001 B01"
        kiosk.place.orders.at = "2026-11-24T09:20:00.000Z"
        await let_time_pass(hands, kiosk, 1)
        assert hands.reads("S001 B01 · as of 10:20")


async def test_any_size_of_terminal_is_drawn_whole() -> None:
    kiosk = Kiosk()
    kiosk.order()
    async with standing_at(kiosk) as hands:
        for keys in (["7"], [*CODE[1:], "enter"], [*"00000000", "enter"]):
            await hands.press(*keys)
            for size in [(1, 1), (20, 8), (120, 40), (40, 3), (200, 60), (80, 24)]:
                await hands.pilot.resize_terminal(*size)
                await hands.settle()
                rows = hands.screen()
                assert len(rows) == size[1]
                assert max(map(len, rows)) <= size[0]
        assert not kiosk.logged


SCENES: dict[str, Callable[[Customer, Kiosk], Awaitable[None]]] = {}


def scene(
    show: Callable[[Customer, Kiosk], Awaitable[None]],
) -> Callable[[Customer, Kiosk], Awaitable[None]]:
    """Keep the looks of a scene."""
    SCENES[show.__name__] = show
    return show


@scene
async def code_half_typed(hands: Customer, _kiosk: Kiosk) -> None:
    """Nobody yet, and the beginning of a code."""
    await hands.press(*CODE[:5])


@scene
async def number_42(hands: Customer, kiosk: Kiosk) -> None:
    """A number, to be paid at the desk, and paper for it."""
    kiosk.place.shop.wire.report(StatusChanged("printer", DeviceState.READY))
    kiosk.order(contract=Contract.PAY_AT_PICKUP, queue=42, queue_by="S001-B01",
                here_at="2026-11-24T09:29:00.000Z")  # fmt: skip
    await hands.press(*CODE, "enter")


@scene
async def collected_already(hands: Customer, kiosk: Kiosk) -> None:
    """No number, and where to ask."""
    kiosk.order(state=OrderState.HANDED_OVER)
    await hands.press(*CODE, "enter")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCENES)
def test_the_kiosk_looks_as_it_was_approved(
    snap_compare: Callable[..., bool], size: tuple[int, int], name: str
) -> None:
    kiosk = Kiosk()

    async def run(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, KioskApp)
        await SCENES[name](Customer(pilot.app, pilot), kiosk)

    assert snap_compare(kiosk.app(), terminal_size=size, run_before=run)
