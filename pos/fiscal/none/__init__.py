"""The plug-in of a country that asks nothing of a till: numbers, no signature, prints on request.

>>> NoRules().stamp(SaleToSign({}, "T01", ""), ChainHead(4, ""), lambda data: b"", "").number
5
"""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.events import FiscalStamp, SaleFinished
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.fiscal.port import ChainHead, SaleToSign, Sign
from pos.papers.page import Block, Text


class NoRules:
    """No fiscal rules: the journal alone keeps the proof."""

    name = "none"
    fiscal_version = "1.0"

    def missing(self, shop: ShopFacts) -> Sequence[Sentence]:
        """Ask for a shop name, nothing else."""
        return () if shop.name else (Sentence("The shop has no name; set it in the settings."),)

    def printing_problems(self, rules: PrintRules) -> Sequence[Sentence]:
        """Forbid nothing."""
        return ()

    def stamp(
        self,
        sale: SaleToSign,
        head: ChainHead,
        sign: Sign,
        key_id: str,
    ) -> FiscalStamp:
        """Return a stamp with a number and no signature."""
        return FiscalStamp(
            plugin=self.name,
            fiscal_version=self.fiscal_version,
            chain="training" if sale.training else "ticket",
            number=head.number + 1,
            payload="",
            previous="",
            signature="",
            key_id="",
            algorithm="",
            extract="",
        )

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Print the software, that a copy is one, and that a sale was only played."""
        mark = f"DUPLICATA n°{copy_number}" if copy_number else ""
        training = "TRAINING" if sale.training else ""
        return tuple(Text(text) for text in (training, sale.software, mark) if text)

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Print only what is asked for."""
        return False
