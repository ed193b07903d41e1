"""Who waits for news: looks at the counters of their scopes, one for all of them together.

A look is two indexed queries on each server, so that it may come often: an order from the web is
to be on a till's list while its clerk still looks. NOTIFY would be heard sooner, but every commit
that notifies queues for one lock of the whole server.

News only says that a pull is worth while; nothing rests on it. A till whose key was revoked is
shown out at the next look.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog
from prometheus_client import Gauge
from sqlalchemy import text

from sync.central import access
from sync.central.engine import Centre
from sync.central.log import fault
from sync.central.problems import Refused
from sync.central.values import CATALOGUE, COMPANY, TillId, prices_scope, store_scope, till_scope

LOOK_S = 0.25
"""The longest that news wait here, beside a look itself."""

RETRY_S = 60
BEAT = b": still here\n\n"
NEWS = b"event: news\ndata: {}\n\n"

_HEADS = text(
    "SELECT scope, v FROM feed_head WHERE store_id = ANY(:stores) AND scope = ANY(:scopes)"
)


@dataclass(eq=False, slots=True)
class Listener:
    """A till that waits: its scopes, and what was seen of them last."""

    who: TillId
    key_id: str
    scopes: frozenset[str]
    seen: dict[str, int] | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def look(self, heads: dict[str, int]) -> None:
        """Wake the till when a scope of it moved; also at the first look, to be sure."""
        now = {scope: heads[scope] for scope in self.scopes if scope in heads}
        if now != self.seen:
            self.seen = now
            self.woken.set()

    def end(self) -> None:
        """Let the stream end."""
        self.is_over = True
        self.woken.set()


class News:
    """All that wait at this process, `most` at once and one stream a till."""

    def __init__(self, centre: Centre, most: int, gauge: Gauge) -> None:
        self._centre = centre
        self._most = most
        self._gauge = gauge
        self._waiting: dict[TillId, Listener] = {}

    def join(self, who: TillId, key_id: str, zone: str) -> Listener:
        """Let a till wait; an earlier stream of it ends. Raises Refused 503 when too many do."""
        earlier = self._waiting.pop(who, None)
        if earlier is not None:
            earlier.end()
        if len(self._waiting) >= self._most:
            raise Refused(503, "too_many_wait", "Too many tills wait for news here.", RETRY_S)
        scopes = frozenset({CATALOGUE, prices_scope(zone), store_scope(who.store), till_scope(who)})
        listener = Listener(who, key_id, scopes)
        self._waiting[who] = listener
        self._gauge.set(len(self._waiting))
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget who waited."""
        if self._waiting.get(listener.who) is listener:
            del self._waiting[listener.who]
        self._gauge.set(len(self._waiting))

    def end(self) -> None:
        """Let every stream end."""
        for listener in list(self._waiting.values()):
            listener.end()

    async def watch(self) -> None:
        """Look again and again while anybody waits; a database that is away is looked for again."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  the watch goes on: tills pull anyway
                structlog.get_logger().warning("news", **fault(error))

    async def look(self) -> None:
        """Tell those whose scopes moved; show out those whose keys were revoked."""
        groups: dict[int, list[Listener]] = defaultdict(list)
        for listener in self._waiting.values():
            groups[id(self._centre.engine(listener.who.store))].append(listener)
        for group in groups.values():
            heads = await self._heads(group)
            for listener in group:
                listener.look(heads)
            await self._show_out(group)

    async def _heads(self, group: list[Listener]) -> dict[str, int]:
        store = group[0].who.store
        asked = {
            "stores": sorted({COMPANY, *(one.who.store for one in group)}),
            "scopes": sorted({scope for one in group for scope in one.scopes}),
        }
        async with self._centre.session(store) as session:
            found = (await session.execute(_HEADS, asked)).tuples()
            return dict(found.all())

    async def _show_out(self, group: list[Listener]) -> None:
        gone = await access.revoked(self._centre, {one.who: one.key_id for one in group})
        for listener in group:
            if listener.who in gone:
                listener.end()


async def stream(listener: Listener, beat_s: int, life_s: int) -> AsyncIterator[bytes]:
    """Yield a stream's bytes: news, and a comment when there was none for `beat_s` seconds."""
    clock = asyncio.get_running_loop().time
    end = clock() + life_s
    yield BEAT
    while clock() < end and not listener.is_over:
        try:
            async with asyncio.timeout(min(beat_s, max(0, end - clock()))):
                await listener.woken.wait()
        except TimeoutError:
            yield BEAT
            continue
        listener.woken.clear()
        if not listener.is_over:
            yield NEWS
