"""The centre's word that an order is handed out once: asked, waited for a moment, or done without.

What asks is an entry of the journal, and its name is the claim. After a cut between the question
and the hand-over nobody but the people at the desk knows what happened, so they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pos.domain.events.orders import HandOverAsked, HandOverDropped
from pos.domain.order import OVER, STATE_NAMES, Order, OrderState
from pos.domain.order_steps import may
from pos.domain.shift import instant
from pos.domain.words import Sentence
from pos.ports.orders import AskedHandOver, ClaimAnswer
from pos.till.desk import Desk
from pos.till.pickup.handing import HandOver
from pos.till.pickup.step import check_desk, fresh, orders_of
from pos.till.readiness import ANSWERS

WAIT_S = 2
"""How long the centre's answer is waited for."""


_ENDS = frozenset(one.value for one in OVER | {OrderState.CLOSED})


class Standing(StrEnum):
    """How the claim of a hand-over stands."""

    UNASKED = "unasked"
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A hand-over that was claimed, and of which nobody wrote how it ended."""

    order: Order
    asked: AskedHandOver


def ask_claim(desk: Desk, handover: HandOver) -> HandOver:
    """Write that a hand-over is about to take place, and ask the centre for it.

    What this till asked for before and never ended is asked again under the same name; a claim of
    a visit that came to its end elsewhere is given up, and the next one asked for. Raises Refusal
    `order_state` or `paid_back` when the order cannot be handed over (any more).
    """
    staff, order = check_desk(desk), fresh(desk, handover.order)
    if handover.is_told:
        return _ask_again(desk, replace(handover, order=order))
    asked = HandOverAsked(order=order.order, staff=staff, visit=order.visits)
    may(order, asked)
    if handover.claim and handover.visit != order.visits:
        give_up(desk, handover, "other_visit")
        handover = replace(handover, claim="")
    claim = handover.claim or _open_claim(desk, order)
    if not claim:
        written = desk.record(asked)
        claim = next(one.name for one in written if one.kind == asked.kind)
    return _ask_again(desk, replace(handover, order=order, claim=claim, visit=order.visits))


def _ask_again(desk: Desk, handover: HandOver) -> HandOver:
    key = f"{handover.order.order}:{handover.visit}"
    orders_of(desk).claim(handover.claim, "hand_over", key)
    return replace(handover, asked_at=desk.ports.clock.now(), answer=None)


def _open_claim(desk: Desk, order: Order) -> str:
    mine = [
        one.claim
        for one in orders_of(desk).unfinished()
        if one.facts.order == order.order and one.facts.visit == order.visits
    ]
    return mine[-1] if mine else ""


def claim_answer(desk: Desk, handover: HandOver) -> HandOver:
    """Look for the centre's answer, without waiting; `standing` says what it is.

    One that is refused ends the hand-over here and now: nothing may leave, unless it did already.
    """
    if not handover.claim or handover.answer is not None:
        return handover
    answer = orders_of(desk).claimed(handover.claim)
    if answer is None:
        return handover
    answered = replace(handover, answer=answer)
    if not answer.granted and not handover.is_told:
        give_up(desk, answered, "refused")
        desk.ports.sound.play("refused")
    return answered


def standing(desk: Desk, handover: HandOver) -> Standing:
    """Return how the claim stands: offline without a network, or an answer within `WAIT_S`."""
    if not handover.claim or handover.asked_at is None:
        return Standing.UNASKED
    if handover.answer is not None:
        return Standing.GRANTED if handover.answer.granted else Standing.REFUSED
    waited_s = (desk.ports.clock.now() - handover.asked_at).total_seconds()
    centre = desk.ports.centre
    is_reached = centre is None or centre.report().state in ANSWERS
    return Standing.WAITING if is_reached and 0 <= waited_s < WAIT_S else Standing.OFFLINE


def doubt(desk: Desk, handover: HandOver) -> str:
    """Return in a word why the centre's word is unsure though it was given, "" when it is sure.

    Of another till that fell silent the centre tells it. Under a claim of an earlier epoch this
    till may have handed over what its file, restored since, does not know.
    """
    if handover.is_unsure:
        return "abandoned"
    return "restored" if is_of_before(desk, handover.claim) else ""


def is_of_before(desk: Desk, claim: str) -> bool:
    """Tell whether a claim was asked for in an earlier epoch."""
    place = desk.ports.ledger.place
    return not claim.startswith(f"{place.store}-{place.till}-{place.epoch}/")


def refused_by(desk: Desk, order: Order, answer: ClaimAnswer) -> Sentence:
    """Say how an order ended of which nothing may leave, or who else hands it out, since when."""
    if answer.why in _ENDS:
        return Sentence(
            "Order {reference} is {state} since; hand nothing out.",
            reference=order.reference,
            state=STATE_NAMES[OrderState(answer.why)],
        )
    if not answer.holder:
        return Sentence(
            "The centre does not let order {reference} leave; scan the pass again.",
            reference=order.reference,
        )
    return Sentence(
        "Order {reference} is handed out by {holder} since {at}; hand nothing out here.",
        reference=order.reference,
        holder=answer.holder.partition("/")[0],
        at=instant(answer.at).astimezone(desk.zone),
    )


def give_up(desk: Desk, handover: HandOver, reason: str = "given_up") -> None:
    """Write that nothing was handed over, so that the claim is free again."""
    staff = check_desk(desk)
    if handover.claim:
        answer = handover.answer
        fact = HandOverDropped(
            order=handover.order.order,
            staff=staff,
            visit=handover.visit,
            claim=handover.claim,
            reason=reason,
            holder="" if answer is None or answer.granted else answer.holder,
        )
        desk.record(fact)
        orders_of(desk).unclaim(handover.claim)
