"""The basket's lines. Only the rows in the window are ever drawn, and only when they change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from pos.domain.line import Line
from pos.domain.words import Sentence
from pos.screens.face import Face
from pos.screens.widgets.cells import left, right
from pos.screens.widgets.panel import Cells, Panel

HEADER = 1
NARROW = 62
"""Under this width, the columns of the number and of the discount give way to the name."""

Shown = tuple[Line, bool] | None


class BasketView(Panel):
    """Columns: number, name, quantity, unit price, discount, total; one row is the cursor."""

    def __init__(
        self, face: Face, chosen: Callable[[int], None], moved: Callable[[int], None]
    ) -> None:
        super().__init__(face)
        self._chosen, self._moved = chosen, moved
        self._lines: Sequence[Line] = ()
        self._cursor: int | None = None
        self._top = 0
        self._window: list[Shown] = []

    @property
    def window(self) -> list[Shown]:
        """What the rows under the header show now: a line and whether it is the cursor."""
        return list(self._window)

    def show(self, lines: Sequence[Line], cursor: int | None) -> None:
        """Show the lines (their `n` rises) with the cursor on line `cursor`, None for nowhere."""
        self._lines, self._cursor = lines, cursor
        self._follow()
        self._draw_changes()

    def placed(self) -> None:
        """Fill another window."""
        self._follow()
        self._window = self._visible()

    def clicked(self, _x: int, y: int, /) -> None:
        """Choose the line that was touched."""
        shown = self._window[y - HEADER] if HEADER <= y <= len(self._window) else None
        if shown:
            self._chosen(shown[0].n)

    def wheeled(self, rows: int) -> None:
        """Move the cursor."""
        self._moved(rows)

    @property
    def rows(self) -> int:
        """How many lines the window holds."""
        return max(1, self.size.height - HEADER)

    def _follow(self) -> None:
        """Move the window so that the cursor is in it.

        Past the end it moves by half, so that rows rest under the eye while one scans.
        """
        place = self._place(self._cursor)
        if len(self._lines) <= self.rows:
            self._top = 0
        elif place < self._top:
            self._top = place
        elif place >= self._top + self.rows:
            self._top = place - self.rows // 2

    def _place(self, n: int | None) -> int:
        if n is None:
            return max(0, len(self._lines) - 1)
        return bisect_left(self._lines, n, key=lambda line: line.n)

    def _visible(self) -> list[Shown]:
        shown: list[Shown] = [
            (line, line.n == self._cursor)
            for line in self._lines[self._top : self._top + self.rows]
        ]
        return shown + [None] * (self.rows - len(shown))

    def _draw_changes(self) -> None:
        before, self._window = self._window, self._visible()
        if len(before) != len(self._window):
            self.redraw()
            return
        pairs = enumerate(zip(before, self._window, strict=True), start=HEADER)
        self.redraw_rows(y for y, (old, new) in pairs if not _same(old, new))

    def row(self, y: int, width: int) -> Cells:
        """Return the header, or the line in row `y`."""
        if y < HEADER:
            return self._header(width)
        place = y - HEADER
        shown = self._window[place] if place < len(self._window) else None
        return self._line(*shown, width) if shown else []

    def _header(self, width: int) -> Cells:
        say = self.face.say
        cells = _columns(
            width,
            ("", say("Article"), say("Qty"), say("Price"), say("Discount"), say("Total")),
            " ",
        )
        return [("".join(cells), self.face.look.header)]

    def _line(self, line: Line, is_cursor: bool, width: int) -> Cells:
        figures, off = self.face.figures, abs(line.discount_amount)
        number, name, middle, total = _columns(
            width,
            (
                str(line.n),
                self._name(line),
                self.face.quantity(line.quantity, line.unit.value),
                figures(line.unit_price) + ("*" if line.catalogue_price is not None else ""),
                ("-" if line.total > 0 else "+") + figures(off) if off else "",
                figures(line.total),
            ),
            "▶" if is_cursor else " ",
        )
        look = self.face.look
        if is_cursor:
            return [(number + name + middle + total, look.selected)]
        if line.returned is not None:
            return [(number, look.muted), (name + middle + total, look.returned)]
        return [(number, look.muted), (name + middle, look.text), (total, look.strong)]

    def _name(self, line: Line) -> str:
        """A line that gives back says so in a word, whatever the terminal's colours."""
        if line.returned is None:
            return line.name
        return self.face.say(Sentence("Return: {name}", name=line.name))


def _same(old: Shown, new: Shown) -> bool:
    if old is None or new is None:
        return old is new
    return old[1] == new[1] and (old[0] is new[0] or old[0] == new[0])


Texts = tuple[str, str, str, str, str, str]


def _columns(width: int, texts: Texts, mark: str) -> tuple[str, str, str, str]:
    """Return the number, the name, the middle columns and the total, `width` cells in all."""
    n, name, quantity, price, discount, total = texts
    wide = width >= NARROW
    number = mark + (right(n, 4) + " " if wide else "")
    middle = right(quantity, 9) + right(price, 10) + (right(discount, 10) if wide else "")
    last = right(total, 11) + " "
    room = max(0, width - len(number) - len(middle) - len(last))
    return number, left(name, room), middle, last
