"""Steps of orders that tills told: taken in once each, and what a person should look at of them.

A step that came too late, twice, or of an order that is not here, never blocks a journal: what
happened at a desk has happened. It is kept, has the effect that it can have, and is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.errors import Refusal
from pos.domain.events.orders import HandOverDropped, OrderHandedOver
from pos.domain.order import Order
from pos.domain.order_steps import may
from pos.domain.shift import instant_text
from pos.journal.entry import Place
from sync.central import claims, conflicts
from sync.central.claims import HAND_OVER
from sync.central.conflicts import Found
from sync.central.orders import steps
from sync.central.orders.book import Book
from sync.central.orders.held import steps_of
from sync.central.orders.steps import Step
from sync.central.project import StepTold

_HARMLESS = ("order.called", "order.hand_over_asked", "order.hand_over_dropped")
"""Steps that change no goods: told late, nobody need look at them."""

_TAKE_CLAIM = text(
    "INSERT INTO claim (store_id, what, key, holder, amount, claimed_at)"
    " VALUES (:store_id, :what, :key, :holder, 0, :now) ON CONFLICT DO NOTHING"
)
_HOLDER = text(
    "SELECT holder, claimed_at FROM claim"
    " WHERE store_id = :store_id AND what = :what AND key = :key"
)
_HOLD = text(
    "UPDATE claim SET holder = :holder, claimed_at = :now"
    " WHERE store_id = :store_id AND what = :what AND key = :key"
)
"""What left holds the claim, whoever was promised it."""


async def tell(
    session: AsyncSession, place: Place, told: Sequence[StepTold], now: datetime
) -> list[Found]:
    """Take in the steps that a till told, in the session's transaction; known ones do nothing.

    Returns what a person should look at. Raises ValueError for a step that no order can have.
    """
    book = await Book.open(session, place.store, now)
    known = await book.known([one.identity for one in told])
    fresh = [one for one in told if one.identity not in known]
    await book.read(one.order for one in fresh)
    found: list[Found] = []
    taken: list[StepTold] = []
    seen: set[bytes] = set()
    for one in fresh:
        if one.identity not in seen:
            seen.add(one.identity)
            taken.append(one)
            found += await _take(book, place, one)
    below = await book.write()
    return [*found, *_below_zero(place, below, taken)]


async def _take(book: Book, place: Place, one: StepTold) -> list[Found]:
    step = Step(one.identity, one.order, one.kind, one.by, one.at, one.source, one.body, book.now)
    held = book.held.get(one.order)
    if held is None:
        book.keep_unknown(step)
        return [_unknown(place, one)]
    event = steps.event_of(step)
    double: list[Found] = []
    if isinstance(event, HandOverDropped):
        is_own = event.claim.startswith(f"{one.by}-")  # not what another till was granted
        if is_own and not await _handed(book, event.order, event.visit):
            key = f"{event.order}:{event.visit}"
            await claims.free(book.session, book.store, key, event.claim)
    elif isinstance(event, OrderHandedOver):
        double = await _double(book, place, one, event)
    book.take(step)
    withdrawn = _withdrawn(place, one, held.order, book.held[one.order].order)
    return [*double, *(withdrawn or ([] if double else _late(place, one, held.order, event)))]


def _late(place: Place, one: StepTold, order: Order, event: Any) -> list[Found]:
    """Tell of a step that was not possible any more when it arrived."""
    if one.kind in _HARMLESS:
        return []
    try:
        may(order, event)
    except Refusal as refusal:
        evidence = {
            "order": order.order,
            "reference": order.reference,
            "state": order.state.value,
            "why": refusal.slug,
            "step": _side(one),
        }
        why = f"{one.kind} of the order {order.reference}, which was {order.state.value} by then"
        return [Found(f"late_step:{one.source}", "late_step", place, one.number, why, evidence)]
    return []


def _unknown(place: Place, one: StepTold) -> Found:
    why = f"{one.kind} of an order that the centre does not have"
    evidence = {"order": one.order, "step": _side(one)}
    return Found(f"unknown_order:{one.order}", "unknown_order", place, one.number, why, evidence)


def _withdrawn(place: Place, one: StepTold, before: Order, now: Order) -> list[Found]:
    """Tell of a step by which less is to be paid back than the channel was told already.

    So it is with goods that left after their order had ended, and with a hand-over that is undone
    of which a part had been refused: whoever paid already must know, and only a person can see to
    it.
    """
    if now.refunded >= before.refunded:
        return []
    evidence = {
        "order": before.order,
        "reference": before.reference,
        "state": before.state.value,
        "told": before.refunded,
        "due": now.refunded,
        "step": _side(one),
    }
    why = (
        f"{one.kind} of the order {before.reference}, which was {before.state.value} by then: of"
        f" {before.refunded} that its channel was told to pay back, {now.refunded} are due"
    )
    name = f"refund_withdrawn:{one.source}"
    return [Found(name, "refund_withdrawn", place, one.number, why, evidence)]


async def _double(book: Book, place: Place, one: StepTold, event: OrderHandedOver) -> list[Found]:
    """Take the claim of a hand-over that was not granted yet; tell when another has it.

    What both sides told so far is the evidence; the other's own hand-over completes it when it
    arrives. `holder` is who had the centre's word before anyone came without it.
    """
    asked = _claim(book.store, event.order, event.visit)
    taken = {**asked, "holder": event.claim, "now": book.now}
    await book.session.execute(_TAKE_CLAIM, taken)
    holder, since = (await book.session.execute(_HOLDER, asked)).one()
    held = book.held[event.order]
    others = list[Step]()
    if held.order.visits > event.visit or holder != event.claim:
        others = await _handed(book, event.order, event.visit)
    if holder == event.claim and not others:
        return []
    if not others:
        await book.session.execute(_HOLD, taken)
    evidence = {
        "order": event.order,
        "reference": held.order.reference,
        "visit": event.visit,
        "holder": holder,
        "claimed_at": instant_text(since),
        "hand_overs": [*map(_side, others), _side(one)],
    }
    why = f"the order {held.order.reference} was handed over here, and {holder} had claimed it"
    if holder == event.claim:
        why = f"the order {held.order.reference} was handed over twice"
    name = f"double_hand_over:{event.order}:{event.visit}"
    told = Found(name, "double_hand_over", place, one.number, why, evidence)
    return [await _completed(book.session, told, book.now)]


async def _completed(session: AsyncSession, found: Found, now: datetime) -> Found:
    """Bring more evidence into an item that is there; return it, or what is to be told anew.

    Who held the claim when the first side came is not known any more by then: that stays. What
    comes after somebody settled it is an item of its own.
    """
    known = await conflicts.find(session, found.place.store, found.name)
    if known is None:
        await conflicts.note(session, [found], now)  # its next side may be of the same push
        return found
    first = json.loads(known.evidence)
    kept = {name: first[name] for name in ("holder", "claimed_at")}
    whole = replace(found, evidence={**found.evidence, **kept})
    if known.settled_at is not None:
        return replace(whole, name=f"{found.name}:{found.place.till}:{found.number}")
    await conflicts.complete(session, whole)
    return whole


def _claim(store: str, order: str, visit: int) -> dict[str, str]:
    return {"store_id": store, "what": HAND_OVER, "key": f"{order}:{visit}"}


async def _handed(book: Book, order: str, visit: int) -> list[Step]:
    """Return what was told so far of goods that left at a visit.

    Also under the same claim it may be told twice: a till that was restored does not know what it
    did. It cannot free the claim of what left either.
    """
    before = [*await steps_of(book.session, book.store, order), *book.taken]
    found = [one for one in before if one.order == order and one.kind == "order.handed_over"]
    return [one for one in found if steps.event_of(one).visit == visit]


def _side(one: StepTold | Step) -> dict[str, Any]:
    """Return what one side told."""
    return {"by": one.by, "at": one.at, "entry": one.source, "told": json.loads(one.body)}


def _below_zero(place: Place, skus: Iterable[str], taken: Sequence[StepTold]) -> Iterable[Found]:
    for sku in skus:
        last = taken[-1]
        name = f"below_zero:{sku}:{last.at[:10]}"
        why = f"the stock of {sku} went below zero"
        evidence = {"sku": sku, "source": last.source}
        yield Found(name, "below_zero", place, last.number, why, evidence)
