"""`store`, `enrol-code`, `till`, `staff`: the shops, their tills and their people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from sync.central import access, codes, numbers, stores
from sync.central.commands.said import say, words
from sync.central.engine import Centre
from sync.central.open import Opened, connected, opened
from sync.central.stores import StoreFacts
from sync.central.values import CentreRefusal, TillId

T = TypeVar("T")


def at_centre(folder: Path, deed: Callable[[Centre, Opened], Awaitable[T]]) -> T:
    """Do something with the databases of a folder's centre. Raises Refusal for what it refuses."""

    async def done(found: Opened) -> T:
        async with connected(found) as centre:
            return await deed(centre, found)

    with opened(folder) as found:
        try:
            return asyncio.run(done(found))
        except CentreRefusal as refused:
            raise Refusal(refused.slug, "{why}.", why=refused.why) from refused


def add_store(folder: Path, facts: StoreFacts) -> int:
    """Open a shop."""

    async def deed(centre: Centre, found: Opened) -> None:
        now = datetime.now(UTC)
        await stores.put(centre, facts, now)
        await numbers.tell(centre, found.secrets.passes, now)

    at_centre(folder, deed)
    say(Sentence("The store {store}, {name}, is open.", store=facts.store, name=facts.name))
    return 0


def list_stores(folder: Path) -> int:
    """Print the shops."""

    async def deed(centre: Centre, _found: Opened) -> list[StoreFacts]:
        return await stores.every(centre)

    for one in at_centre(folder, deed):
        typer.echo(f"{one.store:<8} {one.name:<30} {one.time_zone:<20} {one.price_zone}")
    return 0


def enrol_code(folder: Path, who: TillId, url: str) -> int:
    """Print a one-time code for a till, and the QR code that says the same."""
    code = codes.fresh()

    async def deed(centre: Centre, found: Opened) -> datetime:
        await stores.known(centre, who)
        hashed = found.secrets.peppered(code)

        async def put(session: AsyncSession) -> datetime:
            end = await access.put_code(session, who, hashed, datetime.now(UTC))
            await session.commit()
            return end

        return await centre.done(who.store, put)

    end = at_centre(folder, deed)
    typer.echo(codes.shown(code))
    _print_qr(codes.link(url, str(who), code))
    say(
        Sentence(
            "For {till}, once, until {at}.", till=str(who), at=words().moment(end.astimezone())
        )
    )
    return 0


def list_tills(folder: Path, store: str) -> int:
    """Print the tills: when each was heard, what is held of it, whether it is let in."""

    async def deed(centre: Centre, _found: Opened) -> list[stores.TillFacts]:
        names = [store] if store else [one.store for one in await stores.every(centre)]
        return await stores.tills(centre, names)

    say_word = words().say
    for one in at_centre(folder, deed):
        heard = words().moment(one.heard_at.astimezone()) if one.heard_at else "–"
        state = say_word("enrolled") if one.keys else say_word("not let in")
        if one.closed_at is not None:
            state = say_word("closed")
        typer.echo(f"{one.who!s:<12} {heard:<20} {one.entries:>9} {state:<12} {one.software}")
    return 0


def revoke_till(folder: Path, who: TillId) -> int:
    """Let a till in no more, from its next request on."""

    async def deed(centre: Centre, _found: Opened) -> int:
        async def revoke(session: AsyncSession) -> int:
            count = await access.revoke(session, who, datetime.now(UTC))
            await session.commit()
            return count

        return await centre.done(who.store, revoke)

    if not at_centre(folder, deed):
        raise Refusal("unknown", "No key of {till} is let in.", till=str(who))
    say(Sentence("{till} is not let in any more.", till=str(who)))
    return 0


def close_till(folder: Path, who: TillId) -> int:
    """Let a till go for good."""

    async def deed(centre: Centre, _found: Opened) -> None:
        now = datetime.now(UTC)
        await centre.done(who.store, lambda session: stores.close_till(session, who, now))

    at_centre(folder, deed)
    say(Sentence("{till} is closed: nobody waits for it any more.", till=str(who)))
    return 0


def _print_qr(text: str) -> None:
    import qrcode

    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=2)
    picture.add_data(text)
    picture.print_ascii(invert=True)
