"""Numbers that real labels carry and real people typed."""

from __future__ import annotations

from collections import Counter

from biip.checksums import gs1_standard_check_digit

from pos.domain.barcode import ArticleCode, gtin, is_gtin, parse
from pos.domain.errors import Refusal
from tests.data import rows


def test_every_french_article_is_accepted_or_its_check_digit_is_really_wrong() -> None:
    counts: Counter[str] = Counter()
    for row in rows("products_fr.csv.gz"):
        code = row["barcode"]
        if is_gtin(code):
            assert parse(code) == ArticleCode("0" + code, "EAN-13")
        else:
            assert gs1_standard_check_digit(code[:-1]) != int(code[-1])
        counts["accepted" if is_gtin(code) else "refused"] += 1
    assert counts == {"accepted": 221_160, "refused": 98}


def test_every_code_that_is_no_number_is_refused() -> None:
    refused: Counter[str] = Counter()
    for row in rows("products_invalid.csv.gz"):
        for door in (gtin, parse):
            try:
                raise AssertionError(f"accepted: {door(row['barcode'])}")
            except Refusal as refusal:
                refused[refusal.slug] += 1
    assert refused.total() == 2 * 8_479


def test_every_medicine_is_read_from_its_datamatrix() -> None:
    for row in rows("medicines_price_eur.csv.gz"):
        code = row["barcode"]
        scan = parse(f"]d201{code:0>14}17290200" + "10A1\x1d21B2")
        assert isinstance(scan, ArticleCode)
        assert (scan.gtin, scan.lot, scan.serial) == (gtin(code), "A1", "B2")
