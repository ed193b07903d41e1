"""The signed payload of a French ticket, and the four characters of it that are printed.

Payload: `vat_breakdown,total,YYYYMMDDHHMMSS,till,number,type,lines_sha256,Y|N,previous`, amounts in
cents, local time, `vat_breakdown` as `2000:1200|0550:211`, the highest rate first. `Y` when there
is a previous signature. No field can hold a comma.

>>> vat_breakdown([{"rate": 550, "gross": 211}, {"rate": 2000, "gross": 1200}])
'2000:1200|0550:211'
>>> extract("abcdefghijklmnopqrstuvwxyz")
'cgms'
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pos.fiscal.port import ChainHead, SaleToSign

EXTRACT_PLACES = (3, 7, 13, 19)
"""Which characters of the signature a ticket shows, from 1."""

COVERED = (
    "lines",
    "tenders",
    "ticket_discount",
    "voided",
    "returned_tenders",
    "change",
    "rounding",
    "label",
)


def vat_breakdown(rows: Sequence[Mapping[str, int]]) -> str:
    """Return the totals including VAT per rate, the highest rate first."""
    ordered = sorted(rows, key=lambda row: -row["rate"])
    return "|".join(f"{row['rate']:04d}:{row['gross']}" for row in ordered)


def lines_sha256(facts: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of the lines, tenders and references as canonical JSON."""
    covered = {name: facts[name] for name in COVERED if facts.get(name) is not None}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def payload(sale: SaleToSign, head: ChainHead, kind: str) -> str:
    """Return the payload of the ticket that follows `head`; `kind` is `VENTE` for a sale."""
    facts: Mapping[str, Any] = sale.facts
    return ",".join(
        (
            vat_breakdown(facts["vat"]),
            str(facts["total"]),
            sale.at_local,
            sale.till,
            str(head.number + 1),
            kind,
            lines_sha256(facts),
            "Y" if head.number else "N",
            head.signature,
        )
    )


def text_of(signature: bytes) -> str:
    """Return a signature as base64url without padding."""
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def extract(signature: str) -> str:
    """Return the characters of a signature that the ticket shows."""
    return "".join(signature[place - 1] for place in EXTRACT_PLACES)
