"""What is not settled when a day is closed: told with what to do, and in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pos.ports import DeviceState, PrintEnded, PrintOutcome
from pos.till import cash, matters, sell, tender, tickets
from tests.till.closing_days import closes, sells
from tests.till.shop import BREAD, MILK, Till


def park(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)


def lose_card(till: Till) -> None:
    till.scan(MILK)
    request = tender.ask_card(till.desk)
    tender.answer_card(till.desk, request, "unknown")


def lose_print(till: Till) -> None:
    sells(till, BREAD)
    tickets.print_ticket(till.desk)
    job = till.counter.printed[-1][0]
    tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.UNKNOWN))


def wait_for_paper(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    sells(till, BREAD)
    tickets.print_ticket(till.desk)


def count_drawer(till: Till) -> None:
    sells(till, BREAD)
    cash.count(till.desk, till.desk.ports.books.shifts()[0].opened.shift, {1: 110})


def sell_after_the_count(till: Till) -> None:
    count_drawer(till)
    sells(till, BREAD)


def fall_behind(till: Till) -> None:
    till.store.marker_behind = True


OPEN: list[tuple[str, Callable[[Till], object]]] = [
    ("baskets_parked", park),
    ("baskets_open", lambda till: till.scan(BREAD)),
    ("cards", lose_card),
    ("prints_unknown", lose_print),
    ("prints_waiting", wait_for_paper),
    ("shifts", lambda till: sells(till, BREAD)),
    ("shifts_counted", count_drawer),
    ("shifts_stale", sell_after_the_count),
    ("marker", fall_behind),
    ("unsent", lambda till: None),
]


@pytest.mark.parametrize(("slug", "leave"), OPEN, ids=[slug for slug, _ in OPEN])
def test_what_is_not_settled_is_told_with_what_to_do_and_stops_no_closing(
    till: Till, slug: str, leave: Callable[[Till], object]
) -> None:
    found = {one.slug for one in matters.matters(till.desk)}
    assert slug == "unsent" or slug not in found
    leave(till)
    told = next(one for one in matters.matters(till.desk) if one.slug == slug)
    assert told.count > 0
    assert not told.blocks
    assert str(told.sentence)
    assert str(told.what_to_do)
    before = {one.slug for one in matters.matters(till.desk)}
    assert closes(till).key == "2026-11-24"
    assert slug in {one.slug for one in matters.matters(till.desk)} >= before - {"prints_waiting"}


@pytest.mark.parametrize("leave", [count_drawer, sell_after_the_count])
def test_a_drawer_that_was_counted_is_not_told_as_uncounted(
    till: Till, leave: Callable[[Till], object]
) -> None:
    leave(till)
    told = {one.slug for one in matters.matters(till.desk) if one.slug.startswith("shifts")}
    assert len(told) == 1
    assert "shifts" not in told


def close_ahead(till: Till) -> None:
    sells(till, BREAD)
    closes(till, ahead=True)


def set_the_clock_back(till: Till) -> None:
    till.clock.at -= timedelta(days=1)


AHEAD: list[tuple[Callable[[Till], None], str]] = [
    (close_ahead, "This till sells for 2026-11-26 while its clock says 2026-11-24."),
    (set_the_clock_back, "This till sells for 2026-11-25 while its clock says 2026-11-23."),
]


@pytest.mark.parametrize(("leave", "said"), AHEAD)
def test_a_till_ahead_of_its_clock_says_so_until_the_clock_is_there(
    till: Till, leave: Callable[[Till], None], said: str
) -> None:
    sells(till, BREAD)
    closes(till)
    assert "ahead" not in {one.slug for one in matters.matters(till.desk)}
    leave(till)
    [told] = [one for one in matters.matters(till.desk) if one.slug == "ahead"]
    assert (str(told.sentence), told.blocks) == (said, False)
    assert "close no day before" in str(told.what_to_do)
    till.clock.at += timedelta(days=1)
    assert "ahead" not in {one.slug for one in matters.matters(till.desk)}


def test_notices_that_nobody_read_are_told_by_whoever_holds_them(till: Till) -> None:
    told = [one for one in matters.matters(till.desk, notices_unread=2) if one.slug == "notices"]
    assert [one.count for one in told] == [2]


def test_a_card_that_nobody_settled_is_counted_in_the_closed_day(till: Till) -> None:
    lose_card(till)
    counters = {one.name: (one.count, one.amount) for one in closes(till).figures.counters}
    assert counters["unsettled_cards"] == (1, 105)
