"""Figures and plots in columns: as many blocks as there is room for, the others a page further.

A bar is whole and half cells, so that every terminal and the console of Linux draw it; what it is
compared with is a mark on it, never a colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pos.screens.face import Face
from pos.screens.widgets.cells import left, right, wrap
from pos.screens.widgets.panel import Cells, Panel

COLUMN = 38
"""The fewest cells of a column."""

GAP = 2
"""The cells between two columns."""

MARK = "│"
"""Where the amount that a bar is compared with ends."""

WHOLE = 1000
"""A bar's length is told in thousandths of the longest one."""

LINES_MOST = 4
"""The most lines of a text in a block."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a block: a label and a value; with `bar` (in thousandths) a plot of it.

    `mark` is where the amount that it is compared with ends, in thousandths; -1 for none.
    """

    label: str
    value: str = ""
    bar: int = -1
    mark: int = -1
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A title and its rows."""

    title: str
    items: Sequence[Item]


_Line = tuple[Block, Item | None]
_EMPTY = Block("", ())


class Board(Panel):
    """A title line, then the blocks of one page in columns.

    `covered` is how many of its rows a list stands on, below the place it was given.
    """

    def __init__(self, face: Face, turned: Callable[[int], None]) -> None:
        super().__init__(face)
        self._turned = turned
        self._title = ""
        self._blocks: tuple[Block, ...] = ()
        self._page = 0
        self.covered = 0
        self._width = 1
        self._pages: list[list[list[_Line]]] = [[]]

    @property
    def pages(self) -> int:
        """How many pages the blocks fill in this room."""
        return len(self._pages)

    def show(self, title: str, blocks: Sequence[Block], page: int) -> None:
        """Show blocks; after the last page comes the first one again."""
        new = (title, tuple(blocks), page)
        if new != (self._title, self._blocks, self._page):
            self._title, self._blocks, self._page = new
            self.placed()
            self.redraw()

    def placed(self) -> None:
        """Share the blocks out: in the fewest columns that hold them all, or on several pages.

        The rows that a list covers (`covered`) are counted in, so that no page turns under it.
        """
        width, height = self.size.width, self.size.height + self.covered
        most = max(1, (width + GAP) // (COLUMN + GAP))
        for columns in range(min(2, most), most + 1):
            self._width = max(1, (width - GAP * (columns - 1)) // columns)
            self._pages = _pages(self._blocks, columns, height - 1, self._width)
            if len(self._pages) == 1:
                return

    def clicked(self, _x: int, y: int, /) -> None:
        """Turn the page at a touch on the title."""
        if y == 0:
            self._turned(1)

    def wheeled(self, rows: int) -> None:
        """Turn the page."""
        self._turned(1 if rows > 0 else -1)

    def row(self, y: int, width: int) -> Cells:
        """Return the title with the page, or a row across the columns."""
        look, here = self.face.look, self._page % self.pages
        if y == 0:
            place = f"{here + 1}/{self.pages} " if self.pages > 1 else ""
            return [(left(f" {self._title}", max(0, width - len(place))) + place, look.key)]
        cells: Cells = []
        for column in self._pages[here]:
            line = column[y - 1] if y <= len(column) else None
            if cells:
                cells.append((" " * GAP, look.text))
            cells += self._line(line)
        return cells

    def _line(self, line: _Line | None) -> Cells:
        width, look = self._width, self.face.look
        if line is None:
            return [(" " * width, look.text)]
        block, item = line
        if item is None:
            return [(left(f" {block.title}", width), look.header)]
        if item.bar >= 0:
            return self._bar(block, item)
        value = right(item.value, min(len(item.value), width)) + " " if item.value else ""
        style = look.strong if item.is_strong else look.text
        return [(left(f" {item.label}", max(0, width - len(value))), style), (value, look.strong)]

    def _bar(self, block: Block, item: Item) -> Cells:
        look, width = self.face.look, self._width
        value = max(len(one.value) for one in block.items)
        label = min(max(len(one.label) for one in block.items), max(4, (width - value) // 2))
        room = max(1, width - label - value - 4)
        return [
            (left(f" {left(item.label, label)} ", label + 2), look.text),
            (plot(item.bar, item.mark, room), look.plot),
            (right(item.value, value + 1) + " ", look.strong),
        ]


def plot(share: int, mark: int, room: int) -> str:
    """Return a bar in `room` cells: `share` thousandths long, a line where `mark` ends.

    >>> plot(500, -1, 8), plot(1000, 250, 8), plot(0, 1000, 4), plot(1, -1, 4)
    ('████    ', '█│██████', '   │', '▌   ')
    """
    halves = max(1, share * room * 2 // WHOLE) if share > 0 else 0
    bar = ("█" * (halves // 2) + "▌" * (halves % 2)).ljust(room)
    if mark < 0:
        return bar
    at = max(0, min(room - 1, mark * room // WHOLE - 1))
    return bar[:at] + MARK + bar[at + 1 :]


def _pages(
    blocks: Sequence[Block], columns: int, height: int, width: int
) -> list[list[list[_Line]]]:
    """Fill columns from the top: what comes first and fits whole, a row free between two blocks."""
    room = max(2, height)
    waiting = [part for block in blocks for part in _parts(list(_lines(block, width)), room)]
    filled: list[list[_Line]] = [[]]
    while waiting:
        free = room - len(filled[-1])
        fitting = next((one for one in waiting if len(one) <= free), None)
        if fitting is None:
            filled.append([])
            continue
        waiting.remove(fitting)
        filled[-1] += fitting
        if len(filled[-1]) < room:
            filled[-1].append((_EMPTY, Item("")))
    return [filled[n : n + columns] for n in range(0, len(filled), columns)]


def _parts(lines: list[_Line], room: int) -> list[list[_Line]]:
    """Return a block as it is, or in parts under the same title where a column is too low."""
    if len(lines) <= room:
        return [lines]
    rest = lines[1:]
    return [[lines[0], *rest[n : n + room - 1]] for n in range(0, len(rest), room - 1)]


def _lines(block: Block, width: int) -> Iterator[_Line]:
    """Return its title, then its rows; a text longer than the column takes the lines it needs."""
    yield block, None
    for item in block.items:
        if item.value or item.bar >= 0:
            yield block, item
            continue
        for text in wrap(item.label, max(1, width - 2), LINES_MOST):
            yield block, Item(text, is_strong=item.is_strong)
