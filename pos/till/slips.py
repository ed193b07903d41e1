"""The paper of a movement of cash, made from the journal alone: now, as a copy, after a restart."""

from __future__ import annotations

from pos.domain.errors import Refusal
from pos.domain.shift import instant
from pos.papers.cash_slip import SlipParts, cash_slip
from pos.papers.page import Page
from pos.till.desk import Desk


def slip_page(desk: Desk, label: str, copy_number: int) -> Page:
    """Return the slip of a movement of cash; Refusal `no_slip` for a label of none."""
    found = desk.ports.books.cash_move(label)
    if found is None:
        raise Refusal("no_slip", "No cash moved under the number {label}.", label=label)
    parts = SlipParts(
        shop=desk.rules.shop.name,
        till=desk.ports.ledger.place.till,
        at=instant(found.at).astimezone(desk.zone),
        operator=_number(desk, found.moved.staff),
        copy_number=copy_number,
    )
    return cash_slip(found.moved, parts, desk.words_in(desk.rules.ticket_language))


def _number(desk: Desk, staff: str) -> str:
    """Return the number that someone signs in with, a dash for who is gone."""
    return next((one.number for one in desk.ports.people.all() if one.ref == staff), "–")
