"""Who stands at the till: signing in by PIN, quick switch, and lending a permission for once."""

from __future__ import annotations

from datetime import timedelta

from pos.domain.errors import Refusal
from pos.domain.events import (
    BasketParked,
    Event,
    LoanGiven,
    PermissionUsed,
    SignInRefused,
    StaffAdded,
    StaffPinChanged,
    StaffRemoved,
    StaffSignedIn,
    StaffSignedOut,
)
from pos.domain.shift import instant
from pos.domain.staff import (
    PERMISSION_NAMES,
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
from pos.till.desk import Desk, Loan, spend

PEOPLE_MOST = 500


def sign_in(desk: Desk, number: str, pin: str) -> Person:
    """Sign someone in; a colleague's open basket stays theirs until they come back.

    Raises Refusal: `wrong_pin` (the same for an unknown number), `locked` with the time to wait.
    """
    known = _check(desk, number, pin)
    if desk.person is not None and desk.person.ref != known.person.ref:
        desk.record(
            StaffSignedOut(staff=desk.person.ref),
            StaffSignedIn(staff=known.person.ref, role=known.person.role),
        )
    else:
        desk.record(StaffSignedIn(staff=known.person.ref, role=known.person.role))
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
        desk.record(StaffSignedOut(staff=desk.person.ref))
        desk.person = None
        desk.just_sold = False
        desk.armed_quantity = None
        show_welcome(desk)


def lend(desk: Desk, number: str, pin: str, permission: Permission) -> Loan:
    """Let someone who holds a permission lend it for one gesture; it is written, used or not.

    Raises Refusal as signing in does, and `cannot_lend` for someone who does not hold it either.
    """
    known = _check(desk, number, pin)
    if not allows(known.person.role, permission):
        raise Refusal(
            "cannot_lend",
            "{name} does not hold the permission “{permission}” either; ask a manager.",
            name=known.person.name,
            permission=PERMISSION_NAMES[permission],
        )
    return _lent(desk, permission, known.person.ref)


def lend_on(desk: Desk, loan: Loan, permission: Permission) -> Loan | None:
    """Let whoever lent a permission lend another that the same gesture needs, by the same PIN.

    What it covers was said when the PIN was asked for. None where they do not hold it.
    """
    lender = next((one for one in desk.ports.people.all() if one.ref == loan.lender), None)
    if lender is None or not allows(lender.role, permission):
        return None
    return _lent(desk, permission, lender.ref)


def _lent(desk: Desk, permission: Permission, lender: str) -> Loan:
    borrower = desk.person.ref if desk.person else ""
    desk.record(LoanGiven(permission=permission.value, staff=borrower, lender=lender))
    return Loan(permission, lender)


def _check(desk: Desk, number: str, pin: str) -> Credentials:
    known = desk.ports.people.by_number(number)
    if known is None:
        desk.ports.pins.matches("", pin)  # as slow as for a known number
        desk.ports.sound.play("refused")
        raise Refusal("wrong_pin", "This number and PIN do not fit; type them again.")
    _check_lock(desk, known)
    if not desk.ports.pins.matches(known.pin_hash, pin):
        failures = known.failures + 1
        desk.record(
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
    """Add someone (permission `staff`); the very first person of a till must be a manager.

    The journal says it first: nobody can sign in of whom it does not know. A death between the
    two leaves an entry and no person; adding them again is right then.
    """
    check_pin(pin)
    check_person(desk, person)
    used = desk.permit(Permission.STAFF, loan) if desk.ports.people.all() else None
    hashed = desk.ports.pins.hash(pin)
    _record_staff(desk, used, StaffAdded(staff=person.ref, role=person.role))
    desk.ports.people.add(person, hashed)
    spend(loan, used)


def check_person(desk: Desk, person: Person) -> None:
    """Refuse a person that `add_person` would, before anyone thinks of a PIN."""
    everyone = desk.ports.people.all()
    if not (person.number.isascii() and person.number.isdigit() and len(person.number) <= 6):
        raise Refusal(
            "bad_number", "“{number}” is no number; type 1 to 6 digits.", number=person.number
        )
    if not person.name:
        raise Refusal("no_name", "A person needs a first name.")
    if person.role not in ROLES:
        raise Refusal(
            "bad_role", "“{role}” is no role; cashier, clerk, manager are.", role=person.role
        )
    if not everyone and person.role != Role.MANAGER:
        raise Refusal("manager_first", "The first person of a till must be a manager.")
    if len(everyone) >= PEOPLE_MOST:
        raise Refusal("too_many_people", "{most} people is the most.", most=PEOPLE_MOST)
    if any(one.number == person.number or one.ref == person.ref for one in everyone):
        raise Refusal("number_taken", "The number {number} is taken.", number=person.number)


def change_pin(desk: Desk, ref: str, pin: str, loan: Loan | None = None) -> None:
    """Give someone another PIN (permission `staff`); wrong ones typed before are forgotten."""
    check_pin(pin)
    person = _person(desk, ref)
    used = desk.permit(Permission.STAFF, loan)
    hashed = desk.ports.pins.hash(pin)
    _record_staff(desk, used, StaffPinChanged(staff=ref))
    desk.ports.people.add(person, hashed)
    spend(loan, used)


def remove_person(desk: Desk, ref: str, loan: Loan | None = None) -> None:
    """Take someone off the till (permission `staff`); an open basket of theirs is put aside.

    Entry and removal are one transaction. Raises Refusal: `no_person`, `last_manager`,
    `signed_in` for whoever stands at the till.
    """
    person = _person(desk, ref)
    managers = [one for one in desk.ports.people.all() if one.role == Role.MANAGER]
    if managers == [person]:
        raise Refusal("last_manager", "{name} is the last manager; add another first.",
                      name=person.name)  # fmt: skip
    if desk.person is not None and desk.person.ref == ref:
        raise Refusal("signed_in", "{name} is signed in; sign out first.", name=person.name)
    used = desk.permit(Permission.STAFF, loan)
    left = desk.open.get(ref)
    aside: list[Event] = []
    if left is not None and left.basket.steps:
        lines, total = len(left.basket.lines), left.basket.total
        aside.append(BasketParked(basket=left.name, staff=ref, lines=lines, total=total))
    _record_staff(desk, used, *aside, StaffRemoved(staff=ref))
    desk.open.pop(ref, None)
    if left is not None and aside:
        desk.parked.append(left)
    spend(loan, used)


def _person(desk: Desk, ref: str) -> Person:
    found = next((one for one in desk.ports.people.all() if one.ref == ref), None)
    if found is None:
        raise Refusal("no_person", "This person does not use the till any more.")
    return found


def _record_staff(desk: Desk, used: PermissionUsed | None, *events: Event) -> None:
    desk.record(*([used] if used else []), *events)
