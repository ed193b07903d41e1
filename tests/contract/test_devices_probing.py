"""Asking what is plugged in: known by its answer, never harmed, never invented."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from devices.finding import Found, Guess, find, named, place_of
from devices.label.emulator import EmulatedLabelPrinter
from devices.link import LinkLost
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.probing import SCALES, Answered, probe
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from pos.domain.errors import Refusal
from tests.contract.spooler import Spooler
from tests.contract.spooler import spooler as spooler


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


def test_a_label_printer_answers_and_prints_nothing() -> None:
    with closing(EmulatedLabelPrinter()) as labels:
        assert probe(labels.url) == Answered("label", "zpl", labels.url)
        assert (labels.printed, labels.errors) == ([], [])


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


@pytest.fixture
def no_spooler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which CUPS is not installed."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("no_spooler")
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
        Found(f"file://{dev}/usb/lp0", "lp0", Guess.PRINTER, may_ask=True),
    ]


@pytest.mark.usefixtures("no_spooler")
def test_a_port_of_the_mainboard_that_is_not_there_is_not_listed(tmp_path: Path) -> None:
    for name, uart in (("ttyS0", "4"), ("ttyS1", "0")):
        node = tmp_path / "sys" / "class" / "tty" / name
        node.mkdir(parents=True)
        (node / "type").write_text(f"{uart}\n")
    ports = [_port(f"/dev/{name}", None, "") for name in ("ttyS1", "ttyS0")]
    found = find(ports, tmp_path / "sys", tmp_path / "dev")
    assert [one.url for one in found] == ["serial:///dev/ttyS0"]


@pytest.mark.usefixtures("no_spooler")
@pytest.mark.parametrize(
    ("told", "about", "guess"),
    [
        ("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;", "EPSON TM-T20II", Guess.PRINTER),
        ("MANUFACTURER:Zebra;COMMAND SET:ZPL;MODEL:ZD420;", "Zebra ZD420", Guess.LABELS),
        ("MFG:HP;CMD:PCL6,PJL,PDF;MDL:LaserJet;", "HP LaserJet", Guess.UNKNOWN),
        (";;:;\x00", "lp0", Guess.PRINTER),
    ],
)
def test_a_usb_printer_is_called_what_it_calls_itself_and_an_office_one_is_never_asked(
    tmp_path: Path, told: str, about: str, guess: Guess
) -> None:
    (tmp_path / "dev" / "usb").mkdir(parents=True)
    (tmp_path / "dev" / "usb" / "lp0").touch()
    node = tmp_path / "sys" / "class" / "usbmisc" / "lp0" / "device"
    node.mkdir(parents=True)
    (node / "ieee1284_id").write_text(told)
    (found,) = find([], tmp_path / "sys", tmp_path / "dev")
    assert (found.about, found.guess, found.may_ask) == (about, guess, guess is not Guess.UNKNOWN)


def test_a_queue_of_the_spooler_is_listed_with_where_it_leads(
    spooler: Spooler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spooler.command("lpadmin", "-p", "back", "-E", "-v", "socket://shop:secret@192.0.2.7:9100")
    monkeypatch.setenv("CUPS_SERVER", spooler.server)
    found = find([], tmp_path, tmp_path)
    assert sorted(found, key=lambda one: one.url) == [
        Found("lp://back", "socket://192.0.2.7:9100", Guess.PRINTER),
        Found("lp://till", f"socket://{spooler.emulator.url[6:]}", Guess.PRINTER),
    ]


def test_what_a_person_names_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    port, name = tmp_path / "ttyACM0", tmp_path / "usb-Telium"
    port.touch()
    name.symlink_to(port)
    plugged = [Found(f"serial://{name}", "Telium", Guess.CARD)]
    assert named(str(port), plugged) == Found(f"serial://{port}", "Telium", Guess.CARD)
    assert named(f"serial://{port}?baud=1200", plugged).guess is Guess.CARD
    assert named("tcp://192.0.2.8:8888", []).guess is Guess.CARD
    assert named("tcp://192.0.2.8", []).may_ask
    assert not named("lp://till", []).may_ask
    assert not named(f"file://{port}", []).may_ask
    assert place_of(f"serial://{name}") == place_of(f"pty://{port}")
    with pytest.raises(Refusal):
        named("ftp://192.0.2.8", [])


@pytest.mark.usefixtures("no_spooler")
def test_a_machine_with_nothing_lists_nothing(tmp_path: Path) -> None:
    assert find([], tmp_path / "sys", tmp_path / "dev") == []
