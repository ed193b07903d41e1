"""`conflicts`: what a person must look at, and how it was settled."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import typer

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from sync.central import conflicts, stores
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.conflicts import Conflict
from sync.central.engine import Centre
from sync.central.open import Opened


def list_items(folder: Path, store: str, *, settled: bool) -> int:
    """Print the items of one store, or of all: what, where, since when, why."""

    async def deed(centre: Centre, _found: Opened) -> list[tuple[str, Conflict]]:
        names = [store] if store else [one.store for one in await stores.every(centre)]
        found: list[tuple[str, Conflict]] = []
        for name in names:
            async with centre.session(name) as session:
                items = await conflicts.listed(session, name, settled=settled)
            found += [(name, item) for item in items]
        return found

    for name, item in at_centre(folder, deed):
        at = words().moment(item.happened_at.astimezone())
        mark = "✓" if item.settled_at else " "
        typer.echo(f"{mark} {name} {at}  {item.name}  {item.why}")
    return 0


def show_item(folder: Path, store: str, name: str) -> int:
    """Print all that is known of an item."""

    async def deed(centre: Centre, _found: Opened) -> Conflict | None:
        async with centre.session(store) as session:
            items = await conflicts.listed(session, store, settled=True)
        return next((item for item in items if item.name == name), None)

    item = at_centre(folder, deed)
    if item is None:
        raise Refusal("unknown", "The inbox of {store} has no item {name}.", store=store, name=name)
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
        async with centre.session(store) as session:
            by = getpass.getuser()
            await conflicts.settle(session, store, name, by=by, note=note, now=datetime.now(UTC))
            await session.commit()

    at_centre(folder, deed)
    say(Sentence("{name} is settled.", name=name))
    return 0
