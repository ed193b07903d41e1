"""Public keys as a person gives them: what a journal's or an archive's signatures are held to."""

from __future__ import annotations

import re
from pathlib import Path

from pos.domain.errors import Refusal

_READ_MOST = 80


def key_of(text: str) -> bytes:
    """Return a public key given as 64 hexadecimal digits, or as a file that holds them.

    Raises Refusal: `bad_key`.
    """
    bare = text.strip()
    if not re.fullmatch("[0-9a-fA-F]{64}", bare) and Path(bare).is_file():
        bare = Path(bare).read_text("ascii", "replace").strip()[:_READ_MOST]
    if not re.fullmatch("[0-9a-fA-F]{64}", bare):
        raise Refusal(
            "bad_key", "“{text}” is not a public key: 64 hexadecimal digits, or their file.",
            text=text,
        )  # fmt: skip
    return bytes.fromhex(bare)
