"""Who stands at the till: signing in by PIN, quick switch, and lending a permission for once."""

from __future__ import annotations

from datetime import timedelta

from pos.domain.errors import Refusal
from pos.domain.events import SignInRefused, StaffAdded, StaffSignedIn, StaffSignedOut
from pos.domain.shift import instant
from pos.domain.staff import (
    ROLES,
    WAIT_MOST_S,
    Permission,
    Person,
    Role,
    allows,
    check_pin,
    wait_s,
)
from pos.ports import Credentials
from pos.till.counter import show_basket, show_welcome
from pos.till.desk import Desk, Loan

PEOPLE_MOST = 500


def sign_in(desk: Desk, number: str, pin: str) -> Person:
    """Sign someone in; a colleague's open basket stays theirs until they come back.

    Raises Refusal: `wrong_pin` (the same for an unknown number), `locked` with the time to wait.
    """
    known = _check(desk, number, pin)
    if desk.person is not None and desk.person.ref != known.person.ref:
        desk.ports.ledger.record(
            StaffSignedOut(staff=desk.person.ref),
            StaffSignedIn(staff=known.person.ref, role=known.person.role),
        )
    else:
        desk.ports.ledger.record(StaffSignedIn(staff=known.person.ref, role=known.person.role))
    desk.person = known.person
    desk.just_sold = False
    desk.armed_quantity = None
    if desk.basket.is_empty:
        show_welcome(desk)
    else:
        show_basket(desk, desk.basket.last)
    return known.person


def sign_out(desk: Desk) -> None:
    """Leave the till; an open basket stays where it is."""
    if desk.person is not None:
        desk.ports.ledger.record(StaffSignedOut(staff=desk.person.ref))
        desk.person = None
        desk.just_sold = False
        desk.armed_quantity = None
        show_welcome(desk)


def lend(desk: Desk, number: str, pin: str, permission: Permission) -> Loan:
    """Let someone who holds a permission lend it for one gesture; it is written when used."""
    known = _check(desk, number, pin)
    if not allows(known.person.role, permission):
        raise Refusal(
            "cannot_lend",
            "{name} does not hold the permission “{permission}” either; ask a manager.",
            name=known.person.name,
            permission=permission.value,
        )
    return Loan(permission, known.person.ref)


def _check(desk: Desk, number: str, pin: str) -> Credentials:
    known = desk.ports.people.by_number(number)
    if known is None:
        desk.ports.pins.matches("", pin)  # as slow as for a known number
        desk.ports.sound.play("refused")
        raise Refusal("wrong_pin", "This number and PIN do not fit; type them again.")
    _check_lock(desk, known)
    if not desk.ports.pins.matches(known.pin_hash, pin):
        failures = known.failures + 1
        desk.ports.ledger.record(
            SignInRefused(staff=known.person.ref, failures=failures, wait_s=wait_s(failures))
        )
        desk.ports.sound.play("refused")
        raise Refusal("wrong_pin", "This number and PIN do not fit; type them again.")
    return known


def _check_lock(desk: Desk, known: Credentials) -> None:
    """Refuse while a lock runs; one longer than any lock shows a clock that was set back."""
    if not known.locked_until:
        return
    left = instant(known.locked_until) - desk.ports.clock.now()
    if timedelta(0) < left <= timedelta(seconds=WAIT_MOST_S):
        raise Refusal(
            "locked",
            "Too many wrong PINs; wait {seconds} s and try again.",
            seconds=-(-left // timedelta(seconds=1)),
        )


def add_person(desk: Desk, person: Person, pin: str, loan: Loan | None = None) -> None:
    """Add someone (permission `staff`); the very first person of a till must be a manager."""
    check_pin(pin)
    everyone = desk.ports.people.all()
    if person.role not in ROLES or (not everyone and person.role != Role.MANAGER):
        raise Refusal("bad_role", "“{role}” cannot be the role here.", role=person.role)
    if len(everyone) >= PEOPLE_MOST:
        raise Refusal("too_many_people", "{most} people is the most.", most=PEOPLE_MOST)
    if any(one.number == person.number and one.ref != person.ref for one in everyone):
        raise Refusal("number_taken", "The number {number} is taken.", number=person.number)
    added = StaffAdded(staff=person.ref, role=person.role)
    if everyone:
        desk.record_permitted(desk.permit(Permission.STAFF, loan), loan, added)
    else:
        desk.ports.ledger.record(added)
    desk.ports.people.add(person, desk.ports.pins.hash(pin))
