"""`comptoir devices doctor`: what is plugged in is named, written into the settings and tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from config.devices import Devices
from config.settings import load
from devices.card.emulator import EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.finding import Found, Guess
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from pos.main.doctor import Asked, examine
from pos.main.doctor_settings import Kind, Known, changes
from tests.contract.spooler import Spooler
from tests.contract.spooler import spooler as spooler
from tests.e2e.home import LONG_S, Home
from tests.e2e.terminal import TillTerminal

SIZE = (200, 60)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.path.mkdir()
    found.settle()
    return found


@pytest.fixture
def printer() -> Iterator[EmulatedPrinter]:
    with closing(EmulatedPrinter("printer", PROFILES["epson-80"])) as emulated:
        yield emulated


@pytest.fixture
def scanner() -> Iterator[EmulatedScanner]:
    with closing(EmulatedScanner()) as emulated:
        yield emulated


@pytest.fixture
def scale() -> Iterator[EmulatedScale]:
    with closing(EmulatedScale("scale", "sics")) as emulated:
        yield emulated


@pytest.fixture
def card() -> Iterator[EmulatedTerminal]:
    with closing(EmulatedTerminal("card", "concert-e+")) as emulated:
        yield emulated


def ports(*devices: EmulatedPrinter | EmulatedScanner | EmulatedScale | EmulatedTerminal
          | EmulatedDisplay | EmulatedLabelPrinter) -> list[str]:  # fmt: skip
    return [part for one in devices for part in ("--port", one.url)]


def written(home: Home) -> Devices:
    return load(home.path / "config.toml", {}).devices


@contextmanager
def doctor(home: Home, *argv: str) -> Iterator[TillTerminal]:
    """The doctor on a terminal, with a person at it."""
    visit = TillTerminal(home, "devices", "doctor", *argv, size=SIZE)
    yield visit
    visit.close()


def test_a_counter_is_found_written_and_tried(
    home: Home, printer: EmulatedPrinter, scanner: EmulatedScanner, scale: EmulatedScale
) -> None:
    visit = home.start("devices", "doctor", "--yes", *ports(printer, scanner, scale))
    until = time.monotonic() + LONG_S
    while "Scan something with each" not in visit.out() and time.monotonic() < until:
        time.sleep(0.05)
    while f"{scanner.url} is a scanner" not in visit.out() and time.monotonic() < until:
        scanner.scan("3400949497706")
        time.sleep(0.2)
    while "scanner: '3400949497706'" not in visit.out() and time.monotonic() < until:
        scanner.scan("3400949497706")
        time.sleep(0.2)
    done = visit.ended()
    assert done.code == 0, done
    assert f"{printer.url} is a receipt printer" in done.out
    assert f"{scale.url} is a scale (sics)" in done.out
    assert "printer: the page was sent" in done.out
    found = written(home)
    assert (found.printer.url, found.drawer.url) == (printer.url, "printer")
    assert [one.url for one in found.scanners] == [scanner.url]
    assert (found.scale.url, found.scale.protocol) == (scale.url, "sics")
    again = home.command("devices", "doctor", "--yes", "--seconds", "0", *ports(printer))
    assert "in the settings: printer" in again.out
    assert "Nothing new for the settings." in again.out
    assert again.code == 0


def test_nothing_is_sent_or_written_without_a_person_who_says_so(
    home: Home, printer: EmulatedPrinter
) -> None:
    before = (home.path / "config.toml").read_text()
    done = home.command("devices", "doctor", "--seconds", "0", *ports(printer))
    assert "is a receipt printer" not in done.out
    assert bytes(printer.received) == b""
    assert (home.path / "config.toml").read_text() == before
    looked = home.command(
        "devices", "doctor", "--yes", "--no-write", "--seconds", "0", *ports(printer)
    )
    assert "is a receipt printer" in looked.out
    assert (home.path / "config.toml").read_text() == before
    assert printer.paper == []


def test_what_the_settings_give_to_a_card_terminal_or_a_drawer_is_sent_nothing_by_any_name(
    home: Home, card: EmulatedTerminal, printer: EmulatedPrinter, tmp_path: Path
) -> None:
    home.settle(card=card.url)
    with (home.path / "config.toml").open("a") as file:
        file.write(f'[devices.scale]\nurl = "{printer.url}"\n')
    text = (home.path / "config.toml").read_text()
    (home.path / "config.toml").write_text(
        text.replace('[devices.drawer]\nurl = ""', f'[devices.drawer]\nurl = "{printer.url}"')
    )
    other = tmp_path / "other"
    other.symlink_to(card.url.removeprefix("pty://"))
    done = home.command(
        "devices", "doctor", "--yes", "--seconds", "0", "--port", str(other),
        "--port", f"serial://{other}?baud=1200", *ports(printer),
    )  # fmt: skip
    assert done.out.count("in the settings: desk") == 2
    assert "trying" not in done.out
    assert bytes(printer.received) == b""
    assert done.code == 0


def test_a_port_that_nobody_knows_is_sent_nothing_unless_it_is_named(
    home: Home,
    printer: EmulatedPrinter,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COMPTOIR_HOME", str(home.path))
    unknown = [Found(printer.url, "USB-Serial Controller", Guess.UNKNOWN, may_ask=True)]
    assert examine(Asked(seconds=0, yes=True, write=False), unknown) == 1
    assert f"{printer.url} is not asked" in capsys.readouterr().out
    assert bytes(printer.received) == b""
    assert examine(Asked((printer.url,), seconds=0, yes=True, write=False), unknown) == 0
    assert f"{printer.url} is a receipt printer" in capsys.readouterr().out
    monkeypatch.setenv("COMPTOIR__DEVICES__PRINTER__URL", TCP)
    assert examine(Asked((printer.url,), seconds=0, yes=True), unknown) == 0
    assert "Nothing new for the settings." in capsys.readouterr().out  # no spare unasked
    card = [Found(printer.url, "Telium", Guess.CARD)]
    heard = len(printer.received)
    assert examine(Asked((printer.url,), seconds=0, yes=True, write=False), card) == 1
    assert len(printer.received) == heard


def test_a_person_names_the_card_terminal_and_the_display_and_reads_it(
    home: Home, printer: EmulatedPrinter, card: EmulatedTerminal
) -> None:
    with closing(EmulatedDisplay()) as display, doctor(
        home, "--seconds", "0", *ports(printer, card, display)
    ) as visit:  # fmt: skip
        visit.wait_for("Which number has the card terminal")
        visit.press("2", "enter")
        visit.wait_for("What does the terminal speak")
        visit.press("enter")
        visit.wait_for("Which number has the customers' display")
        visit.press("2", "enter")  # which is the terminal: asked again
        visit.press("3", "enter")
        visit.wait_for("Does the display show COMPTOIR now")
        visit.wait(lambda: display.lines[0], "the text on the display")
        assert display.lines == ("COMPTOIR", "é è à € 0123456789")
        visit.press("n", "enter")
        visit.wait(lambda: "again" if visit.text().count("Does the display show") == 2 else "",
                   "another try")  # fmt: skip
        visit.press("y", "enter")
        visit.wait_for("Ask .*printer what it is")
        visit.press("enter")
        visit.wait_for("is a receipt printer")
        visit.wait_for("Write this into")
        visit.press("enter")
        visit.wait_for("Print a test page")
        visit.press("n", "enter")
        assert visit.ended() == 0
        assert display.errors == []
    found = written(home)
    (terminal,) = found.cards
    assert (terminal.name, terminal.url, terminal.protocol) == ("desk", card.url, "concert-e+")
    assert (found.display.url, found.display.protocol) == (display.url, "cd5220")
    assert found.printer.url == printer.url
    assert "trying pty" not in visit.text().replace(f"trying {printer.url}", "")


def test_a_label_printer_answers_and_is_written(home: Home) -> None:
    with closing(EmulatedLabelPrinter()) as labels:
        done = home.command("devices", "doctor", "--yes", "--seconds", "0", *ports(labels))
        assert done.code == 0, done
        assert f"{labels.url} is a label printer" in done.out
        assert labels.printed == []
    assert (written(home).labels.url, written(home).labels.language) == (labels.url, "zpl")


class SpooledHome(Home):
    """A till's folder on a machine whose spooler is the test's own."""

    server = ""

    def environ(self, **more: str) -> dict[str, str]:
        return super().environ(CUPS_SERVER=self.server, **more)


def test_a_person_takes_a_queue_of_the_spooler_and_sees_its_test_page(
    home: Home, spooler: Spooler
) -> None:
    spooled = SpooledHome(home.path)
    spooled.server = spooler.server
    with doctor(spooled, "--seconds", "0", "--port", "lp://till") as visit:
        visit.wait_for(f"Is lp://till .socket://{spooler.emulator.url[6:]}. a receipt printer")
        visit.press("y", "enter")
        visit.wait_for("Write this into")
        visit.press("enter")
        visit.wait_for("Print a test page")
        visit.press("enter")
        assert visit.ended() == 0
    assert written(home).printer.url == "lp://till"
    assert "generic-80" in spooler.emulator.text()


TCP = "tcp://192.0.2.7:9100"
GONE = "serial:///dev/none0?baud=9600"
FOUND = "serial:///dev/ttyNEW?baud=9600"


@pytest.mark.parametrize(
    ("told", "known", "expected"),
    [
        pytest.param({}, [], [], id="nothing"),
        pytest.param(
            {"printer": TCP},
            [(Kind.PRINTER, FOUND, "generic-80"), (Kind.PRINTER, TCP, "epson-80")],
            [("devices.spare", {"url": FOUND, "profile": "generic-80"})],
            id="a printer of the settings stays, another is the spare",
        ),
        pytest.param(
            {"printer": TCP, "spare": "lp://back"}, [(Kind.PRINTER, FOUND, "generic-80")], [],
            id="both stay",
        ),
        pytest.param(
            {"printer": GONE, "drawer": "printer"}, [(Kind.PRINTER, FOUND, "epson-80")],
            [("devices.printer", {"url": FOUND, "profile": "epson-80"})],
            id="one whose port is gone is replaced",
        ),
        pytest.param(
            {"scale": "serial:///dev/null?baud=1200"}, [(Kind.SCALE, FOUND, "nci")], [],
            id="a scale of the settings stays",
        ),
        pytest.param(
            {"scale": "serial:///dev/null?baud=1200"},
            [(Kind.SCALE, "serial:///dev/null?baud=9600", "nci")],
            [("devices.scale", {"url": "serial:///dev/null?baud=9600"})],
            id="it answers with another setting of its line",
        ),
        pytest.param(
            {"display": "printer", "printer": TCP}, [(Kind.DISPLAY, FOUND, "epson")], [],
            id="a display behind the printer stays",
        ),
        pytest.param(
            {}, [(Kind.LABELS, FOUND, "zpl")],
            [("devices.labels", {"url": FOUND, "language": "zpl"})],
            id="a label printer",
        ),
    ],
)  # fmt: skip
def test_what_the_settings_name_stays(
    told: dict[str, str],
    known: list[tuple[Kind, str, str]],
    expected: list[tuple[str, dict[str, object]]],
) -> None:
    environ = {f"COMPTOIR__DEVICES__{name.upper()}__URL": url for name, url in told.items()}
    devices = load(None, environ).devices
    assert changes(devices, [Known(*one) for one in known], []) == expected


def test_a_second_card_terminal_gets_a_name_of_its_own_and_a_known_one_is_left() -> None:
    environ = {"COMPTOIR__DEVICES__CARDS": f'[{{ name = "desk", url = "{TCP}" }}]'}
    devices = load(None, environ).devices
    known = [Known(Kind.CARD, TCP, "caisse-ap"), Known(Kind.CARD, FOUND, "concert-e")]
    ((section, values),) = changes(devices, known, [])
    assert section == "devices"
    assert values["cards"] == [
        {"name": "desk", "url": TCP},
        {"name": "desk2", "url": FOUND, "protocol": "concert-e"},
    ]
