"""The QR code of a manager's screen, read by the till's scanner: a real process on a real line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from config.settings import load
from devices.scanner.emulator import EmulatedScanner
from tests.central.serving import Process, Shop, command
from tests.central.test_courier_processes import LONG_S, comptoir, home

__all__ = ["home"]

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.fixture
def scanner(home: Path) -> Iterator[EmulatedScanner]:
    """The scanner of the till's settings, on a pseudo-terminal."""
    found = EmulatedScanner()
    with (home / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f'[[devices.scanners]]\nname = "hand"\nurl = "{found.url}"\n')
    yield found
    found.close()


def printed(api: Process, shop: Shop, till: str = "T01") -> str:
    """Return what the centre's command prints on the manager's screen."""
    asked = command(api.folder, "enrol-code", f"{shop.store}-{till}", "--url", api.url)
    return subprocess.run(asked, capture_output=True, text=True, timeout=LONG_S, check=True).stdout


def seen(screen: str) -> str:
    """Return what a camera reads in a QR code drawn with half blocks."""
    lines = [line for line in screen.splitlines() if "█" in line or "▄" in line]
    width = max(len(line) for line in lines)
    rows = []
    for line in lines:
        halves = [HALVES.get(char, (0, 0)) for char in line.ljust(width).replace("\xa0", " ")]
        rows += [[top for top, _ in halves], [bottom for _, bottom in halves]]
    picture = Image.new("L", (width, len(rows)))
    picture.putdata([255 * dot for row in rows for dot in row])
    large = picture.resize((width * 6, len(rows) * 6), Image.Resampling.NEAREST)
    found = zxingcpp.read_barcodes(large)
    return found[0].text if found else ""


@contextmanager
def enrolling() -> Iterator[subprocess.Popen[str]]:
    """Run `comptoir enrol` with no code, as a person does who is about to scan one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pos.main", "enrol"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def heard(process: subprocess.Popen[str], words: str) -> None:
    """Wait until the command says something."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError("".join(said))


def test_what_the_managers_screen_shows_enrols_the_till_by_its_scanner(
    home: Path, api: Process, shop: Shop, scanner: EmulatedScanner
) -> None:
    screen = printed(api, shop)
    link = seen(screen)
    assert link == f"comptoir-enrol:{api.url}#{shop.store}-T01#{screen.splitlines()[0]}"
    with enrolling() as process:
        heard(process, "hand is ready")
        assert scanner.scan("3017620422003")
        heard(process, "no code of a centre")
        assert scanner.scan(f"]Q1{link}")
        heard(process, "belongs to the centre")
        assert process.wait(LONG_S) == 0
    centre = load(home / "config.toml").centre
    assert (centre.url, centre.enabled) == (api.url, True)


def test_a_code_is_typed_or_comes_from_a_scanner_that_types(
    home: Path, api: Process, shop: Shop
) -> None:
    with enrolling() as process:
        assert process.stdin is not None
        process.stdin.write(f"what?\n{seen(printed(api, shop))}\n")
        process.stdin.flush()
        heard(process, "no code of a centre")
        heard(process, "belongs to the centre")
        assert process.wait(LONG_S) == 0
    assert load(home / "config.toml").centre.url == api.url


def test_the_code_of_another_till_is_refused_before_it_is_used_up(
    home: Path, api: Process, shop: Shop
) -> None:
    link = seen(printed(api, shop, "T02"))
    done = comptoir("enrol", link)
    assert (done.returncode, "is for the till" in done.stderr) == (1, True)
    (home / "config.toml").write_text(
        (home / "config.toml").read_text("utf-8").replace('"T01"', '"T02"'), "utf-8"
    )
    assert comptoir("enrol", link).returncode == 0


def test_no_code_and_nobody_to_give_one_ends_in_a_sentence(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pos.main", "enrol"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONG_S,
        check=False,
    )
    assert (done.returncode, "No code came" in done.stderr) == (1, True)
    assert home.exists()
