"""The function keys with what they do, always visible; each can be clicked or touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.panel import Cells, Panel

ROWS = 2


@dataclass(frozen=True, slots=True)
class Cap:
    """One key: what is on its cap, what it does in words, and its gesture."""

    key: str
    text: str
    gesture: str


class KeyBar(Panel):
    """Two rows of keys of equal width, each as tall as there is room: a finger is not a cursor."""

    def __init__(self, face: Face, pressed: Callable[[str], None]) -> None:
        super().__init__(face)
        self._pressed = pressed
        self._caps: tuple[Cap, ...] = ()

    @property
    def shown(self) -> tuple[Cap, ...]:
        """The keys shown now."""
        return self._caps

    def show(self, caps: Sequence[Cap]) -> None:
        """Show these keys, the first half in the first row."""
        if tuple(caps) != self._caps:
            self._caps = tuple(caps)
            self.redraw()

    def ground(self) -> Style:
        """Return the bar's own style."""
        return self.face.look.bar

    @property
    def _columns(self) -> int:
        return max(1, -(-len(self._caps) // ROWS))

    def _edge(self, column: int, width: int) -> int:
        return column * width // self._columns

    @property
    def _each(self) -> int:
        """How many rows a key is tall."""
        return max(1, self.size.height // ROWS)

    def row(self, y: int, width: int) -> Cells:
        """Return one row of keys."""
        line, within = divmod(y, self._each)
        is_read = within == self._each // 2
        look, cells = self.face.look, list[tuple[str, Style]]()
        for column, cap in enumerate(self._caps[line * self._columns : (line + 1) * self._columns]):
            room = self._edge(column + 1, width) - self._edge(column, width)
            name = left(f"{cap.key:>3}", min(room, max(3, len(cap.key))))
            cells.append((name if is_read else " " * len(name), look.key))
            text = f" {cap.text}" if is_read else ""
            cells.append((left(text, max(0, room - len(name))), look.bar))
        return cells

    def clicked(self, x: int, y: int, /) -> None:
        """Press the key that was touched."""
        for column in range(self._columns):
            if x < self._edge(column + 1, self.size.width):
                place = y // self._each * self._columns + column
                if place < len(self._caps):
                    self._pressed(self._caps[place].gesture)
                return
