"""The centre's check of signatures says what the till's says, of what tills and forgers make."""

from __future__ import annotations

import pytest

from pos.journal import signing
from pos.journal.signing import SeedKey
from sync.central import signed

KEY, OTHER = SeedKey(bytes(32)), SeedKey(bytes([1] * 32))
DATA = bytes(range(32))
TRUE = KEY.sign(DATA)
ORDER = 2**252 + 27742317777372353535851937790883648493
SAME_BUT_LONGER = TRUE[:32] + (int.from_bytes(TRUE[32:], "little") + ORDER).to_bytes(32, "little")
"""The second way of writing the same signature, which RFC 8032 § 5.1.7 forbids."""

CASES = [
    (KEY.public_key, TRUE, DATA),
    (KEY.public_key, TRUE, DATA + b"\0"),
    (KEY.public_key, TRUE, b""),
    (OTHER.public_key, TRUE, DATA),
    (KEY.public_key, OTHER.sign(DATA), DATA),
    (KEY.public_key, SAME_BUT_LONGER, DATA),
    (KEY.public_key, bytes(64), DATA),
    (KEY.public_key, TRUE[:63], DATA),
    (KEY.public_key, TRUE + b"\0", DATA),
    (KEY.public_key, b"", DATA),
    (bytes([255] * 32), TRUE, DATA),
    *(
        (KEY.public_key, TRUE[:at] + bytes([TRUE[at] ^ 1]) + TRUE[at + 1 :], DATA)
        for at in range(64)
    ),
]


@pytest.mark.parametrize(("key", "signature", "data"), CASES)
def test_both_checks_say_the_same(key: bytes, signature: bytes, data: bytes) -> None:
    assert signed.verify(key, signature, data) == signing.verify(key, signature, data)


def test_only_the_true_one_passes() -> None:
    assert [case for case in CASES if signed.verify(*case)] == [CASES[0]]


def test_what_is_no_key_is_an_error_to_both() -> None:
    for check in (signed.verify, signing.verify):
        with pytest.raises(ValueError, match="32 bytes"):
            check(KEY.public_key[:31], TRUE, DATA)


def test_a_key_under_which_anything_is_signed_is_refused() -> None:
    """The neutral point as a key: `R = S·B` holds for any data with S = 0 and R the same point."""
    neutral = (1).to_bytes(32, "little")
    assert not signed.verify(neutral, neutral + bytes(32), DATA)
