"""Shifts: a float, cash in and out, one drawer or several, what is left for the next shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.events import (
    CashMoved,
    FloatCounted,
    PermissionUsed,
)
from pos.domain.money import AMOUNT_MAX
from pos.domain.staff import NeedsPermission, Permission
from pos.till import cash, tender
from tests.till.drawers import (
    BREAD_PRICE,
    FLOAT,
    FLOAT_AMOUNT,
    LAMP_PRICE,
    close,
    current,
    opened,
    sell,
    with_cash,
)
from tests.till.shop import (
    BREAD,
    CLERK,
    COLLEAGUE,
    LAMP,
    MANAGER,
    Till,
    on_disk,
    slug_of,
)


def test_a_shift_opens_with_a_float_counted_by_denomination(till: Till) -> None:
    state = cash.open_shift(till.desk, FLOAT)
    assert (state.float_amount, state.is_float_counted) == (FLOAT_AMOUNT, True)
    (shift,) = opened(till)
    assert (shift.drawer, shift.owner, shift.staff) == ("drawer", "", "staff-1")
    assert not shift.implicit
    (float_counted,) = [e for e in till.store.events if isinstance(e, FloatCounted)]
    assert {coin.value: coin.count for coin in float_counted.coins} == FLOAT
    sell(till)
    assert len(opened(till)) == 1
    assert till.sales()[-1].shift == shift.shift


def test_a_sale_never_waits_for_a_float_and_its_first_cash_opens_the_shift(till: Till) -> None:
    till.scan(BREAD)
    tender.pay_cheque(till.desk)
    assert (till.sales()[-1].shift, opened(till)) == (None, [])
    sell(till)
    sell(till)
    (shift,) = opened(till)
    assert shift.implicit
    assert [sale.shift for sale in till.sales()[1:]] == [shift.shift] * 2


def test_what_was_left_in_the_drawer_is_the_next_float(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    sell(till, LAMP)
    closed = close(till, FLOAT_AMOUNT + LAMP_PRICE)
    assert (closed.left, closed.banked) == (FLOAT_AMOUNT, LAMP_PRICE)
    state = cash.open_shift(till.desk)
    assert (state.float_amount, state.is_float_counted) == (FLOAT_AMOUNT, False)
    assert close(till, FLOAT_AMOUNT, left=4000).banked == 6000
    sell(till)
    now = cash.current_shift(till.desk)
    assert now is not None
    assert (now.opened.float_amount, now.expected) == (4000, 4000 + BREAD_PRICE)


def test_a_shift_that_opened_itself_takes_its_float_until_cash_moves(till: Till) -> None:
    cash.open_shift(till.desk)
    cash.open_shift(till.desk, {1000: 2})
    assert cash.open_shift(till.desk, {1000: 3}).float_amount == 3000
    assert len(till.events("float.counted")) == 2
    assert slug_of(lambda: cash.open_shift(till.desk)) == "shift_open"
    assert cash.check_float(till.desk) == cash.current_shift(till.desk)
    sell(till)
    for gesture in (cash.check_float, lambda desk: cash.open_shift(desk, FLOAT)):
        assert slug_of(lambda gesture=gesture: gesture(till.desk)) == "shift_open"  # type: ignore[misc]
    assert len(opened(till)) == 1


def test_a_float_that_lacks_much_of_what_was_left_needs_a_managers_agreement(till: Till) -> None:
    cash.open_shift(till.desk, FLOAT)
    close(till, FLOAT_AMOUNT)
    with pytest.raises(NeedsPermission) as needs:
        cash.open_shift(till.desk, {1000: 9}, reason="inconnu")
    assert needs.value.permission is Permission.CASH_DIFFERENCE
    assert cash.current_shift(till.desk) is None
    cash.open_shift(till.desk, {1000: 9, 100: 5}, reason="rouleau emprunté")
    close(till, 9_500)
    loan = till.loan(Permission.CASH_DIFFERENCE)
    assert cash.open_shift(till.desk, {1: 1}, loan, reason="volé").float_amount == 1
    assert loan.spent


@pytest.mark.parametrize("coins", [{1000: 9, 100: 5}, {1000: 10, 100: 5}])
def test_a_float_that_is_not_what_was_left_needs_a_reason_and_is_a_difference(
    till: Till, coins: dict[int, int]
) -> None:
    cash.open_shift(till.desk, FLOAT)
    close(till, FLOAT_AMOUNT)
    off = sum(value * count for value, count in coins.items()) - FLOAT_AMOUNT
    assert cash.float_difference(till.desk, coins) == off
    assert slug_of(lambda: cash.open_shift(till.desk, coins)) == "no_reason"
    assert cash.current_shift(till.desk) is None
    cash.open_shift(till.desk, coins, reason=" emprunt ")
    assert [e.reason for e in till.store.events if isinstance(e, FloatCounted)] == [None, "emprunt"]
    books = till.desk.ports.books
    (found,) = [
        one for one in books.figures(0, books.position()).counters if one.name == "cash_difference"
    ]
    assert (found.count, found.amount) == (1, off)


def test_a_float_is_free_where_nothing_was_left_and_needs_no_reason_when_it_is_as_left(
    till: Till,
) -> None:
    cash.open_shift(till.desk, FLOAT)
    close(till, FLOAT_AMOUNT, left=0)
    assert cash.float_difference(till.desk, FLOAT) == 0
    cash.open_shift(till.desk, FLOAT)
    close(till, FLOAT_AMOUNT, left=FLOAT_AMOUNT)
    assert cash.open_shift(till.desk, FLOAT).float_amount == FLOAT_AMOUNT
    books = till.desk.ports.books
    counters = books.figures(0, books.position()).counters
    assert all(not (one.count or one.amount) for one in counters if one.name == "cash_difference")


MOVES: list[tuple[Callable[..., CashMoved], Permission, str]] = [
    (cash.drop, Permission.CASH_DROP, "drop"),
    (cash.pay_in, Permission.PAID_IN_OUT, "paid_in"),
    (cash.pay_out, Permission.PAID_IN_OUT, "paid_out"),
]


@pytest.mark.parametrize(("gesture", "permission", "move"), MOVES)
def test_cash_moves_for_a_reason_with_the_drawer_open(
    till: Till, gesture: Callable[..., CashMoved], permission: Permission, move: str
) -> None:
    till.restart(CLERK)
    with pytest.raises(NeedsPermission) as needs:
        gesture(till.desk, 500, "la monnaie")
    assert needs.value.permission is permission
    assert not opened(till)
    moved = gesture(till.desk, 500, " la monnaie ", till.loan(permission))
    assert (moved.move, moved.amount, moved.reason) == (move, 500, "la monnaie")
    assert moved.label == f"{till.store.place.till}-{till.store.place.epoch}-C000001"
    assert moved.shift == opened(till)[0].shift
    assert till.counter.opened == 1
    (used,) = [e for e in till.store.events if isinstance(e, PermissionUsed)]
    assert (used.staff, used.lender) == ("staff-4", "staff-3")


@pytest.mark.parametrize(
    ("amount", "reason", "slug"),
    [
        (0, "x", "bad_amount"),
        (-5, "x", "bad_amount"),
        (AMOUNT_MAX + 1, "x", "bad_amount"),
        (5, "", "no_reason"),
        (5, "  ", "no_reason"),
    ],
)
def test_cash_that_moves_by_nothing_or_for_nothing_is_refused(
    till: Till, amount: int, reason: str, slug: str
) -> None:
    till.restart(MANAGER)
    before = on_disk(till.store)
    for gesture, _, _ in MOVES:
        assert slug_of(lambda gesture=gesture: gesture(till.desk, amount, reason)) == slug  # type: ignore[misc]
    assert on_disk(till.store) == before
    assert till.counter.opened == 0


def test_movements_are_numbered_without_a_gap_over_shifts_and_restarts(till: Till) -> None:
    till.restart(MANAGER)
    labels = [cash.drop(till.desk, 100, "coffre").label]
    labels.append(cash.pay_in(till.desk, 100, "monnaie").label)
    close(till, 0)
    till.restart(MANAGER)
    labels.append(cash.pay_out(till.desk, 100, "timbres").label)
    assert [label[-7:] for label in labels] == ["C000001", "C000002", "C000003"]
    assert [shift.label[-7:] for shift in opened(till)] == ["S000001", "S000002"]
    till.store.place = replace(till.store.place, epoch="K2")
    assert cash.drop(till.desk, 100, "coffre").label.endswith("-K2-C000001")


def test_cashiers_who_share_a_drawer_share_its_shift(till: Till) -> None:
    sell(till)
    till.sign_in(COLLEAGUE)
    sell(till)
    till.sign_in(MANAGER)
    assert close(till, 2 * BREAD_PRICE).difference == 0
    assert len(opened(till)) == 1


def test_each_cashier_answers_for_a_drawer_of_their_own() -> None:
    till = Till("france", change_rules=with_cash(drawers="each"))
    sell(till)
    mine = current(till)
    till.sign_in(COLLEAGUE)
    sell(till, LAMP)
    theirs = current(till)
    assert [(one.drawer, one.owner) for one in opened(till)] == [
        ("drawer-10", "staff-1"),
        ("drawer-11", "staff-2"),
    ]
    with pytest.raises(NeedsPermission) as needs:
        cash.count(till.desk, mine, {})
    assert needs.value.permission is Permission.CLOSE_DAY
    assert cash.count(till.desk, theirs, {1: LAMP_PRICE}).difference == 0
    till.sign_in(MANAGER)
    assert cash.current_shift(till.desk) is None
    assert cash.count(till.desk, mine, {1: BREAD_PRICE}).difference == 0
    assert cash.close_shift(till.desk, mine).counted == BREAD_PRICE


def test_a_forgotten_shift_hinders_nothing_and_is_counted_when_somebody_finds_it() -> None:
    till = Till("france", change_rules=with_cash(drawers="each"))
    sell(till)
    forgotten = current(till)
    till.change_rules = with_cash(drawers="shared")
    till.clock.pass_s(40 * 86_400)
    till.restart(MANAGER)
    sell(till)
    assert till.sales()[-1].shift != forgotten
    assert [one.opened.shift for one in till.store.shifts()] == [forgotten, current(till)]
    cash.count(till.desk, forgotten, {1: BREAD_PRICE})
    assert cash.close_shift(till.desk, forgotten).difference == 0
    assert [one.opened.shift for one in till.store.shifts()] == [current(till)]


def test_nobody_counts_a_float_before_it_may_be_counted(till: Till) -> None:
    assert cash.check_float(till.desk) is None
    till.desk.training = True
    assert slug_of(lambda: cash.check_float(till.desk)) == "training_cash"


def test_training_touches_no_cash(till: Till) -> None:
    till.restart(MANAGER)
    sell(till)
    shift = current(till)
    till.desk.training = True
    before = on_disk(till.store), till.counter.opened
    for gesture in (
        lambda: cash.open_shift(till.desk, FLOAT),
        lambda: cash.open_to_count(till.desk),
        lambda: cash.drop(till.desk, 100, "coffre"),
        lambda: cash.pay_in(till.desk, 100, "monnaie"),
        lambda: cash.pay_out(till.desk, 100, "timbres"),
        lambda: cash.count(till.desk, shift, {}),
        lambda: cash.close_shift(till.desk, shift),
    ):
        assert slug_of(gesture) == "training_cash"
    assert cash.shift_events(till.desk) == ("", [])
    assert (on_disk(till.store), till.counter.opened) == before
