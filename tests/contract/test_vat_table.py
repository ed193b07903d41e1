"""The VAT rates of a country come from a file, by date."""

from __future__ import annotations

from datetime import date

import pytest

from config.vat_table import FOLDER, vat_table
from pos.domain.errors import Refusal


def test_metropolitan_france_has_its_five_rates_with_a_letter_each() -> None:
    table = vat_table("FR")
    rates = [table.rate_on(code, date(2026, 11, 22)) for code in table.rates]
    assert rates == [2000, 1000, 550, 210, 0]
    assert [table.letters[code] for code in table.rates] == list("ABCDE")


def test_a_day_before_the_table_has_no_rate() -> None:
    with pytest.raises(KeyError):
        vat_table("FR").rate_on("FR20", date(2013, 12, 31))


def test_a_country_without_a_table_is_refused() -> None:
    with pytest.raises(Refusal, match="no VAT table for the country XX"):
        vat_table("XX")


def test_every_table_gives_each_code_one_letter() -> None:
    for country in (path.stem for path in FOLDER.glob("*.toml")):
        letters = vat_table(country).letters
        assert len(set(letters.values())) == len(letters)
