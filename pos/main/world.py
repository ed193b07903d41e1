"""The real world behind the smallest ports: the clock, identifiers, PIN hashing, the bell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock put forward: a demonstration's other day. Only ever moved forward."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """Return the present instant of the demonstration, in UTC."""
        return datetime.now(UTC) + self._ahead

    def pass_days(self, days: int) -> None:
        """Let whole days pass."""
        self._ahead += timedelta(days=days)


class UlidIds:
    """ULIDs: 48 bits of milliseconds and 80 random ones, 26 characters of Crockford base32."""

    def token(self) -> str:
        """Return a new identifier."""
        value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
        return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


class ArgonPins:
    """PINs under argon2id (RFC 9106): 19 MiB, 2 passes, 1 lane; imported at the first PIN."""

    def __init__(self) -> None:
        self._nobody = ""

    def hash(self, pin: str) -> str:
        """Return a salted hash to keep."""
        return self._hasher().hash(pin)

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether the PIN fits; an empty hash never does, and takes as long to say so."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        if not pin_hash and not self._nobody:
            self._nobody = self.hash(os.urandom(8).hex())
        try:
            return self._hasher().verify(pin_hash or self._nobody, pin) and bool(pin_hash)
        except (Argon2Error, InvalidHashError):
            return False

    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Bell:
    """The till's voice: one terminal bell for what must be heard, by the settings."""

    def __init__(self, heard: frozenset[str], ring: Callable[[], None]) -> None:
        self._heard = heard
        self._ring = ring

    def play(self, name: str) -> None:
        """Ring for a sound that the settings want heard."""
        if name in self._heard:
            self._ring()
