"""Names of orders: the ULID, the page's token, the short code, the number that people say.

>>> from datetime import UTC
>>> ulid(datetime(2026, 11, 22, tzinfo=UTC), bytes(10))
'01M808TX000000000000000000'
>>> store_of("S001.01M808TX000000000000000000")
'S001'
>>> store_of("nonsense"), store_of("../S001.X")
(None, None)
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from pos.domain.pickup_pass import CODE_LENGTH

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 26
"""130 bits: who has not been told a token never finds one."""

NAMED = re.compile(r"^([A-Z][A-Z0-9]{0,15})\.([0-9A-HJKMNP-TV-Z]{26})$")
"""The store and the rest of a token, or of an order's name at the API."""

_SPOKEN_LENGTH = 6


def ulid(now: datetime, chance: bytes | None = None) -> str:
    """Return a new ULID: the milliseconds, and 80 bits of chance."""
    number = int(now.timestamp() * 1000) << 80
    number |= int.from_bytes(secrets.token_bytes(10) if chance is None else chance, "big")
    return "".join(_ALPHABET[number >> (5 * n) & 31] for n in reversed(range(26)))


def token(store: str) -> str:
    """Return a new token for an order of a store: `S001.` and 26 characters."""
    return f"{store}.{chance(TOKEN_LENGTH)}"


def code() -> str:
    """Return a new short code."""
    return chance(CODE_LENGTH)


def reference() -> str:
    """Return a number for people to say, where the channel gave none."""
    return chance(_SPOKEN_LENGTH)


def public(store: str, order: str) -> str:
    """Return an order's name at the API: its store, by which it is found, and its ULID."""
    return f"{store}.{order}"


def store_of(name: str) -> str | None:
    """Return the store that a token or an order's name at the API names, None when it is none."""
    found = NAMED.fullmatch(name)
    return None if found is None else found.group(1)


def chance(length: int) -> str:
    """Return so many characters of chance, 5 bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
