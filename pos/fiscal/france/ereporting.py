"""A closed day as an e-reporting record: flow 10.3, sales to consumers, a day's aggregate.

Neutral JSON that a platform's connector turns into its own format (CGI ann. II art. 242 nonies M).
`TLB1` is the category of taxable deliveries of goods. No record is made of a day on which nothing
was sold, nor for a shop under art. 293 B of the CGI: the category of its sales is not verified.
What comes back is netted on the day it does, so that amounts may be negative.

>>> two_decimals(-5), two_decimals(183420)
('-0.05', '1834.20')
"""

from __future__ import annotations

import json

from pos.domain.events import PeriodClosed
from pos.fiscal.port import ExportFile

CATEGORY = "TLB1"


def is_due(closed: PeriodClosed) -> bool:
    """Tell whether a closed day on which something was sold is reported."""
    return not closed.seller.vat_exempt


def record(closed: PeriodClosed) -> ExportFile:
    """Return the record of a closed day, every amount a text of two decimals."""
    figures = closed.figures
    facts = {
        "siren": closed.seller.siret[:9],
        "store_siret": closed.seller.siret,
        "date": closed.key,
        "category": CATEGORY,
        "currency": closed.currency,
        "transactions": figures.tickets,
        "ht": two_decimals(sum(row.net for row in figures.vat)),
        "vat": two_decimals(sum(row.tax for row in figures.vat)),
        "rates": [
            {
                "rate": two_decimals(row.rate),
                "ht": two_decimals(row.net),
                "vat": two_decimals(row.tax),
            }
            for row in figures.vat
        ],
        "vat_option_debits": False,
        "source_closure": f"D:{closed.till}:{closed.key}",
        "source_sig": closed.fiscal.signature,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
    return ExportFile(f"e-reporting-{closed.till}-{closed.key}.json", text)


def two_decimals(hundredths: int) -> str:
    """Return cents, or basis points as a percentage, with a point and two decimals."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"
