"""`comptoir staff`: who may use this till, set up from the machine's own terminal.

Whoever holds the machine's account may do so: the till's files are theirs anyway. The journal says
that it was the machine's account (`machine`) that did.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass

import typer

from config import settings as settings_file
from config.places import places
from pos.domain.errors import Refusal
from pos.domain.staff import Person, Role
from pos.domain.words import Sentence
from pos.main.join import check_kind, desk_of, store_of
from pos.main.world import UlidIds
from pos.till import staff
from pos.till.desk import Desk

MACHINE = Person("machine", "", "machine", Role.MANAGER)
"""Who the journal names for what is done here."""


@contextmanager
def _desk() -> Iterator[Desk]:
    settings = settings_file.load()
    check_kind(settings, "till")
    store = store_of(settings, places())
    try:
        desk = desk_of(settings, store)
        desk.person = MACHINE
        yield desk
    finally:
        store.close()


def add(number: str, name: str, role: str) -> int:
    """Ask for a PIN and add the person."""
    with _desk() as desk:
        person = Person(UlidIds().token(), number, name.strip()[:40], role)
        staff.check_person(desk, person)
        staff.add_person(desk, person, _ask_pin(desk))
        typer.echo(desk.words().say(Sentence("{name} may use this till.", name=person.name)))
    return 0


def set_pin(number: str) -> int:
    """Ask for a new PIN and give it to whoever signs in with the number."""
    with _desk() as desk:
        person = _find(desk, number)
        staff.change_pin(desk, person.ref, _ask_pin(desk))
        typer.echo(desk.words().say(Sentence("{name} has a new PIN.", name=person.name)))
    return 0


def remove(number: str) -> int:
    """Take whoever signs in with the number off the till; old tickets keep their number."""
    with _desk() as desk:
        person = _find(desk, number)
        staff.remove_person(desk, person.ref)
        said = Sentence("{name} does not use this till any more.", name=person.name)
        typer.echo(desk.words().say(said))
    return 0


def everyone() -> int:
    """Print number, name and role of everyone."""
    with _desk() as desk:
        for person in desk.ports.people.all():
            typer.echo(f"{person.number:>6}  {person.name:<20} {person.role}")
    return 0


def _ask_pin(desk: Desk) -> str:
    """Ask for a PIN twice, unseen; what is typed before the question is asked is thrown away."""
    say = desk.words().say
    pin = getpass(say(Sentence("PIN (4 to 12 digits)")) + ": ")
    if getpass(say(Sentence("Repeat the PIN")) + ": ") != pin:
        raise Refusal("pins_differ", "The two PINs differ; nothing was changed.")
    return pin


def _find(desk: Desk, number: str) -> Person:
    for person in desk.ports.people.all():
        if person.number == number:
            return person
    raise Refusal("no_person", "Nobody here has the number {number}.", number=number)
