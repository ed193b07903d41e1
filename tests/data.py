"""Real data that stays outside the repository: read when it is there, skipped by name when not."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file such as `products_fr.csv.gz`, header name to text.

    The folder is COMPTOIR_DATA, or `../shared/data` beside the repository. Skips the test, naming
    the file, when it is absent.
    """
    file = Path(os.environ.get("COMPTOIR_DATA", _BESIDE_THE_REPOSITORY)) / name
    if not file.is_file():
        pytest.skip(f"real data absent: {file}")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
