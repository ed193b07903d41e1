"""Files as the first version of the program wrote them: its tables and guards, two tills' rows."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def dump(rows: str) -> str:
    """Return the SQL that makes a till's file anew; `rows` is `store_rows` or `shop_rows`."""
    parts = (_HERE / f"{name}.sql" for name in ("tables", rows, "guards"))
    return "".join(("BEGIN;\n", *(part.read_text("utf-8") for part in parts), "COMMIT;\n"))
