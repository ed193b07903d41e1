"""The centre in memory and the one on PostgreSQL keep claims alike, whatever comes in what order.

Two tills ask, give up, hand over and take back; each tells when it may. The customer
cancels, and what is abandoned is released. Both centres hear the same, and must say the same.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pos.domain.events.orders import HandOverAsked, HandOverDropped, HandOverUndone, OrderHandedOver
from pos.domain.order import Order, OrderState
from sync.central import claims
from sync.central.engine import Centre
from sync.central.orders import expiry, placing
from sync.central.values import CentreRefusal
from sync.memory import MemoryCentre
from sync.protocol import Claim, Claimed
from tests.central.conftest import Databases
from tests.central.ordering import RULES
from tests.central.preparing import Preparing, at_another_till, inbox, preparing
from tests.central.tills import AT, NOON, open_store

STORE = "S001"
What = Literal["ask", "ask_anew", "drop", "hand", "hand_all", "undo", "push", "cancel", "release"]
Turn = tuple[What, int, int]
"""What is done, by which till, for which visit at most."""

TURNS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", *What.__args__, "push"]),  # type: ignore[attr-defined]
        st.integers(0, 1),
        st.integers(0, 1),
    ),
    max_size=14,
)


@dataclass
class Both:
    """Both centres with one order, and two tills that know each other's visits from the first."""

    centre: Centre
    memory: MemoryCentre
    tills: tuple[Preparing, Preparing]
    claims: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The order's ULID."""
        return self.tills[0].name

    async def take(self, turn: Turn) -> None:
        """Do what a turn says in both, and hold what they answer against each other."""
        what, n, most = turn
        if what == "push":
            await self.push(n)
        elif what in ("cancel", "release"):
            await getattr(self, what)()
        else:
            visit = min(most, (await self.tills[0].order()).visits)
            await self.at_a_till(what, n, visit)

    async def at_a_till(self, what: str, n: int, visit: int) -> None:
        """Let a till ask, or write what became of what it last asked for."""
        claim = self.claims.get((n, visit), "")
        if what == "ask_anew" or (what == "ask" and not claim):
            asked = self.write(n, HandOverAsked, visit=visit)
            claim = self.claims[n, visit] = asked
        if what in ("ask", "ask_anew"):
            await self.ask(n, claim, visit)
        elif claim and what == "drop":
            self.write(n, HandOverDropped, visit=visit, claim=claim, reason="given_up")
        elif claim and what == "undo":
            lines = self.tills[n].handing((1, 1_000, 0))["lines"]
            self.write(n, HandOverUndone, visit=visit, lines=lines, reason="wrong")
        elif claim:
            quantity = 1_000 if what == "hand" else 2_000
            handing = self.tills[n].handing((1, quantity, 0), visit=visit, claim=claim)
            self.write(n, OrderHandedOver, **handing, rest=what == "hand")

    def write(self, n: int, kind: Any, **facts: Any) -> str:
        """Write a step in a till's journal; return its entry's name."""
        till = self.tills[n].till
        return till.record(self.tills[n].event(kind, **facts)).name

    async def ask(self, n: int, claim: str, visit: int) -> None:
        """Ask both for a claim."""
        who = self.tills[n].till.who
        asked = Claim(claim=claim, what="hand_over", key=f"{self.name}:{visit}")
        async with self.centre.session(STORE) as session:
            real = await claims.ask(session, who, asked, NOON)
        assert _word(real) == _word(self.memory.claim(asked))

    async def push(self, n: int) -> None:
        """Let a till tell both all that it wrote."""
        till = self.tills[n].till
        real = await till.push(self.centre)
        assert (real.state, real.parked) == ("ok", [])
        self.memory.push(STORE, till.who.till, till.request())

    async def cancel(self) -> None:
        """Let the customer cancel, where the centre allows it."""
        before = (await self.tills[0].order()).state
        try:
            await placing.cancel(self.centre, STORE, self.name, "web", NOON)
        except CentreRefusal as refusal:
            if refusal.slug not in ("too_late", "being_handed_over"):
                raise
        has_ended = (await self.tills[0].order()).state is not before
        assert self.memory.end(STORE, self.name, OrderState.CANCELLED) is has_ended

    async def release(self) -> None:
        """Let half an hour pass."""
        await expiry.expire(self.centre, STORE, RULES, NOON + claims.ABANDONED_AFTER)
        for key in self.memory.handed_now(self.name):
            self.memory.release(key)

    async def compare(self) -> None:
        """Hold the order and the inbox of both against each other."""
        kept = await self.tills[0].order()
        assert _standing(kept) == _standing(self.memory.books.orders.orders[self.name])
        twice = {
            key.rpartition(":")[2]: Counter(deed.entry for deed in thing.deeds)
            for (_, key), thing in self.memory.books.claims.items()
            if len(thing.deeds) > 1
        }
        told = {}
        for one in await inbox(self.centre):
            if one.slug == "double_hand_over":
                sides = [
                    f"{STORE}-{side['entry']}" for side in json.loads(one.evidence)["hand_overs"]
                ]
                if len(sides) > 1:
                    told[one.name.rpartition(":")[2]] = Counter(sides)
        assert told == twice


def _word(answer: Claimed) -> tuple[bool, str, str]:
    return answer.granted, answer.holder, answer.why


def _standing(order: Order) -> tuple[object, ...]:
    line = order.line(1)
    return order.state, order.visits, order.refunded, line.handed, line.to_hand


async def _opened(databases: Databases) -> Both:
    centre = Centre.of([await databases.new()])
    await open_store(centre, STORE)
    here = await preparing(centre, {"bread": 2_000})
    await here.make_ready(bread=2_000)
    there = await at_another_till(centre, here)
    await there.till.push(centre)
    memory = MemoryCentre(now=lambda: AT)
    for one in (here, there):
        who = one.till.who
        memory.enrol(who.store, who.till, one.till.key.public_key)
        memory.push(who.store, who.till, one.till.request())
    memory.place(STORE, await here.order())
    return Both(centre, memory, (here, there))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(turns=[("ask", 0, 0), ("hand", 0, 0), ("drop", 0, 0), ("push", 0, 0), ("ask", 1, 0)])
@example(turns=[("ask", 0, 0), ("hand", 0, 0), ("hand", 0, 0)])
@given(turns=TURNS)
async def test_both_centres_answer_claims_alike(databases: Databases, turns: list[Turn]) -> None:
    both = await _opened(databases)
    for turn in turns:
        await both.take(turn)
    for n in (0, 1):
        await both.push(n)
    await both.compare()
    for n, visit in ((0, 0), (1, 0), (0, 1), (1, 1)):
        await both.take(("ask_anew", n, visit))
    await both.centre.close()
