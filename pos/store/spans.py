"""Which entries of the journal closed business days hold: what an archive is cut from.

A span ends where a closing does: with its last step and the country's record of it, so that a month
or a fiscal year that ends with a day lies in the same span.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from pos.domain.errors import Refusal
from pos.domain.events import PeriodClosed
from pos.journal.canonical import read_facts
from pos.journal.entry import name_of
from pos.store.beginning import purged
from pos.store.queries import entry_at


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between two entries: after `ordinal`, whose entry is `name` with `hash` (hex).

    `closed` are the levels (`day`, `month`, `year`) that were closed right there.
    """

    ordinal: int = 0
    name: str = ""
    hash: str = bytes(32).hex()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The entries after `before` up to ordinal `until`: the closed days `first` to `last`."""

    before: Edge
    until: int
    first: str
    last: str
    days: int


def day_span(connection: Connection, first: str, last: str) -> DaySpan:
    """Return the span of the closed business days `first` to `last` (ISO dates, both included).

    "" begins with the first day that is still in the file, or ends with the last closed one.
    Raises Refusal: `not_closed` for a last day that is not, `no_days` when there is none,
    `purged` when their entries left this till.
    """
    keys = _keys(connection, first, last)
    if last and last not in keys[-1:]:
        raise Refusal("not_closed", "{day} is not closed yet; close it first.", day=last)
    if not keys:
        raise Refusal("no_days", "No closed day lies between these dates.")
    days = [_closing(connection, key) for key in (keys[0], keys[-1])]
    return DaySpan(
        before=_edge_before(connection, days[0][0]),
        until=_end(connection, *days[1]),
        first=keys[0],
        last=keys[-1],
        days=len(keys),
    )


def beginning(connection: Connection) -> Edge:
    """Return where the file begins: at the journal's beginning, or after what a purge took."""
    took = purged(connection)
    return Edge() if took is None else _edge(connection, took.ordinal)


def _keys(connection: Connection, first: str, last: str) -> list[str]:
    """Return the closed days between two, those that a purge took left out unless asked for."""
    took = purged(connection)
    rows = connection.exec_driver_sql(
        "SELECT key FROM closing WHERE level = 'day' AND key >= ? AND key <= ? AND entry > ?"
        " ORDER BY entry",
        (first, last or "9999", 0 if first or took is None else took.ordinal),
    )
    return [str(key) for (key,) in rows]


def _closing(connection: Connection, key: str) -> tuple[int, str]:
    """Return the ordinal of a day's closing, and the name that its steps share."""
    row = connection.exec_driver_sql(
        "SELECT entry, body FROM closing WHERE level = 'day' AND key = ?", (key,)
    ).one()
    return int(row[0]), PeriodClosed.model_validate(read_facts(row[1])).closing


def _end(connection: Connection, ordinal: int, closing: str) -> int:
    """Return the last ordinal of a closing: its last step, unless something was sold before it."""
    finished = connection.exec_driver_sql(
        "SELECT finished FROM closing_run WHERE closing = ?"
        " AND NOT EXISTS (SELECT 1 FROM sale WHERE entry > ? AND entry < finished)",
        (closing, ordinal),
    ).scalar()
    end = int(finished or ordinal)
    after = entry_at(connection, end + 1)
    return end + 1 if after is not None and after.kind == "fiscal.signed" else end


def _edge_before(connection: Connection, ordinal: int) -> Edge:
    """Return where the closing before the one at `ordinal` ended; the journal's beginning for none.

    Raises Refusal `purged` when a purge took that place.
    """
    row = connection.exec_driver_sql(
        "SELECT key FROM closing WHERE level = 'day' AND entry < ? ORDER BY entry DESC LIMIT 1",
        (ordinal,),
    ).first()
    end = 0 if row is None else _end(connection, *_closing(connection, row[0]))
    return _edge(connection, end)


def _edge(connection: Connection, ordinal: int) -> Edge:
    """Return a place by its ordinal, with the levels that the last closing before it closed."""
    took = purged(connection)
    if ordinal < (0 if took is None else took.ordinal):
        raise Refusal(
            "purged", "These days left this till; the archive that was verified then holds them."
        )
    levels = connection.exec_driver_sql(
        "SELECT level FROM closing WHERE entry <= ?1 AND entry >= (SELECT max(entry) FROM closing"
        " WHERE level = 'day' AND entry <= ?1) ORDER BY entry",
        (ordinal,),
    )
    closed = tuple(str(level) for (level,) in levels)
    entry = entry_at(connection, ordinal)
    if entry is not None:
        return Edge(ordinal, entry.name, entry.hash.hex(), closed)
    if took is None:
        return Edge()
    place, head = took.after
    return Edge(ordinal, name_of(place, head.number), head.hash.hex(), closed)
