"""The customers' whole screen, laid out for any size: their lines, and what matters now, huge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from pos.papers.customer import CustomerLine, CustomerView
from pos.screens.face import Face
from pos.screens.widgets.cells import center, left, wrap
from pos.screens.widgets.figures import big
from pos.screens.widgets.letters import lettered, lettered_lines
from pos.screens.widgets.panel import Cells, Panel

MARGIN = 2
FOOT_TALL = 26
"""From this height on, the figures are five rows tall."""


class CustomerBoard(Panel):
    """Draws one view; another one leaves nothing of it."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._view = CustomerView("welcome")
        self._rows: list[Cells] = []

    def show(self, view: CustomerView) -> None:
        """Show another view."""
        if view != self._view:
            self._view = view
            self.placed()
            self.redraw()

    def placed(self) -> None:
        """Lay it out again."""
        width, height = self.size
        self._rows = self._lay_out(self._view, width, height) if width and height else []

    def row(self, y: int, _width: int) -> Cells:
        """Return a row."""
        return self._rows[y] if y < len(self._rows) else []

    def _lay_out(self, view: CustomerView, width: int, height: int) -> list[Cells]:
        look = self.face.look
        head: list[Cells] = [[(left(f" {view.shop}", width), look.bar_strong)]]
        if view.mark:
            head.append([(center(view.mark, width), look.verdict_warning)])
        room = height - len(head)
        if view.kind == "basket":
            return [*head, *self._basket(view, width, room)]
        middle = self._huge(view, width, room)[:room]
        above = (room - len(middle)) // 2
        return [*head, *([[]] * above), *middle]

    def _basket(self, view: CustomerView, width: int, room: int) -> list[Cells]:
        """Return the last lines that fit, above what is due."""
        look = self.face.look
        foot = self._due(view, width, tall=room >= FOOT_TALL)
        lines = [row for line in view.lines for row in self._line(line, width)]
        shown = lines[-max(0, room - len(foot)) :] if room > len(foot) else []
        gap: list[Cells] = [[] for _ in range(room - len(foot) - len(shown))]
        if not view.lines:
            return [*gap, *foot]
        if shown:
            shown[-1] = [(text, look.strong) for text, _ in shown[-1]]
        return [*shown, *gap, *foot]

    def _line(self, line: CustomerLine, width: int) -> list[Cells]:
        look = self.face.look
        ends = f"{line.quantity:>10}  {line.amount:>11} "
        name = left(f" {line.name}", max(0, width - cell_len(ends)))
        rows: list[Cells] = [[(name, look.text), (ends, look.text)]]
        if line.note:
            rows.insert(0, [(left(f"   {line.note}", width), look.notice_good)])
            rows.reverse()
        return rows

    def _due(self, view: CustomerView, width: int, *, tall: bool) -> list[Cells]:
        look = self.face.look
        figures = big(view.amount, tall=tall and width >= 60)
        said = [_pair(view.second), *view.notes]
        rows: list[Cells] = [[(f"{' ' + view.label + ' ':─>{width - 2}}──", look.edge)]]
        for y, drawn in enumerate(figures):
            note = said[y] if y < len(said) else ""
            at = max(0, width - len(drawn) - 2)
            rows.append([(left(f" {note}", at), look.text), (drawn + "  ", look.total)])
        return rows

    def _huge(self, view: CustomerView, width: int, room: int) -> list[Cells]:
        """Return the one thing that matters: a welcome, a change, a weight, a number."""
        look = self.face.look
        if view.kind == "welcome":
            return _centred(_words(view.welcome, width, room), width, look.total)
        what = view.number or view.amount
        is_price = view.kind == "paid"
        tall = room >= FOOT_TALL // 2
        figures = list(big(what, tall=tall)) if is_price else lettered(what)
        drawn = figures if figures and len(figures[0]) <= width else [what]
        below = [one for one in (_pair(view.second), *view.notes) if one]
        head = _words(view.label, width, room - len(drawn) - len(below) - 3)
        return [
            *_centred([*head, ""], width, look.strong),
            *_centred(drawn, width, look.notice_good if is_price else look.total),
            *_centred(["", *below], width, look.text),
        ]


def _pair(pair: tuple[str, str]) -> str:
    return " ".join(pair).strip()


def _words(text: str, width: int, room: int) -> list[str]:
    """Return big capitals where they fit, else plain words."""
    found = lettered_lines(text, width - 2 * MARGIN) or []
    rows = [row for line in found for row in line]
    if rows and len(rows) <= room:
        return rows
    return wrap(text, width - 2 * MARGIN, max(1, room)) if text else []


def _centred(rows: Sequence[str], width: int, style: Style) -> list[Cells]:
    return [[(center(row, width), style)] for row in rows]
