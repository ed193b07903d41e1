"""Sales channels: who may place orders, by a key that is shown once and kept as its hash.

A channel belongs to the company and is written to every server. Its key names it (`web.…`), and a
revoked one is refused from the next request on. Webhooks go to its address, signed with its secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central.engine import Centre
from sync.central.orders import names
from sync.central.settings import is_loopback
from sync.central.values import COMPANY, CentreRefusal, Unknown

NAME = re.compile(r"^[a-z][a-z0-9-]{0,39}$")
RESERVED = frozenset({"centre", "customer", "office"})
"""What steps that no channel took are told to be by."""

URL_MOST = 500
SECRET_PREFIX = "whsec_"

_COLUMNS = "channel, key_hash, stores, webhook_url, webhook_secret, made_at, revoked_at"
_ALL = text(f"SELECT {_COLUMNS} FROM channel WHERE store_id = :store_id ORDER BY channel")
_ONE = text(
    f"SELECT {_COLUMNS} FROM channel WHERE store_id = :store_id AND channel = :channel"
    " AND revoked_at IS NULL"
)
_PUT = text(
    "INSERT INTO channel (store_id, channel, key_hash, stores, webhook_url, webhook_secret,"
    " made_at) VALUES (:store_id, :channel, :key_hash, :stores, :url, :secret, :now)"
    " ON CONFLICT (store_id, channel) DO UPDATE SET key_hash = excluded.key_hash,"
    " stores = excluded.stores, webhook_url = excluded.webhook_url,"
    " webhook_secret = excluded.webhook_secret, revoked_at = NULL"
)
_REVOKE = text(
    "UPDATE channel SET revoked_at = :now WHERE store_id = :store_id AND channel = :channel"
    " AND revoked_at IS NULL RETURNING 1"
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A sales channel; `stores` are those it may sell for, none for all."""

    name: str
    key_hash: str
    stores: tuple[str, ...]
    webhook_url: str
    webhook_secret: str
    made_at: datetime
    revoked_at: datetime | None

    def may(self, store: str) -> bool:
        """Tell whether the channel may sell for a store."""
        return not self.stores or store in self.stores


@dataclass(frozen=True, slots=True)
class Added:
    """A channel that was added: its key and the secret of its webhooks, shown this once."""

    key: str
    secret: str


async def add(centre: Centre, name: str, url: str, stores: tuple[str, ...], now: datetime) -> Added:
    """Let a channel in, or give one that is there a new key, address and secret.

    Raises CentreRefusal (`bad_name`, `bad_url`).
    """
    if not NAME.fullmatch(name) or name in RESERVED:
        raise CentreRefusal("bad_name", "a channel's name is like web, or shop-2")
    if url:
        check_url(url)
    added = Added(f"{name}.{names.chance(26)}", SECRET_PREFIX + _secret() if url else "")
    given = {
        "store_id": COMPANY,
        "channel": name,
        "key_hash": _hash(added.key),
        "stores": " ".join(stores),
        "url": url,
        "secret": added.secret,
        "now": now,
    }
    async with centre.everywhere() as sessions:
        for session in sessions:
            await session.execute(_PUT, given)
        for session in sessions:
            await session.commit()
    return added


async def revoke(centre: Centre, name: str, now: datetime) -> None:
    """Let a channel in no more; its orders go on. Raises Unknown."""
    is_there = False
    async with centre.everywhere() as sessions:
        for session in sessions:
            asked = {"store_id": COMPANY, "channel": name, "now": now}
            is_there |= (await session.execute(_REVOKE, asked)).first() is not None
        for session in sessions:
            await session.commit()
    if not is_there:
        raise Unknown(f"no channel {name} is let in")


async def every(centre: Centre) -> list[Channel]:
    """Return all channels, the revoked ones too."""
    async with centre.session(COMPANY) as session:
        return [_channel(row) for row in await session.execute(_ALL, {"store_id": COMPANY})]


async def by_key(centre: Centre, key: str) -> Channel | None:
    """Return the channel that a key lets in, None when it is none."""
    name = key.partition(".")[0]
    if not NAME.fullmatch(name):
        return None
    async with centre.session(COMPANY) as session:
        found = await by_name(session, name)
    is_its = found is not None and hmac.compare_digest(found.key_hash, _hash(key))
    return found if is_its else None


async def by_name(session: AsyncSession, name: str) -> Channel | None:
    """Return a channel that is let in, None when it is not; any server knows it."""
    found = await session.execute(_ONE, {"store_id": COMPANY, "channel": name})
    row = found.one_or_none()
    return None if row is None else _channel(row)


def check_url(url: str) -> None:
    """Refuse an address that webhooks may not go to: they are read by nobody on their way.

    >>> check_url("https://shop.example/hooks")
    >>> check_url("http://127.0.0.1:9000/")
    >>> check_url("http://shop.example/hooks")
    Traceback (most recent call last):
        ...
    sync.central.values.CentreRefusal: webhooks go to https:// addresses, or to this machine
    """
    try:
        parts = urlsplit(url)
        host, is_odd = parts.hostname or "", bool(parts.username or parts.fragment)
    except ValueError:
        host, is_odd, parts = "", True, urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or is_odd or not is_safe or len(url) > URL_MOST or not url.isprintable():
        raise CentreRefusal("bad_url", "webhooks go to https:// addresses, or to this machine")


def _channel(row: Any) -> Channel:
    return Channel(
        row.channel,
        row.key_hash,
        tuple(row.stores.split()),
        row.webhook_url,
        row.webhook_secret,
        row.made_at,
        row.revoked_at,
    )


def _hash(key: str) -> str:
    """The key has 130 bits of chance: a plain hash of it tells nobody anything."""
    return hashlib.sha256(key.encode()).hexdigest()


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
