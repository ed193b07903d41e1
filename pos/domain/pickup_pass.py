"""The pickup pass: what the customer's QR code says, checked offline by the centre's public key.

87 bytes: version and key (one byte, four bits each), the order's ULID (16), the store's number (2),
the last second it holds (4, UTC since 1970), an Ed25519 signature over `DOMAIN` and the bytes
before it (64). As text: `P1` and Crockford's base 32, 142 characters, upper case, which a QR code
holds in 37 modules at level L (screens) and 41 at level M (paper). Tills know public keys only, so
none can forge one; that it is used once is a claim, not the pass's business (design.md §6).

>>> made = sealed(Pass("01JD7Z4QFS3WZ8E3Y6M5K0T2RB", 12, 1_800_000_000, key=1), lambda _: bytes(64))
>>> len(made), made[:2]
(142, 'P1')
>>> opened(made).claims == Pass("01JD7Z4QFS3WZ8E3Y6M5K0T2RB", 12, 1_800_000_000, key=1)
True
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.errors import Refusal

PREFIX = "P1"
DOMAIN = b"pickup/1"
VERSION = 1
LENGTH = 142
CODE_LENGTH = 8
"""How many characters a short code has: 40 bits."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_SIGNED, _WHOLE = 23, 87
_ULID = 26


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass claims: the order (a ULID's 26 characters), the number of its store, until when
    (seconds since 1970, UTC), and the number of the key that signs (0 to 15).
    """

    order: str
    store: int
    expires: int
    key: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.store < 2**16 and 0 <= self.expires < 2**32 and 0 <= self.key < 16):
            raise ValueError(f"no pass can say {self}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A pass as it was read: its claims, the bytes that are signed, and their signature."""

    claims: Pass
    signed: bytes
    signature: bytes


def sealed(claims: Pass, sign: Callable[[bytes], bytes]) -> str:
    """Return the text of a pass; `sign` returns an Ed25519 signature (64 bytes)."""
    head = bytes([VERSION << 4 | claims.key])
    body = head + _ulid_bytes(claims.order)
    body += claims.store.to_bytes(2, "big") + claims.expires.to_bytes(4, "big")
    return PREFIX + _text(body + sign(DOMAIN + body), LENGTH - len(PREFIX))


def opened(text: str) -> Opened:
    """Return what a pass says; its signature is still to be checked.

    Raises Refusal: `broken_pass` (part of it is missing or not readable), `newer_pass`.
    """
    told = text.strip().upper()
    if len(told) != LENGTH or not told.startswith(PREFIX):
        raise _broken()
    raw = _bytes(told.removeprefix(PREFIX), _WHOLE)
    if raw[0] >> 4 != VERSION:
        raise Refusal(
            "newer_pass", "This pickup pass is of a newer kind; type its short code instead."
        )
    order = _text(raw[1:17], _ULID)
    store, expires = int.from_bytes(raw[17:19], "big"), int.from_bytes(raw[19:23], "big")
    claims = Pass(order, store, expires, raw[0] & 15)
    return Opened(claims, DOMAIN + raw[:_SIGNED], raw[_SIGNED:])


def short_code(text: str) -> str | None:
    """Return a short code as it is kept (8 characters), None when the text is not one.

    >>> short_code("7k2m-9xqo"), short_code("7K2M 9X"), short_code("12345678")
    ('7K2M9XQ0', None, '12345678')
    """
    told = text.upper().replace("-", "").replace(" ", "")
    if len(told) != CODE_LENGTH or any(char not in _VALUES for char in told):
        return None
    return "".join(_ALPHABET[_VALUES[char]] for char in told)


def shown_code(code: str) -> str:
    """Return a short code as people read it.

    >>> shown_code("7K2M9XQ0")
    '7K2M-9XQ0'
    """
    return f"{code[:4]}-{code[4:]}"


def code_hash(code: str, store: str) -> str:
    """Return what a till keeps of a short code (64 hexadecimal digits).

    scrypt with the store's name for salt, so that one look-up costs one hash, and trying the 40
    bits of all codes costs centuries; tills also wait after wrong ones.
    """
    salt = f"pickup-code/1/{store}".encode()
    return hashlib.scrypt(code.encode(), salt=salt, n=4096, r=8, p=1, dklen=32).hex()


def code_of(random: bytes) -> str:
    """Return the short code of 5 random bytes.

    >>> code_of(bytes(5))
    '00000000'
    """
    return _text(random[:5], CODE_LENGTH)


def _broken() -> Refusal:
    return Refusal(
        "broken_pass", "This pickup pass could not be read whole; scan it again or type its code."
    )


def _ulid_bytes(text: str) -> bytes:
    if len(text) != _ULID:
        raise ValueError(f"{text!r} is no ULID")
    return _bytes(text, 16)


def _text(raw: bytes, length: int) -> str:
    """Return bytes in base 32, most significant first, padded with zero bits before them."""
    number = int.from_bytes(raw, "big")
    return "".join(_ALPHABET[number >> (5 * n) & 31] for n in reversed(range(length)))


def _bytes(text: str, size: int) -> bytes:
    number = 0
    for char in text:
        value = _VALUES.get(char)
        if value is None:
            raise _broken()
        number = number << 5 | value
    if number >> (8 * size):
        raise _broken()
    return number.to_bytes(size, "big")
