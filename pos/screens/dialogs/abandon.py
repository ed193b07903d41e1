"""Ending a basket with no sale: why, for the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.till import sell

if TYPE_CHECKING:
    from pos.screens.session import Session

REASONS = (
    Sentence("The customer left"),
    Sentence("Paid elsewhere"),
    Sentence("A mistake"),
    Sentence("A test"),
)


class AbandonPrompt(ReasonPrompt):
    """The reason, then the basket is gone; an event stays."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, Sentence("Why end this basket unsold?"), REASONS, self._end)

    def _end(self, reason: str) -> None:
        desk, session = self.session.desk, self.session

        def done() -> None:
            session.cursor = None
            session.say(Sentence("The basket is ended, with no sale."))

        session.guarded(lambda loan: sell.abandon(desk, reason, loan), done)
