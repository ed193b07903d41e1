"""Names of lists side by side, the one that is shown marked; each can be touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from rich.cells import cell_len

from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.panel import Cells, Panel


class Tabs(Panel):
    """One row: the names from the left, a text at the right."""

    def __init__(self, face: Face, chosen: Callable[[int], None]) -> None:
        super().__init__(face)
        self._chosen = chosen
        self._shown: tuple[tuple[str, ...], int, str] = ((), 0, "")

    def show(self, names: Sequence[str], place: int, text: str = "") -> None:
        """Show names with the one at `place` marked."""
        new = (tuple(names), place, text)
        if new != self._shown:
            self._shown = new
            self.redraw()

    def row(self, _y: int, width: int) -> Cells:
        """Return the names, then the text."""
        look = self.face.look
        names, place, text = self._shown
        cells: Cells = [
            (_label(name, n == place), look.key if n == place else look.bar_muted)
            for n, name in enumerate(names)
        ]
        used = sum(cell_len(label) for label, _ in cells)
        told = left(text, max(0, min(cell_len(text), width - used - 2)))
        gap = max(0, width - used - cell_len(told) - 1)
        return [*cells, (" " * gap + told + " ", look.bar)]

    def clicked(self, x: int, _y: int, /) -> None:
        """Choose the name that was touched."""
        names, place, _ = self._shown
        ends = accumulate(cell_len(_label(name, n == place)) for n, name in enumerate(names))
        for n, end in enumerate(ends):
            if x < end:
                self._chosen(n)
                return


def _label(name: str, is_shown: bool) -> str:
    """A mark tells the list that is shown on a terminal without colours, too."""
    return f" {'▶' if is_shown else ' '} {name} "
