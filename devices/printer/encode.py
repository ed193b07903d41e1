"""Text → the characters a receipt printer has. Pure.

A printer knows 256 characters, chosen by its code page; what is outside is put into letters that
people read as meant (`œ` → `oe`), and `?` is printed only where no such letters exist.

>>> to_paper("Cœur d’artichaut — 3\\u202f€", "cp858")
"Coeur d'artichaut - 3\\xa0€"
>>> to_paper("3 €", "cp850"), to_paper("Łódź", "cp437")
('3 EUR', 'Lódz')
>>> encode("3 €", "cp858")
b'3 \\xd5'
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

NO_BREAK = "\N{NO-BREAK SPACE}"

# Only what Unicode's own decomposition does not give.
_LETTERS = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH",
    "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng", "Ŋ": "NG", "ə": "e", "Ə": "E",
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "ʼ": "'", "′": "'", "´": "'", "`": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
    "–": "-", "—": "-", "―": "-", "‐": "-", "‑": "-", "−": "-", "‒": "-",
    "€": "EUR", "£": "GBP", "¥": "JPY", "¢": "c", "₣": "F",
    "•": "*", "·": ".", "×": "x", "÷": "/", "⁄": "/", "∕": "/", "±": "+/-", "≤": "<=", "≥": ">=",
    "→": "->", "←": "<-", "✓": "v", "✔": "v", "✗": "x", "✘": "x", "★": "*", "☆": "*", "♥": "<3",
    "°": "o", "№": "No", "©": "(c)", "®": "(R)", "§": "S.", "¶": "P.", "¡": "!", "¿": "?",
    "¦": "|", "¬": "-", "¤": "*", "µ": "u", "μ": "u", "­": "",
    "─": "-", "│": "|", "═": "=",
}  # fmt: skip

_BLANKS_THAT_HOLD = {"\u202f", "\u2007", "\u2060"}


def to_paper(text: str, codec: str | None) -> str:
    """Return `text` in characters that `codec` has (None: any), without control characters.

    No-break spaces stay one kind of no-break space, so that lines are not broken at them.
    """
    return "".join(_character(c, codec) for c in text)


def encode(text: str, codec: str) -> bytes:
    """Return the bytes of a text that `to_paper` returned; no byte is a control code."""
    return to_paper(text, codec).replace(NO_BREAK, " ").encode(codec, "replace")


@lru_cache(maxsize=4096)
def _character(char: str, codec: str | None) -> str:
    if " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return NO_BREAK if char in _BLANKS_THAT_HOLD | {NO_BREAK} else " "
    if category in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return ""
    if codec is None or _has(codec, char):
        return char
    return _nearest(char, category, codec)


def _nearest(char: str, category: str, codec: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if category.startswith("M"):
        return ""
    for parts in (_without_marks(char), unicodedata.normalize("NFKD", char)):
        if parts not in ("", char):
            return "".join(_character(part, codec) for part in parts)
    return "?"


def _without_marks(char: str) -> str:
    """Return a letter without its accents: for printers that have no accented form of it."""
    parts = unicodedata.normalize("NFD", char)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _has(codec: str, char: str) -> bool:
    try:
        return char.encode(codec)[0] >= 0xA0 or codec.startswith("cp")
    except UnicodeEncodeError:
        return False
