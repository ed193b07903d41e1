"""Forgotten days, wrong clocks, short and long nights: no day is lost, none is closed twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pos.domain.events import PrintAsked
from pos.domain.shop import ClosingRules
from pos.till import closing, matters, reports, start
from tests.till.closing_days import (
    check_books,
    check_days,
    closes,
    closings,
    keys,
    local,
    sells,
    till_at,
)
from tests.till.shop import BREAD, MANAGER, MILK, Till, slug_of

CALENDAR, SUMMER = ClosingRules(), ClosingRules(year_ends_with=6)


def test_the_first_start_of_all_has_nothing_to_close(till: Till) -> None:
    assert not closing.due_closings(till.desk)
    assert till.desk.closed_through is None
    till.restart()
    assert not till.events("closing.begun")


FORGOTTEN = [
    ("the evening before", "2026-11-24 18:00", "2026-11-25 09:00", CALENDAR, ["2026-11-24"]),
    ("the same business day, past midnight", "2026-11-24 23:50", "2026-11-25 04:59", CALENDAR, []),
    ("as the next begins", "2026-11-24 23:50", "2026-11-25 05:00", CALENDAR, ["2026-11-24"]),
    (
        "two days, one of no activity",
        "2026-11-24 18:00",
        "2026-11-26 09:00",
        CALENDAR,
        ["2026-11-24", "2026-11-25"],
    ),
    (
        "over the end of a month",
        "2026-11-29 18:00",
        "2026-12-02 09:00",
        CALENDAR,
        ["2026-11-29", "2026-11-30", "2026-11", "2026-12-01"],
    ),
    (
        "over the new year",
        "2026-12-30 18:00",
        "2027-01-02 09:00",
        CALENDAR,
        ["2026-12-30", "2026-12-31", "2026-12", "2026", "2027-01-01"],
    ),
    (
        "over a fiscal year that ends in June",
        "2026-06-30 18:00",
        "2026-07-01 09:00",
        SUMMER,
        ["2026-06-30", "2026-06", "2026"],
    ),
    (
        "a new year that ends no fiscal year",
        "2026-12-31 18:00",
        "2027-01-01 09:00",
        SUMMER,
        ["2026-12-31", "2026-12"],
    ),
    (
        "the night of 23 hours",
        "2026-03-28 23:30",
        "2026-03-30 05:00",
        CALENDAR,
        ["2026-03-28", "2026-03-29"],
    ),
    (
        "the night of 25 hours",
        "2026-10-24 23:30",
        "2026-10-26 05:00",
        CALENDAR,
        ["2026-10-24", "2026-10-25"],
    ),
]
IDS = [one[0] for one in FORGOTTEN]


@pytest.mark.parametrize(("sold", "again", "rules", "closed"), [f[1:] for f in FORGOTTEN], ids=IDS)
def test_forgotten_days_are_closed_at_the_next_start(
    sold: str, again: str, rules: ClosingRules, closed: list[str]
) -> None:
    till = till_at(sold, rules=rules)
    sale = sells(till, BREAD)
    till.clock.at = local(again)
    till.restart()
    assert [one.key for one in closings(till)] == closed
    assert all(one.caught_up and not one.staff for one in closings(till))
    assert [one.figures.total for one in closings(till, "day")][:1] == [sale.total][: len(closed)]
    assert till.desk.closed_through == (date.fromisoformat(keys(till)[-1]) if closed else None)
    assert not till.counter.printed
    check_books(till)
    check_days(till)


@pytest.mark.parametrize(("sold", "again", "rules", "closed"), [f[1:] for f in FORGOTTEN], ids=IDS)
def test_a_till_left_on_closes_them_at_its_minute_or_before_its_next_sale(
    sold: str, again: str, rules: ClosingRules, closed: list[str]
) -> None:
    for by_minute in (True, False):
        till = till_at(sold, rules=rules)
        sells(till, BREAD)
        till.clock.at = local(again)
        if by_minute:
            notes = closing.catch_up(till.desk)
            assert len(notes) == bool(closed)
        after = sells(till, MILK)
        assert len(closing.catch_up(till.desk)) == bool(closed and not by_minute)
        assert [one.key for one in closings(till)] == closed
        assert after.business_day == closing.clock_day(till.desk).isoformat()
        check_books(till)


def test_a_day_with_no_sale_at_all_is_closed_with_nothing_in_it() -> None:
    till = till_at("2026-11-24 09:00")
    till.clock.at = local("2026-11-26 09:00")
    till.restart()
    assert [(one.key, one.figures.total, one.figures.last_ticket) for one in closings(till)] == [
        ("2026-11-24", 0, ""),
        ("2026-11-25", 0, ""),
    ]
    check_books(till)


def test_a_new_fiscal_year_counts_from_nothing_and_the_perpetual_total_goes_on() -> None:
    till = till_at("2026-12-31 18:00")
    sells(till, BREAD)
    till.clock.at = local("2027-01-01 09:00")
    sale = sells(till, MILK)
    assert sale.running is not None
    assert (sale.running.period, sale.running.perpetual) == (105, 215)
    year = closings(till, "year")[0]
    assert (year.running.period, year.figures.total, year.label) == (110, 110, "T01-K1-Y000001")
    check_books(till)


def test_a_month_holds_its_days_and_a_year_its_months() -> None:
    till = till_at("2026-11-28 12:00")
    for _ in range(40):
        sells(till, BREAD)
        till.clock.pass_s(86_400)
    till.clock.at = local("2027-01-07 12:00")
    till.restart()
    months, years = closings(till, "month"), closings(till, "year")
    assert [(one.key, one.figures.tickets) for one in months] == [("2026-11", 3), ("2026-12", 31)]
    assert [(one.key, one.figures.tickets) for one in years] == [("2026", 34)]
    assert months[0].since == closings(till, "day")[0].since
    check_books(till)


CLOCKS = [
    ("back over midnight", "2026-11-24 00:10", "2026-11-23 23:40"),
    ("back a day", "2026-11-24 12:00", "2026-11-23 12:00"),
    ("back to the birth of its battery", "2026-11-24 12:00", "2000-01-01 00:00"),
]


@pytest.mark.parametrize(
    ("closed_at", "back_at"), [c[1:] for c in CLOCKS], ids=[c[0] for c in CLOCKS]
)
def test_a_clock_that_went_back_closes_no_day_twice_and_stops_no_sale(
    closed_at: str, back_at: str
) -> None:
    till = till_at(closed_at)
    sells(till, BREAD)
    day = closes(till).key
    till.clock.at = local(back_at)
    till.restart()
    assert closing.catch_up(till.desk) == []
    sale = sells(till, MILK)
    assert sale.business_day == (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert keys(till) == [day]
    check_books(till)


def test_a_clock_put_back_over_the_cut_off_hour_leaves_the_day_that_began() -> None:
    till = till_at("2026-11-24 12:00")
    till.clock.at = local("2026-11-25 05:10")
    before = sells(till, BREAD)
    till.clock.at = local("2026-11-25 04:50")
    after = sells(till, MILK)
    assert before.business_day == after.business_day == "2026-11-25"
    till.clock.at = local("2026-11-25 19:00")
    closed = closes(till)
    assert (closed.key, closed.figures.total) == ("2026-11-25", 215)
    check_books(till)
    check_days(till)


def test_while_the_clock_stands_back_a_manager_may_still_close_once_a_day() -> None:
    till = till_at("2026-11-24 12:00")
    sells(till, BREAD)
    closes(till)
    till.clock.at = local("2000-01-01 12:00")
    sells(till, BREAD)
    assert slug_of(lambda: closes(till)) == "closed_today"
    assert closes(till, ahead=True).key == "2026-11-25"
    sells(till, BREAD)
    assert slug_of(lambda: closes(till, ahead=True)) == "closed_ahead"
    till.clock.at = local("2000-01-02 12:00")
    assert closes(till, ahead=True).key == "2026-11-26"
    check_books(till)


def test_so_many_forgotten_days_that_the_clock_may_be_wrong_wait_for_a_manager() -> None:
    till = till_at("2026-11-24 12:00")
    sells(till, BREAD)
    till.clock.at = local("2027-03-01 12:00")
    till.desk = till.desk_on(till.store)
    notes = [str(note) for note in start.start(till.desk)]
    assert [("2027-03-01" in note, "97" in note) for note in notes] == [(True, True)]
    till.restart()
    sells(till, MILK)
    assert not closings(till)
    assert slug_of(lambda: closes(till)) == "clock_doubtful"
    assert closes(till, confirm=True).key == "2027-03-01"
    assert len(closings(till, "day")) == 98
    assert [one.key for one in closings(till, "year")] == ["2026"]
    check_closed_twice(till)


def check_closed_twice(till: Till) -> None:
    """Sales of a day whose date nobody had confirmed lie in the first day that was closed."""
    assert [one.figures.tickets for one in closings(till, "day")][:2] == [2, 0]
    assert [one.running.perpetual for one in closings(till)][-1] == 215


def test_a_clock_set_right_again_closes_only_the_days_that_were_lived() -> None:
    till = till_at("2026-11-24 12:00")
    sells(till, BREAD)
    till.clock.at = local("2030-01-01 12:00")
    assert len(closing.catch_up(till.desk)) == 1
    sells(till, MILK)
    till.clock.at = local("2026-11-25 12:00")
    till.restart()
    assert keys(till) == ["2026-11-24"]
    assert closings(till)[0].figures.total == 215


LIMITS = [(44, True), (45, True), (46, False)]


@pytest.mark.parametrize(("days", "is_closed"), LIMITS)
def test_the_shop_sets_how_many_days_the_till_closes_by_itself(days: int, is_closed: bool) -> None:
    till = till_at("2026-11-24 12:00")
    till.clock.pass_s(days * 86_400)
    till.restart()
    assert bool(closings(till)) is is_closed


NIGHTS = [
    ("a night of 23 hours", ["2026-03-29 01:59", "2026-03-29 03:00", "2026-03-29 04:59"]),
    ("a night of 25 hours", ["2026-10-25 02:30", "2026-10-25 03:00", "2026-10-25 04:59"]),
]


@pytest.mark.parametrize(("name", "moments"), NIGHTS, ids=[name for name, _ in NIGHTS])
def test_a_night_sale_belongs_to_the_evening_before_however_long_the_night(
    name: str, moments: list[str]
) -> None:
    evening = (date.fromisoformat(moments[0][:10]) - timedelta(days=1)).isoformat()
    till = till_at(f"{evening} 22:00")
    for moment in moments:
        till.clock.at = local(moment)
        assert sells(till, BREAD).business_day == evening
    till.clock.at = local(moments[0], fold=1)
    assert sells(till, BREAD).business_day == evening
    till.clock.at = local(f"{moments[0][:10]} 05:00")
    assert sells(till, BREAD).business_day == moments[0][:10]
    assert [(one.key, one.figures.tickets) for one in closings(till)] == [(evening, 4)]
    check_books(till)


def test_the_hour_that_comes_twice_is_one_hour_of_the_figures() -> None:
    till = till_at("2026-10-24 22:00")
    for fold in (0, 1):
        till.clock.at = local("2026-10-25 02:30", fold=fold)
        sells(till, BREAD)
    [hour] = closes(till).figures.hours
    assert (hour.name, hour.count) == ("02", 2)


def test_a_manager_who_closes_past_midnight_closes_the_evening() -> None:
    till = till_at("2026-11-24 22:00")
    sells(till, BREAD)
    till.clock.at = local("2026-11-25 01:30")
    assert closes(till).key == "2026-11-24"
    assert sells(till, BREAD).business_day == "2026-11-25"


def test_closing_the_day_closes_the_forgotten_ones_before_it_by_themselves() -> None:
    till = till_at("2026-11-24 12:00")
    sells(till, BREAD)
    till.clock.at = local("2026-11-26 12:00")
    closed = closes(till)
    assert [(one.key, one.caught_up) for one in closings(till)] == [
        ("2026-11-24", True),
        ("2026-11-25", True),
        ("2026-11-26", False),
    ]
    assert papers(till) == [closed.label, "T01-K1-Z000001"]
    check_books(till)


def papers(till: Till) -> list[str]:
    """Return the closings whose paper was asked for, in order."""
    asked = [event for event in till.store.events if isinstance(event, PrintAsked)]
    return [one.document for one in asked if one.paper == "closing"]


def test_the_z_of_a_forgotten_day_prints_with_the_next_that_a_person_closes() -> None:
    till = till_at("2026-11-29 12:00")
    sells(till, BREAD)
    for day in ("2026-11-30 12:00", "2026-12-03 12:00"):
        till.clock.at = local(day)
        assert closing.catch_up(till.desk)
        sells(till, BREAD)
    assert papers(till) == []
    told = {one.slug: one.count for one in matters.matters(till.desk)}
    assert told["closings_unprinted"] == 3
    till.sign_in(MANAGER)
    assert reports.print_closing(till.desk, "T01-K1-Z000002") == 0
    closes(till)
    assert papers(till) == [
        "T01-K1-Z000002",
        "T01-K1-Z000005",
        "T01-K1-Z000001",
        "T01-K1-M000001",
    ]
    assert "closings_unprinted" not in {one.slug for one in matters.matters(till.desk)}
    till.clock.at = local("2026-12-05 12:00")
    sells(till, BREAD)
    closes(till)
    assert papers(till)[4:] == ["T01-K1-Z000007"]


def test_what_no_printer_could_print_is_no_matter() -> None:
    till = till_at("2026-11-24 12:00")
    sells(till, BREAD)
    till.desk.ports.printer = None
    till.clock.at = local("2026-11-25 12:00")
    assert closing.catch_up(till.desk)
    assert "closings_unprinted" not in {one.slug for one in matters.matters(till.desk)}


def test_a_till_that_only_trains_closes_its_real_days_too() -> None:
    till = till_at("2026-11-24 12:00")
    till.desk.training = True
    sells(till, BREAD)
    till.clock.at = local("2026-11-25 12:00")
    sells(till, BREAD)
    assert [(one.key, one.figures.tickets) for one in closings(till)] == [("2026-11-24", 0)]
