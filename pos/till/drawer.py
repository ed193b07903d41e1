"""The drawer: told to open, or opened without us; the journal says which.

A pulse is expected to open the drawer within `PULSE_WITHIN`. A drawer whose sensor says that it
stands open, and that was not told to, was opened by its key or by force.

What the sensor says before the driver's word that the pulse went out was so before it (see
`pos.ports.Drawer`): a sensor that is only asked now and then may say so late that the drawer was
shut by hand, and the pulse opens it all the same. One that is shut after the pulse was open when
the pulse came, or opened by it: the pulse is used up, and excuses no later opening.
"""

from __future__ import annotations

from datetime import timedelta

from pos.domain.cash import check_reason
from pos.domain.errors import Refusal
from pos.domain.events import DrawerOpened, Event
from pos.domain.staff import Permission
from pos.ports import DeviceState, StatusChanged
from pos.till.desk import Desk, Loan

DRAWER = "drawer"
"""The name of the till's cash drawer among its devices."""

FOUND = "found_open"
"""The cause of an opening that the till did not see: before it started, or its sensor spoke."""

PULSE_WITHIN = timedelta(seconds=10)
"""How long after a pulse the drawer may take to open, the printer's own delays included."""


def check_real(desk: Desk) -> None:
    """Refuse in training what touches real cash."""
    if desk.training:
        raise Refusal("training_cash", "Training touches no cash; leave training first.")


def opening(desk: Desk, cause: str, reason: str | None = None) -> list[Event]:
    """Return what to record before a pulse; nothing where none is sent (see `pulse`)."""
    if desk.ports.drawer is None or desk.training:
        return []
    return [DrawerOpened(cause=cause, staff=desk.signed_in.ref, reason=reason)]


def pulse(desk: Desk) -> None:
    """Tell the drawer to open, after the record; never in training or where there is no drawer."""
    if desk.ports.drawer is not None and not desk.training:
        desk.drawer_told_at, desk.drawer_pulsed = desk.now(), False
        desk.ports.drawer.open()


def pulse_ended(desk: Desk, *, went: bool) -> None:
    """Take the driver's word that the pulse went out, or never will."""
    desk.drawer_told_at, desk.drawer_pulsed = (desk.now() if went else None), went


def no_sale(desk: Desk, reason: str, loan: Loan | None = None) -> None:
    """Open the drawer with no sale, and keep why (permission `no_sale`).

    Raises Refusal: `no_drawer`, `no_reason`, `training_cash`.
    """
    if desk.ports.drawer is None:
        raise Refusal("no_drawer", "No cash drawer is set up; add one in the settings.")
    check_real(desk)
    why = check_reason(reason)
    used = desk.permit(Permission.NO_SALE, loan)
    desk.record_permitted(used, loan, *opening(desk, "no_sale", why))
    pulse(desk)


def drawer_moved(desk: Desk, is_open: bool, *, at_first: bool = False) -> None:
    """Take what the drawer's sensor says; an opening that nobody asked for is written, once.

    One that stands open when the sensor is first heard was not seen to open: it was found so.
    Raises StoreUnavailable when the disk does not take it; it is kept and written later then.
    """
    was_open, desk.drawer_is_open = desk.drawer_is_open, is_open
    is_ours = _answers_pulse(desk)
    if is_open or desk.drawer_pulsed:
        desk.drawer_told_at = None
    state = DeviceState.ATTENTION if is_open else DeviceState.READY
    desk.devices[DRAWER] = StatusChanged(DRAWER, state, "open" if is_open else "")
    if is_open and not was_open and not is_ours:
        staff = desk.person.ref if desk.person else ""
        desk.unwritten.append(DrawerOpened(cause=FOUND if at_first else "forced", staff=staff))
        desk.ports.sound.play("attention")
        desk.record()


def _answers_pulse(desk: Desk) -> bool:
    """Tell whether the drawer was told to open just now, and its pulse is not used up."""
    if desk.drawer_told_at is None:
        return False
    return abs(desk.now() - desk.drawer_told_at) <= PULSE_WITHIN
