"""A number to wait with: nothing on it says whose it is, or what was ordered.

>>> class English:
...     def say(self, sentence): return str(sentence)
...     def moment(self, at): return str(at)
>>> page = queue_ticket("B1-4", "Au coin", datetime(2026, 11, 24, 10, 30), English())
>>> [block.text for block in page.blocks if isinstance(block, Text)][:3]
['Au coin', 'Your number', 'B1-4']
"""

from __future__ import annotations

from datetime import datetime

from pos.domain.words import Sentence, Words
from pos.papers.page import Align, Blank, Cut, Page, Text


def queue_ticket(number: str, shop: str, at: datetime, words: Words) -> Page:
    """Return the paper that a kiosk prints for a customer who wants their number in hand."""
    return Page(
        (
            Text(shop, Align.CENTER, bold=True),
            Blank(),
            Text(words.say(Sentence("Your number")), Align.CENTER),
            Text(number, Align.CENTER, bold=True, size=2),
            Blank(),
            Text(words.say(Sentence("Your order is brought under this number.")), Align.CENTER),
            Text(words.moment(at), Align.CENTER),
            Cut(),
        ),
        title=number,
    )
