"""The kiosk's whole screen, laid out for any size: big words, a huge number, keys to touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from pos.domain.pickup_pass import CODE_LENGTH
from pos.screens.face import Face
from pos.screens.widgets.cells import center, left, wrap
from pos.screens.widgets.letters import huge, lettered, lettered_lines
from pos.screens.widgets.panel import Cells, Panel

PAD = ("01234567", "89ABCDEF", "GHJKMNPQ", "RSTVWXYZ")
"""The characters of a code, as they stand on the keys to touch."""

SCALES = (3, 2, 1)
MARGIN = 2
LINES_MOST = 4


@dataclass(frozen=True, slots=True)
class Cap:
    """A key to touch: the key it presses, and what stands on it."""

    key: str
    text: str
    is_lit: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the screen.

    `typed` is the code so far where one is asked for, else None. `pad` are the keys beside the
    characters, one a row; `caps` those of an answer. `names` are the languages, the lit one spoken.
    """

    shop: str
    names: tuple[Cap, ...]
    headline: str
    lines: tuple[str, ...]
    foot: str
    number: str = ""
    typed: str | None = None
    pad: tuple[Cap, ...] = ()
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a key can be touched: rows and columns, and the key."""

    y: range
    x: range
    key: str


class Board(Panel):
    """Draws what is shown, and says which key was touched."""

    def __init__(self, face: Face, pressed: Callable[[str], None]) -> None:
        super().__init__(face)
        self._pressed = pressed
        self._shown: Shown | None = None
        self._rows: list[Cells] = []
        self._zones: list[Zone] = []

    def show(self, shown: Shown) -> None:
        """Show something else; nothing of what was shown before is kept."""
        if shown != self._shown:
            self._shown = shown
            self.placed()
            self.redraw()

    def placed(self) -> None:
        """Lay it out again."""
        self._rows, self._zones = [], []
        if self._shown is not None and self.size.area:
            self._lay_out(self._shown, self.size.width, self.size.height)

    def row(self, y: int, _width: int) -> Cells:
        """Return a row."""
        return self._rows[y] if y < len(self._rows) else []

    def clicked(self, x: int, y: int, /) -> None:
        """Press the key that was touched."""
        for zone in self._zones:
            if y in zone.y and x in zone.x:
                self._pressed(zone.key)
                return

    def _lay_out(self, shown: Shown, width: int, height: int) -> None:
        self._head(shown, width)
        below = _pad_rows(height) if shown.pad else len(shown.caps[:1])
        room = height - len(self._rows) - below - 1
        middle = self._middle(shown, width, room)
        above = max(0, (room - len(middle)) // 2)
        self._rows += [[] for _ in range(above)]
        self._rows += middle
        self._rows += [[] for _ in range(room - above - len(middle))]
        if shown.pad:
            self._pad(shown.pad, width, below // len(PAD))
        elif shown.caps:
            self._keys(shown.caps, width)
        self._rows = self._rows[: height - 1]
        self._rows.append([(left(f" {shown.foot}", width), self.face.look.muted)])

    def _head(self, shown: Shown, width: int) -> None:
        look = self.face.look
        names = [(cap, f"  {cap.text}  ") for cap in shown.names]
        used = sum(cell_len(text) for _, text in names)
        cells: Cells = [(left(f" {shown.shop}", max(0, width - used)), look.bar_strong)]
        at = max(0, width - used)
        for cap, text in names:
            cells.append((text, look.selected if cap.is_lit else look.key))
            self._zones.append(Zone(range(2), range(at, at + cell_len(text)), cap.key))
            at += cell_len(text)
        self._rows += [cells, []]

    def _middle(self, shown: Shown, width: int, room: int) -> list[Cells]:
        look = self.face.look
        says = wrap(" ".join(shown.lines), width - 2 * MARGIN, LINES_MOST)
        texts = _centred(["", *says], width, look.strong) if says else []
        if shown.typed is not None:
            code = shown.typed.ljust(CODE_LENGTH, "_")
            rows = lettered(f"{code[:4]} {code[4:]}") or [code]
            below = _centred(["", *rows], width, look.total)
            head = _headline(shown.headline, width, room - len(texts) - len(below))
            return [*_centred(head, width, look.strong), *texts, *below][:room]
        head, number = _answer(shown, width, room - len(texts))
        ground = look.verdict_good if shown.number else look.verdict_warning
        drawn = [*_centred(head, width, ground), *_centred(number, width, look.total)]
        return [*drawn, *texts][:room]

    def _pad(self, more: Sequence[Cap], width: int, each: int) -> None:
        """Add the rows of keys, the last key of each from `more`."""
        look = self.face.look
        room = (width - 2 * MARGIN) // (len(PAD[0]) + 2)
        start = (width - room * (len(PAD[0]) + 2)) // 2
        for characters, cap in zip(PAD, more, strict=True):
            keys = [*(Cap(one, one) for one in characters), cap]
            top, at = len(self._rows), start
            face: Cells = [(" " * start, look.text)]
            blank: Cells = [(" " * start, look.text)]
            for key in keys:
                wide = room * (2 if key is cap else 1)
                style = look.key if key.is_lit else look.bar_muted
                if key.text:
                    self._zones.append(Zone(range(top, top + each), range(at, at + wide), key.key))
                ground = style if key.text else look.text
                face += [(center(key.text, wide - 1), ground), (" ", look.text)]
                blank += [(" " * (wide - 1), ground), (" ", look.text)]
                at += wide
            drawn = [face] if each == 1 else [blank, face, []] if each > 2 else [face, []]
            self._rows += drawn

    def _keys(self, caps: Sequence[Cap], width: int) -> None:
        look = self.face.look
        texts = [f"  {cap.text}  " for cap in caps]
        at = max(0, (width - sum(cell_len(text) + 2 for text in texts)) // 2)
        cells: Cells = [(" " * at, look.text)]
        y = len(self._rows)
        for cap, text in zip(caps, texts, strict=True):
            cells += [(text, look.key), ("  ", look.text)]
            self._zones.append(Zone(range(y - 1, y + 2), range(at, at + cell_len(text)), cap.key))
            at += cell_len(text) + 2
        self._rows.append(cells)


def _answer(shown: Shown, width: int, room: int) -> tuple[list[str], list[str]]:
    """Return the rows of the headline and of the number, as huge as both can be."""
    if not shown.number:
        return _headline(shown.headline, width, room), []
    big = _big(shown.headline, width)
    drawn = [["", *huge(shown.number, scale)] for scale in SCALES]
    wide = [rows for rows in drawn if len(rows[1]) <= width] or [["", shown.number]]
    number = next((rows for rows in wide if big and len(big) + len(rows) <= room), wide[-1])
    return _headline(shown.headline, width, room - len(number)), number


def _headline(text: str, width: int, room: int) -> list[str]:
    """Return big words where they fit, else plain ones; none where there is no room."""
    rows = _big(text, width)
    if not rows or len(rows) > room:
        rows = [line.upper() for line in wrap(text, width - 2 * MARGIN, room)] if room > 0 else []
    return ["", *rows, ""] if len(rows) + 2 <= room else rows


def _big(text: str, width: int) -> list[str]:
    """Return big words with a row between their lines; none where one is too wide."""
    rows: list[str] = []
    for line in lettered_lines(text, width - 2 * MARGIN) or []:
        rows += ["", *line] if rows else line
    return rows


def _centred(rows: Sequence[str], width: int, style: Style) -> list[Cells]:
    return [[(center(row, width), style)] for row in rows]


def _pad_rows(height: int) -> int:
    """Return how many rows the keys take: three each where there is room, two, or one."""
    each = 3 if height >= 40 else 2 if height >= 24 else 1
    return each * len(PAD)
