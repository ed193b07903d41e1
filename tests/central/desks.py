"""Two real tills of a shop with their cables, and orders that lie ready between them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from config import settings as settings_file
from pos.domain.errors import Refusal
from pos.domain.events import OrderHandedOver
from pos.domain.order import Order, OrderState
from pos.domain.staff import Person
from pos.main.join import desk_of
from pos.till.desk import Desk
from pos.till.pickup import after, hand_over, judge, picking
from pos.till.pickup.claims import Standing, standing
from pos.till.pickup.hand_over import HandOver
from sync.central import conflicts, numbers, pass_keys, rebuild
from sync.central.conflicts import Conflict
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.passes import pass_of
from sync.central.service import utc_now
from sync.central.settings import OrderRules, Secrets
from tests.central.machines import Machine
from tests.central.ordering import RULES, stocked, wanting
from tests.central.proxy import Cable, cable
from tests.central.serving import Process, Shop
from tests.central.tills import rows

CLERK = Person("clerk", "3", "Retrait", "clerk")
MANAGER = Person("boss", "1", "Chef", "manager")
NUMBER = "SELECT number FROM store WHERE store_id = :store_id"
HOLDER = "SELECT holder FROM claim WHERE store_id = :store_id AND key = :key"


class Line(StrEnum):
    """What a till's cable does while an order is handed out."""

    WHOLE = "whole"
    CUT = "cut"
    DEAF = "deaf"
    """What the till says arrives; no answer does."""


class Before(StrEnum):
    """What happened to an order before it is handed out."""

    NOTHING = "nothing"
    UNDONE = "undone"
    PART = "part"


OVER = (judge.Judged.ALREADY_COLLECTED, judge.Judged.CANCELLED, judge.Judged.EXPIRED)
"""What a till that heard of the end of an order says of its pass."""


@dataclass
class Counter:
    """A till with its cable and its clerk, who has at most one hand-over begun."""

    machine: Machine
    desk: Desk
    line: Line = Line.WHOLE
    begun: HandOver | None = None

    @property
    def cable(self) -> Cable:
        return self.machine.cable

    async def lay(self, line: Line) -> None:
        """Let the cable be so, and wait until the till knows."""
        self.line = line
        self.cable.cut()
        self.cable.cut_after = lambda: 0 if line is Line.DEAF else None
        if line is not Line.CUT:
            self.cable.mend()
        is_whole = line is Line.WHOLE
        await self.machine.until(lambda: self._is_reached() is is_whole)

    def order(self, name: str) -> Order:
        """Return an order as this till shows it."""
        found = self.machine.store.orders.order(name)
        assert found is not None
        return found

    def _is_reached(self) -> bool:
        return self.machine.store.centre.report().state in ("connected", "sending")

    def reads_passes(self) -> bool:
        """Whether keys and shops, which come with the catalogue, are there too."""
        orders = self.machine.store.orders
        return bool(orders.pass_keys()) and orders.own_number() is not None

    async def turn(self, scan: str) -> None:
        """Scan the pass and ask the centre; or, when that was done, end the hand-over."""
        if self.begun is None:
            await self.ask(scan)
        else:
            self.end()

    async def ask(self, scan: str) -> None:
        found = judge.judge(self.desk, scan)
        if found.proof is None or found.order is None:
            assert found.kind in OVER
            return
        asked = hand_over.begin(self.desk, found.order, found.proof)
        asked = self.begun = hand_over.ask_claim(self.desk, asked)
        if self.line is Line.DEAF:
            await self._until_answered_at_the_centre(asked)
        elif self.line is Line.WHOLE:
            orders = self.machine.store.orders
            await self.machine.until(lambda: orders.claimed(asked.claim) is not None)

    async def _until_answered_at_the_centre(self, asked: HandOver) -> None:
        """Wait until the centre gave its word, to this till or before that to the other, or none
        is to be had any more.
        """
        order = asked.order.order

        async def is_known() -> bool:
            shop = self.machine.shop
            key = f"{order}:{asked.visit}"
            if await rows(shop.centre, shop.store, HOLDER, key=key):
                return True
            return not (await placing.order_by_id(shop.centre, shop.store, order)).order.may_leave

        await self.machine.until(is_known)

    def end(self) -> None:
        """Hand over with the centre's word, without one as the shop's policy allows, or not."""
        assert self.begun is not None
        self.begun = hand_over.claim_answer(self.desk, self.begun)
        if standing(self.desk, self.begun) is Standing.REFUSED:
            with pytest.raises(Refusal, match="hand nothing out"):
                hand_over.finish(self.desk, self.begun)
        else:
            hand_over.finish(self.desk, self.begun)

    def handed(self, order: str, visit: int = 0) -> list[OrderHandedOver]:
        """Return what this till wrote of an order that left at a visit."""
        every = [one.facts for one in self.machine.store.orders.handed(order)]
        return [one for one in every if one.visit == visit]

    def undo(self, order: Order) -> None:
        """Take the last hand-over back, as a manager does."""
        self.desk.person = MANAGER
        after.undo(self.desk, order, "another customer")
        self.desk.person = CLERK

    async def shows(self, order: str, state: OrderState) -> None:
        """Wait until this till shows an order in that state."""

        def is_so() -> bool:
            known = self.machine.store.orders.order(order)
            return known is not None and known.state is state

        await self.machine.until(is_so)


@dataclass
class Desks:
    """Two tills of one shop, and the orders that lie ready between them."""

    shop: Shop
    secrets: Secrets
    a: Counter
    b: Counter
    number: int = 0

    async def ready(self, rules: OrderRules = RULES) -> tuple[Held, str]:
        """Place an order and let a till prepare it; return it with its pass, known at both."""
        asked = wanting({"bread": 2_000}, self.shop.store)
        held = await placing.place(self.shop.centre, "web", asked, rules, utc_now())
        name = held.order.order
        await self.a.shows(name, OrderState.PLACED)
        picking.ready(self.a.desk, picking.pick_line(self.a.desk, self.a.order(name), 1, 2_000),
                      "A3", 1)  # fmt: skip
        for one in (self.a, self.b):
            await one.shows(name, OrderState.READY)
            await one.machine.until(one.reads_passes)
        return held, await self.pass_of(held)

    async def visited(self, before: Before, name: str, scan: str) -> None:
        """Let an order have had a visit before: handed over and undone, or of a part of it."""
        if before is Before.NOTHING:
            return
        await self.a.lay(Line.WHOLE)
        await self.a.ask(scan)
        assert self.a.begun is not None
        if before is Before.PART:
            self.a.begun = hand_over.take(self.a.desk, self.a.begun, 1, 1_000)
        self.a.end()
        if before is Before.UNDONE:
            self.a.undo(self.a.order(name))
        await self.heal(self.a)
        for one in (self.a, self.b):
            await one.machine.until(lambda one=one: one.order(name).visits == 1)  # type: ignore[misc]
            await one.shows(name, OrderState.READY)

    async def pass_of(self, held: Held) -> str:
        """Return the pass of an order as its page shows it now."""
        async with self.shop.centre.session(self.shop.store) as session:
            keys = await pass_keys.ring(session, self.secrets.passes)
        return pass_of(held, self.number, keys).text

    async def heal(self, *order: Counter) -> None:
        """Give the tills their cables back, one after the other; each tells all it has."""
        for one in order:
            await one.lay(Line.WHOLE)
            await one.machine.until(one.machine.is_held)
            one.begun = None

    async def inbox(self, order: str) -> list[Conflict]:
        """Return what waits in the inbox of an order; all is as the journals say."""
        async with self.shop.centre.session(self.shop.store) as session:
            inbox = await conflicts.listed(session, self.shop.store)
        async with self.shop.centre.session(self.shop.store) as session:
            assert (await rebuild.compare(session, self.shop.store)).names == []
        return [one for one in inbox if order in one.evidence]

    async def check(self, order: str, handed: list[OrderHandedOver]) -> None:
        """All agree on what became of an order, and whoever must look at it is told why."""
        unmarked = [one for one in handed if one.outcome == "granted"]
        assert len(unmarked) <= 1
        assert all(one.risk == "policy" for one in handed if one not in unmarked)
        for one in (self.a, self.b):
            await one.shows(order, OrderState.HANDED_OVER)
        told = await self.inbox(order)
        if len(handed) == 1:
            assert told == []
            return
        assert [one.name for one in told] == [f"double_hand_over:{order}:{handed[0].visit}"]
        evidence = json.loads(told[0].evidence)
        sides = [side["told"] for side in evidence["hand_overs"]]
        known = [(one.claim, one.outcome, one.risk) for one in handed]
        assert sorted((one["claim"], one["outcome"], one["risk"]) for one in sides) == sorted(known)
        assert evidence["holder"] in [one.claim for one in unmarked or handed]


@asynccontextmanager
async def opened(api: Process, shop: Shop, folder: Path) -> AsyncIterator[Desks]:
    """Yield two tills at work in a shop that has bread."""
    till = await stocked(shop.centre, {"bread": 200}, shop.store, heard=False)
    await till.push(shop.centre, now=utc_now())
    secrets = Secrets.of(api.folder)
    await numbers.tell(shop.centre, secrets.passes, utc_now())
    ((number,),) = await rows(shop.centre, shop.store, NUMBER)
    (folder / "config.toml").write_text('[till]\nfiscal = "none"\n', "utf-8")
    settings = settings_file.load(folder / "config.toml")
    async with AsyncExitStack() as stack:
        counters = []
        for name in ("T02", "T03"):
            line = await stack.enter_async_context(cable(api.url))
            machine = Machine(folder / name, shop, line, name)
            stack.push_async_callback(machine.off)
            await machine.enrol()
            machine.start()
            desk = desk_of(settings, machine.store)
            desk.person = CLERK
            counters.append(Counter(machine, desk))
        yield Desks(shop, secrets, counters[0], counters[1], number)
