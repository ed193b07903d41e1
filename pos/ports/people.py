"""Who may use the till."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.domain.staff import Person
from pos.journal.signing import Signer as Signer


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in is checked against; `locked_until` is an instant text, or empty."""

    person: Person
    pin_hash: str
    failures: int = 0
    locked_until: str = ""


class People(Protocol):
    """Who may use the till.

    Failures and locks follow the journal's entries, and a `staff.removed` entry takes the person
    out in its own transaction; the name is kept, the PIN is not, and the number is free again.
    """

    def by_number(self, number: str) -> Credentials | None:
        """Return the credentials of a sign-in number, or None."""
        ...

    def add(self, person: Person, pin_hash: str) -> None:
        """Add a person, or replace the one with the same reference."""
        ...

    def all(self) -> list[Person]:
        """Return everyone who may use the till, by number."""
        ...


class Pins(Protocol):
    """Slow hashing of PINs (argon2id)."""

    def hash(self, pin: str) -> str:
        """Return a salted hash to keep."""
        ...

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether the PIN is the one that was hashed."""
        ...
