"""A list to choose from: search results, parked baskets, ways to pay, amounts, keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import left, right
from pos.screens.widgets.panel import Cells, Panel


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: a key that chooses it ('' for none), its text, and a text at the right."""

    text: str
    right: str = ""
    key: str = ""


class ChoiceList(Panel):
    """A title and rows with a cursor; only the rows in the window are drawn."""

    def __init__(self, face: Face, picked: Callable[[int], None]) -> None:
        super().__init__(face)
        self._picked = picked
        self._title = ""
        self._choices: tuple[Choice, ...] = ()
        self._cursor = 0
        self._top = 0

    @property
    def shown(self) -> tuple[Choice, ...]:
        """The rows to choose from."""
        return self._choices

    @property
    def cursor(self) -> int:
        """The row under the cursor."""
        return self._cursor

    def show(self, title: str, choices: Sequence[Choice], cursor: int) -> None:
        """Show rows with the cursor on one of them, or on none (-1): a text to read."""
        new = (title, tuple(choices), cursor)
        if new != (self._title, self._choices, self._cursor):
            self._title, self._choices, self._cursor = new
            self.redraw()

    def ground(self) -> Style:
        """Return the panel's own style."""
        return self.face.look.bar

    def _follow(self) -> int:
        rows = max(1, self.size.height - 1)
        if self._cursor < self._top:
            self._top = self._cursor
        elif self._cursor >= self._top + rows:
            self._top = self._cursor - rows + 1
        self._top = max(0, min(self._top, len(self._choices) - rows))
        return self._top

    def row(self, y: int, width: int) -> Cells:
        """Return the title, or one choice."""
        look = self.face.look
        if y == 0:
            is_asked = self._choices and self._cursor >= 0
            count = f"{self._cursor + 1}/{len(self._choices)} " if is_asked else ""
            room = max(0, width - len(count))
            return [(left(f" {self._title}", room) + count, look.key)]
        place = self._follow() + y - 1
        if place >= len(self._choices):
            return []
        choice = self._choices[place]
        is_cursor = place == self._cursor
        key = left(f" {choice.key} ", 5) if choice.key else " "
        end = right(choice.right, min(len(choice.right), width // 2)) + " "
        end = "  " + end if choice.right else end
        text = left(("▶ " if is_cursor else "  ") + choice.text, width - len(key) - len(end))
        style = look.selected if is_cursor else look.bar
        return [(key, style if is_cursor else look.bar_strong), (text + end, style)]

    def clicked(self, _x: int, y: int, /) -> None:
        """Pick the row that was touched."""
        place = self._top + y - 1
        if y > 0 and place < len(self._choices):
            self._picked(place)
