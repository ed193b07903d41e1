"""The ground of the sale screen: panels side by side, drawn row by row by the screen itself.

A screen without widgets has one queue and no cache to walk through: what changed is drawn in the
first frame after the event, and what did not change costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from pos.screens.widgets.panel import Panel

WHEEL_ROWS = 3


class Surface(Screen[None]):
    """A screen that draws the panels which were given places on it."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self._panels = panels
        self._drawn: dict[int, Strip] = {}
        for panel in panels:
            panel.dirty = self._dirty

    def _dirty(self, region: Region) -> None:
        if region.area:
            for y in region.line_range:
                self._drawn.pop(y, None)
            self.refresh(region)

    def redraw(self) -> None:
        """Draw everything again."""
        self._drawn.clear()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of a region; each is drawn once and kept until it changes.

        They are as wide as what was asked for, even before the screen has heard of a new size:
        Textual cannot show a row that ends too soon.
        """
        rows = [self._row(y) for y in crop.line_range]
        if crop.x == 0 and crop.width == self.size.width:
            return rows
        return [row.crop_extend(crop.x, crop.right, None) for row in rows]

    def _row(self, y: int) -> Strip:
        known = self._drawn.get(y)
        if known is None or known.cell_length != self.size.width:
            known = self._drawn[y] = self._draw(y)
        return known

    def _draw(self, y: int) -> Strip:
        across = sorted(
            (panel for panel in self._panels if panel.region.y <= y < panel.region.bottom),
            key=lambda panel: panel.region.x,
        )
        strip = Strip.join([_strip(panel, y - panel.region.y) for panel in across])
        if strip.cell_length != self.size.width:
            strip = strip.adjust_cell_length(self.size.width)
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self.background_colors[1])
        return strip

    def on_click(self, event: events.Click) -> None:
        """Give a click or touch to its panel."""
        panel = self._at(event.x, event.y)
        if panel is not None:
            panel.clicked(event.x - panel.region.x, event.y - panel.region.y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Give the wheel to the panel under it."""
        self._wheel(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Give the wheel to the panel under it."""
        self._wheel(event, -WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        panel = self._at(event.x, event.y)
        if panel is not None:
            panel.wheeled(rows)

    def _at(self, x: int, y: int) -> Panel | None:
        return next((panel for panel in self._panels if panel.region.contains(x, y)), None)


def _strip(panel: Panel, y: int) -> Strip:
    width = panel.region.width
    segments, used = [], 0
    for text, style in panel.row(y, width):
        segments.append(Segment(text, style))
        used += segments[-1].cell_length
    if used < width:
        segments.append(Segment(" " * (width - used), panel.ground()))
        used = width
    strip = Strip(segments, used)
    return strip if used == width else strip.crop(0, width)
