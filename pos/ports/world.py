"""The world itself: time, randomness, the catalogue, the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos.domain.catalogue import Article
from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.domain.events import (
    Event,
)
from pos.domain.facts import ChainHead, FiscalRecord
from pos.journal.entry import Entry, Place
from pos.journal.signing import Signer as Signer


class Clock(Protocol):
    """Time comes in here and nowhere else."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Randomness comes in here and nowhere else."""

    def token(self) -> str:
        """Return a new identifier of 26 characters (ULID) that no other till will make."""
        ...


class Catalogue(Protocol):
    """The articles this till can sell, read only."""

    def find(self, key: str) -> Article | None:
        """Return the article whose code (14-digit GTIN, in-store key or SKU) is `key`."""
        ...

    def search(self, text: str, limit: int) -> list[Article]:
        """Return at most `limit` articles whose names fit the typed words, best first."""
        ...

    def repriced(self, after: datetime, until: datetime, limit: int) -> list[Article]:
        """Return at most `limit` articles of which a price begins after `after`, up to `until`."""
        ...


class Ledger(Protocol):
    """The journal and its projections behind one transaction (design.md §1)."""

    def record(self, *events: Event) -> list[Entry]:
        """Append the events as entries, in order, in ONE transaction that also projects them.

        Returns the entries once they are safe on disk; a ClockJumped comes first when the clock
        stands before the last entry by more than the tolerance. The drafts of a basket that ends
        here go in the same transaction. Raises `StoreUnavailable` when the disk is full or locked
        and `pos.journal.chain.JournalBroken` when the journal refuses the entries themselves
        (they do not follow its head, a ticket number is taken, a sale does not add up); nothing
        is written then.
        """
        ...

    @property
    def place(self) -> Place:
        """Return the store, the till and the epoch that entries are written under."""
        ...

    @property
    def marker_behind(self) -> bool:
        """Tell whether the head marker outside the database could not be written last."""
        ...

    def unsent(self) -> int:
        """Return how many entries the centre has not acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Events about to be written together, when and where, and the fiscal chains' heads."""

    events: Sequence[Event]
    at: datetime
    place: Place
    heads: Mapping[str, ChainHead]
    signer: Signer


Witness = Callable[[Batch], Sequence[FiscalRecord]]
"""What a ledger asks before it writes a batch: which records the country wants signed about it."""
