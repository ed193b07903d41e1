"""What a till makes of one scan, told to whoever sets a scanner up. Pure.

>>> [str(one) for one in explain("]E03400949497706")]
['Sent: ]E03400949497706', 'Symbology: EAN, UPC (]E0)', 'Article number 03400949497706, EAN-13.']
>>> str(explain("\\"'ààç'ç'çèèà-")[-1])[:45]
'The scanner types as if the keyboard were not'
"""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.barcode.codes import ArticleCode, MeasuredCode, PassCode, Scan, TextCode
from pos.domain.barcode.door import parse
from pos.domain.barcode.measure import MeasurePlan
from pos.domain.barcode.numbers import shown
from pos.domain.errors import Refusal
from pos.domain.words import Amount, Quantity, Sentence

AIM = {
    "A": "Code 39",
    "C": "Code 128",
    "E": "EAN, UPC",
    "F": "Codabar",
    "G": "Code 93",
    "I": "ITF",
    "J": "DotCode",
    "L": "PDF417",
    "Q": "QR",
    "X": "–",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "z": "Aztec",
}
"""Symbologies by the letter of their AIM identifier (ISO/IEC 15424)."""

WRONG_LAYOUT = Sentence(
    "The scanner types as if the keyboard were not French. Its codes are put right, but set its"
    " keyboard to French (AZERTY), or better connect it as a serial device."
)
"""What is said of a scan that a French keyboard had mangled."""


def explain(raw: str, plans: Sequence[MeasurePlan] = (), *, year: int = 2026) -> list[Sentence]:
    """Return what was sent and what it means, or why it is refused; nothing is raised."""
    told = [Sentence("Sent: {code}", code=shown(raw))]
    if raw[:1] == "]" and len(raw) > 2 and raw[1] in AIM:
        told.append(Sentence("Symbology: {name} ({code})", name=AIM[raw[1]], code=raw[:3]))
    else:
        told.append(Sentence("It sends no AIM identifier; turn them on if the scanner can."))
    try:
        scan = parse(raw, plans, year=year)
    except Refusal as refusal:
        return [*told, refusal.sentence]
    told.append(_meaning(scan))
    return [*told, WRONG_LAYOUT] if scan.repaired else told


def _meaning(scan: Scan) -> Sentence:
    match scan:
        case ArticleCode():
            return _article(scan)
        case MeasuredCode(prefix, item, kind, value):
            measure = Amount(value) if kind == "price" else Quantity(value, _unit(kind))
            return Sentence(
                "The shop's own label: prefix {prefix}, item {item}, {value}.",
                prefix=prefix,
                item=item,
                value=measure,
            )
        case PassCode():
            return Sentence("A pickup pass.")
        case TextCode(text):
            return Sentence("A text: {text}", text=shown(text))


def _unit(kind: str) -> str:
    return "kg" if kind == "weight" else "piece"


def _article(scan: ArticleCode) -> Sentence:
    more = [
        f"{name} {value}"
        for name, value in (
            ("+", scan.addon),
            ("310n", scan.weight),
            ("392n", scan.price),
            ("17", scan.expiry),
            ("15", scan.best_before),
            ("10", scan.lot),
            ("21", scan.serial),
            ("30", scan.count),
        )
        if value is not None
    ]
    if not more:
        return Sentence(
            "Article number {code}, {symbology}.", code=scan.gtin, symbology=scan.symbology
        )
    return Sentence(
        "Article number {code}, {symbology}, with {more}.",
        code=scan.gtin,
        symbology=scan.symbology,
        more=shown(", ".join(more)),
    )
