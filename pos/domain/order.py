"""An order to collect: what it is, and what each step makes of it, at the till and at the centre.

The centre keeps orders and sends each as a whole row (kind `order`, key: its ULID); a till shows
that row with its own steps that the centre has not counted yet on top (`pos.domain.order_steps`).

    placed → accepted → picking → ready → handed over → (returned)
       └ rejected   └ cancelled   └ expired → to put back → closed

>>> line = OrderLine(n=1, sku="BAG", name="Tote bag", quantity=2_000, unit_price=950, picked=1_000)
>>> line.to_pick, line.on_shelf, line.state.value, line.amount(2_000)
(1000, 1000, 'to_pick', 1900)
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pos.domain.catalogue import NAME_MAX
from pos.domain.errors import Refusal
from pos.domain.feed import Amount, FeedFields, Key
from pos.domain.money import PIECE, line_amount
from pos.domain.words import Sentence

LINES_MOST = 200
QUANTITY_MOST = 1_000_000
ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"

Quantity = Annotated[int, Field(ge=0, le=QUANTITY_MOST)]
Instant = Annotated[str, Field(max_length=24)]


class Contract(StrEnum):
    """What was agreed: paid online, to be paid at the desk, or kept to try with no obligation."""

    PAID_ONLINE = "paid_online"
    PAY_AT_PICKUP = "pay_at_pickup"
    RESERVATION = "reservation"


class OrderState(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    ACCEPTED = "accepted"
    PICKING = "picking"
    READY = "ready"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED = "closed"


class LineState(StrEnum):
    """Where a line stands; what is short of it is a number of its own."""

    TO_PICK = "to_pick"
    PICKED = "picked"
    SUBSTITUTED = "substituted"
    SHORT = "short"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    PUT_BACK = "put_back"


TO_PICK = frozenset({OrderState.PLACED, OrderState.ACCEPTED, OrderState.PICKING})
"""What the worklist To pick shows."""

OVER = frozenset({OrderState.REJECTED, OrderState.CANCELLED, OrderState.EXPIRED})
"""What was ended before it was collected: whatever was picked of it is to be put back."""

MAY_CANCEL = frozenset(
    {OrderState.PLACED, OrderState.ACCEPTED, OrderState.PICKING, OrderState.READY}
)
"""While a customer, a channel or the centre's clock may still end it."""


class OrderLine(FeedFields):
    """One article of an order. `unit_price` is what was promised, VAT included.

    Of `quantity`, `picked` was taken from the shelves (as `sku`: the substitute's when `ordered`
    names another, whose price was `ordered_price`), `short` will not come, `handed` left with the
    customer, `refused` was not wanted at the desk, `put_back` went back to be sold, `returned`
    came back later. What is sold by weight is picked when nine tenths of it are there.
    """

    n: Annotated[int, Field(ge=1, le=LINES_MOST)]
    sku: Key
    name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    quantity: Annotated[int, Field(gt=0, le=QUANTITY_MOST)]
    unit: Annotated[str, Field(pattern="^(piece|kg)$")] = "piece"
    unit_price: Amount
    age: Annotated[int, Field(ge=0, le=99)] = 0
    picked: Quantity = 0
    short: Quantity = 0
    handed: Quantity = 0
    refused: Quantity = 0
    put_back: Quantity = 0
    returned: Quantity = 0
    reason: Annotated[str, Field(max_length=200)] = ""
    ordered: Annotated[str, Field(max_length=60)] = ""
    ordered_price: Amount = 0

    @property
    def to_pick(self) -> int:
        """What is still to be taken from the shelves."""
        left = max(0, self.quantity - self.picked - self.short)
        is_near = self.unit == "kg" and self.picked * 10 >= self.quantity * 9
        return 0 if is_near else left

    @property
    def most(self) -> int:
        """The most that may be picked: a weight never comes out even."""
        return self.quantity * 6 // 5 if self.unit == "kg" else self.quantity

    @property
    def on_shelf(self) -> int:
        """What lies on the pickup shelf now."""
        return max(0, self.picked - self.handed - self.put_back)

    @property
    def to_hand(self) -> int:
        """What the customer may still take."""
        return max(0, self.on_shelf - self.refused)

    @property
    def state(self) -> LineState:
        """Where the line stands, by its numbers."""
        if self.handed:
            return LineState.HANDED_OVER
        if self.put_back and not self.on_shelf:
            return LineState.REFUSED if self.refused else LineState.PUT_BACK
        if self.refused:
            return LineState.REFUSED
        if self.to_pick:
            return LineState.TO_PICK
        if not self.picked:
            return LineState.SHORT
        return LineState.SUBSTITUTED if self.ordered else LineState.PICKED

    def amount(self, quantity: int) -> int:
        """Return what a quantity of it (thousandths) costs, minor units."""
        return line_amount(self.unit_price, quantity)

    @property
    def promised(self) -> int:
        """What all of it costs as it was ordered, minor units, whatever replaced it since."""
        price = self.ordered_price if self.ordered else self.unit_price
        return line_amount(price, self.quantity)


def queue_number(given_by: str, number: int) -> str:
    """Return a queue number as it is called: after the name of the till or kiosk that gave it.

    Two that do not hear of each other so never call two customers by one number.

    >>> queue_number("S001-B01", 42), queue_number("S001-DESK", 7), queue_number("", 42)
    ('B1-42', 'DESK-7', '42')
    """
    till = given_by.rpartition("-")[2]
    letters = till.rstrip("0123456789")
    name = letters + till.removeprefix(letters).lstrip("0")
    return f"{name}-{number}" if name else str(number)


class Order(FeedFields):
    """An order as both ends know it; instants are UTC texts, empty for never.

    `reference` is its number as people say it. `name` is whom to call at the desk, as the customer
    gave it. `paid` is what was paid online for its lines, of `total`; `removed` what was paid for
    lines that were taken out of it since, and comes back; `refunded` what its channel was told to
    pay back so far, which the centre alone tells. `code_hash` proves a short code. `keep_s`
    is until when it is kept. `visits` counts hand-overs, undone ones too. `here_at` is since when
    the customer waits, `queue` the number that was given, `queue_by` the till or kiosk that gave
    it (`S001-B01`).
    """

    order: Annotated[str, Field(pattern=ULID)]
    reference: Annotated[str, Field(min_length=1, max_length=40)]
    channel: Annotated[str, Field(max_length=40)] = ""
    contract: Contract
    state: OrderState = OrderState.PLACED
    placed_at: Instant
    promised_at: Instant
    expires_at: Instant = ""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    total: Amount = 0
    paid: Amount = 0
    removed: Amount = 0
    refunded: Amount = 0
    name: Annotated[str, Field(max_length=80)] = ""
    customer: Annotated[str, Field(max_length=40)] = ""
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "fr"
    code_hash: Annotated[str, Field(max_length=64)] = ""
    note: Annotated[str, Field(max_length=200)] = ""
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=LINES_MOST)]
    shelf: Annotated[str, Field(max_length=20)] = ""
    bags: Annotated[int, Field(ge=0, le=99)] = 0
    reason: Annotated[str, Field(max_length=200)] = ""
    ready_at: Instant = ""
    handed_at: Instant = ""
    handed_by: Annotated[str, Field(max_length=40)] = ""
    visits: Annotated[int, Field(ge=0)] = 0
    here_at: Instant = ""
    queue: Annotated[int, Field(ge=0)] = 0
    queue_by: Annotated[str, Field(max_length=40)] = ""

    def line(self, n: int) -> OrderLine:
        """Return a line. Raises Refusal `unknown_line`."""
        for line in self.lines:
            if line.n == n:
                return line
        raise Refusal("unknown_line", "The order has no line {n}.", n=n)

    @property
    def may_leave(self) -> bool:
        """Whether its end, if it ended, lets goods of it leave: nobody who comes late to an order
        that expired gets both the goods and their money.
        """
        if self.state is OrderState.EXPIRED:
            return not self.refunded
        return self.state not in OVER and self.state is not OrderState.CLOSED

    @property
    def number(self) -> str:
        """The number that its customer waits with, as it is called: `B1-42`; "" for none."""
        return queue_number(self.queue_by, self.queue) if self.queue else ""

    @property
    def pieces(self) -> int:
        """How many things are ordered: pieces, and one for each line that is weighed."""
        return sum(1 if line.unit == "kg" else line.quantity // PIECE for line in self.lines)

    @property
    def lines_done(self) -> int:
        """How many lines have nothing left to pick."""
        return sum(1 for line in self.lines if not line.to_pick)

    @property
    def age(self) -> int:
        """The least age that its articles ask for, in years."""
        return max(line.age for line in self.lines)

    def to_come(self, line: OrderLine) -> int:
        """What of a line its customer is still to have, picked or not; none of an ended order."""
        return line.to_hand + line.to_pick if self.state in MAY_CANCEL else 0

    def worth(self, line: OrderLine) -> int:
        """What the customer has of a line and is still to have costs, minor units."""
        kept = max(0, line.handed - line.returned) + self.to_come(line)
        if self.contract is Contract.PAID_ONLINE:
            kept = min(kept, line.quantity)
        return line.amount(kept)

    @property
    def due(self) -> int:
        """What is still to be paid at the desk, minor units; who comes late still may."""
        if self.contract is Contract.PAID_ONLINE:
            return 0
        is_late = self.state is OrderState.EXPIRED
        return sum(
            line.amount(line.to_hand if is_late else self.to_come(line)) for line in self.lines
        )

    def to_put_back(self, line: OrderLine) -> int:
        """What of a line lies on the pickup shelf and nobody will collect: all of an order that is
        over, else what was refused at the desk.
        """
        if self.state in OVER:
            return line.on_shelf
        is_gone = self.state in (OrderState.HANDED_OVER, OrderState.RETURNED)
        return min(line.on_shelf, line.refused) if is_gone else 0

    @property
    def is_to_put_back(self) -> bool:
        """Whether something of it lies on the pickup shelf that nobody will collect."""
        return any(self.to_put_back(line) for line in self.lines)


STATE_NAMES: dict[OrderState, Sentence] = {
    OrderState.PLACED: Sentence("new"),
    OrderState.ACCEPTED: Sentence("accepted"),
    OrderState.PICKING: Sentence("being picked"),
    OrderState.READY: Sentence("packed"),
    OrderState.HANDED_OVER: Sentence("collected"),
    OrderState.RETURNED: Sentence("returned"),
    OrderState.REJECTED: Sentence("rejected"),
    OrderState.CANCELLED: Sentence("cancelled"),
    OrderState.EXPIRED: Sentence("expired"),
    OrderState.CLOSED: Sentence("closed"),
}
"""What a person reads."""
