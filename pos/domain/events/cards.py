"""Card payments: asked, answered, told late; and a terminal's own totals against the till's.

>>> CardAsked(request="R", basket="B", amount=-500, terminal="manual", staff="2").amount
-500
>>> CardAnswered(request="R", outcome="approved", authorisation="391603").facts()
{'request': 'R', 'outcome': 'approved', 'authorisation': '391603'}
"""

from __future__ import annotations

from typing import Literal

from pos.domain.events.base import BaseEvent

MANUAL = "manual"
"""The card terminal whose result the cashier types."""

Outcome = Literal["approved", "declined", "cancelled", "unknown"]


class CardAsked(BaseEvent):
    """A card payment is about to be asked: written before anything leaves the till.

    A negative amount asks the terminal to pay back.
    """

    kind: Literal["card.asked"] = "card.asked"
    request: str
    basket: str
    amount: int
    terminal: str
    staff: str


class CardAnswered(BaseEvent):
    """How it ended: `approved`, `declined`, `cancelled`, or `unknown` until a person settles it.

    The rest is what the terminal told, or whoever read its ticket typed: of the card its last four
    digits at most. With `heard` it is what the terminal said after its end was told: evidence,
    that changes nothing (`outcome` is then what it was).
    """

    kind: Literal["card.answered"] = "card.answered"
    request: str
    outcome: Outcome
    settled_by: str | None = None
    heard: Literal["approved", "declined", "cancelled"] | None = None
    why: str | None = None
    card: str | None = None
    authorisation: str | None = None
    application: str | None = None
    contract: str | None = None
    receipt: list[str] | None = None


class CardsCompared(BaseEvent):
    """A terminal's own totals since they were last compared, as a person read them off it.

    `count` operations (payments and paybacks) of `amount` in all; `difference` is that less
    `expected`, what the till wrote down as approved. A difference has a `reason`.
    """

    kind: Literal["cards.compared"] = "cards.compared"
    terminal: str
    staff: str
    count: int
    amount: int
    expected_count: int
    expected: int
    difference: int
    reason: str | None = None
