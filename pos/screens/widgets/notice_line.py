"""One sentence for the cashier: a refusal in red, or what was done. Never silence."""

from __future__ import annotations

from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.panel import Cells, Panel


class NoticeLine(Panel):
    """The sentence, wrapped on the lines the widget has, the last one cut."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._text = ""
        self._is_bad = False

    @property
    def text(self) -> str:
        """The sentence shown now."""
        return self._text

    def show(self, text: str, *, is_bad: bool = False) -> None:
        """Say a sentence, or nothing."""
        if (text, is_bad) != (self._text, self._is_bad):
            self._text, self._is_bad = text, is_bad
            self.redraw()

    def row(self, y: int, width: int) -> Cells:
        """Return one line of the sentence."""
        look = self.face.look
        lines = wrap(self._text, max(1, width - 4), self.size.height)
        if y >= len(lines):
            return []
        mark = ("✖" if self._is_bad else "✓") if y == 0 else " "
        style = look.notice_bad if self._is_bad else look.notice_good
        return [(left(f" {mark} {lines[y]}", width), style)]


def wrap(text: str, width: int, lines_most: int) -> list[str]:
    """Return `text` in lines of at most `width` characters, broken between words.

    >>> wrap("No article has the code", 12, 2), wrap("a b c", 1, 2), wrap("", 9, 1)
    (['No article', 'has the code'], ['a', 'b c'], [])
    """
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines[-1]) + 1 + len(word) <= width or len(lines) == lines_most):
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
