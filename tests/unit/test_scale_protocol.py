"""Scales: what their bytes mean, a byte at a time; what no scale said is never a weight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scale.driver import REPLIES_MOST
from devices.scale.minds import DIALOG_SECRET, Pan, mind
from devices.scale.protocol import FAMILIES, Conversation, Item, Kind, Reading, Reply, converse
from devices.scale.protocol.dialog06 import check_record, price_record
from devices.scale.protocol.enq import check

STILL = Reading(Kind.STABLE, 345)


def enq(body: bytes) -> bytes:
    return b"\x06\x01\x02" + body + bytes([check(body)]) + b"\x03\x04"


SAID = [
    ("toledo", b"\x0200.345\r", STILL),
    ("toledo", b"\x02 0.345\r", STILL),
    ("toledo", b"\x0200.345N\r", Reading(Kind.STABLE, 345, is_net=True)),
    ("toledo", b"\x02?\x41\r", Reading(Kind.MOVING)),
    ("toledo", b"\x02?\x42\r", Reading(Kind.OVERLOAD)),
    ("toledo", b"\x02?\x44\r", Reading(Kind.BELOW_ZERO)),
    ("toledo", b"\x02?\x48\r", Reading(Kind.NOT_ZEROED)),
    ("toledo", b"\x02?\x50\r", Reading(Kind.EMPTY)),
    ("toledo", b"\x02?\x40\r", Reading(Kind.UNCHANGED)),
    ("toledo", b"\x02\r", Reading(Kind.DAMAGED)),
    ("toledo", b"\x02-0.345\r", Reading(Kind.DAMAGED)),
    ("toledo", b"\x0200.3451\r", Reading(Kind.DAMAGED)),
    ("toledo", b"\x0200\x0200.345\r", STILL),
    ("enq", enq(b"S 00.345kg"), STILL),
    ("enq", enq(b"U 00.345kg"), Reading(Kind.MOVING, 345)),
    ("enq", enq(b"S-00.345kg"), Reading(Kind.BELOW_ZERO)),
    ("enq", enq(b"SF00.000kg"), Reading(Kind.OVERLOAD)),
    ("enq", enq(b"S 00.345lb"), Reading(Kind.DAMAGED)),
    ("enq", enq(b"S 0a.345kg"), Reading(Kind.DAMAGED)),
    ("enq", enq(b"S 00.345kg")[:-3] + b"\x00\x03\x04", Reading(Kind.DAMAGED)),
    ("enq", b"\x06\x00\x01" + enq(b"S 00.345kg")[1:], STILL),
    ("enq", b"\x15", Reading(Kind.DAMAGED)),
    ("nci", b"\n00.345KG\r\nS00\r\x03", STILL),
    ("nci", b"\n 0.345 kg\r\nS00\r\x03", STILL),
    ("nci", b"\nS10\r\x03", Reading(Kind.MOVING)),
    ("nci", b"\nS01\r\x03", Reading(Kind.BELOW_ZERO)),
    ("nci", b"\nS02\r\x03", Reading(Kind.OVERLOAD)),
    ("nci", b"\nS20\r\x03", Reading(Kind.EMPTY)),
    ("nci", b"\n?\r\x03", Reading(Kind.REFUSED)),
    ("nci", b"\n00.345LB\r\nS00\r\x03", Reading(Kind.DAMAGED)),
    ("sics", b"S S     0.345 kg\r\n", STILL),
    ("sics", b"S S     345 g\r\n", STILL),
    ("sics", b"S S     345.0 g\r\n", STILL),
    ("sics", b"S S     345.2 g\r\n", Reading(Kind.DAMAGED)),
    ("sics", b"S D     0.345 kg\r\n", Reading(Kind.MOVING, 345)),
    ("sics", b"S S    -0.012 kg\r\n", Reading(Kind.BELOW_ZERO)),
    ("sics", b"S S    -0.000 kg\r\n", Reading(Kind.STABLE)),
    ("sics", b"S I\r\n", Reading(Kind.UNCHANGED)),
    ("sics", b"S +\r\n", Reading(Kind.OVERLOAD)),
    ("sics", b"S -\r\n", Reading(Kind.BELOW_ZERO)),
    ("sics", b"ES\r\n", Reading(Kind.REFUSED)),
    ("sics", b"S S     0.345 kg\n", Reading(Kind.DAMAGED)),
    ("dialog06", b"\x0202\x1b3\x1b00345\x1b000249\x1b000086\x03", STILL),
    ("dialog06", b"\x0202\x1b3\x1b00345\x1b000250\x1b000086\x03", Reading(Kind.DAMAGED)),
    ("dialog06", b"\x0202\x1b1\x1b00345\x1b000249\x1b000086\x03", Reading(Kind.DAMAGED)),
    ("dialog06", b"\x0202\x1b3\x1b345\x1b000249\x1b000086\x03", Reading(Kind.DAMAGED)),
    ("dialog06", b"\x0209\x1b20\x03", Reading(Kind.MOVING)),
    ("dialog06", b"\x0209\x1b21\x03", Reading(Kind.NOT_EMPTIED)),
    ("dialog06", b"\x0209\x1b30\x03", Reading(Kind.EMPTY)),
    ("dialog06", b"\x0209\x1b31\x03", Reading(Kind.BELOW_ZERO)),
    ("dialog06", b"\x0209\x1b32\x03", Reading(Kind.OVERLOAD)),
    ("dialog06", b"\x0209\x1b11\x03", Reading(Kind.REFUSED)),
    ("dialog06", b"\x0211\x1b25A\x03", Reading(Kind.LOCKED)),
    ("dialog06", b"\x0211\x1b000\x03", Reading(Kind.LOCKED)),
]
APPLES = Item(price=249)


def heard(talk: Conversation, data: bytes) -> list[Reading]:
    return [one for one in talk.receive(data) if isinstance(one, Reading)]


@pytest.mark.parametrize(("family", "data", "reading"), SAID)
def test_an_answer_means_what_the_manual_says_however_it_is_cut(
    family: str, data: bytes, reading: Reading
) -> None:
    whole, split = converse(family), converse(family)
    whole.ask(APPLES)
    split.ask(APPLES)
    assert heard(whole, data) == [reading]
    assert [one for byte in data for one in heard(split, bytes([byte]))] == [reading]


@pytest.mark.parametrize(
    ("family", "question"),
    [
        ("toledo", b"W"),
        ("enq", b"\x05"),
        ("nci", b"W\r"),
        ("sics", b"SI\r\n"),
        ("dialog06", b"\x04\x0201\x1b000249\x03"),
    ],
)
def test_a_question_is_the_bytes_of_the_manual(family: str, question: bytes) -> None:
    assert converse(family).ask(APPLES) == question


def test_dialog_06_asks_for_the_result_after_the_price_and_again_while_it_moves() -> None:
    talk = converse("dialog06")
    talk.ask(APPLES)
    assert talk.receive(b"\x06") == [Reply(b"\x04\x05")]
    assert talk.receive(b"\x15") == [Reply(b"\x04\x0208\x03")]
    assert talk.receive(b"\x0209\x1b20\x03")[-1] == Reading(Kind.MOVING)
    assert talk.ask(APPLES) == b"\x04\x05"
    assert talk.receive(b"\x0202\x1b3\x1b00345\x1b000249\x1b000086\x03") == [
        Reply(b"\x04"),
        STILL,
    ]
    assert talk.ask(APPLES) == price_record(APPLES)


def test_dialog_06_names_the_tare_and_the_article_where_there_are_any() -> None:
    assert price_record(Item(249, tare=12)) == b"\x04\x0203\x1b000249\x1b0012\x03"
    assert price_record(Item(249, "Crème\x03")) == b"\x04\x0204\x1b000249\x1bCr?me?       \x03"
    assert price_record(Item(249, "Pommes", 12)).startswith(b"\x04\x0205\x1b000249\x1b0012\x1bPom")


def test_a_dialog_06_scale_is_answered_with_the_makers_secret() -> None:
    talk = converse("dialog06", DIALOG_SECRET, lambda: 0x1234)
    talk.ask(APPLES)
    said = talk.receive(b"\x0211\x1b25A\x03")
    assert said == [Reply(b"\x04"), Reply(check_record(0x1234, 0x5A, DIALOG_SECRET))]


@pytest.mark.parametrize("secret", [DIALOG_SECRET, DIALOG_SECRET ^ 1])
def test_only_the_right_secret_opens_a_dialog_06_scale(secret: int) -> None:
    scale = mind("dialog06", Pan(gross=345, is_secured=True))
    talk = converse("dialog06", secret, lambda: 0xBEEF)
    readings = [one for _ in range(3) for one in asked(talk, scale)]
    assert (STILL in readings) is (secret == DIALOG_SECRET)
    assert (Reading(Kind.LOCKED) in readings) is (secret != DIALOG_SECRET)


def asked(talk: Conversation, scale: object) -> list[Reading]:
    """Return what one question brings, when every answer is whole."""
    readings: list[Reading] = []
    waiting = [talk.ask(APPLES)]
    for _ in range(REPLIES_MOST):
        if not waiting:
            break
        for said in talk.receive(scale.receive(waiting.pop(0))):  # type: ignore[attr-defined]
            if isinstance(said, Reply):
                waiting.append(said.data)
            else:
                readings.append(said)
    return readings


@pytest.mark.parametrize("family", FAMILIES)
@given(grams=st.integers(1, 15_000))
def test_the_emulator_and_the_till_understand_each_other(family: str, grams: int) -> None:
    pan = Pan(gross=grams)
    assert asked(converse(family), mind(family, pan))[-1] == Reading(Kind.STABLE, grams)
    assert pan.given == [grams]


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.binary(max_size=300))
def test_no_bytes_crash_a_conversation_or_an_emulated_scale(family: str, data: bytes) -> None:
    whole, split = converse(family), converse(family)
    whole.ask(APPLES)
    split.ask(APPLES)
    expected = whole.receive(data)
    assert [one for byte in data for one in split.receive(bytes([byte]))] == expected
    mind(family, Pan(gross=10)).receive(data)


FRAGMENTS = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([data for _, data, _ in SAID]),
    st.sampled_from([data[:-2] for _, data, _ in SAID]),
    st.sampled_from([b"\x02", b"\r", b"\n", b"\x03", b"00.345", b"S S ", b"KG\r\n", b"\x1b3\x1b"]),
)


@pytest.mark.parametrize("family", FAMILIES)
@given(pieces=st.lists(FRAGMENTS, max_size=12))
def test_no_bytes_are_a_weight_whose_digits_were_not_among_them(
    family: str, pieces: list[bytes]
) -> None:
    talk, data = converse(family), b"".join(pieces)
    talk.ask(APPLES)
    for one in heard(talk, data):
        if one.kind is Kind.STABLE and one.grams:
            digits = str(one.grams).rstrip("0").encode()  # 0.1 kg is 100 g
            assert digits in data.replace(b".", b"").replace(b" ", b"")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("other", FAMILIES)
def test_a_scale_of_another_family_gives_no_other_weight(family: str, other: str) -> None:
    talk, scale = converse(family), mind(other, Pan(gross=345))
    readings = [one for _ in range(3) for one in asked(talk, scale)]
    assert {one.grams for one in readings if one.kind is Kind.STABLE} <= {345}
    assert (STILL in readings) is (family == other)


ANSWERS = {family: data for family, data, reading in SAID if reading == STILL}


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
def test_a_damaged_answer_is_never_another_weight_where_the_family_has_a_check(
    family: str, data: st.DataObject
) -> None:
    whole = ANSWERS[family]
    cut = data.draw(st.integers(0, len(whole) - 1))
    talk = converse(family)
    talk.ask(APPLES)
    assert STILL not in heard(talk, whole[:cut]), "half an answer is no answer"
    if family == "enq":
        bit = data.draw(st.integers(0, 8 * len(whole) - 1))
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        talk.ask(APPLES)
        weights = [one for one in heard(talk, bytes(flipped)) if one.kind is Kind.STABLE]
        assert weights in ([], [STILL])


def test_a_family_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        converse("abacus")
