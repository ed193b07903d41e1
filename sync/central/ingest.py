"""What comes up: a push is judged, kept verbatim and projected, in one transaction or not at all.

The row of the till's head is locked first, so the pushes of one epoch come one after the other and
their numbers stay dense; the counter of the store's scope is locked last. Two tills of a store
wait for each other there and nowhere else, and tills of different stores never do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from pos.journal.chain import Head
from pos.journal.entry import GENESIS, Entry, Place
from sync.central.conflicts import Found, note
from sync.central.effects import write
from sync.central.engine import driver
from sync.central.project import Projected, project, source_of
from sync.central.signed import verify
from sync.central.values import Corrupt, TillId, Unknown
from sync.merge import Verdict, judge, wanted
from sync.protocol import FUTURE_MOST_S, Parked, Push, PushAnswer, entry_of

_WHY = {
    "altered": "is not what its hash says",
    "unlinked": "does not follow the entry before it",
    "unknown_key": "is signed with a key that is not the till's",
    "forged": "has a false signature",
}

JOURNAL = (
    "store_id", "till_id", "epoch", "number", "kind", "version", "at", "body", "previous", "hash",
    "signature", "key_id", "received_at", "is_parked",
)  # fmt: skip
"""The columns of an entry as it is kept."""

_LOCK = text(
    "SELECT number, hash FROM till_head"
    " WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch FOR UPDATE"
)

_OPEN = text(
    "INSERT INTO till_head (store_id, till_id, epoch, number, hash, pushed_at)"
    " SELECT store_id, till_id, :epoch, 0, :genesis, :now FROM till"
    " WHERE store_id = :store_id AND till_id = :till_id"
    " ON CONFLICT DO NOTHING"
)

_KEYS = text(
    "SELECT key_id, public_key FROM till_key WHERE store_id = :store_id AND till_id = :till_id"
)

_HELD = text(
    "SELECT number, hash FROM journal WHERE store_id = :store_id AND till_id = :till_id"
    " AND epoch = :epoch AND number BETWEEN :first AND :last"
)

_ADVANCE = text(
    "UPDATE till_head SET number = :number, hash = :hash, pushed_at = :now"
    " WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch"
)

_LEARN = text(
    "INSERT INTO till_key (store_id, till_id, key_id, public_key, is_trusted, since)"
    " VALUES (:store_id, :till_id, :key_id, :public_key, false, :now) ON CONFLICT DO NOTHING"
)

_PARK = text(
    "UPDATE journal SET is_parked = true WHERE store_id = :store_id AND till_id = :till_id"
    " AND epoch = :epoch AND number = ANY(:numbers)"
)


@dataclass(slots=True)
class _Taking:
    """A push on its way in: whose, where, when, and what was found on the way."""

    session: AsyncSession
    place: Place
    now: datetime
    parked: list[Parked] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def where(self) -> dict[str, Any]:
        """The columns that name the epoch."""
        place = self.place
        return {"store_id": place.store, "till_id": place.till, "epoch": place.epoch}

    def flag(self, slug: str, name: str, number: int, why: str) -> None:
        """Remember something for the conflict inbox; `name` tells it from others of its slug."""
        self.found.append(Found(f"{slug}:{name}", slug, self.place, number, why))


class Taken(NamedTuple):
    """The answer to a push, and how many of its entries were new."""

    answer: PushAnswer
    fresh: int


_Effects = Callable[[_Taking, Sequence[Entry]], Awaitable[None]]


async def push(session: AsyncSession, who: TillId, asked: Push, now: datetime) -> PushAnswer:
    """Take a push, as `take` does, and return the answer."""
    return (await take(session, who, asked, now)).answer


async def take(session: AsyncSession, who: TillId, asked: Push, now: datetime) -> Taken:
    """Take a push and commit. An entry that no table can hold is parked; the rest goes on.

    Raises Corrupt when its first entry is broken, Unknown for a till that is not there; nothing is
    kept then but the note in the conflict inbox.
    """
    try:
        return await _push(session, who, asked, now, _all_at_once)
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, *_IMPOSSIBLE) as error:
        await session.rollback()
        if not _is_poison(error):
            raise
    return await _push(session, who, asked, now, _one_by_one)


_IMPOSSIBLE = (ValueError, OverflowError)
"""What the driver says of a value that its column cannot hold."""

_POISON = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    *_IMPOSSIBLE,
)


def _is_poison(error: BaseException) -> bool:
    """Whether an error comes from what was to be written, and would come again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    chain = [cause, getattr(cause, "__cause__", None)]
    return any(isinstance(one, _POISON) for one in chain)


async def keys_of(session: AsyncSession, who: TillId) -> dict[str, bytes]:
    """Return every public key that a till ever had, by key id: what proves its entries."""
    whose = {"store_id": who.store, "till_id": who.till}
    return {name: bytes(key) for name, key in await session.execute(_KEYS, whose)}


async def vouch(
    session: AsyncSession, who: TillId, keys: Mapping[str, bytes], now: datetime
) -> None:
    """Take public keys (by key id) as a till's: they prove what it wrote, and let nobody in."""
    if keys:
        await _learn(session, Place(who.store, who.till, ""), keys, now)
    await session.commit()


async def _push(
    session: AsyncSession, who: TillId, asked: Push, now: datetime, effects: _Effects
) -> Taken:
    taking = _Taking(session, Place(who.store, who.till, asked.epoch), now)
    entries = _read(taking.place, asked)
    verdict = await _judged(taking, entries)
    if verdict.fresh:
        await _take(taking, verdict, effects)
    if verdict.state in ("fork", "corrupt"):
        _flag_refused(taking, verdict)
    await note(session, taking.found, now)
    await session.commit()
    if verdict.state == "corrupt":
        raise Corrupt(verdict.why, verdict.expected, f"the entry {_WHY[verdict.why]}")
    answer = PushAnswer(
        request=asked.request,
        state=verdict.state,
        expected=verdict.expected,
        head_hash=verdict.head_hash.hex(),
        parked=taking.parked,
        server_time=instant_text(now),
    )
    return Taken(answer, len(verdict.fresh))


def _read(place: Place, asked: Push) -> list[Entry]:
    """Return the entries as the journal has them. Raises Corrupt for text no journal can hold."""
    for one in asked.entries:
        if "\0" in one.kind or "\0" in one.at or "\0" in one.key_id:
            raise Corrupt("unreadable", one.number, "the entry's kind or time is no text")
    return [entry_of(place, one) for one in asked.entries]


async def _judged(taking: _Taking, entries: list[Entry]) -> Verdict:
    session, where = taking.session, taking.where
    head = (await session.execute(_LOCK, where)).one_or_none()
    if head is None:
        await session.execute(_OPEN, {**where, "genesis": GENESIS, "now": taking.now})
        head = (await session.execute(_LOCK, where)).one_or_none()
        if head is None:
            raise Unknown(f"there is no till {taking.place.store}-{taking.place.till}")
    here = Head(taking.place.epoch, head.number, bytes(head.hash))
    keys = await keys_of(session, TillId(taking.place.store, taking.place.till))
    known: dict[int, bytes] = {}
    if numbers := wanted(here, entries):
        span = {"first": numbers.start, "last": numbers.stop - 1}
        known = {n: bytes(own) for n, own in await session.execute(_HELD, {**where, **span})}
    return judge(here, entries, known, keys, verify)


async def _take(taking: _Taking, verdict: Verdict, effects: _Effects) -> None:
    session, fresh = taking.session, verdict.fresh
    raw = await driver(session)
    await raw.copy_records_to_table(
        "journal", columns=JOURNAL, records=[journal_row(one, taking.now) for one in fresh]
    )
    await effects(taking, fresh)
    if taking.parked:
        numbers = [one.number for one in taking.parked]
        await session.execute(_PARK, {**taking.where, "numbers": numbers})
    _flag_parked_and_future(taking, fresh)
    last = {"number": fresh[-1].number, "hash": fresh[-1].hash, "now": taking.now}
    await session.execute(_ADVANCE, {**taking.where, **last})
    if verdict.learnt:
        await _learn(session, taking.place, verdict.learnt, taking.now)


async def _all_at_once(taking: _Taking, entries: Sequence[Entry]) -> None:
    """Write the effects of all entries together, as it nearly always goes."""
    projected = project(entries)
    taking.parked += projected.parked
    taking.found += await write(taking.session, taking.place, projected, taking.now)


async def _one_by_one(taking: _Taking, entries: Sequence[Entry]) -> None:
    """Write the effects of each entry by itself, and park the one that no table can hold."""
    for entry in entries:
        projected: Projected = project([entry])
        taking.parked += projected.parked
        try:
            async with taking.session.begin_nested():
                found = await write(taking.session, taking.place, projected, taking.now)
        except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, *_IMPOSSIBLE) as error:
            if not _is_poison(error):
                raise
            taking.parked.append(Parked(number=entry.number, why="impossible_value"))
        else:
            taking.found += found


async def _learn(
    session: AsyncSession, place: Place, learnt: Mapping[str, bytes], now: datetime
) -> None:
    rows = [
        {
            "store_id": place.store,
            "till_id": place.till,
            "key_id": name,
            "public_key": key,
            "now": now,
        }
        for name, key in learnt.items()
    ]
    await session.execute(_LEARN, rows)


def journal_row(entry: Entry, now: datetime) -> tuple[Any, ...]:
    """Return an entry as a row of `journal`, in the order of `JOURNAL`."""
    place = entry.place
    return (
        place.store,
        place.till,
        place.epoch,
        entry.number,
        entry.kind,
        entry.version,
        entry.at,
        entry.body,
        entry.previous,
        entry.hash,
        entry.signature,
        entry.key_id,
        now,
        False,
    )


def _flag_parked_and_future(taking: _Taking, fresh: Sequence[Entry]) -> None:
    by_number = {entry.number: entry for entry in fresh}
    for one in taking.parked:
        entry = by_number[one.number]
        taking.flag("parked", source_of(entry), one.number, f"{one.why}: {entry.kind}")
    limit = instant_text(taking.now + timedelta(seconds=FUTURE_MOST_S))
    for entry in fresh:
        if entry.at > limit:
            place, day = taking.place, entry.at[:10]
            name = f"{place.till}-{place.epoch}/{day}"
            taking.flag("future", name, entry.number, f"the till's clock says {entry.at}")


def _flag_refused(taking: _Taking, verdict: Verdict) -> None:
    place = taking.place
    name = f"{place.till}-{place.epoch}/{verdict.expected:06d}"
    if verdict.state == "fork":
        why = "other entries came under numbers that are held: a copied or restored till"
        taking.flag("fork", name, verdict.expected, why)
    else:
        why = f"the entry {_WHY[verdict.why]}"
        taking.flag("corrupt", f"{name}:{verdict.why}", verdict.expected, why)
