"""An order as its customer sees it: where it stands, what to bring, what may be done.

>>> from pos.domain.order import Contract, OrderLine
>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="1042", placed_at="",
...     promised_at="", contract=Contract.PAY_AT_PICKUP, state=OrderState.READY, total=1900,
...     lines=(OrderLine(n=1, sku="BAG", name="Tote bag", quantity=2_000, unit_price=950),))
>>> shown = view_of(order, lambda text: None)
>>> str(shown.headline), shown.shows_pass, shown.may_cancel, [str(one) for one in shown.bring][0]
('Your order is ready', True, True, 'This page, or the code below')
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pos.domain.order import MAY_CANCEL, Contract, Order, OrderState
from pos.domain.order_money import coming_back
from pos.domain.words import Amount, Quantity, Sentence

Step = tuple[Sentence, bool]
"""A step on the way to the customer, and whether it was reached."""


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the order as its customer reads it; `note` says what became of it."""

    name: str
    quantity: Quantity
    total: Amount
    note: Sentence | None


@dataclass(frozen=True, slots=True)
class OrderShown:
    """A page's content. `steps` is empty for an order that ended another way, `sums` says what it
    costs as it stands, what was paid and what comes back.
    """

    headline: Sentence
    paragraphs: Sequence[Sentence]
    steps: Sequence[Step]
    lines: Sequence[LineShown]
    bring: Sequence[Sentence]
    sums: Sequence[Sentence]
    shows_pass: bool
    may_cancel: bool
    may_be_here: bool
    is_waiting: bool


_HEADLINES = {
    OrderState.PLACED: Sentence("We have your order"),
    OrderState.ACCEPTED: Sentence("Your order is being prepared"),
    OrderState.PICKING: Sentence("Your order is being prepared"),
    OrderState.READY: Sentence("Your order is ready"),
    OrderState.HANDED_OVER: Sentence("You have your order"),
    OrderState.RETURNED: Sentence("Your order came back to the shop"),
    OrderState.REJECTED: Sentence("The shop cannot prepare your order"),
    OrderState.CANCELLED: Sentence("Your order is cancelled"),
    OrderState.EXPIRED: Sentence("Your order was not collected in time"),
    OrderState.CLOSED: Sentence("Your order is closed"),
}
_REACHED = {
    OrderState.PLACED: 1,
    OrderState.ACCEPTED: 2,
    OrderState.PICKING: 2,
    OrderState.READY: 3,
    OrderState.HANDED_OVER: 4,
}
_STEPS = (
    Sentence("Received"),
    Sentence("In preparation"),
    Sentence("Ready"),
    Sentence("Collected"),
)


def view_of(order: Order, instant: Callable[[str], datetime | None]) -> OrderShown:
    """Return what the page of an order shows; `instant` reads an instant text (None for none)."""
    reached = _REACHED.get(order.state, 0)
    is_ready = order.state is OrderState.READY
    return OrderShown(
        headline=_HEADLINES[order.state],
        paragraphs=_paragraphs(order, instant),
        steps=[(one, n < reached) for n, one in enumerate(_STEPS)] if reached else [],
        lines=[_line(order, n) for n in range(len(order.lines))],
        bring=_bring(order) if is_ready else [],
        sums=_sums(order),
        shows_pass=is_ready,
        may_cancel=order.state in MAY_CANCEL and not order.visits,
        may_be_here=is_ready and not order.here_at,
        is_waiting=bool(order.here_at) and is_ready,
    )


def _paragraphs(order: Order, instant: Callable[[str], datetime | None]) -> list[Sentence]:
    said: list[Sentence] = []
    day = _day(instant(order.expires_at))
    if order.state in (OrderState.PLACED, OrderState.ACCEPTED, OrderState.PICKING):
        said.append(Sentence("Please wait until it is ready before you come."))
    if order.state is OrderState.READY and day is not None:
        said.append(Sentence("It is kept for you until {day}.", day=day))
    if order.here_at and order.state is OrderState.READY:
        said.append(Sentence("The shop knows that you are there."))
        if order.queue:
            said.append(Sentence("Your number is {number}.", number=order.number))
    if order.state is OrderState.REJECTED and order.reason:
        said.append(Sentence("The shop says: {reason}", reason=order.reason))
    if order.contract is Contract.RESERVATION and order.state in MAY_CANCEL:
        said.append(Sentence("You may try it first: you only pay for what you keep."))
    return said


def _bring(order: Order) -> list[Sentence]:
    bring = [Sentence("This page, or the code below")]
    if order.age:
        bring.append(Sentence("A document that shows you are {age} or older", age=order.age))
    if order.contract is Contract.PAY_AT_PICKUP and order.due:
        bring.append(Sentence("{amount} to pay at the desk", amount=Amount(order.due)))
    if order.contract is Contract.PAID_ONLINE:
        bring.append(Sentence("Somebody you send needs the code and a document of their own"))
    return bring


def _sums(order: Order) -> list[Sentence]:
    """Return the sums of an order; one that was given up has no total any more."""
    sums: list[Sentence] = []
    worth, back = sum(order.worth(line) for line in order.lines), coming_back(order)
    if worth or order.state in MAY_CANCEL:
        sums.append(Sentence("Total {amount}", amount=Amount(worth)))
    if paid := order.paid + order.removed:
        sums.append(Sentence("{amount} paid online", amount=Amount(paid)))
    if back:
        sums.append(Sentence("{amount} comes back to you", amount=Amount(back)))
    return sums


def _line(order: Order, place: int) -> LineShown:
    line = order.lines[place]
    note: Sentence | None = None
    if line.short:
        note = Sentence("{quantity} missing", quantity=Quantity(line.short, line.unit))
    elif line.ordered:
        note = Sentence("in place of what you ordered")
    elif line.returned:
        note = Sentence("{quantity} returned", quantity=Quantity(line.returned, line.unit))
    elif line.refused:
        note = Sentence("{quantity} not taken", quantity=Quantity(line.refused, line.unit))
    quantity = Quantity(line.quantity, line.unit)
    return LineShown(line.name, quantity, Amount(order.worth(line)), note)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
