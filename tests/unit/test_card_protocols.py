"""Card terminals' protocols: byte by byte, damaged, contradicting; nothing is ever made up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.card.protocol import (
    Answer,
    Asked,
    Dialogue,
    Outcome,
    caisse_ap,
    concert,
    receipt_lines,
    told,
)
from devices.card.protocol.caisse_ap import REASONS, CaisseAp, write
from devices.card.protocol.concert import (
    ACK,
    ENQ,
    EOT,
    MOVES,
    NAK,
    Concert,
    Deed,
    Heard,
    Stage,
    framed,
)

ASKED = Asked("REQUEST001", 1590)
GOOD = {"CZ": "0300", "CA": "01", "CE": "978", "BA": "0", "CD": "0", "CB": "1590", "AE": "10"}
APPROVED, DECLINED, CANCELLED, UNKNOWN = Outcome


def ap(with_reference: bool = False) -> CaisseAp:
    dialogue = CaisseAp(ASKED, caisse_ap.Manner(with_reference=with_reference))
    dialogue.start()
    return dialogue


def e_plus(*, handshake: bool = True) -> Concert:
    """Return a dialogue whose amount was taken: the customer pays."""
    dialogue = Concert(ASKED, concert.Manner(plus=True, handshake=handshake))
    dialogue.start()
    if handshake:
        dialogue.receive(ACK)
        dialogue.receive(ACK)
    return dialogue


def ended(dialogue: Dialogue, data: bytes) -> Answer:
    """Feed one byte at a time, then silence until it ends."""
    for byte in data:
        dialogue.receive(bytes([byte]))
    for _ in range(10):
        if dialogue.answer is None:
            dialogue.silence()
    assert dialogue.answer is not None
    return dialogue.answer


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, APPROVED),
        ({"CB": "000000001590"}, APPROVED),
        ({"CB": "1591"}, UNKNOWN),
        ({"CB": "x590"}, UNKNOWN),
        ({"CB": "¹590"}, UNKNOWN),
        ({"CA": "02"}, UNKNOWN),
        ({"CD": "1"}, UNKNOWN),
        ({"CE": "840"}, UNKNOWN),
        ({"BA": "1"}, UNKNOWN),
        ({"CJ": "999999999999"}, UNKNOWN),
        ({"AF": "00"}, UNKNOWN),
        ({"AF": "09"}, UNKNOWN),
        ({"AF": ""}, UNKNOWN),
        ({"AE": "11"}, UNKNOWN),
        ({"AE": "12"}, UNKNOWN),
        ({"AE": ""}, UNKNOWN),
        ({"AE": "01"}, DECLINED),
        ({"AE": "01", "CB": "1591"}, UNKNOWN),
        *(({"AE": "01", "AF": reason}, outcome) for reason, (outcome, _) in REASONS.items()),
        ({"AE": "01", "AF": "99"}, UNKNOWN),
    ],
)
def test_an_answer_is_believed_when_all_it_echoes_is_as_asked(
    changed: dict[str, str], outcome: Outcome
) -> None:
    data = "".join(f"{t}{len(v):03d}{v}" for t, v in {**GOOD, **changed}.items()).encode("latin-1")
    assert ended(ap(), data).outcome is outcome


@pytest.mark.parametrize("missing", ["CA", "CB", "CD", "CE", "AE"])
def test_an_answer_that_leaves_out_what_it_must_echo_is_not_believed(missing: str) -> None:
    answer = {tag: text for tag, text in GOOD.items() if tag != missing}
    assert ended(ap(), write(answer)).outcome is UNKNOWN


def test_an_answer_that_breaks_off_is_not_believed_wherever_it_does() -> None:
    data = write({**GOOD, "AC": "391603", "AA": "873407######6964"})
    whole = len(write(GOOD))
    for end in range(len(data)):
        outcome = ended(ap(), data[:end]).outcome
        assert (outcome is APPROVED) == (end in (whole, whole + 11)), end


def test_an_answer_is_not_whole_before_its_status() -> None:
    dialogue = ap()
    dialogue.receive(write({tag: text for tag, text in GOOD.items() if tag != "AE"}))
    assert dialogue.patience_s > 100
    dialogue.receive(write({"AE": "10"}))
    assert dialogue.patience_s < 1


def test_a_second_status_in_one_answer_makes_it_unreadable() -> None:
    data = write({**GOOD, "AE": "01"}) + write({"AE": "10"})
    assert ended(ap(), data).outcome is UNKNOWN


@pytest.mark.parametrize(("echo", "outcome"), [("REQUEST001", APPROVED), ("OTHER00001", UNKNOWN)])
def test_a_reference_that_is_sent_must_come_back(echo: str, outcome: Outcome) -> None:
    assert ended(ap(with_reference=True), write({**GOOD, "CF": echo})).outcome is outcome
    assert ended(ap(with_reference=True), write(GOOD)).outcome is UNKNOWN
    assert ended(ap(), write({**GOOD, "CF": echo})).outcome is APPROVED


def test_an_answer_that_never_ends_is_given_up() -> None:
    dialogue = ap()
    dialogue.receive(b"A" * (caisse_ap.ANSWER_MOST + 1))
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is UNKNOWN


def test_a_payback_and_a_small_amount_are_written_as_the_protocol_wants() -> None:
    data = CaisseAp(Asked("R" * 10, -5), caisse_ap.Manner(number="7")).start()
    assert b"CA00207" in data
    assert b"CD0011" in data
    assert data.endswith(b"CB00205")


ANSWER = b"0100000159019" + b"78REQUEST001"


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (ANSWER, APPROVED),
        (ANSWER.replace(b"010", b"017", 1), DECLINED),
        (ANSWER.replace(b"010", b"019", 1), UNKNOWN),
        (ANSWER.replace(b"010", b"015", 1), UNKNOWN),
        (ANSWER.replace(b"010", b"020", 1), UNKNOWN),
        (ANSWER.replace(b"1590", b"1591"), UNKNOWN),
        (ANSWER.replace(b"978", b"840"), UNKNOWN),
        (ANSWER.replace(b"01978", b"0C978"), UNKNOWN),
        (ANSWER.replace(b"REQUEST001", b"REQUEST002"), UNKNOWN),
        (ANSWER.replace(b"REQUEST001", b" " * 10), UNKNOWN),
        (b"017" + ANSWER[3:].replace(b"1590", b"1591"), UNKNOWN),
    ],
)
def test_a_frame_is_believed_when_all_its_fields_are_as_asked(
    data: bytes, outcome: Outcome
) -> None:
    assert ended(e_plus(), ENQ + framed(data)).outcome is outcome


def test_a_frame_whose_check_is_any_byte_even_its_end_is_read() -> None:
    for wanted in (0x02, 0x03, 0x05, 0x15):
        for number in range(100_000):
            reference = f"REQUE{number:05d}"
            if framed(ANSWER[:-10] + reference.encode())[-1] == wanted:
                break
        dialogue = Concert(Asked(reference, 1590), concert.Manner(plus=True))
        dialogue.start()
        dialogue.receive(ACK)
        dialogue.receive(ACK)
        data = ENQ + framed(ANSWER[:-10] + reference.encode())
        assert ended(dialogue, data).outcome is APPROVED


def test_a_damaged_frame_is_asked_for_again_and_then_given_up() -> None:
    bad = bytearray(framed(ANSWER))
    bad[-1] ^= 1
    dialogue = e_plus()
    assert dialogue.receive(ENQ) == ACK
    assert [dialogue.receive(bytes(bad)) for _ in range(3)] == [NAK, NAK, EOT]
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is UNKNOWN
    dialogue = e_plus()
    assert dialogue.receive(ENQ + bytes(bad) + framed(ANSWER)) == ACK + NAK + ACK
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is APPROVED


def test_nothing_is_sent_twice_but_for_the_terminals_own_nak() -> None:
    dialogue = Concert(ASKED, concert.Manner())
    assert [dialogue.start(), dialogue.silence(), dialogue.silence()] == [ENQ] * 3
    assert dialogue.silence() == EOT
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is CANCELLED
    dialogue = Concert(ASKED, concert.Manner())
    dialogue.start()
    frame = dialogue.receive(ACK)
    assert dialogue.silence() == b""
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is UNKNOWN
    dialogue = Concert(ASKED, concert.Manner())
    dialogue.start()
    dialogue.receive(ACK)
    assert [dialogue.receive(NAK) for _ in range(3)] == [frame, frame, EOT]
    assert dialogue.answer is not None
    assert dialogue.answer.outcome is CANCELLED


def test_a_terminal_that_calls_at_the_same_time_speaks_first() -> None:
    earlier = Asked("EARLIER001", 700)
    dialogue = Concert(ASKED, concert.Manner(), {"EARLIER001": earlier})
    dialogue.start()
    late = b"010000007001978EARLIER001"
    assert dialogue.receive(ENQ + framed(late) + EOT) == ACK + ACK
    assert [(one.reference, one.outcome) for one in dialogue.others] == [("EARLIER001", APPROVED)]
    assert dialogue.answer is None
    assert dialogue.silence() == ENQ


def test_of_what_the_line_still_held_only_the_terminals_call_counts() -> None:
    dialogue = Concert(ASKED, concert.Manner())
    assert dialogue.start(ACK + EOT + ACK) == ENQ
    assert not dialogue.left
    dialogue = Concert(ASKED, concert.Manner())
    assert dialogue.start(ACK + ENQ) == ENQ + ACK
    assert not dialogue.left


def test_an_answer_that_comes_before_anything_was_asked_answers_nothing() -> None:
    dialogue = Concert(ASKED, concert.Manner())
    dialogue.start()
    dialogue.receive(ENQ + framed(ANSWER))
    assert dialogue.answer is None


def test_every_stage_ends_by_silence_and_knows_what_it_hears() -> None:
    for stage in Stage:
        if stage is not Stage.ENDED:
            assert (stage, Heard.SILENCE) in MOVES
        assert MOVES.get((stage, Heard.NOTHING)) is None
    assert {deed for (stage, _), deed in MOVES.items() if stage is Stage.WAITING} == {
        Deed.LISTEN,
        Deed.READ,
        Deed.ASK_AGAIN,
        Deed.GIVE_UP,
    }


MAKERS: list[Callable[[], Dialogue]] = [
    ap,
    e_plus,
    lambda: e_plus(handshake=False),
    lambda: Concert(ASKED, concert.Manner()),
]
NOISE = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([ACK, NAK, ENQ, EOT, b"\x02", b"\x03", b"AE00210", write(GOOD)[:20]]),
)


@given(st.sampled_from(MAKERS), st.lists(NOISE, max_size=12), st.booleans())
@example(ap, [b"AE00210"], False)
@example(MAKERS[3], [NAK, b"\x02"], False)
def test_no_noise_is_an_approval_and_every_dialogue_ends(
    make: Callable[[], Dialogue], noise: list[bytes], hangs_up: bool
) -> None:
    dialogue = make()
    if isinstance(dialogue, Concert) and not dialogue.left:
        dialogue.start()
    for data in noise:
        dialogue.receive(data)
        dialogue.silence()
    if hangs_up:
        dialogue.hang_up()
    assert ended(dialogue, b"").outcome is not APPROVED
    dialogue.listen_on()
    assert ended(dialogue, b"").outcome is UNKNOWN


@given(st.integers(0, len(framed(ANSWER)) - 1), st.integers(1, 255))
def test_no_single_damaged_byte_makes_a_refusal_an_approval(at: int, change: int) -> None:
    frame = bytearray(framed(ANSWER.replace(b"010", b"017", 1)))
    frame[at] ^= change
    assert ended(e_plus(), ENQ + bytes(frame)).outcome is not APPROVED


CARD = "4970101234567893"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("CARTE 4970 1012\n3456 7893", ("CARTE #### ####", "#### 7893")),
        ("4970.1012.3456.7893", ("####.####.####.7893",)),
        ("4970\xa01012\xa03456\xa07893", ("#### #### #### 7893",)),
        ("4970\x001012\x1b3456\x007893", ("####", "####", "####", "7893")),
        ("4970101234567893F2512", ("############7893F####",)),
        (f"{'-' * 40} {CARD}", (f"{'-' * 40} #######",)),
        ("CB XXXX XXXX XXXX 7893", ("CB XXXX XXXX XXXX 7893",)),
    ],
)
def test_a_receipt_keeps_its_lines_and_no_card_number(text: str, lines: tuple[str, ...]) -> None:
    assert receipt_lines(text) == lines


@given(
    st.text("CB :\n\0\xa0", max_size=40), st.text("\n\0 \x1b\xa0.", max_size=8), st.integers(1, 8)
)
@example("CONTRAT PAN ", "", 16)
@example("CONTRAT" + " " * 19, "", 16)
def test_what_is_taken_out_of_a_terminals_text_or_cut_off_it_hides_no_card_number(
    before: str, between: str, every: int
) -> None:
    pieces = [CARD[at : at + every] for at in range(0, len(CARD), every)]
    text = before + between.join(pieces)
    for kept in (told(text), "".join(receipt_lines(text))):
        digits = "".join(one for one in kept if one.isdigit())
        assert len(digits) <= 4


def test_a_number_behind_a_digit_of_the_line_before_is_masked() -> None:
    assert told(f"12\n{CARD}") == "12############7893"
