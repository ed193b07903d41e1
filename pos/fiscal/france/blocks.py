"""What French papers print of their signature, in the law's own language.

>>> lasting(24), lasting(12), lasting(18)
('2 ans', '1 an', '18 mois')
"""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.events import FiscalStamp, PeriodClosed, SaleFinished
from pos.papers.page import Align, Block, Text

TRAINING = "FACTICE – MODE ÉCOLE"

GUARANTEE = "* Garantie légale de conformité : {length} (art. L217-3 et s. C. consom.)"
"""C. consom. art. D211-6: the billing document states the guarantee of its durable goods."""

NAMES = {"refund": "RETOUR", "exchange": "ÉCHANGE", "void": "ANNULATION"}
"""What a ticket that gives back is called; a plain sale needs no name."""


def of_ticket(sale: SaleFinished, copy_number: int) -> Sequence[Block]:
    """Return the fiscal block of a ticket; copy 0 is the original."""
    lengths = sorted({line.guarantee_months for line in sale.lines if line.guarantee_months})
    return (
        *_bold(TRAINING if sale.training else ""),
        *_bold(NAMES.get(sale.operation, "")),
        *(Text(GUARANTEE.format(length=lasting(months))) for months in lengths),
        *_signed("Signature", sale.fiscal, sale.software),
        _mark(copy_number),
    )


def of_closing(closed: PeriodClosed, copy_number: int) -> Sequence[Block]:
    """Return the fiscal block of a closing; its paper shows the running totals above it."""
    return (*_signed("Code d'intégrité", closed.fiscal, closed.software), _mark(copy_number))


def lasting(months: int) -> str:
    """Return how long a guarantee lasts, in whole years where it can."""
    if months % 12:
        return f"{months} mois"
    return "1 an" if months == 12 else f"{months // 12} ans"


def _signed(name: str, stamp: FiscalStamp, software: str) -> tuple[Block, Block]:
    return (
        Text(f"{name} : {stamp.extract}  (n°{stamp.number})", Align.CENTER),
        Text(f"{software} – fiscal {stamp.fiscal_version}", Align.CENTER),
    )


def _bold(text: str) -> tuple[Block, ...]:
    return (Text(text, Align.CENTER, bold=True),) if text else ()


def _mark(copy_number: int) -> Block:
    text = f"DUPLICATA n°{copy_number}" if copy_number else "ORIGINAL"
    return Text(text, Align.CENTER, bold=bool(copy_number))
