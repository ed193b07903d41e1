"""The ground of every widget here: rows drawn cell by cell, and only the rows that changed."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pos.screens.face import Face
from pos.screens.widgets.cells import left

Cells = list[tuple[str, Style]]
"""A row: texts and their styles, from left to right."""


class Drawn(Widget):
    """A widget that draws row `y` when it is asked for; it never takes the focus."""

    can_focus = False

    def __init__(self, face: Face, name: str) -> None:
        super().__init__(id=name)
        self.face = face

    def row(self, y: int, width: int) -> Cells:
        """Return what stands in row `y`; it is cut or padded to `width`."""
        raise NotImplementedError

    def ground(self) -> Style:
        """Return the style of what a row leaves empty."""
        return self.face.look.text

    def render_line(self, y: int) -> Strip:
        """Return row `y` for Textual, exactly as wide as the widget."""
        width = self.size.width
        segments, used = [], 0
        for text, style in self.row(y, width):
            segments.append(Segment(text, style))
            used += segments[-1].cell_length
        if used < width:
            segments.append(Segment(" " * (width - used), self.ground()))
        strip = Strip(segments, max(used, width))
        return strip if used <= width else strip.crop(0, width)

    def redraw_rows(self, rows: Iterable[int]) -> None:
        """Draw the rows again at the next frame, and nothing else; neighbours go together."""
        regions: list[Region] = []
        for y in sorted(rows):
            if regions and regions[-1].bottom == y:
                last = regions.pop()
                regions.append(Region(0, last.y, last.width, last.height + 1))
            else:
                regions.append(Region(0, y, self.size.width, 1))
        if regions:
            self.refresh(*regions)


def ends(first: str, last: str, width: int, style: Style) -> Cells:
    """Return one row with a text at each end; the first is cut to leave the last one whole."""
    room = max(0, width - len(last))
    return [(left(first, room) + left(last, min(width, len(last))), style)]
