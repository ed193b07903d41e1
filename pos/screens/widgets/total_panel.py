"""The amount that matters now, read from two metres, with what belongs to it beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.figures import big
from pos.screens.widgets.panel import Cells, Panel

NOTES_LEAST = 22
"""The cells kept for the notes before the figures may grow tall."""


@dataclass(frozen=True, slots=True)
class Total:
    """What the panel says: a label, an amount as text, and notes, the first one strong.

    Change has been given already (`is_change`); what is owed (`is_owed`) is still to be paid back.
    """

    label: str
    amount: str
    notes: tuple[str, ...] = ()
    is_change: bool = False
    is_owed: bool = False


class TotalPanel(Panel):
    """A rule, then the notes at the left and the big amount at the right."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._total = Total("", "")
        self._big: tuple[str, ...] = ("",)
        self._rows: list[Cells] = []

    @property
    def shown(self) -> Total:
        """What the panel says now."""
        return self._total

    def show(self, total: Total) -> None:
        """Say something else; only the rows that differ are drawn again."""
        if total == self._total:
            return
        self._total = total
        self._size_up()
        before, self._rows = self._rows, self._all_rows()
        pairs = zip_longest(before, self._rows)
        self.redraw_rows(y for y, (old, new) in enumerate(pairs) if old != new)

    def _all_rows(self) -> list[Cells]:
        return [self.row(y, self.size.width) for y in range(self.size.height)]

    def placed(self) -> None:
        """Take the figures that fit."""
        self._size_up()
        self._rows = self._all_rows()

    def _size_up(self) -> None:
        tall = big(self._total.amount, tall=True)
        fits = len(tall[0]) + NOTES_LEAST <= self.size.width and self.size.height > len(tall)
        self._big = tall if fits else big(self._total.amount, tall=False)

    def row(self, y: int, width: int) -> Cells:
        """Return the rule, or a note and a row of the figures."""
        look, total = self.face.look, self._total
        if y == 0:
            label = f" {total.label} "
            rule = "─" * max(0, width - len(label) - 2)
            return [(rule, look.edge), (label, look.strong), ("──", look.edge)]
        above = self.size.height - 1 - len(self._big)
        figures = self._big[y - 1 - above] if y - 1 >= above else ""
        room = max(0, width - len(figures) - 2)
        note = total.notes[y - 1] if y - 1 < len(total.notes) else ""
        return [
            (left(left(" " + note, room - 1), room), look.strong if y == 1 else look.text),
            (figures + "  ", self._style()),
        ]

    def _style(self) -> Style:
        look = self.face.look
        if self._total.is_owed:
            return look.returned
        return look.notice_good if self._total.is_change else look.total
