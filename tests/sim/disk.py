"""What a till's machine keeps: its journal, what it knows of the centre, the marker beside them.

`File` is till.db, `Mirror` is centre.db and catalogue.db, `Mark` the marker outside both. A backup
copies some of them, a clone all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos.journal.chain import START, Chain, Head
from pos.journal.entry import Entry, Place
from pos.journal.signing import Signer
from sync.merge import Fork, Lane
from sync.protocol import Claimed
from sync.reading import Reading

Thing = tuple[str, str]


@dataclass
class File:
    """The till's journal and its nonce."""

    place: Place
    entries: list[Entry] = field(default_factory=list)
    nonce: str = ""
    heads: dict[str, Head] = field(default_factory=dict)
    by_name: dict[tuple[str, int], Entry] = field(default_factory=dict)
    purged: Entry | None = None

    @property
    def head(self) -> Head:
        return self.heads[self.entries[-1].place.epoch] if self.entries else START

    def append(self, kind: str, body: bytes, at: str, signer: Signer, version: int = 1) -> Entry:
        """Write one entry: one transaction."""
        chain = Chain(self.place, self.head)
        entry = chain.append(kind, version, at, body, signer)
        self.entries.append(entry)
        self.heads[self.place.epoch] = chain.head
        self.by_name[self.place.epoch, entry.number] = entry
        return entry

    def hash_at(self, epoch: str, number: int) -> bytes | None:
        """Return an entry's hash, also that of the last one that a purge took."""
        last = self.purged
        if last is not None and (last.place.epoch, last.number) == (epoch, number):
            return last.hash
        entry = self.by_name.get((epoch, number))
        return None if entry is None else entry.hash

    def span(self, epoch: str, first: int, most: int) -> Iterable[Entry]:
        """Yield entries of an epoch from a number on."""
        for number in range(first, first + most):
            entry = self.by_name.get((epoch, number))
            if entry is None:
                return
            yield entry

    def purge(self, count: int) -> None:
        """Let the first entries go; epochs of which nothing is left are known no more."""
        for entry in self.entries[:count]:
            del self.by_name[entry.place.epoch, entry.number]
            self.purged = entry
        self.entries = self.entries[count:]
        left = {entry.place.epoch for entry in self.entries}
        self.heads = {epoch: head for epoch, head in self.heads.items() if epoch in left}

    def copy(self) -> File:
        return File(
            self.place,
            list(self.entries),
            self.nonce,
            dict(self.heads),
            dict(self.by_name),
            self.purged,
        )


@dataclass
class Mirror:
    """What the till knows of the centre: lanes, orders to fork, answers, the rows of its scopes.

    `truth` is the world's own note of what was true when the stock was last read whole.
    """

    lanes: Mapping[str, Lane] = field(default_factory=dict)
    orders: list[Fork] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)
    rows: dict[str, dict[Thing, tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    included: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Claimed] = field(default_factory=dict)
    truth: Any = None

    def shows(self, scope: str) -> dict[Thing, dict[str, Any]]:
        """Return the things of a scope as the till has them."""
        return {thing: fields for thing, (_, fields) in self.rows.get(scope, {}).items()}

    def copy(self) -> Mirror:
        rows = {scope: dict(things) for scope, things in self.rows.items()}
        return Mirror(
            dict(self.lanes),
            list(self.orders),
            dict(self.readings),
            rows,
            dict(self.included),
            dict(self.answers),
            self.truth,
        )
