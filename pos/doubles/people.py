"""People and PINs in memory."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.staff import Person
from pos.doubles.store import MemoryStore
from pos.ports import Credentials


@dataclass
class MemoryPeople:
    """The people port over a `MemoryStore`."""

    store: MemoryStore

    def by_number(self, number: str) -> Credentials | None:
        """Return the credentials of a number."""
        return self.store.credentials.get(number)

    def add(self, person: Person, pin_hash: str) -> None:
        """Add a person."""
        self.store.credentials[person.number] = Credentials(person, pin_hash)

    def all(self) -> list[Person]:
        """Return everyone by number."""
        return [known.person for _, known in sorted(self.store.credentials.items())]


class PlainPins:
    """Pins that are not hashed: tests would wait for argon2 otherwise."""

    def hash(self, pin: str) -> str:
        """Return the PIN."""
        return pin

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Compare the PINs."""
        return bool(pin_hash) and pin_hash == pin
