"""A card terminal's own receipt, as it gave it to the till: card numbers are masked in it.

>>> card_slip(["CARTE BANCAIRE", "MONTANT 12,50 EUR"]).title
'card'
"""

from __future__ import annotations

from collections.abc import Sequence

from pos.papers.page import Cut, Page, Text


def card_slip(lines: Sequence[str]) -> Page:
    """Return the paper of a receipt's lines."""
    return Page((*(Text(line) for line in lines), Cut()), title="card")
