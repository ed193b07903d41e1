"""What comes down: the state of things by scope, each change under the next version of its scope.

A version is given under the lock of the scope's counter, which is held until the commit. So a
reader that sees version N sees every version before it, in whatever order transactions began: no
row is missed and none comes in the wrong order (docs/sync.md; the suite keeps the naive way that
loses rows). Versions may be skipped, never repeated. Stock is not written twice: its rows are the
levels themselves.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from pos.journal.entry import GENESIS
from sync.central.values import (
    CATALOGUE,
    COMPANY,
    NotYours,
    TillId,
    Unknown,
    prices_scope,
    store_scope,
    till_scope,
)
from sync.merge import shared
from sync.protocol import Cursor, HeadText, Match, Matched, Page, Pull, PullAnswer

CHUNK = 10_000
KEPT_DAYS = 90
"""How long a cursor stays known; who was away for longer reads a snapshot."""

HEARD_EVERY = timedelta(seconds=30)
"""How often at most it is written down that a till was heard."""

Things = Mapping[tuple[str, str], dict[str, Any] | None]
"""States by kind and key; None is gone."""

_ADVANCE = text(
    """
WITH head AS (
    INSERT INTO feed_head AS h (store_id, scope, v, nonce)
    VALUES (:store_id, :scope, :count, :nonce)
    ON CONFLICT (store_id, scope)
    DO UPDATE SET v = h.v + excluded.v, nonce = excluded.nonce
    RETURNING v
), noted AS (
    INSERT INTO feed_transaction (store_id, scope, v, nonce, at)
    SELECT :store_id, :scope, v, :nonce, :now FROM head
)
SELECT v FROM head
"""
)

_PUT = text(
    """
INSERT INTO feed_row (store_id, scope, kind, key, v, fields)
SELECT :store_id, :scope, kind, key, :before + place, fields
FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:fields AS text[]))
    WITH ORDINALITY AS told (kind, key, fields, place)
ON CONFLICT (store_id, scope, kind, key) DO UPDATE SET v = excluded.v, fields = excluded.fields
"""
)

_STAND = text(
    """
SELECT 'store' AS what, price_zone AS a, NULL AS b, 0 AS number, CAST(NULL AS bytea) AS hash
FROM store WHERE store_id = :store_id
UNION ALL
SELECT 'till', till_id, CAST(heard_at AS text), 0, NULL
FROM till WHERE store_id = :store_id AND till_id = :till_id
UNION ALL
SELECT 'head', till_id, epoch, number, hash FROM till_head WHERE store_id = :store_id
UNION ALL
SELECT 'feed', scope, nonce, v, NULL FROM feed_head
WHERE store_id IN (:store_id, :company) AND scope = ANY(:scopes)
"""
)

_KNOWN = text(
    """
SELECT 1 FROM feed_transaction
WHERE store_id = :store_id AND scope = :scope AND v = :v AND nonce = :nonce
"""
)

_AT_HEAD = text(
    """
SELECT number, hash FROM journal
WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch AND number = :number
"""
)

_TOLD = """kind, count(*), max(v),
    string_agg(CAST(to_json(key) AS text) || ':' || coalesce(fields, 'null'), ',' ORDER BY v)"""
"""What a page says of a kind, as text: keys and fields of an object in JSON."""

_ROWS = text(
    f"""
SELECT {_TOLD} FROM (
    SELECT kind, key, v, fields FROM feed_row
    WHERE store_id = :store_id AND scope = :scope AND v > :v ORDER BY v LIMIT :most
) AS page GROUP BY kind
"""
)

_ROWS_AND_LEVELS = text(
    f"""
SELECT {_TOLD} FROM (
    (SELECT kind, key, v, fields FROM feed_row
    WHERE store_id = :store_id AND scope = :scope AND v > :v ORDER BY v LIMIT :most)
    UNION ALL
    (SELECT 'stock', sku, v, '{{"quantity":' || on_hand || ',"reserved":' || reserved
        || ',"shelf":' || shelf || '}}'
    FROM stock_level WHERE store_id = :store_id AND v > :v ORDER BY v LIMIT :most)
    ORDER BY v LIMIT :most
) AS page GROUP BY kind
"""
)

_CURRENT = text(
    """
SELECT key, fields FROM feed_row WHERE store_id = :store_id AND scope = :scope AND kind = :kind
AND (:is_all OR key = ANY(CAST(:keys AS text[]))) AND fields IS NOT NULL
"""
)


async def advance(
    session: AsyncSession, store_id: str, scope: str, count: int, now: datetime
) -> int:
    """Take the next `count` versions of a scope and return the version before them.

    The scope's counter stays locked until the transaction ends: take it late.
    """
    given = {
        "store_id": store_id,
        "scope": scope,
        "count": count,
        "nonce": secrets.token_hex(8),
        "now": now,
    }
    return int((await session.execute(_ADVANCE, given)).scalar_one()) - count


async def publish(
    session: AsyncSession, store_id: str, scope: str, things: Things, now: datetime
) -> None:
    """Write the present state of things of a scope in the session's transaction.

    `store_id` is the owner of the scope: a store, or COMPANY. The caller commits.
    """
    if things:
        before = await advance(session, store_id, scope, len(things), now)
        await put(session, store_id, scope, things, before)


async def put(
    session: AsyncSession, store_id: str, scope: str, things: Things, before: int
) -> None:
    """Write states under the versions after `before`, which the caller took by `advance`.

    Who must read before it writes takes the versions first: nobody else writes then.
    """
    for part in _chunks(things.items()):
        rows = {
            "kinds": [kind for (kind, _), _ in part],
            "keys": [key for (_, key), _ in part],
            "fields": [None if fields is None else written(fields) for _, fields in part],
        }
        given = {"store_id": store_id, "scope": scope, "before": before}
        await session.execute(_PUT, {**given, **rows})
        before += len(part)


async def current(
    session: AsyncSession, store_id: str, scope: str, kind: str, keys: Sequence[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the fields of the things of a kind that are there, by key: all, or some."""
    given = {"store_id": store_id, "scope": scope, "kind": kind, "keys": keys}
    found = await session.execute(_CURRENT, {**given, "is_all": keys is None})
    return {key: json.loads(fields) for key, fields in found}


def written(fields: dict[str, Any]) -> str:
    """Return fields as they are kept: equal fields are equal text."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where the centre stands, of all that a till may ask about: one query's answer."""

    scopes: frozenset[str]
    heard_at: datetime | None
    heads: dict[tuple[str, str], HeadText]
    feeds: dict[str, Cursor]


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a pull as JSON (a `PullAnswer`), and how many rows it holds."""

    text: str
    rows: int


async def pull(session: AsyncSession, who: TillId, asked: Pull, now: datetime) -> PullAnswer:
    """Answer a pull, as `pull_text` does."""
    told = await pull_text(session, who, asked, now)
    return PullAnswer.model_validate_json(told.text)


async def pull_text(session: AsyncSession, who: TillId, asked: Pull, now: datetime) -> Told:
    """Answer a pull from one moment of the tables; the session must not have begun.

    Costs one indexed query when nothing is new. Rows go from the tables to the answer as text:
    a till that reads a million of them costs the centre next to nothing. Another zone's prices are
    left out, for the till's may have changed. Raises NotYours for any other scope that is not the
    till's, Unknown for a till that is not there.
    """
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    stand = await _stand(session, who, list(asked.cursors))
    pages, rows = [], 0
    for scope, cursor in _own(who, stand, asked.cursors).items():
        page, count = await _page(session, who, stand, (scope, cursor), asked.limit)
        pages.append(f"{json.dumps(scope)}:{page}")
        rows += count
    at_head = await _at_heads(session, who, stand, asked)
    await session.rollback()
    if stand.heard_at is None or now - stand.heard_at >= HEARD_EVERY:
        await _heard(session, who, now)
    nothing = HeadText(number=0, hash=GENESIS.hex())
    rest = PullAnswer(
        request=asked.request,
        expected={epoch: stand.heads.get((who.till, epoch), nothing) for epoch in asked.heads},
        at_head=at_head,
        scopes={},
        reads=sorted(stand.scopes),
        server_time=instant_text(now),
    ).model_dump_json(exclude={"scopes"})
    return Told(f'{rest[:-1]},"scopes":{{{",".join(pages)}}}}}', rows)


async def _at_heads(
    session: AsyncSession, who: TillId, stand: _Stand, asked: Pull
) -> dict[str, HeadText]:
    """Return the hash held at the number that the till told of each epoch longer here: rare."""
    found: dict[str, HeadText] = {}
    for epoch, told in asked.heads.items():
        held = stand.heads.get((who.till, epoch))
        if held is None or not 0 < told.number < held.number:
            continue
        given = {**_till(who), "epoch": epoch, "number": told.number}
        number, own = (await session.execute(_AT_HEAD, given)).one()
        found[epoch] = HeadText(number=number, hash=bytes(own).hex())
    return found


def _own(who: TillId, stand: _Stand, asked: Mapping[str, Cursor]) -> dict[str, Cursor]:
    """Return the cursors of the till's own scopes; NotYours for what never was its own."""
    foreign = asked.keys() - stand.scopes
    never = {scope for scope in foreign if not scope.startswith(prices_scope(""))}
    if never:
        raise NotYours(f"{who} may not read {min(never)}")
    return {scope: cursor for scope, cursor in asked.items() if scope not in foreign}


async def scopes_of(session: AsyncSession, who: TillId) -> list[str]:
    """Return the scopes that a till reads. Raises Unknown."""
    return sorted((await _stand(session, who, [])).scopes)


async def match(session: AsyncSession, who: TillId, asked: Match) -> Matched:
    """Return the highest of the till's entries asked about that the centre holds alike."""
    numbers = [number for number in asked.hashes if 0 < number < 2**63]
    found = await session.execute(
        text(
            "SELECT number, hash FROM journal WHERE store_id = :store_id AND till_id = :till_id"
            " AND epoch = :epoch AND number = ANY(:numbers)"
        ),
        {**_till(who), "epoch": asked.epoch, "numbers": numbers},
    )
    held = {number: bytes(own) for number, own in found}
    head = await session.execute(
        text(
            "SELECT number FROM till_head"
            " WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch"
        ),
        {**_till(who), "epoch": asked.epoch},
    )
    return Matched(
        request=asked.request,
        number=shared(asked.hashes, held),
        held=head.scalar_one_or_none() or 0,
    )


async def forget(session: AsyncSession, store_ids: Sequence[str], now: datetime) -> int:
    """Forget the cursors of `KEPT_DAYS` ago and return how many; the caller commits.

    The newest of each scope stays, and so does every row.
    """
    done = await session.execute(
        text(
            "DELETE FROM feed_transaction AS old WHERE store_id = ANY(:store_ids) AND at < :before"
            " AND v < (SELECT v FROM feed_head AS h"
            " WHERE h.store_id = old.store_id AND h.scope = old.scope)"
        ),
        {"store_ids": [*store_ids, COMPANY], "before": now - timedelta(days=KEPT_DAYS)},
    )
    return int(getattr(done, "rowcount", 0))


def _till(who: TillId) -> dict[str, str]:
    return {"store_id": who.store, "till_id": who.till}


async def _stand(session: AsyncSession, who: TillId, scopes: list[str]) -> _Stand:
    given = {**_till(who), "company": COMPANY, "scopes": scopes}
    zone: str | None = None
    till = heard = None
    heads: dict[tuple[str, str], HeadText] = {}
    feeds: dict[str, Cursor] = {}
    for what, a, b, number, own in await session.execute(_STAND, given):
        if what == "store":
            zone = a
        elif what == "till":
            till, heard = a, b
        elif what == "head":
            heads[a, b] = HeadText(number=number, hash=bytes(own).hex())
        else:
            feeds[a] = Cursor(v=number, nonce=f"{number}.{b}")
    if zone is None or till is None:
        raise Unknown(f"there is no till {who}")
    mine = {CATALOGUE, prices_scope(zone), store_scope(who.store), till_scope(who)}
    at = None if heard is None else datetime.fromisoformat(heard).astimezone(UTC)
    return _Stand(frozenset(mine), at, heads, feeds)


async def _page(
    session: AsyncSession, who: TillId, stand: _Stand, at: tuple[str, Cursor], most: int
) -> tuple[str, int]:
    """Return a page as JSON, and how many rows it holds."""
    scope, cursor = at
    is_store = scope == store_scope(who.store)
    head = stand.feeds.get(scope, Cursor())
    page = Page(things={}, cursor=head, last=head.v)
    if is_store:
        held = {f"{till}-{epoch}": one.number for (till, epoch), one in stand.heads.items()}
        page = page.model_copy(update={"included": held})
    if cursor == head:
        return page.model_dump_json(), 0
    owner = who.store if is_store or scope == till_scope(who) else COMPANY
    given = {"store_id": owner, "scope": scope}
    known = await _is_known(session, given, cursor)
    query = _ROWS_AND_LEVELS if is_store else _ROWS
    after = {**given, "v": cursor.v if known else 0, "most": most}
    told = (await session.execute(query, after)).all()
    count, last = sum(one[1] for one in told), max((one[2] for one in told), default=0)
    changed: dict[str, Any] = {"snapshot": not known}
    if count == most and last < head.v:
        changed |= {"more": True, "cursor": Cursor(v=last, nonce=head.nonce)}
    things = ",".join(f"{json.dumps(kind)}:{{{states}}}" for kind, _, _, states in told)
    rest = page.model_copy(update=changed).model_dump_json(exclude={"things"})
    return f'{{"things":{{{things}}},{rest[1:]}', count


async def _is_known(session: AsyncSession, whose: dict[str, str], cursor: Cursor) -> bool:
    """Whether the head that a cursor was read from is of this centre's own past."""
    told, _, nonce = cursor.nonce.partition(".")
    v = int(told) if told.isdecimal() else 0
    if not 0 < cursor.v <= v < 2**63:
        return False
    found = await session.execute(_KNOWN, {**whose, "v": v, "nonce": nonce})
    return found.first() is not None


async def _heard(session: AsyncSession, who: TillId, now: datetime) -> None:
    await session.execute(
        text("UPDATE till SET heard_at = :now WHERE store_id = :store_id AND till_id = :till_id"),
        {**_till(who), "now": now},
    )
    await session.commit()


def _chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(things)
    while part := list(islice(rest, CHUNK)):
        yield part
