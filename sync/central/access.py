"""Who is let in: the keys of tills, one-time codes, and tokens that were used.

Every request asks the database one question (`spend`): is this key still trusted, and is this
token new? So a revocation holds from the next request on, at every process of the centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.signing import key_id
from sync.central.engine import Centre
from sync.central.values import Stolen, TillId

CODE_LIFE = timedelta(minutes=10)
"""How long a one-time code serves."""

_KEY = text(
    "SELECT public_key FROM till_key"
    " WHERE store_id = :store AND till_id = :till AND key_id = :key AND is_trusted"
)
_SPEND = text(
    "WITH fresh AS (INSERT INTO spent_token (store_id, till_id, jti, forget_at)"
    " VALUES (:store, :till, :jti, :forget) ON CONFLICT DO NOTHING RETURNING 1)"
    " SELECT EXISTS (SELECT 1 FROM fresh) AS is_fresh, EXISTS ("
    "SELECT 1 FROM till_key WHERE store_id = :store AND till_id = :till AND key_id = :key"
    " AND is_trusted AND revoked_at IS NULL) AS is_trusted"
)
_REVOKED = text(
    "SELECT store_id, till_id FROM till_key JOIN unnest(CAST(:stores AS text[]),"
    " CAST(:tills AS text[]), CAST(:keys AS text[])) AS asked (store_id, till_id, key_id)"
    " USING (store_id, till_id, key_id) WHERE revoked_at IS NOT NULL"
)
_PUT_CODE = text(
    "INSERT INTO enrol_code (store_id, code_hash, till_id, made_at, expires_at)"
    " VALUES (:store, :code, :till, :now, :expires)"
)
_DROP_CODES = text("DELETE FROM enrol_code WHERE store_id = :store AND till_id = :till")
_PUT_TILL = text(
    "INSERT INTO till (store_id, till_id, name, software) VALUES (:store, :till, '', '')"
    " ON CONFLICT DO NOTHING"
)
_USE_CODE = text(
    "UPDATE enrol_code SET used_at = :now WHERE store_id = :store AND code_hash = :code"
    " AND till_id = :till AND used_at IS NULL AND expires_at > :now"
)
_USED_CODE = text(
    "SELECT 1 FROM enrol_code c JOIN till_key k ON k.store_id = c.store_id"
    " AND k.till_id = c.till_id AND k.since = c.used_at"
    " WHERE c.store_id = :store AND c.code_hash = :code AND c.till_id = :till"
    " AND c.expires_at > :now AND k.store_id = :store AND k.key_id = :key AND k.is_trusted"
    " AND k.revoked_at IS NULL"
)
_REVOKE = text(
    "UPDATE till_key SET revoked_at = :now WHERE store_id = :store AND till_id = :till"
    " AND is_trusted AND revoked_at IS NULL AND key_id <> :key"
)
_PUT_KEY = text(
    "INSERT INTO till_key (store_id, till_id, key_id, public_key, is_trusted, since)"
    " VALUES (:store, :till, :key, :public, true, :now)"
    " ON CONFLICT (store_id, till_id, key_id) DO UPDATE SET is_trusted = true, since = :now"
    " WHERE till_key.store_id = :store AND till_key.revoked_at IS NULL"
)
_OPEN_TILL = text(
    "UPDATE till SET software = :software, closed_at = NULL"
    " WHERE store_id = :store AND till_id = :till"
)
_ZONE = text("SELECT price_zone FROM store WHERE store_id = :store")
_FORGET_TOKENS = text("DELETE FROM spent_token WHERE store_id = :store AND forget_at < :now")
_FORGET_CODES = text("DELETE FROM enrol_code WHERE store_id = :store AND expires_at < :now")


@dataclass(frozen=True, slots=True)
class Asking:
    """A till that asks to be known: its one-time code (its hash), its public key, its program."""

    who: TillId
    code_hash: str
    public_key: bytes
    software: str


async def public_key(centre: Centre, who: TillId, name: str) -> bytes | None:
    """Return the public key by which a till may sign requests, also a revoked one."""
    async with centre.session(who.store) as session:
        asked = {"store": who.store, "till": who.till, "key": name}
        found = (await session.execute(_KEY, asked)).scalar_one_or_none()
    return None if found is None else bytes(found)


async def spend(
    centre: Centre, who: TillId, name: str, jti: str, forget_at: datetime
) -> Literal["ok", "replayed", "revoked"]:
    """Write down that a token was used, and tell whether it may be, in one statement."""
    engine = centre.engine(who.store).execution_options(isolation_level="AUTOCOMMIT")
    asked = {
        "store": who.store,
        "till": who.till,
        "key": name,
        "jti": jti,
        "forget": forget_at,
    }
    async with engine.connect() as connection:
        is_fresh, is_trusted = (await connection.execute(_SPEND, asked)).one()
    if not is_trusted:
        return "revoked"
    return "ok" if is_fresh else "replayed"


async def revoked(centre: Centre, keys: Mapping[TillId, str]) -> set[TillId]:
    """Return which of some tills, all of one server, have a key that is revoked."""
    asked = {
        "stores": [who.store for who in keys],
        "tills": [who.till for who in keys],
        "keys": list(keys.values()),
    }
    async with centre.session(next(iter(keys)).store) as session:
        return {TillId(*row) for row in await session.execute(_REVOKED, asked)}


async def put_code(session: AsyncSession, who: TillId, code_hash: str, now: datetime) -> datetime:
    """Let a one-time code serve for `CODE_LIFE`, in place of earlier ones; return its end.

    The till is made when it is new; the store must be there.
    """
    asked = {"store": who.store, "till": who.till}
    await session.execute(_PUT_TILL, asked)
    await drop_codes(session, who)
    expires = now + CODE_LIFE
    await session.execute(_PUT_CODE, {**asked, "code": code_hash, "now": now, "expires": expires})
    return expires


async def drop_codes(session: AsyncSession, who: TillId) -> None:
    """Let no code of a till serve any more."""
    await session.execute(_DROP_CODES, {"store": who.store, "till": who.till})


async def admit(session: AsyncSession, asking: Asking, now: datetime) -> bool:
    """Let a till in by its one-time code, and its earlier keys out; False when the code is no good.

    A till that did not hear the answer asks again with the same code and key, and is let in again.
    Raises Stolen for a key that was revoked, by whatever code: who else holds it is not known.
    """
    who, name = asking.who, key_id(asking.public_key)
    asked = {"store": who.store, "till": who.till, "now": now}
    used = await session.execute(_USE_CODE, {**asked, "code": asking.code_hash})
    assert isinstance(used, CursorResult)
    if used.rowcount != 1:
        again = {**asked, "code": asking.code_hash, "key": name}
        return (await session.execute(_USED_CODE, again)).first() is not None
    await session.execute(_REVOKE, {**asked, "key": name})
    put = await session.execute(_PUT_KEY, {**asked, "key": name, "public": asking.public_key})
    assert isinstance(put, CursorResult)
    if put.rowcount != 1:
        raise Stolen(f"the key {name} of {who} was revoked: a till is let in by a new one")
    await session.execute(
        _OPEN_TILL, {"store": who.store, "till": who.till, "software": asking.software}
    )
    return True


async def revoke(session: AsyncSession, who: TillId, now: datetime) -> int:
    """Let nobody in any more by the till's keys; return how many there were."""
    asked = {"store": who.store, "till": who.till, "now": now, "key": ""}
    done = await session.execute(_REVOKE, asked)
    assert isinstance(done, CursorResult)
    return int(done.rowcount)


async def price_zone(session: AsyncSession, store: str) -> str | None:
    """Return the price zone of a store, None when it is not known."""
    found: str | None = (await session.execute(_ZONE, {"store": store})).scalar_one_or_none()
    return found


async def forget(session: AsyncSession, store: str, now: datetime) -> None:
    """Forget tokens and codes of a store whose time is over."""
    for statement in (_FORGET_TOKENS, _FORGET_CODES):
        await session.execute(statement, {"store": store, "now": now})
