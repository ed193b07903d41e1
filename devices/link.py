"""A device's URL → an open byte transport that never blocks for longer than it is told.

A `Link` belongs to one worker thread; only `wake` may be called from another. What the world does
(unplugged, refused, no such port) is `LinkLost`; a URL that can never work is a `Refusal`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import stat
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import serial

from devices.address import (
    EmulatorAddress,
    EvdevAddress,
    FileAddress,
    HandlerAddress,
    HidrawAddress,
    SerialAddress,
    SpoolAddress,
    TcpAddress,
    UsbAddress,
    parse_url,
)
from pos.domain.errors import Refusal
from pos.domain.words import Sentence

CONNECT_TIMEOUT_S = 3.0
READ_MAX = 4096
PIECE = 256
SLICE_S = 0.2
"""How long a transport that cannot be woken sleeps at most."""

LINE_S = 0.25
"""How much of what a serial line carries waits in the system before no more is added."""
LOOK_S = 0.005
"""Between two looks at how much waits: one that is faster than its address says is not slowed."""

_EVIOCGRAB = 0x40044590
_DEVICES = "/dev"


class LinkLost(OSError):
    """The device is not there (any more); `sentence` says so to a person.

    `sent` is how many bytes of the write that found out had been accepted; `detail` is what the
    status line shows.
    """

    detail = Sentence("not connected").template

    def __init__(self, sentence: Sentence, sent: int = 0) -> None:
        self.sentence = sentence
        self.sent = sent
        super().__init__(str(sentence))


class Mute(LinkLost):
    """The cable is there and the device does not answer."""

    detail = Sentence("does not answer").template


class Link(Protocol):
    """An open transport, owned by one thread."""

    def read(self, timeout_s: float) -> bytes:
        """Return what has come, at once; b"" after `timeout_s` or `wake`. Raises `LinkLost`."""
        ...

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over `data`; returns how many bytes were accepted in time. Raises `LinkLost`."""
        ...

    def wake(self) -> None:
        """Make a `read` that waits in another thread return at once."""
        ...

    def close(self) -> None:
        """Let the device go; idempotent."""
        ...


def open_link(url: str) -> Link:
    """Open the transport that `url` names.

    Raises `Refusal` when the URL can never work and `LinkLost` when the device is not there now.
    """
    match parse_url(url):
        case SerialAddress() as address:
            return _open_serial(address)
        case TcpAddress(host, port):
            return _open_tcp(host, port)
        case EvdevAddress(path):
            return _open_input(path, is_keyboard=True)
        case HidrawAddress(path):
            return _open_input(path, is_keyboard=False)
        case HandlerAddress(handler_url):
            return PortLink(_port_for_url(handler_url), handler_url)
        case UsbAddress(vendor, product):
            from devices.usb import open_usb

            return open_usb(vendor, product)
        case FileAddress(path):
            return _open_file(path)
        case SpoolAddress():
            raise Refusal("device_url", "{url} is for receipt printers only.", url=url)
        case EmulatorAddress():
            raise Refusal(
                "device_url", "{url} lives inside the till: devices.counter opens it.", url=url
            )


class FdLink:
    """A transport over a file descriptor that does not block (serial line, pty, socket).

    Where `at_once` is given, bytes only go out while fewer wait in the system, and no more at a
    time: what is said next is not held up by seconds of what was said before.
    """

    def __init__(
        self, fd: int, close: Callable[[], object], name: str, at_once: int | None = None
    ) -> None:
        self._at_once = at_once
        self._fd = fd
        self._close = close
        self._name = name
        self._lock = threading.Lock()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        os.set_blocking(self._wake_in, False)
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        """Return what has come (see `Link.read`)."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._wake_out, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(int(timeout_s * 1000))}
        if self._wake_out in ready:
            os.read(self._wake_out, READ_MAX)
        if self._fd not in ready:
            return b""
        try:
            data = os.read(self._fd, READ_MAX)
        except BlockingIOError:
            return b""
        except OSError:
            raise self._lost() from None
        if not data:
            raise self._lost()
        return data

    def _wait_woken(self, timeout_s: float) -> None:
        poll = select.poll()
        poll.register(self._wake_out, select.POLLIN)
        if poll.poll(int(timeout_s * 1000)):
            os.read(self._wake_out, READ_MAX)

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over bytes (see `Link.write`)."""
        deadline = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data):
            try:
                if self._at_once and self._waiting() >= self._at_once:
                    if time.monotonic() >= deadline:
                        break
                    time.sleep(LOOK_S)
                    continue
                sent += os.write(self._fd, data[sent:][: self._at_once])
            except BlockingIOError:
                if not self._writable(deadline - time.monotonic()):
                    break
            except OSError:
                raise self._lost(sent) from None
        return sent

    def _waiting(self) -> int:
        count = fcntl.ioctl(self._fd, termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(count, sys.byteorder)

    def _writable(self, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        return bool(timeout_s > 0 and poll.poll(int(timeout_s * 1000) + 1))

    def wake(self) -> None:
        """Make a waiting `read` return (see `Link.wake`)."""
        with self._lock:
            if self._open:
                with contextlib.suppress(BlockingIOError):
                    os.write(self._wake_in, b"w")

    def close(self) -> None:
        """Let the device go; idempotent."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            os.close(self._wake_in)
            os.close(self._wake_out)
        with contextlib.suppress(OSError):
            self._close()

    def _lost(self, sent: int = 0) -> LinkLost:
        return LinkLost(Sentence("{device} is no longer connected.", device=self._name), sent)


class PortLink:
    """A transport over a pyserial object that has no file descriptor to wait on."""

    def __init__(self, port: Any, name: str) -> None:
        self._port = port
        self._name = name
        self._woken = threading.Event()

    def read(self, timeout_s: float) -> bytes:
        """Return what has come (see `Link.read`), looking again every `SLICE_S` seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            data = self._read_once()
            if data or self._woken.is_set() or time.monotonic() >= deadline:
                self._woken.clear()
                return data

    def _read_once(self) -> bytes:
        try:
            return bytes(self._port.read(max(1, min(READ_MAX, self._port.in_waiting))))
        except (OSError, TypeError):  # pyserial trips over a socket closed under it
            raise self._lost() from None

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over bytes in small pieces (see `Link.write`).

        Of a piece that fails pyserial does not say how much had left: it counts as sent, so that
        nobody sends it again.
        """
        deadline = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data) and time.monotonic() < deadline:
            piece = data[sent : sent + PIECE]
            try:
                self._port.write(piece)
            except serial.PortNotOpenError:
                raise self._lost(sent) from None
            except OSError:
                raise self._lost(sent + len(piece)) from None
            sent += len(piece)
        return sent

    def wake(self) -> None:
        """Make a waiting `read` return within `SLICE_S` (see `Link.wake`)."""
        self._woken.set()

    def close(self) -> None:
        """Let the device go; idempotent."""
        with contextlib.suppress(OSError):
            self._port.close()

    def _lost(self, sent: int = 0) -> LinkLost:
        return LinkLost(Sentence("{device} is no longer connected.", device=self._name), sent)


def _open_serial(address: SerialAddress) -> Link:
    try:
        port = serial.Serial(
            address.path,
            baudrate=address.baud,
            bytesize=address.data_bits,
            parity=address.parity,
            stopbits=address.stop_bits,
            rtscts=address.flow == "rts",
            xonxoff=address.flow == "xon",
            timeout=SLICE_S,
            write_timeout=1.0,
            exclusive=True,
        )
    except (OSError, ValueError) as error:
        raise _not_opened(address.path, error) from None
    at_once = max(1, int(address.baud / 10 * LINE_S))  # 10 bits a byte, about
    return FdLink(port.fileno(), port.close, address.path, at_once)


def _port_for_url(url: str) -> Any:
    """Open a port of pyserial's; a gateway's knows no limit for writes but its own 5 seconds."""
    try:
        return serial.serial_for_url(url, timeout=SLICE_S)
    except (OSError, ValueError) as error:
        raise _not_opened(url, error) from None


def _open_tcp(host: str, port: int) -> Link:
    name = f"{host}:{port}"
    try:
        connection = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
    except OSError as error:
        raise _not_opened(name, error) from None
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return FdLink(connection.fileno(), connection.close, name)


class FileLink(FdLink):
    """A transport over a file that only takes bytes: it never says anything."""

    def read(self, timeout_s: float) -> bytes:
        """Wait for `timeout_s` or `wake` (see `Link.read`)."""
        self._wait_woken(timeout_s)
        return b""


def _open_file(path: str) -> Link:
    """Open a device file both ways, and a plain file to add to its end.

    Below /dev only devices: a plain file there would swallow tickets in place of the device that
    is away, and keep its name from it when it comes back.
    """
    is_device = Path(path).is_char_device() or Path(os.path.realpath(path)).is_relative_to(_DEVICES)
    way = os.O_RDWR | os.O_NONBLOCK if is_device else os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        fd = os.open(path, way | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _not_opened(path, error) from None
    if is_device and not stat.S_ISCHR(os.fstat(fd).st_mode):
        os.close(fd)
        raise _not_opened(path, OSError(errno.ENODEV, ""))
    kind = FdLink if is_device else FileLink
    return kind(fd, lambda: os.close(fd), path)


def _open_input(path: str, *, is_keyboard: bool) -> Link:
    """Open an input device; a keyboard is taken away from the screen where the system allows it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _not_opened(path, error) from None
    if is_keyboard:
        with contextlib.suppress(OSError):
            fcntl.ioctl(fd, _EVIOCGRAB, 1)
    return FdLink(fd, lambda: os.close(fd), path)


def _not_opened(device: str, error: Exception) -> LinkLost:
    cause = error.__cause__ or error.__context__ or error
    number = getattr(cause, "errno", None) or getattr(error, "errno", None)
    reason = os.strerror(number) if number else str(error)
    return LinkLost(Sentence("{device} does not open: {reason}.", device=device, reason=reason))
