"""One-time codes: 50 bits of chance in ten characters that nobody mistakes for others.

Crockford's base32 has neither I, L, O nor U; who types an O or an l means 0 and 1.

>>> shown("0123456789")
'01234-56789'
>>> plain(" 0l2345-6789a ")
'0123456789A'
"""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 10
_SLIPS = str.maketrans("OIL", "011", " -")


def fresh() -> str:
    """Return a new code, as it is kept: ten characters, 50 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CHARACTERS))


def shown(code: str) -> str:
    """Return a code as a person reads it."""
    return f"{code[:5]}-{code[5:]}"


def plain(typed: str) -> str:
    """Return what somebody typed as it is kept."""
    return typed.upper().translate(_SLIPS)


def link(url: str, till: str, code: str) -> str:
    """Return what the QR code of a manager's screen says.

    >>> link("https://centre.example", "S001-T01", "0123456789")
    'comptoir-enrol:https://centre.example#S001-T01#01234-56789'
    """
    return f"comptoir-enrol:{url}#{till}#{shown(code)}"
