"""Hand-overs of orders in the simulation: what only one till may do, with and without the centre.

A till writes that it is about to hand an order over; that entry's name is the claim. It hands over
with the centre's word, or, when there is none, as far as the shop's policy goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos.domain.events import HandOverAsked, HandOverDropped, OrderHandedOver
from pos.domain.events.orders import HandedLine
from pos.journal.entry import Entry
from tests.sim.till import Machine, World

LIMIT, MANAGER_LIMIT = 5_000, 20_000
"""Up to which value an order leaves without the centre's word, alone and with a manager."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as the world knows it; amounts in minor units."""

    name: str
    store: str
    value: int

    @property
    def key(self) -> tuple[str, str]:
        """By what it is claimed."""
        return "hand_over", f"{self.name}:0"


def place(world: World, store: str) -> None:
    """A customer orders something."""
    name = world.name("O")
    world.orders[name] = Ordered(name, store, world.chance.choice((900, 4_000, 12_000, 90_000)))


def pending(machine: Machine) -> dict[str, str]:
    """Return the claims that a till's file asked for and tells no end of, and their orders."""
    found: dict[str, str] = {}
    for entry in machine.file.entries:
        told = machine.world.claims.get(entry.hash)
        if told is not None and told[0] == "asked":
            found[entry.name] = told[1]
        elif told is not None:
            found.pop(told[1], None)
    return found


def handed(machine: Machine) -> set[str]:
    """Return the orders that a till's file tells were handed over."""
    deeds = machine.world.deeds
    return {deeds[entry.hash] for entry in machine.file.entries if entry.hash in deeds}


def ask(machine: Machine) -> None:
    """Begin to hand an order over."""
    world, busy = machine.world, {*pending(machine).values(), *handed(machine)}
    mine = [one for one in world.orders.values() if one.store == machine.store]
    free = [one for one in mine if one.name not in busy]
    if not free:
        return
    order = world.chance.choice(free).name
    asked = HandOverAsked(order=order, staff=world.name("p"), visit=0)
    machine.write(asked.kind, asked.facts(), claim=("asked", order))


def end(machine: Machine) -> None:
    """End a hand-over that was begun: goods leave, or they do not; or go on waiting."""
    waiting = pending(machine)
    if not waiting:
        return
    claim, order = machine.world.chance.choice(list(waiting.items()))
    answer = machine.mirror.answers.get(claim)
    if answer is not None and answer.granted:
        _hand_over(machine, claim, order, "granted", "")
    elif answer is not None:
        _drop(machine, claim, order, answer.holder)
    else:
        _without_the_centre(machine, claim, order)


def _without_the_centre(machine: Machine, claim: str, order: str) -> None:
    world, value = machine.world, machine.world.orders[order].value
    if "offline_risk" in world.removed:
        _hand_over(machine, claim, order, "offline", "")
    elif value <= LIMIT:
        _hand_over(machine, claim, order, "offline", "policy")
    elif value <= MANAGER_LIMIT and world.chance.random() < 0.3:
        _hand_over(machine, claim, order, "offline", "manager")
    elif world.chance.random() < 0.3:
        _drop(machine, claim, order, "")


def _hand_over(
    machine: Machine, claim: str, order: str, outcome: Literal["granted", "offline"], risk: str
) -> None:
    event = OrderHandedOver(
        order=order,
        staff=machine.world.name("p"),
        visit=0,
        lines=[HandedLine(line=1, quantity=1_000)],
        method="pass",
        claim=claim,
        outcome=outcome,
        risk=risk,
    )
    machine.write(event.kind, event.facts(), claim=("ended", claim), deed=order)
    machine.world.note(f"{machine.name} hands {order} over: {outcome} {risk}")


def _drop(machine: Machine, claim: str, order: str, holder: str) -> None:
    event = HandOverDropped(
        order=order, staff="p", visit=0, claim=claim, reason="refused", holder=holder
    )
    machine.write(event.kind, event.facts(), claim=("ended", claim))


def asked_in(entries: list[Entry], world: World) -> set[tuple[str, str]]:
    """Return the claims that entries ask for, each with its order: copies share their names."""
    told = [(one.name, world.claims.get(one.hash, ("", ""))) for one in entries]
    return {(name, order) for name, (said, order) in told if said == "asked"}
