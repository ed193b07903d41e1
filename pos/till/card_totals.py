"""A card terminal's own totals against the till's: typed off its slip, and the difference written.

Each approved payment and payback of a terminal is in one comparison: they begin where the last one
of that terminal ended. Nothing waits for it, a closing least of all.
"""

from __future__ import annotations

from pos.domain.cash import check_reason
from pos.domain.errors import Refusal
from pos.domain.events import CardsCompared
from pos.domain.money import AMOUNT_MAX
from pos.domain.staff import Permission
from pos.domain.words import Amount
from pos.ports import CardTotals
from pos.till.cards import MANUAL
from pos.till.desk import Desk, Loan

COUNT_MOST = 99_999
"""The most operations of one comparison."""


def totals(desk: Desk) -> list[CardTotals]:
    """Return what each terminal should say of itself, those included that did nothing."""
    found = {one.terminal: one for one in desk.ports.past.card_totals()}
    names = dict.fromkeys([*desk.ports.cards, *found, MANUAL])
    return [found.get(name, CardTotals(name, 0, 0)) for name in names]


def uncompared(desk: Desk) -> int:
    """Return how many driven terminals were paid since they were last compared."""
    return sum(one.terminal != MANUAL for one in desk.ports.past.card_totals())


def is_off(desk: Desk, terminal: str, count: int, amount: int) -> bool:
    """Tell whether what a terminal says of itself differs from what the till wrote down."""
    expected = _expected(desk, terminal)
    return (count, amount) != (expected.count, expected.amount)


def compare(
    desk: Desk, terminal: str, count: int, amount: int, reason: str = "", loan: Loan | None = None
) -> CardsCompared:
    """Write down a terminal's own totals (permission `close_day`): operations, and their sum.

    Raises Refusal: `training_cards`, `no_terminal`, `bad_count`, `bad_amount`, and `no_reason` for
    totals that differ.
    """
    if desk.training:
        raise Refusal("training_cards", "In training no card terminal is asked for anything.")
    expected = _expected(desk, terminal)
    if not 0 <= count <= COUNT_MOST:
        raise Refusal("bad_count", "{count} is no count of payments.", count=count)
    if abs(amount) > AMOUNT_MAX:
        raise Refusal(
            "bad_amount",
            "“{text}” is not an amount; write it as 12,50.",
            text=str(Amount(amount)),
        )
    why = check_reason(reason) if is_off(desk, terminal, count, amount) else None
    compared = CardsCompared(
        terminal=terminal,
        staff=desk.signed_in.ref,
        count=count,
        amount=amount,
        expected_count=expected.count,
        expected=expected.amount,
        difference=amount - expected.amount,
        reason=why,
    )
    desk.record_permitted(desk.permit(Permission.CLOSE_DAY, loan), loan, compared)
    return compared


def _expected(desk: Desk, terminal: str) -> CardTotals:
    known = {one.terminal: one for one in totals(desk)}
    if terminal not in known:
        raise Refusal(
            "no_terminal", "There is no card terminal {name} at this till.", name=terminal
        )
    return known[terminal]
