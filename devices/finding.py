"""What is plugged into this machine: every place where a device may be, and what it calls itself.

Nothing is opened here, and no device is sent anything; only the system's spooler is asked for its
queues. Which maker a number belongs to is recalled from lists of USB identifiers and unverified:
it is said as a guess, except that what may be a card terminal is never spoken to.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from serial.tools.list_ports import comports

from devices.address import (
    EvdevAddress,
    FileAddress,
    HidrawAddress,
    SerialAddress,
    TcpAddress,
    parse_url,
)
from pos.domain.errors import Refusal

HID_POS = bytes((0x05, 0x8C))
"""Usage page 0x8C (bar code scanner) in a report descriptor."""

SPOOLER_MOST_S = 5.0
"""The longest that the system's spooler is waited for."""

CARD_PORT = 8888
"""Where card terminals of the network listen (Caisse-AP)."""

_DESCRIPTOR_MAX = 4096
_NO_UART = "0"
"""What the system calls a serial port of the mainboard that is not there (PORT_UNKNOWN)."""

_OFFICE = re.compile(r"\b(PCL\w*|PJL|POSTSCRIPT|PS|PDF|PWGRaster|URF|ESCPL2|BDC)\b", re.IGNORECASE)
"""Languages of office printers in a USB printer's own description."""

_QUEUE = re.compile(r"device for (\S+): (.*)")
_NAME_AND_PASSWORD = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/@]*@")


class Guess(StrEnum):
    """What something plugged in may be, from its maker or its place."""

    UNKNOWN = "unknown"
    SCANNER = "scanner"
    PRINTER = "printer"
    LABELS = "labels"
    CARD = "card"


_MAKERS: dict[int, Guess] = {
    0x04B8: Guess.PRINTER,  # Epson
    0x0519: Guess.PRINTER,  # Star
    0x1504: Guess.PRINTER,  # Bixolon
    0x1D90: Guess.PRINTER,  # Citizen
    0x0A5F: Guess.LABELS,  # Zebra
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
        *_serial(comports() if ports is None else ports, system, dev),
        *_keyboards(dev),
        *_hid_pos(system, dev),
        *_usb_printers(system, dev),
        *_queues(),
    ]


def named(port: str, plugged: Iterable[Found]) -> Found:
    """Return what a person named, with what is known of it: a URL, or a path such as /dev/ttyS0.

    Raises `Refusal` for what is no address.
    """
    url = port if "://" in port else f"{_scheme(port)}://{port}"
    place = place_of(url)
    known = next((one for one in plugged if place_of(one.url) == place), None)
    if known is not None:
        return Found(url, known.about, known.guess, known.may_ask)
    match parse_url(url):
        case TcpAddress(_, port_number) if port_number == CARD_PORT:
            return Found(url, "", Guess.CARD)
        case FileAddress(path):
            return Found(url, "", Guess.PRINTER, may_ask=Path(path).is_char_device())
        case EvdevAddress() | HidrawAddress():
            return Found(url, "", Guess.SCANNER)
    if url.startswith("lp://"):
        return Found(url, "", Guess.PRINTER)
    return Found(url, "", may_ask=True)


def place_of(url: str) -> str:
    """Return where a URL leads, the same for every name and setting of one port.

    Raises `Refusal` for what is no address.

    >>> place_of("tcp://192.0.2.7"), place_of("serial:///dev/null?baud=1200")
    ('192.0.2.7:9100', '/dev/null')
    """
    match parse_url(url):
        case (
            SerialAddress(path=path) | FileAddress(path) | EvdevAddress(path) | HidrawAddress(path)
        ):
            return str(Path(path).resolve())
        case TcpAddress(host, port):
            return f"{host}:{port}"
    return url.partition("?")[0]


def is_there(url: str) -> bool:
    """Return whether the file of a port is there; of what has none, nothing else is known."""
    match parse_url(url):
        case (
            SerialAddress(path=path) | FileAddress(path) | EvdevAddress(path) | HidrawAddress(path)
        ):
            return Path(path).exists()
    return True


def _scheme(path: str) -> str:
    if path.startswith("/dev/usb/lp"):
        return "file"
    return "pty" if path.startswith("/dev/pts/") else "serial"


def _serial(ports: Iterable[Any], system: Path, dev: Path) -> list[Found]:
    names = {one.resolve(): one for one in _sorted(dev / "serial" / "by-id", "*")}
    found = []
    for port in sorted(ports, key=lambda one: str(one.device)):
        if _read(system / "class" / "tty" / Path(port.device).name / "type") == _NO_UART:
            continue
        guess = _MAKERS.get(port.vid or 0, Guess.UNKNOWN)
        path = names.get(Path(port.device).resolve(), port.device)
        about = " ".join(text for text in (port.manufacturer, port.product) if text)
        described = "" if port.description == "n/a" else port.description
        found.append(
            Found(
                f"serial://{path}",
                about or described or Path(port.device).name,
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


def _usb_printers(system: Path, dev: Path) -> list[Found]:
    """Return the USB printers, named after what they told the system (IEEE 1284; unverified)."""
    found = []
    for path in _sorted(dev / "usb", "lp[0-9]*"):
        told = _read(system / "class" / "usbmisc" / path.name / "device" / "ieee1284_id")
        pairs = (part.partition(":") for part in told.split(";") if ":" in part)
        facts = {name.strip().upper(): value.strip() for name, _, value in pairs}
        speaks = facts.get("CMD") or facts.get("COMMAND SET") or ""
        maker = facts.get("MFG") or facts.get("MANUFACTURER") or ""
        model = facts.get("MDL") or facts.get("MODEL") or ""
        guess = Guess.LABELS if "ZPL" in speaks.upper() else Guess.PRINTER
        if _OFFICE.search(speaks):
            guess = Guess.UNKNOWN
        about = f"{maker} {model}".strip() or path.name
        found.append(Found(f"file://{path}", about, guess, may_ask=guess is not Guess.UNKNOWN))
    return found


def _queues() -> list[Found]:
    """Return the queues of this machine's spooler; those of the network are not looked for."""
    try:
        said = subprocess.run(
            ["lpstat", "-v"],
            capture_output=True,
            timeout=SPOOLER_MOST_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = []
    for line in said.stdout.decode("utf-8", "replace").splitlines():
        queue = _QUEUE.fullmatch(line)
        if queue is not None and _is_address(url := f"lp://{queue[1]}"):
            found.append(Found(url, _NAME_AND_PASSWORD.sub(r"\1", queue[2]), Guess.PRINTER))
    return found


def _is_address(url: str) -> bool:
    try:
        parse_url(url)
    except Refusal:
        return False
    return True


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_DESCRIPTOR_MAX).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _sorted(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []
