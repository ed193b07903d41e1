"""The one Textual widget of the sale screen: panels side by side, drawn by rows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pos.screens.widgets.panel import Panel

WHEEL_ROWS = 3


class Surface(Widget):
    """Draws the panels that it was given places for; it never takes the focus."""

    can_focus = False
    DEFAULT_CSS = "Surface { width: 100%; height: 100%; }"

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__(id="surface")
        self._panels = panels
        for panel in panels:
            panel.dirty = self._dirty

    def _dirty(self, region: Region) -> None:
        if region.area:
            self.refresh(region)

    def render_line(self, y: int) -> Strip:
        """Return row `y` of the screen: a row of each panel there, from left to right."""
        width = self.size.width
        across = sorted(
            (panel for panel in self._panels if panel.region.y <= y < panel.region.bottom),
            key=lambda panel: panel.region.x,
        )
        strip = Strip.join([_strip(panel, y - panel.region.y) for panel in across])
        return strip if strip.cell_length == width else strip.adjust_cell_length(width)

    def on_click(self, event: events.Click) -> None:
        panel = self._at(event.x, event.y)
        if panel is not None:
            panel.clicked(event.x - panel.region.x, event.y - panel.region.y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
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
