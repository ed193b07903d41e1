"""Who may use the till, who took it, and what was lent.

>>> PermissionUsed(permission="refund", staff="2").lender is None
True
"""

from __future__ import annotations

from typing import Literal

from pos.domain.events.base import BaseEvent


class StaffSignedIn(BaseEvent):
    """Someone took the till."""

    kind: Literal["staff.signed_in"] = "staff.signed_in"
    staff: str
    role: str


class StaffSignedOut(BaseEvent):
    """Someone left the till."""

    kind: Literal["staff.signed_out"] = "staff.signed_out"
    staff: str


class SignInRefused(BaseEvent):
    """A wrong PIN; `wait_s` is how long the next try is refused."""

    kind: Literal["staff.sign_in_refused"] = "staff.sign_in_refused"
    staff: str
    failures: int
    wait_s: int


class StaffAdded(BaseEvent):
    """A person may use the till from now on."""

    kind: Literal["staff.added"] = "staff.added"
    staff: str
    role: str


class StaffPinChanged(BaseEvent):
    """A person signs in with another PIN from now on."""

    kind: Literal["staff.pin_changed"] = "staff.pin_changed"
    staff: str


class StaffRemoved(BaseEvent):
    """A person may not use the till any more."""

    kind: Literal["staff.removed"] = "staff.removed"
    staff: str


class LoanGiven(BaseEvent):
    """`lender` typed the right PIN to lend a permission for one gesture of `staff`."""

    kind: Literal["permission.lent"] = "permission.lent"
    permission: str
    staff: str
    lender: str


class PermissionUsed(BaseEvent):
    """A guarded gesture was allowed: by the cashier's own role, or lent for once by `lender`."""

    kind: Literal["permission.used"] = "permission.used"
    permission: str
    staff: str
    lender: str | None = None
