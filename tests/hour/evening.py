"""The end of a day: the drawer is counted, the terminal's slip compared, and the day closed."""

from __future__ import annotations

from pos.till import card_totals, cash, closing
from tests.hour.purse import CARD, CASH, CHEQUE
from tests.hour.shift import Shift

CENT = 1


class Evening:
    """What the till expects, held against the hour's own notes and the terminal's own slip."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift

    def close(self) -> None:
        """Count the cash blind, type the terminal's totals, close the day."""
        self._count_cash()
        self._compare_cards()
        day = closing.close_day(self._shift.till.desk)
        told = {one.name: one.amount for one in day.figures.tenders}
        noted = {method: self._noted(method) for method in (CASH, CARD, CHEQUE)}
        assert {name: sum_ for name, sum_ in told.items() if sum_} == {
            name: sum_ for name, sum_ in noted.items() if sum_
        }, f"the day has {told}, the notes {noted}"
        assert day.figures.tickets == len(self._shift.slips), day.figures

    def _noted(self, method: str) -> int:
        return sum(slip.by(method) for slip in self._shift.slips.values())

    def _count_cash(self) -> None:
        """Count what hands put into the drawer and took out of it."""
        desk = self._shift.till.desk
        open_ = cash.current_shift(desk)
        assert open_ is not None, "no cash was ever taken"
        found = cash.count(desk, open_.opened.shift, _coins(self._noted(CASH)))
        assert not found.difference, f"the drawer: {found}"

    def _compare_cards(self) -> None:
        """Type what the terminal's slip says of itself, less what it cancelled by hand."""
        till = self._shift.till
        cancelled = till.wires.cancelled
        kept = [one for one in till.wires.card.log if one.reference not in cancelled]
        total = sum(one.amount for one in kept)
        said = card_totals.compare(till.desk, "card", len(kept), total, "counted by the hour")
        assert (said.count, said.amount) == (said.expected_count, said.expected), said


def _coins(amount: int) -> dict[int, int]:
    """Return an amount in notes of ten, and cents."""
    return {1_000: amount // 1_000, CENT: amount % 1_000}
