"""Customer displays of 2 lines of 20 characters: two lines → the bytes of a whole frame. Pure.

Displays answer nothing, so every frame is complete: what was lost is repaired by the next one.

>>> frame(Dialect.EPSON, "TOTAL", "12,50 €", "cp858", 19)[:5]
b'\\x1bt\\x13\\x0cT'
>>> len(frame(Dialect.CD5220, "", "", "cp858", None))
48
"""

from __future__ import annotations

from enum import StrEnum

from devices.printer.encode import encode

COLUMNS = 20


class Dialect(StrEnum):
    """The two command sets that most displays know."""

    EPSON = "epson"
    CD5220 = "cd5220"


def start(dialect: Dialect) -> bytes:
    """Return what puts a display in order after power-on: reset, overwrite, no cursor."""
    return b"\x1b@\x1f\x01\x1fC\x00" if dialect is Dialect.EPSON else b"\x1b@\x1b\x11\x1b_\x00"


def frame(dialect: Dialect, upper: str, lower: str, codec: str, slot: int | None) -> bytes:
    """Return the bytes that show two lines, each cut or filled to 20 characters.

    `slot` is the code page's number at this display, None where it has but one.
    """
    page = b"" if slot is None else b"\x1bt" + bytes([slot])
    one, two = (_line(text, codec) for text in (upper, lower))
    if dialect is Dialect.EPSON:
        return page + b"\x0c" + one + two
    return page + b"\x1bQA" + one + b"\r" + b"\x1bQB" + two + b"\r"


def _line(text: str, codec: str) -> bytes:
    return encode(text, codec)[:COLUMNS].ljust(COLUMNS)
