"""Putting back what nobody collects: scanned off the pickup shelf, and sold again."""

from __future__ import annotations

from pos.domain.errors import Refusal
from pos.domain.events.orders import OrderPutBack
from pos.domain.order import Order, OrderLine
from pos.domain.words import Quantity
from pos.till.desk import Desk
from pos.till.pickup.picking import Picked, scanned
from pos.till.pickup.step import check_desk, fresh, step


def put_back(desk: Desk, order: Order, raw: str) -> Picked:
    """Take one scan of what goes back to be sold; what is weighed goes back whole.

    Raises Refusal with a sound: `wrong_article`, `nothing_back`, and what is wrong with the code.
    """
    check_desk(desk)
    now = fresh(desk, order)
    try:
        found = scanned(desk, raw)
        line = _line(now, found.article.sku, found.article.name)
        quantity = line.on_shelf if line.unit == "kg" else found.quantity or 1_000
        after = put_back_line(desk, now, line.n, min(quantity, now.to_put_back(line)))
    except Refusal:
        desk.ports.sound.play("refused")
        raise
    desk.ports.sound.play("accepted")
    return Picked(after, after.line(line.n), quantity)


def put_back_line(desk: Desk, order: Order, n: int, quantity: int) -> Order:
    """Put so much of a line back (thousandths), with no scan. Raises Refusal `too_much`."""
    now = fresh(desk, order)
    line = now.line(n)
    if not 0 < quantity <= now.to_put_back(line):
        raise Refusal(
            "too_much",
            "“{name}”: {asked} is too much; at most {most}.",
            name=line.name,
            asked=Quantity(quantity, line.unit),
            most=Quantity(now.to_put_back(line), line.unit),
        )
    staff = desk.signed_in.ref
    back = OrderPutBack(order=now.order, staff=staff, line=n, sku=line.sku, quantity=quantity)
    return step(desk, now, back)


def _line(order: Order, sku: str, name: str) -> OrderLine:
    mine = [line for line in order.lines if line.sku == sku]
    if not mine:
        raise Refusal(
            "wrong_article",
            "“{name}” is not of order {reference}.",
            name=name,
            reference=order.reference,
        )
    left = [line for line in mine if order.to_put_back(line)]
    if not left:
        raise Refusal("nothing_back", "Nothing of “{name}” is to be put back.", name=name)
    return left[0]
