"""What a page looks like on paper: characters a printer has, lines that fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printer.encode import encode, to_paper
from devices.printer.layout import Item, Line, layout
from devices.printer.profile import profile
from pos.domain.errors import Refusal
from pos.papers.page import Align, Barcode, Blank, Block, Cut, Page, Qr, Row, Rule, Table, Text

CHARACTERS = [
    ("Cœur d’artichaut", "cp858", "Coeur d'artichaut"),
    ("Œufs « plein air »", "cp858", "OEufs « plein air »"),
    ("1\u202f466,29\u00a0€", "cp858", "1\u00a0466,29\u00a0€"),
    ("2 €", "cp850", "2 EUR"),
    ("2 €", "iso8859-15", "2 €"),
    ("2 €", "cp1252", "2 €"),
    ("“cité” – l’an… 10 ‰", "cp858", '"cité" - l\'an... 10 ?'),
    ("crème brûlée à l’Ÿ", "cp437", "crème brûlée à l'Y"),
    ("Łódź, Çeşme, Ürün, ŠKODA", "cp858", "Lódz, Çesme, Ürün, SKODA"),
    ("ﬁn ½ ² ™ №", "cp437", "fin ½ ² TM No"),
    ("e\u0301", "cp858", "e"),
    ("→ ✓ • ☆ −", "cp858", "-> v * * -"),
    ("ａｂｃ", "cp858", "abc"),
    ("a\x1bp\x00b\x9bc\u202ed\u200be\x7f", "cp858", "apbcde"),
    ("茶", "cp858", "?"),
    ("茶", None, "茶"),
]


@pytest.mark.parametrize(("text", "codec", "printed"), CHARACTERS)
def test_a_text_is_printed_in_characters_the_printer_has(
    text: str, codec: str | None, printed: str
) -> None:
    assert to_paper(text, codec) == printed


def test_the_euro_of_slot_19_is_byte_d5() -> None:
    assert profile("epson-80").codec == "cp858"
    assert profile("epson-80").slot == 19
    assert encode("3 € é à", "cp858") == b"3 \xd5 \x82 \x85"


@given(st.text(), st.sampled_from(["cp858", "cp850", "cp437", "cp1252", "iso8859-15"]))
def test_no_text_ever_becomes_a_control_code(text: str, codec: str) -> None:
    data = encode(text, codec)
    assert all(byte >= 0x20 and byte != 0x7F for byte in data)
    assert to_paper(to_paper(text, codec), codec) == to_paper(text, codec)


def test_an_unknown_printer_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refusal, match="epson-80"):
        profile("epson")


LINES: list[tuple[str, Block, list[str]]] = [
    ("left", Text("Bonjour"), ["Bonjour"]),
    ("centre", Text("Bonjour", Align.CENTER), ["    Bonjour"]),
    ("right", Text("Bonjour", Align.RIGHT), ["         Bonjour"]),
    ("wrapped", Text("Merci de votre visite"), ["Merci de votre", "visite"]),
    ("a long word", Text("0123456789abcdefghij"), ["0123456789abcdef", "ghij"]),
    ("an empty text is a line", Text(""), [""]),
    ("kept together by no-break spaces", Text("reste à payer 1\u202f466,29\u00a0€"),
     ["reste à payer", "1 466,29 €"]),
    ("row", Row("Lait", "1,20"), ["Lait        1,20"]),
    ("row wrapped", Row("Lait demi-écrémé", "1,20"), ["Lait        1,20", "demi-écrémé"]),
    ("row indented", Row("x 3", "3,60", indent=2), ["  x 3       3,60"]),
    ("row that exactly fits", Row("01234567890", "1,20"), ["01234567890 1,20"]),
    ("row with a long right", Row("TOTAL TTC", "1 466 629,29 EUR"),
     ["TOTAL TTC", "1 466 629,29 EUR"]),
    ("row with a right over the paper", Row("A", "1 466 629,29 EUROS"),
     ["A", "    1 466 629,29", "           EUROS"]),
    ("row without a right", Row("Lait", ""), ["Lait"]),
    ("row without a left", Row("", "1,20"), ["            1,20"]),
    ("rule", Rule("="), ["================"]),
    ("rule of a control code", Rule("\x1b"), ["----------------"]),
    ("blanks", Blank(2), ["", ""]),
    ("too many blanks", Blank(10**9), [""] * 20),
    ("table", Table((("Taux", "TVA"), ("5,5 %", "0,55"))),
     ["Taux         TVA", "5,5 %       0,55"]),
    ("table too wide", Table((("Taux réduit", "100,00", "20,00"),)),
     ["Taux réduit", "    100,00 20,00"]),
    ("no rows", Table(()), []),
    ("a caption under a code", Qr("X", caption="Merci"), ["     Merci"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "block", "lines"), LINES, ids=[case[0] for case in LINES])
def test_a_block_is_set_on_sixteen_columns(name: str, block: Block, lines: list[str]) -> None:
    items = layout(Page((block,)), 16, "cp858")
    assert [item.text for item in items if isinstance(item, Line)] == lines


def test_a_double_line_has_half_the_columns_and_stays_bold() -> None:
    row = Row("TOTAL", "1,20", bold=True, size=2)
    assert layout(Page((row,)), 20) == (Line("TOTAL 1,20", True, 2),)
    assert layout(Page((row,)), 20, doubled=False) == (Line("TOTAL           1,20", True, 1),)


def test_codes_and_cuts_stay_in_their_place() -> None:
    page = Page((Text("A"), Qr("X", "H", 6, "c"), Cut(), Text("B")))
    expected: tuple[Item, ...] = (Line("A"), Qr("X", "H", 6), Line("   c"), Cut(), Line("B"))
    assert layout(page, 8) == expected


def test_a_bar_code_too_wide_for_the_paper_becomes_a_qr_code() -> None:
    entry = Barcode("S012-T03-K7/000481")
    assert layout(Page((entry,)), 42) == (entry,)
    assert layout(Page((entry,)), 32) == (Qr(entry.data), Line("       " + entry.data))


BLOCKS = st.one_of(
    st.builds(Text, st.text(max_size=60), st.sampled_from(Align), size=st.integers(1, 2)),
    st.builds(Row, st.text(max_size=40), st.text(max_size=40), size=st.integers(1, 2),
              indent=st.integers(-1, 60)),
    st.integers(1, 4).flatmap(lambda n: st.builds(
        Table, st.lists(st.tuples(*[st.text(max_size=20)] * n), max_size=3).map(tuple))),
    st.builds(Rule, st.text(max_size=3)),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(BLOCKS, max_size=3))
def test_no_line_is_ever_wider_than_the_paper(blocks: list[Block]) -> None:
    for item in layout(Page(tuple(blocks)), 32, "cp858"):
        assert isinstance(item, Line)
        assert len(item.text) <= 32 // item.size
