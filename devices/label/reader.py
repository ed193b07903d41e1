"""A label printer's mind: ZPL in, labels and answers out. Pure.

It knows the commands that `zpl.py` sends and a few more; what it does not know is written to
`errors` and skipped, so no bytes can hang it. Formats are printed in their turn, while there are
labels and the head is shut; `~HS` is answered at once.

>>> printer = Reader()
>>> printer.receive(b"^XA^CI28^FO10,20^A0N,30,30^FH_^FDCaf_C3_A9^FS^PQ2^XZ")
b''
>>> [field.data for field in printer.printed[0].fields], len(printer.printed)
(['Café'], 2)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from devices.label.protocol import LabelStatus, answer

FORMAT_MOST = 16_384
HELD_MOST = 200
_COMMAND = re.compile(rb"\^([A-Z][A-Z0-9])([^^~]*)")
_NEXT = re.compile(rb"~HS|\^XZ")
_HEX = re.compile(rb"_([0-9A-Fa-f]{2})")
_SETS = {b"XA", b"XZ", b"CI", b"PW", b"LL", b"FO", b"BY", b"FH", b"FB", b"PQ", b"FS", b"FD"}


@dataclass(frozen=True, slots=True)
class Field:
    """What stands somewhere on a label: `kind` is text, ean13, ean8, code128 or qr; in dots."""

    kind: str
    data: str
    x: int = 0
    y: int = 0
    high: int = 0
    room: int = 0
    lines: int = 1
    align: str = "L"


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """One label as it came out."""

    fields: tuple[Field, ...]
    width: int = 0
    height: int = 0


class Reader:
    """One label printer: `printed` and `errors` grow; `receive` returns what it answers."""

    def __init__(self) -> None:
        self.printed: list[PrintedLabel] = []
        self.errors: list[str] = []
        self.status = LabelStatus()
        self.labels_left: int | None = None
        self._held: list[PrintedLabel] = []
        self._text = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Take bytes as they come; returns what the printer answers to them."""
        self._text += data
        answers = b""
        while found := _NEXT.search(self._text):
            if found[0] == b"~HS":  # answered at once, wherever it stands
                del self._text[found.start() : found.end()]
                answers += self._said()
            else:
                self._take(bytes(self._text[: found.end()]))
                del self._text[: found.end()]
        if len(self._text) > FORMAT_MOST:
            self.errors.append("a format without an end")
            self._text.clear()
        self.settle()
        return answers

    def settle(self) -> None:
        """Go on after something changed: labels loaded, head shut."""
        while self._held and not self._is_stopped:
            self.printed.append(self._held.pop(0))
            if self.labels_left is not None:
                self.labels_left -= 1

    def power_cycle(self) -> None:
        """Switch it off and on: what it held is gone."""
        self._held.clear()
        self._text.clear()

    @property
    def _is_stopped(self) -> bool:
        return self.status.is_stopped or self.labels_left == 0

    def _said(self) -> bytes:
        self.settle()
        out = self.status.paper_out or self.labels_left == 0
        return answer(replace(self.status, paper_out=out, waiting=len(self._held)))

    def _take(self, text: bytes) -> None:
        begin = text.rfind(b"^XA")
        if begin < 0:
            self.errors.append("a format without a beginning")
            return
        made = _Format(self.errors)
        for name, rest in _COMMAND.findall(text[begin:]):
            made.command(name, rest)
        label = PrintedLabel(tuple(made.fields), made.width, made.height)
        room = HELD_MOST - len(self._held)
        self._held += [label] * min(made.copies, room)


class _Format:
    """One format on its way to a label."""

    def __init__(self, errors: list[str]) -> None:
        self.fields: list[Field] = []
        self.width = self.height = 0
        self.copies = 1
        self._errors = errors
        self._next = Field("text", "")
        self._is_hex = self._is_utf8 = False

    def command(self, name: bytes, rest: bytes) -> None:
        numbers = [
            int(part) if part.isdigit() and len(part) < 6 else 0 for part in rest.split(b",")
        ]
        match name:
            case b"FO":
                self._next = replace(self._next, x=numbers[0], y=numbers[-1])
            case b"A0":
                self._next = replace(self._next, high=numbers[1] if len(numbers) > 1 else 0)
            case b"FB":
                align = (rest.split(b",") + [b""] * 4)[3].decode("latin-1")
                lines = numbers[1] if len(numbers) > 1 else 1
                self._next = replace(self._next, room=numbers[0], lines=lines, align=align)
            case b"BE" | b"B8" | b"BC" | b"BQ":
                self._bars(name, numbers)
            case b"FD":
                self._data(rest)
            case b"FS":
                self._next, self._is_hex = Field("text", ""), False
            case _:
                self._set(name, rest, numbers[0])

    def _bars(self, name: bytes, numbers: list[int]) -> None:
        kind = {b"BE": "ean13", b"B8": "ean8", b"BC": "code128", b"BQ": "qr"}[name]
        at = 2 if kind == "qr" else 1
        self._next = replace(self._next, kind=kind, high=numbers[at] if len(numbers) > at else 0)

    def _set(self, name: bytes, rest: bytes, number: int) -> None:
        match name:
            case b"CI":
                self._is_utf8 = number == 28
            case b"FH":
                self._is_hex = rest.strip() == b"_"
            case b"PW":
                self.width = number
            case b"LL":
                self.height = number
            case b"PQ":
                self.copies = max(number, 1)
            case _ if name not in _SETS:
                self._errors.append(f"unknown command ^{name.decode('latin-1')}")

    def _data(self, rest: bytes) -> None:
        data = _HEX.sub(lambda found: bytes([int(found[1], 16)]), rest) if self._is_hex else rest
        text = data.decode("utf-8" if self._is_utf8 else "cp850", "replace")
        if self._next.kind == "qr":
            text = text.partition(",")[2]
        self.fields.append(replace(self._next, data=text))
