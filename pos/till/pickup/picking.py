"""Picking: an order is taken on, its articles are taken from the shelves scan by scan, and packed.

What a scan is must be of the order; what is missing is said short with a reason, or replaced when
the customer agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.barcode import MeasuredCode, parse
from pos.domain.basket import check_quantity
from pos.domain.cash import check_reason
from pos.domain.catalogue import Article, Unit
from pos.domain.errors import Refusal
from pos.domain.events.orders import (
    OrderAccepted,
    OrderPicked,
    OrderReady,
    OrderRejected,
    OrderShort,
)
from pos.domain.money import PIECE
from pos.domain.order import Order, OrderLine
from pos.domain.words import Quantity
from pos.till.desk import Desk
from pos.till.offer import article_of
from pos.till.pickup.papers import print_labels as print_labels
from pos.till.pickup.papers import print_list as print_list
from pos.till.pickup.step import check_desk, fresh, step

BAGS_MOST = 99


@dataclass(frozen=True, slots=True)
class Picked:
    """What one scan did: the order after it, the line, and how much (thousandths).

    0 is for an article whose weight is still to be typed (`pick_line`).
    """

    order: Order
    line: OrderLine
    quantity: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """The article of a scan, and what its label says of its quantity (thousandths)."""

    article: Article
    quantity: int | None


def accept(desk: Desk, order: Order) -> Order:
    """Take an order on."""
    return step(desk, order, OrderAccepted(order=order.order, staff=check_desk(desk)))


def reject(desk: Desk, order: Order, reason: str) -> Order:
    """Say that the store cannot prepare an order; its customer is told. Refusal `no_reason`."""
    staff, why = check_desk(desk), check_reason(reason)
    return step(desk, order, OrderRejected(order=order.order, staff=staff, reason=why))


def pick(desk: Desk, order: Order, raw: str) -> Picked:
    """Take one scan: a piece, or what its label says; a weight may still have to be typed.

    Raises Refusal with a sound: `wrong_article` for what is not of the order, `picked_already`,
    `too_much`, and what is wrong with the code itself.
    """
    check_desk(desk)
    now = fresh(desk, order)
    try:
        found = scanned(desk, raw)
        line = _line_of(now, found.article)
        quantity = found.quantity or (0 if line.unit == "kg" else PIECE)
        after = _picked(desk, now, line, quantity) if quantity else now
    except Refusal:
        refused(desk)
        raise
    desk.ports.sound.play("accepted" if quantity else "attention")
    return Picked(after, after.line(line.n), quantity)


def refused(desk: Desk) -> None:
    """Sound a scan that was refused, at the till and in the hand."""
    desk.ports.sound.play("refused")
    for scanner in desk.ports.scanners.values():
        scanner.refuse()


def scanned(desk: Desk, raw: str) -> Scanned:
    """Return the article of a scan and the weight or count on its label, a price told nothing."""
    article = article_of(desk, raw)
    code = parse(raw, desk.rules.plans, year=desk.now().year)
    if isinstance(code, MeasuredCode) and code.kind != "price":
        return Scanned(article, code.value)
    return Scanned(article, None)


def pick_line(desk: Desk, order: Order, n: int, quantity: int) -> Order:
    """Take so much more of a line (thousandths), typed and not scanned.

    Raises Refusal `too_much`, `bad_quantity`, `part_of_a_piece`, `unknown_line`.
    """
    check_desk(desk)
    now = fresh(desk, order)
    line = now.line(n)
    check_quantity(quantity, Unit(line.unit))
    return _picked(desk, now, line, quantity)


def unpick(desk: Desk, order: Order, n: int, quantity: int) -> Order:
    """Put so much of a line back while picking. Raises Refusal as `pick_line`."""
    check_desk(desk)
    now = fresh(desk, order)
    line = now.line(n)
    check_quantity(quantity, Unit(line.unit))
    return _picked(desk, now, line, -quantity)


def _picked(desk: Desk, order: Order, line: OrderLine, quantity: int) -> Order:
    staff = desk.signed_in.ref
    event = OrderPicked(
        order=order.order, staff=staff, line=line.n, sku=line.sku, quantity=quantity
    )
    return step(desk, order, event)


def short(desk: Desk, order: Order, n: int, reason: str) -> Order:
    """Say that what is missing of a line will not come. Raises Refusal `no_reason`."""
    staff, why = check_desk(desk), check_reason(reason)
    return step(desk, order, OrderShort(order=order.order, staff=staff, line=n, reason=why))


def substitute(desk: Desk, order: Order, n: int, raw: str, *, agreed: bool) -> Picked:
    """Pick another article for a line, which the customer agreed to; never at a higher price.

    Raises Refusal `line_started` when the customer did not agree or some of the line is picked,
    `same_article`, `other_unit`, `no_price`.
    """
    staff, now = check_desk(desk), fresh(desk, order)
    line = now.line(n)
    try:
        found = scanned(desk, raw)
        _check_substitute(line, found.article)
        price = found.article.price_at(desk.ports.clock.now())
        quantity = found.quantity or (0 if line.unit == "kg" else PIECE)
        if not quantity:
            raise Refusal(
                "no_weight", "Scan the label with the weight of “{name}”.", name=found.article.name
            )
        event = OrderPicked(
            order=now.order,
            staff=staff,
            line=n,
            sku=found.article.sku,
            quantity=quantity,
            agreed=agreed,
            name=found.article.name,
            unit_price=price,
            age=found.article.age,
        )
        after = step(desk, now, event)
    except Refusal:
        refused(desk)
        raise
    desk.ports.sound.play("accepted")
    return Picked(after, after.line(n), quantity)


def _check_substitute(line: OrderLine, article: Article) -> None:
    if article.sku == line.sku:
        raise Refusal("same_article", "This is what was ordered; scan it to pick it.")
    if article.unit.value != line.unit:
        raise Refusal(
            "other_unit",
            "“{name}” is not sold by the same unit as what it would replace.",
            name=article.name,
        )


def ready(desk: Desk, order: Order, shelf: str, bags: int) -> Order:
    """Say that an order is packed and where it lies; its customer is told, bag labels print.

    Raises Refusal `not_ready` while a line is neither picked nor short, `bad_bags`, `no_shelf`.
    """
    staff, where = check_desk(desk), shelf.strip().upper()[:20]
    if not 1 <= bags <= BAGS_MOST:
        raise Refusal("bad_bags", "An order has 1 to {most} bags.", most=BAGS_MOST)
    if not where:
        raise Refusal("no_shelf", "Say where it lies: a shelf or a place.")
    event = OrderReady(order=order.order, staff=staff, shelf=where, bags=bags)
    after = step(desk, order, event)
    desk.ports.sound.play("accepted")
    if desk.rules.pickup.bag_labels and desk.ports.printer is not None:
        print_labels(desk, after)
    return after


def _line_of(order: Order, article: Article) -> OrderLine:
    """Return the line that a scan picks: one that still wants it, of those of its article."""
    mine = [line for line in order.lines if line.sku == article.sku]
    if not mine:
        raise Refusal(
            "wrong_article",
            "“{name}” is not of order {reference}; put it back.",
            name=article.name,
            reference=order.reference,
        )
    left = [line for line in mine if line.to_pick]
    if not left:
        raise Refusal(
            "picked_already",
            "“{name}”: all {quantity} are picked already.",
            name=article.name,
            quantity=Quantity(mine[0].quantity, mine[0].unit),
        )
    return left[0]
