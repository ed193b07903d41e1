"""What picking asks: what stands in for an article, where the order lies, its bags."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.domain.catalogue import Article
from pos.domain.errors import Refusal
from pos.domain.order import OrderLine
from pos.domain.words import Sentence
from pos.screens.dialogs.search import SearchPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_digit

if TYPE_CHECKING:
    from pos.screens.session import Session


class SubstitutePrompt(SearchPrompt):
    """What stands in for an article: scanned, or found by its name."""

    def __init__(
        self, session: Session, line: OrderLine, done: Callable[[OrderLine, str], None]
    ) -> None:
        super().__init__(session)
        self._line, self._done = line, done

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("What replaces “{name}”?", name=self._line.name)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Scan, or name ↑ ↓ Enter · Esc: back")

    def gesture(self, _name: str) -> bool:
        """Leave every gesture as it is."""
        return False

    def scanned(self, text: str) -> bool:
        """Take the article of a scan."""
        if self.session.attempt(lambda: self._done(self._line, text), sound=False):
            self.close()
        return True

    def enter(self) -> None:
        """Take the article under the cursor, or the one of a typed code."""
        text = self.text.strip()
        if text:
            raw = _code_of(self.found[self.cursor]) if self.found else text
            self._done(self._line, raw)
            self.close()


def _code_of(article: Article) -> str:
    return article.codes[0] if article.codes else article.sku


class ShelfPrompt(Prompt):
    """Where the order lies: typed, or the shelf's label scanned."""

    def __init__(self, session: Session, done: Callable[[str, int], None]) -> None:
        super().__init__(session)
        self._done = done

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("On which shelf does it lie?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Scan or type it, Enter · Esc: back")

    def scanned(self, text: str) -> bool:
        """Take the label of a shelf."""
        self.text = text
        self.enter()
        return True

    def enter(self) -> None:
        """Go on to the bags."""
        if not self.text.strip():
            raise Refusal("no_shelf", "Say where it lies: a shelf or a place.")
        self.close()
        self.session.ask(BagsPrompt(self.session, self.text, self._done))


class BagsPrompt(Prompt):
    """In how many bags it is; Enter alone is one."""

    takes = staticmethod(is_digit)

    def __init__(self, session: Session, shelf: str, done: Callable[[str, int], None]) -> None:
        super().__init__(session)
        self._shelf, self._done = shelf, done

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("In how many bags?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: 1 · Esc: go back")

    def enter(self) -> None:
        """Say that the order is ready; a refusal leaves the question."""
        self._done(self._shelf, int(self.text or 1))
        self.close()
