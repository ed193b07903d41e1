"""A country's VAT codes, letters and rates by date, read from `config/vat/<country>.toml`.

>>> from datetime import date
>>> table = vat_table("FR")
>>> table.rate_on("FR055", date(2026, 11, 22)), table.letters["FR055"]
(550, 'C')
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pos.domain.catalogue import VatRate, VatTable
from pos.domain.errors import Refusal

FOLDER = Path(__file__).parent / "vat"


@lru_cache
def vat_table(country: str) -> VatTable:
    """Return the VAT table of a two-letter country.

    Raises Refusal (`no_vat_table`) for a country that has no file.
    """
    known = {path.stem: path for path in FOLDER.glob("*.toml")}
    if country not in known:
        raise Refusal(
            "no_vat_table",
            "There is no VAT table for the country {country}. Known countries: {known}.",
            country=country,
            known=", ".join(sorted(known)),
        )
    codes: dict[str, Any] = tomllib.loads(known[country].read_text("utf-8"))
    return VatTable(
        rates={
            code: tuple(VatRate(**rate) for rate in row["rates"]) for code, row in codes.items()
        },
        letters={code: row["letter"] for code, row in codes.items()},
    )
