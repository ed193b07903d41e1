"""What the simulated shops sell and sign with: real bodies, and keys that cost little."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Any

from pos.journal.signing import SeedKey, Signer, key_id
from pos.journal.signing import verify as verify_ed25519
from tests.unit.fiscal_samples import facts, stamped

SKUS = ("bread", "milk", "wine", "eggs", "salt")
_TEMPLATE = facts(fiscal=stamped().model_dump(exclude_none=True))


class CheapKey:
    """A signer for speed: SHA-512 over the public key and the data. It proves nothing to anyone
    who knows the public key, and in the simulation nobody forges.
    """

    def __init__(self, seed: bytes) -> None:
        self.public_key = hashlib.sha256(seed).digest()
        self.key_id = key_id(self.public_key)

    def sign(self, data: bytes) -> bytes:
        return hashlib.sha512(self.public_key + data).digest()


def verify_cheap(public_key: bytes, signature: bytes, data: bytes) -> bool:
    return hashlib.sha512(public_key + data).digest() == signature


@dataclass(frozen=True, slots=True)
class Fact:
    """A sale as the world knows it, whatever the tills and the centre make of it."""

    store: str
    total: int
    moves: tuple[tuple[str, int], ...]


def make_key(chance: Random, is_real: bool) -> Signer:
    seed = chance.randbytes(32)
    return SeedKey(seed) if is_real else CheapKey(seed)


def verifier(is_real: bool) -> Any:
    return verify_ed25519 if is_real else verify_cheap


def sale(
    chance: Random, store: str, basket: str, label: str, at: str
) -> tuple[dict[str, Any], Fact]:
    """Return the body of a sale, or of a return, and what the world remembers of it."""
    sign = -1 if chance.random() < 0.15 else 1
    lines = []
    for n, sku in enumerate(chance.sample(SKUS, chance.randint(1, 3)), 1):
        pieces, price = chance.randint(1, 3), chance.randint(1, 900)
        total = sign * pieces * price
        line = {**_TEMPLATE["lines"][0], "n": n, "sku": sku, "quantity": sign * pieces * 1000}
        lines.append({**line, "gross": total, "total": total, "net": total, "tax": 0})
    total = sum(line["total"] for line in lines)
    tender = {"n": 1, "method": "cash", "amount": total, "given": total}
    body = {**_TEMPLATE, "basket": basket, "label": label, "lines": lines, "tenders": [tender]}
    moves = tuple((line["sku"], -line["quantity"]) for line in lines)
    return {**body, "at": at, "total": total, "change": 0}, Fact(store, total, moves)
