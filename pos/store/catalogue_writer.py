"""Writing the catalogue: one transaction an import, plain tuples, batches.

New articles go straight to `executemany`; known ones are read back and compared, so that a file
imported twice changes nothing. Prices of known articles wait in a temporary table and are compared
as sets at the end, because a file may spread them over several rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from pos.domain.catalogue_import import CellRefused, Counts, Defaults, RefusedRow, Row
from pos.domain.events import CatalogueImported
from pos.domain.words import Sentence
from pos.store.catalogue_notes import leave_note
from pos.store.catalogue_tables import index_entries, rank_rowid
from pos.store.engine import explained
from pos.store.filling import end_filling

INSERT_ARTICLE = "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?)"
INSERT_CODE = "INSERT INTO article_code VALUES (?,?,?)"
INSERT_PRICE = "INSERT INTO article_price VALUES (?,?,?)"
INSERT_WORDS = "INSERT INTO article_fts (rowid, words) VALUES (?,?)"
INSERT_WORD = "INSERT OR IGNORE INTO article_word VALUES (?,?)"
_UPDATE_ARTICLE = (
    "UPDATE article SET sku=?, name=?, vat=?, unit=?, department=?, age=?, meal_voucher=?,"
    " guarantee_months=?, eco=? WHERE id=?"
)
_UNINDEX = "DELETE FROM article_fts WHERE rowid = ?"
_FIND_OWNERS = "SELECT c.key, c.article FROM json_each(?) j JOIN article_code c ON c.key = j.value"
_FIND_ARTICLES = "SELECT a.* FROM json_each(?) j JOIN article a ON a.id = j.value"
_ADD_PRICE = "INSERT OR IGNORE INTO article_price VALUES (?,?,?)"
_STAGE_PRICE = "INSERT OR IGNORE INTO temp.staged_price VALUES (?,?,?)"
_TEMPORARY = (
    "CREATE TEMP TABLE staged_price (article INTEGER, since INTEGER, amount INTEGER,"
    " PRIMARY KEY (article, since)) WITHOUT ROWID",
    "CREATE TEMP TABLE repriced (article INTEGER PRIMARY KEY)",
)
_FIND_REPRICED = """
INSERT INTO temp.repriced
SELECT article FROM (SELECT article, since, amount FROM temp.staged_price
                     EXCEPT SELECT p.article, p.since, p.amount FROM temp.staged_price s
                            JOIN article_price p USING (article))
UNION
SELECT p.article FROM temp.staged_price s JOIN article_price p USING (article)
 WHERE p.since <= :horizon AND NOT EXISTS (
       SELECT 1 FROM temp.staged_price t WHERE t.article = p.article AND t.since = p.since)
"""
_DROP_REPRICED = (
    "DELETE FROM article_price WHERE since <= :horizon"
    " AND article IN (SELECT article FROM temp.repriced)"
)
_REPRICE = (
    "INSERT OR REPLACE INTO article_price SELECT s.article, s.since, s.amount"
    " FROM temp.staged_price s JOIN temp.repriced USING (article)"
)
_FOREVER = 1 << 60
_ENTRIES_HELD = 250_000
"""How many articles' words wait in memory (about 200 bytes each) to be indexed in order."""


_CACHE = -131_072
"""SQLite's cache while a catalogue comes in, in KiB: its indexes then stay in memory."""


_HASH_BYTES = "INSERT INTO article_fts (article_fts, rank) VALUES ('hashsize', ?)"
_HASH_LARGE, _HASH_SMALL = 1 << 26, 1 << 20
"""What FTS5 gathers before it writes a segment: much while a catalogue comes in, else its own."""


@contextmanager
def _transaction(engine: Engine) -> Iterator[Any]:
    with explained(str(engine.url.database or "memory")):
        pooled = engine.raw_connection()
        raw: Any = pooled.driver_connection
        try:
            (small,) = raw.execute("PRAGMA cache_size").fetchone()
            raw.execute(f"PRAGMA cache_size={_CACHE}")
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")
            raw.execute(f"PRAGMA cache_size={small}")
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            pooled.close()


class StoredCatalogueWriter:
    """The catalogue's writer (`pos.till.catalogue.CatalogueWriter`) on an SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def change(self, defaults: Defaults, now: datetime) -> Iterator[StoredChange]:
        """Open one `BEGIN IMMEDIATE` transaction; readers see the old catalogue until its end.

        Who imports while the centre's articles come in sees those that are here already.
        Raises StoreUnavailable, with nothing changed, when the disk is full or the file locked.
        """
        with _transaction(self._engine) as raw:
            end_filling(raw)
            for statement in _TEMPORARY:
                raw.execute(statement)
            yield StoredChange(raw, defaults, int(now.timestamp()))
            for table in ("staged_price", "repriced"):
                raw.execute(f"DROP TABLE temp.{table}")


class StoredChange:
    """One import under way (`pos.till.catalogue.CatalogueChange`)."""

    def __init__(self, raw: Any, defaults: Defaults, now: int) -> None:
        self._raw = raw
        self._defaults = defaults
        self._now = now
        (self._last_old,) = raw.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()
        self._last = self._last_old
        self._known: set[int] = set()
        self._changed: set[int] = set()
        self._words: set[str] = set()
        self._entries: list[tuple[int, str]] = []

    def put(self, rows: Sequence[Row]) -> list[RefusedRow]:
        """Apply rows in order; return those that the catalogue refuses."""
        owners = self._owners(rows) if self._last_old else {}
        again = [row for row in rows if row.again]
        firsts = [row for row in rows if not row.again] if again else rows
        known = [row for row in firsts if row.sku in owners or row.code in owners] if owners else []
        if known:
            firsts = [r for r in firsts if r.sku not in owners and r.code not in owners]
        refused = self._insert(firsts)
        if known:
            refused += self._compare(known, owners)
        if again:
            refused += self._add(again)
        return refused

    def finish(self, *, dated: bool) -> Counts:
        """Compare the prices of known articles, index new words, and count."""
        raw = self._raw
        raw.execute(_FIND_REPRICED, {"horizon": _FOREVER if dated else self._now})
        raw.execute(_DROP_REPRICED, {"horizon": _FOREVER if dated else self._now})
        raw.execute(_REPRICE)
        self._changed.update(a for (a,) in raw.execute("SELECT article FROM temp.repriced"))
        self._write_entries()
        raw.executemany(INSERT_WORD, [(word, word[::-1]) for word in sorted(self._words)])
        changed = len(self._changed)
        return Counts(self._last - self._last_old, changed, len(self._known) - changed)

    def note(self, event: CatalogueImported) -> None:
        """Leave the import's journal entry to the till, in this same transaction."""
        leave_note(self._raw, event)

    def _owners(self, rows: Sequence[Row]) -> dict[str, int]:
        keys = {key for row in rows for key in (row.sku, row.code) if key}
        return dict(self._raw.execute(_FIND_OWNERS, (json.dumps(list(keys)),)))

    def _insert(self, rows: Sequence[Row]) -> list[RefusedRow]:
        default, default_unit = self._defaults, self._defaults.unit.value
        articles: list[tuple[Any, ...]] = []
        codes: list[tuple[str, int, int]] = []
        prices: list[tuple[int, int, int]] = []
        names: list[tuple[int, str]] = []
        refused: list[RefusedRow] = []
        article = self._last
        for (
            line,
            sku,
            code,
            name,
            vat,
            unit,
            department,
            age,
            meal,
            months,
            eco,
            price,
            since,
            _,
        ) in rows:
            vat = vat or default.vat
            if not name or not vat:
                refused.append(_incomplete(line, sku or code, name))
                continue
            article += 1
            articles.append(
                (
                    article,
                    sku or code,
                    name,
                    vat,
                    unit or default_unit,
                    default.department if department is None else department,
                    age or 0,
                    meal or 0,
                    months or 0,
                    eco or 0,
                )
            )
            if code:
                codes.append((code, article, 0))
            if sku and sku != code:
                codes.append((sku, article, 1))
            if price is not None:
                prices.append((article, since, price))
            names.append((article, name))
        self._last = article
        self._raw.executemany(INSERT_ARTICLE, articles)
        self._raw.executemany(INSERT_CODE, codes)
        self._raw.executemany(INSERT_PRICE, prices)
        self._index(names)
        return refused

    def _index(self, names: Iterable[tuple[int, str]]) -> None:
        self._entries += index_entries(names, self._words)
        if len(self._entries) >= _ENTRIES_HELD:
            self._write_entries()

    def _write_entries(self) -> None:
        """Write the full-text index in the order of its rowids: any other makes it flush."""
        self._entries.sort()
        self._raw.execute(_HASH_BYTES, (_HASH_LARGE,))
        self._raw.executemany(INSERT_WORDS, self._entries)
        self._raw.execute(_HASH_BYTES, (_HASH_SMALL,))
        self._entries.clear()

    def _compare(self, rows: Sequence[Row], owners: dict[str, int]) -> list[RefusedRow]:
        """Change known articles where a row says something else than what is stored."""
        refused: list[RefusedRow] = []
        stored = self._stored(owners)
        for row in rows:
            try:
                article = _resolve(row, owners, stored)
            except CellRefused as problem:
                refused.append(problem.row(row.line))
                continue
            self._known.add(article)
            self._change_fields(article, stored[article], row)
            self._add_keys(article, row, owners)
            if row.price is not None:
                self._raw.execute(_STAGE_PRICE, (article, row.since, row.price))
        return refused

    def _add(self, rows: Sequence[Row]) -> list[RefusedRow]:
        """Add the codes and prices of rows whose article an earlier row has named."""
        refused: list[RefusedRow] = []
        owners = self._owners(rows)
        stored = self._stored(owners)
        for row in rows:
            try:
                article = _resolve(row, owners, stored)
            except CellRefused as problem:
                refused.append(problem.row(row.line))
                continue
            self._add_keys(article, row, owners)
            if row.price is not None:
                statement = _STAGE_PRICE if article <= self._last_old else _ADD_PRICE
                self._raw.execute(statement, (article, row.since, row.price))
        return refused

    def _stored(self, owners: dict[str, int]) -> dict[int, tuple[Any, ...]]:
        ids = json.dumps(list(set(owners.values())))
        return {row[0]: row[1:] for row in self._raw.execute(_FIND_ARTICLES, (ids,))}

    def _change_fields(self, article: int, old: tuple[Any, ...], row: Row) -> None:
        sku = row.sku if row.sku and old[0] == row.code else None
        said = (sku, row.name, *row[4:11])
        new = tuple(was if says is None else says for was, says in zip(old, said, strict=True))
        if new == old:
            return
        self._changed.add(article)
        self._raw.execute(_UPDATE_ARTICLE, (*new, article))
        if new[1] != old[1]:
            self._raw.execute(_UNINDEX, (rank_rowid(old[1], article),))
            self._index([(article, str(new[1]))])

    def _add_keys(self, article: int, row: Row, owners: dict[str, int]) -> None:
        for key, only_sku in ((row.code, 0), (row.sku, 1)):
            if key and key not in owners:
                self._raw.execute(INSERT_CODE, (key, article, only_sku))
                owners[key] = article
                if article <= self._last_old:
                    self._changed.add(article)


def _resolve(row: Row, owners: dict[str, int], stored: dict[int, tuple[Any, ...]]) -> int:
    """Return the article a row means: its SKU's, else its code's.

    An article that was known by its bar code only takes the first SKU that a file gives it.
    """
    by_code = owners.get(row.code) if row.code else None
    by_sku = owners.get(row.sku) if row.sku else by_code
    if by_sku is None and by_code is not None and stored[by_code][0] == row.code:
        by_sku = by_code
    if by_sku is None and by_code is None:
        raise CellRefused(
            "row", row.article, Sentence("The article's first row was refused: correct it first.")
        )
    if by_sku is None or by_code not in (None, by_sku):
        assert by_code is not None
        sku, name = stored[by_code][:2]
        raise CellRefused(
            "code",
            row.code,
            Sentence(
                "The code {code} already belongs to the article {sku}, {name}.",
                code=row.code,
                sku=sku,
                name=name,
            ),
        )
    return by_sku


def _incomplete(line: int, article: str, name: str | None) -> RefusedRow:
    if not name:
        reason = Sentence("The article {article} is new and has no name.", article=article)
        return RefusedRow.of(line, "name", "", reason)
    reason = Sentence(
        "The article {article} is new and has no VAT: add a VAT column, or set a default.",
        article=article,
    )
    return RefusedRow.of(line, "vat", "", reason)
