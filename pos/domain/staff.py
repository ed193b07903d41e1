"""Who may do what: roles, named permissions, and how long wrong PINs make a person wait.

>>> allows("cashier", Permission.SELL), allows("cashier", Permission.PRICE_OVERRIDE)
(True, False)
>>> [wait_s(failures) for failures in (1, 3, 4, 5, 8, 30)]
[0, 5, 10, 20, 160, 900]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.errors import Refusal
from pos.domain.words import Sentence

PIN_LEAST, PIN_MOST = 4, 12
FREE_FAILURES = 2
WAIT_MOST_S = 900


class Permission(StrEnum):
    """What a role may hold; a manager can lend one for one gesture."""

    SELL = "sell"
    DISCOUNT = "discount"
    BIG_DISCOUNT = "big_discount"
    PRICE_OVERRIDE = "price_override"
    ABANDON = "abandon"
    NO_SALE = "no_sale"
    DUPLICATE = "duplicate"
    CASH_NONRESIDENT = "cash_nonresident"
    REFUND = "refund"
    REFUND_WITHOUT_TICKET = "refund_without_ticket"
    REFUND_OTHER_TENDER = "refund_other_tender"
    VOID_SALE = "void_sale"
    COUNT_CASH = "count_cash"
    CASH_DROP = "cash_drop"
    PAID_IN_OUT = "paid_in_out"
    CASH_DIFFERENCE = "cash_difference"
    REPORTS = "reports"
    CLOSE_DAY = "close_day"
    TRAINING = "training"
    PICKUP = "pickup"
    PICKUP_UNSURE = "pickup_unsure"
    PICKUP_UNDO = "pickup_undo"
    STOCK = "stock"
    CATALOGUE = "catalogue"
    STAFF = "staff"
    SETTINGS = "settings"


PERMISSION_NAMES: dict[Permission, Sentence] = {
    Permission.SELL: Sentence("selling"),
    Permission.DISCOUNT: Sentence("a discount"),
    Permission.BIG_DISCOUNT: Sentence("a large discount"),
    Permission.PRICE_OVERRIDE: Sentence("another price"),
    Permission.ABANDON: Sentence("abandoning a basket"),
    Permission.NO_SALE: Sentence("opening the drawer"),
    Permission.DUPLICATE: Sentence("a duplicata"),
    Permission.CASH_NONRESIDENT: Sentence("more cash from abroad"),
    Permission.REFUND: Sentence("a refund"),
    Permission.REFUND_WITHOUT_TICKET: Sentence("a refund without a ticket"),
    Permission.REFUND_OTHER_TENDER: Sentence("a refund to another tender"),
    Permission.VOID_SALE: Sentence("voiding a sale"),
    Permission.COUNT_CASH: Sentence("counting the drawer"),
    Permission.CASH_DROP: Sentence("a cash drop"),
    Permission.PAID_IN_OUT: Sentence("cash paid in or out"),
    Permission.CASH_DIFFERENCE: Sentence("a cash difference"),
    Permission.REPORTS: Sentence("the figures of the day"),
    Permission.CLOSE_DAY: Sentence("closing the day"),
    Permission.TRAINING: Sentence("training"),
    Permission.PICKUP: Sentence("handing out orders"),
    Permission.PICKUP_UNSURE: Sentence("handing out without the centre"),
    Permission.PICKUP_UNDO: Sentence("undoing a hand-over"),
    Permission.STOCK: Sentence("changing the stock"),
    Permission.CATALOGUE: Sentence("changing the catalogue"),
    Permission.STAFF: Sentence("changing who may sell"),
    Permission.SETTINGS: Sentence("changing the settings"),
}
"""Each permission as a cashier calls it."""


class Role(StrEnum):
    """The shop's three trades."""

    CASHIER = "cashier"
    CLERK = "clerk"
    MANAGER = "manager"


ROLES: dict[str, frozenset[Permission]] = {
    Role.CASHIER: frozenset(
        {
            Permission.SELL,
            Permission.DISCOUNT,
            Permission.ABANDON,
            Permission.DUPLICATE,
            Permission.REFUND,
            Permission.COUNT_CASH,
            Permission.CASH_DROP,
            Permission.PICKUP,
        }
    ),
    Role.CLERK: frozenset({Permission.PICKUP, Permission.SELL, Permission.ABANDON}),
    Role.MANAGER: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may use the till: an opaque reference, a number to sign in with, a first name."""

    ref: str
    number: str
    name: str
    role: str


class NeedsPermission(Refusal):
    """The gesture is guarded: someone who holds `permission` may lend it for this once."""

    def __init__(self, permission: Permission) -> None:
        said = Sentence(
            "This needs the permission “{permission}”; ask someone who holds it to type a PIN.",
            permission=PERMISSION_NAMES[permission],
        )
        super().__init__("needs_permission", said.template, **said.values)
        self.permission = permission


def allows(role: str, permission: Permission) -> bool:
    """Tell whether the role holds the permission; a role nobody knows holds none."""
    return permission in ROLES.get(role, frozenset())


def wait_s(failures: int) -> int:
    """Return the seconds to wait after `failures` wrong PINs in a row: doubling, bounded."""
    if failures <= FREE_FAILURES:
        return 0
    return min(WAIT_MOST_S, 5 << min(failures - FREE_FAILURES - 1, 20))


def check_pin(pin: str) -> None:
    """Refuse a PIN that is not 4 to 12 digits, or one digit repeated."""
    if not (pin.isascii() and pin.isdigit() and PIN_LEAST <= len(pin) <= PIN_MOST):
        raise Refusal(
            "bad_pin",
            "A PIN has {least} to {most} digits.",
            least=PIN_LEAST,
            most=PIN_MOST,
        )
    if len(set(pin)) == 1:
        raise Refusal("weak_pin", "A PIN of one repeated digit is too easy; choose another.")
