"""What is plugged into this machine: every place where a device may be, and what it calls itself.

Nothing is opened here, and nothing is sent. Which maker a number belongs to is recalled from lists
of USB identifiers and unverified: it is said as a guess, except that what may be a card terminal
is never spoken to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from serial.tools.list_ports import comports

HID_POS = bytes((0x05, 0x8C))
"""Usage page 0x8C (bar code scanner) in a report descriptor."""

_DESCRIPTOR_MAX = 4096


class Guess(StrEnum):
    """What something plugged in may be, from its maker or its place."""

    UNKNOWN = "unknown"
    SCANNER = "scanner"
    PRINTER = "printer"
    CARD = "card"


_MAKERS: dict[int, Guess] = {
    0x04B8: Guess.PRINTER,  # Epson
    0x0519: Guess.PRINTER,  # Star
    0x1504: Guess.PRINTER,  # Bixolon
    0x1D90: Guess.PRINTER,  # Citizen
    0x0A5F: Guess.PRINTER,  # Zebra
    0x05F9: Guess.SCANNER,  # Datalogic
    0x05E0: Guess.SCANNER,  # Symbol, Zebra
    0x0C2E: Guess.SCANNER,  # Honeywell
    0x1EAB: Guess.SCANNER,  # Newland
    0x079B: Guess.CARD,  # Sagem, Ingenico
    0x0B00: Guess.CARD,  # Ingenico
    0x11CA: Guess.CARD,  # Verifone
    0x2FB8: Guess.CARD,  # PAX
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place where something is plugged in: its URL, what it calls itself, what it may be.

    `may_ask`: bytes may be sent there to find out more.
    """

    url: str
    about: str
    guess: Guess = Guess.UNKNOWN
    may_ask: bool = False


def find(
    ports: Iterable[Any] | None = None, system: Path = Path("/sys"), dev: Path = Path("/dev")
) -> list[Found]:
    """Return what is plugged in now, serial ports first; what cannot be read is left out."""
    return [
        *_serial(comports() if ports is None else ports, dev),
        *_keyboards(dev),
        *_hid_pos(system, dev),
        *_usb_printers(dev),
    ]


def _serial(ports: Iterable[Any], dev: Path) -> list[Found]:
    names = {one.resolve(): one for one in _sorted(dev / "serial" / "by-id", "*")}
    found = []
    for port in sorted(ports, key=lambda one: str(one.device)):
        guess = _MAKERS.get(port.vid or 0, Guess.UNKNOWN)
        path = names.get(Path(port.device).resolve(), port.device)
        about = " ".join(text for text in (port.manufacturer, port.product) if text)
        found.append(
            Found(
                f"serial://{path}",
                about or port.description or str(port.device),
                guess,
                may_ask=guess is not Guess.CARD,
            )
        )
    return found


def _keyboards(dev: Path) -> list[Found]:
    return [
        Found(
            f"evdev://{path}", path.name, Guess.SCANNER if _is_scanner(path.name) else Guess.UNKNOWN
        )
        for path in _sorted(dev / "input" / "by-id", "*-event-kbd")
    ]


def _is_scanner(name: str) -> bool:
    return any(word in name.lower() for word in ("scan", "barcode", "symbol", "datalogic"))


def _hid_pos(system: Path, dev: Path) -> list[Found]:
    found = []
    for node in _sorted(system / "class" / "hidraw", "hidraw*"):
        try:
            with (node / "device" / "report_descriptor").open("rb") as file:
                is_scanner = HID_POS in file.read(_DESCRIPTOR_MAX)
            told = (node / "device" / "uevent").read_text("utf-8", "replace")
        except OSError:
            continue
        if is_scanner:
            names = [line[9:] for line in told.splitlines() if line.startswith("HID_NAME=")]
            found.append(
                Found(f"hidraw://{dev / node.name}", (names or [node.name])[0], Guess.SCANNER)
            )
    return found


def _usb_printers(dev: Path) -> list[Found]:
    return [
        Found(f"file://{path}", path.name, Guess.PRINTER)
        for path in _sorted(dev / "usb", "lp[0-9]*")
    ]


def _sorted(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []
