"""Click and collect at the till: an order taken on, picked, made ready, handed over, taken back.

Each names its order (a ULID) and says what a person did; `pos.domain.order.after` says what the
order is then, at the till and at the centre alike. Quantities are thousandths, amounts minor
units. Nobody's name is here: an identity document is a kind (`passport`), never its number.

>>> OrderShort(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", staff="2", line=1, reason="broken").kind
'order.short'
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from pos.domain.events.base import BaseEvent
from pos.domain.facts import Fact

Method = Literal["pass", "code", "name", "proxy"]
"""How the receiver proved a right to it: the pass, its short code, a name with a document seen, or
somebody sent by the customer (with the pass or code, and a document of their own seen).
"""

Document = Literal["", "id_card", "passport", "driving_licence", "residence_permit", "other"]

ClaimOutcome = Literal["granted", "refused", "offline"]
"""What the centre said of the claim to hand over; `offline`: it was not reached in time."""


class OrderEvent(BaseEvent):
    """What every step of an order tells."""

    order: str
    staff: str


class OrderAccepted(OrderEvent):
    """The store takes the order on."""

    kind: Literal["order.accepted"] = "order.accepted"


class OrderRejected(OrderEvent):
    """The store cannot prepare it; the customer is told, and paid back by the centre."""

    kind: Literal["order.rejected"] = "order.rejected"
    reason: str


class OrderPicked(OrderEvent):
    """So much of a line was taken from the shelves (negative: put back while picking).

    `sku` is another article than the line's when the customer agreed to a substitute (`agreed`);
    `name`, `unit_price` and `age` (years) are then the substitute's.
    """

    kind: Literal["order.picked"] = "order.picked"
    line: int
    sku: str
    quantity: int
    agreed: bool = False
    name: str = ""
    unit_price: int | None = None
    age: int | None = None


class OrderShort(OrderEvent):
    """What is missing of a line will not come."""

    kind: Literal["order.short"] = "order.short"
    line: int
    reason: str


class OrderReady(OrderEvent):
    """Packed and on the pickup shelf: the customer may come."""

    kind: Literal["order.ready"] = "order.ready"
    shelf: str
    bags: int


class OrderCalled(OrderEvent):
    """The customer stands in the shop and was given a queue number (by a kiosk, or a clerk)."""

    kind: Literal["order.called"] = "order.called"
    queue: int


class HandOverAsked(OrderEvent):
    """A hand-over is about to be claimed: this entry's name is the claim's.

    `visit` counts the hand-overs of the order that went before, undone ones too: the claim's key
    is `<order>:<visit>`.
    """

    kind: Literal["order.hand_over_asked"] = "order.hand_over_asked"
    visit: int


class HandOverDropped(OrderEvent):
    """A hand-over that was claimed did not take place: nothing left, and the claim is free again.

    `holder` names the claim that the centre had granted before, where that is why.
    """

    kind: Literal["order.hand_over_dropped"] = "order.hand_over_dropped"
    visit: int
    claim: str
    reason: str
    holder: str = ""


class HandedLine(Fact):
    """A line at the desk: how much left with the customer, and what was refused there and why."""

    line: int
    quantity: int
    refused: int = 0
    reason: str = ""


class OrderHandedOver(OrderEvent):
    """Goods left with the customer.

    `claim` names the entry that asked. `risk` says in a word why it was allowed without the
    centre's word, or why that word is unsure (else empty). `ticket` is the label of the sale
    that was paid at the desk, `owed` what the centre must pay back for refused or missing lines
    that were paid online. `rest` tells that more of the order stays for another visit.
    """

    kind: Literal["order.handed_over"] = "order.handed_over"
    visit: int
    lines: list[HandedLine] = Field(min_length=1)
    method: Method
    document: Document = ""
    age_checked: int = 0
    claim: str
    outcome: ClaimOutcome
    risk: str = ""
    bags_scanned: int = 0
    ticket: str | None = None
    owed: int = 0
    rest: bool = False


class HandOverUndone(OrderEvent):
    """A wrong hand-over was taken back by a manager; its `lines` are on the pickup shelf again."""

    kind: Literal["order.hand_over_undone"] = "order.hand_over_undone"
    visit: int
    lines: list[HandedLine] = Field(min_length=1)
    reason: str


class OrderPutBack(OrderEvent):
    """So much of a line went from the pickup shelf back to where it is sold."""

    kind: Literal["order.put_back"] = "order.put_back"
    line: int
    sku: str
    quantity: int


class ReturnedLine(Fact):
    """A line brought back after its hand-over, and what was paid for it."""

    line: int
    quantity: int
    amount: int


class OrderReturned(OrderEvent):
    """An order, or part of it, was brought back to the shop.

    `pay_back` is `centre` when the web shop pays back what was paid online (no till ticket), else
    `till`, with the label of the refund's `ticket`, whose lines then move the stock. `sellable`
    goods go back to the shelves.
    """

    kind: Literal["order.returned"] = "order.returned"
    lines: list[ReturnedLine] = Field(min_length=1)
    reason: str
    pay_back: Literal["centre", "till"]
    ticket: str | None = None
    sellable: bool = True


OrderStep: TypeAlias = (
    OrderAccepted
    | OrderRejected
    | OrderPicked
    | OrderShort
    | OrderReady
    | OrderCalled
    | HandOverAsked
    | HandOverDropped
    | OrderHandedOver
    | HandOverUndone
    | OrderPutBack
    | OrderReturned
)
"""Every step of an order."""


class CodeRefused(BaseEvent):
    """A short code was tried that no order here has; `staff` is empty at a kiosk."""

    kind: Literal["pickup.code_refused"] = "pickup.code_refused"
    staff: str


class CodesLocked(BaseEvent):
    """Too many wrong short codes in a while: no code is tried on this till for `wait_s` seconds."""

    kind: Literal["pickup.codes_locked"] = "pickup.codes_locked"
    staff: str
    failures: int
    wait_s: int
