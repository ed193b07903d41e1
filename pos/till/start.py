"""Opening and closing the till's program: what a power cut left is found again.

Open and parked baskets are folded from their steps; approved cards that a basket does not show
are put back; prints and cards whose end nobody knows are shown until a person settles them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from pos.domain.basket import STEP
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, BasketParked, TillStarted, TillStopped
from pos.domain.words import Sentence
from pos.ports import Draft
from pos.till.counter import show_welcome
from pos.till.desk import Desk, OpenBasket
from pos.till.tender import restore_cards
from pos.till.tickets import restore_prints


def start(desk: Desk, *, clean: bool = True) -> Sequence[Sentence]:
    """Bring the desk to where it was; return what a person should know, a sentence each.

    Raises Refusal `set_up` when the country's rules forbid to sell with this set-up.
    """
    missing = desk.ports.fiscal.missing(desk.rules.shop)
    if missing:
        raise Refusal("set_up", missing[0].template, **missing[0].values)
    desk.last_sale = desk.ports.past.sale()
    notes = [note for draft in desk.ports.drafts.all() if (note := _restore(desk, draft))]
    restore_cards(desk)
    restore_prints(desk)
    desk.ports.ledger.record(TillStarted(software=desk.rules.software, clean=clean))
    show_welcome(desk)
    return notes


def stop(desk: Desk) -> None:
    """Close in order; open baskets stay on disk."""
    desk.ports.ledger.record(TillStopped())


def _restore(desk: Desk, draft: Draft) -> Sentence | None:
    found = OpenBasket(draft.basket, draft.staff)
    note = None
    try:
        for text in draft.steps:
            found.history.push(STEP.validate_json(text))
    except (ValidationError, Refusal):
        note = Sentence(
            "A basket could be read only up to its step {step}; check it before selling.",
            step=found.basket.steps,
        )
        found = _rescued(desk, draft, found)
        if not found.basket.steps:
            return note
    if draft.parked or draft.staff in desk.open:
        desk.parked.append(found)
    else:
        desk.open[draft.staff] = found
    return note


def _rescued(desk: Desk, draft: Draft, found: OpenBasket) -> OpenBasket:
    """Return what could be read under a new name, put aside; the old name ends on record."""
    fresh = OpenBasket(desk.ports.ids.token(), draft.staff)
    for text in draft.steps[: found.basket.steps]:
        desk.keep(fresh, STEP.validate_json(text))
    lines, total = len(found.basket.lines), found.basket.total
    ended = BasketAbandoned(
        basket=draft.basket,
        staff=draft.staff,
        lines=lines,
        total=total,
        reason="unreadable",
        voided=list(found.basket.voided),
    )
    parked = BasketParked(basket=fresh.name, staff=draft.staff, lines=lines, total=total)
    desk.ports.ledger.record(ended, *([parked] if draft.parked and fresh.basket.steps else []))
    return fresh
