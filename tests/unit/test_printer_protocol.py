"""What a printer says is told apart byte by byte, and what it is told is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.printer.interpreter import Interpreter, Pulse
from devices.printer.layout import Line
from devices.printer.protocol import (
    ASB_ON,
    Answer,
    Fault,
    Flow,
    Info,
    JobDone,
    Plain,
    PoweredOn,
    Status,
    StatusEvent,
    StatusParser,
    ask,
    ask_done,
    process_id,
    pulse,
    pulse_now,
    status_of,
)
from pos.papers.page import Barcode, Cut, Qr

ANSWERS: list[tuple[str, bytes, list[StatusEvent]]] = [
    ("all well", b"\x12", [Answer(0x12)]),
    ("drawer pin high", b"\x16", [Answer(0x16)]),
    ("paper out", b"\x1a\x32\x7e", [Answer(0x1A), Answer(0x32), Answer(0x7E)]),
    ("idle block", b"\x14\x00\x00\x00", [Status(pin_high=True)]),
    ("near end", b"\x10\x00\x03\x00", [Status(paper_low=True)]),
    ("paper out block", b"\x1c\x00\x0f\x00",
     [Status(offline=True, pin_high=True, paper_out=True, paper_low=True)]),
    ("cover open", b"\x3c\x00\x00\x00", [Status(offline=True, pin_high=True, cover_open=True)]),
    ("cutter jam", b"\x1c\x08\x00\x00", [Status(offline=True, pin_high=True, fault=Fault.CUTTER)]),
    ("flow control inside a block", b"\x13\x10\x13\x00\x11\x00\x00",
     [Flow(False), Flow(False), Flow(True), Status()]),
    ("plain answers", b"\x00\x0f", [Plain(0), Plain(15)]),
    ("job done", b'7"AB27\x00', [JobDone(b"AB27")]),
    ("job done after a block", b'\x10\x00\x00\x007"AB27\x00\x12',
     [Status(), JobDone(b"AB27"), Answer(0x12)]),
    ("an id of bytes that look like status", b'7"\x21\x7e2:\x00', [JobDone(b"!~2:")]),
    ("a name", b"_TM-T88V\x00", [Info(b"TM-T88V")]),
    ("powered on", b"\x3b1\x00", [PoweredOn()]),
    ("a block cut short by an answer", b"\x10\x00\x12", [Answer(0x12)]),
    ("a block cut short by a block", b"\x10\x00\x14\x00\x00\x00", [Status(pin_high=True)]),
    ("half a job's name and then an answer", b'7"AB\x12', [Answer(0x12)]),
    ("a job's name that is too short", b'7"AB2\x00', []),
    ("its buffers were cleared", b"7%\x00", [PoweredOn()]),
    ("too hot", b"\x18\x40\x00\x00", [Status(offline=True, fault=Fault.HOT)]),
    ("out of order", b"\x18\x28\x00\x00", [Status(offline=True, fault=Fault.BROKEN)]),
    ("waiting for a sign", b"\x18\x01\x00\x00", [Status(offline=True, waits=True)]),
    ("line noise", b"\xff\x80\x12", [Answer(0x12)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "events"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_an_answer_is_told_apart_at_once_and_byte_by_byte(
    name: str, data: bytes, events: list[StatusEvent]
) -> None:
    assert StatusParser().receive(data) == events
    parser = StatusParser()
    assert [e for byte in data for e in parser.receive(bytes([byte]))] == events


@given(st.lists(st.binary(max_size=30)))
def test_no_bytes_crash_the_parser_nor_deafen_it_for_longer_than_a_block(
    chunks: list[bytes],
) -> None:
    parser, whole = StatusParser(), StatusParser()
    assert [e for c in chunks for e in parser.receive(c)] == whole.receive(b"".join(chunks))
    assert parser.receive(b"\x00\xff" + b'7"AB27\x00')[-1] == JobDone(b"AB27")


def test_three_answers_make_one_status() -> None:
    assert status_of(0x12, 0x12, 0x12) == Status()
    assert status_of(0x1E, 0x16, 0x12) == Status(offline=True, pin_high=True, cover_open=True)
    assert status_of(0x1A, 0x52, 0x1E) == Status(offline=True, fault=Fault.OTHER, paper_low=True)


def test_a_job_is_named_to_the_printer_by_four_letters_of_its_own() -> None:
    names = [f"S012-T03-K7/{n:06d}" for n in range(500)]
    marks = {process_id(name) for name in names}
    assert len(marks) == len(names)
    assert all(len(mark) == 4 and mark.isalnum() for mark in marks)


PAPER: list[tuple[str, bytes, list[object]]] = [
    ("accents of slot 19", b"\x1bt\x13\x82 \xd5\n", [Line("é €")]),
    ("accents of the default page", b"\x82\n", [Line("é")]),
    ("init resets the page", b"\x1bt\x10\x1b@\x82\n", [Line("é")]),
    ("bold", b"\x1bE\x01A\n\x1bE\x00B\n", [Line("A", True), Line("B")]),
    ("double", b"\x1d!\x11A\n", [Line("A", size=2)]),
    ("too long a line", b"0123456789\n", [Line("01234567"), Line("89")]),
    ("centred by the printer", b"\x1ba\x01AB\n", [Line("   AB")]),
    ("feed", b"A\x1bd\x03B\n", [Line("A"), Line(), Line(), Line("B")]),
    ("cut", b"A\n\x1dVB\x00\x1dV\x01", [Line("A"), Cut(), Cut()]),
    ("QR", b"\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x05\x001P0AB\x1d(k\x03\x001Q0",
     [Qr("AB", "M", 6)]),
    ("CODE128", b"\x1dkI\x05{BA{{", [Barcode("A{")]),
    ("EAN ended by NUL", b"\x1dk\x0296385074\x00", [Barcode("96385074")]),
    ("DLE as data", b"\x1bd\x10\n", [Line()] * 17),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "paper"), PAPER, ids=[p[0] for p in PAPER])
def test_the_emulated_printer_prints_what_it_is_told(
    name: str, data: bytes, paper: list[object]
) -> None:
    whole, split = Interpreter(columns=8), Interpreter(columns=8)
    whole.receive(data)
    for byte in data:
        split.receive(bytes([byte]))
    assert whole.paper == split.paper == paper
    assert whole.errors == split.errors == []


SAID = [
    ("well", ask(1), b"\x12"),
    ("paper", ask(4), b"\x12"),
    ("automatic status at once", ASB_ON, b"\x10\x00\x00\x00"),
    ("in order", b"\x1dr\x01", b"\x00"),
    ("done", ask_done(b"AB27"), b'7"AB27\x00'),
    ("a question inside a text", b"AB" + ask(1) + b"CD\n", b"\x12"),
    ("drawer at once", ASB_ON + pulse_now(0, 10), b"\x14\x00\x00\x00"),
]


@pytest.mark.parametrize(("name", "data", "answer"), SAID, ids=[s[0] for s in SAID])
def test_the_emulated_printer_answers(name: str, data: bytes, answer: bytes) -> None:
    assert Interpreter().receive(data) == answer


def test_a_pulse_waits_its_turn_or_goes_first() -> None:
    printer = Interpreter()
    printer.body.lines_left = 0
    printer.receive(pulse(0, 10) + pulse_now(1, 10))
    assert printer.pulses == [Pulse(1, at_once=True)]
    printer.body.lines_left = None
    printer.settle()
    assert printer.pulses == [Pulse(1, at_once=True), Pulse(0, at_once=False)]


def test_a_printer_without_paper_says_so_and_goes_on_when_it_has_some() -> None:
    printer = Interpreter()
    printer.body.lines_left = 1
    assert printer.receive(ASB_ON + b"A\nB\n" + ask_done(b"AB27")) == b"\x18\x00\x0f\x00"
    assert printer.receive(ask(1) + ask(2) + ask(4)) == b"\x1a\x32\x7e"
    printer.body.lines_left = None
    assert printer.settle() == b'7"AB27\x00' + b"\x10\x00\x00\x00"
    assert printer.paper == [Line("A"), Line("B")]


def test_a_printer_without_paper_takes_no_more_than_its_buffer() -> None:
    printer = Interpreter()
    printer.body.cover_open = True
    printer.receive(b"x" * 4095)
    assert not printer.full
    printer.receive(b"x")
    assert printer.full


def test_a_printer_switched_off_forgets_what_it_held() -> None:
    printer = Interpreter()
    printer.body.cover_open = True
    printer.receive(b"lost\n")
    assert printer.power_cycle() == b"\x3b1\x00"
    printer.body.cover_open = False
    printer.settle()
    assert printer.paper == []


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\x1bZ", "unknown command 1b 5a"),
        (b"\x01", "unknown byte 01"),
        (b"\x1bt\x63", "unknown code page 99"),
        (b"\x1d(Z", "unknown command 1d 28"),
        (b"\x10\x04\x09", "unknown status request 9"),
        (b"\x1dkI\x03ABC", "a CODE128 begins with its set {B"),
        (b"\x1dV\x09", "damaged command 1d 56 09"),
    ],
)
def test_what_the_emulated_printer_does_not_know_is_written_down(data: bytes, error: str) -> None:
    printer = Interpreter()
    printer.receive(data)
    assert printer.errors[0] == error


COMMAND_BYTES = st.lists(
    st.sampled_from([b"\x1b", b"\x1d", b"\x10", b"\x04", b"\x14", b"(", b"k", b"v", b"V", b"H",
                     b"\x00", b"\x01", b"0", b"1", b"P", b"Q", b"A", b"\n", b"\xff"])
).map(b"".join)  # fmt: skip


@given(st.lists(st.binary(max_size=40) | COMMAND_BYTES, max_size=8))
def test_no_bytes_crash_or_hang_the_emulated_printer(chunks: list[bytes]) -> None:
    split, whole = Interpreter(), Interpreter()
    answers = b"".join(split.receive(chunk) for chunk in chunks)
    whole.receive(b"".join(chunks))
    assert split.paper == whole.paper
    assert split.pulses == whole.pulses
    assert len(answers) <= 40 * sum(map(len, chunks))
