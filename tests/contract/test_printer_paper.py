"""One page, three faces: what is printed, what is shown and what is drawn say the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.printer.interpreter import Interpreter
from devices.printer.layout import Line, layout
from devices.printer.paint import paint
from devices.printer.profile import PROFILES, PrinterProfile
from devices.printer.render import render_escpos, render_png, render_text
from pos.papers.page import Align, Barcode, Blank, Block, Cut, Page, Qr, Row, Rule, Table, Text

LINK = "https://example.org/t/S012-T03-K7/000481?s=MEUCIQDé"
TICKET = Page(
    (
        Text("Épicerie du marché", Align.CENTER, bold=True, size=2),
        Text("12 rue de l’Église — 35000 Rennes", Align.CENTER),
        Rule(),
        *[Row(f"Cœur d’artichaut n° {n}", f"{n},20\u202f€") for n in range(28)],
        Table((("Taux", "HT", "TVA"), ("5,5 %", "10,00", "0,55"), ("20 %", "10,00", "2,00"))),
        Rule("="),
        Row("TOTAL", "1\u202f466,29\u202f€", bold=True, size=2),
        Blank(),
        Qr(LINK, caption="Merci de votre visite"),
        Barcode("S012-T03-K7/000481"),
        Cut(),
    )
)
ALL = list(PROFILES.values())
NATIVE = [known for known in ALL if known.native_qr]


def printed(page: Page, profile: PrinterProfile) -> Interpreter:
    """What an emulated printer of this model makes of the page."""
    printer = Interpreter(profile.columns, code_pages={0: "cp437", profile.slot: profile.codec})
    printer.receive(b"".join(render_escpos(page, profile)))
    return printer


def codes(image: Image.Image) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("profile", NATIVE, ids=lambda p: p.name)
def test_the_bytes_put_on_paper_exactly_what_the_layout_says(profile: PrinterProfile) -> None:
    printer = printed(TICKET, profile)
    expected = list(layout(TICKET, profile.columns, profile.codec))
    if profile.cut == "none":
        expected[-1:] = [Line()] * 6
    assert printer.errors == []
    assert printer.paper == expected
    assert printer.code_page == profile.slot


@pytest.mark.parametrize("profile", NATIVE, ids=lambda p: p.name)
def test_the_codes_of_the_printed_paper_can_be_scanned(profile: PrinterProfile) -> None:
    wanted = {LINK, "S012-T03-K7/000481"}
    assert codes(paint(printed(TICKET, profile).paper, profile.dots, profile.columns)) == wanted
    assert codes(render_png(TICKET, profile)) == wanted


def test_a_printer_without_its_own_qr_prints_a_picture_that_can_be_scanned() -> None:
    profile = PrinterProfile("picture", native_qr=False)
    paper = printed(Page((Qr(LINK, size=6),)), profile)
    assert paper.errors == []
    assert LINK in codes(paint(paper.paper, profile.dots, profile.columns))


def test_the_text_says_what_the_paper_says() -> None:
    page = Page(tuple(b for b in TICKET.blocks if not isinstance(b, Qr | Barcode | Cut)))
    plain = [
        line.text for line in layout(page, 42, "cp858", doubled=False) if isinstance(line, Line)
    ]
    assert render_text(page, 42, "cp858").splitlines() == plain
    assert f"[QR {LINK}]\n" in render_text(TICKET, 42)
    assert "[BAR S012-T03-K7/000481]" in render_text(TICKET, 42)
    assert "Cœur d’artichaut n° 3" in render_text(TICKET, 42)


def test_a_ticket_of_forty_lines_is_under_1900_bytes() -> None:
    assert len([i for i in layout(TICKET, 42) if isinstance(i, Line)]) >= 38
    assert len(b"".join(render_escpos(TICKET, PROFILES["epson-80"]))) <= 1900


TEXTS = st.text(max_size=60) | st.sampled_from(
    ["\x1bp\x00\x19\x19", "\x10\x14\x01\x00\x01", "\x1d(k\x03\x001Q0", "{B\x1bp", "\x07", "€\u202e"]
)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, TEXTS, st.sampled_from(Align), st.booleans(), st.integers(1, 2)),
    st.builds(Row, TEXTS, TEXTS, st.booleans(), st.integers(1, 2), st.integers(0, 9)),
    st.builds(Rule, TEXTS),
    st.builds(Qr, TEXTS, st.sampled_from("LMQH"), caption=TEXTS),
    st.text("ABC{}09 ~", min_size=1, max_size=20).map(Barcode),
    st.tuples(TEXTS, TEXTS).map(lambda row: Table((row,))),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(BLOCKS, max_size=4), st.sampled_from(NATIVE))
def test_no_text_of_a_page_ever_opens_the_drawer_or_leaves_the_layout(
    blocks: list[Block], profile: PrinterProfile
) -> None:
    page = Page(tuple(blocks))
    printer = printed(page, profile)
    assert printer.pulses == []
    assert printer.errors == []
    kept = [i for i in layout(page, profile.columns, profile.codec) if i != Qr("", "L", 4)]
    assert printer.paper == [i for i in kept if not (isinstance(i, Qr) and not i.data)]


def test_rendering_writes_nothing_on_the_screen_and_leaves_no_litter(tmp_path: Path) -> None:
    program = (
        "import logging;from devices.printer.render import render_escpos;"
        "from devices.printer.profile import profile;from pos.papers.page import *;"
        "render_escpos(Page((Text('A'),Qr('B'),Barcode('C'),Cut())),profile('epson-80'));"
        "assert not logging.getLogger().handlers"
    )
    environment = dict(os.environ, TMPDIR=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
