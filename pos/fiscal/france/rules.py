"""What France asks of a till that sells.

>>> shop = ShopFacts("Au coin", "Au coin SARL", ("1 rue Neuve", "69001 Lyon"), "FR")
>>> [str(sentence) for sentence in FranceRules().missing(shop)][0]
'The SIRET number is missing; set shop.siret in the settings (14 digits).'
"""

from __future__ import annotations

from collections.abc import Sequence

from stdnum.fr import siret, tva

from pos.domain.events import FiscalStamp, SaleFinished
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.fiscal.france.ticket_chain import extract, payload, text_of
from pos.fiscal.port import ChainHead, SaleToSign, Sign
from pos.papers.page import Align, Block, Text

GUARANTEE = "* Garantie légale de conformité : {length} (art. L217-3 et s. C. consom.)"
"""C. consom. art. D211-6: the billing document states the guarantee of its durable goods."""


class FranceRules:
    """CGI art. 286 I 3° bis; C. env. art. L541-15-10 and D541-371; C. consom. art. D211-6."""

    name = "france"
    fiscal_version = "1.0"

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
        if not (shop.name and shop.company and len(shop.address) > 1):
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

    def stamp(self, sale: SaleToSign, head: ChainHead, sign: Sign, key_id: str) -> FiscalStamp:
        """Sign the next ticket of the TICKET chain, or of the training chain."""
        text = payload(sale, head, "VENTE")
        signature = text_of(sign(text.encode()))
        return FiscalStamp(
            plugin=self.name,
            fiscal_version=self.fiscal_version,
            chain="training" if sale.training else "ticket",
            number=head.number + 1,
            payload=text,
            previous=head.signature,
            signature=signature,
            key_id=key_id,
            algorithm="Ed25519",
            extract=extract(signature),
        )

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Print the extract, the software, the count of prints, and the training mark."""
        stamp = sale.fiscal
        mark = f"DUPLICATA n°{copy_number}" if copy_number else "ORIGINAL"
        blocks: list[Block] = [
            Text(f"Signature : {stamp.extract}  (n°{stamp.number})", Align.CENTER),
            Text(f"{sale.software} – fiscal {stamp.fiscal_version}", Align.CENTER),
            Text(mark, Align.CENTER, bold=bool(copy_number)),
        ]
        lengths = sorted({line.guarantee_months for line in sale.lines if line.guarantee_months})
        blocks[:0] = [Text(GUARANTEE.format(length=_length(months))) for months in lengths]
        if sale.training:
            blocks.insert(0, Text("FACTICE – MODE ÉCOLE", Align.CENTER, bold=True))
        return tuple(blocks)

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Tickets are printed on request only, but for durable goods (C. env. art. D541-371)."""
        return any(line.guarantee_months for line in sale.lines)


def _length(months: int) -> str:
    if months % 12:
        return f"{months} mois"
    return "1 an" if months == 12 else f"{months // 12} ans"
