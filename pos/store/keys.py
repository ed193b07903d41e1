"""The till's private key as a file: made at the first start, never readable by anyone else.

It is one provider of the port `Signer`; another (the system's keyring, a smart card) can take its
place. On a machine the trader controls, a file only keeps honest people honest: docs say so.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pos.journal.signing import SeedKey
from pos.ports import StoreUnavailable

OWN = "till.pem"
"""The file of the key that signs, in the folder of the keys."""

PUBLIC = "public"
_NEXT = "till-next.pem"
_KEY = re.compile("[0-9a-f]{64}")


def file_key(path: Path) -> SeedKey:
    """Return the key kept in a PEM file, made now (mode 0600, folder 0700) when there is none.

    Raises StoreUnavailable when others than the owner may read the file, or it holds no Ed25519
    key.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreUnavailable(
            "key_exposed",
            "The key file {path} can be read by others: run chmod 600 on it, then start again.",
            path=str(path),
        )
    return SeedKey(_seed(path))


def next_key(folder: Path, *, another: bool = False) -> SeedKey:
    """Return the key that is to follow the till's own, made now when there is none, or `another`.

    It stays the same until `take_next`, so that a centre which let it in finds it again.
    """
    if another:
        _make(folder / _NEXT)
    return file_key(folder / _NEXT)


def take_next(folder: Path) -> None:
    """Let the next key be the till's own; of the one before only the public half is kept."""
    remember_key(folder, file_key(folder / OWN).public_key)
    (folder / _NEXT).rename(folder / OWN)
    sync_folder(folder)


def _seed(path: Path) -> bytes:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreUnavailable(
            "key_damaged",
            "{path} holds no Ed25519 key. Put the right file back, or move this one away.",
            path=str(path),
        )
    return key.private_bytes_raw()


def remember_key(folder: Path, public_key: bytes) -> None:
    """Add a public key (raw, 32 bytes) to those this till ever signed with (`public` in `folder`).

    Whoever checks the journal believes these, not what the journal says about itself.
    """
    if public_key not in remembered_keys(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / PUBLIC).open("a", encoding="ascii") as file:
            file.write(f"{public_key.hex()}\n")
            file.flush()
            os.fsync(file.fileno())


def remembered_keys(folder: Path) -> list[bytes]:
    """Return the public keys this till ever signed with, the oldest first."""
    path = folder / PUBLIC
    if not path.exists():
        return []
    return [bytes.fromhex(line) for line in path.read_text("ascii").split() if _KEY.fullmatch(line)]


def _make(path: Path) -> None:
    """Write a new key under another name, then give it its name: never half a key."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, pem)
        os.fsync(file)
    finally:
        os.close(file)
    fresh.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
