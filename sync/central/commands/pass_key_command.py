"""`comptoir-central pass-key`: the keys that sign pickup passes, replaced and withdrawn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from sync.central import numbers, pass_keys, stores
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.commands.typed import Folder, at
from sync.central.engine import Centre
from sync.central.open import Opened
from sync.central.orders.reissue import say_passes_again
from sync.central.pass_keys import OWN_KEY, Ring

pass_key = typer.Typer(help="The keys that sign pickup passes.", no_args_is_help=True)


@pass_key.command("list")
def key_list(folder: Folder = None) -> None:
    """List the keys: since when each signs, and which one does now."""
    raise typer.Exit(_list(at(folder)))


@pass_key.command("rotate")
def key_rotate(folder: Folder = None) -> None:
    """Make a new key; it signs the passes of orders from now on.

    Those of earlier orders stay good until their orders end.
    """
    raise typer.Exit(_rotate(at(folder)))


@pass_key.command("revoke")
def key_revoke(
    number: Annotated[int, typer.Argument(help="As the list names it.", min=0, max=15)],
    folder: Folder = None,
) -> None:
    """Withdraw a key that leaked: no till takes its passes any more.

    Customers whose order is ready get their letter again with a new pass; their page shows it. Cut
    short, run it again: it writes to all of them.
    """
    raise typer.Exit(_revoke(at(folder), number))


async def _ring(centre: Centre, found: Opened) -> Ring:
    async with centre.everywhere() as sessions:
        return await pass_keys.ring(sessions[0], found.secrets.passes)


def _list(folder: Path) -> int:
    ring = at_centre(folder, _ring)
    try:
        signs = ring.newest()
    except Refusal:
        signs = -1
    for number, one in sorted(ring.told.items()):
        at_ = datetime.fromtimestamp(one.since, UTC).astimezone()
        since = words().moment(at_) if one.since else "–"
        state = Sentence("withdrawn") if one.revoked else Sentence("old passes stay good")
        state = Sentence("signs new passes") if number == signs else state
        is_here = ring.keys.signer(number) is not None
        where = Sentence("on this machine") if is_here else Sentence("on another machine")
        told = words().say
        typer.echo(f"{number:<3} {since:<20} {told(state)}, {told(where)}")
    return 0


def _rotate(folder: Path) -> int:
    async def deed(centre: Centre, found: Opened) -> tuple[int, Path]:
        number = (await _ring(centre, found)).free()
        file = found.secrets.passes.make(number)
        await numbers.tell(centre, found.secrets.passes, datetime.now(UTC))
        await asyncio.sleep(1)  # it signs from the next whole second on
        return number, file

    number, file = at_centre(folder, deed)
    say(Sentence("Key {number} signs the passes of orders from now on.", number=number))
    say(Sentence("Keep a copy of {file} in a safe place.", file=str(file)))
    say(Sentence("Put it also on every other machine of this centre, into the same folder."))
    return 0


def _revoke(folder: Path, number: int) -> int:
    async def deed(centre: Centre, found: Opened) -> int:
        ring = await _ring(centre, found)
        if number not in ring.told:
            raise Refusal("unknown", "There is no key {number}.", number=number)
        if number == ring.newest():
            raise Refusal(
                "key_signs", "Key {number} signs new passes: run pass-key rotate first.",
                number=number,
            )  # fmt: skip
        now = datetime.now(UTC)
        found.secrets.passes.revoke(number)
        await numbers.tell(centre, found.secrets.passes, now)
        names = [one.store for one in await stores.every(centre)]
        return sum([await say_passes_again(centre, one, ring, number, now) for one in names])

    count = at_centre(folder, deed)
    say(Sentence("Key {number} is withdrawn: no till takes its passes any more.", number=number))
    say(Sentence("{count} customer gets a letter with a new pass.", count=count))
    if number == OWN_KEY:
        say(Sentence("What tills and this centre say to each other is not changed by it."))
    return 0
