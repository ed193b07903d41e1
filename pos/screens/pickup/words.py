"""An order in words, as a clerk reads it in a row: no rule and no sum of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pos.domain.order import STATE_NAMES, TO_PICK, Contract, LineState, Order, OrderLine, OrderState
from pos.domain.shift import instant
from pos.domain.words import Amount, Sentence
from pos.screens.face import Face
from pos.screens.pickup.head import HeadText, Verdict
from pos.screens.widgets.listing import Column, Row, Tone
from pos.till.desk import Desk
from pos.till.pickup.worklists import Lateness, is_here, is_late

WIDE = 100
"""The columns of a screen from which a list tells more of each order."""

LATE_MARKS: dict[Lateness, tuple[str, Tone]] = {
    Lateness.LATE: ("✖", "notice_bad"),
    Lateness.SOON: ("▲", "returned"),
    Lateness.ON_TIME: (" ", "text"),
}
"""A shape as well as a colour for what is late and what is about to be."""

LATE_WORDS: dict[Lateness, Sentence] = {
    Lateness.LATE: Sentence("late"),
    Lateness.SOON: Sentence("soon"),
}

LINE_MARKS: dict[LineState, tuple[str, Tone]] = {
    LineState.TO_PICK: ("○", "text"),
    LineState.PICKED: ("✓", "notice_good"),
    LineState.SUBSTITUTED: ("≈", "notice_good"),
    LineState.SHORT: ("✖", "returned"),
    LineState.HANDED_OVER: ("✓", "notice_good"),
    LineState.REFUSED: ("✖", "returned"),
    LineState.PUT_BACK: ("▼", "muted"),
}
PARTLY = "◐"

LINE_STATES: dict[LineState, Sentence] = {
    LineState.TO_PICK: Sentence("to pick"),
    LineState.PICKED: Sentence("picked"),
    LineState.SUBSTITUTED: Sentence("replaced"),
    LineState.SHORT: Sentence("short"),
    LineState.HANDED_OVER: Sentence("handed over"),
    LineState.REFUSED: Sentence("refused"),
    LineState.PUT_BACK: Sentence("put back"),
}

NEW = "•"
"""What stands before the name of an order that nobody has taken on yet."""


@lru_cache(maxsize=2048)
def _instant(text: str) -> datetime | None:
    try:
        return instant(text)
    except ValueError:
        return None


def moment(desk: Desk, text: str) -> datetime | None:
    """Return an instant text as local time, None for none or one that cannot be read."""
    at = _instant(text)
    return None if at is None else at.astimezone(desk.zone)


def clock(desk: Desk, text: str) -> str:
    """Return the hour of an instant of today, its day too when it is another; "" for none."""
    at = moment(desk, text)
    if at is None:
        return ""
    return f"{at:%H:%M}" if at.date() == desk.now().date() else f"{at:%d/%m %H:%M}"


def title(order: Order) -> Sentence:
    """Return which order it is, and whom to call."""
    if not order.name:
        return Sentence("Order {reference}", reference=order.reference)
    return Sentence("Order {reference} · {name}", reference=order.reference, name=order.name)


def contract(order: Order) -> Sentence:
    """Return what the customer owes: nothing, the sum, or what they keep."""
    if order.due and order.contract is Contract.RESERVATION:
        return Sentence("to try")
    if order.due:
        return Sentence("to pay {amount}", amount=Amount(order.due))
    is_paid = order.contract is Contract.PAID_ONLINE or any(line.handed for line in order.lines)
    return Sentence("paid") if is_paid else Sentence("nothing to pay")


def lines(order: Order) -> str:
    """Return how many lines are done of how many, and how many pieces they are."""
    done = f"{order.lines_done}/" if order.lines_done else ""
    return f"{done}{len(order.lines)} · {order.pieces}"


def promised(desk: Desk, order: Order, face: Face) -> tuple[str, Tone]:
    """Return when it was promised, and its sign; a customer who waits comes before the hour."""
    if is_here(desk, order):
        return _waits(desk, order, face)
    lateness = is_late(desk, order)
    mark, tone = LATE_MARKS[lateness]
    at = moment(desk, order.promised_at)
    if lateness not in LATE_WORDS or at is None:
        return f"{mark} {clock(desk, order.promised_at)}", tone
    when = f"{at:%H:%M}" if at.date() == desk.now().date() else f"{at:%d/%m}"
    return f"{mark} {when} {face.say(LATE_WORDS[lateness])}", tone


def _waits(desk: Desk, order: Order, face: Face) -> tuple[str, Tone]:
    since = moment(desk, order.here_at)
    minutes = 0 if since is None else max(0, int((desk.now() - since).total_seconds()) // 60)
    if order.queue:
        said = Sentence("No. {queue} · {minutes} min", queue=order.number, minutes=minutes)
    else:
        said = Sentence("here · {minutes} min", minutes=minutes)
    return f"● {face.say(said)}", "notice_good"


def head(
    desk: Desk,
    order: Order,
    face: Face,
    verdict: Verdict | None = None,
    more: Sequence[Sentence | str] = (),
) -> HeadText:
    """Return the head of an order: who, when, what is owed, where it lies; then `more`."""
    parts = [face.say(STATE_NAMES[order.state]), face.say(contract(order))]
    if order.state in TO_PICK or is_here(desk, order):
        parts.insert(1, promised(desk, order, face)[0].strip())
    if order.age:
        parts.append(face.say(Sentence("age {age}", age=order.age)))
    told = [*_where(order), *more]
    if order.refunded:
        back = Amount(order.refunded)
        told.append(Sentence("The web shop was told to pay {amount} back.", amount=back))
    if order.note:
        told.append(Sentence("Note: {note}", note=order.note))
    title_text, end = face.say(title(order)), " · ".join(part for part in parts if part)
    return HeadText(title_text, end, verdict, tuple(face.say(one) for one in told))


def _where(order: Order) -> list[Sentence]:
    if not order.shelf or not any(line.on_shelf for line in order.lines):
        return []
    bags = Sentence("{count} bag", count=max(1, order.bags))
    return [Sentence("It lies on shelf {shelf}: {bags}.", shelf=order.shelf, bags=bags)]


def columns(tab: int, face: Face) -> list[Column]:
    """Return the columns of a worklist, by its place among the three."""
    say = face.say
    when = Column(say("Promised"), 19)
    order = Column(say("Order"), 10)
    name = Column(say("Name"))
    shelf = Column(say("Shelf"), 8)
    count = Column(say("Lines"), 9, is_right=True)
    pay = Column(say("Payment"), 17, is_right=True)
    state = Column(say("State"), 14, least=WIDE)
    if tab == 0:
        return [when, order, name, count, state, pay]
    if tab == 1:
        bags = Column(say("Bags"), 5, is_right=True)
        return [when, order, name, shelf, bags, pay]
    return [Column(say("State"), 19), order, name, shelf, count]


def row(tab: int, desk: Desk, order: Order, face: Face) -> Row:
    """Return an order as a row of a worklist."""
    say = face.say
    if tab == 2:
        state = say(STATE_NAMES[order.state])
        return Row((state, order.reference, order.name, order.shelf, lines(order)))
    when, tone = promised(desk, order, face)
    pay = say(contract(order))
    if tab == 1:
        bags = str(order.bags) if order.bags else ""
        return Row((when, order.reference, order.name, order.shelf, bags, pay), tone)
    is_new = order.state is OrderState.PLACED
    name = f"{NEW} {order.name}" if is_new else order.name
    texts = (when, order.reference, name, lines(order), say(STATE_NAMES[order.state]), pay)
    return Row(texts, tone, "strong" if is_new else "text")


def empty(tab: int, face: Face, text: str) -> str:
    """Return what an empty worklist says, or a search that found nothing."""
    if text:
        return face.say(Sentence("No order fits “{text}”.", text=text))
    return face.say(
        (
            Sentence("Nothing is to be picked. A new order comes with a sound."),
            Sentence("Nothing waits for its customer."),
            Sentence("Nothing is to be put back on the shelves."),
        )[tab]
    )


def line_columns(order: Order, face: Face) -> list[Column]:
    """Return the columns of an order's lines; weights take more room than pieces."""
    is_weighed = any(line.unit == "kg" for line in order.lines)
    say = face.say
    return [
        Column("", 1),
        Column(say("Done"), 17 if is_weighed else 9, is_right=True),
        Column(say("Article")),
        Column(say("SKU"), 14, least=WIDE),
        Column(say("Price"), 10, is_right=True, least=WIDE),
        Column(say("State")),
    ]


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a line is `done` `of` how much, in thousandths; `told` stands for its state."""

    done: int
    of: int
    told: str = ""
    state: LineState | None = None


def line_row(line: OrderLine, count: Count, face: Face) -> Row:
    """Return a line of an order as a row."""
    mark, tone = LINE_MARKS[count.state or line.state]
    if line.state is LineState.TO_PICK and line.picked:
        mark = PARTLY
    state = count.told or line_state(line, face)
    counted = f"{face.quantity(count.done, line.unit)}/{face.quantity(count.of, line.unit)}"
    price = face.figures(line.unit_price)
    return Row((mark, counted, line.name, line.sku, price, state), tone)


def line_state(line: OrderLine, face: Face) -> str:
    """Return where a line stands, and why when that was said."""
    state = face.say(LINE_STATES[line.state])
    if line.short and line.picked and not line.to_pick:
        missing = Sentence("{quantity} short", quantity=face.quantity(line.short, line.unit))
        state = face.say(missing)
    return f"{state}: {line.reason}" if line.reason else state
