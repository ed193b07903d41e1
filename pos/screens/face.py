"""What every widget draws with: the reader's language and the theme, both changed at run time."""

from __future__ import annotations

import re
from functools import lru_cache

from pos.domain.words import Sentence, Words
from pos.screens.themes import Look

_NOT_FIGURES = re.compile(r"[^\d.,'\s−-]")


class Face:
    """The words and the look in use; widgets keep this object and ask it while they draw."""

    def __init__(self, words: Words, look: Look) -> None:
        self.look = look
        self.speak(words)

    def speak(self, words: Words) -> None:
        """Change the language."""
        self.words = words
        self.figures = lru_cache(maxsize=4096)(lambda minor: _figures(words.amount(minor)))

    def say(self, sentence: Sentence | str) -> str:
        """Return a sentence in the reader's language."""
        return self.words.say(sentence)

    def amount(self, minor: int) -> str:
        """Return an amount with its currency."""
        return self.words.amount(minor)

    def quantity(self, thousandths: int, unit: str) -> str:
        """Return a quantity with its unit where it is weighed."""
        return self.words.quantity(thousandths, unit)


def _figures(amount: str) -> str:
    """Take the currency off, for a column where it would be written on every row."""
    return _NOT_FIGURES.sub("", amount).strip()
