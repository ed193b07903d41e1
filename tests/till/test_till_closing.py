"""The manager closes the day: what is signed, what is printed, what waits and hinders nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.events import FiscalSigned, ReportMade
from pos.domain.staff import NeedsPermission, Permission
from pos.ports import PrintEnded, PrintOutcome
from pos.till import cash, closing, pages, reports, start, tickets
from tests.till.closing_days import check_books, closes, closings, keys, sells, till_at
from tests.till.shop import BREAD, MANAGER, MILK, Till, slug_of

STEPS = ("closing.begun", "period.closed", "closing.finished")


def test_a_closed_day_holds_what_was_sold_and_its_totals_go_on(till: Till) -> None:
    sold = [sells(till, BREAD, MILK), sells(till, MILK)]
    closed = closes(till)
    total = sum(sale.total for sale in sold)
    assert (closed.key, closed.level, closed.number) == ("2026-11-24", "day", 1)
    assert closed.label == "T01-K1-Z000001"
    assert (closed.figures.tickets, closed.figures.total) == (2, total)
    assert (closed.figures.first_ticket, closed.figures.last_ticket) == (
        sold[0].label,
        sold[1].label,
    )
    assert closed.running == sold[1].running
    assert (closed.staff, closed.operator, closed.caught_up) == ("staff-3", MANAGER, False)
    assert closed.since == "2026-11-24T04:00:00.000Z"
    after = sells(till, BREAD)
    assert after.running is not None
    assert after.running.perpetual == total + after.total
    check_books(till)


def test_each_step_of_a_closing_is_an_entry_in_its_order(till: Till) -> None:
    sells(till, BREAD)
    closes(till)
    assert [event.kind for event in till.events(*STEPS)] == list(STEPS)


def test_a_closing_is_signed_in_a_chain_of_its_level(french_till: Till) -> None:
    for _ in range(3):
        sells(french_till, BREAD)
        closes(french_till)
        french_till.clock.pass_s(86_400)
    stamps = [one.fiscal for one in closings(french_till, "day")]
    assert [stamp.chain for stamp in stamps] == ["gt_day"] * 3
    assert [stamp.number for stamp in stamps] == [1, 2, 3]
    assert all("day:2026-11-2" in stamp.payload for stamp in stamps)
    check_books(french_till)


def test_what_is_sold_after_the_closing_counts_for_the_next_day(till: Till) -> None:
    before = sells(till, BREAD)
    closes(till)
    after = sells(till, MILK)
    assert (before.business_day, after.business_day) == ("2026-11-24", "2026-11-25")
    till.clock.pass_s(86_400)
    assert closes(till).figures.total == after.total
    assert keys(till) == ["2026-11-24", "2026-11-25"]
    check_books(till)


def test_closing_needs_its_permission_which_a_manager_may_lend_once(till: Till) -> None:
    sells(till, BREAD)
    with pytest.raises(NeedsPermission):
        closing.close_day(till.desk)
    assert not till.events("closing.begun")
    loan = till.loan(Permission.CLOSE_DAY)
    closed = closing.close_day(till.desk, loan)
    assert (loan.spent, closed.staff) == (True, "staff-1")
    sells(till, BREAD)
    with pytest.raises(NeedsPermission):
        closing.close_day(till.desk, loan, ahead=True)


def test_the_z_is_printed_once_and_every_copy_after_it_is_counted(till: Till) -> None:
    sells(till, BREAD)
    closed = closes(till)
    job, page = till.counter.printed[-1]
    assert page.title == closed.label
    tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.CONFIRMED))
    till.sign_in(MANAGER)
    assert reports.print_closing(till.desk, closed.label) == 1
    assert slug_of(lambda: reports.print_closing(till.desk, "T01-K1-Z000009")) == "no_closing"


def test_a_z_is_printed_by_whoever_closes_and_otherwise_for_those_who_may_see_figures(
    till: Till,
) -> None:
    sells(till, BREAD)
    till.clock.pass_s(86_400)
    [_] = closing.catch_up(till.desk)
    sells(till, BREAD)
    closed = closing.close_day(till.desk, till.loan(Permission.CLOSE_DAY))
    assert till.counter.printed[-1][1].title == closed.label
    assert till.desk.ports.past.copies("T01-K1-Z000001", "closing") == 1
    for label in ("T01-K1-Z000001", closed.label):
        with pytest.raises(NeedsPermission):
            reports.print_closing(till.desk, label)
        with pytest.raises(NeedsPermission):
            reports.print_closing(till.desk, label, till.loan(Permission.DUPLICATE))
    assert reports.print_closing(till.desk, "T01-K1-Z000001", till.loan(Permission.REPORTS)) == 1


def test_a_copy_of_a_z_is_the_same_whatever_changed_since(till: Till) -> None:
    sells(till, BREAD)
    closed = closes(till)
    page = till.counter.printed[-1][1]
    till.desk.rules = replace(till.desk.rules, shop=replace(till.desk.rules.shop, name="Autre"))
    assert pages.page_of_closing(till.desk, closed, 0) == page


def test_a_till_with_no_printer_closes_all_the_same(till: Till) -> None:
    sells(till, BREAD)
    till.desk.ports.printer = None
    assert closes(till).number == 1
    assert not till.desk.prints


AGAIN: list[tuple[str, list[str], str | None]] = [
    ("closed, and nothing sold since", ["close", "close"], "day_closed"),
    ("closed too early, asked once more", ["close", "sell", "close"], "closed_today"),
    ("closed too early, and the next day closed ahead", ["close", "sell", "ahead"], None),
    (
        "ahead of the clock already",
        ["close", "sell", "ahead", "sell", "ahead"],
        "closed_ahead",
    ),
    ("ahead with nothing sold", ["close", "sell", "ahead", "ahead"], "day_closed"),
    ("the next evening, still ahead", ["close", "sell", "ahead", "day", "sell", "close"],
     "closed_today"),
    ("the next evening, ahead again", ["close", "sell", "ahead", "day", "sell", "ahead"], None),
    ("back in step after an evening without", ["close", "sell", "ahead", "day", "sell", "day",
     "sell", "close"], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("gestures", "refusal"), [one[1:] for one in AGAIN], ids=[one[0] for one in AGAIN]
)
def test_a_day_closed_too_early_neither_blocks_nor_runs_away(
    till: Till, gestures: list[str], refusal: str | None
) -> None:
    doing: dict[str, Callable[[], object]] = {
        "sell": lambda: sells(till, BREAD),
        "close": lambda: closes(till),
        "ahead": lambda: closes(till, ahead=True),
        "day": lambda: till.clock.pass_s(86_400),
    }
    sells(till, BREAD)
    for gesture in gestures[:-1]:
        doing[gesture]()
    if refusal is None:
        doing[gestures[-1]]()
    else:
        assert slug_of(doing[gestures[-1]]) == refusal
    last = till.desk.closed_through
    assert last is not None
    assert (last - closing.clock_day(till.desk)).days <= 1
    assert sells(till, BREAD).business_day > last.isoformat()
    check_books(till)


def test_figures_that_disagree_are_written_down_and_the_day_is_closed(till: Till) -> None:
    sold = sells(till, BREAD)
    assert sold.running is not None
    forged = sold.model_copy(update={"running": sold.running.plus(5)})
    till.store.events[till.store.events.index(sold)] = forged
    closed = closes(till)
    doubted = till.events("integrity.doubted")
    assert [event.facts() for event in doubted] == [
        {"document": closed.label, "rule": "perpetual", "expected": 110, "found": 115}
    ]
    assert [str(note) for note in closing.catch_up(till.desk)] == [
        "The closing T01-K1-Z000001 does not add up (perpetual): 1.10 was expected and 1.15 found."
        " It is closed and written down; have the journal verified."
    ]
    assert closing.catch_up(till.desk) == []
    jet = [record for event in till.events("fiscal.signed") if isinstance(event, FiscalSigned)
           for record in event.records if ",90," in record.stamp.payload]  # fmt: skip
    assert len(jet) == (1 if till.fiscal == "france" else 0)
    till.clock.pass_s(2 * 86_400)
    till.restart()
    assert len(till.events("integrity.doubted")) == 1


def test_doubts_of_forgotten_days_are_told_at_start(till: Till) -> None:
    sold = sells(till, BREAD)
    assert sold.running is not None
    forged = sold.model_copy(update={"running": sold.running.plus(5)})
    till.store.events[till.store.events.index(sold)] = forged
    till.clock.pass_s(86_400)
    till.desk = till.desk_on(till.store)
    notes = [str(note) for note in start.start(till.desk)]
    assert any("T01-K1-Z000001 does not add up" in note for note in notes)


def looks(till: Till) -> list[ReportMade]:
    return [event for event in till.store.events if isinstance(event, ReportMade)]


def test_an_x_shows_the_open_day_closes_nothing_and_is_written_down(till: Till) -> None:
    sold = sells(till, BREAD)
    till.sign_in(MANAGER)
    report = reports.x_report(till.desk)
    assert report.figures.total == sold.total
    assert report.running == sold.running
    assert (report.day.isoformat(), report.mark) == ("2026-11-24", "")
    assert [(one.report, one.staff) for one in looks(till)] == [("x", "staff-3")]
    assert not closings(till)


def test_an_x_needs_its_permission_and_hides_an_uncounted_drawer_from_everyone(
    till: Till,
) -> None:
    sells(till, BREAD)
    with pytest.raises(NeedsPermission):
        reports.x_report(till.desk)
    [hidden] = reports.x_report(till.desk, till.loan(Permission.REPORTS)).drawers
    assert (hidden.owner, hidden.expected, hidden.counted) == ("", None, None)
    till.sign_in(MANAGER)
    [hidden] = reports.x_report(till.desk).drawers
    assert hidden.expected is None
    shift = cash.current_shift(till.desk)
    assert shift is not None
    cash.count(till.desk, shift.opened.shift, {100: 1})
    [shown] = reports.x_report(till.desk).drawers
    assert (shown.expected, shown.counted) == (110, 100)
    sells(till, BREAD)
    [hidden] = reports.x_report(till.desk).drawers
    assert (hidden.expected, hidden.counted) == (None, None)


def test_an_x_is_printed_as_it_stands_and_is_no_duplicate(till: Till) -> None:
    sells(till, BREAD)
    till.sign_in(MANAGER)
    for _ in range(2):
        reports.print_x(till.desk)
        job, page = till.counter.printed[-1]
        assert page.title == "2026-11-24"
        tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.CONFIRMED))
    assert len({job for job, _ in till.counter.printed}) == 2
    assert [one.report for one in looks(till)] == ["print", "print"]
    assert "duplicates" not in {one.name for one in reports.x_report(till.desk).figures.counters}


def test_the_figures_of_the_open_day_and_of_a_closing_are_files(till: Till) -> None:
    sells(till, BREAD)
    till.sign_in(MANAGER)
    assert "totals;total;TOTAL;;;1,10" in reports.figures_file(till.desk)
    closed = closing.close_day(till.desk)
    text = reports.figures_file(till.desk, closed.label)
    assert ";T01-K1-Z000001;;" in text
    assert "totals;total;TOTAL;;;1,10" in text
    assert "totals;total;TOTAL;;;0,00" in reports.figures_file(till.desk)
    assert slug_of(lambda: reports.figures_file(till.desk, "T01-K1-Z000009")) == "no_closing"
    assert [one.report for one in looks(till)] == ["csv", "csv", "csv"]


def test_today_is_compared_with_the_same_weekday_and_the_mean_of_the_last_four() -> None:
    till = till_at("2026-10-01 10:00")
    for day in range(1, 43):
        for _ in range(day % 7 + 1):
            sells(till, BREAD)
        closes(till)
        till.clock.pass_s(86_400)
    sells(till, MILK)
    found = reports.compare(till.desk)
    assert found.today.total == 105
    assert found.last_week is not None
    assert found.mean is not None
    assert (found.last_week.tickets, found.mean.tickets, found.mean.days) == (2, 2, 4)
    assert found.mean.total == 2 * 110


def test_a_young_till_has_nothing_to_compare_with(till: Till) -> None:
    sells(till, BREAD)
    found = reports.compare(till.desk)
    assert (found.today.total, found.last_week, found.mean) == (110, None, None)
    till.clock.pass_s(7 * 86_400)
    till.restart()
    found = reports.compare(till.desk)
    assert found.last_week is not None
    assert (found.last_week.total, found.mean and found.mean.days) == (110, 1)
