"""An article is counted, or its stock corrected: a figure, then why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.words import Quantity, Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till.adjust import Told, adjust, is_heard
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

SIGNS = "+-"
COUNT_REASONS = (
    Sentence("Stocktaking"),
    Sentence("The figure was wrong"),
    Sentence("Below zero"),
)
CORRECTION_REASONS = (
    Sentence("Broken or past its date"),
    Sentence("Stolen or missing"),
    Sentence("Found again"),
    Sentence("Used in the shop"),
)


def _is_change(character: str) -> bool:
    return is_figure(character) or character in SIGNS


class AdjustPrompt(Prompt):
    """How many are there; or, with a sign, how many more or less."""

    takes = staticmethod(_is_change)

    def __init__(self, session: Session, sku: str, name: str, unit: Unit) -> None:
        super().__init__(session)
        self._sku, self._name, self._unit = sku, name, unit

    def question(self) -> Sentence:
        """Return what is asked."""
        if self._unit is Unit.KG:
            return Sentence("How many grams of “{name}” are there?", name=self._name)
        return Sentence("How many of “{name}” are there?", name=self._name)

    def brief(self) -> Sentence:
        """Return it as the entry line has room for it."""
        return Sentence("Stock")

    def hint(self) -> Sentence:
        """Return what may be typed."""
        return Sentence("12: counted · +3 -2: more, less")

    def enter(self) -> None:
        """Ask why; a refused figure leaves the question."""
        sign, text = self.text[:1], self.text.lstrip(SIGNS)
        size = typed_quantity(text, self._unit)
        told = Told(-size if sign == "-" else size, is_count=sign not in (*SIGNS,))
        reasons = COUNT_REASONS if told.is_count else CORRECTION_REASONS
        why = Sentence("Why is the stock of “{name}” changed?", name=self._name)
        session = self.session
        self.close()
        session.ask(ReasonPrompt(session, why, reasons, lambda words: self._adjust(told, words)))

    def _adjust(self, told: Told, reason: str) -> None:
        def done(loan: Loan | None) -> None:
            adjusted = adjust(self.session.desk, self._sku, told, reason, loan)
            left = Quantity(adjusted.expected + adjusted.quantity, self._unit.value)
            said = Sentence("Stock of “{name}”: {quantity}.", name=self._name, quantity=left)
            if adjusted.counted is not None and not is_heard(self.session.desk):
                said = Sentence("{said} The centre is away: count again later.", said=said)
            self.session.say(said)

        self.session.guarded(done)
