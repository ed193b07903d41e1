"""A till's catalogue on a real SQLite file, and the gestures that the tests make with it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from config.vat_table import vat_table
from pos.domain.barcode import MeasurePlan
from pos.domain.catalogue import Article
from pos.domain.catalogue_import import Defaults, ImportRules
from pos.store.catalogue import StoredCatalogue
from pos.store.catalogue_tables import create_catalogue_schema
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.store.engine import open_engine
from pos.till.catalogue import ImportReport, import_catalogue

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULES = ImportRules(
    vat=vat_table("FR"),
    now=NOW,
    zone=ZoneInfo("Europe/Paris"),
    defaults=Defaults(vat="FR055"),
    plans=(MeasurePlan("02", 5, 5), MeasurePlan("21", 5, 5, kind="weight", decimals=3)),
)
BREAD, MILK = "2400000000013", "2400000000020"


class Shop:
    """A till's catalogue and the gestures of these tests."""

    def __init__(self, path: Path) -> None:
        self.engine: Engine = open_engine(path)
        with self.engine.begin() as connection:
            create_catalogue_schema(connection)
        self.catalogue = StoredCatalogue(self.engine)

    def take(self, source: str | bytes | BinaryIO, rules: ImportRules = RULES) -> ImportReport:
        if isinstance(source, str):
            source = source.encode()
        stream = io.BytesIO(source) if isinstance(source, bytes) else source
        return import_catalogue(stream, "auto", rules, StoredCatalogueWriter(self.engine))

    def article(self, key: str) -> Article:
        found = self.catalogue.find(key)
        assert found is not None
        return found

    def names(self, text: str, limit: int = 20) -> list[str]:
        return [article.name for article in self.catalogue.search(text, limit)]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.refused
