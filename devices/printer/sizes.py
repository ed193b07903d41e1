"""How long each ESC/POS command with a variable length is. Pure.

Each function is given the bytes after the command's name and returns the length of its parameters,
`NOT_WHOLE` when too few bytes have come to know, or -1 when they are not of this command.

>>> raster(bytearray(b"0\\x00\\x02\\x00\\x08\\x00")), cut(bytearray(b"B"))
(22, 2)
"""

from __future__ import annotations

from collections.abc import Callable

RASTER_MAX = 4096

PICTURE_MAX = 1 << 20
"""The longest picture to keep, in bytes; a real memory holds less."""

NOT_WHOLE = 1 << 40
"""What a size function returns when it cannot know yet."""

Size = int | Callable[[bytearray], int]
"""How many bytes follow a command: a number, or read from the bytes that follow."""


def counted(after: bytearray) -> int:
    """GS ( x: two bytes of length, then as much."""
    return NOT_WHOLE if len(after) < 2 else 2 + after[0] + 256 * after[1]


def counted_long(after: bytearray) -> int:
    """GS 8 L: four bytes of length, then as much."""
    if len(after) < 4:
        return NOT_WHOLE
    length = int.from_bytes(after[:4], "little")
    return -1 if length > PICTURE_MAX else 4 + length


def symbol(after: bytearray) -> int:
    """GS ( k: as counted, with a kind and a function at least."""
    length = counted(after)
    return -1 if length < 4 else length


def cut(after: bytearray) -> int:
    """GS V: some kinds have one more byte."""
    if not after:
        return NOT_WHOLE
    return 1 if after[0] in (0, 1, 48, 49) else 2 if after[0] in (65, 66, 97, 98, 103, 104) else -1


def bars(after: bytearray) -> int:
    """GS k: ended by NUL (kinds 0 to 6) or with a length byte (65 to 79)."""
    if not after:
        return NOT_WHOLE
    if after[0] <= 6:
        end = after.find(0, 1)
        return -1 if end == -1 and len(after) > 255 else NOT_WHOLE if end == -1 else end + 1
    if not 65 <= after[0] <= 79:
        return -1
    return NOT_WHOLE if len(after) < 2 else 2 + after[1]


def raster(after: bytearray) -> int:
    """GS v 0: a head of six bytes, then the picture."""
    if len(after) < 6:
        return NOT_WHOLE
    width, height = after[2] + 256 * after[3], after[4] + 256 * after[5]
    return -1 if after[0] != 0x30 or max(width, height) > RASTER_MAX else 6 + width * height
