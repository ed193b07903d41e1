"""Reading the catalogue: what a scan names, and what a person searches for."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from pos.domain.catalogue import FIRST, Article, Price, Unit
from pos.store.catalogue_search import find_articles
from pos.store.engine import explained

SEARCH_MAX = 200
"""The most articles that one search returns."""

# One statement reads an article with its codes and prices: all from the same catalogue, even
# while an import ends.
_ARTICLE = """
SELECT a.id, a.sku, a.name, a.vat, a.unit, a.department, a.age, a.meal_voucher,
       a.guarantee_months, a.eco,
       (SELECT group_concat(c.key, char(10)) FROM article_code c
         WHERE c.article = a.id AND NOT c.only_sku),
       (SELECT group_concat(p.since || ' ' || p.amount, char(10)) FROM article_price p
         WHERE p.article = a.id)
"""
_SHOWN = "a.id <= coalesce((SELECT after FROM filling), a.id)"
"""A snapshot that is not all in hides its new articles (see `filling`)."""

_NAMED = "FROM article_code k JOIN article a ON a.id = k.article WHERE k.key = ?"
_LISTED = "FROM json_each(?) j JOIN article a ON a.id = j.value"
_REPRICED = (
    f"{_ARTICLE} FROM article a WHERE {_SHOWN} AND EXISTS (SELECT 1 FROM article_price r"
    " WHERE r.article = a.id AND r.since > ? AND r.since <= ?)"
    " ORDER BY a.department, a.name LIMIT ?"
)
_BY_KEY = f"{_ARTICLE} {_NAMED} AND {_SHOWN}"
_BY_IDS = f"{_ARTICLE} {_LISTED} WHERE {_SHOWN} ORDER BY j.key"


class StoredCatalogue:
    """The catalogue of an SQLite file (`pos.ports.Catalogue`); each thread reads on its own.

    Nothing is kept between two calls, so an import by another process shows at the next one.
    """

    def __init__(self, engine: Engine) -> None:
        self._file = str(engine.url.database or "memory")
        self._engine = engine
        self._mine = threading.local()

    def find(self, key: str) -> Article | None:
        """Return the article whose code (14-digit GTIN, in-store key or SKU) is `key`.

        Raises StoreUnavailable when the file cannot be read.
        """
        with explained(self._file):
            row = self._connection().execute(_BY_KEY, (key,)).fetchone()
        return None if row is None else _article(row)

    def search(self, text: str, limit: int) -> list[Article]:
        """Return at most `limit` articles that fit the typed words or digits, best first.

        Accents, case and ligatures do not count; every word may be a beginning; where nothing
        fits, one slip of the hand a word is forgiven. Raises StoreUnavailable.
        """
        raw = self._connection()
        with explained(self._file):
            raw.execute("BEGIN")
            try:
                ids = find_articles(raw, text, max(0, min(limit, SEARCH_MAX)))
                rows = raw.execute(_BY_IDS, (json.dumps(ids),)).fetchall()
            finally:
                raw.execute("COMMIT")
        return [_article(row) for row in rows]

    def repriced(self, after: datetime, until: datetime, limit: int) -> list[Article]:
        """Return at most `limit` articles of which a price begins after `after`, up to `until`.

        As they stand in the shelves: by department, then by name. Raises StoreUnavailable.
        """
        bounds = (int(after.timestamp()), int(until.timestamp()), max(0, limit))
        with explained(self._file):
            rows = self._connection().execute(_REPRICED, bounds).fetchall()
        return [_article(row) for row in rows]

    def _connection(self) -> Any:
        try:
            return self._mine.raw
        except AttributeError:
            self._mine.pooled = self._engine.raw_connection()
            self._mine.raw = self._mine.pooled.driver_connection
            return self._mine.raw


_UNITS = {unit.value: unit for unit in Unit}


def _article(row: tuple[Any, ...]) -> Article:
    _, sku, name, vat, unit, department, age, meal_voucher, months, eco, codes, prices = row
    return Article(
        sku=sku,
        name=name,
        vat=vat,
        codes=tuple(codes.split("\n")) if codes else (),
        unit=_UNITS[unit],
        prices=tuple([_price(price) for price in prices.split("\n")]) if prices else (),
        department=department,
        age=age,
        meal_voucher=meal_voucher == 1,
        guarantee_months=months,
        eco=eco,
    )


def _price(written: str) -> Price:
    since, amount = written.split(" ")
    return Price(int(amount), FIRST if since == "0" else datetime.fromtimestamp(int(since), UTC))
