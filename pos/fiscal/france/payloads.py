"""The signed texts of the French records, to the byte; `docs/fiscal.md` states them for others.

A payload is fields joined by commas: amounts in cents, instants as local `YYYYMMDDHHMMSS`, then
the record's number, `Y` or `N` for a signature before it, and that signature. A field that could
hold a comma or a percent sign has them written `%2C` and `%25`.

>>> vat_breakdown([(550, 211), (2000, 1200)])
'2000:1200|0550:211'
>>> field("1,5 %")
'1%2C5 %25'
>>> extract("abcdefghijklmnopqrstuvwxyz")
'cgms'
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from pos.domain.events import PrintAsked
from pos.domain.facts import FiscalStamp, VatFacts
from pos.fiscal.france.jet import COUNTED, Info, code_of
from pos.fiscal.port import ArchiveToSign, ChainHead, SaleToSign, TotalToSign, ToWitness
from pos.journal.canonical import canonical
from pos.journal.signing import Signer

PLUGIN = "france"
"""What a stamp calls the plug-in that made it."""

EXTRACT_PLACES = (3, 7, 13, 19)
"""Which characters of the signature a paper shows, from 1."""

COVERED = (
    "lines",
    "tenders",
    "ticket_discount",
    "voided",
    "returned_tenders",
    "change",
    "rounding",
    "label",
    "operation",
    "running",
    "shift",
)
"""What of a sale its ticket's signature covers beside the payload's own fields.

What goes back names the ticket it came from inside `lines` and `tenders`.
"""

TYPES = {"sale": "VENTE", "refund": "RETOUR", "exchange": "ECHANGE", "void": "ANNULATION"}
"""The type of a ticket in its payload, by the sale's operation."""


def field(text: str) -> str:
    """Return a text as a field of a payload."""
    return text.replace("%", "%25").replace(",", "%2C")


def vat_breakdown(rates: Iterable[tuple[int, int]]) -> str:
    """Return totals including VAT by rate (basis points, four digits), the highest rate first."""
    return "|".join(f"{rate:04d}:{gross}" for rate, gross in sorted(rates, reverse=True))


def info_sha256(facts: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of facts as canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical(dict(facts))).hexdigest()


def lines_sha256(facts: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of what is `COVERED` of a sale; what is absent is left out."""
    return info_sha256({name: facts[name] for name in COVERED if facts.get(name) is not None})


def ticket(sale: SaleToSign, head: ChainHead) -> str:
    """Return `vat,total,at,till,number,type,lines_sha256,Y|N,previous` of a ticket."""
    facts: Mapping[str, Any] = sale.facts
    return _joined(
        vat_breakdown((row["rate"], row["gross"]) for row in facts["vat"]),
        facts["total"],
        sale.at_local,
        field(sale.till),
        head.number + 1,
        TYPES[facts.get("operation", "sale")],
        lines_sha256(facts),
        *_link(head),
    )


def grand_total(total: TotalToSign, head: ChainHead) -> str:
    """Return `vat,total,period,perpetual,perpetual_abs,at,level:key,number,Y|N,previous`."""
    return _joined(
        _breakdown(total.vat),
        total.total,
        total.running.period,
        total.running.perpetual,
        total.running.perpetual_abs,
        total.at_local,
        f"{total.level}:{field(total.key)}",
        head.number + 1,
        *_link(head),
    )


def archive(made: ArchiveToSign, head: ChainHead) -> str:
    """Return `vat,total,at,till,days,file_sha256,Y|N,previous` of an archive."""
    return _joined(
        _breakdown(made.vat),
        made.total,
        made.at_local,
        field(made.till),
        field(made.days),
        made.sha256,
        *_link(head),
    )


def duplicate(asked: PrintAsked, seen: ToWitness, head: ChainHead) -> str:
    """Return the payload of the record that counts a copy.

    `till,number,paper,copy_number,operator,at,original_till,original_number,Y|N,previous`: the
    original's label is split at its last hyphen.
    """
    original_till, _, original_number = asked.document.rpartition("-")
    return _joined(
        field(seen.till),
        head.number + 1,
        COUNTED[asked.paper],
        asked.copy_number,
        field(asked.staff),
        _local(seen),
        field(original_till),
        field(original_number),
        *_link(head),
    )


def jet(name: str, info: Info, by: str, seen: ToWitness, head: ChainHead) -> str:
    """Return `number,code,info_sha256,at,operator,till,Y|N,previous` of a technical event."""
    return _joined(
        head.number + 1,
        code_of(name),
        info_sha256(info),
        _local(seen),
        field(by),
        field(seen.till),
        *_link(head),
    )


def _local(seen: ToWitness) -> str:
    return f"{seen.at:%Y%m%d%H%M%S}"


def _breakdown(vat: Iterable[VatFacts]) -> str:
    return vat_breakdown((row.rate, row.gross) for row in vat)


def _link(head: ChainHead) -> tuple[str, str]:
    return ("Y" if head.number else "N", head.signature)


def _joined(*fields: str | int) -> str:
    return ",".join(str(one) for one in fields)


def sealed(version: str, chain: str, payload: str, head: ChainHead, signer: Signer) -> FiscalStamp:
    """Return the stamp of a payload that follows `head` in a chain."""
    signature = text_of(signer.sign(payload.encode()))
    return FiscalStamp(
        plugin=PLUGIN,
        fiscal_version=version,
        chain=chain,
        number=head.number + 1,
        payload=payload,
        previous=head.signature,
        signature=signature,
        key_id=signer.key_id,
        algorithm="Ed25519",
        extract=extract(signature),
    )


def text_of(signature: bytes) -> str:
    """Return a signature as base64url without padding."""
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def extract(signature: str) -> str:
    """Return the characters of a signature that a paper shows."""
    return "".join(signature[place - 1] for place in EXTRACT_PLACES)
