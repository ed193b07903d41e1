"""What the tests of the cash desk share: a float, a sale, a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.domain.events import ShiftClosed, ShiftOpened
from pos.till import cash, tender
from pos.till.desk import CashRules, HouseRules
from tests.till.shop import BREAD, Till

FLOAT = {2000: 3, 500: 6, 100: 8, 50: 4}
FLOAT_AMOUNT = 10_000
BREAD_PRICE, LAMP_PRICE = 110, 2999


def with_cash(**rules: object) -> Callable[[HouseRules], HouseRules]:
    """Return a change of the house that sets some rules of the cash desk."""
    return lambda house: replace(house, cash=CashRules(**rules))  # type: ignore[arg-type]


def sell(till: Till, code: str = BREAD) -> None:
    till.scan(code)
    tender.pay_cash(till.desk)


def opened(till: Till) -> list[ShiftOpened]:
    return [event for event in till.store.events if isinstance(event, ShiftOpened)]


def current(till: Till) -> str:
    """Return the shift of the drawer of whoever is signed in."""
    state = cash.current_shift(till.desk)
    assert state is not None
    return state.opened.shift


def count(till: Till, amount: int) -> cash.Counted:
    """Count an amount in the drawer, in cents."""
    return cash.count(till.desk, current(till), {1: amount})


def close(till: Till, amount: int, reason: str = "", left: int | None = None) -> ShiftClosed:
    """Count an amount and close the shift."""
    shift = current(till)
    count(till, amount)
    return cash.close_shift(till.desk, shift, reason, left)
