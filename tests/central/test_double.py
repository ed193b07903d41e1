"""The centre in memory answers as the one on PostgreSQL: whole simulations are asked of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sync.central import feed, ingest, rebuild
from sync.central.engine import Centre
from sync.central.values import Corrupt, TillId
from sync.memory import Rejected
from sync.protocol import Match, Message, Pull, Push
from tests.central.tills import NOON, enrolled, rows
from tests.sim.rules import STRESS
from tests.sim.schedule import REAL_KEYS_EVERY
from tests.sim.world import Simulation

FORKS, CORRUPTIONS = STRESS["repeat"], STRESS["integrity"]
SEEDS = [(REAL_KEYS_EVERY * n, stress) for n in (3, 4, 7) for stress in (FORKS, CORRUPTIONS)]
NOT_HERE = {"restore_centre"}
"""What a replay cannot do to the real one."""

Told = dict[str, Any]
LEVELS = "SELECT sku, on_hand FROM stock_level WHERE store_id = :store_id"
SALES = "SELECT total FROM sale WHERE store_id = :store_id ORDER BY total"
PARKED = "SELECT till_id, epoch, number FROM journal WHERE store_id = :store_id AND is_parked"
JOURNAL = (
    "SELECT till_id, epoch, number, body, hash FROM journal WHERE store_id = :store_id"
    " ORDER BY till_id, epoch, number"
)


def essence(answer: Message) -> Told:
    """Return what both must answer alike: all but times, zones, and rows, whose versions differ."""
    told = answer.model_dump(exclude={"server_time", "scopes", "reads"})
    told["parked"] = [one["number"] for one in told.get("parked", ())]
    return told


class Recorded(Simulation):
    """A simulation that keeps each question to the centre and its answer."""

    def __init__(self, seed: int, stress: tuple[str, ...]) -> None:
        super().__init__(seed, frozenset(), frozenset(stress))
        kept = [at for at, name in enumerate(self.actions) if name not in NOT_HERE]
        self.actions = [self.actions[at] for at in kept]
        self.weights = [self.weights[at] for at in kept]
        self.counts = dict.fromkeys(self.actions, 0)
        self.death = 0.0
        self.asked: list[tuple[TillId, Message, Told]] = []
        for name in ("push", "pull", "match"):
            setattr(self.hq.centre, name, self._recorded(getattr(self.hq.centre, name)))

    def _recorded(self, ask: Callable[[str, str, Any], Message]) -> Callable[..., Message]:
        def recorded(store: str, till: str, message: Message) -> Message:
            who = TillId(store, till)
            try:
                answer = ask(store, till, message)
            except Rejected as error:
                self.asked.append((who, message, {"refused": error.slug}))
                raise
            self.asked.append((who, message, essence(answer)))
            return answer

        return recorded


async def answered(centre: Centre, who: TillId, message: Message) -> Told:
    """Return what the real centre answers."""
    async with centre.session(who.store) as session:
        if isinstance(message, Push):
            try:
                return essence(await ingest.push(session, who, message, NOON))
            except Corrupt as error:
                return {"refused": error.slug}
        if isinstance(message, Match):
            return essence(await feed.match(session, who, message))
        assert isinstance(message, Pull)
        plain = message.model_copy(update={"cursors": {}})
        return essence(await feed.pull(session, who, plain, NOON))


@pytest.mark.parametrize(("seed", "stress"), SEEDS)
async def test_both_centres_answer_a_whole_simulation_alike(
    centre: Centre, seed: int, stress: tuple[str, ...]
) -> None:
    simulation = Recorded(seed, stress)
    simulation.run(200)
    for store, till in sorted({(who.store, who.till) for who, _, _ in simulation.asked}):
        await enrolled(centre, f"{store}-{till}")
    for at, (who, message, told) in enumerate(simulation.asked):
        assert (at, await answered(centre, who, message)) == (at, told)
    states = Counter(told.get("state") for _, _, told in simulation.asked)
    assert states["ok"] > 10
    for store in simulation.stores:
        await compare(centre, simulation, store)


async def compare(centre: Centre, simulation: Simulation, store: str) -> None:
    """Hold what both centres keep of a store side by side."""
    books = simulation.hq.centre.books
    sales = [event.total for (of, _), event in books.sales.items() if of == store]
    assert [total for (total,) in await rows(centre, store, SALES)] == sorted(sales)
    received = simulation.hq.received.get(store, Counter())
    levels = dict(await rows(centre, store, LEVELS))
    for sku, level in books.stock.get(store, Counter()).items():
        assert levels.get(sku, 0) == level - received[sku]
    journal = [
        (till, epoch, entry.number, entry.body, entry.hash)
        for (of, till, epoch), entries in sorted(books.journals.items())
        for entry in entries
        if of == store
    ]
    assert await rows(centre, store, JOURNAL) == journal
    parked = {f"{store}-{t}-{e}/{n:06d}" for t, e, n in await rows(centre, store, PARKED)}
    assert parked == {name for name, _ in books.parked if name.startswith(f"{store}-")}
    async with centre.session(store) as session:
        assert (await rebuild.compare(session, store)).names == []


def test_the_simulations_asked_of_both_see_forks_and_broken_entries() -> None:
    states: Counter[str] = Counter()
    for seed, stress in SEEDS:
        simulation = Recorded(seed, stress)
        simulation.run(200)
        for _, _, told in simulation.asked:
            states[told.get("refused") or told.get("state", "none")] += 1
    assert min(states["fork"], states["altered"], states["gap"] + states["ok"]) > 0
