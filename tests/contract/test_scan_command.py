"""`comptoir devices scan`: what a scanner sends is explained, written down and played again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from devices.card.emulator import EmulatedTerminal
from devices.scanner.emulator import EmulatedScanner
from tests.e2e.home import LONG_S, Home

EAN = "3400949497706"
MANGLED = EAN.translate(str.maketrans("0123456789", "à&é\"'(-è_ç"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.path.mkdir()
    found.settle()
    return found


def test_a_scanner_is_tried_recorded_and_played_again_without_it(
    home: Home, tmp_path: Path
) -> None:
    scanner, record = EmulatedScanner(), tmp_path / "scan.jsonl"
    trying = home.start("devices", "scan", scanner.url, "--scans", "2", "--record", str(record))
    until = time.monotonic() + LONG_S
    while "scanner: ready" not in trying.out() and time.monotonic() < until:
        time.sleep(0.02)
    assert scanner.scan(f"]E0{EAN}")
    assert scanner.scan(MANGLED)
    heard = trying.ended()
    scanner.close()
    assert heard.code == 0
    assert f"Article number 0{EAN}, EAN-13." in heard.out
    assert "set its keyboard to French" in heard.out
    assert "2 scan" in heard.out
    again = home.command("devices", "scan", "--replay", str(record))
    assert again.code == 0
    assert again.out.count(f"0{EAN}, EAN-13") == 2


def test_what_cannot_be_recorded_or_played_is_refused_in_a_sentence(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "scan.jsonl"
    for text, said in (
        ("{}\n", "line 1"),
        ('{"at_ms": 0, "scanner": "s", "kind": "serial", "hex": "0D"}\nno', "line 2"),
        ('{"at_ms": 0, "scanner": "s", "kind": "fax", "hex": "0D"}', "line 1"),
    ):
        file.write_text(text)
        played = home.command("devices", "scan", "--replay", str(file))
        assert (played.code, said in played.err) == (1, True)
    taken = home.command("devices", "scan", "pty:///dev/none", "--record", str(file))
    assert (taken.code, "exists already" in taken.err) == (1, True)
    none = home.command("devices", "scan")
    assert (none.code, "run comptoir devices doctor" in none.err) == (1, True)
    home.settle(scanner="pty:///dev/none")
    unknown = home.command("devices", "scan", "left")
    assert (unknown.code, "no such scanner" in unknown.err) == (1, True)
    missing = home.command("devices", "scan", "--replay", str(tmp_path / "none"))
    assert (missing.code, "cannot be read" in missing.err) == (1, True)


def test_what_a_card_terminal_says_is_no_scan_and_is_not_written_down(
    home: Home, tmp_path: Path
) -> None:
    terminal, record = EmulatedTerminal(protocol="concert-e+"), tmp_path / "scan.jsonl"
    home.settle(card=terminal.url)
    tried = home.command("devices", "scan", terminal.url, "--record", str(record))
    terminal.close()
    assert (tried.code, "card terminal" in tried.err) == (1, True)
    assert not record.exists()
