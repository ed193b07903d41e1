"""The fiscal perimeter: which files the law's four conditions rest on, and what a copy of them is.

A version is released when `released.toml` holds its digest; any other copy was modified, and says
so. Whoever reads the files hands their bytes in: this room reads none.

>>> digest({"pos/b.py": b"b", "pos/a.py": b"a"}) == digest({"pos/a.py": b"a", "pos/b.py": b"b"})
True
>>> released('"2.0" = "1a2b"')
{'2.0': '1a2b'}
>>> str(about("2.0", "1a2b", {"2.0": "1a2c"})[-1])
'This copy is not a released version: VERSION MODIFIÉE – NON ATTESTÉE'
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

from pos.domain.words import Sentence

PERIMETER = (
    "pos/fiscal/port.py",
    "pos/fiscal/france/*.py",
    "pos/journal/*.py",
    "pos/archive/*.py",
    "pos/domain/basket.py",
    "pos/domain/cash.py",
    "pos/domain/catalogue.py",
    "pos/domain/closing.py",
    "pos/domain/facts.py",
    "pos/domain/history.py",
    "pos/domain/line.py",
    "pos/domain/money.py",
    "pos/domain/payback.py",
    "pos/domain/promotion.py",
    "pos/domain/refund.py",
    "pos/domain/sale.py",
    "pos/domain/shift.py",
    "pos/domain/steps.py",
    "pos/domain/tax.py",
    "pos/domain/tender.py",
    "pos/domain/events/*.py",
    "pos/papers/head.py",
    "pos/papers/report.py",
    "pos/papers/ticket.py",
    "pos/main/archives.py",
    "pos/store/beginning.py",
    "pos/store/book_projections.py",
    "pos/store/book_tables.py",
    "pos/store/books.py",
    "pos/store/chains.py",
    "pos/store/end.py",
    "pos/store/engine.py",
    "pos/store/figures.py",
    "pos/store/keys.py",
    "pos/store/marker.py",
    "pos/store/migrations.py",
    "pos/store/open.py",
    "pos/store/projections.py",
    "pos/store/purge.py",
    "pos/store/queries.py",
    "pos/store/rebuild.py",
    "pos/store/replay.py",
    "pos/store/schema.py",
    "pos/store/spans.py",
    "pos/store/statements.py",
    "pos/store/tables.py",
    "pos/store/unit.py",
    "pos/store/writer.py",
    "pos/till/closing.py",
    "pos/till/closing_steps.py",
    "pos/till/desk.py",
    "pos/till/finish.py",
    "pos/till/given.py",
    "pos/till/pages.py",
    "pos/till/payback.py",
    "pos/till/refund.py",
    "pos/till/start.py",
    "pos/till/printing.py",
    "pos/till/tender.py",
    "pos/till/tickets.py",
    "pos/till/training.py",
    "pos/till/waiting.py",
)
"""The files of the perimeter, from the project's top folder.

They number, compute, sign, close, keep and archive what the law wants kept. A certifying body asks
for the list (LNE reference, requirement 20).
"""

MODIFIED = "VERSION MODIFIÉE – NON ATTESTÉE"
"""What a modified copy says of itself, in the law's language whatever the screen speaks."""


def digest(files: Mapping[str, bytes]) -> str:
    """Return the hex SHA-256 of `path NUL sha256 newline` of each file, in the paths' order."""
    whole = hashlib.sha256()
    for path, content in sorted(files.items()):
        whole.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()


def released(text: str) -> dict[str, str]:
    """Return the digest of each released version from the text of `released.toml`.

    Raises ValueError when the text is not a table of texts.
    """
    versions: dict[str, Any] = tomllib.loads(text)
    if not all(isinstance(one, str) for one in versions.values()):
        raise ValueError("released.toml names a version and its digest on each line")
    return versions


def about(version: str, found: str, known: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Return what the About screen says of the fiscal rules, a sentence each.

    `found` is the digest of the files this till runs, "" where they could not be read.
    """
    is_released = bool(found) and known.get(version) == found
    return (
        Sentence("Fiscal rules: France {version}", version=version),
        Sentence("Digest of their files: {digest}", digest=found or "?"),
        Sentence("This is a released version.")
        if is_released
        else Sentence("This copy is not a released version: {mark}", mark=MODIFIED),
    )
