"""One entry of the journal: the raw bytes of what happened, numbered, chained and signed.

>>> next_epoch(""), next_epoch("K1", "K6"), next_epoch("K1", tag="9XZ")
('K1', 'K7', 'K2X9XZ')
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

GENESIS = bytes(32)
"""The `previous` of the first entry of all."""

_EPOCH = re.compile(r"K(\d{1,9})(?:X[0-9A-Z]+)?")


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
        return name_of(self.place, self.number)


def texts_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON can hold it, but for its place: bytes in hexadecimal, the body text.

    Whoever sends or repeats an entry does so in these terms.
    """
    return {
        "number": entry.number,
        "kind": entry.kind,
        "version": entry.version,
        "at": entry.at,
        "body": entry.body.decode(),
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
        "signature": entry.signature.hex(),
        "key_id": entry.key_id,
    }


def name_of(place: Place, number: int) -> str:
    """Return the name of an entry, here or lost, e.g. `S012-T03-K7/000481`."""
    return f"{place.store}-{place.till}-{place.epoch}/{number:06d}"


def epoch_number(epoch: str) -> int:
    """Return the ordering part of an epoch, 0 for text that is none (an empty or altered one)."""
    found = _EPOCH.fullmatch(epoch)
    return 0 if found is None else int(found[1])


def next_epoch(*seen: str, tag: str = "") -> str:
    """Return an epoch after all of `seen`.

    `tag` (digits and capitals, random) goes in when it is not known which epochs were used, so
    that two files that both lost their memory never mint the same one.
    """
    number = max((epoch_number(epoch) for epoch in seen), default=0) + 1
    return f"K{number}X{tag}" if tag else f"K{number}"


def is_tagged(epoch: str) -> bool:
    """Tell whether an epoch was minted without knowing which ones were used.

    What comes after it does not know either: it needs a tag of its own.

    >>> is_tagged("K2X9XZ"), is_tagged("K3")
    (True, False)
    """
    return "X" in epoch


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
