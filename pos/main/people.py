"""`comptoir staff`: who may use this till, set up from the machine's own terminal."""

from __future__ import annotations

import typer

from config import settings as settings_file
from config.places import places
from pos.domain.errors import Refusal
from pos.domain.events import StaffAdded
from pos.domain.staff import ROLES, Person, Role, check_pin
from pos.main.join import store_of
from pos.main.world import ArgonPins, UlidIds


def add(number: str, name: str, role: str) -> int:
    """Ask for a PIN and add the person; whoever holds this machine's account may do so."""
    if role not in ROLES:
        raise Refusal("bad_role", "“{role}” is no role; cashier, clerk, manager are.", role=role)
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise Refusal("bad_number", "“{number}” is no number; type 1 to 6 digits.", number=number)
    store = store_of(settings_file.load(), places())
    try:
        everyone = store.people.all()
        if not everyone and role != Role.MANAGER:
            raise Refusal("manager_first", "The first person of a till must be a manager.")
        if any(one.number == number for one in everyone):
            raise Refusal("number_taken", "The number {number} is taken.", number=number)
        pin = typer.prompt("PIN", hide_input=True, confirmation_prompt=True)
        check_pin(pin)
        person = Person(UlidIds().token(), number, name[:40], role)
        store.people.add(person, ArgonPins().hash(pin))
        store.ledger.record(StaffAdded(staff=person.ref, role=role))
    finally:
        store.close()
    return 0


def everyone() -> int:
    """Print number, name and role of everyone."""
    store = store_of(settings_file.load(), places())
    try:
        for person in store.people.all():
            typer.echo(f"{person.number:>6}  {person.name:<20} {person.role}")
    finally:
        store.close()
    return 0
