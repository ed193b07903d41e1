"""An order that is paid at the desk: its lines are a sale of this till, and the sale hands it over.

What the customer does not keep is taken out of the basket before payment, which refuses it at the
desk; only what is kept is sold.
"""

from __future__ import annotations

from pos.domain.basket import AgeChecked, Basket, Collected
from pos.domain.errors import Refusal
from pos.domain.events import Event, SaleFinished
from pos.domain.events.orders import (
    HandedLine,
    HandOverDropped,
    OrderHandedOver,
    OrderReturned,
    ReturnedLine,
)
from pos.domain.line import Line
from pos.domain.order import Contract, Order
from pos.domain.order_sale import handed_by
from pos.till.counter import show_basket
from pos.till.desk import Desk, Loan
from pos.till.pickup.claims import claim_answer, is_of_before
from pos.till.pickup.hand_over import HandOver, as_event, check_wants, rule
from pos.till.pickup.step import check_desk


def basket(desk: Desk, handover: HandOver, loan: Loan | None = None) -> Basket:
    """Put an order into the basket of whoever is signed in: the sale's end hands it over.

    An order that was paid online adds no line: it is handed over together with what is bought
    beside it. Raises Refusal as `finish` does, and `unknown_code` or `unknown_vat` for an article
    that this till cannot sell.
    """
    check_desk(desk)
    answered = claim_answer(desk, handover)
    check_wants(desk, answered)
    if any(one.handed.order == answered.order.order for one in desk.basket.collected):
        raise Refusal("order_in_basket", "This order is in the basket already.")
    ruling = rule(desk, answered)
    event = as_event(desk, answered, ruling)
    first, is_sold = desk.basket.next_line, answered.order.contract is not Contract.PAID_ONLINE
    taken = [one for one in event.lines if one.quantity] if is_sold else []
    lines = tuple(_line(desk, answered.order, one, n) for n, one in enumerate(taken, first))
    if answered.age_checked > desk.basket.age_checked:
        desk.step(AgeChecked(age=answered.age_checked))
    step = Collected(lines=lines, handed=event)
    after = (
        desk.step(step)
        if ruling.permission is None
        else desk.guarded_step(step, ruling.permission, loan)
    )
    desk.ports.sound.play("accepted")
    show_basket(desk, after.last)
    return after


def _line(desk: Desk, order: Order, handed: HandedLine, n: int) -> Line:
    """Return the basket's line of an order's: at the price that was promised, today's VAT."""
    line = order.line(handed.line)
    article = desk.ports.catalogue.find(line.sku)
    if article is None:
        raise Refusal(
            "unknown_code",
            "No article has the code {code}; search it by name, or put it aside.",
            code=line.sku,
        )
    vat = desk.vat_of(article)
    desk.rate_of(vat)
    return Line(
        n=n,
        sku=line.sku,
        name=line.name,
        vat=vat,
        unit_price=line.unit_price,
        quantity=handed.quantity,
        unit=article.unit,
        code=article.codes[0] if article.codes else "",
        department=article.department,
        age=article.age,
        meal_voucher=article.meal_voucher,
        guarantee_months=article.guarantee_months,
        eco=min(article.eco, line.unit_price),
        order=f"{order.order}/{line.n}",
    )


def steps_of_sale(desk: Desk, paid: Basket, sale: SaleFinished) -> list[Event]:
    """Return the steps of orders that a sale is, to be written with it.

    Those are the hand-overs that it ends, and what it gives back of orders that were paid here.
    """
    handed = [handed_by(one, paid, ticket=sale.label) for one in paid.collected]
    return [*(_doubted(desk, one) for one in handed), *_returned(desk, sale)]


def _doubted(desk: Desk, handed: OrderHandedOver) -> OrderHandedOver:
    """Return a hand-over with its risk when the till was restored while the basket waited."""
    if handed.risk or not is_of_before(desk, handed.claim):
        return handed
    return handed.model_copy(update={"risk": "restored"})


def _returned(desk: Desk, sale: SaleFinished) -> list[Event]:
    back: dict[str, list[ReturnedLine]] = {}
    reasons: dict[str, str] = {}
    for line in () if sale.training else sale.lines:
        of = line.returned
        sold = desk.ports.past.sale(of.ticket) if of is not None and of.ticket else None
        first = next((one for one in sold.lines if of and one.n == of.line), None) if sold else None
        if of is None or first is None or first.order is None:
            continue
        name, _, n = first.order.partition("/")
        part = ReturnedLine(line=int(n), quantity=-line.quantity, amount=-line.total)
        back.setdefault(name, []).append(part)
        reasons.setdefault(name, of.reason)
    return [
        OrderReturned(
            order=name,
            staff=sale.staff,
            lines=lines,
            reason=reasons[name],
            pay_back="till",
            ticket=sale.label,
        )
        for name, lines in back.items()
    ]


def dropped_with(desk: Desk, abandoned: Basket) -> list[Event]:
    """Return that the hand-overs of an abandoned basket did not take place."""
    return [
        HandOverDropped(
            order=one.handed.order,
            staff=desk.signed_in.ref,
            visit=one.handed.visit,
            claim=one.handed.claim,
            reason="abandoned",
        )
        for one in abandoned.collected
    ]
