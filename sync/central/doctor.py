"""What an installer should know of a centre before its tills do: checks that change nothing."""

from __future__ import annotations

import shutil
import stat
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.script import ScriptDirectory
from cryptography import x509
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from pos.domain.shift import instant
from pos.domain.words import Amount, Sentence
from sync.central import closings, conflicts, lacking, parked, rebuild, stores
from sync.central.engine import Centre
from sync.central.lacking import Lack
from sync.central.open import Opened
from sync.central.orders import refunds
from sync.central.values import TillId

POSTGRES_LEAST = 150_000
CLOCK_MOST_S = 2
CERTIFICATE_LEFT = timedelta(days=21)
FREE_LEAST_BYTES = 2_000_000_000
UNHEARD_FOR = timedelta(days=2)
UNATTENDED_FOR = timedelta(minutes=10)
UNPAID_FOR = timedelta(days=7)
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at: well, worth a look, or wrong."""

    state: Literal["well", "look", "wrong"]
    sentence: Sentence


async def examine(found: Opened, centre: Centre, *, deep: bool = False) -> list[Finding]:
    """Return what was found, in the order in which it matters; `deep` tells every journal again."""
    findings = list(_files(found))
    for number, engine in enumerate(centre.engines, start=1):
        try:
            async with engine.connect() as connection:
                findings += await _database(connection, number)
                outdated = await _schema(connection)
        except Exception as error:  # noqa: BLE001  whatever it is, it is what the doctor tells
            sentence = Sentence(
                "The database {number} does not answer: {why}.",
                number=number,
                why=type(error).__name__,
            )
            return [*findings, Finding("wrong", sentence)]
        if outdated:
            return [*findings, *outdated]
    findings += [*await _tills(centre), *await _worker(centre)]
    for shop in await stores.every(centre):
        async with centre.session(shop.store) as session:
            findings += [one async for one in _books(session, shop.store)]
    return [*findings, *(await _projections(centre) if deep else [])]


def _files(found: Opened) -> Iterable[Finding]:
    key = found.folder / "centre.key"
    if stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("wrong", Sentence("{file} can be read by others.", file=str(key)))
    free = shutil.disk_usage(found.folder).free
    if free < FREE_LEAST_BYTES:
        yield Finding("look", Sentence("{mb} MB are free in the folder.", mb=free // 1_000_000))
    if found.settings.certificate:
        yield _certificate(Path(found.settings.certificate))


def _certificate(file: Path) -> Finding:
    try:
        end = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return Finding("wrong", Sentence("The certificate {file} is none.", file=str(file)))
    state: Literal["well", "look", "wrong"] = "well"
    if end - datetime.now(UTC) < CERTIFICATE_LEFT:
        state = "look" if end > datetime.now(UTC) else "wrong"
    return Finding(state, Sentence("The certificate is valid until {day}.", day=end.date()))


async def _database(connection: AsyncConnection, number: int) -> list[Finding]:
    version = int((await connection.execute(text("SHOW server_version_num"))).scalar_one())
    findings = [
        Finding(
            "well" if version >= POSTGRES_LEAST else "wrong",
            Sentence(
                "The database {number} is PostgreSQL {version}.",
                number=number,
                version=version // 10_000,
            ),
        )
    ]
    for name, wanted in _DURABLE.items():
        value = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        if value != wanted:
            sentence = Sentence(
                "PostgreSQL has {name} {value}: a power cut loses entries.",
                name=name,
                value=str(value),
            )
            findings.append(Finding("wrong", sentence))
    findings += await _clock(connection)
    return findings


def newest_step() -> str:
    """Return the migration that this program ends with."""
    config = Config()
    config.set_main_option("script_location", "sync.central:migrations")
    return ScriptDirectory.from_config(config).get_current_head() or ""


async def _schema(connection: AsyncConnection) -> list[Finding]:
    exists = await connection.execute(text("SELECT to_regclass('alembic_version')"))
    held = ""
    if exists.scalar_one() is not None:
        held = str(
            (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        )
    if held == newest_step():
        return []
    sentence = Sentence(
        "The tables are of step {held}, the program's of {wanted}: start serve once.",
        held=held or "–",
        wanted=newest_step(),
    )
    return [Finding("wrong", sentence)]


async def _clock(connection: AsyncConnection) -> list[Finding]:
    there: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
    apart = abs((datetime.now(UTC) - there).total_seconds())
    if apart <= CLOCK_MOST_S:
        return []
    sentence = Sentence("The database's clock is {seconds} s from here.", seconds=int(apart))
    return [Finding("look", sentence)]


async def _tills(centre: Centre) -> list[Finding]:
    shops = [one.store for one in await stores.every(centre)]
    known = [one for one in await stores.tills(centre, shops) if one.keys]
    limit = datetime.now(UTC) - UNHEARD_FOR
    silent = [one for one in known if one.heard_at is None or one.heard_at < limit]
    findings = [
        Finding(
            "well",
            Sentence("{stores} stores, {tills} tills.", stores=len(shops), tills=len(known)),
        )
    ]
    if silent:
        names = ", ".join(str(one.who) for one in silent[:5])
        sentence = Sentence(
            "{count} tills were not heard for two days: {names}.", count=len(silent), names=names
        )
        findings.append(Finding("look", sentence))
    return findings


async def _worker(centre: Centre) -> list[Finding]:
    alone = await stores.unattended(centre, datetime.now(UTC) - UNATTENDED_FOR)
    if not alone:
        return []
    sentence = Sentence(
        "No worker was with {count} stores lately: nothing expires there and no letter leaves."
        " Start comptoir-central worker.",
        count=len(alone),
    )
    return [Finding("wrong", sentence)]


async def _books(session: AsyncSession, store: str) -> AsyncIterator[Finding]:
    """Yield what of a store's entries and closings someone must look at."""
    if waiting := await parked.count(session, store):
        sentence = Sentence(
            "{store}: {count} entries were not understood; what they say is not counted.",
            store=store,
            count=waiting,
        )
        yield Finding("look", sentence)
    for one in await lacking.listed(session, store):
        yield Finding("wrong", _lacks(str(TillId(store, one.till)), one))
    if wrong := await closings.different(session, store):
        first = wrong[0]
        sentence = Sentence(
            "{store}: {count} days are not closed with what they sold. The first is {label}:"
            " {tickets} tickets, {total}; the centre counts {counted}, {amount}.",
            store=store,
            count=len(wrong),
            label=first.label,
            tickets=first.tickets,
            total=Amount(first.total),
            counted=first.counted,
            amount=Amount(first.amount),
        )
        yield Finding("wrong", sentence)
    if owed := await refunds.unpaid(session, store, datetime.now(UTC) - UNPAID_FOR):
        sentence = Sentence(
            "{store}: {count} refunds were told to channels a week ago, and nobody said they are"
            " paid. See comptoir-central orders refunds.",
            store=store,
            count=owed,
        )
        yield Finding("look", sentence)
    if count := await conflicts.count(session, store):
        sentence = Sentence("{count} items wait in the inbox of {store}.", count=count, store=store)
        yield Finding("look", sentence)


def _lacks(till: str, one: Lack) -> Sentence:
    numbers: dict[str, int | str] = {
        "first": one.held + 1,
        "last": one.last,
        "epoch": one.epoch,
    }
    if not one.since:
        return Sentence(
            "{till}: entries {first} to {last} of {epoch} are not here; import all its archives.",
            till=till,
            **numbers,
        )
    return Sentence(
        "{till}: entries {first} to {last} of {epoch} are not here; import all its archives since"
        " {day}.",
        till=till,
        day=instant(one.since).date(),
        **numbers,
    )


async def _projections(centre: Centre) -> list[Finding]:
    findings = []
    for shop in await stores.every(centre):
        async with centre.session(shop.store) as session:
            found = await rebuild.compare(session, shop.store)
        sentence = Sentence(
            "{store}: {count} rows are not as the journals say.",
            store=shop.store,
            count=found.count,
        )
        findings.append(Finding("wrong" if found.count else "well", sentence))
    return findings
