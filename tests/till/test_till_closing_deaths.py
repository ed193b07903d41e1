"""A closing killed between any two of its writes goes on where it was; nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from pos.domain.events import ClosingBegun, ClosingFinished, PeriodClosed, PrintAsked
from pos.ports import StoreUnavailable
from pos.till import closing, start
from tests.till.closing_days import check_books, closes, closings, keys, local, sells, till_at
from tests.till.shop import BREAD, MANAGER, MILK, Till

SWITCHED_ON = "2026-12-31 18:00"
YEAR_END = ["2026-12-31", "2026-12", "2026"]
WRITES = range(7)
"""More than a closing of a day, a month and a year writes: the last ones die after it."""


def steps(till: Till) -> list[dict[str, Any]]:
    """Return what the journal holds of closings; the name of each is told by when it began."""
    names: dict[str, int] = {}
    found = []
    for event in till.store.events:
        if isinstance(event, ClosingBegun | PeriodClosed | ClosingFinished):
            number = names.setdefault(event.closing, len(names))
            found.append({"kind": event.kind, **event.facts(), "closing": number})
    return found


def a_year_end(fiscal: str = "france") -> Till:
    till = till_at(SWITCHED_ON, fiscal)
    sells(till, BREAD)
    sells(till, MILK)
    return till


def dies_after(till: Till, writes: int, gesture: Callable[[], object]) -> None:
    """Make a gesture on a disk that takes `writes` more writes, then find the disk sound again."""
    till.store.writes_left = writes
    with suppress(StoreUnavailable):
        gesture()
    till.store.writes_left = None


def manager_closes(till: Till) -> None:
    closing.close_day(till.desk)


@pytest.mark.parametrize("fiscal", ["france", "none"])
@pytest.mark.parametrize("writes", WRITES)
def test_a_manager_s_closing_cut_anywhere_is_the_same_closing(writes: int, fiscal: str) -> None:
    whole = a_year_end(fiscal)
    closes(whole)
    till = a_year_end(fiscal)
    till.sign_in(MANAGER)
    dies_after(till, writes, lambda: manager_closes(till))
    till.restart(MANAGER)
    if not till.events("closing.begun"):
        manager_closes(till)
    assert steps(till) == steps(whole)
    assert [one.key for one in closings(till)] == YEAR_END
    assert not closing.resume(till.desk)
    assert sells(till, BREAD).business_day == "2027-01-01"
    assert till.desk.running.period == 110
    check_books(till)


@pytest.mark.parametrize("writes", WRITES)
def test_a_closing_that_the_disk_refused_goes_on_without_a_restart(writes: int) -> None:
    whole = a_year_end()
    closes(whole)
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, writes, lambda: manager_closes(till))
    closing.catch_up(till.desk)
    if not till.events("closing.begun"):
        manager_closes(till)
    assert steps(till) == steps(whole)
    check_books(till)


@pytest.mark.parametrize("writes", range(12))
def test_days_that_the_till_catches_up_with_are_each_closed_once_whenever_it_dies(
    writes: int,
) -> None:
    whole, till = a_year_end(), a_year_end()
    for one in (whole, till):
        one.clock.at = local("2027-01-02 09:00")
    whole.restart()
    dies_after(till, writes, lambda: till.restart())
    till.restart()
    assert steps(till) == steps(whole)
    assert [one.key for one in closings(till)] == [*YEAR_END, "2027-01-01"]
    check_books(till)


@pytest.mark.parametrize("writes", WRITES)
def test_a_till_that_dies_at_each_start_ends_with_every_day_closed_once(writes: int) -> None:
    till = a_year_end()
    till.clock.at = local("2027-01-05 09:00")
    for _ in range(40):
        dies_after(till, writes, lambda: till.restart())
    till.restart()
    assert keys(till) == [f"2026-12-{31}", *(f"2027-01-{day:02d}" for day in range(1, 5))]
    assert len(till.events("closing.begun")) == len(till.events("closing.finished")) == 5
    check_books(till)


def test_a_closing_that_was_cut_short_is_told_when_it_is_finished() -> None:
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, 2, lambda: manager_closes(till))
    till.desk = till.desk_on(till.store)
    notes = [str(note) for note in start.start(till.desk)]
    assert notes == ["The closing of 2026-12-31 was cut short; it is finished now."]


def closing_papers(till: Till) -> list[tuple[str, int]]:
    asked = [event for event in till.store.events if isinstance(event, PrintAsked)]
    return [(one.document, one.copy_number) for one in asked if one.paper == "closing"]


@pytest.mark.parametrize("writes", range(1, 5))
def test_a_closing_that_was_cut_short_is_printed_once_when_it_is_finished(writes: int) -> None:
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, writes, lambda: manager_closes(till))
    assert not closing_papers(till)
    for _ in range(2):
        till.restart(None)
    originals = [(f"T01-K1-{letter}000001", 0) for letter in "ZMY"]
    assert closing_papers(till) == originals
    titles = [page.title for _, page in till.counter.printed]
    assert len(titles) == len(set(titles)) > 0


def test_days_that_nobody_closed_are_not_printed_though_they_were_cut_short() -> None:
    till = a_year_end()
    till.clock.at = local("2027-01-02 09:00")
    dies_after(till, 3, lambda: till.restart())
    till.restart()
    assert len(closings(till)) == 4
    assert not closing_papers(till)


def test_a_closing_that_was_cut_short_is_finished_where_there_is_no_printer() -> None:
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, 1, lambda: manager_closes(till))
    till.desk = till.desk_on(till.store)
    till.desk.ports.printer = None
    assert len(start.start(till.desk)) == 1
    assert not closing_papers(till)


def test_a_closing_is_finished_under_the_name_of_who_began_it_even_when_they_are_gone() -> None:
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, 1, lambda: manager_closes(till))
    del till.store.credentials[MANAGER]
    till.restart()
    assert [(one.staff, one.operator) for one in closings(till, "day")] == [("staff-3", "")]


def test_a_sale_between_two_steps_waits_for_the_closing_to_be_finished() -> None:
    till = a_year_end()
    till.sign_in(MANAGER)
    dies_after(till, 2, lambda: manager_closes(till))
    sale = sells(till, BREAD)
    assert (sale.business_day, sale.running and sale.running.period) == ("2027-01-01", 110)
    assert [one.key for one in closings(till)] == YEAR_END
    assert till.store.events.index(closings(till)[-1]) < till.store.events.index(sale)
    check_books(till)
