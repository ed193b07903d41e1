"""A customer display's frames are whole, forty characters, and hold no control code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.display.emulator import Glass
from devices.display.protocol import Dialect, frame, start

FRAMES = [
    (Dialect.EPSON, b"\x1bt\x13\x0c" + b"caf\x82".ljust(20) + b"3 \xd5".ljust(20)),
    (
        Dialect.CD5220,
        b"\x1bt\x13\x1bQA" + b"caf\x82".ljust(20) + b"\r\x1bQB" + b"3 \xd5".ljust(20) + b"\r",
    ),
]


@pytest.mark.parametrize(("dialect", "data"), FRAMES)
def test_a_frame_is_the_bytes_of_the_manual(dialect: Dialect, data: bytes) -> None:
    assert frame(dialect, "café", "3 €", "cp858", 19) == data


def test_a_display_without_euro_shows_eur() -> None:
    assert b"3 EUR" in frame(Dialect.EPSON, "", "3 €", "cp850", None)


@given(st.sampled_from(list(Dialect)), st.text(max_size=50), st.text(max_size=50))
def test_any_two_lines_fill_the_display_and_nothing_else(
    dialect: Dialect, upper: str, lower: str
) -> None:
    glass = Glass("cp858")
    glass.receive(start(dialect) + frame(dialect, upper, lower, "cp858", 19))
    assert glass.errors == []
    assert all(len(line) <= 20 for line in glass.lines)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_emulated_display(data: bytes) -> None:
    split, whole = Glass("cp858"), Glass("cp858")
    for byte in data:
        split.receive(bytes([byte]))
    whole.receive(data)
    assert split.lines == whole.lines
