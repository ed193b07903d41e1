"""The scenes whose looks are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from textual.pilot import Pilot

from devices.card.protocol import SILENT
from pos.ports import CardDetails, CardEnded, CardHeard, CardOutcome
from pos.screens.app import TillApp
from pos.till import closing, sell, tender
from tests.screens.hands import Hands
from tests.screens.shop import APPLES, BREAD, MILK, Shop

MORNING = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

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


def giving_back(shop: Shop) -> Scene:
    """An exchange: one article comes back, another is bought, and money is still owed."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{APPLES}\r")
        await hands.press(*"800", "enter")
        await hands.burst(f"{MILK}\r")
        await hands.press("f9")
        await hands.burst("T01-K1-000001\r")
        await hands.press("a", "1")
        await hands.burst(f"{BREAD}\r")

    return scene


def old_ticket(shop: Shop) -> Scene:
    """A ticket that was scanned: what can still come back of it."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.press("6", "asterisk")
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("f9")
        await hands.burst("T01-K1-000001\r")
        await hands.press("4")

    return scene


def counting(shop: Shop) -> Scene:
    """The blind count of a drawer."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("f9", "ctrl+f", "6", *("down",) * 4, "3", "enter", "7", "enter", "1")

    return scene


def difference(shop: Shop) -> Scene:
    """What a count found, and what to do with it."""
    shop.opened()

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("f9", "ctrl+f", "6", *("down",) * 7, "1", "end", "enter")

    return scene


def day(shop: Shop) -> Scene:
    """The manager's day beside the one a week ago, something still open."""
    shop.opened()
    busy_week(shop)

    async def scene(pilot: Pilot[None]) -> None:
        await _hands(pilot).press("ctrl+x")

    return scene


def closed_day(shop: Shop) -> Scene:
    """A day that was just closed, each step told."""
    shop.opened()
    busy_week(shop)

    async def scene(pilot: Pilot[None]) -> None:
        await _hands(pilot).press("ctrl+x", "1", "1")

    return scene


def training(shop: Shop) -> Scene:
    """A sale in training, under the stripe."""
    shop.opened()
    shop.desk.training = True

    async def scene(pilot: Pilot[None]) -> None:
        await _hands(pilot).burst(f"{BREAD}\r{MILK}\r")

    return scene


def busy_week(shop: Shop) -> None:
    """Sell from nine to seven today and a week ago, by a rule that is no rule."""
    for back in (7, 0):
        for hour in range(10):
            shop.clock.at = MORNING - back * DAY + hour * HOUR
            for place in range((hour * 7 + back * 3) % 5 + hour % 2):
                _sell(shop, (BREAD, MILK)[place % 2], hour % 3 + 1, by_card=place == 2)
        if back:
            shop.clock.at = MORNING
            closing.catch_up(shop.desk)


def _sell(shop: Shop, code: str, pieces: int, *, by_card: bool) -> None:
    for _ in range(pieces):
        sell.scan(shop.desk, code)
    if by_card:
        tender.answer_card(shop.desk, tender.ask_card(shop.desk), "approved")
    else:
        tender.pay_cash(shop.desk, 2000)


def _asked_of_a_terminal(shop: Shop) -> Shop:
    """Let the shop have a card terminal that the till drives."""
    shop.desk.ports.cards["desk"] = shop.counter
    return shop.opened()


def card_at_work(shop: Shop) -> Scene:
    """A customer pays at a terminal that the till drives."""
    _asked_of_a_terminal(shop)

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("f10")

    return scene


def card_unknown(shop: Shop) -> Scene:
    """A terminal gave no answer, and then one that came too late."""
    _asked_of_a_terminal(shop)

    async def scene(pilot: Pilot[None]) -> None:
        hands = _hands(pilot)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        await hands.press("f10")
        ((request, _),) = shop.counter.asked
        details = CardDetails(authorisation="391603")
        shop.wire.report(CardEnded("desk", request, CardOutcome.UNKNOWN, SILENT))
        shop.wire.report(CardHeard("desk", request, CardOutcome.APPROVED, "", details))
        await hands.settle()

    return scene


SCENES: dict[str, Callable[[Shop], Scene]] = {
    "selling": selling,
    "search": search,
    "paid": paid,
    "sign_in": sign_in,
    "giving_back": giving_back,
    "old_ticket": old_ticket,
    "counting": counting,
    "difference": difference,
    "day": day,
    "closed_day": closed_day,
    "training": training,
    "card_at_work": card_at_work,
    "card_unknown": card_unknown,
}
