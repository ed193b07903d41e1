"""Links through a raw socket and through a gateway of serial lines: no byte goes out twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import serial
from serial.rfc2217 import PortManager

from devices.link import LinkLost, PortLink, open_link
from devices.printer.driver import EscPosPrinter
from devices.printer.profile import PROFILES
from pos.ports import DeviceState, PrintOutcome
from tests.contract.printer_shop import WAIT_S, Post

NUMBERED = b"".join(b"%08d\n" % n for n in range(400_000))
"""More than any socket holds; no two pieces of it are alike."""


class Gateway:
    """A serial line behind RFC 2217, as pyserial itself serves it; `stalled` reads nothing."""

    def __init__(self) -> None:
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._server.bind(("127.0.0.1", 0))
        self._server.listen()
        self.url = f"rfc2217://127.0.0.1:{self._server.getsockname()[1]}"
        self.received = bytearray()
        self.reads = threading.Event()
        self.reads.set()
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        far, _ = self._server.accept()
        self.write: Callable[[bytes], object] = far.sendall
        line: Any = serial.serial_for_url("loop://")
        here: Any = self
        manager = PortManager(line, here)
        try:
            while self.reads.wait(WAIT_S) and (data := far.recv(4096)):
                self.received += b"".join(manager.filter(data))
        except OSError:
            pass
        finally:
            far.close()
            self.ended.set()

    def close(self) -> None:
        self.reads.set()
        self._server.close()
        self._thread.join(WAIT_S)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with closing(Gateway()) as made:
        yield made


def test_a_socket_that_stops_reading_is_told_nothing_twice() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.bind(("127.0.0.1", 0))
        server.listen()
        link = open_link(f"socket://127.0.0.1:{server.getsockname()[1]}")
        far, _ = server.accept()
        sent = stalls = 0
        while stalls < 3:
            piece = NUMBERED[sent : sent + 1024]
            taken = link.write(piece, 0.05)
            sent += taken
            stalls += taken < len(piece)
        link.close()
        received = bytearray()
        with far:
            while data := far.recv(65536):
                received += data
    assert received == NUMBERED[:sent]


def test_a_line_behind_a_gateway_is_written_and_read(gateway: Gateway) -> None:
    with closing(open_link(gateway.url)) as link:
        assert link.write(b"till\xff", 5.0) == 5
        while bytes(gateway.received) != b"till\xff":
            threading.Event().wait(0.01)
        gateway.write(b"4.20\r")
        heard = b""
        while heard != b"4.20\r":
            heard += link.read(5.0)


def test_what_a_gateway_took_of_a_piece_before_it_stopped_counts_as_sent(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.link.PIECE", len(NUMBERED))  # so that a part of one leaves
    with closing(open_link(gateway.url)) as link:
        assert isinstance(link, PortLink)
        link._port._socket.settimeout(0.2)  # pyserial's own five seconds are long for a test
        gateway.reads.clear()
        with pytest.raises(LinkLost) as lost:
            link.write(NUMBERED, 60.0)
        gateway.reads.set()
    assert gateway.ended.wait(WAIT_S)
    received = bytes(gateway.received)
    assert received == NUMBERED[: len(received)]
    assert 0 < len(received) <= lost.value.sent


def test_a_ticket_that_a_gateway_broke_off_is_a_question_and_is_never_sent_again(
    gateway: Gateway,
) -> None:
    post = Post()
    profile = PROFILES["write-only"]
    with closing(EscPosPrinter("printer", gateway.url, profile, post)) as driver:
        post.state(DeviceState.READY)
        gateway.reads.clear()
        driver.print_pieces("1", lambda _profile: (NUMBERED,))
        assert post.end("1") is PrintOutcome.UNKNOWN


def test_a_gateway_that_is_not_there_is_a_device_that_is_away() -> None:
    with pytest.raises(LinkLost, match="does not open"):
        open_link("rfc2217://127.0.0.1:1")
