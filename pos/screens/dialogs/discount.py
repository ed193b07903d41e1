"""What comes off a line or the whole ticket: an amount or a share, then why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.line import Discount, Line
from pos.domain.typed import parse_discount
from pos.domain.words import Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure
from pos.till import sell
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

REASONS = (
    Sentence("Goodwill"),
    Sentence("Damaged article"),
    Sentence("Short date"),
    Sentence("Wrong price on the shelf"),
    Sentence("Staff"),
)


class TicketDiscountPrompt(Prompt):
    """A discount on the whole ticket; 0 takes it away."""

    takes = staticmethod(is_figure)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Discount on the whole ticket")

    def hint(self) -> Sentence:
        """Return what may be typed."""
        return Sentence("10% or 2,50; 0 takes it away · Esc: go back")

    def enter(self) -> None:
        """Take the discount, then ask why."""
        asked = parse_discount(self.text)
        self.close()
        if asked is None:
            self.give(None, "")
            return
        text = self.text
        self.session.ask(
            ReasonPrompt(
                self.session,
                Sentence("Why this discount?"),
                REASONS,
                lambda reason: self.give(text, reason),
            )
        )

    def give(self, text: str | None, reason: str) -> None:
        """Set the discount, or take it away for None; a large one may need a permission."""
        discount = None if text is None else parse_discount(f"{text} {reason}")
        self.session.guarded(lambda loan: self.put(discount, loan))

    def put(self, discount: Discount | None, loan: Loan | None) -> None:
        """Set the discount on the ticket."""
        sell.discount_ticket(self.session.desk, discount, loan)


class DiscountPrompt(TicketDiscountPrompt):
    """A discount on one line; 0 takes it away."""

    def __init__(self, session: Session, text: str, line: Line) -> None:
        super().__init__(session, text)
        self._line = line

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Discount on “{name}”", name=self._line.name)

    def put(self, discount: Discount | None, loan: Loan | None) -> None:
        """Set the discount on the line."""
        sell.discount_line(self.session.desk, self._line.n, discount, loan)
