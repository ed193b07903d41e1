"""Capitals of three rows, in half blocks, to be read from two metres. Pure.

>>> for row in lettered("Clé 5S"): print(row.rstrip())
 ▄▄ ▄   ▄▄█    ▄▄▄  ▄▄
█   █   █▄     █▄▄ ▀▄
▀▄▄ █▄▄ █▄▄    ▄▄█ ▄▄▀
"""

from __future__ import annotations

import unicodedata

from pos.screens.widgets.figures import FONT, PIXELS, half

_LETTERS = {
    "A": (" # ", "# #", "###", "# #", "# #"),
    "B": ("## ", "# #", "## ", "# #", "## "),
    "C": (" ##", "#  ", "#  ", "#  ", " ##"),
    "D": ("## ", "# #", "# #", "# #", "## "),
    "E": ("###", "#  ", "## ", "#  ", "###"),
    "F": ("###", "#  ", "## ", "#  ", "#  "),
    "G": (" ###", "#   ", "# ##", "#  #", " ###"),
    "H": ("# #", "# #", "###", "# #", "# #"),
    "I": ("#", "#", "#", "#", "#"),
    "J": ("  #", "  #", "  #", "# #", " # "),
    "K": ("#  #", "# # ", "##  ", "# # ", "#  #"),
    "L": ("#  ", "#  ", "#  ", "#  ", "###"),
    "M": ("#   #", "## ##", "# # #", "#   #", "#   #"),
    "N": ("#  #", "## #", "# ##", "#  #", "#  #"),
    "O": ("###", "# #", "# #", "# #", "###"),
    "P": ("###", "# #", "###", "#  ", "#  "),
    "Q": ("### ", "# # ", "# # ", "####", "   #"),
    "R": ("###", "# #", "## ", "# #", "# #"),
    "S": (" ##", "#  ", " # ", "  #", "## "),
    "T": ("###", " # ", " # ", " # ", " # "),
    "U": ("# #", "# #", "# #", "# #", "###"),
    "V": ("# #", "# #", "# #", "# #", " # "),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
    "X": ("# #", "# #", " # ", "# #", "# #"),
    "Y": ("# #", "# #", " # ", " # ", " # "),
    "Z": ("####", "  # ", " #  ", "#   ", "####"),
    "_": ("   ", "   ", "   ", "   ", "###"),
    ":": (" ", "#", " ", "#", " "),
    "!": ("#", "#", "#", " ", "#"),
    "?": ("###", "  #", " ##", "   ", " # "),
    " ": ("  ", "  ", "  ", "  ", "  "),
}
"""S and 5, Z and 2, B and 8, D and 0 differ, as a code has them all."""

_GLYPHS = {**FONT, **_LETTERS, "’": FONT["'"], "\u00a0": _LETTERS[" "], "\u202f": _LETTERS[" "]}

_ACUTE, _GRAVE, _CIRCUMFLEX, _DIAERESIS = "\u0301", "\u0300", "\u0302", "\u0308"


def lettered(text: str) -> list[str] | None:
    """Return three rows of capitals, None for a text with a character that has none."""
    glyphs = [_glyph(char) for char in unicodedata.normalize("NFC", text.upper())]
    if None in glyphs:
        return None
    drawn = [glyph for glyph in glyphs if glyph is not None]
    return half([" ".join(glyph[y] for glyph in drawn) for y in range(PIXELS + 1)])


def lettered_lines(text: str, width: int) -> list[list[str]] | None:
    """Return a text in lines of three rows, broken between words; None when it cannot be so."""
    lines: list[list[str]] = []
    line = ""
    for word in text.split(" "):
        longer = lettered(f"{line} {word}".strip())
        alone = lettered(word)
        if longer is None or alone is None or len(alone[0]) > width:
            return None
        if len(longer[0]) <= width:
            line, lines = f"{line} {word}".strip(), [*lines[: -1 if line else None], longer]
        else:
            line, lines = word, [*lines, alone]
    return lines


def huge(text: str, scale: int) -> list[str]:
    """Return the rows of a text to be read across a shop: 5 `scale` rows, pixels 2 `scale` wide.

    Each character needs a figure or a capital.

    >>> for row in huge("1", 1): print(row.rstrip())
    ████
      ██
      ██
      ██
    ██████
    """
    pixels = [" ".join(_GLYPHS[c][y] for c in text) for y in range(PIXELS)]
    rows = ["".join((" █"[c == "#"]) * 2 * scale for c in row) for row in pixels]
    return [row for row in rows for _ in range(scale)]


def _glyph(char: str) -> tuple[str, ...] | None:
    """Return six rows of pixels: the accent's, then the letter's."""
    marks = unicodedata.normalize("NFD", char)
    known = _GLYPHS.get(marks[0])
    return None if known is None else (_accent(marks, len(known[0])), *known)


def _accent(marks: str, width: int) -> str:
    if _ACUTE in marks:
        return "#".rjust(width)
    if _GRAVE in marks:
        return "#".ljust(width)
    if _CIRCUMFLEX in marks:
        return "#".center(width)
    return ("#" + " " * (width - 2) + "#") if _DIAERESIS in marks else " " * width
