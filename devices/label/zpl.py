"""A label as ZPL: what a label printer of Zebra's language is sent. Pure.

The commands are recalled from Zebra's manual and were tried on no printer: unverified. Texts go as
UTF-8 (^CI28); what begins a command, and what stands for a byte, is written in hexadecimal (^FH).

>>> field("Prix ^XZ ~JA _5E \\\\&")
b'^FH_^FDPrix _5EXZ _7EJA _5F5E _5C&^FS'
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.papers.label import Label
from pos.papers.page import clean

COPIES_MOST = 99
MARGIN_MM = 2
_ESCAPED = b"^~_\\"


@dataclass(frozen=True, slots=True)
class LabelSize:
    """A label's width and height in millimetres, and the printer's dots an inch."""

    width_mm: int = 57
    height_mm: int = 32
    dpi: int = 203

    def dots(self, tenths_mm: int) -> int:
        """Return a length in dots; `tenths_mm` in tenths of a millimetre."""
        return tenths_mm * self.dpi // 254


def field(text: str) -> bytes:
    """Return a field's data, in which nothing is a command."""
    data = clean(text).encode("utf-8")
    return b"^FH_^FD" + b"".join(
        b"_%02X" % byte if byte in _ESCAPED else bytes([byte]) for byte in data
    ) + b"^FS"  # fmt: skip


def zpl(label: Label, size: LabelSize) -> bytes:
    """Return one label's format, in its copies."""
    setter = _Setter(size)
    setter.begin()
    if label.kind == "bag":
        setter.bag(label)
    else:
        setter.shelf(label)
    copies = min(max(label.copies, 1), COPIES_MOST)
    return b"".join(setter.parts) + b"^PQ%d^XZ\n" % copies


class _Setter:
    """Puts a label's texts where they go; lengths in tenths of a millimetre."""

    def __init__(self, size: LabelSize) -> None:
        self.parts: list[bytes] = []
        self._size = size
        self._width = size.width_mm * 10
        self._height = size.height_mm * 10
        self._edge = MARGIN_MM * 10

    def begin(self) -> None:
        dots = self._size.dots
        self.parts.append(b"^XA^CI28^PW%d^LL%d" % (dots(self._width), dots(self._height)))

    def shelf(self, label: Label) -> None:
        """A name over two lines, a large price at the right, small lines and a code below."""
        room = self._width - 2 * self._edge
        self._text(label.title, self._edge, self._edge, 32, room, lines=2)
        self._text(label.price, self._edge, 95, 90, room, align=b"R")
        self._text(label.unit_price, self._edge, 190, 28, room, align=b"R")
        for number, line in enumerate(label.lines[:2]):
            self._text(line, self._edge, 225 + 30 * number, 26, room // 2)
        if label.barcode:
            self._bars(label.barcode, self._width // 2 - 40, 225)

    def bag(self, label: Label) -> None:
        """Who fetches it, large; where it stands; at the right the code that proves whose it is."""
        beside = 300 if label.qr else 0
        room = max(self._width - 2 * self._edge - beside, 200)
        self._text(label.title, self._edge, self._edge, 60, room)
        for number, line in enumerate(label.lines[:4]):
            self._text(line, self._edge, 90 + 50 * number, 40, room)
        if label.qr:
            self._at(self._width - self._edge - 290, self._edge)
            self.parts.append(b"^BQN,2,%d" % max(2, self._size.dpi // 50))
            self.parts.append(field("MA," + label.qr))

    def _text(
        self,
        text: str,
        x: int,
        y: int,
        high: int,
        room: int,
        *,
        lines: int = 1,
        align: bytes = b"L",
    ) -> None:
        if not text:
            return
        dots = self._size.dots
        self._at(x, y)
        self.parts.append(b"^A0N,%d,%d" % (dots(high), dots(high)))
        self.parts.append(b"^FB%d,%d,0,%s,0" % (dots(room), lines, align))
        self.parts.append(field(text))

    def _bars(self, code: str, x: int, y: int) -> None:
        self._at(x, y)
        high = max(self._size.dots(self._height - y - 60), 20)
        if len(code) == 13 and code.isascii() and code.isdigit():
            command = b"^BY2^BEN,%d,Y,N" % high
        elif len(code) == 8 and code.isascii() and code.isdigit():
            command = b"^BY2^B8N,%d,Y,N" % high
        else:
            command = b"^BY1^BCN,%d,Y,N,N,A" % high
        self.parts += [command, field(code)]

    def _at(self, x: int, y: int) -> None:
        self.parts.append(b"^FO%d,%d" % (self._size.dots(x), self._size.dots(y)))
