"""The blind count at the end of a shift: what was expected, the difference and who agreed."""

from __future__ import annotations

import pytest

from pos.domain.events import (
    DrawerOpened,
    ShiftCounted,
)
from pos.domain.staff import NeedsPermission, Permission
from pos.till import cash
from tests.till.drawers import (
    BREAD_PRICE,
    FLOAT,
    FLOAT_AMOUNT,
    LAMP_PRICE,
    close,
    count,
    current,
    sell,
)
from tests.till.shop import (
    CASHIER,
    CLERK,
    LAMP,
    MANAGER,
    Till,
    slug_of,
)


def test_the_drawer_is_expected_to_hold_float_and_takings_and_what_moved(till: Till) -> None:
    till.restart(MANAGER)
    cash.open_shift(till.desk, FLOAT)
    sell(till, LAMP)
    cash.pay_in(till.desk, 700, "monnaie")
    cash.pay_out(till.desk, 300, "timbres")
    cash.drop(till.desk, 2000, "coffre")
    expected = FLOAT_AMOUNT + LAMP_PRICE + 700 - 300 - 2000
    found = count(till, expected - 20)
    assert found == cash.Counted(
        amount=expected - 20, expected=expected, difference=-20, attempt=1, left=10_000
    )


def test_a_drawer_is_counted_again_and_every_count_is_kept(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    assert cash.last_count(till.desk, current(till)) is None
    assert count(till, 9_000).attempt == 1
    found = count(till, 9_990)
    assert found.attempt == 2
    assert cash.last_count(till.desk, current(till)) == found
    counts = [e for e in till.store.events if isinstance(e, ShiftCounted)]
    assert [(one.attempt, one.amount) for one in counts] == [(1, 9_000), (2, 9_990)]
    closed = cash.close_shift(till.desk, current(till), "pièce perdue")
    assert (closed.counted, closed.difference, closed.reason) == (9_990, -10, "pièce perdue")
    assert closed.agreed_by is None


def test_a_drawer_is_closed_only_after_a_count_and_a_difference_says_why(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    shift = current(till)
    assert slug_of(lambda: cash.close_shift(till.desk, shift)) == "not_counted"
    count(till, FLOAT_AMOUNT + 1)
    assert slug_of(lambda: cash.close_shift(till.desk, shift)) == "no_reason"
    count(till, FLOAT_AMOUNT)
    assert cash.close_shift(till.desk, shift).reason == ""
    for gesture in (
        lambda: cash.close_shift(till.desk, shift),
        lambda: cash.count(till.desk, shift, {}),
    ):
        assert slug_of(gesture) == "no_shift"


@pytest.mark.parametrize("meanwhile", ["sale", "drop"])
def test_cash_that_moves_after_the_count_makes_it_stale(till: Till, meanwhile: str) -> None:
    cash.open_shift(till.desk, FLOAT)
    count(till, FLOAT_AMOUNT)
    if meanwhile == "sale":
        sell(till)
        now = FLOAT_AMOUNT + BREAD_PRICE
    else:
        cash.drop(till.desk, 1000, "coffre")
        now = FLOAT_AMOUNT - 1000
    assert slug_of(lambda: cash.close_shift(till.desk, current(till))) == "count_stale"
    assert close(till, now).difference == 0


@pytest.mark.parametrize(
    ("difference", "asks"), [(-500, False), (500, False), (-501, True), (501, True)]
)
def test_a_difference_above_the_limit_needs_a_managers_agreement(
    till: Till, difference: int, asks: bool
) -> None:
    cash.open_shift(till.desk, FLOAT)
    count(till, FLOAT_AMOUNT + difference)
    shift = current(till)
    if not asks:
        assert cash.close_shift(till.desk, shift, "erreur").agreed_by is None
        return
    with pytest.raises(NeedsPermission) as needs:
        cash.close_shift(till.desk, shift, "erreur")
    assert needs.value.permission is Permission.CASH_DIFFERENCE
    loan = till.loan(Permission.CASH_DIFFERENCE)
    closed = cash.close_shift(till.desk, shift, "erreur", loan=loan)
    assert (closed.difference, closed.agreed_by, loan.spent) == (difference, "staff-3", True)


def test_a_manager_agrees_to_their_own_difference_in_their_own_name(till: Till) -> None:
    till.restart(MANAGER)
    cash.open_shift(till.desk, FLOAT)
    closed = close(till, 0, "volé")
    assert (closed.difference, closed.staff, closed.agreed_by) == (-FLOAT_AMOUNT, "staff-3", None)
    assert (closed.left, closed.banked) == (0, 0)


@pytest.mark.parametrize("left", [-1, FLOAT_AMOUNT + 1])
def test_no_more_stays_in_the_drawer_than_was_counted(till: Till, left: int) -> None:
    cash.open_shift(till.desk, FLOAT)
    count(till, FLOAT_AMOUNT)
    refusal = slug_of(lambda: cash.close_shift(till.desk, current(till), left=left))
    assert refusal == "bad_left"


def test_a_restart_forgets_neither_the_shift_nor_its_count(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    count(till, FLOAT_AMOUNT)
    shift = current(till)
    till.restart(CASHIER)
    assert current(till) == shift
    assert cash.close_shift(till.desk, shift).counted == FLOAT_AMOUNT


def test_whoever_may_not_count_needs_a_loan(till: Till) -> None:
    till.restart(CLERK)
    sell(till)
    shift = current(till)
    for gesture in (
        lambda: cash.open_to_count(till.desk),
        lambda: cash.count(till.desk, shift, {}),
    ):
        with pytest.raises(NeedsPermission):
            gesture()
    till.counter.opened = 0
    cash.open_to_count(till.desk, till.loan(Permission.COUNT_CASH))
    assert till.counter.opened == 1
    assert [e.cause for e in till.store.events if isinstance(e, DrawerOpened)][-1] == "count"


def test_a_float_is_not_counted_again_under_a_drawer_that_was_counted(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    count(till, 9_000)
    assert slug_of(lambda: cash.open_shift(till.desk, {1000: 9})) == "shift_open"


def test_what_was_said_of_a_drawer_that_holds_what_it_should_is_kept_too(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    assert close(till, FLOAT_AMOUNT, "compté à deux").reason == "compté à deux"


def test_who_lends_the_right_to_count_agrees_to_no_difference(till: Till) -> None:
    till.restart(CLERK)
    sell(till)
    shift = current(till)
    cash.count(till.desk, shift, {1: BREAD_PRICE - 1}, till.loan(Permission.COUNT_CASH))
    loan = till.loan(Permission.COUNT_CASH)
    closed = cash.close_shift(till.desk, shift, "pièce perdue", loan=loan)
    assert (closed.difference, closed.agreed_by) == (-1, None)
