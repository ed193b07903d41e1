"""An open basket with what it was before, so that steps can be taken back.

>>> from pos.domain.basket import Added, Undone
>>> from pos.domain.line import Line
>>> history = History()
>>> _ = history.push(Added(line=Line(n=1, sku="1", name="Pain", vat="FR055", unit_price=110)))
>>> basket = history.push(Undone())
>>> len(basket.lines), basket.voided[0].name
(0, 'Pain')
"""

from __future__ import annotations

from dataclasses import replace

from pos.domain.basket import (
    Basket,
    Step,
    Undone,
    apply,
    as_emptied,
    as_returned,
    as_voided,
    card_not_undone,
)
from pos.domain.errors import Refusal
from pos.domain.facts import ReturnedTender, VoidedLine

UNDO_MAX = 100
"""How many steps can be taken back."""


class History:
    """An open basket with what it was before, so that steps can be taken back.

    Taking back an added line or a payment leaves it on record as voided or given back; an approved
    card is never taken back.
    """

    def __init__(self) -> None:
        self.basket = Basket()
        self._before: list[Basket] = []

    def push(self, step: Step) -> Basket:
        """Apply a step or an undo and return the basket; Refusal changes nothing."""
        after = self.check(step)
        if isinstance(step, Undone):
            del self._before[-self._depth() :]
        else:
            self._before = [*self._before[-UNDO_MAX + 1 :], self.basket]
        self.basket = after
        return after

    def check(self, step: Step) -> Basket:
        """Return the basket that `push` would, or raise its Refusal; nothing changes."""
        return self._undone() if isinstance(step, Undone) else apply(self.basket, step)

    def _depth(self) -> int:
        """How many steps back the basket last looked otherwise: an age check goes with its line."""
        shown = _shows(self.basket)
        for depth, before in enumerate(reversed(self._before), start=1):
            if _shows(before) != shown:
                return depth
        return len(self._before)

    def _undone(self) -> Basket:
        now = self.basket
        if not self._before:
            raise Refusal("nothing_to_undo", "There is nothing to take back.")
        before = self._before[-self._depth()]
        if len(now.tenders) != len(before.tenders) and "card" in _methods(now, before):
            raise card_not_undone()
        return replace(
            as_emptied(before),
            voided=_voided_after_undo(now, before),
            returned_tenders=_returned_after_undo(now, before),
            next_line=now.next_line,
            next_tender=now.next_tender,
            steps=now.steps + 1,
            collected=before.collected,
        )


def _shows(basket: Basket) -> tuple[object, ...]:
    return basket.lines, basket.tenders, basket.ticket_discount, basket.collected


def _voided_after_undo(now: Basket, before: Basket) -> tuple[VoidedLine, ...]:
    """Lines the undo takes out join the record; a line it brings back leaves it."""
    kept, was = {line.n for line in now.lines}, {line.n for line in before.lines}
    voided = [*now.voided, *(as_voided(line) for line in now.lines if line.n not in was)]
    for line in before.lines:
        if line.n not in kept:
            voided.remove(as_voided(line))
    return tuple(voided)


def _returned_after_undo(now: Basket, before: Basket) -> tuple[ReturnedTender, ...]:
    """Payments the undo takes out join the record; one it brings back leaves it."""
    kept, was = {one.n for one in now.tenders}, {one.n for one in before.tenders}
    returned = [
        *now.returned_tenders,
        *(as_returned(one) for one in now.tenders if one.n not in was),
    ]
    for tender in before.tenders:
        if tender.n not in kept:
            returned.remove(as_returned(tender))
    return tuple(returned)


def _methods(now: Basket, before: Basket) -> set[str]:
    kept = {tender.n for tender in before.tenders}
    return {tender.method for tender in now.tenders if tender.n not in kept} | {
        tender.method
        for tender in before.tenders
        if tender.n not in {tender.n for tender in now.tenders}
    }
