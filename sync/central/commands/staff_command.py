"""`comptoir-central staff`: who may use the tills of a store."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.errors import Refusal
from pos.domain.staff import Person, check_pin
from pos.domain.words import Sentence
from sync.central import staff as people
from sync.central import stores
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.commands.typed import Folder, StoreName, at
from sync.central.engine import Centre
from sync.central.open import Opened
from sync.central.values import TillId

T = TypeVar("T")

staff = typer.Typer(help="Who may use the tills.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="What the person types to sign in, e.g. 1.")]


@staff.command("add")
def staff_add(
    store: StoreName,
    number: Number,
    name: Annotated[str, typer.Argument(help="A first name, as printed on tickets.")],
    role: Annotated[str, typer.Option(help="cashier, clerk or manager.")] = "cashier",
    folder: Folder = None,
) -> None:
    """Let someone use the tills of a store; asks for the PIN."""
    pin_hash, now = _ask_pin(), datetime.now(UTC)
    person = Person(os.urandom(10).hex(), number, name.strip()[:40], role)
    _with(at(folder), store, lambda session: people.add(session, store, person, pin_hash, now))
    say(Sentence("{name} may use the tills of {store}.", name=person.name, store=store))


@staff.command("list")
def staff_list(store: StoreName, folder: Folder = None) -> None:
    """List who may use the tills of a store: number, role, name."""
    for one in _with(at(folder), store, lambda session: people.listed(session, store)):
        typer.echo(f"{one.number:<8} {one.role:<10} {one.name}")


@staff.command("pin")
def staff_pin(store: StoreName, number: Number, folder: Folder = None) -> None:
    """Give someone another PIN; asks for it."""
    told, now = {"pin_hash": _ask_pin()}, datetime.now(UTC)
    one = _with(at(folder), store, lambda found: people.change(found, store, number, told, now))
    say(Sentence("{name} has a new PIN.", name=one.name))


@staff.command("role")
def staff_role(
    store: StoreName,
    number: Number,
    role: Annotated[str, typer.Argument(help="cashier, clerk or manager.")],
    folder: Folder = None,
) -> None:
    """Give someone another role."""
    told, now = {"role": role}, datetime.now(UTC)
    one = _with(at(folder), store, lambda found: people.change(found, store, number, told, now))
    say(Sentence("{name} is {role} now.", name=one.name, role=one.role))


@staff.command("remove")
def staff_remove(store: StoreName, number: Number, folder: Folder = None) -> None:
    """Let someone use the tills of a store no more; the number is free again."""
    now = datetime.now(UTC)
    name = _with(at(folder), store, lambda found: people.remove_number(found, store, number, now))
    say(Sentence("{name} may not use the tills of {store} any more.", name=name, store=store))


def _with(folder: Path, store: str, deed: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do something with the people of a store. Raises Refusal."""

    async def done(centre: Centre, _found: Opened) -> T:
        await stores.known(centre, TillId(store, ""))
        return await centre.done(store, deed)

    return at_centre(folder, done)


def _ask_pin() -> str:
    """Ask for a PIN, twice, and return its hash."""
    say_word = words().say
    pin = getpass(say_word("PIN (4 to 12 digits)") + ": ")
    if getpass(say_word("Repeat the PIN") + ": ") != pin:
        raise Refusal("pins_differ", "The two PINs differ; nothing was changed.")
    check_pin(pin)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(pin)
