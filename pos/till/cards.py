"""The card terminal: what is asked of it is written down before anything leaves the till."""

from __future__ import annotations

from dataclasses import replace

from pos.domain.events import CardAsked, PermissionUsed
from pos.ports import CardRequest
from pos.till.desk import Desk, Loan, check_no_card
from pos.till.given import check_returns

MANUAL = "manual"
"""The card terminal whose result the cashier types."""


def ask(
    desk: Desk, amount: int, used: PermissionUsed | None = None, loan: Loan | None = None
) -> CardRequest:
    """Ask the terminal for an amount, or to pay it back (negative); the basket waits for it.

    Raises Refusal `card_open` when a request of this basket is still without an answer, and what
    `check_returns` refuses.
    """
    mine = desk.mine()
    check_no_card(mine)
    check_returns(desk, mine.basket)
    request = CardRequest(desk.ports.ids.token(), mine.name, amount, "")
    asked = CardAsked(
        request=request.request,
        basket=request.basket,
        amount=request.amount,
        terminal=MANUAL,
        staff=desk.signed_in.ref,
    )
    if used is None:
        desk.record(asked)
    else:
        desk.record_permitted(used, loan, asked)
    mine.card = request
    return request


def unsettled(desk: Desk) -> list[CardRequest]:
    """Return the card payments whose end nobody knows: a person must look and settle each."""
    return [replace(request, outcome="unknown") for request in desk.ports.past.cards()]
