"""A catalogue that comes in as a snapshot: nobody sees what is new in it until all of it is here.

Its rows are written page by page where they belong, and one number hides them: articles with a
greater id than `filling.after` are not there yet for who scans or searches. Lifting it is one
short transaction, so that a catalogue is never half there, wherever its reading is cut. A file
that had no articles at all is filled without what would only slow the writing: the indexes of the
codes' ends and of their owners, and FTS5's merging of segments.
"""

from __future__ import annotations

from typing import Any

from pos.store.catalogue_tables import CODE_ENDS, CODE_ENDS_SQL, CODE_OWNERS, CODE_OWNERS_SQL

_HIDE = "INSERT INTO filling (after) SELECT coalesce(max(id), 0) FROM article"
_SETTING = "INSERT INTO article_fts (article_fts, rank) VALUES (?, ?)"
_MERGE = "INSERT INTO article_fts (article_fts) VALUES ('optimize')"
_MERGING = {"automerge": 4, "crisismerge": 16}
"""FTS5's own settings: from how many segments on it merges them."""

_GATHERING = {"automerge": 0, "crisismerge": 400}
"""Segments are merged once at the end; 400 is for pages so small that there are too many."""


def begin_filling(raw: Any) -> None:
    """Hide the articles that come from now on, in the transaction under way."""
    if _after(raw) is not None:
        return
    raw.execute(_HIDE)
    if _after(raw) == 0:
        for index in (CODE_ENDS, CODE_OWNERS):
            raw.execute(f"DROP INDEX IF EXISTS {index}")
        raw.executemany(_SETTING, list(_GATHERING.items()))


def end_filling(raw: Any) -> None:
    """Show all that came, in the transaction under way; nothing changes where nothing is hidden."""
    after = _after(raw)
    if after == 0:
        raw.execute(CODE_OWNERS_SQL)
        raw.execute(CODE_ENDS_SQL)
        raw.execute(_MERGE)
        raw.executemany(_SETTING, list(_MERGING.items()))
    if after is not None:
        raw.execute("DELETE FROM filling")


def _after(raw: Any) -> int | None:
    row = raw.execute("SELECT after FROM filling").fetchone()
    return None if row is None else int(row[0])
