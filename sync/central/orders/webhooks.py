"""Telling channels what happened: signed webhooks, in order, tried again, laid aside in the end.

A delivery is signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, and
`webhook-signature` = `v1,` + base64(HMAC-SHA256(secret, id.timestamp.body)). Of each store a
channel gets one delivery at a time, in the order in which things happened; the next waits until the
one before was answered with 2xx, or laid aside after `WAITS_S`. A delivery whose answer was lost
comes again under the same id: the receiver takes each id once.

>>> signature("whsec_" + "AA==", "S001.7.0", 1_700_000_000, "{}")
'v1,SWNaI1UdHLs1VPobMNsn52gBispzq8MKtJ0c5kDW4ws='
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central.engine import Centre
from sync.central.orders import channels
from sync.central.orders.channels import SECRET_PREFIX, Channel
from sync.central.values import Unknown

WAITS_S = (5, 30, 120, 600, 1_800, 7_200, 14_400, 28_800, 43_200)
"""How long to wait after each failed try; after the last one a delivery is laid aside."""

TIMEOUT_S = 10
TAKEN_FOR = timedelta(seconds=60)
"""How long a delivery is one process's own; it is longer than a try can last."""

AT_ONCE = 50
"""How many deliveries of a channel are made in one round."""

PROBLEM_MOST = 200

_WAITING = text(
    "SELECT DISTINCT channel FROM webhook_delivery WHERE store_id = :store_id AND state = 'waiting'"
    " ORDER BY channel"
)
_TAKE = text(
    "UPDATE webhook_delivery SET tries = tries + 1, next_at = :until"
    " WHERE store_id = :store_id AND channel = :channel AND state = 'waiting'"
    " AND next_at <= :now AND (v, n) = (SELECT v, n FROM webhook_delivery"
    " WHERE store_id = :store_id AND channel = :channel AND state = 'waiting'"
    " ORDER BY v, n LIMIT 1) RETURNING v, n, kind, body, tries"
)
_END = text(
    "UPDATE webhook_delivery SET state = :state, next_at = :next_at, problem = :problem,"
    " done_at = CASE WHEN :is_done THEN CAST(:now AS timestamptz) END"
    " WHERE store_id = :store_id AND channel = :channel AND v = :v AND n = :n"
    " AND state = 'waiting'"
)
_LISTED = text(
    "SELECT channel, v, n, order_id, kind, state, tries, next_at, made_at, problem"
    " FROM webhook_delivery WHERE store_id = :store_id AND (state = 'dead' OR (:all AND"
    " state = 'waiting')) ORDER BY v, n LIMIT :most"
)
_RETRY = text(
    "UPDATE webhook_delivery SET state = 'waiting', tries = 0, next_at = :now, done_at = NULL"
    " WHERE store_id = :store_id AND state = 'dead' AND (:all OR (v = :v AND n = :n)) RETURNING 1"
)
_FORGET = text(
    "DELETE FROM webhook_delivery WHERE store_id = :store_id AND state = 'sent'"
    " AND done_at < :before"
)

LISTED_MOST = 500
KEPT = timedelta(days=30)
"""How long a delivery that arrived is remembered."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that was taken: what it says, and how often it was tried, this time too."""

    v: int
    n: int
    kind: str
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery that waits or was laid aside, and why."""

    name: str
    channel: str
    order: str
    kind: str
    state: str
    tries: int
    next_at: datetime
    made_at: datetime
    problem: str


def signature(secret: str, name: str, at_s: int, body: str) -> str:
    """Return the signature of a delivery; `secret` begins with `whsec_`."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    made = hmac.digest(key, f"{name}.{at_s}.{body}".encode(), "sha256")
    return "v1," + base64.b64encode(made).decode()


async def deliver(centre: Centre, store: str, now: datetime) -> None:
    """Tell the channels of a store what is due (a step of the worker); channels side by side."""
    async with centre.session(store) as session:
        waiting = list((await session.execute(_WAITING, {"store_id": store})).scalars())
        found = [await channels.by_name(session, name) for name in waiting]
    if not waiting:
        return
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
        await asyncio.gather(
            *(
                _deliver_to(centre, store, (name, channel), client, now)
                for name, channel in zip(waiting, found, strict=True)
            )
        )


async def _deliver_to(
    centre: Centre,
    store: str,
    to: tuple[str, Channel | None],
    client: httpx.AsyncClient,
    now: datetime,
) -> None:
    """Make the deliveries of one channel, one after the other, until one fails."""
    name, channel = to
    begun, since = asyncio.get_running_loop().time(), now
    for _ in range(AT_ONCE):
        now = since + timedelta(seconds=asyncio.get_running_loop().time() - begun)
        one = await centre.done(store, lambda session: _take(session, store, name, now))  # noqa: B023
        if one is None:
            return
        problem = await _sent(client, channel, f"{store}.{one.v}.{one.n}", one, now)
        state = "sent" if not problem else "dead" if one.tries > len(WAITS_S) else "waiting"
        if channel is None:
            state = "dead"
        wait_s = WAITS_S[one.tries - 1] if state == "waiting" else 0
        ended = {
            **_named(store, name, one),
            "state": state,
            "problem": problem,
            "now": now,
            "is_done": state != "waiting",
            "next_at": now + timedelta(seconds=wait_s),
        }
        await centre.done(store, lambda session: _write(session, ended))  # noqa: B023
        told = {"channel": name, "kind": one.kind, "state": state, "tries": one.tries}
        structlog.get_logger().info("webhook", store=store, **told)
        if state == "waiting":
            return


async def _sent(
    client: httpx.AsyncClient, channel: Channel | None, name: str, one: Delivery, now: datetime
) -> str:
    """Send a delivery; return what went wrong, "" for nothing."""
    if channel is None or not channel.webhook_url:
        return "the channel is not let in any more, or has no address"
    at_s = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Comptoir",
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(channel.webhook_secret, name, at_s, one.body),
    }
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            client.stream(
                "POST", channel.webhook_url, content=one.body.encode(), headers=headers
            ) as answer,
        ):
            return "" if answer.is_success else f"answered {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        return f"not reached: {type(error).__name__}"[:PROBLEM_MOST]


async def listed(session: AsyncSession, store: str, *, waiting: bool = False) -> list[Listed]:
    """Return the deliveries of a store that were laid aside, and those that wait on demand."""
    asked = {"store_id": store, "all": waiting, "most": LISTED_MOST}
    return [
        Listed(f"{row.v}.{row.n}", row.channel, row.order_id, *row[4:])
        for row in await session.execute(_LISTED, asked)
    ]


async def retry(session: AsyncSession, store: str, name: str, now: datetime) -> int:
    """Let deliveries that were laid aside be tried again: one (`12.0`), or all for `""`; commit.

    Returns how many. They go before what waits, as they happened before. Raises Unknown.
    """
    v, _, n = name.partition(".")
    if name and not (v.isdecimal() and n.isdecimal() and len(name) < 19):
        raise Unknown(f"{store} has no delivery {name}")
    asked = {"store_id": store, "all": not name, "v": int(v or 0), "n": int(n or 0), "now": now}
    count = len((await session.execute(_RETRY, asked)).all())
    await session.commit()
    if name and not count:
        raise Unknown(f"{store} laid no delivery {name} aside")
    return count


async def forget(centre: Centre, store: str, now: datetime) -> None:
    """Forget what arrived long ago."""
    async with centre.session(store) as session:
        await session.execute(_FORGET, {"store_id": store, "before": now - KEPT})
        await session.commit()


async def _take(session: AsyncSession, store: str, channel: str, now: datetime) -> Delivery | None:
    """Take the first delivery that waits, when it is due and nobody else is at it."""
    asked = {"store_id": store, "channel": channel, "now": now, "until": now + TAKEN_FOR}
    row = (await session.execute(_TAKE, asked)).one_or_none()
    await session.commit()
    return None if row is None else Delivery(*row)


async def _write(session: AsyncSession, ended: dict[str, Any]) -> None:
    await session.execute(_END, ended)
    await session.commit()


def _named(store: str, channel: str, one: Delivery) -> dict[str, Any]:
    return {"store_id": store, "channel": channel, "v": one.v, "n": one.n}
