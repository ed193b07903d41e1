"""Is this pass good? Checked here and now, by the centre's public key alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pos.domain.barcode import PassCode, parse
from pos.domain.errors import Refusal
from pos.domain.events import CodeRefused, CodesLocked, Event
from pos.domain.events.orders import Document, Method
from pos.domain.order import STATE_NAMES, Order, OrderState
from pos.domain.pickup_pass import Opened, code_hash, opened, short_code
from pos.domain.shift import instant, instant_text
from pos.domain.words import Sentence
from pos.journal.signing import verify
from pos.till.desk import Desk
from pos.till.pickup.step import check_desk, fresh, orders_of


class Judged(StrEnum):
    """What became of a pass or a code."""

    VALID = "valid"
    ALREADY_COLLECTED = "already_collected"
    EXPIRED = "expired"
    OTHER_STORE = "other_store"
    NOT_READY = "not_ready"
    CANCELLED = "cancelled"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_ORDER = "unknown_order"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Proof:
    """How the receiver proved a right to an order, and the kind of document that was seen."""

    method: Method
    document: Document = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, in a sentence for the desk, and the order where it is known.

    `proof` is there when the hand-over may begin: the order is ready, or it expired, still lies on
    the pickup shelf and is not being paid back.
    """

    kind: Judged
    sentence: Sentence
    order: Order | None = None
    proof: Proof | None = None


def is_pass(desk: Desk, raw: str) -> bool:
    """Tell whether a scan or typed text is a pickup pass: it opens an order from anywhere."""
    try:
        return isinstance(parse(raw, desk.rules.plans, year=desk.now().year), PassCode)
    except Refusal:
        return False


def judge(desk: Desk, raw: str) -> Verdict:
    """Judge a pass or a short code; what is wrong with it is the verdict, with a sound.

    Raises Refusal: `no_orders`, `training`, `needs_permission`, and `codes_locked` after too many
    wrong codes.
    """
    check_desk(desk)
    return look(desk, raw)


def look(desk: Desk, raw: str) -> Verdict:
    """Judge a pass or a short code where nobody is signed in: a kiosk hands nothing out."""
    code = short_code(raw)
    verdict = _of_pass(desk, raw) if code is None else _of_code(desk, code)
    desk.ports.sound.play("accepted" if verdict.proof else "refused")
    return verdict


def by_name(desk: Desk, order: Order, document: Document, *, proxy: bool = False) -> Verdict:
    """Judge an order whose receiver says a name and shows a document, of whose kind alone is kept.

    A `proxy` was sent by the customer. Raises Refusal `no_document`.
    """
    check_desk(desk)
    if not document:
        raise Refusal("no_document", "Without the pass, a document with the name must be seen.")
    return _standing(desk, fresh(desk, order), Proof("proxy" if proxy else "name", document))


def _of_pass(desk: Desk, raw: str) -> Verdict:
    try:
        code = parse(raw, desk.rules.plans, year=desk.now().year)
        read = opened(code.text if isinstance(code, PassCode) else raw)
    except Refusal as refused:
        return Verdict(Judged.BROKEN, refused.sentence)
    return _not_good(desk, read) or _of_claims(desk, read)


def _not_good(desk: Desk, read: Opened) -> Verdict | None:
    """Return what is wrong with a pass before its order is even looked at."""
    orders, claims = orders_of(desk), read.claims
    key = orders.pass_keys().get(claims.key)
    if key is None:
        return Verdict(
            Judged.UNKNOWN_KEY,
            Sentence(
                "This pass is signed by key {number}, which this till has not received; ask for"
                " the short code, or the name and a document.",
                number=claims.key,
            ),
        )
    if not verify(key.public_key, read.signature, read.signed):
        return Verdict(
            Judged.FORGED,
            Sentence("This pass was not made by our centre: it is forged. Hand nothing out."),
        )
    if key.is_revoked:
        return Verdict(
            Judged.UNKNOWN_KEY,
            Sentence(
                "The key of this pass was withdrawn. Let the customer open the page of the order:"
                " its code is a new one. Or ask for the short code, or the name and a document.",
            ),
        )
    own, store = orders.own_number(), orders.stores().get(claims.store)
    if claims.store == own:
        return None
    if own is None and (store is None or orders.order(claims.order) is not None):
        return None  # the shops' numbers have not come yet; only this shop's orders come here
    where: Sentence | str = Sentence("another store") if store is None else store.name
    return Verdict(
        Judged.OTHER_STORE,
        Sentence("This order is to be collected at {store}, not here.", store=where),
    )


def _of_claims(desk: Desk, read: Opened) -> Verdict:
    order = orders_of(desk).order(read.claims.order)
    if order is None:
        return Verdict(
            Judged.UNKNOWN_ORDER,
            Sentence("The pass is good, but its order has not reached this till yet; try again."),
        )
    verdict = _standing(desk, order, Proof("pass"))
    if verdict.kind is Judged.VALID and read.claims.expires < desk.ports.clock.now().timestamp():
        told = Sentence(
            "This pass has expired; order {reference} is still here.", reference=order.reference
        )
        return Verdict(Judged.EXPIRED, told, order, verdict.proof)
    return verdict


def _of_code(desk: Desk, code: str) -> Verdict:
    _check_lock(desk)
    orders = orders_of(desk)
    found = orders.by_code(code_hash(code, desk.ports.ledger.place.store))
    if found:
        return _standing(desk, found[0], Proof("code"))
    _count_wrong(desk)
    _check_lock(desk)
    return Verdict(
        Judged.UNKNOWN_ORDER,
        Sentence("No order here has this code; read it again with the customer."),
    )


def _count_wrong(desk: Desk) -> None:
    """Write that a wrong code was tried; as many as the rules say, within a while, close to codes.

    Codes that were right in between change nothing, nor does a restart: the journal counts.
    """
    rules, now = desk.rules.pickup, desk.ports.clock.now()
    staff = desk.person.ref if desk.person else ""
    wait = timedelta(minutes=rules.wait_minutes)
    before = orders_of(desk).wrong_codes(instant_text(now - wait), instant_text(now))
    events: list[Event] = [CodeRefused(staff=staff)]
    if before + 1 >= rules.wrong_codes:
        wait_s = int(wait.total_seconds())
        events.append(CodesLocked(staff=staff, failures=before + 1, wait_s=wait_s))
    desk.record(*events)


def _check_lock(desk: Desk) -> None:
    """Refuse codes for a while after too many wrong ones; passes and names still serve."""
    locked = orders_of(desk).locked()
    if locked is None:
        return
    at, wait_s = locked
    left = instant(at) + timedelta(seconds=wait_s) - desk.ports.clock.now()
    if timedelta() < left <= timedelta(seconds=wait_s):
        raise Refusal(
            "codes_locked",
            "Too many wrong codes: try one again in {minutes} min, or scan the pass.",
            minutes=-(-left // timedelta(minutes=1)),
        )


def _standing(desk: Desk, order: Order, proof: Proof) -> Verdict:
    """Return the verdict that an order's own state asks for, once the right to it is proven."""
    state = order.state
    if state in (OrderState.HANDED_OVER, OrderState.RETURNED):
        return Verdict(Judged.ALREADY_COLLECTED, _collected(desk, order), order)
    if state is OrderState.READY:
        told = Sentence("Order {reference} is ready.", reference=order.reference)
        return Verdict(Judged.VALID, told, order, proof)
    if state is OrderState.EXPIRED:
        return _expired(order, proof)
    if state in (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED):
        told = Sentence(
            "Order {reference} is {state}: {reason}",
            reference=order.reference,
            state=STATE_NAMES[state],
            reason=order.reason or "–",
        )
        return Verdict(Judged.CANCELLED, told, order)
    return Verdict(Judged.NOT_READY, _not_ready(desk, order), order)


def _expired(order: Order, proof: Proof) -> Verdict:
    if not order.may_leave:
        told = Sentence(
            "Order {reference} has expired and is being paid back; hand nothing out.",
            reference=order.reference,
        )
        return Verdict(Judged.EXPIRED, told, order)
    is_here = any(line.to_hand for line in order.lines)
    told = (
        Sentence("Order {reference} has expired, but is still here.", reference=order.reference)
        if is_here
        else Sentence("Order {reference} has expired and was put back.", reference=order.reference)
    )
    return Verdict(Judged.EXPIRED, told, order, proof if is_here else None)


def _collected(desk: Desk, order: Order) -> Sentence:
    """Say when, where and, where this till knows it, by whom an order was handed out."""
    if not order.handed_at:
        return Sentence("Order {reference} was collected already.", reference=order.reference)
    at = instant(order.handed_at).astimezone(desk.zone)
    own = [one for one in orders_of(desk).handed(order.order) if not one.is_undone]
    if not own:
        return Sentence(
            "Order {reference} was collected on {at}, at {till}.",
            reference=order.reference,
            at=at,
            till=order.handed_by,
        )
    people = {one.ref: one.name for one in desk.ports.people.all()}
    return Sentence(
        "Order {reference} was collected on {at}, here, from {name}.",
        reference=order.reference,
        at=at,
        name=people.get(own[-1].facts.staff, "–"),
    )


def _not_ready(desk: Desk, order: Order) -> Sentence:
    if not order.promised_at:
        return Sentence(
            "Order {reference} is not ready: {state}.",
            reference=order.reference,
            state=STATE_NAMES[order.state],
        )
    return Sentence(
        "Order {reference} is not ready: {state}; it was promised for {at}.",
        reference=order.reference,
        state=STATE_NAMES[order.state],
        at=instant(order.promised_at).astimezone(desk.zone),
    )
