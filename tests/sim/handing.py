"""Hand-overs of orders in the simulation: what only one till may do, with and without the centre.

A till writes that it is about to hand an order over; that entry's name is the claim. It hands over
with the centre's word, or, when there is none, as far as the shop's policy goes; all or a part, and
what was handed over may be undone. What left is told, whatever became of the order meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pos.domain.errors import Refusal
from pos.domain.events import HandOverAsked, HandOverDropped, OrderHandedOver
from pos.domain.events.orders import ClaimOutcome, HandedLine, HandOverUndone
from pos.domain.order import Contract, Order, OrderLine, OrderState
from pos.domain.order_steps import after, may
from pos.journal.entry import Entry
from pos.journal.repeat import told
from sync.protocol import Claimed
from tests.sim.till import Machine, World

LIMIT, MANAGER_LIMIT = 5_000, 20_000
"""Up to which value an order leaves without the centre's word, alone and with a manager."""

PIECES = 2_000


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as the world knows it: where, and how it lay ready when it was placed."""

    store: str
    placed: Order

    @property
    def name(self) -> str:
        return self.placed.order

    @property
    def value(self) -> int:
        """What was paid for it, minor units."""
        return self.placed.paid


def place(world: World, store: str) -> Ordered:
    """A customer orders and pays something, and it lies ready."""
    world.count += 1
    price = world.chance.choice((900, 4_000, 12_000, 90_000)) // 2
    name, paid = f"{world.count:026d}", price * PIECES // 1_000
    line = OrderLine(
        n=1, sku="bread", name="Pain", quantity=PIECES, unit_price=price, picked=PIECES
    )
    placed = Order(
        order=name,
        reference=name[-8:],
        contract=Contract.PAID_ONLINE,
        state=OrderState.READY,
        placed_at="",
        promised_at="",
        total=paid,
        paid=paid,
        lines=(line,),
    )
    order = world.orders[name] = Ordered(store, placed)
    return order


def known(machine: Machine, name: str) -> Order:
    """Return an order as a till knows it: the centre's row, or how it was placed, and own steps."""
    world = machine.world
    row = machine.mirror.shows(f"store:{machine.store}").get(("order", name))
    order = world.orders[name].placed if row is None else Order.model_validate(row)
    for entry in machine.uncounted():
        event = world.steps.get(told(entry).hash)
        if event is not None and event.order == name:
            order = after(order, event, at=entry.at, by=f"{machine.store}-{machine.till}")
    return order


def pending(machine: Machine) -> dict[str, HandOverAsked]:
    """Return what a till's file asked for and tells no end of, by claim."""
    found: dict[str, HandOverAsked] = {}
    for entry in machine.file.entries:
        event = machine.world.steps.get(entry.hash)
        if isinstance(event, HandOverAsked):
            found[entry.name] = event
        elif isinstance(event, OrderHandedOver | HandOverDropped):
            found.pop(event.claim, None)
    return found


def _own(machine: Machine) -> Iterator[tuple[Entry, OrderHandedOver]]:
    """Yield the hand-overs that a till's file tells and nobody undid."""
    steps = [machine.world.steps.get(entry.hash) for entry in machine.file.entries]
    undone = {(one.order, one.visit) for one in steps if isinstance(one, HandOverUndone)}
    for entry, event in zip(machine.file.entries, steps, strict=True):
        if isinstance(event, OrderHandedOver) and (event.order, event.visit) not in undone:
            yield entry, event


def ask(machine: Machine) -> None:
    """Begin to hand an order over."""
    world, busy = machine.world, {one.order for one in pending(machine).values()}
    mine = [one.name for one in world.orders.values() if one.store == machine.store]
    free = [one for one in mine if one not in busy]
    if not free:
        return
    order = known(machine, world.chance.choice(free))
    asked = HandOverAsked(order=order.order, staff=world.name("p"), visit=order.visits)
    if _allows(order, asked) and order.line(1).to_hand:
        machine.write(asked.kind, asked.facts(), step=asked)


def _allows(order: Order, event: HandOverAsked | HandOverUndone) -> bool:
    try:
        may(order, event)
    except Refusal:
        return False
    return True


def end(machine: Machine, claim: str = "") -> None:
    """End a hand-over that was begun: goods leave, or they do not; or go on waiting."""
    waiting = pending(machine)
    if not waiting:
        return
    world = machine.world
    claim = claim or world.chance.choice(list(waiting))
    asked, answer = waiting[claim], machine.mirror.answers.get(claim)
    order = known(machine, asked.order)
    is_same = order.visits == asked.visit or "claim_visit" in world.removed
    if not (is_same and _allows(order, asked)):
        _against_the_end(machine, claim, asked, answer)
    elif answer is None:
        _without_the_centre(machine, claim, asked)
    elif answer.granted:
        _hand_over(machine, claim, asked, "granted", _doubt(machine, claim, answer))
    else:
        _drop(machine, claim, asked, answer.holder)


def _doubt(machine: Machine, claim: str, answer: Claimed) -> str:
    """Return why the centre's word is unsure: of another till, or of this one before a restore."""
    place = machine.file.place
    is_of_now = claim.startswith(f"{place.store}-{place.till}-{place.epoch}/")
    if answer.why or is_of_now or "claim_epoch" in machine.world.removed:
        return answer.why
    return "restored"


def _against_the_end(
    machine: Machine, claim: str, asked: HandOverAsked, answer: Claimed | None
) -> None:
    """The order ended meanwhile, or left elsewhere: nothing leaves, unless it did already."""
    if machine.world.chance.random() < 0.5:
        _drop(machine, claim, asked, "" if answer is None else answer.holder)
    elif answer is not None and answer.granted:
        doubt = _doubt(machine, claim, answer)
        _hand_over(machine, claim, asked, "granted", doubt and "left")
    else:
        _hand_over(machine, claim, asked, "offline" if answer is None else "refused", "left")


def _without_the_centre(machine: Machine, claim: str, asked: HandOverAsked) -> None:
    world, value = machine.world, machine.world.orders[asked.order].value
    if "offline_risk" in world.removed:
        _hand_over(machine, claim, asked, "offline", "")
    elif value <= LIMIT:
        _hand_over(machine, claim, asked, "offline", "policy")
    elif value <= MANAGER_LIMIT and world.chance.random() < 0.3:
        _hand_over(machine, claim, asked, "offline", "manager")
    elif world.chance.random() < 0.3:
        _drop(machine, claim, asked, "")


def _hand_over(
    machine: Machine, claim: str, asked: HandOverAsked, outcome: ClaimOutcome, risk: str
) -> None:
    world, order = machine.world, known(machine, asked.order)
    lies = order.line(1).to_hand or PIECES
    quantity, refused, chance = lies, 0, world.chance.random()
    if lies == PIECES and chance < 0.6:
        quantity, refused = 1_000, 1_000 if chance < 0.2 else 0
    event = OrderHandedOver(
        order=asked.order,
        staff=world.name("p"),
        visit=order.visits if "claim_visit" in world.removed else asked.visit,
        lines=[HandedLine(line=1, quantity=quantity, refused=refused)],
        method="pass",
        claim=claim,
        outcome=outcome,
        risk=risk,
        rest=quantity + refused < lies,
    )
    machine.write(event.kind, event.facts(), step=event)
    world.note(f"{machine.name} hands {asked.order}:{event.visit} over: {outcome} {risk}")


def _drop(machine: Machine, claim: str, asked: HandOverAsked, holder: str) -> None:
    event = HandOverDropped(
        order=asked.order,
        staff="p",
        visit=asked.visit,
        claim=claim,
        reason="refused",
        holder=holder,
    )
    machine.write(event.kind, event.facts(), step=event)


def undo(machine: Machine) -> None:
    """Take a hand-over of this till back."""
    own = list(_own(machine))
    if not own:
        return
    _, last = machine.world.chance.choice(own)
    event = HandOverUndone(
        order=last.order,
        staff=machine.world.name("p"),
        visit=last.visit,
        lines=last.lines,
        reason="another customer",
    )
    if _allows(known(machine, last.order), event):
        machine.write(event.kind, event.facts(), step=event)
        machine.world.note(f"{machine.name} takes {last.order}:{last.visit} back")


def asked_in(entries: list[Entry], world: World) -> set[tuple[str, str]]:
    """Return the claims that entries ask for, each with its key: copies share their names."""
    steps = [(one.name, world.steps.get(one.hash)) for one in entries]
    return {
        (name, f"{one.order}:{one.visit}") for name, one in steps if isinstance(one, HandOverAsked)
    }
