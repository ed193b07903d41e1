"""The import of a catalogue against raw `executemany` into the same tables and index.

Ours reads the CSV bytes, checks every cell, folds the names and writes; the floor is a plain
connection with the same settings that writes the same rows, made beforehand. Both fill a new
file, in turns.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pos.domain.catalogue_words import words
from pos.store.catalogue_tables import create_catalogue_schema, index_text, rank_rowid
from pos.store.catalogue_writer import (
    INSERT_ARTICLE,
    INSERT_CODE,
    INSERT_PRICE,
    INSERT_WORD,
    INSERT_WORDS,
    StoredCatalogueWriter,
)
from pos.store.engine import open_engine
from pos.till.catalogue import import_catalogue
from scripts.benches.catalogue_data import lines, rules
from scripts.benches.measured import Measured, ratio

NAMES = ("import of a catalogue, a row",)
ROWS = 100_000
ROUNDS = 5
TIMES_MOST = 2.0
"""Half of the floor's rows a second is twice its time a row."""

Batches = list[tuple[str, list[tuple[Any, ...]]]]


def measure() -> Iterator[Measured]:
    """Yield the one measurement, in microseconds a row."""
    text = b"".join(lines(ROWS))
    ours: list[float] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        batches = _import(Path(folder) / "first", text)[1]
        for turn in range(ROUNDS):
            gc.collect()
            floor.append(raw_insert(Path(folder) / f"raw{turn}", batches, ROWS))
            gc.collect()
            ours.append(_import(Path(folder) / f"ours{turn}", text, read_back=False)[0])
    yield ratio(NAMES[0], "µs", ours, floor, TIMES_MOST)


def _new(path: Path) -> Engine:
    engine = open_engine(path)
    with engine.begin() as connection:
        create_catalogue_schema(connection)
    return engine


def _import(path: Path, text: bytes, *, read_back: bool = True) -> tuple[float, Batches]:
    engine = _new(path)
    begun = time.perf_counter()
    report = import_catalogue([text], "csv", rules(), StoredCatalogueWriter(engine))
    took = time.perf_counter() - begun
    assert report.added == ROWS
    batches = written(engine) if read_back else []
    engine.dispose()
    return took / ROWS * 1e6, batches


def written(engine: Engine) -> Batches:
    """Return a catalogue's rows as the statements that write them, in their index's order."""
    with engine.connect() as connection:

        def rows(table: str, order: str) -> list[tuple[Any, ...]]:
            return [
                tuple(r)
                for r in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order}")
            ]

        articles = rows("article", "id")
        indexed = sorted((rank_rowid(r[2], r[0]), index_text(words(r[2]))) for r in articles)
        return [
            (INSERT_ARTICLE, articles),
            (INSERT_CODE, rows("article_code", "article")),
            (INSERT_PRICE, rows("article_price", "article")),
            (INSERT_WORDS, indexed),
            (INSERT_WORD, rows("article_word", "word")),
        ]


def raw_insert(path: Path, batches: Batches, count: int) -> float:
    """Write rows into a new file in one transaction; return the microseconds each of `count`."""
    engine = _new(path)
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    begun = time.perf_counter()
    raw.execute("BEGIN IMMEDIATE")
    for statement, rows in batches:
        raw.executemany(statement, rows)
    raw.execute("COMMIT")
    took = time.perf_counter() - begun
    pooled.close()
    engine.dispose()
    return took / count * 1e6
