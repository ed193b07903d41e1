"""A part of the screen, drawn row by row, and only the rows that changed.

A panel is no Textual widget: ten widgets that change at one scan are ten queues and, as measured,
two frames; one `Surface` of panels is one of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.style import Style
from textual.geometry import Region, Size

from pos.screens.face import Face

Cells = list[tuple[str, Style]]
"""A row: texts and their styles, from left to right."""


class Panel:
    """Draws row `y` of itself when it is asked; says which rows it wants drawn again."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.region = Region()
        self.dirty: Callable[[Region], None] = lambda _region: None

    @property
    def size(self) -> Size:
        """The room the panel has."""
        return self.region.size

    def place(self, region: Region) -> None:
        """Take a place on the surface."""
        self.region = region
        self.placed()

    def placed(self) -> None:
        """React to another place."""

    def row(self, y: int, width: int) -> Cells:
        """Return what stands in row `y`; it is cut or padded to `width`."""
        raise NotImplementedError

    def ground(self) -> Style:
        """Return the style of what a row leaves empty."""
        return self.face.look.text

    def clicked(self, x: int, y: int, /) -> None:
        """React to a click or touch in row `y`, column `x`."""

    def wheeled(self, rows: int) -> None:
        """React to the wheel: `rows` further down, or up when below 0."""

    def redraw(self) -> None:
        """Have the whole panel drawn again at the next frame."""
        self.dirty(self.region)

    def redraw_rows(self, rows: Iterable[int]) -> None:
        """Have some rows drawn again, and nothing else; neighbours go together."""
        first = last = -1
        for y in sorted(rows):
            if y == last + 1 and first >= 0:
                last = y
                continue
            self._rows_dirty(first, last)
            first = last = y
        self._rows_dirty(first, last)

    def _rows_dirty(self, first: int, last: int) -> None:
        if first >= 0:
            x, y, width, _ = self.region
            self.dirty(Region(x, y + first, width, last - first + 1))
