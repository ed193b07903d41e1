"""One entry of the journal: the raw bytes of what happened, numbered, chained and signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

GENESIS = bytes(32)
"""The `previous` of the first entry of all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which journal: store and till identifiers, and the epoch of the till's file (`K1`, `K2`…)."""

    store: str
    till: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is stored, sent and kept; `body` is canonical JSON, byte for byte.

    `number` is dense from 1 within the epoch; `previous` and `hash` are SHA-256 (32 bytes);
    `signature` is Ed25519 (64 bytes) over `hash`; `at` is UTC text, evidence and never order.
    """

    place: Place
    number: int
    kind: str
    version: int
    at: str
    body: bytes
    previous: bytes
    hash: bytes
    signature: bytes
    key_id: str

    @property
    def name(self) -> str:
        """Return the entry's name, e.g. `S012-T03-K7/000481`."""
        return f"{self.place.store}-{self.place.till}-{self.place.epoch}/{self.number:06d}"


def digest(
    place: Place, number: int, head: tuple[str, int, str], body: bytes, previous: bytes
) -> bytes:
    """Return the SHA-256 that chains an entry; `head` is (kind, version, at).

    Every part is preceded by its length (4 bytes, big endian), so no two entries share a digest.
    """
    parts = (
        previous,
        place.store.encode(),
        place.till.encode(),
        place.epoch.encode(),
        str(number).encode(),
        head[0].encode(),
        str(head[1]).encode(),
        head[2].encode(),
        body,
    )
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
