"""Killed while a day, its month and its fiscal year are closed: each is closed once, and alike.

The day is 31 December. The till is killed before and after each step of its closing, and of those
of two days that nobody closed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.e2e.cases import BREAD, CANDLE, COMMIT, MANAGER, SIGN_IN, THREE
from tests.e2e.child import Death
from tests.e2e.conftest import PARIS, Counter
from tests.e2e.home import Home, copy_of

YEAR_END = ["2026-12-31", "2026-12", "2026"]
MORNING = (*THREE, "cash", CANDLE, "card approved", "ticket 1", "return 2 rassis", "cash")
TOTAL, ABSOLUTE = 1005, 1645
LABELS = [f"T01-K1-{letter}000001" for letter in "ZMY"]
BEGUN, FINISHED = "kind='closing.begun'", "kind='closing.finished'"
DAY, MONTH, YEAR = (f"level='{level}'" for level in ("day", "month", "year"))
STEPS = (BEGUN, DAY, MONTH, YEAR, FINISHED)


@pytest.fixture
def home(december_shop: Home, tmp_path: Path) -> Home:
    """A till whose day ends a month and a fiscal year."""
    return copy_of(december_shop, tmp_path / "home")


def check_year_end(home: Home) -> None:
    """The day, its month and its year are closed, once each, with all that was sold in them."""
    assert home.closed()[:3] == YEAR_END
    for closed in home.entries("period.closed")[:3]:
        figures, running = closed["figures"], closed["running"]
        assert (figures["tickets"], figures["refunds"], figures["total"]) == (3, 1, TOTAL)
        assert (running["perpetual"], running["perpetual_abs"]) == (TOTAL, ABSOLUTE)
    home.check()


def sells_on(home: Home, *before: str) -> None:
    """The next start finds the year closed; what is sold then is of the next day and year."""
    after = home.play(
        *(MANAGER, *before, "expect closed-day 2026-12-31", "expect closing T01-K1-Z000001"),
        *("expect period 0", "expect perpetual 10.05", "expect perpetual-abs 16.45"),
        *(BREAD, "cash", "expect ticket T01-K1-000004", "expect period 1.30"),
        *("close-day", "expect refused closed_today", "close-day ahead"),
    )
    assert after.code == 0, after
    assert home.rows("SELECT business_day FROM sale ORDER BY entry DESC LIMIT 1") == [
        ("2027-01-01",)
    ]
    assert home.closed() == [*YEAR_END, "2027-01-01"]
    assert home.kinds().count("closing.begun") == home.kinds().count("closing.finished") == 2


DEATHS = [
    *(Death(COMMIT, step, after=after) for step in STEPS for after in (False, True)),
    *(Death("pos.store.unit:project", step) for step in (DAY, YEAR)),
]


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_a_closing_that_is_cut_anywhere_ends_as_if_nothing_had_happened(
    home: Home, death: Death
) -> None:
    home.play(MANAGER, *MORNING, "close-day", dies=death)
    if not death.after and death.about != BEGUN:
        home.play(SIGN_IN, dies=death)
    is_lost = death.about == BEGUN and not death.after
    sells_on(home, *(["close-day"] if is_lost else []))
    check_year_end(home)


NOT_ASKED = ("expect to-check 0", "expect to-print 0")
PAPERS = [
    (Death("pos.till.closing:print_closed"), NOT_ASKED, "ORIGINAL"),
    (Death(COMMIT, "paper='closing'"), NOT_ASKED, "ORIGINAL"),
    (
        Death(COMMIT, "paper='closing'", after=True),
        ("expect to-check 1", "expect to-print 0", "came-out no"),
        "DUPLICATA n°1",
    ),
    (
        Death("devices.printer.driver:EscPosPrinter._send_chunk", after=True),
        ("expect to-check 1", "came-out no"),
        "DUPLICATA n°1",
    ),
]


@pytest.mark.parametrize(("death", "found", "printed"), PAPERS, ids=str)
def test_a_closing_whose_paper_a_death_took_is_closed_and_can_be_printed(
    home: Home, counter: Counter, death: Death, found: tuple[str, ...], printed: str
) -> None:
    home.play(MANAGER, "wait ready", *MORNING, "close-day", dies=death)
    again = home.play(
        *(MANAGER, "wait ready", *found, f"print-closing {LABELS[0]}", "wait printed")
    )
    assert again.code == 0, again
    assert printed in again.out
    assert counter.printer.text().count(printed) == 1
    assert "10.05" in counter.printer.text()
    check_year_end(home)


def test_closings_whose_papers_waited_for_the_printer_come_out_once_after_a_power_cut(
    home: Home, counter: Counter
) -> None:
    counter.printer.unplug()
    home.play(MANAGER, *MORNING, "close-day", dies=Death(COMMIT, "kind='till.stopped'"))
    counter.printer.replug()
    after = home.play(MANAGER, "wait ready", "wait printed", "expect printed 3")
    assert after.code == 0, after
    later = home.play(MANAGER, "wait ready", *NOT_ASKED)
    assert later.code == 0, later
    assert counter.printer.text().count("ORIGINAL") == len(LABELS)
    assert all(label in counter.printer.text() for label in LABELS)
    check_year_end(home)


@pytest.fixture(scope="module")
def unclosed(december_shop: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A till that nobody closed on the evening of 31 December."""
    found = copy_of(december_shop, tmp_path_factory.mktemp("unclosed") / "home")
    assert found.play(MANAGER, *MORNING).code == 0
    return found


FORGOTTEN = [
    *(Death(COMMIT, BEGUN, call) for call in (1, 2)),
    *(Death(COMMIT, DAY, call, after=after) for call in (1, 2) for after in (False, True)),
    *(Death(COMMIT, level, after=after) for level in (MONTH, YEAR) for after in (False, True)),
    *(Death(COMMIT, FINISHED, call, after=True) for call in (1, 2)),
]


@pytest.mark.parametrize("death", FORGOTTEN, ids=str)
def test_two_forgotten_days_are_closed_once_each_wherever_the_till_dies_at_it(
    unclosed: Home, tmp_path: Path, death: Death
) -> None:
    home = copy_of(unclosed, tmp_path / "home")
    home.go_to(datetime(2027, 1, 2, 8, tzinfo=PARIS))
    home.play(SIGN_IN, dies=death)
    after = home.play(SIGN_IN, "expect closed-day 2027-01-01", "expect period 0", BREAD, "cash")
    assert after.code == 0, after
    assert home.closed() == [*YEAR_END, "2027-01-01"]
    assert [one["caught_up"] for one in home.entries("period.closed")] == [True] * 4
    assert home.entries("period.closed")[-1]["figures"]["tickets"] == 0
    assert home.entries("sale.finished")[-1]["business_day"] == "2027-01-02"
    assert home.entries("sale.finished")[-1]["running"]["perpetual"] == TOTAL + 130
    check_year_end(home)


def test_a_clock_put_back_over_midnight_closes_no_day_twice_and_refuses_no_sale(
    home: Home,
) -> None:
    assert home.play(MANAGER, *MORNING, "close-day").code == 0
    home.go_to(datetime(2026, 12, 30, 23, tzinfo=PARIS))
    back = home.play(MANAGER, BREAD, "cash", "close-day", "expect refused closed_today")
    assert back.code == 0, back
    home.go_to(datetime(2027, 1, 2, 9, tzinfo=PARIS))
    after = home.play(MANAGER, "expect closed-day 2027-01-01", "close-day")
    assert after.code == 0, after
    assert "clock.jumped" in home.kinds()
    assert home.closed() == [*YEAR_END, "2027-01-01", "2027-01-02"]
    check_year_end(home)
