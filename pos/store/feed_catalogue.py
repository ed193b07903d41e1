"""Articles and prices out of the centre's feed, into the catalogue's file: one page, one short
transaction, and where the reading stands in the same one.

A row is a state: what it says replaces what was known of the article. Prices may come before
their article; they wait. What a whole snapshot did not name leaves with its last page, and what is
new in it is seen only when all of it is here (`filling`).

What a power cut takes back here, the centre tells again, for the cursor goes back with it: no page
waits for the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from pos.domain.feed import ArticleFields, PriceFields
from pos.domain.feed_columns import Columns, Read
from pos.ports.centre import FeedPage, ReadingKept
from pos.store.catalogue_tables import CODE_OWNERS_SQL, index_entries, rank_rowid
from pos.store.catalogue_writer import INSERT_ARTICLE, INSERT_WORD, INSERT_WORDS
from pos.store.engine import explained
from pos.store.filling import begin_filling, end_filling
from pos.store.mirror_tables import create_feed_tables

WORDS_HELD = 200_000
"""How many words that the file has already are remembered, so that they are not written again."""

_CACHE = -65_536
"""SQLite's cache while pages come in, in KiB: most of the indexes they touch stay in memory."""

READINGS = "SELECT scope, v, nonce, round, sweeping FROM reading"
KEEP_READING = "INSERT OR REPLACE INTO reading VALUES (?,?,?,?,?)"

_FIND = """
SELECT a.* FROM json_each(?) j JOIN article_code c ON c.key = j.value
JOIN article a ON a.id = c.article AND a.sku = c.key
"""
_CODES = """
SELECT j.value, group_concat(c.key, char(10))
FROM json_each(?) j JOIN article_code c ON c.article = j.value WHERE NOT c.only_sku GROUP BY 1
"""
_UPDATE = (
    "UPDATE article SET sku=?2, name=?3, vat=?4, unit=?5, department=?6, age=?7, meal_voucher=?8,"
    " guarantee_months=?9, eco=?10 WHERE id=?1"
)
_PUT_CODE = (
    "INSERT INTO article_code VALUES (?,?,0) ON CONFLICT (key) DO UPDATE"
    " SET article = excluded.article, only_sku = 0"
    " WHERE only_sku = 0 OR article = excluded.article"
)
_ADD_CODE = "INSERT OR IGNORE INTO article_code VALUES (?,?,0)"
_PUT_SKU = (
    "INSERT INTO article_code VALUES (?,?,1) ON CONFLICT (key) DO UPDATE"
    " SET article = excluded.article, only_sku = 1"
)
_PUT_PRICE = "INSERT OR REPLACE INTO article_price VALUES (?,?,?)"
_TAKE_WAITING = """
INSERT OR REPLACE INTO article_price
SELECT ?, price.value ->> 0, price.value ->> 1
FROM waiting_price, json_each(prices) AS price WHERE sku = ?
"""
_KEEP_WAITING = """
INSERT OR REPLACE INTO waiting_price
SELECT sku, json_group_array(json_array(since, amount))
FROM article JOIN article_price ON article = id WHERE id = ? GROUP BY sku
"""
_UNSEEN = "SELECT id, name FROM article WHERE id NOT IN (SELECT article FROM seen_article)"
_FORGET_PRICES = (
    "DELETE FROM article_price WHERE article IN"
    " (SELECT id FROM article WHERE sku NOT IN (SELECT sku FROM seen_price))",
    "DELETE FROM waiting_price WHERE sku NOT IN (SELECT sku FROM seen_price)",
)
_WAITING = "SELECT 1 FROM waiting_price LIMIT 1"
_PUT_WAITING = "INSERT INTO waiting_price VALUES (?,?)"
_IDS = """
SELECT a.id, j.key FROM json_each(?) j JOIN article_code c ON c.key = j.value
JOIN article a ON a.id = c.article AND a.sku = c.key
"""
_ANYTHING = {
    "article": ("SELECT 1 FROM article LIMIT 1",),
    "price": ("SELECT 1 FROM article_price LIMIT 1", _WAITING),
}
_NOTHING: Mapping[str, int | str] = {"article": 0, "price": ""}
"""The mark of a snapshot that began in an empty file: nothing is gone at its end."""

Stored = tuple[Any, ...]
"""A row of `article`: its id, then its columns."""

_ARTICLES, _PRICES = Columns(ArticleFields), Columns(PriceFields)


class CatalogueFeed:
    """Writes the feed's articles and prices."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._words: set[str] = set()
        with explained(str(engine.url.database)), engine.begin() as connection:
            create_feed_tables(connection)
        with explained(str(engine.url.database)):
            pooled = engine.raw_connection()
            raw: Any = pooled.driver_connection
            raw.execute(f"PRAGMA cache_size={_CACHE}")
            raw.execute("PRAGMA synchronous=NORMAL")
            pooled.close()

    def readings(self) -> dict[str, ReadingKept]:
        """Return how far each scope was read."""
        with short_transaction(self._engine) as raw:
            return readings_of(raw)

    def forget(self, scopes: Iterable[str]) -> None:
        """Forget how far scopes were read: what comes of them again comes from the beginning."""
        with short_transaction(self._engine) as raw:
            raw.executemany("DELETE FROM reading WHERE scope = ?", [(one,) for one in scopes])

    def apply(self, page: FeedPage) -> int:
        """Keep a page; return how many of its rows could not be understood."""
        put = _put_articles if page.scope.startswith("catalogue:") else _put_prices
        with short_transaction(self._engine) as raw:
            refused, fresh = put(raw, page, self._words)
            raw.execute(KEEP_READING, reading_row(page))
        if len(self._words) + len(fresh) > WORDS_HELD:
            self._words.clear()
        self._words |= fresh
        return refused

    def show(self) -> None:
        """Let everybody see a snapshot that is all in."""
        with short_transaction(self._engine) as raw:
            end_filling(raw)


@contextmanager
def short_transaction(engine: Engine) -> Iterator[Any]:
    """Yield the driver's connection inside one BEGIN IMMEDIATE; all of it is kept, or nothing."""
    with explained(str(engine.url.database or "memory")):
        pooled = engine.raw_connection()
        raw: Any = pooled.driver_connection
        try:
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            pooled.close()


def readings_of(raw: Any) -> dict[str, ReadingKept]:
    """Return how far each scope was read, from the table `reading` of any file."""
    return {
        scope: ReadingKept(v, nonce, number, bool(sweeping))
        for scope, v, nonce, number, sweeping in raw.execute(READINGS)
    }


def reading_row(page: FeedPage) -> tuple[Any, ...]:
    """Return the row of `reading` after a page."""
    at = page.reading
    return page.scope, at.v, at.nonce, at.round, int(at.sweeping)


def _put_articles(raw: Any, page: FeedPage, known_words: set[str]) -> tuple[int, set[str]]:
    """Write a page of articles; return how many rows were refused, and the words it added."""
    read = _ARTICLES.read(page.things.get("article", {}))
    if page.starts:
        _begin(raw, "article")
        begin_filling(raw)
    stored = _stored(raw, [*read.keys, *read.gone, *read.refused])
    old = [place for place, sku in enumerate(read.keys) if sku in stored] if stored else []
    if stored:
        # Not before it is needed: a file that is filled for the first time has it made at the end.
        raw.execute(CODE_OWNERS_SQL)
    new = read
    if old:
        new = read.only([place for place, sku in enumerate(read.keys) if sku not in stored])
    (last,) = raw.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()
    ids = range(last + 1, last + 1 + len(new.keys))
    fresh = _insert(raw, ids, new, known_words)
    if old:
        fresh |= _change(raw, read.only(old), stored, known_words)
    _remove(raw, [(stored[sku][0], stored[sku][2]) for sku in read.gone if sku in stored])
    if _marks(raw, page, "article"):
        named = [one[0] for sku, one in stored.items() if sku not in read.gone]
        named += ids
        raw.executemany("INSERT OR IGNORE INTO seen_article VALUES (?)", [(id_,) for id_ in named])
        if page.ends:
            _remove(raw, raw.execute(_UNSEEN).fetchall())
    if page.ends:
        raw.execute("DELETE FROM seen_article")
    return len(read.refused), fresh


def _insert(raw: Any, ids: range, new: Read, known: set[str]) -> set[str]:
    """Add new articles under these ids, with the prices that waited for them."""
    skus = new.keys
    names, vat, own, unit, department, age, meal_voucher, *rest = new.columns
    said = (names, vat, unit, department, age, map(int, meal_voucher), *rest)
    raw.executemany(INSERT_ARTICLE, zip(ids, skus, *said, strict=True))
    codes = [(code, article) for article, codes in zip(ids, own, strict=True) for code in codes]
    if raw.executemany(_ADD_CODE, codes).rowcount != len(codes):
        raw.executemany(_PUT_CODE, codes)
    told = zip(skus, ids, own, strict=True)
    raw.executemany(_PUT_SKU, [(sku, article) for sku, article, codes in told if sku not in codes])
    if raw.execute(_WAITING).fetchone():
        raw.executemany(_TAKE_WAITING, zip(ids, skus, strict=True))
        raw.executemany("DELETE FROM waiting_price WHERE sku = ?", zip(skus, strict=True))
    return _index(raw, zip(ids, names, strict=True), known)


def _change(raw: Any, read: Read, stored: Mapping[str, Stored], known: set[str]) -> set[str]:
    """Bring known articles to what their rows say; most say what is known already."""
    codes = _codes(raw, [stored[sku][0] for sku in read.keys])
    renamed: list[tuple[int, str]] = []
    for sku, name, vat, own, *rest in zip(read.keys, *read.columns, strict=True):
        old = stored[sku]
        article = old[0]
        new = (article, sku, name, vat, *rest)
        if new != old:
            raw.execute(_UPDATE, new)
        if name != old[2]:
            raw.execute("DELETE FROM article_fts WHERE rowid = ?", (rank_rowid(old[2], article),))
            renamed.append((article, name))
        if set(own) != codes.get(article, set()):
            raw.execute("DELETE FROM article_code WHERE article = ?", (article,))
            raw.executemany(_PUT_CODE, [(code, article) for code in own])
            if sku not in own:
                raw.execute(_PUT_SKU, (sku, article))
    return _index(raw, renamed, known)


def _remove(raw: Any, articles: Sequence[tuple[int, str]]) -> None:
    """Take articles (id, name) out; their prices wait for them to come back."""
    ids = [(article,) for article, _ in articles]
    raw.executemany(_KEEP_WAITING, ids)
    for name in ("article_price", "article_code"):
        raw.executemany(f"DELETE FROM {name} WHERE article = ?", ids)
    raw.executemany(
        "DELETE FROM article_fts WHERE rowid = ?",
        [(rank_rowid(name, article),) for article, name in articles],
    )
    raw.executemany("DELETE FROM article WHERE id = ?", ids)


def _index(raw: Any, articles: Iterable[tuple[int, str]], known: set[str]) -> set[str]:
    """Index articles (id, name) by their words; return the words that are new to `known`."""
    met = set[str]()
    entries = index_entries(articles, met)
    entries.sort()
    raw.executemany(INSERT_WORDS, entries)
    fresh = met - known
    raw.executemany(INSERT_WORD, [(word, word[::-1]) for word in sorted(fresh)])
    return fresh


def _put_prices(raw: Any, page: FeedPage, _words: set[str]) -> tuple[int, set[str]]:
    """Write a page of prices; return how many rows were refused."""
    read = _PRICES.read(page.things.get("price", {}))
    if page.starts:
        _begin(raw, "price")
    told = [*zip(read.keys, *read.columns, strict=True), *((sku, ()) for sku in read.gone)]
    ids = raw.execute(_IDS, (json.dumps([sku for sku, _ in told]),)).fetchall()
    _forget_prices(raw, [(article,) for article, _ in ids])
    if raw.execute(_WAITING).fetchone():
        skus = [(sku,) for sku in (*read.keys, *read.gone)]
        raw.executemany("DELETE FROM waiting_price WHERE sku = ?", skus)
    raw.executemany(
        _PUT_PRICE,
        [(article, since, amount) for article, place in ids for since, amount in told[place][1]],
    )
    if len(ids) < len(told):
        there = {place for _, place in ids}
        waiting = [one for place, one in enumerate(told) if place not in there and one[1]]
        raw.executemany(_PUT_WAITING, [(sku, json.dumps(prices)) for sku, prices in waiting])
    if _marks(raw, page, "price"):
        named = [(sku,) for sku in (*read.keys, *read.refused)]
        raw.executemany("INSERT OR IGNORE INTO seen_price VALUES (?)", named)
        if page.ends:
            for statement in _FORGET_PRICES:
                raw.execute(statement)
    if page.ends:
        raw.execute("DELETE FROM seen_price")
    return len(read.refused), set()


def _forget_prices(raw: Any, articles: Sequence[tuple[int]]) -> None:
    """Take the prices of articles out; of a catalogue that is filled for the first time the
    articles of a page mostly come after all that have one.
    """
    (last,) = raw.execute("SELECT coalesce(max(article), 0) FROM article_price").fetchone()
    if articles and min(articles)[0] <= last:
        raw.executemany("DELETE FROM article_price WHERE article = ?", articles)


def _begin(raw: Any, kind: str) -> None:
    """Begin a snapshot: what it names is marked, unless there was nothing before it."""
    raw.execute(f"DELETE FROM seen_{kind}")
    if not any(raw.execute(statement).fetchone() for statement in _ANYTHING[kind]):
        raw.execute(f"INSERT INTO seen_{kind} VALUES (?)", (_NOTHING[kind],))


def _marks(raw: Any, page: FeedPage, kind: str) -> bool:
    """Whether what the page names is marked: in a snapshot over what was there before."""
    if not (page.starts or page.ends or page.reading.sweeping):
        return False
    column = {"article": "article", "price": "sku"}[kind]
    statement = f"SELECT 1 FROM seen_{kind} WHERE {column} = ?"
    return raw.execute(statement, (_NOTHING[kind],)).fetchone() is None


def _stored(raw: Any, skus: Sequence[str]) -> dict[str, Stored]:
    return {row[1]: row for row in raw.execute(_FIND, (json.dumps(list(skus)),))}


def _codes(raw: Any, ids: Sequence[int]) -> dict[int, set[str]]:
    found = raw.execute(_CODES, (json.dumps(list(ids)),))
    return {article: set(keys.split("\n")) for article, keys in found}
