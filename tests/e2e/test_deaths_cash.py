"""Killed at the drawer: its float, what leaves it, its count and its end are each written once."""

from __future__ import annotations

import pytest

from tests.e2e.cases import COMMIT, SIGN_IN, THREE, Case
from tests.e2e.child import Death
from tests.e2e.conftest import Counter
from tests.e2e.home import Home

FLOAT = "float 2000x2 500x4 100x10"
SELLS = (*THREE, "cash")
DROP = "drop 30 coffre"
COUNT = "count 2000x2 500x1 50x1 20x1 5x1"
END = (COUNT, "close-shift")
SHIFT = "T01-K1-S000001"
AT_WORK = [
    Case(
        "the float is counted and not written",
        (FLOAT,),
        Death(COMMIT, "kind='float.counted'"),
        ("expect shift", FLOAT, *SELLS, DROP, *END),
    ),
    Case(
        "the float is written",
        (FLOAT,),
        Death(COMMIT, "kind='float.counted'", after=True),
        (f"expect shift {SHIFT}", "expect float 70", *SELLS, DROP, *END),
    ),
    Case(
        "the first cash is not written",
        (FLOAT, *SELLS),
        Death(COMMIT, "method='cash'"),
        ("expect float 70", "cash", DROP, *END),
    ),
    Case(
        "the first cash is written and the drawer is shut",
        (FLOAT, *SELLS),
        Death("devices.drawer.driver:PrinterDrawer.open"),
        (FLOAT, "expect refused shift_open", DROP, *END),
    ),
    Case(
        "cash for the safe is not written",
        (FLOAT, *SELLS, DROP),
        Death(COMMIT, "kind='cash.moved'"),
        (DROP, *END),
    ),
    Case(
        "cash for the safe is written and the drawer is shut",
        (FLOAT, *SELLS, DROP),
        Death("devices.drawer.driver:PrinterDrawer.open", call=2),
        END,
    ),
    Case(
        "cash for the safe is written and its slip is not handed over",
        (FLOAT, *SELLS, DROP),
        Death("pos.till.printing:_hand_over"),
        ("expect to-check 1", "came-out yes", *END),
    ),
    Case(
        "the drawer is counted and that is not written",
        (FLOAT, *SELLS, DROP, COUNT),
        Death(COMMIT, "kind='shift.counted'"),
        ("close-shift", "expect refused not_counted", *END),
    ),
    Case(
        "the count is written and what was expected is not shown",
        (FLOAT, *SELLS, DROP, COUNT),
        Death(COMMIT, "kind='shift.counted'", after=True),
        ("expect expected 45.75", "close-shift"),
    ),
    Case(
        "the shift is not closed yet",
        (FLOAT, *SELLS, DROP, *END),
        Death(COMMIT, "kind='shift.closed'"),
        (f"expect shift {SHIFT}", "close-shift"),
    ),
    Case(
        "the shift is closed and the till does not know",
        (FLOAT, *SELLS, DROP, *END),
        Death(COMMIT, "kind='shift.closed'", after=True),
        ("expect shift", "close-shift", "expect refused no_shift"),
    ),
]


@pytest.mark.parametrize("case", AT_WORK, ids=str)
def test_a_drawer_holds_what_was_put_in_it_however_the_till_dies_at_it(
    home: Home, counter: Counter, case: Case
) -> None:
    home.play(SIGN_IN, "wait ready", *case.done, dies=case.death)
    after = home.play(SIGN_IN, "wait ready", *case.found, "expect left 45.75")
    assert after.code == 0, after
    found = home.rows("SELECT takings, drops, counted, difference, left_in FROM shift")
    assert found == [(575, 3000, 4575, 0, 4575)]
    assert home.sold() == ["T01-K1-000001"]
    next_one = home.play(SIGN_IN, "float left", "expect float 45.75")
    assert next_one.code == 0, next_one
    home.check()


def test_a_shift_that_opened_itself_is_written_with_the_first_cash_or_not_at_all(
    home: Home,
) -> None:
    begun = Death(COMMIT, "kind='shift.opened'")
    home.play(SIGN_IN, *SELLS, dies=begun)
    assert home.rows("SELECT count(*) FROM shift") == [(0,)]
    home.play(SIGN_IN, "cash", dies=Death(begun.at, begun.about, after=True))
    after = home.play(SIGN_IN, f"expect shift {SHIFT}", *SELLS, "count 500x2 100x1 50x1",
                      "expect expected 11.50", "close-shift")  # fmt: skip
    assert after.code == 0, after
    assert home.rows("SELECT takings, difference FROM shift") == [(1150, 0)]
    home.check()
