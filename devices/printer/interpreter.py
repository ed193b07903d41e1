"""A receipt printer's mind: ESC/POS bytes in, paper and answers out. Pure.

The command table is that of `COMMANDS`; what is not in it is written to `errors` and skipped, so no
bytes can hang it. Real-time commands (DLE …) act on arrival, all others in their turn, and only
while there is paper and the cover is shut.

>>> printer = Interpreter()
>>> printer.receive(b"\\x1b@\\x1bt\\x13Caf\\x82\\n" + b"\\x10\\x04\\x01")
b'\\x12'
>>> printer.paper, printer.errors
([Line(text='Café', bold=False, size=1)], [])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devices.printer import sizes
from devices.printer.layout import Item, Line
from devices.printer.mechanics import Mechanics
from devices.printer.pictures import Pictures
from pos.papers.page import Align, Barcode, Cut, Qr

if TYPE_CHECKING:
    from PIL import Image

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858", 40: "iso8859-15", 53: "cp858"}
BUFFER_BYTES = 4096
XOFF_BYTES, XON_BYTES = 3 * BUFFER_BYTES // 4, BUFFER_BYTES // 4
"""How full its buffer is when a printer that speaks XON/XOFF says stop, and when it says go on."""

XON, XOFF = b"\x11", b"\x13"
_DLE = 0x10
_REAL_TIME = {0x04: 3, 0x05: 3, 0x14: 5}
_PINS = {0: 0, 1: 1, 48: 0, 49: 1}


@dataclass(frozen=True, slots=True)
class Pulse:
    """A drawer's pulse: on which pin, and whether it went before everything that waited."""

    pin: int
    at_once: bool


class Interpreter:
    """One printer: `paper`, `pulses`, `errors` grow; `receive` returns what it answers."""

    def __init__(
        self, columns: int = 42, *, process_id: bool = True, code_pages: dict[int, str] = CODE_PAGES
    ) -> None:
        self.paper: list[Item | Image.Image] = []
        self.pulses: list[Pulse] = []
        self.errors: list[str] = []
        self.code_page = 0
        self.body = Mechanics()
        self.pictures = Pictures()
        self.speaks_xon = False
        self.stopped = False
        self._columns = columns
        self._process_id = process_id
        self._code_pages = code_pages
        self._real_time = bytearray()
        self._buffer = bytearray()
        self._answers = bytearray()
        self.passed_on = bytearray()
        self._passes_on = False
        self._asb_on = False
        self._asb_told = b""
        self._cut_waits = False
        self._said_stop = False
        self._qr = Qr("", "L", 3)
        self._reset()

    @property
    def full(self) -> bool:
        """Whether it takes no more bytes for now."""
        return (self.body.halted or self.stopped) and len(self._buffer) >= BUFFER_BYTES

    def receive(self, data: bytes) -> bytes:
        """Take bytes as they come; returns what the printer answers to them."""
        for byte in data:
            self._arrive(byte)
        return self.settle()

    def settle(self) -> bytes:
        """Go on after something changed (paper loaded, drawer shut); returns what it answers."""
        if self._cut_waits and not self.body.halted:
            self.act_cut(b"")
        while not (self.body.halted or self.stopped) and self._buffer:
            used = self._execute()
            if used == 0:
                break
            del self._buffer[:used]
        self._tell_changes()
        self._tell_flow()
        answers = bytes(self._answers)
        self._answers.clear()
        return answers

    def power_cycle(self) -> bytes:
        """Switch it off and on: what it held is gone; returns how it says that it started."""
        self._buffer.clear()
        self._real_time.clear()
        self._answers.clear()
        self._asb_on = self._cut_waits = self.body.waiting = False
        self._reset()
        return b"\x3b1\x00"

    def _reset(self) -> None:
        self._line: list[str] = []
        self._bold = False
        self._size = 1
        self._align = Align.LEFT
        self.code_page = 0

    # --- bytes that act on arrival ---

    def _arrive(self, byte: int) -> None:
        if not self._real_time and byte != _DLE:
            self._buffer.append(byte)
            return
        self._real_time.append(byte)
        if len(self._real_time) >= 2 and self._real_time[1] not in _REAL_TIME:
            self._not_real_time()
        elif len(self._real_time) >= 2:
            done = _REAL_TIME[self._real_time[1]]
            if len(self._real_time) == done:
                self._act_now(bytes(self._real_time))
                self._real_time.clear()

    def _not_real_time(self) -> None:
        """A DLE that was data after all; what follows it may begin again."""
        first, second = self._real_time
        self._real_time.clear()
        self._buffer.append(first)
        self._arrive(second)

    def _act_now(self, command: bytes) -> None:
        match command[1]:
            case 0x04:
                self._answer_now(command[2])
            case 0x14 if command[2] == 1 and command[3] in _PINS and 1 <= command[4] <= 8:
                self._kick(_PINS[command[3]], at_once=True)
            case 0x05 if command[2] == 2:
                self._buffer.clear()
            case 0x05 if command[2] in (0, 1):
                self.body.restart()
            case _:
                self.errors.append(f"unknown real-time command {command.hex(' ')}")

    def _answer_now(self, n: int) -> None:
        answer = self.body.told(n)
        if not answer:
            self.errors.append(f"unknown status request {n}")
        self._answers += answer

    def _kick(self, pin: int, *, at_once: bool) -> None:
        self.pulses.append(Pulse(pin, at_once))
        self.body.pulse()

    def _tell_changes(self) -> None:
        block = self.body.block()
        if self._asb_on and block != self._asb_told:
            self._asb_told = block
            self._answers += block

    def _tell_flow(self) -> None:
        """Say stop and go on as the buffer fills and empties, where it speaks XON/XOFF."""
        is_full = len(self._buffer) >= (XON_BYTES if self._said_stop else XOFF_BYTES)
        wants_stop = self.stopped or (self.speaks_xon and is_full)
        if wants_stop != self._said_stop:
            self._said_stop = wants_stop
            self._answers += XOFF if wants_stop else XON

    # --- commands in their turn ---

    def _execute(self) -> int:
        """Carry out the first thing in the buffer; returns its length, 0 when it is not whole."""
        first = self._buffer[0]
        if self._passes_on and not self._buffer.startswith(b"\x1b="):
            if self._buffer == b"\x1b":
                return 0
            self.passed_on.append(first)
            return 1
        if first not in (0x1B, 0x1C, 0x1D):
            self._character(first)
            return 1
        for length in (3, 2):
            spec = COMMANDS.get(bytes(self._buffer[:length]))
            if spec is not None:
                return self._command(length, *spec)
        if len(self._buffer) < 2 or (len(self._buffer) < 3 and self._buffer[1:2] == b"("):
            return 0
        self.errors.append(f"unknown command {self._buffer[:2].hex(' ')}")
        return 2

    def _command(self, start: int, size: sizes.Size, act: Act) -> int:
        length = size if isinstance(size, int) else size(self._buffer[start:])
        if length < 0:
            self.errors.append(f"damaged command {self._buffer[: start + 8].hex(' ')}")
            return start
        if len(self._buffer) < start + length:
            return 0
        act(self, bytes(self._buffer[start : start + length]))
        return start + length

    def _character(self, byte: int) -> None:
        if byte == 0x0A:
            self._print_line()
        elif byte >= 0x20 and byte != 0x7F:
            if len(self._line) >= self._columns // self._size:
                self._print_line()
            self._line.append(self._decode(byte))
        elif byte != 0x0D:
            self.errors.append(f"unknown byte {byte:02x}")

    def _decode(self, byte: int) -> str:
        codec = self._code_pages.get(self.code_page, "ascii")
        try:
            return bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            self.errors.append(f"byte {byte:02x} is not in code page {self.code_page}")
            return "\N{REPLACEMENT CHARACTER}"

    def _print_line(self) -> None:
        text = "".join(self._line).rstrip(" ")
        if self._align is not Align.LEFT:
            width = self._columns // self._size
            center = self._align is Align.CENTER
            text = " " * ((width - len(text)) // (2 if center else 1)) + text
        self._line.clear()
        self._put(Line(text, self._bold, self._size))

    def _put(self, item: Item | Image.Image) -> None:
        if self._line:
            self._print_line()
        self.paper.append(item)
        self.body.use_line()

    # --- the acts of the command table ---

    def act_reset(self, _: bytes) -> None:
        self._reset()
        self._asb_on = False

    def act_select(self, n: bytes) -> None:
        self._passes_on = n[0] == 2

    def act_page(self, n: bytes) -> None:
        self.code_page = n[0]
        if n[0] not in self._code_pages:
            self.errors.append(f"unknown code page {n[0]}")

    def act_bold(self, n: bytes) -> None:
        self._bold = bool(n[0] & 1)

    def act_size(self, n: bytes) -> None:
        self._size = max(n[0] >> 4 & 7, n[0] & 7) + 1

    def act_mode(self, n: bytes) -> None:
        self._bold = bool(n[0] & 0x08)
        self._size = 2 if n[0] & 0x30 else 1

    def act_align(self, n: bytes) -> None:
        self._align = {1: Align.CENTER, 2: Align.RIGHT}.get(n[0] % 48, Align.LEFT)

    def act_feed(self, n: bytes) -> None:
        self._print_line()
        for _ in range(n[0] - 1):
            self._put(Line())

    def act_pulse(self, n: bytes) -> None:
        if n[0] in _PINS and n[1]:
            self._kick(_PINS[n[0]], at_once=False)
        else:
            self.errors.append(f"unknown pulse {n.hex(' ')}")

    def act_cut(self, _: bytes) -> None:
        self._cut_waits = not self.body.cut()
        if not self._cut_waits:
            self._put(Cut())

    def act_asb(self, n: bytes) -> None:
        self._asb_on = n[0] != 0
        self._asb_told = b""

    def act_answer(self, n: bytes) -> None:
        """GS r: this printer never runs out without stopping, so its paper is near end or fine."""
        if n[0] in (1, 49):
            self._answers.append(0x03 * self.body.paper_low)
        elif n[0] in (2, 50):
            self._answers.append(0x01 * self.body.drawer_open)
        else:
            self.errors.append(f"unknown status {n[0]}")

    def act_identify(self, n: bytes) -> None:
        if 65 <= n[0] <= 69:
            self._answers += b"_EMULATOR\x00"
        else:
            self._answers.append(0x02)

    def act_done(self, n: bytes) -> None:
        """GS ( H: the process id, of printers that know it."""
        if not self._process_id or n[2:4] != b"00" or len(n) != 8:
            self.errors.append("unknown command 1d 28 48")
            return
        self._answers += b'7"' + n[4:8] + b"\x00"

    def act_symbol(self, n: bytes) -> None:
        """GS ( k: the QR code's model, size, level, data and printing."""
        kind, function, rest = n[2:3], n[3:4], n[4:]
        if kind != b"1":
            self.errors.append(f"unknown symbol {n[2:3].hex()}")
        elif function == b"C":
            self._qr = replace(self._qr, size=min(max(rest[0] if rest else 3, 1), 16))
        elif function == b"E":
            level = {b"0": "L", b"1": "M", b"2": "Q", b"3": "H"}.get(rest[:1], "L")
            self._qr = replace(self._qr, level=level)
        elif function == b"P":
            self._qr = replace(self._qr, data=rest[1:].decode("utf-8", "replace"))
        elif function == b"Q" and self._qr.data:
            self._put(self._qr)

    def act_bars(self, n: bytes) -> None:
        """GS k: CODE128 in its set B, and the kinds whose data is their text."""
        data = n[1:-1] if n[0] <= 6 else n[2:]
        if n[0] == 73:
            if not data.startswith(b"{B"):
                self.errors.append("a CODE128 begins with its set {B")
            data = data[2:].replace(b"{{", b"{")
        try:
            self._put(Barcode(data.decode("ascii")))
        except ValueError:
            self.errors.append(f"damaged bar code {data.hex(' ')}")

    def act_raster(self, n: bytes) -> None:
        from PIL import Image

        width, height = n[2] + 256 * n[3], n[4] + 256 * n[5]
        inverted = bytes(byte ^ 0xFF for byte in n[6:])
        if width and height:
            self._put(Image.frombytes("1", (width * 8, height), inverted))

    def act_picture(self, n: bytes) -> None:
        """GS ( L and GS 8 L: pictures that it keeps."""
        printed, error = self.pictures.take(n)
        if error:
            self.errors.append(error)
        if printed is not None:
            self._put(printed)

    def act_nothing(self, _: bytes) -> None:
        """A command whose effect this paper does not show."""


Act = Callable[[Interpreter, bytes], None]

_I = Interpreter
_SHAPES = (
    *(b"\x1bR", b"\x1b-", b"\x1bM", b"\x1b3", b"\x1bJ", b"\x1b ", b"\x1b{", b"\x1bV", b"\x1bU"),
    *(b"\x1dB", b"\x1dh", b"\x1dw", b"\x1df", b"\x1dH", b"\x1db"),
)
"""Commands of one parameter that shape what this paper does not show."""

COMMANDS: dict[bytes, tuple[sizes.Size, Act]] = {
    b"\x1b@": (0, _I.act_reset),
    b"\x1b=": (1, _I.act_select),
    b"\x1bt": (1, _I.act_page),
    b"\x1bE": (1, _I.act_bold),
    b"\x1bG": (1, _I.act_bold),
    b"\x1b!": (1, _I.act_mode),
    b"\x1d!": (1, _I.act_size),
    b"\x1ba": (1, _I.act_align),
    b"\x1bd": (1, _I.act_feed),
    b"\x1bp": (3, _I.act_pulse),
    b"\x1dV": (sizes.cut, _I.act_cut),
    b"\x1da": (1, _I.act_asb),
    b"\x1dr": (1, _I.act_answer),
    b"\x1dI": (1, _I.act_identify),
    b"\x1d(H": (sizes.counted, _I.act_done),
    b"\x1d(k": (sizes.symbol, _I.act_symbol),
    b"\x1d(L": (sizes.counted, lambda printer, n: printer.act_picture(n[2:])),
    b"\x1d8L": (sizes.counted_long, lambda printer, n: printer.act_picture(n[4:])),
    b"\x1dk": (sizes.bars, _I.act_bars),
    b"\x1dv": (sizes.raster, _I.act_raster),
    **dict.fromkeys(_SHAPES, (1, _I.act_nothing)),
    b"\x1b2": (0, _I.act_nothing),
    b"\x1dL": (2, _I.act_nothing),
    b"\x1dW": (2, _I.act_nothing),
    b"\x1b$": (2, _I.act_nothing),
}
