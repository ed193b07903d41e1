"""A device's URL, read: which transport and with which settings. Pure; opening is `link.py`.

>>> parse_url("serial:///dev/ttyUSB0?baud=19200&bytes=7E1&flow=rts")
SerialAddress(path='/dev/ttyUSB0', baud=19200, data_bits=7, parity='E', stop_bits=1, flow='rts')
>>> parse_url("tcp://192.0.2.7")
TcpAddress(host='192.0.2.7', port=9100)
>>> parse_url("/dev/ttyACM0").baud
9600
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pos.domain.errors import Refusal
from pos.domain.words import Sentence

RAW_PRINTING_PORT = 9100
EMULATORS = ("printer", "scanner", "display", "scale", "card", "labels")
"""The emulators that ship."""

HANDLERS = ("rfc2217",)
"""pyserial's own URL handlers that are passed through: serial lines behind a gateway."""
RAW_TCP = ("tcp", "socket")
"""A raw socket, by our word for it and by pyserial's, whose own handler loses count of bytes."""

_BYTES = re.compile(r"([78])([NEO])([12])")
_USB_ID = re.compile(r"[0-9a-fA-F]{4}")
_QUEUE = re.compile(r"[^\W-][\w.+-]{0,126}", re.ASCII)
_SERVER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?")
"""What the spooler's own commands are handed: neither may look like one of their options."""

_PLAIN = re.compile(r"/.+|COM[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A serial line or a pty: `flow` is `none`, `rts` (RTS/CTS) or `xon` (XON/XOFF)."""

    path: str
    baud: int = 9600
    data_bits: int = 8
    parity: str = "N"
    stop_bits: int = 1
    flow: str = "none"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A raw TCP socket (a network printer listens on port 9100)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """A USB device spoken to without a serial driver, by its two identifiers."""

    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A device file such as /dev/usb/lp0, or a plain file that grows."""

    path: str


@dataclass(frozen=True, slots=True)
class SpoolAddress:
    """A queue of the system's spooler (CUPS), `server` empty for this machine's."""

    queue: str
    server: str = ""


@dataclass(frozen=True, slots=True)
class EvdevAddress:
    """A keyboard-like scanner read below the keyboard (Linux)."""

    path: str


@dataclass(frozen=True, slots=True)
class HidrawAddress:
    """A scanner in HID-POS mode, read report by report (Linux)."""

    path: str


@dataclass(frozen=True, slots=True)
class HandlerAddress:
    """A URL of pyserial's own handlers."""

    url: str


@dataclass(frozen=True, slots=True)
class EmulatorAddress:
    """A device that lives in this process, `name` being one of `EMULATORS`."""

    name: str


Address = (
    SerialAddress
    | TcpAddress
    | UsbAddress
    | FileAddress
    | SpoolAddress
    | EvdevAddress
    | HidrawAddress
    | HandlerAddress
    | EmulatorAddress
)


def parse_url(url: str) -> Address:
    """Return what `url` points at; raises `Refusal` (slug `device_url`) naming what is wrong."""
    if _PLAIN.fullmatch(url):
        return SerialAddress(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("device_url", "The device address {url} cannot be read.", url=url) from None
    if parts.scheme in HANDLERS:
        return _handler(url, parts, port)
    if parts.scheme == "serial":
        return _serial(url, parts)
    if parts.scheme in RAW_TCP:
        return _tcp(url, parts, port)
    if parts.scheme == "lp":
        return _spool(url, parts)
    if parts.scheme in _PATHS:
        return _by_path(url, parts)
    return _plain(url, parts)


def _by_path(url: str, parts: SplitResult) -> Address:
    """Read an address that is a path of this machine and nothing else."""
    make, wrong = _PATHS[parts.scheme]
    if not parts.path.startswith("/") or parts.netloc:
        raise Refusal("device_url", wrong.template, url=url)
    return make(unquote(parts.path))


_PATHS: dict[str, tuple[Callable[[str], Address], Sentence]] = {
    "file": (FileAddress, Sentence("{url} names no file: write file:///dev/usb/lp0")),
    "evdev": (
        EvdevAddress,
        Sentence("{url} names no input device: write evdev:///dev/input/by-id/…"),
    ),
    "hidraw": (HidrawAddress, Sentence("{url} names no scanner: write hidraw:///dev/hidraw0")),
    "pty": (SerialAddress, Sentence("{url} names no terminal: write pty:///dev/pts/3")),
}


def _plain(url: str, parts: SplitResult) -> Address:
    match parts.scheme:
        case "usb":
            return _usb(url, parts)
        case "emulator" if parts.netloc in EMULATORS:
            return EmulatorAddress(parts.netloc)
        case "emulator":
            raise Refusal(
                "device_url",
                "There is no emulator {url}: the ones that exist are {names}.",
                url=url,
                names=", ".join(f"emulator://{name}" for name in EMULATORS),
            )
    raise Refusal(
        "device_url",
        "The device address {url} is of no known kind: it begins with serial:// tcp:// usb:// "
        "file:// lp:// evdev:// hidraw:// pty:// or emulator://",
        url=url,
    )


def _serial(url: str, parts: SplitResult) -> SerialAddress:
    path = parts.netloc + parts.path
    if not path:
        raise Refusal("device_url", "{url} names no port: write serial:///dev/ttyUSB0", url=url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - {"baud", "bytes", "flow"})
    if unknown:
        raise Refusal(
            "device_url",
            "{url} has the unknown setting {name}: known are baud, bytes and flow.",
            url=url,
            name=unknown[0],
        )
    frame = _BYTES.fullmatch(options.get("bytes", "8N1"))
    if frame is None:
        raise Refusal(
            "device_url",
            "{url}: bytes={value} is not like 8N1 or 7E1.",
            url=url,
            value=options["bytes"],
        )
    flow = options.get("flow", "none")
    if flow not in {"none", "rts", "xon"}:
        raise Refusal(
            "device_url", "{url}: flow={value} is not none, rts or xon.", url=url, value=flow
        )
    data_bits, parity, stop_bits = frame.groups()
    baud = _baud(url, options.get("baud", "9600"))
    return SerialAddress(path, baud, int(data_bits), parity, int(stop_bits), flow)


def _baud(url: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 300 <= int(text[:8]) <= 4_000_000):
        raise Refusal(
            "device_url",
            "{url}: baud={value} is not a speed between 300 and 4000000.",
            url=url,
            value=text,
        )
    return int(text)


def _tcp(url: str, parts: SplitResult, port: int | None) -> TcpAddress:
    if not parts.hostname:
        raise Refusal("device_url", "{url} names no machine: write tcp://192.0.2.7:9100", url=url)
    return TcpAddress(parts.hostname, RAW_PRINTING_PORT if port is None else port)


def _handler(url: str, parts: SplitResult, port: int | None) -> HandlerAddress:
    if not parts.hostname or not port:
        raise Refusal(
            "device_url", "{url} names no gateway: write rfc2217://192.0.2.7:2217", url=url
        )
    return HandlerAddress(url)


def _spool(url: str, parts: SplitResult) -> SpoolAddress:
    """Read lp://queue, or lp://server:631/queue for another machine's spooler."""
    server, queue = (parts.netloc, parts.path[1:]) if parts.path[1:] else ("", parts.netloc)
    if not _QUEUE.fullmatch(queue) or (server and not _SERVER.fullmatch(server)):
        raise Refusal(
            "device_url", "{url} names no queue: write lp://queue, as lpstat -p lists it.", url=url
        )
    return SpoolAddress(queue, server)


def _usb(url: str, parts: SplitResult) -> UsbAddress:
    vendor, _, product = parts.netloc.partition(":")
    if not (_USB_ID.fullmatch(vendor) and _USB_ID.fullmatch(product)):
        raise Refusal(
            "device_url",
            "{url} is not like usb://04b8:0202 (vendor and product, as in lsusb).",
            url=url,
        )
    return UsbAddress(int(vendor, 16), int(product, 16))
