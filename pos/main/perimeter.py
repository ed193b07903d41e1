"""The files of the fiscal perimeter that this till runs, read once: their digest, what it is worth.

The list is the plug-in's (`pos/fiscal/france/perimeter.py`); here it becomes bytes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pos.domain.words import Sentence
from pos.fiscal.france.perimeter import PERIMETER, about, digest, released
from pos.fiscal.france.rules import VERSION

HOME = Path(__file__).parents[2]
RELEASED = HOME / "pos/fiscal/france/released.toml"


def files() -> dict[str, bytes]:
    """Return the bytes of every file of the perimeter by its path from the project's top folder."""
    paths = (path for pattern in PERIMETER for path in HOME.glob(pattern))
    return {path.relative_to(HOME).as_posix(): path.read_bytes() for path in paths}


@lru_cache
def digest_here() -> str:
    """Return the digest of the perimeter as it lies on this disk, "" when it cannot be read."""
    try:
        return digest(files())
    except OSError:
        return ""


def about_fiscal() -> tuple[Sentence, ...]:
    """Return what the About screen says of the French fiscal rules, a sentence each."""
    try:
        known = released(RELEASED.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    return about(VERSION, digest_here(), known)
