"""The far end of every cable of a counter; scale and card terminal speak what a seed chooses."""

from __future__ import annotations

from random import Random

from devices.card.emulator import EmulatedTerminal, Paid
from devices.card.speech import PROTOCOLS
from devices.display.emulator import EmulatedDisplay, Glass
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.pty import PtyCable
from devices.scale.emulator import EmulatedScale
from devices.scale.protocol import FAMILIES
from devices.scanner.emulator import EmulatedScanner
from devices.scanner.wedge import EVENT
from devices.wired import Wired

PROFILE = PROFILES["epson-80"]
NOISE = bytes(range(1, 255))
PRINTERS = ("printer", "spare")
SCANNERS = ("scanner", "wedge")

_KEYS = {digit: place for place, digit in enumerate("1234567890", start=2)}
_ENTER = 28


class EmulatedWedge(Wired[PtyCable]):
    """A keyboard-like scanner that is read below the keyboard: key events of linux/input.h."""

    def __init__(self) -> None:
        super().__init__(PtyCable("wedge"))

    @property
    def url(self) -> str:
        """The address that the driver opens."""
        return f"evdev://{self._wire.path}"

    def scan(self, text: str) -> bool:
        """Type the digits of a code, then Enter; returns False when it is unplugged."""
        return self.send(b"".join(_tap(_KEYS[digit]) for digit in text) + _tap(_ENTER))

    def send(self, data: bytes) -> bool:
        """Send bytes as they are."""
        return self._wire.send(data)


class FedDisplay(EmulatedDisplay):
    """A display that its cable feeds: it is dark once that was pulled."""

    def unplug(self) -> None:
        """Pull the cable."""
        super().unplug()
        self._glass = Glass("cp858")


def _tap(code: int) -> bytes:
    return b"".join(EVENT.pack(0, 0, 1, code, is_down) for is_down in (1, 0))


class Wires:
    """Every emulated device, and what the scanners sent: codes by scanner, and noise.

    `card_is_called`: the terminal has no line that hangs up, it is called for each request.
    `cancelled` payments, by reference, were taken back at the terminal by hand, with its own key.
    `is_noisy`: nobody can rely on what the printer says of the drawer.
    """

    def __init__(self, dice: Random) -> None:
        self.scale_family = dice.choice(list(FAMILIES))
        self.card_protocol = dice.choice(PROTOCOLS)
        self.card_is_called = self.card_protocol == "caisse-ap"
        self.printer = EmulatedPrinter("printer", PROFILE)
        self.spare = EmulatedPrinter("spare", PROFILE)
        self.labels = EmulatedLabelPrinter()
        self.scanners: dict[str, EmulatedScanner | EmulatedWedge] = {
            "scanner": EmulatedScanner(),
            "wedge": EmulatedWedge(),
        }
        self.display = FedDisplay("display", "cp858")
        self.scale = EmulatedScale("scale", self.scale_family)
        self.scale.change(lambda pan: setattr(pan, "is_secured", True))
        self.card = EmulatedTerminal("card", self.card_protocol)
        self.sent: dict[str, list[str]] = {name: [] for name in SCANNERS}
        self.noise: list[str] = []
        self.cancelled: dict[str, Paid] = {}
        self.is_noisy = False

    def printer_of(self, name: str) -> EmulatedPrinter:
        """Return the printer or the spare one."""
        return self.spare if name == "spare" else self.printer

    def scan(self, name: str, code: str) -> bool:
        """Let a scanner read a code; returns whether the cable took it whole."""
        took = self.scanners[name].scan(code)
        if took:
            self.sent[name].append(code)
        return took

    def rustle(self, name: str, data: bytes) -> None:
        """Let a scanner send what is no scan."""
        self.noise.append(data.decode("latin-1"))
        self.scanners[name].send(data)

    def close(self) -> None:
        """Put every device away."""
        for one in (self.printer, self.spare, self.labels, *self.scanners.values()):
            one.close()
        for other in (self.display, self.scale, self.card):
            other.close()
