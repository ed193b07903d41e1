"""Looking for an article by name: results come while one types, Enter adds one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.catalogue import Article
from pos.domain.words import Sentence
from pos.screens.dialogs.stock import StockPrompt
from pos.screens.prompt import Prompt
from pos.screens.widgets.choice_list import Choice
from pos.till import sell

if TYPE_CHECKING:
    from pos.screens.session import Session

ROWS = 12


class SearchPrompt(Prompt):
    """The typed words and the articles they find."""

    holds = False

    def __init__(self, session: Session, text: str = "") -> None:
        super().__init__(session, text)
        self.found: list[Article] = []
        self.changed()

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Search")

    def title(self) -> Sentence:
        """Return the title of the results."""
        return Sentence("{count} article found", count=len(self.found))

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("↑ ↓, Enter: add · Esc: go back")

    def rows(self) -> int:
        """Return a steady height, so that nothing jumps while one types."""
        return ROWS

    def choices(self) -> Sequence[Choice]:
        """Return the articles found."""
        now = self.session.desk.ports.clock.now()
        words = self.session.words
        return [
            Choice(article.name, "" if price is None else words.amount(price))
            for article in self.found
            for price in (article.price_at(now),)
        ]

    def gesture(self, name: str) -> bool:
        """Show the stock of the article under the cursor, and come back here."""
        if name != "stock" or not self.found:
            return False
        article = self.found[self.cursor]
        self.session.ask_aside(StockPrompt(self.session, article.sku, article.name, article.unit))
        return True

    def changed(self) -> None:
        """Search again."""
        self.cursor = 0
        self.found = sell.search(self.session.desk, self.text) if self.text.strip() else []

    def enter(self) -> None:
        """Add the article under the cursor; what finds nothing may still be a code."""
        desk, text = self.session.desk, self.text.strip()
        if not text:
            return
        if self.found:
            article = self.found[self.cursor]
            self.close()
            self.session.offered(sell.choose(desk, article))
        else:
            answer = sell.scan(desk, text)
            self.close()
            self.session.offered(answer)
