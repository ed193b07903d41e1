"""A Page is paper before any printer: blocks of text, columns, rules, codes and a cut.

Papers (ticket, slip, report) turn facts into a Page; the printers' room turns the same Page into
ESC/POS bytes, into plain text or into a picture. A Page never holds control characters: every text
goes through `clean`, so that no article name can open a drawer.

>>> Text("Café\\x1bp\\x00 noir").text
'Cafép noir'
>>> Page((Text("TOTAL", bold=True), Rule(), Cut())).blocks[1]
Rule(mark='-')
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

TEXT_MAX = 500
"""The longest text of one block, in characters; what is over is cut."""

_DROPPED = {"Cc", "Cf", "Co", "Cs", "Cn"}


def clean(text: str) -> str:
    """Return `text` in NFC without control, format, private and unassigned characters."""
    kept = text if text.isascii() and text.isprintable() else _strip(text)
    return kept[:TEXT_MAX]


def _strip(text: str) -> str:
    normal = unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " "))
    return "".join(c for c in normal if unicodedata.category(c) not in _DROPPED)


class Align(StrEnum):
    """Where a block stands on the paper."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped at the paper's width; `size` 1 is normal, 2 is double both ways."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    size: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """A left text (wrapped) and a right text (never wrapped) on one line; `indent` in columns."""

    left: str
    right: str
    bold: bool = False
    size: int = 1
    indent: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "left", clean(self.left))
        object.__setattr__(self, "right", clean(self.right))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in columns as wide as their widest cell; the first column takes the rest.

    Cells after the first are set to the right. Every row has as many cells as the first.
    """

    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        cleaned = tuple(tuple(clean(cell) for cell in row) for row in self.rows)
        if len({len(row) for row in cleaned}) > 1:
            raise ValueError("every row of a table has the same number of cells")
        object.__setattr__(self, "rows", cleaned)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper made of `mark`."""

    mark: str = "-"


@dataclass(frozen=True, slots=True)
class Blank:
    """`lines` empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code (printed natively where the printer can), `size` dots a module, level L M Q H."""

    data: str
    level: str = "M"
    size: int = 4
    caption: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", clean(self.data))
        object.__setattr__(self, "caption", clean(self.caption))


@dataclass(frozen=True, slots=True)
class Barcode:
    """A CODE128 bar code of printable ASCII with its text under it."""

    data: str

    def __post_init__(self) -> None:
        if not (self.data.isascii() and self.data.isprintable() and 0 < len(self.data) <= 40):
            raise ValueError(f"a bar code holds 1 to 40 printable ASCII characters: {self.data!r}")


@dataclass(frozen=True, slots=True)
class Logo:
    """The shop's logo, where the printer keeps one; nothing anywhere else."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The paper is cut here."""


Block = Text | Row | Table | Rule | Blank | Qr | Barcode | Logo | Cut


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed in one job, in order."""

    blocks: tuple[Block, ...]
    title: str = ""
