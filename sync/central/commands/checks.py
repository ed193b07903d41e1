"""`doctor` and `backup-check`."""

from __future__ import annotations

from pathlib import Path

import typer

from pos.domain.words import Sentence
from sync.central import rebuild, stores
from sync.central.audit import Audit, audit
from sync.central.commands.said import complain, say, words
from sync.central.commands.shops import at_centre
from sync.central.doctor import Finding, examine
from sync.central.engine import Centre
from sync.central.open import Opened

_MARKS = {"well": "✓", "look": "!", "wrong": "✗"}


def doctor(folder: Path, *, deep: bool) -> int:
    """Print what an installer should know; 1 when something is wrong."""

    async def deed(centre: Centre, found: Opened) -> list[Finding]:
        return await examine(found, centre, deep=deep)

    findings = at_centre(folder, deed)
    for one in findings:
        typer.echo(f"{_MARKS[one.state]} {words().say(one.sentence)}")
    return int(any(one.state == "wrong" for one in findings))


def backup_check(folder: Path, urls: list[str]) -> int:
    """Check a restored backup, and how far it is behind the centre; 1 when something is wrong."""

    async def deed(centre: Centre, _found: Opened) -> int:
        copy = Centre.of(urls)
        try:
            return await _compare(copy, centre)
        finally:
            await copy.close()

    return at_centre(folder, deed)


async def _compare(copy: Centre, centre: Centre) -> int:
    shops = await stores.every(copy)
    entries = behind = 0
    wrong: list[str] = []
    for shop in shops:
        found = await _audited(copy, shop.store)
        entries += found.entries
        wrong += found.wrong
        async with copy.session(shop.store) as session:
            differences = await rebuild.compare(session, shop.store)
        wrong += [f"{shop.store} {name}" for name in differences.names]
        held = sum(found.heads.values())
        now = await stores.tills(centre, [shop.store])
        behind += sum(one.entries for one in now) - held
    missing = len(await stores.every(centre)) - len(shops)
    for line in wrong:
        complain(line)
    say(
        Sentence(
            "{stores} stores, {entries} entries checked, {wrong} wrong;"
            " behind the centre by {behind} entries and {missing} stores.",
            stores=len(shops),
            entries=entries,
            wrong=len(wrong),
            behind=behind,
            missing=missing,
        )
    )
    return int(bool(wrong) or not entries)


async def _audited(copy: Centre, store: str) -> Audit:
    async with copy.session(store) as session:
        return await audit(session, store)
