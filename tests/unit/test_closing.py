"""Days, months and fiscal years: what ends when, and figures that must add up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.closing import Doubt, doubts, forgotten, key_of, levels, mean_of, merged
from pos.domain.events import FiscalStamp, PeriodClosed, SellerFacts
from pos.domain.facts import ARTICLES_MOST, Figures, RunningTotals, Tally, VatFacts

CALENDAR = 12
SUMMER = 6

ENDS = [
    (date(2026, 11, 22), CALENDAR, ["2026-11-22"]),
    (date(2026, 11, 30), CALENDAR, ["2026-11-30", "2026-11"]),
    (date(2026, 12, 31), CALENDAR, ["2026-12-31", "2026-12", "2026"]),
    (date(2026, 12, 31), SUMMER, ["2026-12-31", "2026-12"]),
    (date(2026, 6, 30), SUMMER, ["2026-06-30", "2026-06", "2026"]),
    (date(2026, 6, 30), CALENDAR, ["2026-06-30", "2026-06"]),
    (date(2027, 2, 28), 2, ["2027-02-28", "2027-02", "2027"]),
    (date(2028, 2, 28), 2, ["2028-02-28"]),
    (date(2028, 2, 29), 2, ["2028-02-29", "2028-02", "2028"]),
    (date(2026, 1, 31), 1, ["2026-01-31", "2026-01", "2026"]),
]


@pytest.mark.parametrize(("day", "year_ends_with", "keys"), ENDS)
def test_a_day_takes_its_month_and_year_with_it_when_they_end(
    day: date, year_ends_with: int, keys: list[str]
) -> None:
    closed = levels(day, year_ends_with)
    assert [key_of(level, day, year_ends_with) for level in closed] == keys


@given(first=st.dates(date(2000, 1, 1), date(2100, 1, 1)), ends=st.integers(1, 12))
def test_in_any_year_twelve_months_end_and_one_fiscal_year(first: date, ends: int) -> None:
    after = first.replace(year=first.year + 1, day=1)
    days = [first.replace(day=1) + timedelta(days=n) for n in range(366)]
    closed = [level for day in days if day < after for level in levels(day, ends)]
    assert (closed.count("month"), closed.count("year")) == (12, 1)


FORGOTTEN = [
    ("nothing before the first day", None, "", date(2026, 11, 22), []),
    ("the first day is not over", None, "2026-11-22", date(2026, 11, 22), []),
    ("the first day was forgotten", None, "2026-11-21", date(2026, 11, 22), ["2026-11-21"]),
    ("yesterday was closed", date(2026, 11, 21), "2026-01-01", date(2026, 11, 22), []),
    ("today was closed", date(2026, 11, 22), "", date(2026, 11, 22), []),
    ("the clock went back", date(2026, 11, 22), "", date(2026, 11, 20), []),
    (
        "two days over a new year",
        date(2026, 12, 30),
        "",
        date(2027, 1, 2),
        ["2026-12-31", "2027-01-01"],
    ),
]


@pytest.mark.parametrize(
    ("closed_through", "first_day", "today", "days"), [one[1:] for one in FORGOTTEN],
    ids=[one[0] for one in FORGOTTEN],
)  # fmt: skip
def test_forgotten_days_are_those_between_the_last_closing_and_today(
    closed_through: date | None, first_day: str, today: date, days: list[str]
) -> None:
    found = forgotten(closed_through, first_day, today)
    assert [day.isoformat() for day in found] == days
    assert len(found) == len(days)
    assert not days or found.last.isoformat() == days[-1]


def figures(sold: list[tuple[str, int]]) -> Figures:
    """Return the figures of one ticket per article and amount."""
    total = sum(amount for _, amount in sold)
    everything = [Tally(name="all", count=len(sold), amount=total)] if sold else []
    return Figures(
        first_ticket=f"first of {sold[0]}" if sold else "",
        last_ticket=f"last of {sold[-1]}" if sold else "",
        tickets=len(sold),
        sold=sum(amount for _, amount in sold if amount > 0),
        returned=sum(amount for _, amount in sold if amount < 0),
        total=total,
        vat=[VatFacts(rate=2000, gross=total, net=total, tax=0)] if sold else [],
        tenders=everything,
        departments=everything,
        hours=everything,
        cashiers=everything,
        articles=[Tally(name=name, count=1, amount=amount) for name, amount in sold],
        counters=[Tally(name="discounts", count=1, amount=5)],
    )


DAYS = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(-500, 2000)), max_size=5).map(
        figures
    ),
    max_size=6,
)


@given(days=DAYS, cut=st.integers(0, 6))
def test_a_month_is_the_same_whether_its_days_are_added_at_once_or_by_halves(
    days: list[Figures], cut: int
) -> None:
    at_once = merged(days)
    assert at_once == merged([merged(days[:cut]), merged(days[cut:])])
    assert at_once.total == sum(day.total for day in days) == at_once.sold + at_once.returned
    assert sum(one.amount for one in at_once.articles) == at_once.total
    assert sum(one.count for one in at_once.counters) == len(days)


def test_a_month_names_the_first_and_last_ticket_of_the_days_that_had_any() -> None:
    empty, monday, tuesday = figures([]), figures([("a", 100)]), figures([("b", 200), ("c", 5)])
    month = merged([empty, monday, empty, tuesday, empty])
    assert (month.first_ticket, month.last_ticket) == (monday.first_ticket, tuesday.last_ticket)
    assert merged([empty, empty]).first_ticket == ""


def test_best_sellers_are_ranked_by_amount_and_no_more_than_a_report_holds() -> None:
    month = merged([figures([(f"a{n:03d}", n)]) for n in range(1, 200)])
    assert [one.amount for one in month.articles] == list(range(199, 199 - ARTICLES_MOST, -1))


def test_rates_of_a_month_stand_once_each_the_highest_first() -> None:
    bread = Figures(vat=[VatFacts(rate=550, gross=211, net=200, tax=11)])
    both = Figures(
        vat=[
            VatFacts(rate=2000, gross=1200, net=1000, tax=200),
            VatFacts(rate=550, gross=-211, net=-200, tax=-11),
        ]
    )
    assert merged([bread, both]).vat == [
        VatFacts(rate=2000, gross=1200, net=1000, tax=200),
        VatFacts(rate=550, gross=0, net=0, tax=0),
    ]


SELLER = SellerFacts(name="Au coin", company="Au coin SARL", country="FR")
STAMP = FiscalStamp(
    plugin="none",
    fiscal_version="1",
    chain="gt_day",
    number=1,
    payload="",
    previous="",
    signature="",
    key_id="",
    algorithm="",
    extract="",
)


def closed(held: Figures, perpetual: int, **changes: Any) -> PeriodClosed:
    running = RunningTotals(period=perpetual, perpetual=perpetual, perpetual_abs=perpetual)
    facts: dict[str, Any] = {
        "closing": "C1",
        "level": "day",
        "key": "2026-11-22",
        "number": 1,
        "label": "T01-K1-Z000001",
        "at": "2026-11-22T19:00:00.000Z",
        "since": "2026-11-22T04:00:00.000Z",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "till": "T01",
        "staff": "staff-3",
        "operator": "90",
        "language": "fr",
        "seller": SELLER,
        "figures": held,
        "running": running,
        "software": "Comptoir",
        "fiscal": STAMP,
    }
    return PeriodClosed(**{**facts, **changes})


SOLD = figures([("a", 300), ("b", -100)])
WRONG = [
    ("all adds up", {}, 1000, []),
    ("a ticket is missing", {}, 1001, [Doubt("perpetual", 1200, 1201)]),
    (
        "a rate is missing",
        {"vat": []},
        1000,
        [Doubt("vat", 200, 0)],
    ),
    ("a tender is missing", {"tenders": []}, 1000, [Doubt("tenders", 200, 0)]),
    ("cash was rounded", {"rounding": 2}, 1000, [Doubt("tenders", 200, 198)]),
    ("an hour is missing", {"hours": []}, 1000, [Doubt("hours", 200, 0)]),
    ("a department is missing", {"departments": []}, 1000, [Doubt("departments", 200, 0)]),
    ("a cashier is missing", {"cashiers": []}, 1000, [Doubt("cashiers", 200, 0)]),
    ("a refund is missing", {"returned": 0}, 1000, [Doubt("sales", 200, 300)]),
]


@pytest.mark.parametrize(
    ("changes", "was", "found"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_does_not_add_up_in_a_day_is_named_with_both_amounts(
    changes: dict[str, Any], was: int, found: list[Doubt]
) -> None:
    held = SOLD.model_copy(update=changes)
    before = closed(figures([]), 1000)
    assert doubts(closed(held, was + 200), before) == found


def test_the_first_closing_of_all_starts_from_nothing() -> None:
    assert doubts(closed(SOLD, 200), None) == []
    assert doubts(closed(SOLD, 300), None) == [Doubt("perpetual", 200, 300)]


def test_the_perpetual_total_of_a_month_is_that_of_its_last_day() -> None:
    days = [closed(SOLD, 200), closed(SOLD, 400)]
    month = merged([day.figures for day in days])
    assert doubts(closed(month, 400, level="month"), None, days) == []
    grown = closed(month, 450, level="month")
    assert Doubt("parts", 400, 450) in doubts(grown, None, days)


def test_a_fiscal_year_begins_its_own_total_at_nothing() -> None:
    before = closed(figures([]), 1000, level="year")
    totals = RunningTotals(period=200, perpetual=1200, perpetual_abs=1500)
    year = closed(SOLD, 0, level="year", running=totals)
    assert doubts(year, before) == []
    carried = totals.model_copy(update={"period": 1200})
    assert doubts(closed(SOLD, 0, level="year", running=carried), before) == [
        Doubt("period", 200, 1200)
    ]


def test_no_days_have_no_mean_and_several_are_rounded_down() -> None:
    assert mean_of([]) is None
    mean = mean_of([figures([("a", 100)]), figures([("a", 50), ("b", 51)])])
    assert mean is not None
    assert (mean.days, mean.total, mean.tickets) == (2, 100, 1)
