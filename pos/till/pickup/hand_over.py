"""Handing an order over: what leaves, what must be seen first, and the entry that says it left.

A front end begins with a proof (`judge`), lets the clerk see what is wanted, asks the centre
(`ask_claim`), and finishes: at once for what was paid online, through the basket (`basket`) for
what is paid here. Whoever leaves a hand-over that asked for its claim calls `give_up`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pos.domain.errors import Refusal
from pos.domain.events import Event
from pos.domain.events.orders import (
    ClaimOutcome,
    Document,
    HandedLine,
    OrderHandedOver,
)
from pos.domain.masking import masked
from pos.domain.order import Contract, Order, OrderLine
from pos.domain.order_money import owed
from pos.domain.order_steps import after, may
from pos.domain.staff import Permission
from pos.domain.words import Amount, Quantity
from pos.till.customer import show_number
from pos.till.desk import Desk, Loan
from pos.till.pickup.claims import Standing as Standing
from pos.till.pickup.claims import Unfinished as Unfinished
from pos.till.pickup.claims import ask_claim as ask_claim
from pos.till.pickup.claims import claim_answer as claim_answer
from pos.till.pickup.claims import doubt, refused_by, standing
from pos.till.pickup.claims import give_up as give_up
from pos.till.pickup.handing import HandOver as HandOver
from pos.till.pickup.handing import Wants as Wants
from pos.till.pickup.judge import Proof as Proof
from pos.till.pickup.papers import bag_of, begin_slips, slip_job
from pos.till.pickup.step import check_desk, fresh, guarded


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the centre's word and the shop's policy make of a hand-over.

    `risk` is why it may take place without that word, `permission` who must allow it.
    """

    outcome: ClaimOutcome
    risk: str = ""
    permission: Permission | None = None


def begin(desk: Desk, order: Order, proof: Proof) -> HandOver:
    """Begin a hand-over of all that lies ready.

    Raises Refusal `order_state` for an order that cannot be handed over now, `nothing_here`.
    """
    check_desk(desk)
    now = fresh(desk, order)
    lines = tuple(
        HandedLine(line=line.n, quantity=line.to_hand) for line in now.lines if line.to_hand
    )
    if not lines:
        raise _nothing_here(now)
    show_number(desk, now.number)
    return HandOver(now, proof, lines, proof.document)


def _nothing_here(order: Order) -> Refusal:
    return Refusal(
        "nothing_here", "Nothing of order {reference} lies ready.", reference=order.reference
    )


def see_document(desk: Desk, handover: HandOver, document: Document) -> HandOver:
    """Note the kind of document that was seen, never its number."""
    check_desk(desk)
    return replace(handover, document=document)


def check_age(desk: Desk, handover: HandOver) -> HandOver:
    """Note that the clerk saw that the receiver is old enough for all that leaves."""
    check_desk(desk)
    return replace(handover, age_checked=max(handover.age_checked, handover.age))


def scan_bag(desk: Desk, handover: HandOver, raw: str) -> HandOver:
    """Take the scan of a bag's label.

    Raises Refusal with a sound: `no_bag` for what is no label, `other_bag` for another order's.
    """
    order = handover.order
    try:
        found = bag_of(raw)
        if found is None:
            raise Refusal("no_bag", "This is no bag label; scan the label on the bag.")
        if found[0] != order.order or not 1 <= found[1] <= max(order.bags, 1):
            raise Refusal(
                "other_bag",
                "This bag is not of order {reference}; put it back.",
                reference=order.reference,
            )
    except Refusal:
        desk.ports.sound.play("refused")
        raise
    desk.ports.sound.play("accepted")
    return replace(handover, bags=handover.bags | {found[1]})


def take(desk: Desk, handover: HandOver, n: int, quantity: int) -> HandOver:
    """Set how much of a line leaves now, in thousandths; what is not refused either stays.

    Raises Refusal `too_much`, `unknown_line`.
    """
    check_desk(desk)
    line, now = _line(handover, n)
    return _with(handover, line, HandedLine(line=n, quantity=quantity, refused=now.refused))


def refuse(desk: Desk, handover: HandOver, n: int, quantity: int, reason: str) -> HandOver:
    """Set how much of a line the customer does not want, and why; the rest of it leaves.

    Raises Refusal `too_much`, `unknown_line`, `no_reason`.
    """
    check_desk(desk)
    if not reason.strip():
        raise Refusal("no_reason", "Say why; a few words are enough.")
    line, _ = _line(handover, n)
    left = max(0, line.to_hand - quantity)
    told = HandedLine(line=n, quantity=left, refused=quantity, reason=masked(reason.strip())[:80])
    return _with(handover, line, told)


def _line(handover: HandOver, n: int) -> tuple[OrderLine, HandedLine]:
    line = handover.order.line(n)
    known = next((one for one in handover.lines if one.line == n), HandedLine(line=n, quantity=0))
    return line, known


def _with(handover: HandOver, line: OrderLine, told: HandedLine) -> HandOver:
    wanted = told.quantity + told.refused
    if min(told.quantity, told.refused) < 0 or wanted > line.to_hand:
        raise Refusal(
            "too_much",
            "“{name}”: {asked} is too much; at most {most}.",
            name=line.name,
            asked=Quantity(wanted, line.unit),
            most=Quantity(line.to_hand, line.unit),
        )
    others = [one for one in handover.lines if one.line != told.line]
    lines = sorted([*others, told], key=lambda one: one.line)
    return replace(handover, lines=tuple(one for one in lines if one.quantity or one.refused))


def wants(desk: Desk, handover: HandOver) -> tuple[Wants, ...]:
    """Return what must still be done before goods may leave, in the order to do it.

    Of goods that left already nothing can be seen any more; what is not paid still is to be.
    """
    if handover.is_told:
        return (Wants.PAYMENT,) if handover.to_pay else ()
    rules, found = desk.rules.pickup, []
    is_high = handover.at_stake > rules.high_value
    if (is_high or handover.proof.method in ("name", "proxy")) and not handover.document:
        found.append(Wants.DOCUMENT)
    if handover.age > handover.age_checked:
        found.append(Wants.AGE)
    if rules.bags_scanned and handover.leaves:
        least = min(handover.order.bags, 1) if handover.rest else handover.order.bags
        if len(handover.bags) < least:
            found.append(Wants.BAGS)
    if handover.to_pay:
        found.append(Wants.PAYMENT)
    return tuple(found)


def rule(desk: Desk, handover: HandOver) -> Ruling:
    """Return under which word a hand-over may take place, or under which one it did.

    Raises Refusal: `unclaimed`, `claim_waiting`, `claim_refused`, and `claim_offline` where the
    shop waits for the centre.
    """
    rules, now = desk.rules.pickup, standing(desk, handover)
    is_weak = handover.proof.method in ("name", "proxy")
    by_name = is_weak and handover.at_stake > rules.high_value
    if handover.is_told:
        risk = "" if now is Standing.GRANTED and not doubt(desk, handover) else "left"
        return Ruling(_OUTCOMES.get(now, "offline"), risk)
    if now is Standing.GRANTED:
        risk = doubt(desk, handover) or ("name_only" if by_name else "")
        return Ruling("granted", risk, Permission.PICKUP_UNSURE if risk else None)
    if now is Standing.REFUSED and handover.answer is not None:
        told = refused_by(desk, handover.order, handover.answer)
        raise Refusal("claim_refused", told.template, **told.values)
    if now is Standing.UNASKED:
        raise Refusal("unclaimed", "The centre was not asked yet; ask it first.")
    if now is Standing.WAITING:
        raise Refusal("claim_waiting", "The centre is being asked; wait a moment.")
    if rules.offline == "refuse":
        raise Refusal(
            "claim_offline", "The centre does not answer, and this shop hands nothing out then."
        )
    is_large = handover.at_stake > rules.offline_most
    if rules.offline == "manager" or is_large or by_name:
        return Ruling("offline", "manager", Permission.PICKUP_UNSURE)
    return Ruling("offline", "policy")


_OUTCOMES: dict[Standing, ClaimOutcome] = {
    Standing.GRANTED: "granted",
    Standing.REFUSED: "refused",
}
"""What is written of goods that left before the till stopped; what is not here is `offline`."""


def check_wants(desk: Desk, handover: HandOver) -> None:
    """Refuse a hand-over that misses something a person must see first; payment aside."""
    missing = set(wants(desk, handover))
    if Wants.DOCUMENT in missing:
        raise Refusal("no_document", "A document must be seen first; only its kind is noted.")
    if Wants.AGE in missing:
        raise Refusal("no_age", "Is the receiver {age} or older? Look first.", age=handover.age)
    if Wants.BAGS in missing:
        raise Refusal(
            "no_bags",
            "Scan the labels of the bags first ({count} of {most}).",
            count=len(handover.bags),
            most=handover.order.bags,
        )


def as_event(desk: Desk, handover: HandOver, ruling: Ruling) -> OrderHandedOver:
    """Return the fact of a hand-over, of the visit that was claimed.

    Raises Refusal as `pos.domain.order_steps.may`, and `other_visit` when the order was handed out
    elsewhere since the centre was asked; goods that left already are told whatever it is now.
    """
    order = fresh(desk, handover.order)
    if order.visits != handover.visit and not handover.is_told:
        raise Refusal(
            "other_visit",
            "Order {reference} was handed out elsewhere meanwhile; scan the pass again.",
            reference=order.reference,
        )
    event = OrderHandedOver(
        order=order.order,
        staff=desk.signed_in.ref,
        visit=handover.visit,
        lines=list(handover.lines),
        method=handover.proof.method,
        document=handover.document,
        age_checked=handover.age_checked,
        claim=handover.claim,
        outcome=ruling.outcome,
        risk=ruling.risk,
        bags_scanned=len(handover.bags),
        rest=handover.rest,
    )
    if not handover.is_told:
        may(order, event)
    then = after(order, event, at="", by="")
    return event.model_copy(update={"owed": owed(then) - then.removed})


def finish(desk: Desk, handover: HandOver, loan: Loan | None = None) -> Order:
    """Write that the goods left, print the slip; return the order after it.

    Raises Refusal as `check_wants` and `rule`, `pay_first` for what is to be paid here,
    `needs_permission` (`pickup_unsure`), and what the order's state says.
    """
    check_desk(desk)
    answered = claim_answer(desk, handover)
    check_wants(desk, answered)
    if answered.to_pay:
        raise Refusal(
            "pay_first",
            "{amount} is to be paid here first; put the order into the basket.",
            amount=Amount(answered.to_pay),
        )
    ruling = rule(desk, answered)
    event = as_event(desk, answered, ruling)
    job, asked = slip_job(desk, event)
    events: list[Event] = [event, *asked]
    if ruling.permission is None:
        desk.record(*events)
    else:
        guarded(desk, events, ruling.permission, loan)
    desk.ports.sound.play("accepted")
    begin_slips(desk, event, job)
    return fresh(desk, answered.order)


def unfinished(desk: Desk) -> tuple[Unfinished, ...]:
    """Return the hand-overs that were claimed and whose end nobody wrote, oldest first.

    Those that wait in a basket to be paid are not among them.
    """
    if desk.ports.orders is None:
        return ()
    in_baskets = {one.handed.claim for each in desk.baskets() for one in each.basket.collected}
    found = []
    for asked in desk.ports.orders.unfinished():
        order = desk.ports.orders.order(asked.facts.order)
        if order is not None and asked.claim not in in_baskets:
            found.append(Unfinished(order, asked))
    return tuple(found)


def resume(desk: Desk, left: Unfinished, proof: Proof) -> HandOver:
    """Tell of a hand-over that was cut short that its goods left, whatever became of the order.

    `ask_claim` and `finish` end it as any other, and refuse nothing. Its lines are what lay ready,
    or, where somebody put that back on paper, all that was picked. For goods that did not leave
    `give_up` what `kept` returns.
    """
    check_desk(desk)
    order = fresh(desk, left.order)
    lay = {line.n: line.to_hand for line in order.lines}
    if not any(lay.values()):
        lay = {line.n: max(0, line.picked - line.handed) for line in order.lines}
    lines = tuple(HandedLine(line=n, quantity=quantity) for n, quantity in lay.items() if quantity)
    if not lines:
        raise _nothing_here(order)
    return replace(kept(left), order=order, proof=proof, lines=lines, document=proof.document)


def kept(left: Unfinished) -> HandOver:
    """Return a hand-over that was cut short, as it is given up when its goods are still here."""
    asked = left.asked
    told = HandOver(left.order, Proof("pass"), (), claim=asked.claim, visit=asked.facts.visit)
    return replace(told, is_told=True)


def is_paid_online(order: Order) -> bool:
    """Tell whether nothing of an order is paid at the till."""
    return order.contract is Contract.PAID_ONLINE
