"""Figures that read from two metres: three rows of half blocks, or five rows of full ones. Pure.

>>> for row in big("1,0", tall=False): print(row)
▀█    █▀█
 █  ▄ █ █
▀▀▀ ▀ ▀▀▀
"""

from __future__ import annotations

from functools import lru_cache

FONT = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": ("## ", " # ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", " ##", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    "-": ("   ", "   ", "###", "   ", "   "),
    "−": ("   ", "   ", "###", "   ", "   "),
    "+": ("   ", " # ", "###", " # ", "   "),
    "€": (" ###", "#   ", "####", "#   ", " ###"),
    "£": (" ##", "#  ", "## ", "#  ", "###"),
    ",": (" ", " ", " ", "#", "#"),
    ".": (" ", " ", " ", " ", "#"),
    "'": ("#", "#", " ", " ", " "),
    " ": (" ", " ", " ", " ", " "),
    "\u00a0": (" ", " ", " ", " ", " "),
}
PIXELS = 5
_HALVES = {"  ": " ", "# ": "▀", " #": "▄", "##": "█"}


@lru_cache(maxsize=256)
def big(text: str, *, tall: bool) -> tuple[str, ...]:
    """Return the rows of an amount: 3, or 5 of twice the width when `tall`; '' in no row.

    A character that has no figure stands small on the last row.
    """
    pixels = [" ".join(FONT[c][y] if c in FONT else " " for c in text) for y in range(PIXELS)]
    rows = [row.replace("#", "██").replace(" ", "  ") for row in pixels] if tall else half(pixels)
    return tuple(_with_small(text, row, 2 if tall else 1, y == len(rows) - 1)
                 for y, row in enumerate(rows))  # fmt: skip


def half(pixels: list[str]) -> list[str]:
    """Return pixels, 5 rows of them or 6, as 3 rows of half blocks."""
    padded = [*pixels, " " * len(pixels[0])]
    return [
        "".join(_HALVES[a + b] for a, b in zip(padded[y], padded[y + 1], strict=True))
        for y in range(0, PIXELS, 2)
    ]


def _with_small(text: str, row: str, scale: int, is_last: bool) -> str:
    if not is_last or all(c in FONT for c in text):
        return row
    out, at = list(row), 0
    for c in text:
        if c not in FONT:
            out[at] = c
        at += (len(FONT[c][0] if c in FONT else " ") + 1) * scale
    return "".join(out)
