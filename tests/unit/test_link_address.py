"""Device addresses are read exactly, and a wrong one is named."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.address import (
    Address,
    EmulatorAddress,
    EvdevAddress,
    FileAddress,
    HandlerAddress,
    SerialAddress,
    SpoolAddress,
    TcpAddress,
    UsbAddress,
    parse_url,
)
from pos.domain.errors import Refusal

GOOD: list[tuple[str, Address]] = [
    ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0")),
    ("serial://COM3?baud=115200", SerialAddress("COM3", baud=115200)),
    (
        "serial:///dev/ttyS0?baud=9600&bytes=7O1&flow=xon",
        SerialAddress("/dev/ttyS0", 9600, 7, "O", 1, "xon"),
    ),
    ("/dev/pts/3", SerialAddress("/dev/pts/3")),
    ("COM12", SerialAddress("COM12")),
    ("pty:///dev/pts/3", SerialAddress("/dev/pts/3")),
    ("tcp://printer.shop", TcpAddress("printer.shop", 9100)),
    ("tcp://[::1]:4000", TcpAddress("::1", 4000)),
    ("socket://192.0.2.7:4001", TcpAddress("192.0.2.7", 4001)),
    ("usb://04b8:0202", UsbAddress(0x04B8, 0x0202)),
    ("evdev:///dev/input/by-id/scanner-kbd", EvdevAddress("/dev/input/by-id/scanner-kbd")),
    ("file:///dev/usb/lp0", FileAddress("/dev/usb/lp0")),
    ("file:///srv/my%20paper", FileAddress("/srv/my paper")),
    ("lp://till", SpoolAddress("till")),
    ("lp://printers.shop:631/till", SpoolAddress("till", "printers.shop:631")),
    ("rfc2217://192.0.2.7:2217", HandlerAddress("rfc2217://192.0.2.7:2217")),
    ("emulator://printer", EmulatorAddress("printer")),
]

WRONG = [
    ("", "is of no known kind"),
    ("ttyUSB0", "is of no known kind"),
    ("http://printer", "is of no known kind"),
    ("serial://", "names no port"),
    ("serial:///dev/ttyS0?baud=fast", "baud=fast"),
    ("serial:///dev/ttyS0?baud=²", "baud=²"),
    ("serial:///dev/ttyS0?baud=10", "baud=10"),
    ("serial:///dev/ttyS0?bytes=9N1", "bytes=9N1"),
    ("serial:///dev/ttyS0?flow=dtr", "flow=dtr"),
    ("serial:///dev/ttyS0?speed=9600", "unknown setting speed"),
    ("tcp://", "names no machine"),
    ("rfc2217://gateway", "names no gateway"),
    ("loop://", "is of no known kind"),
    ("tcp://host:port", "cannot be read"),
    ("tcp://host:99999", "cannot be read"),
    ("usb://epson", "vendor and product"),
    ("evdev://scanner", "names no input device"),
    ("pty://", "names no terminal"),
    ("emulator://toaster", "There is no emulator"),
]


@pytest.mark.parametrize(("url", "address"), GOOD)
def test_an_address_of_a_known_kind_is_read(url: str, address: Address) -> None:
    assert parse_url(url) == address


@pytest.mark.parametrize(("url", "said"), WRONG)
def test_a_wrong_address_is_refused_with_a_sentence_that_names_it(url: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_url(url)
    assert refused.value.slug == "device_url"
    assert said in str(refused.value)
    assert url in str(refused.value)


LETTERS = st.text("ab9:/?#[]@=&%. \x00\né€²", max_size=20)


@given(st.sampled_from(["", "serial://", "tcp://", "usb://", "socket:"]), LETTERS)
def test_any_text_as_an_address_is_read_or_refused(scheme: str, rest: str) -> None:
    with contextlib.suppress(Refusal):
        parse_url(scheme + rest)
