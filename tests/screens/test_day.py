"""The manager's day on the screen: figures, plots, closing, printing, files, earlier closings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from textual import events

from pos.domain.events import LoanGiven, PeriodClosed, PermissionUsed, PrintAsked, ReportMade
from pos.domain.words import Sentence
from pos.screens.day_screen import DayScreen
from pos.screens.dialogs.sign_in import PinPrompt
from pos.till import closing, sell, tender
from tests.screens.hands import Hands, at_work
from tests.screens.shop import BREAD, MILK, Shop

CASHIER = ("f12", "2", "enter", *"1357", "enter")
MANAGER = ("1", "enter", *"2468", "enter")
SIZES = [(80, 24), (120, 40)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sell_one(shop: Shop, code: str = BREAD, pieces: int = 1) -> None:
    for _ in range(pieces):
        sell.scan(shop.desk, code)
    tender.pay_cash(shop.desk)


def busy_morning(shop: Shop) -> None:
    """Sell one piece at nine, three at ten and none until noon."""
    shop.clock.at -= HOUR
    sell_one(shop)
    shop.clock.at += HOUR
    sell_one(shop, MILK, 3)
    shop.clock.at += 2 * HOUR
    sell_one(shop, MILK)


def a_week_ago(shop: Shop) -> None:
    """Sell ten pieces at ten, a week before, and let the till close that day and those since."""
    shop.clock.at -= 7 * DAY
    sell_one(shop, BREAD, 10)
    shop.clock.at += 7 * DAY
    closing.catch_up(shop.desk)


def closings(shop: Shop) -> list[tuple[str, str]]:
    found = [one for one in shop.store.events if isinstance(one, PeriodClosed)]
    return [(one.level, one.key) for one in found]


def row_of(hands: Hands, text: str) -> str:
    """Return the part of a row from a text on."""
    return next(row[row.index(text) :] for row in hands.screen() if text in row)


@pytest.mark.parametrize("size", SIZES)
async def test_the_day_is_shown_as_figures_and_as_plots(size: tuple[int, int]) -> None:
    shop = Shop().opened()
    busy_morning(shop)
    async with at_work(shop.app(), size) as hands:
        await hands.press("ctrl+x")
        assert isinstance(hands.app.screen, DayScreen)
        assert hands.reads("The day 24/11/2026, open")
        assert row_of(hands, "TOTAL").split()[1] == "€5.40"
        assert row_of(hands, "Average ticket").split()[2] == "€1.80"
        ten, noon, eleven = (row_of(hands, f"{hour} h") for hour in (10, 12, 11))
        assert ten.count("█") > 2 * noon.count("█") > 0
        assert eleven.count("█") == 0
        assert row_of(hands, "Cash × 3")
        assert hands.reads("1 drawer is not counted.")
        assert hands.reads("Count it now or tomorrow")
        rows = hands.screen()
        await hands.press("right")
        both = "\n".join([*rows, *hands.screen()])
        assert re.search(r"5\.5% +€5\.40", both)
        milk, bread = (re.findall(rf"{name}[^█]*(█+)", both) for name in ("4 × Lait", "1 × Bag"))
        assert len(milk[0]) > len(bread[0]) > 0


async def test_a_mark_on_each_hour_tells_what_it_brought_a_week_ago() -> None:
    shop = Shop().opened()
    a_week_ago(shop)
    sell_one(shop)
    async with at_work(shop.app(), (120, 40)) as hands:
        await hands.press("ctrl+x")
        assert hands.reads("Sales by hour · │ a week ago")
        ten = row_of(hands, "10 h")
        assert 0 < ten.index("█") < ten.index("│")
        assert row_of(hands, "17/11/2026").count("█") > row_of(hands, "Today").count("█")


async def test_what_a_drawer_should_hold_is_not_told_before_it_is_counted() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app(), (120, 40)) as hands:
        await hands.press("ctrl+x")
        assert row_of(hands, "Shift T01-K1-S000001")
        assert not hands.reads("Expected")
        await hands.press("escape", "ctrl+f", "6", "end", "enter", "4", "ctrl+x")
        assert row_of(hands, "Expected").split()[1] == "€1.20"


async def test_the_day_is_closed_after_one_question_and_each_step_is_told() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "1")
        assert hands.reads("Close 24/11/2026?")
        assert hands.reads("1 drawer is not counted.")
        await hands.press("enter")
        assert hands.reads("Choose yes or no.")
        assert closings(shop) == []
        await hands.press("1")
        assert hands.reads("✓ Day 24/11/2026: T01-K1-Z000001")
        assert hands.reads("✓ The Z goes to the printer")
        assert hands.reads("Day 24/11/2026 is closed.")
        await hands.press("escape")
        assert hands.reads("The day 25/11/2026, open")
    assert closings(shop) == [("day", "2026-11-24")]


async def test_the_last_day_of_the_year_closes_its_month_and_its_year_too() -> None:
    shop = Shop()
    shop.clock.at = shop.clock.at.replace(month=12, day=31)
    shop.opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "1", "1")
        for done in ("Day 31/12/2026", "Month 2026-12", "Fiscal year 2026"):
            assert hands.reads(f"✓ {done}: T01-K1-"), done


@pytest.mark.parametrize("keys", [("2",), ("escape",), ("x", "3", "2")])
async def test_a_no_closes_nothing_and_leaves_the_day_on_the_screen(keys: tuple[str, ...]) -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "1", *keys)
        assert closings(shop) == []
        assert hands.reads("The day 24/11/2026, open")
        await hands.press("escape")
        assert hands.app.screen is hands.app.sale_screen


async def test_a_second_digit_at_once_is_no_answer_to_the_question() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x")
        await hands.press_fast("1", "1")
        assert hands.reads("Close 24/11/2026?")
        assert closings(shop) == []


async def test_a_day_closed_twice_is_asked_about_before_the_next_is_closed_ahead() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "1", "1", "escape", "1", "1")
        assert hands.reads("24/11/2026 is closed, and nothing was sold since.")
        await hands.press("escape")
        await hands.burst(f"{MILK}\r")
        await hands.press("f9", "ctrl+x", "1", "1")
        assert hands.reads("what was sold since counts for 25/11/2026")
        assert closings(shop) == [("day", "2026-11-24")]
        await hands.press("1")
    assert closings(shop) == [("day", "2026-11-24"), ("day", "2026-11-25")]


async def test_so_many_days_are_due_that_the_date_is_asked_for_first() -> None:
    shop = Shop().opened()
    sell_one(shop)
    shop.clock.at += 90 * DAY
    async with at_work(shop.app()) as hands:
        hands.app.session.tick()
        await hands.press("enter")
        assert hands.reads("90 days to close")
        await hands.press("ctrl+x", "1", "1")
        assert hands.reads("check the date")
        assert closings(shop) == []
        await hands.press("1")
    assert len([level for level, _ in closings(shop) if level == "day"]) == 91


async def test_the_days_figures_are_printed() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "2")
        assert hands.reads("The figures go to the printer.")
    asked = [event for event in shop.store.events if isinstance(event, PrintAsked)]
    assert [one.paper for one in asked] == ["report"]


async def test_the_figures_leave_as_a_file_and_its_place_is_told() -> None:
    shop = Shop().opened()
    sell_one(shop)
    files: dict[str, str] = {}

    def export(name: str, text: str) -> str:
        files[name] = text
        return f"/exports/{name}"

    async with at_work(shop.app(on_export=export)) as hands:
        await hands.press("ctrl+x", "3")
        assert hands.reads("The figures are in /exports/2026-11-24.csv.")
        await hands.press("1", "1", "3")
        assert hands.reads("The figures are in /exports/T01-K1-Z000001.csv.")
    assert "cash" in files["2026-11-24.csv"]
    assert "T01-K1-Z000001" in files["T01-K1-Z000001.csv"]


async def test_a_till_with_nowhere_to_write_says_so() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "3")
        assert hands.reads("This till has nowhere to write files")


async def test_earlier_closings_are_listed_shown_and_printed_again() -> None:
    shop = Shop().opened()
    a_week_ago(shop)
    async with at_work(shop.app(), (120, 40)) as hands:
        await hands.press("ctrl+x", "4")
        assert hands.reads("T01-K1-Z000007  Day 23/11/2026")
        await hands.press(*("down",) * 6, "enter")
        assert hands.reads("Day 17/11/2026, closed: T01-K1-Z000001")
        assert row_of(hands, "TOTAL").split()[1] == "€12.00"
        await hands.press("2")
        assert hands.reads("The paper goes to the printer.")
        await hands.press("2")
        assert hands.reads("Duplicata number 1 goes to the printer.")
        await hands.press("escape")
        assert hands.reads("The day 24/11/2026, open")


async def test_without_any_closing_the_list_says_so() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", "4")
        assert hands.reads("No day was closed on this till yet.")


@pytest.mark.parametrize("keys", [(), ("1",), ("4",), ("f1",), ("right",)])
async def test_a_scan_over_the_day_is_taken_at_the_sale(keys: tuple[str, ...]) -> None:
    shop = Shop().opened()
    sell_one(shop)
    closing.close_day(shop.desk)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x", *keys)
        await hands.burst(f"{BREAD}\r{MILK}\r")
        assert [line.sku for line in shop.desk.basket.lines] == ["1", "2"]
        assert hands.app.screen is hands.app.sale_screen
        assert hands.reads("Lait demi-écrémé 1 L")
    assert len(closings(shop)) == 1


async def test_a_gesture_over_the_day_goes_back_to_the_sale_and_is_done() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.burst(f"{BREAD}\r")
        await hands.press("ctrl+x", "f9")
        assert hands.app.screen is hands.app.sale_screen
        assert hands.reads("PAID")


async def test_a_cashier_sees_the_day_with_a_managers_pin_and_it_is_written_down() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, "ctrl+x")
        assert isinstance(hands.app.session.prompt, PinPrompt)
        assert hands.reads("Who allows the day and its closing?")
        await hands.press(*MANAGER)
        assert isinstance(hands.app.screen, DayScreen)
        hands.app.session.tick()
    looked = [event for event in shop.store.events if isinstance(event, ReportMade)]
    assert [(one.report, one.staff) for one in looked] == [("x", "staff-2")]
    assert closings(shop) == []


async def test_one_pin_of_a_manager_does_for_all_that_is_done_with_the_day() -> None:
    shop = Shop().opened()
    sell_one(shop)
    async with at_work(shop.app()) as hands:
        await hands.press(*CASHIER, "ctrl+x", *MANAGER, "2")
        assert hands.reads("The figures go to the printer.")
        await hands.press("1", "1")
        assert hands.reads("Day 24/11/2026 is closed.")
        await hands.press("escape", "escape", "ctrl+x")
        assert isinstance(hands.app.session.prompt, PinPrompt)
    used = [event for event in shop.store.events if isinstance(event, PermissionUsed)]
    assert [(one.permission, one.staff, one.lender) for one in used] == [
        (permission, "staff-2", "staff-1") for permission in ("reports", "reports", "close_day")
    ]
    lent = [event for event in shop.store.events if isinstance(event, LoanGiven)]
    assert [one.permission for one in lent] == ["reports", "reports", "close_day"]


async def test_what_is_sold_meanwhile_is_shown_a_minute_later() -> None:
    shop = Shop().opened()
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x")
        sell_one(shop)
        hands.app.session.tick()
        hands.app.show()
        await hands.settle()
        assert row_of(hands, "TOTAL").split()[1] == "€1.20"


async def test_the_day_works_by_touch_alone() -> None:
    shop = Shop().opened()
    busy_morning(shop)
    async with at_work(shop.app()) as hands:
        await hands.press("ctrl+x")
        first = hands.screen()
        await hands.pilot.click(offset=(5, 1))
        await hands.settle()
        assert hands.screen() != first
        hands.app.post_message(_wheel())
        await hands.settle()
        assert hands.screen() == first
        await hands.pilot.click(offset=(3, 22))
        await hands.settle()
        assert hands.reads("Close 24/11/2026?")
        no = next(y for y, row in enumerate(hands.screen()) if row.startswith(" 2     No"))
        await hands.pilot.click(offset=(10, no))
        await hands.settle()
        assert not hands.reads("Close 24/11/2026?")
        await hands.pilot.click(offset=(70, 23))
        await hands.settle()
        assert hands.app.screen is hands.app.sale_screen


def _wheel() -> events.MouseScrollUp:
    return events.MouseScrollUp(None, 5, 5, 0, -1, 0, False, False, False, 5, 5)


async def test_a_terminal_that_changes_its_size_over_the_day_is_drawn_right_after_it() -> None:
    shop = Shop().opened()
    busy_morning(shop)
    async with at_work(shop.app(shows_paper=True)) as hands:
        await hands.press("ctrl+x")
        for size in [(1, 1), (20, 8), (120, 40), (40, 3), (200, 60), (60, 20), (100, 30)]:
            await hands.pilot.resize_terminal(*size)
            await hands.settle()
            rows = hands.screen()
            assert len(rows) == size[1]
            assert max(map(len, rows)) <= size[0]
        await hands.press("escape")
        for size in [(120, 40), (80, 24), (100, 30)]:
            await hands.press("ctrl+x")
            await hands.pilot.resize_terminal(*size)
            await hands.press("escape")
            assert len(hands.screen()) == size[1]
            assert hands.app.sale_screen.keys.size.width == size[0]
        await hands.press("ctrl+x", "ctrl+l", "ctrl+t", "escape")
        assert hands.reads("Espèces")
        assert not shop.logged


async def test_forgotten_days_are_closed_at_the_next_minute_and_someone_reads_it() -> None:
    shop = Shop().opened()
    sell_one(shop)
    shop.clock.at += 3 * DAY
    async with at_work(shop.app()) as hands:
        hands.app.session.tick()
        hands.app.session.tick()
        hands.app.show()
        await hands.settle()
        assert hands.reads("up to 26/11/2026.")
        await hands.press("enter")
        assert hands.app.session.prompt is None
    assert [key for _, key in closings(shop)] == ["2026-11-24", "2026-11-25", "2026-11-26"]


async def test_what_this_till_is_can_be_read_over_anything() -> None:
    shop = Shop().opened()
    about = (Sentence("Software: {name}", name="Comptoir 1"), Sentence("Fiscal rules: none"))
    async with at_work(shop.app(about=about)) as hands:
        await hands.press("ctrl+x", "ctrl+p", *"about", "enter")
        assert hands.reads("Software: Comptoir 1")
        assert hands.reads("Fiscal rules: none")
        await hands.press("enter")
        assert hands.reads("The day 24/11/2026, open")
