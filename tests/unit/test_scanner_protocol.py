"""Scans come whole out of the wire, whatever the suffix and however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanner.hidpos import HidFramer
from devices.scanner.protocol import IDLE_MS, SCAN_MAX, Framer
from devices.scanner.wedge import EVENT, WedgeFramer

CASES = [
    ("carriage return", b"3017620422003\r", ["3017620422003"]),
    ("line feed", b"3017620422003\n", ["3017620422003"]),
    ("both", b"3017620422003\r\n", ["3017620422003"]),
    ("STX and ETX", b"\x023017620422003\x03", ["3017620422003"]),
    ("STX, CR, ETX", b"\x0296385074\r\x03", ["96385074"]),
    ("ETX alone", b"96385074\x03", ["96385074"]),
    ("two back to back", b"96385074\r3017620422003\r", ["96385074", "3017620422003"]),
    ("ten with CR LF", b"96385074\r\n" * 10, ["96385074"] * 10),
    ("GS is data, at both ends too", b"\x1d]C1103\x1d21A\x1d\r", ["\x1d]C1103\x1d21A\x1d"]),
    ("blanks are data", b"  A B \t\r", ["  A B \t"]),
    ("lines inside STX..ETX are data", b"\x02BEGIN\r\nEND\r\n\x03", ["BEGIN\r\nEND"]),
    ("STX ends what was before", b"96385074\x02AB\x03", ["96385074", "AB"]),
    ("empty scans are none", b"\r\n\r\n\x02\x03\r", []),
    ("UTF-8", "é€\r".encode(), ["é€"]),
    ("Latin-1", b"\xe9\r", ["é"]),
    ("as long as allowed", b"9" * SCAN_MAX + b"\r", ["9" * SCAN_MAX]),
    ("noise is dropped, the next scan is not", b"9" * (SCAN_MAX + 1) + b"\r1\r", ["1"]),
]


@pytest.mark.parametrize(("name", "data", "scans"), CASES, ids=[c[0] for c in CASES])
def test_a_scan_is_cut_out_whole_at_once_and_byte_by_byte(
    name: str, data: bytes, scans: list[str]
) -> None:
    assert Framer().receive(data, now_ms=0) == scans
    framer = Framer()
    assert [s for b in data for s in framer.receive(bytes([b]), now_ms=0)] == scans
    assert not framer.waiting


def test_a_scan_without_suffix_ends_with_a_silence() -> None:
    framer = Framer()
    assert framer.receive(b"3017", 0) == []
    assert framer.tick(IDLE_MS - 1) == []
    assert framer.receive(b"620422003", 50) == []
    assert framer.tick(50 + IDLE_MS - 1) == []
    assert framer.tick(50 + IDLE_MS) == ["3017620422003"]
    assert framer.tick(1000) == []


def test_two_scans_twenty_milliseconds_apart_both_arrive() -> None:
    framer = Framer()
    assert framer.receive(b"96385074\r", 0) == ["96385074"]
    assert framer.receive(b"3017620422003\r", 20) == ["3017620422003"]


def test_a_reader_that_was_late_does_not_split_a_scan() -> None:
    framer = Framer()
    framer.receive(b"30176", 0)
    assert framer.receive(b"20422003\r", 500) == ["3017620422003"]


def test_a_lost_etx_does_not_swallow_the_next_scan() -> None:
    framer = Framer()
    assert framer.receive(b"\x0296385074\r", 0) == []
    assert framer.tick(IDLE_MS) == ["96385074"]
    assert framer.receive(b"1\r", 100) == ["1"]


@given(st.lists(st.binary(max_size=40)), st.integers(0, 10**9))
def test_no_bytes_crash_the_framer_and_silence_always_empties_it(
    chunks: list[bytes], now_ms: int
) -> None:
    framer, whole = Framer(), Framer()
    scans = [s for chunk in chunks for s in framer.receive(chunk, now_ms)]
    assert scans == whole.receive(b"".join(chunks), now_ms)
    framer.tick(now_ms + IDLE_MS)
    assert not framer.waiting


def _events(*keys: tuple[int, int]) -> bytes:
    return b"".join(
        EVENT.pack(0, 0, 4, 4, code) + EVENT.pack(0, 0, 1, code, value) + EVENT.pack(0, 0, 0, 0, 0)
        for code, value in keys
    )


def _tap(*codes: int) -> bytes:
    return b"".join(_events((code, 1), (code, 0)) for code in codes)


WEDGE = [
    ("digits", _tap(4, 11, 2, 8, 28), ["3017"]),
    ("keypad", _tap(81, 82, 79, 71, 96), ["3017"]),
    ("capitals by shift", _events((42, 1)) + _tap(25) + _events((42, 0)) + _tap(2, 30, 28),
     ["P1a"]),
    ("GS is Control ]", _tap(2) + _events((29, 1)) + _tap(27) + _events((29, 0)) + _tap(3, 28),
     ["1\x1d2"]),
    ("a held key counts once", _events((4, 1), (4, 2), (4, 2), (4, 0)) + _tap(28), ["3"]),
    ("Enter alone is no scan", _tap(28, 28), []),
    ("keys without a character", _tap(59, 125, 4, 28), ["3"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "scans"), WEDGE, ids=[c[0] for c in WEDGE])
def test_a_keyboard_scanner_is_read_in_its_own_layout(
    name: str, data: bytes, scans: list[str]
) -> None:
    assert WedgeFramer().receive(data, 0) == scans
    framer = WedgeFramer()
    assert [s for b in data for s in framer.receive(bytes([b]), now_ms=0)] == scans


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_keyboard_scanner(data: bytes) -> None:
    framer = WedgeFramer()
    framer.receive(data, 0)
    framer.tick(10_000)
    assert not framer.waiting


def _report(text: bytes, aim: bytes = b"]E0", more: int = 0) -> bytes:
    return bytes((2, len(text))) + aim + text.ljust(58, b"\0") + bytes((more,))


HID_CASES = [
    ("one report", _report(b"3017620422003"), ["]E03017620422003"]),
    ("two codes", _report(b"96385074", b"]E4") * 2, ["]E496385074"] * 2),
    ("a code over three reports", _report(b"A" * 56, b"]d2", 1) * 2 + _report(b"B", b"]d2"),
     ["]d2" + "A" * 112 + "B"]),
    ("GS is data", _report(b"103\x1d21A", b"]C1"), ["]C1103\x1d21A"]),
    ("no AIM identifier", _report(b"96385074", b"\0\0\0"), ["96385074"]),
    ("the other maker's layout", bytes((1, 8)) + b"96385074".ljust(62, b"\0"), ["96385074"]),
    ("line ends of the scanner are none of the code", _report(b"96385074\r\n", b"]E4"),
     ["]E496385074"]),
    ("a report of another kind is none", bytes((7, 8)) + b"x" * 62 + _report(b"1"), ["]E01"]),
    ("a length that cannot be is none", bytes((2, 57)) + b"x" * 62 + _report(b"1"), ["]E01"]),
    ("noise without end is dropped", _report(b"A" * 56, more=1) * 80 + _report(b"1") * 2, ["]E01"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "scans"), HID_CASES, ids=[c[0] for c in HID_CASES])
def test_reports_of_hid_pos_become_scans_at_once_and_byte_by_byte(
    name: str, data: bytes, scans: list[str]
) -> None:
    framer = HidFramer()
    found = [s for byte in data for s in framer.receive(bytes([byte]), now_ms=0)]
    assert found[-len(scans) :] == scans
    assert HidFramer().receive(data, now_ms=0) == found


def test_half_a_report_is_forgotten_after_a_silence_and_never_joins_the_next() -> None:
    framer = HidFramer()
    assert framer.receive(_report(b"3017620422003")[:40], now_ms=0) == []
    waits = [(framer.tick(now_ms=now), framer.waiting) for now in (199, 200)]
    assert waits == [([], True), ([], False)]
    assert framer.receive(_report(b"96385074", b"]E4"), now_ms=201) == ["]E496385074"]


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_no_bytes_make_hid_pos_fail_or_keep_more_than_a_code(pieces: list[bytes]) -> None:
    framer = HidFramer()
    for at, piece in enumerate(pieces):
        for text in framer.receive(piece, now_ms=at):
            assert 0 < len(text) <= SCAN_MAX + 3
    framer.tick(now_ms=1_000_000)
    assert not framer.waiting
