"""Signatures: Ed25519 over an entry's hash, checked by anyone who holds the public key.

>>> key = SeedKey(bytes(32))
>>> signature = key.sign(b"a sale")
>>> verify(key.public_key, signature, b"a sale"), verify(key.public_key, signature, b"a sake")
(True, False)
>>> key.key_id
'139e3940e64b5491'
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer(Protocol):
    """The till's key; the private half never leaves the provider."""

    @property
    def key_id(self) -> str:
        """The short name of the public half, see `key_id`."""
        ...

    @property
    def public_key(self) -> bytes:
        """The public half, raw (32 bytes)."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of `data`."""
        ...


def key_id(public_key: bytes) -> str:
    """Return the short name of a raw public key (32 bytes): 16 hexadecimal digits of its SHA-256.

    The name only finds a key among the trusted ones; it proves nothing by itself.
    """
    return hashlib.sha256(public_key).hexdigest()[:16]


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether `signature` is that of `data` under a raw public key (32 bytes).

    Raises ValueError when `public_key` is not a key at all.
    """
    try:
        _load(public_key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _load(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


class SeedKey:
    """A Signer whose private half is a seed of 32 bytes that someone else keeps safe."""

    __slots__ = ("_private", "key_id", "public_key")

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of `data`; the same data signs alike."""
        return self._private.sign(data)
