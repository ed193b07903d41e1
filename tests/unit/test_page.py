"""Paper holds text and nothing that a printer would obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.papers.page import TEXT_MAX, Barcode, Page, Qr, Row, Table, Text, clean


@given(text=st.text(max_size=800))
def test_no_text_on_paper_holds_a_control_character_or_has_no_end(text: str) -> None:
    kept = clean(text)
    assert all(unicodedata.category(char)[0] != "C" for char in kept)
    assert len(kept) <= TEXT_MAX
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("given_", "printed"),
    [
        ("Café\x1bp\x00 noir", "Cafép noir"),
        ("a\tb\nc", "a b c"),
        ("e\u0301", "é"),
        ("gauche\u202edroite", "gauchedroite"),
        ("10\u00a0€", "10\u00a0€"),
        ("\ud800x", "x"),
    ],
)
def test_a_name_that_would_open_the_drawer_only_prints(given_: str, printed: str) -> None:
    assert Text(given_).text == printed
    assert Row(given_, given_) == Row(printed, printed)
    assert Table(((given_, "1"),)).rows == ((printed, "1"),)
    assert Qr(given_, caption=given_) == Qr(printed, caption=printed)


def test_every_row_of_a_table_is_as_long_as_the_first() -> None:
    with pytest.raises(ValueError, match="same number"):
        Table((("a", "b"), ("c",)))


@pytest.mark.parametrize("data", ["", "é", "a\n", "x" * 41])
def test_a_bar_code_holds_printable_ascii_only(data: str) -> None:
    with pytest.raises(ValueError, match="bar code"):
        Barcode(data)


def test_a_page_is_its_blocks_in_order() -> None:
    page = Page((Text("a"), Barcode("A-1")), title="t")
    assert page.blocks[1] == Barcode("A-1")
    assert page.title == "t"
