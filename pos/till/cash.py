"""The cash desk: a shift on a drawer, what goes in and out of it, and the blind count at its end.

A drawer's first cash opens its shift, so that selling never waits for a float. What should lie in
the drawer is told only once it was counted; a shift that nobody closes waits and hinders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pos.domain.cash import (
    check_amount,
    check_left,
    check_reason,
    coins_amount,
    counted,
    drawer_name,
    float_off,
    left_proposed,
    next_label,
)
from pos.domain.errors import Refusal
from pos.domain.events import (
    CashMoved,
    Event,
    FloatCounted,
    PermissionUsed,
    ShiftClosed,
    ShiftCounted,
    ShiftOpened,
)
from pos.domain.events.cash import Move
from pos.domain.staff import Permission
from pos.domain.words import Amount
from pos.ports import ShiftState
from pos.till.desk import Desk, Loan, WaitingPrint
from pos.till.drawer import check_real, opening, pulse
from pos.till.slips import slip_page
from pos.till.tickets import asked, begin, print_paper


@dataclass(frozen=True, slots=True)
class Counted:
    """What a blind count found, in minor units: the first time that `expected` is shown.

    `left` is what is proposed to stay in the drawer for the next shift.
    """

    amount: int
    expected: int
    difference: int
    attempt: int
    left: int


def drawer_of(desk: Desk) -> str:
    """Return the drawer of whoever is signed in: the shared one, or their own."""
    drawers = desk.rules.cash.drawers
    return drawer_name(drawers, desk.signed_in.number)


def current_shift(desk: Desk) -> ShiftState | None:
    """Return the open shift of the drawer of whoever is signed in; None where there is none."""
    last = desk.ports.books.last_shift(drawer_of(desk))
    return last if last is not None and last.left is None else None


def shift_events(desk: Desk) -> tuple[str, list[Event]]:
    """Return the shift that cash of now counts in, and what to record before that cash.

    A drawer that nobody opened begins a shift with what was left in it. Training has no shift: "".
    """
    if desk.training:
        return "", []
    now = current_shift(desk)
    if now is not None:
        return now.opened.shift, []
    opened = _opened(desk, is_implicit=True)
    return opened.shift, [opened]


def _opened(desk: Desk, *, is_implicit: bool) -> ShiftOpened:
    drawer, person, books = drawer_of(desk), desk.signed_in, desk.ports.books
    before, newest = books.last_shift(drawer), books.last_shift()
    return ShiftOpened(
        shift=desk.ports.ids.token(),
        label=next_label(_series(desk, "S"), newest.opened.label if newest else None),
        drawer=drawer,
        owner=person.ref if desk.rules.cash.drawers == "each" else "",
        staff=person.ref,
        business_day=desk.business_day().isoformat(),
        float_amount=(before.left or 0) if before else 0,
        implicit=is_implicit,
    )


def _series(desk: Desk, letter: str) -> str:
    place = desk.ports.ledger.place
    return f"{place.till}-{place.epoch}-{letter}"


def open_to_count(desk: Desk, loan: Loan | None = None) -> None:
    """Open the drawer for its float or its count (permission `count_cash`)."""
    check_real(desk)
    used = desk.permit(Permission.COUNT_CASH, loan)
    desk.record_permitted(used, loan, *opening(desk, "count"))
    pulse(desk)


def open_shift(
    desk: Desk,
    coins: Mapping[int, int] | None = None,
    loan: Loan | None = None,
    *,
    reason: str = "",
) -> ShiftState:
    """Open a shift with the float that was counted (value → how many), or with what was left.

    A shift that opened itself takes its count as long as no cash has moved. A float that is not
    what was left needs a reason. Permission `count_cash`; more missing than the limit needs
    `cash_difference`. Raises Refusal: `shift_open`, `training_cash`, `no_reason`, and what
    `counted` refuses.
    """
    now = check_float(desk)
    if now is not None and coins is None:
        raise _shift_open()
    opened = now.opened if now is not None else _opened(desk, is_implicit=False)
    events: list[Event] = [] if now is not None else [opened]
    permission = Permission.COUNT_CASH
    if coins is not None:
        float_counted = _float(desk, opened, coins, reason)
        events.append(float_counted)
        if opened.float_amount - float_counted.amount > desk.rules.cash.difference_limit:
            permission = Permission.CASH_DIFFERENCE
    desk.record_permitted(desk.permit(permission, loan), loan, *events)
    return _shift(desk, opened.shift)


def float_difference(desk: Desk, coins: Mapping[int, int]) -> int:
    """Return how much more a counted float is than what was left; 0 where nothing was left.

    Raises Refusal: `shift_open`, `training_cash`, and what `counted` refuses.
    """
    now = check_float(desk)
    opened = now.opened if now is not None else _opened(desk, is_implicit=False)
    found = counted(coins, desk.rules.cash.denominations)
    return float_off(coins_amount(found), opened.float_amount)


def check_float(desk: Desk) -> ShiftState | None:
    """Return the shift whose float may be counted now, None for one that is to be opened.

    Raises Refusal: `shift_open` once its cash has moved, `training_cash`.
    """
    check_real(desk)
    now = current_shift(desk)
    if now is not None and _has_moved(now):
        raise _shift_open()
    return now


def _has_moved(state: ShiftState) -> bool:
    moves = (state.takings, state.paid_in, state.paid_out, state.drops)
    return any(moves) or bool(state.counts)


def _shift_open() -> Refusal:
    return Refusal(
        "shift_open",
        "This drawer has its shift already; write what was put in as paid in.",
    )


def _float(desk: Desk, opened: ShiftOpened, coins: Mapping[int, int], reason: str) -> FloatCounted:
    found = counted(coins, desk.rules.cash.denominations)
    amount = coins_amount(found)
    return FloatCounted(
        shift=opened.shift,
        staff=desk.signed_in.ref,
        coins=found,
        amount=amount,
        reason=check_reason(reason) if float_off(amount, opened.float_amount) else None,
    )


def drop(desk: Desk, amount: int, reason: str, loan: Loan | None = None) -> CashMoved:
    """Take cash out of the drawer for the safe (permission `cash_drop`); its slip is printed.

    Raises Refusal: `bad_amount`, `no_reason`, `training_cash`.
    """
    return _move(desk, _Asked("drop", amount, reason), Permission.CASH_DROP, loan)


def pay_in(desk: Desk, amount: int, reason: str, loan: Loan | None = None) -> CashMoved:
    """Put cash into the drawer that no customer paid (permission `paid_in_out`); see `drop`."""
    return _move(desk, _Asked("paid_in", amount, reason), Permission.PAID_IN_OUT, loan)


def pay_out(desk: Desk, amount: int, reason: str, loan: Loan | None = None) -> CashMoved:
    """Pay something out of the drawer (permission `paid_in_out`); see `drop`."""
    return _move(desk, _Asked("paid_out", amount, reason), Permission.PAID_IN_OUT, loan)


@dataclass(frozen=True, slots=True)
class _Asked:
    move: Move
    amount: int
    reason: str


def _move(desk: Desk, what: _Asked, permission: Permission, loan: Loan | None) -> CashMoved:
    check_real(desk)
    check_amount(what.amount)
    reason = check_reason(what.reason)
    used = desk.permit(permission, loan)
    shift, opened = shift_events(desk)
    last = desk.ports.books.cash_move()
    moved = CashMoved(
        shift=shift,
        label=next_label(_series(desk, "C"), last.moved.label if last else None),
        move=what.move,
        amount=what.amount,
        reason=reason,
        staff=desk.signed_in.ref,
    )
    waiting, slip = _slip(desk, moved.label)
    desk.record_permitted(used, loan, *opened, moved, *opening(desk, "cash"), *slip)
    pulse(desk)
    if waiting is not None:
        begin(desk, waiting)
    return moved


def _slip(desk: Desk, label: str) -> tuple[WaitingPrint | None, list[Event]]:
    """Return the job that prints a movement's slip, and what to record together with the movement.

    A till with no printer goes on: no job then.
    """
    if desk.ports.printer is None:
        return None, []
    return asked(desk, "cash", label, 0, partial(slip_page, desk, label))


def print_slip(desk: Desk, label: str | None = None) -> int:
    """Print the slip of a movement again (None: of the last one); return the copy's number.

    Raises Refusal: `no_slip`, and what printing refuses.
    """
    last = desk.ports.books.cash_move(label)
    if last is None:
        raise Refusal("no_slip", "No cash moved, so there is no slip to print.")
    return print_paper(desk, "cash", last.moved.label, partial(slip_page, desk, last.moved.label))


def count(desk: Desk, shift: str, coins: Mapping[int, int], loan: Loan | None = None) -> Counted:
    """Count a shift's drawer blind (value → how many) and only then learn what was expected.

    A recount is another entry; the last one counts. Permission `count_cash`, and `close_day` for
    the drawer of somebody else. Raises Refusal: `no_shift`, and what `counted` refuses.
    """
    check_real(desk)
    state = _shift(desk, shift)
    found = counted(coins, desk.rules.cash.denominations)
    used = desk.permit(_permission_to_count(desk, state), loan)
    said = ShiftCounted(
        shift=shift,
        staff=desk.signed_in.ref,
        attempt=len(state.counts) + 1,
        coins=found,
        amount=coins_amount(found),
        expected=state.expected,
    )
    desk.record_permitted(used, loan, said)
    return _found(desk, said)


def last_count(desk: Desk, shift: str) -> Counted | None:
    """Return what the last count of an open shift found, None before the first.

    It may be stale by now, see `close_shift`. Raises Refusal `no_shift`.
    """
    counts = _shift(desk, shift).counts
    return _found(desk, counts[-1]) if counts else None


def _found(desk: Desk, said: ShiftCounted) -> Counted:
    return Counted(
        amount=said.amount,
        expected=said.expected,
        difference=said.amount - said.expected,
        attempt=said.attempt,
        left=left_proposed(said.amount, desk.rules.cash.float_target),
    )


def close_shift(
    desk: Desk, shift: str, reason: str = "", left: int | None = None, loan: Loan | None = None
) -> ShiftClosed:
    """End a counted shift: `left` stays in the drawer (None: as proposed), the rest is banked.

    A difference needs a reason, and above the limit the permission `cash_difference`.
    Raises Refusal: `no_shift`, `not_counted`, `count_stale` after cash moved since the count,
    `no_reason`, `bad_left`.
    """
    check_real(desk)
    state = _shift(desk, shift)
    last = _fresh_count(state)
    difference = last.amount - last.expected
    why = check_reason(reason) if difference or reason else ""
    stays = left_proposed(last.amount, desk.rules.cash.float_target) if left is None else left
    check_left(stays, last.amount)
    used = _allowed_to_close(desk, state, difference, loan)
    closed = ShiftClosed(
        shift=shift,
        staff=desk.signed_in.ref,
        counted=last.amount,
        expected=last.expected,
        difference=difference,
        reason=why,
        left=stays,
        banked=last.amount - stays,
        agreed_by=used.lender if used.permission == Permission.CASH_DIFFERENCE else None,
    )
    desk.record_permitted(used, loan, closed)
    return closed


def _fresh_count(state: ShiftState) -> ShiftCounted:
    """Return the last count, when what is expected has not changed since."""
    if not state.counts:
        raise Refusal("not_counted", "This drawer was not counted yet; count it first.")
    last = state.fresh_count
    if last is None:
        raise Refusal(
            "count_stale",
            "Cash moved after this drawer was counted as {amount}; count it again.",
            amount=Amount(state.counts[-1].amount),
        )
    return last


def _allowed_to_close(
    desk: Desk, state: ShiftState, difference: int, loan: Loan | None
) -> PermissionUsed:
    """Return who may end the shift; whoever agrees to a large difference may also end it."""
    if abs(difference) > desk.rules.cash.difference_limit:
        return desk.permit(Permission.CASH_DIFFERENCE, loan)
    return desk.permit(_permission_to_count(desk, state), loan)


def _permission_to_count(desk: Desk, state: ShiftState) -> Permission:
    is_theirs = state.opened.owner in ("", desk.signed_in.ref)
    return Permission.COUNT_CASH if is_theirs else Permission.CLOSE_DAY


def _shift(desk: Desk, shift: str) -> ShiftState:
    """Return an open shift; Refusal `no_shift` for one that was closed."""
    for state in desk.ports.books.shifts():
        if state.opened.shift == shift:
            return state
    raise Refusal("no_shift", "This shift is closed already.")
