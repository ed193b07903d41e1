"""What is being typed, and what for. Not a Textual Input: no scan can reach it."""

from __future__ import annotations

from dataclasses import dataclass

from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.panel import Cells, Panel


@dataclass(frozen=True, slots=True)
class Entry:
    """A question (or none), the text typed so far, and what the next keys would do with it."""

    question: str = ""
    text: str = ""
    hint: str = ""
    secret: bool = False


class EntryLine(Panel):
    """The question, the typed text with a still cursor, and the hint at the right."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._entry = Entry()

    @property
    def shown(self) -> Entry:
        """What the line says now."""
        return self._entry

    def show(self, entry: Entry) -> None:
        """Say something else."""
        if entry != self._entry:
            self._entry = entry
            self.redraw()

    def row(self, _y: int, width: int) -> Cells:
        """Return the line; the hint gives way first, then the beginning of the text."""
        look, entry = self.face.look, self._entry
        question = f" {entry.question} " if entry.question else " "
        text = "•" * len(entry.text) if entry.secret else entry.text
        question = left(question, min(len(question), max(1, width - 12)))
        room = max(1, width - len(question) - 1)
        text = text[-room:]
        hint = f"  {entry.hint} "
        gap = width - len(question) - len(text) - 1 - len(hint)
        cells: Cells = [
            (question, look.key if entry.question else look.text),
            (text, look.strong),
            (" ", look.cursor),
        ]
        return [*cells, (" " * gap, look.text), (hint, look.muted)] if gap >= 0 else cells
