"""The ways into the clerk's screen: its key, a pass or a code from anywhere, a row of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.order import TO_PICK, Order, OrderState
from pos.domain.words import Sentence
from pos.screens.pickup.back import PuttingBack
from pos.screens.pickup.handing import HandingOver
from pos.screens.pickup.head import Verdict
from pos.screens.pickup.lists import ListsPrompt
from pos.screens.pickup.past import Past
from pos.screens.pickup.picking import Picking
from pos.screens.pickup.place import Pickup, PickupPrompt
from pos.screens.pickup.unfinished import UnfinishedPrompt
from pos.screens.pickup.verdict import VerdictView, big
from pos.screens.pickup.waiting import Waiting
from pos.till.desk import Desk
from pos.till.pickup import hand_over, judge, papers
from pos.till.pickup.judge import Verdict as Found

if TYPE_CHECKING:
    from pos.screens.session import Session


def orders(session: Session) -> None:
    """Show the worklists; what was typed before is looked for in them."""
    centre = session.desk.ports.centre
    if session.desk.ports.orders is None or centre is None or not centre.enrolled():
        raise Refusal("no_orders", "This till belongs to no centre, so it has no orders.")
    text = session.take_text()
    place = _place(session, from_sale=False)
    session.pickup = place
    session.saw_orders()
    if text:
        place.lists.text = text
        place.lists.changed()


def _place(session: Session, *, from_sale: bool) -> Pickup:
    lists = ListsPrompt(
        session,
        lambda order: open_order(session, order),
        lambda code: open_found(session, judge.judge(session.desk, code)),
    )
    return Pickup(session, lists, from_sale=from_sale)


def is_of_an_order(desk: Desk, raw: str) -> bool:
    """Tell whether a scan opens an order from anywhere: a pass, or the label of a bag."""
    return judge.is_pass(desk, raw) or papers.bag_of(raw) is not None


def open_scan(session: Session, raw: str) -> None:
    """Open the order of a pass, judged, or of a bag; whatever screen was shown is left."""
    bag = papers.bag_of(raw)
    if bag is None:
        found = judge.judge(session.desk, raw)
        _leave_view(session)
        open_found(session, found)
        return
    known = session.desk.ports.orders
    order = None if known is None else known.order(bag[0])
    if order is None:
        raise Refusal("unknown_bag", "The order of this bag is not known here.")
    _leave_view(session)
    open_order(session, order)


def _leave_view(session: Session) -> None:
    if session.pickup is not None:
        session.pickup.leave_view()


def lost_hand_over(session: Session) -> UnfinishedPrompt | None:
    """Return the question about a hand-over that was cut short, None when there is none."""
    left = [
        one for one in hand_over.unfinished(session.desk) if one.asked.claim not in session.later
    ]
    if not left:
        return None
    return UnfinishedPrompt(
        session, left[0], lambda begun: _open(session, HandingOver(session, begun))
    )


def say_handed(session: Session, sale: SaleFinished) -> None:
    """Say which orders a sale has handed over."""
    known = session.desk.ports.orders
    names = dict.fromkeys(line.order.partition("/")[0] for line in sale.lines if line.order)
    found = [known.order(name) for name in names] if known is not None else []
    told = ", ".join(order.reference for order in found if order is not None)
    if told:
        session.say(Sentence("Paid: hand out order {reference}.", reference=told))


def open_found(session: Session, found: Found) -> None:
    """Open the order of a verdict, or the verdict alone where there is none."""
    order = found.order
    if order is None:
        _open(session, VerdictView(session, found))
    elif found.proof is not None:
        begun = hand_over.begin(session.desk, order, found.proof)
        _open(session, HandingOver(session, begun, big(found, session), (found.sentence,)))
    else:
        _open(session, _view(session, order, big(found, session), (found.sentence,)))


def open_order(session: Session, order: Order) -> None:
    """Open an order of a list, as its state asks for."""
    _open(session, _view(session, order))


def _view(
    session: Session,
    order: Order,
    verdict: Verdict | None = None,
    told: Sequence[Sentence] = (),
) -> PickupPrompt:
    def judged(found: Found) -> None:
        open_found(session, found)

    if order.state in TO_PICK:
        return Picking(session, order, verdict, told)
    if order.state is OrderState.READY:
        return Waiting(
            session,
            order,
            lambda code: open_found(session, judge.judge(session.desk, code)),
            judged,
        )
    if order.is_to_put_back:
        return PuttingBack(session, order, judged, verdict, told)
    return Past(session, order, verdict, told)


def _open(session: Session, view: PickupPrompt) -> None:
    if session.pickup is None:
        session.pickup = _place(session, from_sale=True)
    session.pickup.open(view)
