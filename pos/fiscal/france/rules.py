"""What France asks of a till that sells.

>>> shop = ShopFacts("Au coin", "Au coin SARL", ("1 rue Neuve", "69001 Lyon"), "FR")
>>> [str(sentence) for sentence in FranceRules().missing(shop)][0]
'The SIRET number is missing; set shop.siret in the settings (14 digits).'
>>> FranceRules("1a2b3c4d5e6f").fiscal_version
'2.0+1a2b3c4d'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stdnum.fr import siret, tva

from pos.domain.events import FiscalStamp, PeriodClosed, SaleFinished
from pos.domain.facts import FiscalRecord
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.fiscal.france import accounting, blocks, ereporting, payloads, witness
from pos.fiscal.france.payloads import PLUGIN, sealed
from pos.fiscal.port import (
    ArchiveToSign,
    ChainHead,
    ExportFile,
    SaleToSign,
    TotalToSign,
    ToWitness,
)
from pos.journal.signing import Signer
from pos.papers.page import Block

VERSION = "2.0"
"""Changes only when what the law's four conditions rest on does: major.minor."""

DIGEST_SHOWN = 8
"""How many digits of the digest of its files the fiscal version shows."""


class FranceRules:
    """CGI art. 286 I 3° bis; C. env. art. L541-15-10 and D541-371; C. consom. art. D211-6.

    `digest` is that of the files of the fiscal perimeter, see `perimeter.py`; it becomes part of
    the version that every document is signed and printed with.
    """

    name = PLUGIN

    def __init__(self, digest: str = "") -> None:
        self.fiscal_version = f"{VERSION}+{digest[:DIGEST_SHOWN]}" if digest else VERSION

    def missing(self, shop: ShopFacts) -> Sequence[Sentence]:
        """Return what a French shop must have set before its till sells.

        A shop under art. 293 B of the CGI charges no VAT and needs no number.
        """
        problems = []
        if not siret.is_valid(shop.siret):
            problems.append(
                Sentence("The SIRET number is missing; set shop.siret in the settings (14 digits).")
            )
        has_number = shop.vat_number and tva.is_valid(shop.vat_number.removeprefix("FR"))
        if not (has_number or shop.vat_exempt):
            problems.append(
                Sentence("The VAT number is missing; set shop.vat_number in the settings.")
            )
        if not (shop.name and shop.company and len(shop.address) > 1 and shop.country):
            problems.append(
                Sentence("The shop's name or address is missing; set them in the settings.")
            )
        if not shop.naf:
            problems.append(Sentence("The NAF code is missing; set shop.naf in the settings."))
        return tuple(problems)

    def printing_problems(self, rules: PrintRules) -> Sequence[Sentence]:
        """C. env. art. L541-15-10 forbids to print every ticket, D541-371 says which are due."""
        problems = []
        if not rules.ask:
            problems.append(
                Sentence(
                    "In France no ticket prints unless it is asked for;"
                    " set printing.ask = true in the settings."
                )
            )
        if not rules.guarantee:
            problems.append(
                Sentence(
                    "In France the ticket of a guaranteed good always prints;"
                    " set printing.always_for_guarantee = true in the settings."
                )
            )
        return tuple(problems)

    def stamp(self, sale: SaleToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Sign the next ticket of the TICKET chain, or of the training chain."""
        chain = "training" if sale.training else "ticket"
        return sealed(self.fiscal_version, chain, payloads.ticket(sale, head), head, signer)

    def total(self, total: TotalToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Sign a running total: its level names the chain (BOI-TVA-DECLA-30-10-30 § 170)."""
        text = payloads.grand_total(total, head)
        return sealed(self.fiscal_version, f"gt_{total.level}", text, head, signer)

    def archive(self, archive: ArchiveToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Sign an archive: what it holds and the SHA-256 of its file."""
        text = payloads.archive(archive, head)
        return sealed(self.fiscal_version, "archive", text, head, signer)

    def witness(self, seen: ToWitness, signer: Signer) -> Sequence[FiscalRecord]:
        """Return the records of duplicates and technical events, in the order of the entries."""
        return witness.records(seen, self.fiscal_version, signer)

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Print the type, the extract, the software, the count of prints, the training mark."""
        return blocks.of_ticket(sale, copy_number)

    def closing_block(self, closed: PeriodClosed, copy_number: int) -> Sequence[Block]:
        """Print the integrity code, the software and the count of prints."""
        return blocks.of_closing(closed, copy_number)

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Tickets are printed on request only, but for durable goods (C. env. art. D541-371)."""
        return any(line.guarantee_months for line in sale.lines)

    def training_mark(self) -> str:
        """BOI-TVA-DECLA-30-10-30 § 150: what is played is told on every document."""
        return blocks.TRAINING

    def exports(self, closed: PeriodClosed, accounts: Mapping[str, str]) -> Sequence[ExportFile]:
        """Return the accounting entry and the e-reporting record of a closed day.

        A month or a year has none: they are sums of days. A day on which nothing was sold has
        none either.
        """
        if closed.level != "day" or not closed.figures.first_ticket:
            return ()
        reported = (ereporting.record(closed),) if ereporting.is_due(closed) else ()
        return (accounting.daily_summary(closed, accounts), *reported)
