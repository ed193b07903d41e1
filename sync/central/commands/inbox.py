"""`conflicts`: what a person must look at, and how it was settled."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.words import Sentence
from sync.central import conflicts, stores
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.conflicts import Conflict
from sync.central.engine import Centre
from sync.central.open import Opened


def list_items(folder: Path, store: str, *, settled: bool) -> int:
    """Print the items of one store, or of all: what, where, since when, why; how many more."""

    async def deed(centre: Centre, _found: Opened) -> list[tuple[str, list[Conflict], int]]:
        names = [store] if store else [one.store for one in await stores.every(centre)]
        found: list[tuple[str, list[Conflict], int]] = []
        for name in names:
            async with centre.session(name) as session:
                items = await conflicts.listed(session, name, settled=settled)
                count = await conflicts.count(session, name, settled=settled)
            found.append((name, items, count))
        return found

    for name, items, count in at_centre(folder, deed):
        for item in items:
            at = words().moment(item.happened_at.astimezone())
            mark = "✓" if item.settled_at else "!" if item.slug in conflicts.GRAVE else " "
            typer.echo(f"{mark} {name} {at}  {item.name}  {item.why}")
        if count > len(items):
            more = count - len(items)
            say(Sentence("{store}: {count} more items are not shown.", store=name, count=more))
    return 0


def show_item(folder: Path, store: str, name: str) -> int:
    """Print all that is known of an item."""

    async def deed(centre: Centre, _found: Opened) -> Conflict:
        async with centre.session(store) as session:
            return await conflicts.named(session, store, name)

    item = at_centre(folder, deed)
    for field, value in (
        ("name", item.name),
        ("entry", f"{store}-{item.till_id}-{item.epoch}/{item.number:06d}"),
        ("at", item.happened_at),
        ("why", item.why),
        ("settled", item.settled_at or "–"),
        ("by", item.settled_by or "–"),
        ("note", item.note or "–"),
    ):
        typer.echo(f"{field:<8} {value}")
    typer.echo(json.dumps(json.loads(item.evidence), ensure_ascii=False, indent=2))
    return 0


def settle_item(folder: Path, store: str, name: str, note: str) -> int:
    """Say how an item was settled."""

    async def deed(centre: Centre, _found: Opened) -> None:
        by, now = getpass.getuser(), datetime.now(UTC)

        async def settle(session: AsyncSession) -> None:
            await conflicts.settle(session, store, name, by=by, note=note, now=now)
            await session.commit()

        await centre.done(store, settle)

    at_centre(folder, deed)
    say(Sentence("{name} is settled.", name=name))
    return 0
