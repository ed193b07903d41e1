"""Rows in columns with a cursor: hundreds of them cost what the window shows, and no more.

A row is asked for when it comes into the window, so a list of 500 opens as one of five does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import center, left, right, wrap
from pos.screens.widgets.panel import Cells, Panel

HEADER = 1
TEXT_LINES_MOST = 4
MARGIN = 8

Tone = Literal["text", "muted", "strong", "returned", "notice_bad", "notice_good"]
"""A style by its name in `Look`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` cells, 0 for what the others leave; shown from a screen's `least` cells."""

    title: str
    width: int = 0
    is_right: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A text a column; the first column may have a tone of its own."""

    texts: Sequence[str]
    first: Tone = "text"
    rest: Tone = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """What a listing shows: `row` makes the row of a place; `empty` is said when there is none.

    While `as_of` stays the same, so does every row; None for rows that are made each time.
    """

    columns: Sequence[Column]
    count: int
    row: Callable[[int], Row]
    empty: str = ""
    as_of: object = None


_NOTHING = Table((), 0, lambda _place: Row(()))
_Shown = tuple[Row, bool] | None


class Listing(Panel):
    """A header and the rows around the cursor; a touch chooses one, the wheel moves the cursor."""

    def __init__(
        self, face: Face, picked: Callable[[int], None], moved: Callable[[int], None]
    ) -> None:
        super().__init__(face)
        self._picked, self._moved = picked, moved
        self._table = _NOTHING
        self._cursor = 0
        self._top = 0
        self._window: list[_Shown] = []
        self._made: dict[int, Row] = {}
        self._head: tuple[tuple[Column, ...], str] = ((), "")

    @property
    def rows(self) -> int:
        """How many rows the window holds."""
        return max(1, self.size.height - HEADER)

    @property
    def window(self) -> list[Row]:
        """The rows that are shown now."""
        return [shown[0] for shown in self._window if shown is not None]

    def show(self, table: Table, cursor: int) -> None:
        """Show a table with the cursor on one of its rows, -1 for none; what differs is drawn."""
        if table.as_of is None or table.as_of != self._table.as_of:
            self._made.clear()
        self._table, self._cursor = table, cursor
        self._follow()
        head = (tuple(table.columns), table.empty if not table.count else "")
        before, self._window = self._window, self._visible()
        if head != self._head or len(before) != len(self._window):
            self._head = head
            self.redraw()
            return
        pairs = enumerate(zip(before, self._window, strict=True), start=HEADER)
        self.redraw_rows(y for y, (old, new) in pairs if old != new)

    def placed(self) -> None:
        """Fill another window."""
        self._follow()
        self._window = self._visible()

    def clicked(self, _x: int, y: int, /) -> None:
        """Choose the row that was touched."""
        place = self._top + y - HEADER
        if y >= HEADER and place < self._table.count:
            self._picked(place)

    def wheeled(self, rows: int) -> None:
        """Move the cursor."""
        self._moved(rows)

    def _follow(self) -> None:
        """Move the window so that the cursor is in it: by half of it, so that rows rest."""
        if self._cursor >= 0 and not self._top <= self._cursor < self._top + self.rows:
            self._top = self._cursor - self.rows // 2
        self._top = max(0, min(self._top, self._table.count - self.rows))

    def _visible(self) -> list[_Shown]:
        end = min(self._table.count, self._top + self.rows)
        shown: list[_Shown] = [
            (self._row_of(place), place == self._cursor) for place in range(self._top, end)
        ]
        return shown + [None] * (self.rows - len(shown))

    def _row_of(self, place: int) -> Row:
        known = self._made.get(place)
        if known is None:
            known = self._made[place] = self._table.row(place)
        return known

    def row(self, y: int, width: int) -> Cells:
        """Return the header, the row in `y`, or a line of what an empty list says."""
        look = self.face.look
        if y < HEADER:
            titles = [column.title for column in self._table.columns]
            return [("".join(self._cells(titles, width, " ")), look.header)]
        if not self._table.count:
            return self._empty(y - HEADER, width)
        shown = self._window[y - HEADER] if y - HEADER < len(self._window) else None
        return [] if shown is None else self._row(*shown, width)

    def _row(self, row: Row, is_cursor: bool, width: int) -> Cells:
        look = self.face.look
        first, *rest = self._cells(row.texts, width, "▶" if is_cursor else " ")
        if is_cursor:
            return [("".join((first, *rest)), look.selected)]
        styles: tuple[Style, Style] = (getattr(look, row.first), getattr(look, row.rest))
        return [(first, styles[0]), ("".join(rest), styles[1])]

    def _empty(self, y: int, width: int) -> Cells:
        lines = wrap(self._table.empty, max(1, width - MARGIN), TEXT_LINES_MOST)
        place = y - max(0, (self.rows - len(lines)) // 2)
        text = lines[place] if 0 <= place < len(lines) else ""
        return [(center(text, width), self.face.look.muted)]

    def _cells(self, texts: Sequence[str], width: int, mark: str) -> list[str]:
        """Return the texts of the columns that there is room for, each in its cells."""
        shown = [
            (column, text)
            for column, text in zip(self._table.columns, texts, strict=True)
            if column.least <= width
        ]
        used = len(mark) + sum(column.width + 1 for column, _ in shown if column.width)
        free = sum(1 for column, _ in shown if not column.width)
        room = max(1, (width - used) // free - 1) if free else 0
        cells = [
            (right if column.is_right else left)(text, column.width or room) + " "
            for column, text in shown
        ]
        return [mark + cells[0], *cells[1:]] if cells else [mark]
