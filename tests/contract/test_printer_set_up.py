"""Finding a printer's code page, and having it keep the shop's logo, by the real command."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from devices.printer.emulator import EmulatedPrinter
from devices.printer.interpreter import Interpreter
from devices.printer.layout import Line
from devices.printer.pictures import Pictures, keep_logo
from devices.printer.profile import PROFILES, PrinterProfile, profile
from devices.printer.render import render_escpos
from devices.printer.slots import SAMPLE, CodePage, picked, slots_page
from pos.domain.errors import Refusal
from pos.papers.page import Cut, Logo, Page, Text

DOTS = 512


def read_off(lines: list[str]) -> str:
    """What an installer sees: the number of the line, and the letter whose sample is right."""
    for line in lines:
        found = re.match(rf" ?(\d+) .*?([ABC]) {SAMPLE}", line)
        if found:
            return found[1] + found[2]
    raise AssertionError("no slot reads well")


@pytest.mark.parametrize("known", PROFILES.values(), ids=lambda known: known.name)
def test_the_page_of_slots_shows_each_model_where_its_characters_are(known: PrinterProfile) -> None:
    printer = Interpreter(known.columns, code_pages={0: "cp437", known.slot: known.codec})
    printer.receive(b"".join(slots_page(known)))
    lines = [item.text for item in printer.paper if isinstance(item, Line)]
    assert picked(read_off(lines)) == CodePage(known.codec, known.slot)
    assert max(map(len, lines)) <= 32
    assert not [error for error in printer.errors if "unknown c" in error and "page" not in error]


@pytest.mark.parametrize("answer", ["", "19", "A", "99A", "19D", "1 9A", "²A", "-1A"])
def test_an_answer_that_is_no_slot_is_refused(answer: str) -> None:
    with pytest.raises(Refusal):
        picked(answer)


def test_a_code_page_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Refusal):
        profile("epson-80", "cp9999", 3)


@pytest.fixture
def emulator() -> Iterator[EmulatedPrinter]:
    with closing(EmulatedPrinter(profile=profile("generic-80"), tcp=True)) as made:
        yield made


def command(home: Path, url: str, *argv: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `comptoir devices …` for a till whose printer is set up as another model."""
    file = home / "config.toml"
    if not file.exists():
        file.write_text(f'[devices.printer]\nurl = "{url}"\nprofile = "epson-80-old"\n')
    return subprocess.run(
        [sys.executable, "-m", "pos.main", "devices", *argv],
        env={"PATH": "/usr/bin:/bin", "COMPTOIR_HOME": str(home), "HOME": str(home)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_code_page_that_an_installer_picks_is_written_and_prints_the_euro(
    tmp_path: Path, emulator: EmulatedPrinter
) -> None:
    done = command(tmp_path, emulator.url, "code-page", typed="53a\n")
    assert done.returncode == 0, done.stderr
    written = tomllib.loads((tmp_path / "config.toml").read_text())["devices"]["printer"]
    assert (written["code_page"], written["slot"]) == ("cp858", 53)
    assert "1 234,56 €" in emulator.text()
    assert read_off(emulator.text().splitlines()) == "53A"


def test_a_logo_is_kept_and_printed_on_top_of_tickets(
    tmp_path: Path, emulator: EmulatedPrinter
) -> None:
    picture = Image.new("RGBA", (200, 60), (255, 255, 255, 0))
    ImageDraw.Draw(picture).ellipse((10, 5, 190, 55), fill="black")
    picture.save(tmp_path / "logo.png")
    done = command(tmp_path, emulator.url, "logo", str(tmp_path / "logo.png"))
    assert done.returncode == 0, done.stderr
    assert emulator.keeps_logo
    assert emulator.errors == []
    assert tomllib.loads((tmp_path / "config.toml").read_text())["devices"]["printer"]["logo"]
    [kept] = [item for item in emulator.paper if isinstance(item, Image.Image)]
    assert kept.convert("1").tobytes() == _on_paper(picture).tobytes()
    assert command(tmp_path, emulator.url, "logo").returncode == 0
    assert not emulator.keeps_logo


def _on_paper(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("L").point(lambda shade: 0 if shade < 128 else 255).convert("1")


def test_a_file_that_is_no_picture_is_refused_in_one_sentence(
    tmp_path: Path, emulator: EmulatedPrinter
) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    done = command(tmp_path, emulator.url, "logo", str(tmp_path / "logo.png"))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_ticket_begins_with_the_logo_only_where_the_printer_keeps_one() -> None:
    page = Page((Logo(), Text("Ticket"), Cut()))
    plain = b"".join(render_escpos(page, profile("epson-80")))
    with_logo = b"".join(render_escpos(page, profile("epson-80", logo=True)))
    assert b"\x1d(L" not in plain
    assert with_logo.index(b"\x1d(L\x06\x000EC1\x01\x01") < with_logo.index(b"Ticket")


@pytest.mark.parametrize("size", [(DOTS + 1, 10), (10, 801), (0, 10)])
def test_a_logo_that_does_not_fit_the_paper_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refusal):
        keep_logo(Image.new("L", size), DOTS)


DRAWN = st.integers(1, 40).flatmap(
    lambda width: st.binary(min_size=width * 4, max_size=width * 4).map(
        lambda dots: Image.frombytes("1", (width * 8, 4), dots)
    )
)


@given(DRAWN | st.just(Image.frombytes("1", (24, 1), bytes((0xEF, 0xFB, 0xFE)))))
def test_no_picture_opens_the_drawer_or_asks_the_printer_anything(picture: Image.Image) -> None:
    try:
        data = keep_logo(picture, DOTS)
    except Refusal:
        return
    printer = Interpreter()
    whatever_follows = b"\x1b@"  # a printer waits for it where a picture's last byte is DLE
    assert printer.receive(data + whatever_follows) == b""
    assert printer.pulses == []
    assert printer.errors == []
    [kept] = printer.pictures.kept.values()
    assert kept.width >= picture.width


def test_a_picture_too_long_for_the_short_command_is_kept_by_the_long_one() -> None:
    data = keep_logo(Image.new("L", (DOTS * 2, 600), "white").resize((1024, 800)), 1024)
    assert data.startswith(b"\x1d8L")
    printer = Interpreter()
    printer.receive(data)
    assert printer.pictures.kept[b"C1"].size == (1024, 800)


@given(st.binary(max_size=40))
def test_no_picture_command_crashes_the_emulated_printer(body: bytes) -> None:
    Pictures().take(body)
