"""The courier: brings a till's entries to the centre and the centre's news to the till.

One push and one pull are in flight at most. Whatever goes wrong is a state with a name, and a
wait that grows; nothing is lost by dying at any point, because the journal is the outbox and what
the centre holds is believed only from its own answers (docs/sync.md). The decisions are those of
`sync.merge`; here is the loop around them, over ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import quote

from pos.domain.shift import instant_text
from pos.journal.chain import Head
from pos.ports import StoreUnavailable
from pos.ports.centre import (
    ClaimAnswer,
    ClaimWanted,
    CourierReport,
    CourierState,
    ForkOrder,
    LaneKept,
    StockThere,
)
from sync.around import Pace, Surroundings
from sync.merge import Fork, Lane, Outcome, Outgoing
from sync.parcels import Parcels
from sync.protocol import (
    ENTRIES_MOST,
    ROWS_MOST,
    Claim,
    Claimed,
    Match,
    Matched,
    Pull,
    PullAnswer,
    PushAnswer,
    StockAnswer,
)
from sync.scopes import Scopes
from sync.standing import Side, Standing
from sync.wire import Trouble

ROWS_LEAST = 50
BEHIND_FROM = 100
"""With more entries to send the till says that it is sending."""

_SHRINKS = (CourierState.TOO_SLOW, CourierState.HALF_ANSWER)
_PATIENT = (
    CourierState.NOT_ENROLLED,
    CourierState.REVOKED,
    CourierState.TOO_OLD,
    CourierState.REJECTED,
    CourierState.MISSING,
)
"""What no second try mends: it is tried again only after the longest wait."""


class Courier:
    """One till's courier; `run` until it is cancelled."""

    def __init__(
        self,
        around: Surroundings,
        scopes: Sequence[str],
        pace: Pace | None = None,
        report: CourierReport | None = None,
    ) -> None:
        """`report` is what the courier last said of itself, before it ended."""
        self._around = around
        self._pace = pace or Pace()
        told = report or CourierReport()
        kept = around.mirror.lanes()
        self._outgoing = Outgoing({epoch: _lane(one) for epoch, one in kept.items()})
        read_at = {scope: at for scope, at in told.read_at.items() if scope in scopes}
        self._parcels = Parcels(around)
        self._scopes = Scopes(around, scopes, read_at)
        self._standing = Standing(around, self._pace.beat_s, told, read_at, self._scopes.coming)
        self._batch, self._rows, self._rows_most = ENTRIES_MOST, ROWS_MOST, ROWS_MOST
        self._failures: dict[Side, int] = {"up": 0, "down": 0}
        self._work, self._news, self._asked, self._wanted = (asyncio.Event() for _ in range(4))
        self._recovered = asyncio.Event()
        self._lacking: dict[str, int] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        self._standing.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                for task in (self._watch, self._listen, self._look_up, self._ask_claims):
                    tasks.create_task(task())
                tasks.create_task(self._go("up", self._send, self._work, None))
                tasks.create_task(self._go("down", self._fetch, self._news, self._pace.idle_s))
        finally:
            self._standing.stop()

    # the loops

    async def _go(
        self,
        side: Side,
        step: Callable[[], Awaitable[bool]],
        call: asyncio.Event,
        idle_s: float | None,
    ) -> None:
        """Do one step after the other; wait for the call when there is nothing left to do."""
        while True:
            call.clear()
            try:
                has_more = await step()
            except Trouble as trouble:
                await self._stumble(side, trouble)
                continue
            except StoreUnavailable as error:
                await self._stumble(side, Trouble(CourierState.DISK, str(error)))
                continue
            self._went_well(side, heard=has_more or side == "down")
            if not has_more:
                spread = None if idle_s is None else idle_s * (0.75 + self._around.chance() / 2)
                await self._wait(spread, call)

    async def _watch(self) -> None:
        """Call for a push whenever the till's file changed."""
        seen: object = None
        while True:
            try:
                now = self._around.changed()
                if self._around.mirror.asked():
                    self._asked.set()
                if self._around.mirror.claims():
                    self._wanted.set()
            except StoreUnavailable:
                now = seen  # sending says so, with a wait that grows
            if now != seen:
                seen = now
                self._work.set()
            await self._around.sleep(self._pace.look_s)

    async def _listen(self) -> None:
        """Call for a pull whenever the centre has news; without it the pulls go on anyway."""
        failures = 0
        while True:
            try:
                async for _ in self._around.wire.live():
                    failures = 0
                    self._news.set()
            except Trouble as trouble:
                failures += 1
                await self._around.sleep(max(self._back_off_s(failures), trouble.retry_s))
            else:
                await self._around.sleep(self._back_off_s(1))

    async def _look_up(self) -> None:
        """Ask for the stock of other stores when a person at the till wants to know."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            with suppress(Trouble, StoreUnavailable):  # the last answer stays, with its age
                for sku in self._around.mirror.asked():
                    await self._answer(sku)
            await self._around.sleep(self._pace.first_s)

    async def _answer(self, sku: str) -> None:
        told = await self._around.wire.ask(
            f"/v1/stock?sku={quote(sku, safe='')}", None, StockAnswer
        )
        found = [
            StockThere(one.store, one.name, one.on_hand, one.reserved, one.as_of)
            for one in told.stores
        ]
        self._around.mirror.answer(sku, found, instant_text(self._around.clock.now()))

    async def _ask_claims(self) -> None:
        """Ask for what a till must have alone, while somebody waits for the answer.

        A claim has the name of its entry, so asking twice changes nothing: it is asked until it
        is answered, however late that is.
        """
        failures = 0
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                for wanted in self._around.mirror.claims():
                    await self._claim(wanted)
                failures = 0
            except (Trouble, StoreUnavailable):
                failures += 1
                await self._around.sleep(self._pace.first_s)
                if not self._recovered.is_set():
                    await self._wait(self._back_off_s(failures), self._recovered)

    async def _claim(self, wanted: ClaimWanted) -> None:
        self._check_judged()
        asked = Claim(claim=wanted.claim, what=wanted.what, key=wanted.key)
        told = await self._around.wire.ask("/v1/claims", asked, Claimed)
        answer = ClaimAnswer(told.granted, told.holder, told.at, told.why)
        self._around.mirror.claimed(wanted.claim, answer)

    # up

    async def _send(self) -> bool:
        """Send what is due; return whether there may be more."""
        self._check_judged()
        heads = self._around.outbox.heads()
        forked = next((epoch for epoch in heads if self._outgoing.lane(epoch).forked), None)
        if forked is not None:
            await self._part(forked, heads)
            return True
        due = self._outgoing.next_push(heads)
        self._standing.is_behind = self._outgoing.unsent(heads) > BEHIND_FROM
        if due is None and self._lacking:
            raise Trouble(CourierState.MISSING, "the centre lacks purged entries")
        if due is None:
            return False
        self._standing.tell()
        await self._push(due, heads)
        return True

    async def _push(self, due: tuple[str, int], heads: Mapping[str, Head]) -> None:
        epoch, first = due
        before = self._outgoing.lane(epoch)
        most = min(self._batch, before.limit(heads[epoch]) - before.acked)
        push = self._parcels.next(epoch, first, most)
        if push is None:
            raise Trouble(CourierState.MISSING, f"{epoch}/{first} was purged to its archive")
        self._outgoing = self._outgoing.pushing(push.request, epoch)
        ahead = asyncio.create_task(
            self._parcels.read_ahead(push, before.limit(heads[epoch]), self._batch)
        )
        try:
            answer = await self._around.wire.ask("/v1/journal", push, PushAnswer)
        finally:
            ahead.cancel()
        self._check_judged()
        after, outcome = self._outgoing.heard_push(
            answer, self._around.outbox.heads(), self._around.outbox.hash_at
        )
        self._keep(after)
        self._check_progress(epoch, before, outcome)
        self._batch = min(ENTRIES_MOST, self._batch * 2)
        if answer.parked or outcome != "advanced":
            facts = {"epoch": epoch, "expected": answer.expected, "outcome": outcome}
            self._around.log("push", {**facts, "parked": len(answer.parked)})

    def _check_progress(self, epoch: str, before: Lane, outcome: Outcome) -> None:
        """Wait before another try when an answer changed nothing."""
        if outcome == "missing":
            raise Trouble(CourierState.MISSING, f"{epoch}: the centre lacks purged entries")
        if outcome == "ignored" or (outcome == "advanced" and self._outgoing.lane(epoch) == before):
            raise Trouble(CourierState.SERVER_ERROR, f"{epoch}: an answer that says nothing")

    async def _part(self, epoch: str, heads: Mapping[str, Head]) -> None:
        """Look for the last entry that both hold of an epoch that forked, and order to part."""
        search, outbox = self._outgoing.search(epoch, heads[epoch]), self._around.outbox
        while True:
            own = {number: outbox.hash_at(epoch, number) for number in search.probes()}
            hashes = {number: one.hex() for number, one in own.items() if one is not None}
            match = Match(request=self._around.name(), epoch=epoch, hashes=hashes)
            matched = await self._around.wire.ask("/v1/match", match, Matched)
            self._check_judged()
            search = search.heard(matched.number)
            if search.found:
                break
        after, order = self._outgoing.settle(search, heads, matched.held, outbox.hash_at)
        self._keep(after, order)
        self._around.log("fork", {"epoch": epoch, "shared": search.low, "parts": order is not None})

    def _keep(self, after: Outgoing, order: Fork | None = None) -> None:
        """Keep the lanes on disk before they are believed."""
        if after.lanes != self._outgoing.lanes or order is not None:
            self._around.mirror.keep_lanes(
                {epoch: _lane_kept(lane) for epoch, lane in after.lanes.items()},
                None if order is None else ForkOrder(order.epoch, order.number, order.hash),
            )
        self._outgoing = after

    # down

    async def _fetch(self) -> bool:
        """Ask what is new; return whether there is more of it."""
        self._check_judged()
        outbox, name = self._around.outbox, self._around.name()
        heads = self._outgoing.told(outbox.heads(), outbox.hash_at)
        cursors = self._scopes.cursors()
        pull = Pull(
            request=name, heads=heads, lacking=self._lacking, cursors=cursors, limit=self._rows
        )
        self._outgoing = self._outgoing.pulling(name)
        answer = await self._around.wire.ask("/v1/pull", pull, PullAnswer)
        self._check_judged()
        if answer.request != name:
            raise Trouble(CourierState.HALF_ANSWER, "an answer to another question")
        after, outcomes = self._outgoing.heard_pull(answer, outbox.heads(), outbox.hash_at)
        self._keep(after)
        if not set(outcomes.values()) <= {"advanced", "ignored"}:
            self._around.log("pull", {"outcomes": dict(outcomes)})
            self._work.set()
        self._note_lacking({epoch for epoch, what in outcomes.items() if what == "missing"})
        if answer.reads:
            await self._scopes.change(answer.reads)
        pages = {s: answer.scopes[s] for s in cursors if s in answer.scopes}
        has_more = await self._scopes.take(pages)
        self._rows = min(self._rows_most, self._rows * 2)
        return has_more

    def _note_lacking(self, epochs: set[str]) -> None:
        """Remember which epochs' purged entries the centre lacks; it is told with the next pull."""
        was_lacking = set(self._lacking)
        took = self._around.outbox.purged() if epochs else {}
        self._lacking = {epoch: took.get(epoch, 0) for epoch in sorted(epochs)}
        if epochs - was_lacking:
            self._news.set()
        if was_lacking and not epochs:
            self._recovered.set()
            self._work.set()

    def _check_judged(self) -> None:
        """Neither ask nor believe anything about a file that the till has yet to judge."""
        if not self._around.outbox.is_judged():
            raise Trouble(CourierState.UNOPENED, "the file is not the one that the till last wrote")

    # how it goes

    async def _stumble(self, side: Side, trouble: Trouble) -> None:
        """Show a failure, and wait: longer each time, with chance, and as long as asked."""
        if trouble.is_hasty:
            await self._wait(max(trouble.retry_s, self._back_off_s(1)))
            return
        if trouble.is_large or trouble.state in _SHRINKS:
            was = (self._batch, self._rows)
            if side == "up":
                self._batch = max(1, self._batch // 2)
            else:
                self._rows = max(ROWS_LEAST, self._rows // 2)
                if trouble.is_large:
                    self._rows_most = self._rows
            if trouble.is_large and (self._batch, self._rows) != was:
                return
        self._failures[side] += 1
        self._recovered.clear()
        self._standing.stumbled(side, trouble)
        seconds = self._back_off_s(self._failures[side])
        if trouble.state in _PATIENT:
            seconds = self._back_off_s(100)
        if trouble.retry_s:
            await self._wait(max(seconds, trouble.retry_s))
        elif trouble.state is CourierState.UNOPENED:
            await self._wait(seconds, self._recovered, self._work)
        else:
            await self._wait(seconds, self._recovered)

    def _went_well(self, side: Side, *, heard: bool) -> None:
        """Forget this side's failures; the other side need not wait any longer either."""
        self._failures[side] = 0
        self._standing.is_forked = any(lane.forked for lane in self._outgoing.lanes.values())
        if self._standing.went_well(side, heard=heard):
            self._recovered.set()

    def _back_off_s(self, failures: int) -> float:
        longest = min(self._pace.most_s, self._pace.first_s * 2.0 ** min(failures - 1, 30))
        return longest * (0.5 + self._around.chance() / 2)

    async def _wait(self, seconds: float | None, *calls: asyncio.Event) -> None:
        """Wait until a call comes, or the seconds are over."""
        waits = [asyncio.ensure_future(call.wait()) for call in calls]
        if seconds is not None:
            waits.append(asyncio.ensure_future(_slept(self._around.sleep, seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


async def _slept(sleep: Callable[[float], Awaitable[Any]], seconds: float) -> Literal[True]:
    await sleep(seconds)
    return True


def _lane(kept: LaneKept) -> Lane:
    return Lane(kept.acked, kept.until, kept.forked)


def _lane_kept(lane: Lane) -> LaneKept:
    return LaneKept(lane.acked, lane.until, lane.forked)
