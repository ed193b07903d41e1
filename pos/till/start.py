"""Opening and closing the till's program: what a power cut left is found again.

Open and parked baskets are folded from their steps, and those of people who are gone are put
aside; approved cards that a basket does not show are put back; prints and cards whose end nobody
knows are shown until a person settles them. A closing that was cut short is finished, and days
that nobody closed are closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import ValidationError

from pos.domain.basket import STEP
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, BasketCut, Event, TillStarted, TillStopped
from pos.domain.words import Sentence
from pos.fiscal.port import FiscalRules
from pos.ports import Draft
from pos.till.closing import catch_up
from pos.till.counter import show_welcome
from pos.till.desk import Desk, HouseRules, OpenBasket
from pos.till.tender import restore_cards
from pos.till.tickets import restore_prints


def set_up_problems(fiscal: FiscalRules, rules: HouseRules) -> tuple[Sentence, ...]:
    """Return all that the country's rules still want before this till may sell."""
    return (*fiscal.missing(rules.shop), *fiscal.printing_problems(rules.printing))


def start(desk: Desk, *, clean: bool = True) -> Sequence[Sentence]:
    """Bring the desk to where it was; return what a person should know, a sentence each.

    Raises Refusal `set_up` when the country's rules forbid to sell with this set-up.
    """
    missing = set_up_problems(desk.ports.fiscal, desk.rules)
    if missing:
        raise Refusal("set_up", missing[0].template, **missing[0].values)
    desk.last_sale = desk.ports.past.sale()
    _read_books(desk)
    notes = [note for draft in desk.ports.drafts.all() if (note := _restore(desk, draft))]
    restore_cards(desk)
    restore_prints(desk)
    desk.record(TillStarted(software=desk.rules.software, clean=clean))
    show_welcome(desk)
    return [*notes, *catch_up(desk)]


def _read_books(desk: Desk) -> None:
    books = desk.ports.books
    last = books.last_closing("day")
    desk.running = books.running()
    desk.closed_through = date.fromisoformat(last.key) if last is not None else None
    desk.training = desk.rules.training or books.training()


def stop(desk: Desk) -> None:
    """Close in order; open baskets stay on disk."""
    desk.record(TillStopped())


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
        is_kept = bool(found.basket.steps or desk.ports.past.cards(found.name))
        desk.record(_cut(found) if is_kept else _lost(found))
        if not is_kept:
            return note
    known = any(one.ref == draft.staff for one in desk.ports.people.all())
    if draft.parked or draft.staff in desk.open or not known:
        desk.parked.append(found)
    else:
        desk.open[draft.staff] = found
    return note


def _cut(found: OpenBasket) -> Event:
    """Keep what could be read; the basket keeps its name, and so the card payments for it."""
    return BasketCut(
        basket=found.name,
        staff=found.staff,
        steps_kept=found.basket.steps,
        lines=len(found.basket.lines),
        total=found.basket.total,
    )


def _lost(found: OpenBasket) -> Event:
    return BasketAbandoned(
        basket=found.name, staff=found.staff, lines=0, total=0, reason="unreadable"
    )
