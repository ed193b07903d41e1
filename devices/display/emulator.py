"""A customer display that ships: understands both command sets over a real pty."""

from __future__ import annotations

from collections.abc import Callable

from devices.display.protocol import COLUMNS
from devices.pty import PtyCable
from devices.wired import AtWork

POLL_S = 0.25
_LINES = {0x41: 0, 0x42: 1}  # ESC Q A, ESC Q B
_PARAMETERS = {
    b"\x1b@": 0,
    b"\x1bt": 1,
    b"\x1bR": 1,
    b"\x1b\x11": 0,
    b"\x1b\x12": 0,
    b"\x1b_": 1,
    b"\x1b*": 1,
    b"\x1bQ": 1,
    b"\x1bl": 2,
    b"\x1f\x01": 0,
    b"\x1f\x02": 0,
    b"\x1f\x03": 0,
    b"\x1fC": 1,
    b"\x1fX": 1,
    b"\x1fE": 1,
    b"\x1f$": 2,
}


class Glass:
    """The display's mind: bytes in, two lines of 20 characters in `lines`. Pure.

    >>> glass = Glass("cp858")
    >>> glass.receive(b"\\x1b@\\x0cTOTAL" + b" " * 15 + b"12,50 \\xd5")
    >>> glass.lines
    ('TOTAL', '12,50 €')
    """

    def __init__(self, codec: str) -> None:
        self.errors: list[str] = []
        self._codec = codec
        self._cells = [" "] * (2 * COLUMNS)
        self._at = 0
        self._command = bytearray()
        self._string_line: int | None = None

    @property
    def lines(self) -> tuple[str, str]:
        """What a customer reads, without the blanks at the ends."""
        text = "".join(self._cells)
        return text[:COLUMNS].rstrip(), text[COLUMNS:].rstrip()

    def receive(self, data: bytes) -> None:
        """Take bytes as they come."""
        for byte in data:
            self._take(byte)

    def _take(self, byte: int) -> None:
        if self._command or byte in (0x1B, 0x1F):
            self._in_command(byte)
        elif byte == 0x0C:
            self._clear()
        elif byte == 0x0B:
            self._at = 0
        elif byte == 0x0D and self._string_line is not None:
            self._string_line = None
        elif byte >= 0x20:
            self._cells[self._at] = bytes([byte]).decode(self._codec, "replace")
            self._at = (self._at + 1) % (2 * COLUMNS)
        else:
            self.errors.append(f"unknown byte {byte:02x}")

    def _in_command(self, byte: int) -> None:
        self._command.append(byte)
        if len(self._command) < 2:
            return
        parameters = _PARAMETERS.get(bytes(self._command[:2]))
        if parameters is None:
            self.errors.append(f"unknown command {self._command.hex(' ')}")
            self._command.clear()
        elif len(self._command) == 2 + parameters:
            self._act(bytes(self._command))
            self._command.clear()

    def _act(self, command: bytes) -> None:
        if command == b"\x1b@":
            self._clear()
        elif command[:2] in (b"\x1bl", b"\x1f$"):
            x, y = min(max(command[2], 1), COLUMNS), min(max(command[3], 1), 2)
            self._at = (y - 1) * COLUMNS + x - 1
        elif command[:2] == b"\x1bQ" and command[2] in _LINES:
            self._string_line = _LINES[command[2]]
            self._at = self._string_line * COLUMNS
            self._cells[self._at : self._at + COLUMNS] = [" "] * COLUMNS

    def _clear(self) -> None:
        self._cells = [" "] * (2 * COLUMNS)
        self._at = 0
        self._string_line = None


class EmulatedDisplay(AtWork[PtyCable]):
    """A display on a serial line; `on_change`, when given, is called from its thread.

    While it is `stalled` it takes nothing off its line.
    """

    def __init__(
        self,
        name: str = "display",
        codec: str = "cp858",
        on_change: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(PtyCable(name))
        self.on_change = on_change
        self.frames = 0
        self.stalled = False
        self._glass = Glass(codec)
        self._begin(name)

    @property
    def lines(self) -> tuple[str, str]:
        """The two lines a customer reads."""
        return self._glass.lines

    @property
    def errors(self) -> list[str]:
        """Every byte sequence it did not know."""
        return list(self._glass.errors)

    def babble(self, data: bytes) -> None:
        """Say what nobody asked for."""
        self._wire.send(data)

    def _turn(self) -> None:
        if self.stalled:
            self._closing.wait(POLL_S / 10)
            return
        data = self._wire.receive(POLL_S)
        if data:
            self.frames += 1
            self._glass.receive(data)
            if self.on_change is not None:
                self.on_change()
