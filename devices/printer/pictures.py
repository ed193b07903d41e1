"""Pictures that a printer keeps and prints by their name: GS ( L, functions 66, 67 and 69.

Unverified: the functions are recalled from Epson's documentation and were tried on no printer.
A memory of this kind wears out: a shop writes it when its logo changes, never with a ticket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.errors import Refusal

if TYPE_CHECKING:
    from PIL import Image

KEY = b"C1"
"""The name of the shop's logo in the printer's memory, two characters."""

LOGO_DOTS_HIGH_MOST = 800
"""The tallest logo: 10 cm of paper on every ticket is too much already."""

_REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""What a printer acts upon wherever it stands, even in the middle of a picture."""

_SHADES_DARK = 128


def print_logo() -> bytes:
    """GS ( L fn 69: print the kept logo, as large as it was kept."""
    return b"\x1d(L\x06\x000E" + KEY + b"\x01\x01"


def forget_logo() -> bytes:
    """GS ( L fn 66: forget the kept logo."""
    return b"\x1d(L\x04\x000B" + KEY


def keep_logo(picture: Image.Image, dots: int) -> bytes:
    """Return GS ( L fn 67, or its long form GS 8 L: keep a picture for paper `dots` wide.

    Transparent is white. Raises Refusal `logo_size` for a picture that is wider than the paper or
    too tall, and `logo_bytes` for one whose bytes the printer would take for commands wherever it
    is set on the paper.
    """
    if not (0 < picture.width <= dots and 0 < picture.height <= LOGO_DOTS_HIGH_MOST):
        raise Refusal(
            "logo_size",
            "The picture is {width} × {height} dots; this printer's paper takes {most} × {high}.",
            width=picture.width,
            height=picture.height,
            most=dots,
            high=LOGO_DOTS_HIGH_MOST,
        )
    black = _black(picture)
    for shift in range(8):
        width = (black.width + shift + 7) // 8
        if width * 8 > max(dots, black.width + 7):
            break
        rows = _rows(black, shift, width)
        command = _define(rows, width * 8, black.height)
        if not any(sequence in command for sequence in _REAL_TIME):
            return command
    raise Refusal(
        "logo_bytes",
        "Parts of this picture mean commands to a printer; change its size by one dot.",
    )


def _black(picture: Image.Image) -> Image.Image:
    """Return the picture with 255 where the paper is to be black."""
    from PIL import Image

    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("L").point(lambda shade: 255 if shade < _SHADES_DARK else 0)


def _rows(black: Image.Image, shift: int, width: int) -> bytes:
    """Return the dots, eight a byte, moved to the right by `shift` dots."""
    from PIL import Image

    moved = Image.new("L", (width * 8, black.height), 0)
    moved.paste(black, (shift, 0))
    return moved.convert("1", dither=Image.Dither.NONE).tobytes()


def _define(rows: bytes, width: int, height: int) -> bytes:
    body = b"0C0" + KEY + b"\x01" + width.to_bytes(2, "little") + height.to_bytes(2, "little")
    body += b"1" + rows
    if len(body) <= 0xFFFF:
        return b"\x1d(L" + len(body).to_bytes(2, "little") + body
    return b"\x1d8L" + len(body).to_bytes(4, "little") + body


class Pictures:
    """What an emulated printer keeps: pictures by their name."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Image.Image] = {}

    def take(self, body: bytes) -> tuple[Image.Image | None, str]:
        """Carry out a command's body; returns what it prints, and what it did not understand."""
        from PIL import Image

        function, key = body[:2], body[2:4]
        if function == b"0C" and body[2:3] == b"0" and len(body) >= 11:
            key = body[3:5]
            width, height = (int.from_bytes(body[at : at + 2], "little") for at in (6, 8))
            rows = body[11:]
            if body[5:6] != b"\x01" or not rows or len(rows) != (width + 7) // 8 * height:
                return None, "damaged picture to keep"
            inverted = bytes(byte ^ 0xFF for byte in rows)
            self.kept[key] = Image.frombytes("1", ((width + 7) // 8 * 8, height), inverted)
            return None, ""
        if function == b"0B":
            self.kept.pop(key, None)
            return None, ""
        if function == b"0E":
            return self.kept.get(key), ""
        return None, f"unknown picture command {body[:2].hex(' ')}"
