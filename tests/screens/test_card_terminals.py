"""Card terminals that the till drives, on the screen: waiting, an unknown end, another terminal."""

from __future__ import annotations

import pytest

from pos.domain.events import CardAnswered, CardsCompared
from pos.ports import (
    CardDetails,
    CardEnded,
    CardHeard,
    CardOutcome,
    DeviceState,
    StatusChanged,
)
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, MILK, Shop

APPROVED, DECLINED, CANCELLED, UNKNOWN = CardOutcome
REFUSED = "The terminal refused the payment."
SILENT = "The terminal gave no answer in time."


def with_terminals(*names: str) -> Shop:
    return Shop(terminals=names or ("desk",)).opened()


def sold(shop: Shop) -> int:
    """Return the total of the last sale, 0 for none."""
    return shop.desk.last_sale.total if shop.desk.last_sale is not None else 0


async def ends(shop: Shop, hands: Hands, outcome: CardOutcome, detail: str = "") -> None:
    """Let the terminal answer the last request."""
    details = CardDetails("############7893", "391603") if outcome is APPROVED else CardDetails()
    shop.wire.report(CardEnded("desk", shop.counter.asked[-1][0], outcome, detail, details))
    await hands.settle()


async def ask(hands: Hands) -> None:
    await hands.burst(f"{BREAD}\r")
    await hands.press("f10")


async def test_the_till_waits_and_the_sale_ends_when_the_terminal_says_so() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        assert shop.counter.asked[0][1] == 120
        assert hands.reads("red key")
        await ends(shop, hands, APPROVED)
        assert sold(shop)
        assert not hands.reads("red key")
        assert hands.reads("PAID")


@pytest.mark.parametrize("outcome", [DECLINED, CANCELLED])
async def test_what_was_refused_is_said_and_paid_otherwise(outcome: CardOutcome) -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await ends(shop, hands, outcome, REFUSED)
        assert hands.reads(REFUSED)
        await hands.press("f9")
        assert sold(shop)


async def test_an_unknown_end_is_settled_by_who_reads_the_ticket() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await ends(shop, hands, UNKNOWN, SILENT)
        assert hands.reads("Did the terminal “desk” take")
        assert hands.reads(SILENT)
        await hands.press("enter")
        assert not sold(shop)
        await hands.press("1", *"391603", "enter")
        assert sold(shop)
        said = shop.store.events[-2]
        assert isinstance(said, CardAnswered)
        assert (said.authorisation, said.settled_by) == ("391603", "staff-1")


async def test_what_the_terminal_says_late_is_shown_to_who_settles_it() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await ends(shop, hands, UNKNOWN, SILENT)
        request = shop.counter.asked[0][0]
        details = CardDetails(authorisation="391603")
        shop.wire.report(CardHeard("desk", request, APPROVED, "", details))
        await hands.settle()
        assert hands.reads("approved, number 391603")
        assert not sold(shop)
        await hands.press("1")
        assert hands.reads("391603")
        await hands.press("enter")
        assert sold(shop)


async def test_a_dead_terminal_holds_nobody_up() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await hands.press("1", "2")
        assert hands.reads("not charged")
        await hands.press("f9")
        assert sold(shop)


async def test_the_next_customer_is_served_while_the_terminal_is_at_work() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await hands.press("f5")
        await hands.burst(f"{MILK}\r")
        await ends(shop, hands, APPROVED)
        assert hands.reads("approved")
        await hands.press("f9")
        assert sold(shop)
        assert sold(shop) == 105
        await hands.press("f6")
        await hands.press("f9")
        assert sold(shop) == 120


async def test_a_wait_that_was_left_comes_back_by_the_card_key_and_a_scan_is_kept() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await hands.burst(f"{MILK}\r")
        await hands.press("escape")
        await hands.press("f10")
        assert hands.reads("red key")
        assert len(shop.counter.asked) == 1
        await ends(shop, hands, DECLINED, REFUSED)
        assert shop.desk.basket.due >= 120


async def test_a_terminal_that_is_away_is_left_for_another_by_a_key_and_by_touch() -> None:
    shop = with_terminals("desk", "floor")
    async with at_work(shop.app()) as hands:
        await ask(hands)
        assert hands.reads("Which card terminal?")
        await hands.press("2")
        assert hands.reads("“floor”")
        await ends(shop, hands, DECLINED, REFUSED)
        shop.wire.report(StatusChanged("floor", DeviceState.OFFLINE, "not connected"))
        await hands.settle()
        await hands.press("f10")
        assert hands.reads("not connected")
        row = next(y for y, text in enumerate(hands.screen()) if "I type its result" in text)
        await hands.pilot.click(offset=(10, row))
        await hands.settle()
        assert hands.reads("what does the terminal say?")
        await hands.press("1")
        assert sold(shop)


async def test_another_terminal_is_chosen_among_the_other_payments() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("f11")
        row = next(text for text in hands.screen() if "another terminal" in text)
        await hands.press(row.split()[0].strip("▌│▶"))
        await hands.press("2", "1")
        assert sold(shop)
        assert not shop.counter.asked


@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
async def test_waiting_and_the_unknown_end_fit_the_screen(size: tuple[int, int]) -> None:
    shop = with_terminals()
    shop.language = "fr"
    async with at_work(shop.app(), size) as hands:
        await ask(hands)
        assert all(len(row) <= size[0] for row in hands.screen())
        await ends(shop, hands, UNKNOWN, SILENT)
        assert all(len(row) <= size[0] for row in hands.screen())


@pytest.mark.parametrize(
    ("count", "total", "says"),
    [("1", "1,20", "totals are written down"), ("2", "3,20", "why?")],
)
async def test_a_terminals_totals_are_typed_at_the_cash_desk(
    count: str, total: str, says: str
) -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await ask(hands)
        await ends(shop, hands, APPROVED)
        await hands.press("ctrl+f", "9", "1", count, "enter", *total, "enter")
        assert hands.reads(says)
        if says == "why?":
            await hands.press("1")
            assert hands.reads("The difference of")
        assert isinstance(shop.store.events[-1], CardsCompared)


async def test_a_count_that_is_none_leaves_the_question() -> None:
    shop = with_terminals()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+f", "9", "1", "enter")
        assert hands.reads("Type how many")
        await hands.press("1", "enter", "x", "enter")
        assert hands.reads("not an amount")
        await hands.press(*"-5", "enter")
        assert hands.reads("why?")
        await hands.press("escape")
    assert not any(isinstance(event, CardsCompared) for event in shop.store.events)
