"""Page → lines as wide as the paper: the one layout behind ESC/POS, text and picture. Pure.

>>> from pos.papers.page import Page, Row, Text, Align
>>> page = Page((Text("Ticket", Align.CENTER), Row("Café moulu 250 g", "4,20")))
>>> for line in layout(page, columns=16):
...     print(line.text)
     Ticket
Café moulu  4,20
250 g
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devices.printer.encode import NO_BREAK, to_paper
from pos.papers.page import (
    Align,
    Barcode,
    Blank,
    Block,
    Cut,
    Logo,
    Page,
    Qr,
    Row,
    Rule,
    Table,
    Text,
)

LEFT_MIN = 8
"""A left text narrower than this is set above its right text instead of beside it."""

BLANK_MAX = 20

BAR_WIDTH_DOTS = 2
COLUMN_DOTS = 12
"""The width of a character of font A, and of the narrowest bar that every printer prints."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, already set with blanks; `size` 2 takes twice the columns and height."""

    text: str = ""
    bold: bool = False
    size: int = 1


Item = Line | Qr | Barcode | Logo | Cut
"""What lands on paper, in order. A `Qr` has no caption here (it became lines), and a bar code that
is too wide for the paper became a `Qr`."""


def layout(
    page: Page,
    columns: int,
    codec: str | None = None,
    *,
    doubled: bool = True,
    logo: bool = False,
) -> tuple[Item, ...]:
    """Set a page on paper of `columns` columns in the characters of `codec` (None: any).

    `doubled` False is for where letters have one size: every line then has `size` 1. Without `logo`
    the shop's logo is left out.
    """
    setter = _Setter(columns, codec, 2 if doubled else 1)
    blocks = (block for block in page.blocks if logo or not isinstance(block, Logo))
    return tuple(item for block in blocks for item in setter.block(block))


class _Setter:
    def __init__(self, columns: int, codec: str | None, size_max: int) -> None:
        self._columns = columns
        self._size_max = size_max
        self._codec = codec

    def block(self, block: Block) -> Iterator[Item]:
        match block:
            case Text():
                yield from self._text(block)
            case Row():
                yield from self._row(block)
            case Table():
                yield from self._table(block)
            case Rule(mark):
                yield _line((self._paper(mark) or "-") * self._columns, self._columns)
            case Blank(lines):
                yield from [Line()] * min(max(lines, 0), BLANK_MAX)
            case Qr():
                yield Qr(block.data, block.level, block.size)
                if block.caption:
                    yield from self._text(Text(block.caption, Align.CENTER))
            case Barcode(data) if bar_dots(data) > self._columns * COLUMN_DOTS:
                yield from self.block(Qr(data, caption=data))
            case Barcode() | Logo() | Cut():
                yield block

    def _paper(self, text: str) -> str:
        return to_paper(text, self._codec)

    def _size(self, size: int) -> int:
        return min(max(size, 1), self._size_max)

    def _text(self, block: Text) -> Iterator[Line]:
        size = self._size(block.size)
        width = self._columns // size
        for piece in wrap(self._paper(block.text), width):
            yield _line(_aligned(piece, block.align, width), width, block.bold, size)

    def _row(self, row: Row) -> Iterator[Line]:
        size = self._size(row.size)
        width = self._columns // size
        indent = " " * min(max(row.indent, 0), width // 2)
        left, right = self._paper(row.left), self._paper(row.right)
        room = width - len(indent) - len(right) - bool(right)
        beside = room >= min(len(left), LEFT_MIN)
        pieces = wrap(left, room if beside else width - len(indent))
        for number, piece in enumerate(pieces):
            text = indent + piece
            if beside and number == 0:
                text = text.ljust(width - len(right)) + right
            yield _line(text, width, row.bold, size)
        if not beside:
            for piece in wrap(right, width):
                yield _line(piece.rjust(width), width, row.bold, size)

    def _table(self, table: Table) -> Iterator[Line]:
        rows = [[self._paper(cell) for cell in row] for row in table.rows]
        if not rows or not rows[0]:
            return
        widths = [max(len(row[i]) for row in rows) for i in range(1, len(rows[0]))]
        rest = sum(widths) + len(widths)
        for first, *others in rows:
            cells = "".join(" " + c.rjust(w) for c, w in zip(others, widths, strict=True))
            if self._columns - rest >= min(len(first), LEFT_MIN):
                yield from self._beside(first, cells, self._columns - rest)
            else:
                yield from self._row(Row(first, " ".join(others)))

    def _beside(self, first: str, cells: str, room: int) -> Iterator[Line]:
        for number, piece in enumerate(wrap(first, max(room, 1))):
            yield _line(piece.ljust(room) + ("" if number else cells), self._columns)


def bar_dots(data: str) -> int:
    """Return how wide a CODE128 of set B is, in dots; a printer leaves out what does not fit.

    >>> bar_dots("S012-T03-K7/000481")
    466
    """
    return (11 * (len(data) + 2) + 13) * BAR_WIDTH_DOTS


def wrap(text: str, width: int) -> list[str]:
    """Break `text` at blanks into lines of at most `width`; a longer word is broken anywhere.

    >>> wrap("pommes de terre", 10), wrap("anticonstitutionnellement", 10), wrap("", 10)
    (['pommes de', 'terre'], ['anticonsti', 'tutionnell', 'ement'], [''])
    """
    lines: list[str] = []
    while len(text) > width:
        at = text.rfind(" ", 0, width + 1)
        if text[: max(at, 0)].strip():
            lines.append(text[:at].rstrip())
            text = text[at:].lstrip(" ")
        else:
            lines.append(text[:width])
            text = text[width:]
    if text or not lines:
        lines.append(text)
    return lines


def _aligned(text: str, align: Align, width: int) -> str:
    match align:
        case Align.LEFT:
            return text
        case Align.CENTER:
            return " " * ((width - len(text)) // 2) + text
        case Align.RIGHT:
            return text.rjust(width)


def _line(text: str, width: int, bold: bool = False, size: int = 1) -> Line:
    return Line(text.replace(NO_BREAK, " ")[:width].rstrip(" "), bold, size)
