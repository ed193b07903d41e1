"""Tills on loopback that wait for news and pull when there is some, without a screen or a disk.

Run by a bench as `python -m scripts.benches.crowd URL COUNT`; ends when its standard input does.
Each signs its requests and goes on from its cursors, by the courier's own wire.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from pos.journal.signing import SeedKey
from sync.central.values import TillId, store_scope, till_scope
from sync.http import HttpWire, Identity
from sync.protocol import Cursor, HeadText, Pull, PullAnswer
from sync.wire import Trouble

NAME = "bench"
STORES = 20
APART_S = 0.02
"""A shop's tills are not all switched on in one instant."""

AGAIN_S = 1.0
_HEADS = {"K1": HeadText(number=0, hash="00" * 32)}


def tills(count: int) -> Sequence[tuple[TillId, SeedKey]]:
    """Return so many tills of `STORES` stores, each with its key; T01 is nobody's."""
    return [
        (
            TillId(f"S{n % STORES + 1:03d}", f"T{n // STORES + 2:02d}"),
            SeedKey((n + 1).to_bytes(32, "big")),
        )
        for n in range(count)
    ]


class Waiting:
    """One till: its stream, its cursors."""

    def __init__(self, url: str, who: TillId, key: SeedKey) -> None:
        self._who = who
        self._wire = HttpWire(url, Identity(str(who), NAME, key))
        start = Cursor(v=0, nonce="")
        scopes = ("catalogue:MAIN", "prices:FR", store_scope(who.store), till_scope(who))
        self._cursors = dict.fromkeys(scopes, start)
        self.has_read = asyncio.Event()

    async def run(self, wait_s: float) -> None:
        """Wait and pull until cancelled."""
        await asyncio.sleep(wait_s)
        while True:
            try:
                async for _ in self._wire.live():
                    await self._pull()
            except Trouble as trouble:
                await asyncio.sleep(max(AGAIN_S, trouble.retry_s))

    async def _pull(self) -> None:
        has_more = True
        while has_more:
            asked = Pull(request="r", heads=_HEADS, cursors=self._cursors)
            told = await self._wire.ask("/v1/pull", asked, PullAnswer)
            self._cursors.update({scope: page.cursor for scope, page in told.scopes.items()})
            has_more = any(page.more for page in told.scopes.values())
        self.has_read.set()


async def main(url: str, count: int) -> None:
    """Say when all have read what there is; let them wait until the standard input ends."""
    waiting = [Waiting(url, *one) for one in tills(count)]
    tasks = [asyncio.create_task(one.run(n * APART_S)) for n, one in enumerate(waiting)]
    for one in waiting:
        await one.has_read.wait()
    print("read", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
