"""The guard: every query on a table of the centre says of which store.

Tables are spread over servers by `store_id`; a query that does not name it would ask all of them,
or show one store what belongs to another. Every statement of the suite passes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.central.order_tables import METADATA

TABLES = frozenset(METADATA.tables)
_STRINGS = re.compile(r"'[^']*'")
_INSERT = re.compile(r"\bINTO\s+(\w+)(?:\s+AS\s+\w+)?\s*\(([^()]*)\)", re.IGNORECASE)
_INNERMOST = re.compile(r"\(([^()]*)\)")
_PARTS = re.compile(r"\b(?:UNION(?:\s+ALL)?|EXCEPT|INTERSECT)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|USING)\s+(?:ONLY\s+)?\"?(\w+)\"?"
    r"(?:\s+(?:AS\s+)?(?!WHERE\b|ON\b|SET\b|JOIN\b|LEFT\b|ORDER\b|GROUP\b|LIMIT\b|VALUES\b|SELECT\b"
    r"|FOR\b|USING\b|CROSS\b|INNER\b|RETURNING\b|AS\b|DEFAULT\b)(\w+))?",
    re.IGNORECASE,
)
_KEYWORD = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


class Unscoped(AssertionError):
    """A query that does not say of which store."""


def check(statement: str) -> None:
    """Raise Unscoped for a statement with a part that reads or writes without `store_id`."""
    plain = _STRINGS.sub("''", statement)
    for table, columns in _INSERT.findall(plain):
        if table in TABLES and "store_id" not in re.split(r"[\s,]+", columns):
            raise Unscoped(f"{table} without store_id: {' '.join(statement.split())}")
    for part in _queries(_INSERT.sub("", plain)):
        named = [(table, alias) for table, alias in _NAMED.findall(part) if table in TABLES]
        for table, alias in named:
            asked = rf"\b(?:{alias or table}\.{'|' if len(named) == 1 else ''})store_id\b"
            if not re.search(rf"{asked}\s*(?:=|IN\b)|=\s*{asked}", part, re.IGNORECASE):
                raise Unscoped(f"{table} without store_id: {' '.join(statement.split())}")


def hook(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    """Check a statement that SQLAlchemy is about to execute."""
    if _KEYWORD.match(statement):
        check(statement)


def _queries(statement: str) -> Iterator[str]:
    """Yield each query of a statement by itself, the inner ones first.

    An inner one leaves the columns that it named with `store_id` to the query around it: a
    correlated `h.store_id = t.store_id` scopes both.
    """
    rest = statement
    while found := _INNERMOST.search(rest):
        inner = found.group(1)
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", inner, re.IGNORECASE):
            yield from _PARTS.split(inner)
            kept = ""
        else:
            kept = " " + inner + " "
        rest = rest[: found.start()] + kept + rest[found.end() :]
    yield from _PARTS.split(rest)
