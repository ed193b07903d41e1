"""The plug-in of a country that asks nothing of a till: numbers, no signature, prints on request.

>>> from pos.domain.facts import RunningTotals
>>> total = TotalToSign("day", "2026-11-22", (), 0, RunningTotals(), "T01-K1", "")
>>> stamp = NoRules().total(total, ChainHead(4, ""), None)
>>> stamp.chain, stamp.number, stamp.signature
('gt_day', 5, '')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pos.domain.events import FiscalStamp, PeriodClosed, SaleFinished
from pos.domain.facts import FiscalRecord
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.fiscal.port import (
    ArchiveToSign,
    ChainHead,
    ExportFile,
    SaleToSign,
    TotalToSign,
    ToWitness,
)
from pos.journal.signing import Signer
from pos.papers.page import Block, Text


class NoRules:
    """No fiscal rules: the journal alone keeps the proof."""

    name = "none"

    def __init__(self) -> None:
        self.fiscal_version = "1.0"

    def missing(self, shop: ShopFacts) -> Sequence[Sentence]:
        """Ask for a shop name, nothing else."""
        return () if shop.name else (Sentence("The shop has no name; set it in the settings."),)

    def printing_problems(self, rules: PrintRules) -> Sequence[Sentence]:
        """Forbid nothing."""
        return ()

    def stamp(self, sale: SaleToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return a stamp with a number and no signature."""
        return self._numbered("training" if sale.training else "ticket", head)

    def total(self, total: TotalToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return a stamp with a number and no signature."""
        return self._numbered(f"gt_{total.level}", head)

    def archive(self, archive: ArchiveToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return a stamp with a number and no signature."""
        return self._numbered("archive", head)

    def witness(self, seen: ToWitness, signer: Signer) -> Sequence[FiscalRecord]:
        """Want no record."""
        return ()

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Print the software, that a copy is one, and that a sale was only played."""
        training = self.training_mark() if sale.training else ""
        return _texts(training, sale.software, _mark(copy_number))

    def closing_block(self, closed: PeriodClosed, copy_number: int) -> Sequence[Block]:
        """Print the software, and that a copy is one."""
        return _texts(closed.software, _mark(copy_number))

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Print only what is asked for."""
        return False

    def training_mark(self) -> str:
        """Say it plainly."""
        return "TRAINING"

    def exports(self, closed: PeriodClosed, accounts: Mapping[str, str]) -> Sequence[ExportFile]:
        """Want no file."""
        return ()

    def _numbered(self, chain: str, head: ChainHead) -> FiscalStamp:
        return FiscalStamp(
            plugin=self.name,
            fiscal_version=self.fiscal_version,
            chain=chain,
            number=head.number + 1,
            payload="",
            previous="",
            signature="",
            key_id="",
            algorithm="",
            extract="",
        )


def _mark(copy_number: int) -> str:
    return f"DUPLICATA n°{copy_number}" if copy_number else ""


def _texts(*lines: str) -> Sequence[Block]:
    return tuple(Text(line) for line in lines if line)
