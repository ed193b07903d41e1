"""Orders to collect as the till sees them: the centre's rows with this till's own steps on top.

Nothing here waits for the network. What must be unique across tills is a claim that the courier
carries: the till writes down what it asks for, goes on, and reads the answer when it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pos.domain.events.orders import HandOverAsked, OrderEvent, OrderHandedOver
from pos.domain.order import Order
from pos.ports.centre import ClaimAnswer as ClaimAnswer


@dataclass(frozen=True, slots=True)
class PassKey:
    """A public key (raw, 32 bytes) by which the centre signs passes, under its number (0 to 15).

    One that leaked `is_revoked`: whoever has it can sign, so what it signed proves nothing.
    """

    number: int
    public_key: bytes
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class StoreName:
    """A shop of the company: its number in passes, its short name and what people call it."""

    number: int
    store: str
    name: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that this till wrote: its entry's name (`T01-K1/000481`), instant and facts."""

    entry: str
    at: str
    facts: OrderHandedOver
    is_undone: bool


@dataclass(frozen=True, slots=True)
class AskedHandOver:
    """A hand-over that was claimed: the name of the entry that asked, and what it asked."""

    claim: str
    at: str
    facts: HandOverAsked


@dataclass(frozen=True, slots=True)
class Moved:
    """How much of an article came to what can be sold, and to the pickup shelf (thousandths)."""

    on_hand: int = 0
    shelf: int = 0


class Orders(Protocol):
    """The orders of this till's store."""

    def version(self) -> object:
        """Return a value that changes whenever `all` may say something else; cheap to ask."""
        ...

    def all(self) -> Sequence[Order]:
        """Return every order that is known, own unsent steps on top; kept until it changes."""
        ...

    def order(self, name: str) -> Order | None:
        """Return an order by its ULID."""
        ...

    def by_code(self, code_hash: str) -> Sequence[Order]:
        """Return the orders that a short code proves (`pickup_pass.code_hash`)."""
        ...

    def read_at(self) -> str:
        """Return when the orders were last read to their end, "" for never."""
        ...

    def pass_keys(self) -> Mapping[int, PassKey]:
        """Return the centre's pass keys by number."""
        ...

    def stores(self) -> Mapping[int, StoreName]:
        """Return the company's shops by number."""
        ...

    def own_number(self) -> int | None:
        """Return the number of this till's store in passes, None before the centre told it."""
        ...

    def moved(self, sku: str) -> Moved:
        """Return how this till's own steps that the centre has not counted move an article."""
        ...

    def steps(self, name: str) -> Sequence[tuple[str, OrderEvent]]:
        """Return this till's own steps of an order, oldest first, each with its instant."""
        ...

    def handed(self, name: str) -> Sequence[HandedOver]:
        """Return this till's own hand-overs of an order, oldest first."""
        ...

    def unfinished(self) -> Sequence[AskedHandOver]:
        """Return the hand-overs that were claimed and neither written nor given up."""
        ...

    def claim(self, claim: str, what: Literal["hand_over"], key: str) -> None:
        """Ask the courier for a claim, durably; asked again it changes nothing."""
        ...

    def unclaim(self, claim: str) -> None:
        """Ask for a claim no more, where it has no answer yet."""
        ...

    def claimed(self, claim: str) -> ClaimAnswer | None:
        """Return the centre's answer to a claim, None while there is none."""
        ...

    def locked(self) -> tuple[str, int] | None:
        """Return when this till last closed itself to short codes, and for how many seconds."""
        ...

    def wrong_codes(self, since: str, until: str) -> int:
        """Return how many wrong short codes were tried here after an instant, up to another."""
        ...

    def last_queue(self, since: str) -> int:
        """Return the last queue number that this till gave since an instant, 0 for none."""
        ...
