"""A receipt printer that ships: real ESC/POS over a real pty or socket, with faults to switch.

What it printed is `paper` (lines and codes), `text()` and `picture()`, whose QR codes are drawn
from the native commands and can be scanned.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.printer.interpreter import Interpreter, Pulse
from devices.printer.layout import Item, Line
from devices.printer.profile import PROFILES, PrinterProfile
from devices.pty import PtyCable
from devices.tcp import TcpCable
from devices.wired import Answering

if TYPE_CHECKING:
    from PIL import Image

POLL_S = 0.25


class EmulatedPrinter(Answering):
    """One printer; `tcp=True` puts it on the loopback network instead of a serial line.

    `on_paper`, when given, is called from the emulator's thread after something was printed.
    More faults of the wire (see `Answering`): `stalled` takes nothing; `bytes_per_s` slows it down;
    what it says comes `late_s` seconds late, in its order.
    """

    def __init__(
        self,
        name: str = "printer",
        profile: PrinterProfile = PROFILES["epson-80"],
        *,
        tcp: bool = False,
        on_paper: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(TcpCable() if tcp else PtyCable(name))
        self.profile = profile
        self.mute = not profile.answers
        self.stalled = False
        self.bytes_per_s = 0
        self.late_s = 0.0
        self._late: deque[tuple[float, bytes]] = deque()
        self.received = bytearray()
        self.on_paper = on_paper
        self._opens_s = 0.0
        self._mind = Interpreter(
            profile.columns,
            process_id=profile.process_id,
            code_pages={0: "cp437", 2: "cp850", profile.slot: profile.codec},
        )
        self._lock = threading.RLock()
        self._begin(name)

    @property
    def paper(self) -> list[Item | Image.Image]:
        """Everything printed since the paper was last torn off, in order."""
        with self._lock:
            return list(self._mind.paper)

    @property
    def pulses(self) -> list[Pulse]:
        """Every pulse the drawer received."""
        with self._lock:
            return list(self._mind.pulses)

    @property
    def passed_on(self) -> bytes:
        """What went on to the display behind it."""
        with self._lock:
            return bytes(self._mind.passed_on)

    @property
    def errors(self) -> list[str]:
        """Every byte sequence it did not know."""
        with self._lock:
            return list(self._mind.errors)

    @property
    def code_page(self) -> int:
        """The code page slot in force."""
        return self._mind.code_page

    @property
    def keeps_logo(self) -> bool:
        """Whether a picture lies in its memory."""
        return bool(self._mind.pictures.kept)

    @property
    def drawer_open(self) -> bool:
        """Whether the drawer stands open."""
        return self._mind.body.drawer_open

    def text(self) -> str:
        """Return the paper's lines as text, without the codes."""
        return "".join(item.text + "\n" for item in self.paper if isinstance(item, Line))

    def picture(self) -> Image.Image:
        """Return the paper as a picture, one pixel a dot."""
        from devices.printer.paint import paint

        return paint(self.paper, self.profile.dots, self.profile.columns)

    # --- what a person does to it ---

    def run_out(self, after_lines: int = 0) -> None:
        """Let the paper end after so many more lines."""
        self._change(lambda mind: mind.body.set_lines(after_lines))

    def load_paper(self) -> None:
        """Put in a new roll: it goes on where it stopped."""
        self._change(lambda mind: mind.body.set_lines(None))

    def open_cover(self, is_open: bool = True) -> None:
        """Open or shut the cover; who opens it frees the cutter."""
        self._change(lambda mind: mind.body.set_cover(is_open))

    def warn_low(self, low: bool = True) -> None:
        """Make the near-end sensor see the core of the roll."""
        self._change(lambda mind: setattr(mind.body, "paper_low", low))

    def jam_cutter(self, jams: bool = True) -> None:
        """Make the next cut stick until the cover was opened and shut; or let it pass again."""
        self._change(lambda mind: setattr(mind.body, "next_cut_jams", jams))

    def want_restart(self, wants: bool = True) -> None:
        """Be one of the printers that go on after a trouble only when they are told to."""
        self._change(lambda mind: setattr(mind.body, "wants_restart", wants))

    def stop_flow(self, stopped: bool = True) -> None:
        """Say XOFF and carry nothing out, for as long as it pleases; or XON."""
        self._change(lambda mind: setattr(mind, "stopped", stopped))

    def speak_xon(self) -> None:
        """Say XOFF when its buffer fills, and XON when there is room."""
        self._change(lambda mind: setattr(mind, "speaks_xon", True))

    def pull_drawer(self) -> None:
        """Open the drawer with its key, or by force."""
        self._change(lambda mind: setattr(mind.body, "drawer_open", True))

    def slow_spring(self, opens_s: float) -> None:
        """Hang a drawer on it that opens so many seconds after its pulse."""
        self._opens_s = opens_s
        self._change(lambda mind: setattr(mind.body, "slow_spring", True))

    def shut_drawer(self) -> None:
        """Push the drawer in."""
        self._change(lambda mind: setattr(mind.body, "drawer_open", False))

    def power_cycle(self, *, silent: bool = False) -> None:
        """Switch it off and on: what it held is lost, which many a model tells nobody."""
        with self._lock:
            notice = self._mind.power_cycle()
            self._answer(b"" if silent else notice)

    def babble(self, data: bytes) -> None:
        """Send bytes that nobody asked for."""
        self._wire.send(data)

    def _change(self, change: Callable[[Interpreter], None]) -> None:
        with self._lock:
            change(self._mind)
            self._answer(self._mind.settle())
        self._show()

    # --- its thread ---

    def _turn(self) -> None:
        self._answer_late()
        if self.stalled or self._mind.full:
            self._closing.wait(POLL_S / 10)
            return
        data = self._wire.receive(POLL_S / 10 if self._late else POLL_S)
        if data:
            self._take(data)

    def _take(self, data: bytes) -> None:
        step = max(self.bytes_per_s // 20, 1) if self.bytes_per_s else len(data)
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            with self._lock:
                printed, pulsed = len(self._mind.paper), len(self._mind.pulses)
                self.received += piece
                self._answer(self._mind.receive(piece))
                printed = len(self._mind.paper) - printed
                pulsed = len(self._mind.pulses) - pulsed
            if pulsed and self._opens_s:
                threading.Timer(self._opens_s, self.pull_drawer).start()
            if printed:
                self._show()
            if self.bytes_per_s:
                time.sleep(len(piece) / self.bytes_per_s)
                self._answer_late()

    def _answer(self, data: bytes) -> None:
        with self._lock:
            if self.late_s or self._late:
                self._late.append((time.monotonic() + self.late_s, data))
            else:
                super()._answer(data)

    def _answer_late(self) -> None:
        with self._lock:
            while self._late and self._late[0][0] <= time.monotonic():
                super()._answer(self._late.popleft()[1])

    def _show(self) -> None:
        if self.on_paper is not None:
            self.on_paper()
