"""What the till takes of its centre between two sales: its people, and an order to part."""

from __future__ import annotations

from pos.domain.events import Event, StaffAdded, StaffPinChanged, StaffRemoved
from pos.domain.staff import Person, Role
from pos.domain.words import Sentence
from pos.ports.centre import Centre, ForkOrder, StaffChange
from pos.till.desk import Desk


def between_sales(desk: Desk) -> list[Sentence]:
    """Take what the centre has for this till; return what a manager should know of it.

    Nothing is taken while a basket is in someone's hands, a card has no answer, or what the disk
    refused waits to be written. Raises StoreUnavailable; what was taken until then stays.
    """
    centre = desk.ports.centre
    if centre is None or not centre.enrolled() or _is_busy(desk):
        return []
    told = follow_fork(desk)
    for change in sorted(centre.staff_changes(), key=lambda one: one.fields is not None):
        told += _take(desk, centre, change)  # who leaves first: their number is free then
    return told


def follow_fork(desk: Desk) -> list[Sentence]:
    """Part where the centre ordered it, and say so: all that a kiosk takes, which has no people."""
    centre = desk.ports.centre
    order = None if centre is None else centre.fork()
    return [] if centre is None or order is None else [_part(desk, centre, order)]


def _is_busy(desk: Desk) -> bool:
    return bool(desk.unwritten) or any(one.basket.steps or one.card for one in desk.open.values())


def _part(desk: Desk, centre: Centre, order: ForkOrder) -> Sentence:
    """Begin a new epoch after the last entry that the centre and the till both hold."""
    centre.obey(order)
    return Sentence(
        "The centre holds other entries than this till after {epoch}/{number}: a copy of this"
        " machine was used elsewhere. Numbers start again in epoch {new}; nothing is lost.",
        epoch=order.epoch,
        number=order.number,
        new=desk.ports.ledger.place.epoch,
    )


def _take(desk: Desk, centre: Centre, change: StaffChange) -> list[Sentence]:
    """Bring one person to what the centre says; what cannot be is told once, and tried again."""
    known = {one.ref: one for one in desk.ports.people.all()}
    old = known.get(change.ref)
    is_other = change.fields is None or (old is not None and old.role != change.fields.role)
    if old is not None and is_other and not _may_leave(desk, old):
        return []  # tried again when somebody else stands at the till
    if change.fields is None:
        if old is not None:
            desk.record(StaffRemoved(staff=change.ref))
        centre.took(change)
        return []
    fields = change.fields
    person = Person(change.ref, fields.number, fields.name, fields.role)
    other = next((one for one in known.values() if one.number == person.number), None)
    if other is not None and other.ref != change.ref:
        if change.digest in desk.refused_people:
            return []  # tried again each time, told once
        desk.refused_people.add(change.digest)
        return [
            Sentence(
                "The centre gives {name} the number {number}, which {other} has here.",
                name=person.name,
                number=person.number,
                other=other.name,
            )
        ]
    desk.record(_event(old, person))
    desk.ports.people.add(person, fields.pin_hash)
    centre.took(change)
    return []


def _event(old: Person | None, person: Person) -> Event:
    if old is not None and old.role == person.role:
        return StaffPinChanged(staff=person.ref)
    return StaffAdded(staff=person.ref, role=person.role)


def _may_leave(desk: Desk, person: Person) -> bool:
    """Whoever stands at the till, has a basket, or is its last manager, stays as they are."""
    managers = [one for one in desk.ports.people.all() if one.role == Role.MANAGER]
    is_here = desk.person is not None and desk.person.ref == person.ref
    has_basket = person.ref in desk.open and bool(desk.open[person.ref].basket.steps)
    return managers != [person] and not is_here and not has_basket
