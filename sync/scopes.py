"""How far each scope was read, and keeping page after page of it.

While a page is being kept, the next one is already asked for: one is on its way and one on its way
to the disk at most. A page that could not be kept takes what was asked for after it along.
A snapshot of articles is shown when it and the prices are all in, and counts as read only then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pos.domain.shift import instant_text
from pos.ports.centre import FeedPage, ReadingKept
from sync.around import Surroundings
from sync.protocol import Cursor, Page
from sync.reading import Reading, after_page

GOODS = ("catalogue:", "prices:")
"""How the scopes begin without which nothing new can be sold."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """A page, and where the reading stands after it."""

    scope: str
    page: Page
    before: Reading
    after: Reading
    swept: bool


class Scopes:
    """The scopes that a till reads; `read_at` says when each was last read to its end.

    `coming` says of each that is not at its end how much of it is here, in thousandths.
    """

    def __init__(
        self, around: Surroundings, scopes: Sequence[str], read_at: dict[str, str]
    ) -> None:
        self._around = around
        known = around.mirror.readings()
        self._kept = {scope: _reading(known.get(scope)) for scope in scopes}
        self._ahead = dict(self._kept)
        self._ended = set(read_at)
        self._read_at = read_at
        self.coming: dict[str, int] = {}
        self._goods = _goods(scopes)
        self._unread = set(self._goods)
        self._may_hide = True
        self._included: Mapping[str, int] | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def change(self, scopes: Sequence[str]) -> None:
        """Read these scopes from now on; what is read no more is forgotten, and begins anew if it
        ever comes back. Raises StoreUnavailable.
        """
        if set(scopes) == self._ahead.keys():
            return
        await self._settled()
        await asyncio.to_thread(self._around.mirror.reads, scopes)
        for gone in self._ahead.keys() - set(scopes):
            del self._ahead[gone], self._kept[gone]
            self._ended.discard(gone)
            self._read_at.pop(gone, None)
            self.coming.pop(gone, None)
        for fresh in set(scopes) - self._ahead.keys():
            self._ahead[fresh] = self._kept[fresh] = Reading()
        self._goods = _goods(scopes)
        self._unread = (self._unread & self._goods) | (self._goods - self._ended)
        self._around.log("scopes", {"reads": sorted(scopes)})

    def cursors(self) -> dict[str, Cursor]:
        """Return where to read on: prices only after the articles that they belong to."""
        waits = any(one.startswith("catalogue:") and one not in self._ended for one in self._ahead)
        return {
            scope: reading.cursor
            for scope, reading in self._ahead.items()
            if not (waits and scope.startswith("prices:"))
        }

    async def take(self, pages: Mapping[str, Page]) -> bool:
        """Keep pages, in the background while there is more to ask for; return whether there is.

        Raises StoreUnavailable when these or the pages before them could not be kept.
        """
        await self._settled()
        turns = [self._turn(scope, page) for scope, page in pages.items()]
        self._keeping = asyncio.create_task(asyncio.to_thread(self._keep, turns))
        self._ended |= {scope for scope, page in pages.items() if not page.more}
        has_more = len(pages) < len(self._ahead) or any(page.more for page in pages.values())
        if not has_more:
            await self._settled()
        return has_more

    async def _settled(self) -> None:
        """Wait until the pages before are kept."""
        task, self._keeping = self._keeping, None
        if task is None:
            return
        try:
            await task
        except BaseException:
            self._ahead = dict(self._kept)
            raise

    def _turn(self, scope: str, page: Page) -> _Turn:
        before = self._ahead[scope]
        after, swept = after_page(before, page)
        self._ahead[scope] = after
        return _Turn(scope, page, before, after, swept)

    def _keep(self, turns: Sequence[_Turn]) -> None:
        """Write pages that say something new, each with where the reading stands after it."""
        for turn in turns:
            self._keep_page(turn)
        ended = {turn.scope for turn in turns if not turn.page.more}
        self._unread -= ended
        if self._unread:
            ended -= self._goods
        elif self._may_hide:
            self._around.mirror.show()
            self._may_hide = False
        now = instant_text(self._around.clock.now())
        self._read_at.update(dict.fromkeys(sorted(ended), now))

    def _keep_page(self, turn: _Turn) -> None:
        scope, page, at = turn.scope, turn.page, turn.after
        if page.snapshot and scope in self._goods:
            self._unread.add(scope)
            self._may_hide = True
        tells_stock = scope.startswith("store:") and not page.more
        included = page.included if tells_stock else None
        is_other = included is not None and included != self._included
        if page.things or at != turn.before or is_other:
            kept = ReadingKept(at.cursor.v, at.cursor.nonce, at.round, at.sweeping)
            self._apply(FeedPage(scope, page.things, kept, page.snapshot, turn.swept, included))
            self._included = self._included if included is None else included
        self._kept[scope] = at
        self.coming.pop(scope, None)
        if page.more and page.last:
            self.coming[scope] = min(page.cursor.v * 1_000 // page.last, 1_000)

    def _apply(self, page: FeedPage) -> None:
        refused = self._around.mirror.apply(page)
        if refused or page.starts:
            facts = {"scope": page.scope, "snapshot": page.starts, "not_understood": refused}
            self._around.log("page", facts)


def _goods(scopes: Sequence[str]) -> set[str]:
    return {one for one in scopes if one.startswith(GOODS)}


def _reading(kept: ReadingKept | None) -> Reading:
    if kept is None:
        return Reading()
    return Reading(Cursor(v=kept.v, nonce=kept.nonce), kept.round, kept.sweeping)
