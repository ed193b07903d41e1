"""Real catalogues come in whole; each test names the file it misses and skips."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

import tests.data
from pos.domain.catalogue import Price
from pos.domain.catalogue_import import RefusedRow
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.till.catalogue import import_catalogue
from tests.contract.catalogue_shop import RULES, Shop, counts


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "till.sqlite")
    yield shop
    shop.engine.dispose()


def file_of(name: str) -> BinaryIO:
    next(tests.data.rows(name))  # skips, by name, when the folder is absent
    beside = Path(__file__).parents[3] / "shared" / "data"
    return (Path(os.environ.get("COMPTOIR_DATA", beside)) / name).open("rb")


def test_the_french_barcodes_come_in_once_and_a_second_import_changes_nothing(shop: Shop) -> None:
    first = shop.take(file_of("products_fr.csv.gz"))
    assert first.rows == 221_258
    assert first.added + first.refused == first.rows
    assert first.refused < 200
    assert {r.field for r in first.refusals} <= {"code", "name"}
    again = shop.take(file_of("products_fr.csv.gz"))
    assert counts(again) == (0, 0, first.added, first.refused)
    assert shop.article("03000000000014").name == "Baguette"
    assert "Baguette tradition" in shop.names("baguette trad")


def test_medicines_come_in_with_their_prices(shop: Shop) -> None:
    report = shop.take(file_of("medicines_price_eur.csv.gz"))
    assert report.added + report.refused == report.rows == 16_658
    assert shop.article("03400949497706").prices == (Price(7144),)
    assert shop.article("03400955074199").prices == ()


def test_codes_that_are_no_gtin_are_all_refused(shop: Shop) -> None:
    refused: list[RefusedRow] = []
    report = import_catalogue(
        file_of("products_invalid.csv.gz"),
        "csv",
        RULES,
        StoredCatalogueWriter(shop.engine),
        refused=refused.append,
    )
    assert counts(report) == (0, 0, 0, 8_479)
    assert {r.field for r in refused} == {"code"}
