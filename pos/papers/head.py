"""Who sells: the head of every paper that a shop hands out or keeps.

>>> class English:
...     def say(self, sentence): return str(sentence)
>>> shop = SellerFacts(name="Au coin", company="Coin SARL", address=["1 rue Neuve"], country="FR")
>>> [block.text for block in head(shop, English())[1:]]
['Au coin', 'Coin SARL', '1 rue Neuve', 'France']
"""

from __future__ import annotations

from pos.domain.facts import SellerFacts
from pos.domain.words import Sentence, Words
from pos.papers.page import Align, Block, Logo, Text

COUNTRIES = {"FR": "France"}
"""Countries that a ticket's address must name, in their own language."""

VAT_EXEMPT = "TVA non applicable, art. 293 B du CGI"
"""What a shop that charges no VAT must say, in the law's own language.

The wording is recalled, not verified against the text of the CGI: have it checked.
"""


def head(shop: SellerFacts, words: Words) -> list[Block]:
    """Return who sells, centred: logo, name, company, address, numbers as the law wants them."""
    blocks: list[Block] = [Logo(), Text(shop.name, Align.CENTER, bold=True, size=2)]
    lines = [shop.company if shop.company != shop.name else "", *shop.address]
    country = COUNTRIES.get(shop.country, "")
    lines.append("" if country.casefold() in (line.casefold() for line in lines) else country)
    blocks += [Text(line, Align.CENTER) for line in lines if line]
    if shop.phone:
        blocks.append(Text(shop.phone, Align.CENTER))
    numbers = [
        f"SIRET {shop.siret}" if shop.siret else "",
        f"APE {shop.naf}" if shop.naf else "",
    ]
    joined = " – ".join(number for number in numbers if number)
    if joined:
        blocks.append(Text(joined, Align.CENTER))
    if shop.vat_number:
        blocks.append(
            Text(words.say(Sentence("VAT no. {number}", number=shop.vat_number)), Align.CENTER)
        )
    if shop.vat_exempt:
        blocks.append(Text(VAT_EXEMPT, Align.CENTER))
    return blocks
