"""Any days a French till may live: its chains, totals and closings hold (`docs/fiscal.md`)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.events import SaleFinished
from tests.till.deeds import DEEDS, Deed, do
from tests.till.french_audit import Audit
from tests.till.shop import MANAGER, Till


@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 99)), min_size=5, max_size=40))
def test_whatever_a_till_lives_through_its_records_hold(
    deeds: list[tuple[Deed, int]],
) -> None:
    till = Till("france").restart(MANAGER)
    for deed, n in deeds:
        do(till, deed, n)
    Audit().judge(till.store.entries)


@pytest.fixture(scope="module")
def lived() -> Till:
    """A till over a year's end, with everything that may happen on its days."""
    till = Till("france").restart(MANAGER)
    for n in range(0, 70, 7):
        for deed in DEEDS:
            do(till, deed, n)
    return till


def test_a_long_life_has_records_of_every_chain_and_every_code_a_till_gives(lived: Till) -> None:
    audit = Audit().judge(lived.store.entries)
    assert set(audit.chains) == {
        *("ticket", "training", "gt_ticket", "gt_day", "gt_month", "gt_year"),
        *("duplicate", "jet"),
    }
    assert set(audit.codes) >= {
        *("80", "40", "320", "190", "170", "50", "60", "90"),
        *("line.voided", "price.changed", "drawer.opened", "print.asked", "training.switched"),
    }
    assert {sale.operation for sale in lived.sales()} == {"sale", "refund", "exchange", "void"}
    assert not lived.events("integrity.doubted")


def test_every_day_is_closed_once_in_order_and_days_of_no_activity_too(lived: Till) -> None:
    closed = lived.store.closings("day")
    keys = [one.key for one in closed]
    assert keys == sorted(set(keys))
    assert [one.number for one in closed] == list(range(1, len(closed) + 1))
    assert any(not one.figures.tickets for one in closed)
    assert len(lived.store.closings("year")) == 1


def test_a_month_ends_with_the_perpetual_total_of_its_last_day_and_a_year_of_its_month(
    lived: Till,
) -> None:
    days = {one.closing: one for one in lived.store.closings("day")}
    months = {one.closing: one for one in lived.store.closings("month")}
    years = lived.store.closings("year")
    for closed, parts in [*((one, days) for one in months.values()), *((o, months) for o in years)]:
        assert parts[closed.closing].running.perpetual == closed.running.perpetual


def test_nothing_enters_a_period_that_is_closed(lived: Till) -> None:
    closed_through = ""
    for event in lived.store.events:
        if event.kind == "period.closed" and getattr(event, "level", "") == "day":
            closed_through = str(getattr(event, "key", ""))
        elif isinstance(event, SaleFinished):
            assert event.business_day > closed_through
