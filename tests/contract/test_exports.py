"""Files that leave the till: where they are, their very bytes, and what is said of a full disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.errors import Refusal
from pos.main.exports import exporter


def test_a_file_lies_where_it_is_said_with_its_very_bytes(tmp_path: Path) -> None:
    write = exporter(tmp_path / "data")
    path = Path(write("2026-11-24.csv", "group;name\r\ntotal;é\r\n"))
    assert path == tmp_path / "data" / "exports" / "2026-11-24.csv"
    assert path.read_bytes() == "group;name\r\ntotal;é\r\n".encode()
    write("2026-11-24.csv", "later")
    assert path.read_bytes() == b"later"


def test_a_file_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file where the folder should be")
    with pytest.raises(Refusal) as refused:
        exporter(tmp_path)("2026-11-24.csv", "text")
    assert refused.value.slug == "not_written"
    assert "2026-11-24.csv" in str(refused.value)
