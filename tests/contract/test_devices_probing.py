"""Asking what is plugged in: known by its answer, never harmed, never invented."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from devices.finding import Found, Guess, find
from devices.link import LinkLost
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.probing import SCALES, Answered, probe
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner


def test_a_printer_answers_and_neither_prints_nor_opens_its_drawer() -> None:
    printer = EmulatedPrinter("printer", PROFILES["epson-80"])
    told: list[str] = []
    found = probe(printer.url, told.append)
    printer.close()
    assert found is not None
    assert (found.kind, found.url) == ("printer", printer.url)
    assert told == [printer.url]
    assert (printer.paper, printer.pulses, printer.errors) == ([], [], [])


@pytest.mark.parametrize("family", SCALES)
def test_a_scale_is_known_by_its_family(family: str) -> None:
    scale = EmulatedScale("scale", family)
    scale.put(345)
    found = probe(scale.url)
    scale.close()
    assert found == Answered("scale", family, scale.url)


def test_a_scanner_says_nothing_and_is_taken_for_nothing() -> None:
    scanner = EmulatedScanner()
    assert probe(scanner.url) is None
    scanner.close()


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(LinkLost):
        probe("pty:///dev/pts/none")


def _port(device: str, vid: int | None, product: str) -> SimpleNamespace:
    return SimpleNamespace(
        device=device, vid=vid, manufacturer=None, product=product, description="n/a"
    )


def test_what_is_plugged_in_is_listed_and_a_card_terminal_is_never_asked(tmp_path: Path) -> None:
    dev, system = tmp_path / "dev", tmp_path / "sys"
    by_id = dev / "serial" / "by-id"
    for folder in (by_id, dev / "input" / "by-id", dev / "usb"):
        folder.mkdir(parents=True)
    for device in ("ttyACM0", "ttyUSB0"):
        (dev / device).touch()
    (by_id / "usb-Telium-if00").symlink_to(dev / "ttyACM0")
    (dev / "input" / "by-id" / "usb-Barcode_Scanner-event-kbd").touch()
    (dev / "input" / "by-id" / "usb-Keyboard-event-kbd").touch()
    (dev / "usb" / "lp0").touch()
    for node, descriptor in (("hidraw0", b"\x05\x8c\x09\x02"), ("hidraw1", b"\x05\x01\x09\x06")):
        place = system / "class" / "hidraw" / node / "device"
        place.mkdir(parents=True)
        (place / "report_descriptor").write_bytes(descriptor)
        (place / "uevent").write_text("DRIVER=hid\nHID_NAME=A Scanner\n")
    ports = [
        _port(str(dev / "ttyUSB0"), 0x0403, "Serial adapter"),
        _port(str(dev / "ttyACM0"), 0x079B, "Telium"),
    ]
    assert find(ports, system, dev) == [
        Found(f"serial://{by_id / 'usb-Telium-if00'}", "Telium", Guess.CARD),
        Found(f"serial://{dev / 'ttyUSB0'}", "Serial adapter", may_ask=True),
        Found(
            f"evdev://{dev}/input/by-id/usb-Barcode_Scanner-event-kbd",
            "usb-Barcode_Scanner-event-kbd",
            Guess.SCANNER,
        ),
        Found(f"evdev://{dev}/input/by-id/usb-Keyboard-event-kbd", "usb-Keyboard-event-kbd"),
        Found(f"hidraw://{dev}/hidraw0", "A Scanner", Guess.SCANNER),
        Found(f"file://{dev}/usb/lp0", "lp0", Guess.PRINTER),
    ]


def test_a_machine_with_nothing_lists_nothing(tmp_path: Path) -> None:
    assert find([], tmp_path / "sys", tmp_path / "dev") == []
