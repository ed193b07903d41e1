"""What comes back: which ticket it was sold on, or an article without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.catalogue import Article, Unit
from pos.domain.events import SaleFinished
from pos.domain.money import PIECE
from pos.domain.shift import instant
from pos.domain.words import Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.dialogs.search import SearchPrompt
from pos.screens.dialogs.ticket import RETURN_REASONS, TicketPrompt
from pos.screens.dialogs.value import AmountPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.screens.widgets.choice_list import Choice
from pos.till import earlier, refund, sell

if TYPE_CHECKING:
    from pos.screens.session import Session


class RefundPrompt(Prompt):
    """A ticket's number, or one of the last tickets, or no ticket.

    A scan of a ticket opens it; one of an article is what comes back without a ticket.
    """

    holds = False

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._sales: Sequence[SaleFinished] = earlier.last_tickets(session.desk)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Number of the ticket")

    def title(self) -> Sentence:
        """Return the title of the list."""
        return Sentence("Goods come back: scan the ticket, type its number, or choose")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Scan, or number or ↑ ↓, Enter")

    def choices(self) -> Sequence[Choice]:
        """Return the last tickets, the newest first, then the way without one."""
        words, shown = self.session.words, list[Choice]()
        for sale in self._sales:
            names = ", ".join(line.name for line in sale.lines[:3])
            at = instant(sale.at).astimezone(self.session.desk.zone)
            text = f"{sale.label}  {at:%H:%M}  {names}"
            shown.append(Choice(text, words.amount(sale.total)))
        return [*shown, Choice(words.say("Without a ticket"))]

    def scanned(self, text: str) -> bool:
        """Take a scanned article as one that comes without a ticket; never sell it by mistake."""
        if refund.is_label(text):
            return False
        article = sell.article_of(self.session.desk, text)
        self.close()
        self.session.ask(HowMuch(self.session, article))
        return True

    def enter(self) -> None:
        """Open the ticket of the typed number, or the chosen one."""
        session, text = self.session, self.text.strip()
        if text:
            session.ask(TicketPrompt(session, earlier.label_of(session.desk, text)))
        elif self.cursor < len(self._sales):
            session.ask(TicketPrompt(session, self._sales[self.cursor].label))
        else:
            session.ask(WithoutTicket(session))


class WithoutTicket(SearchPrompt):
    """Which article comes back: scanned, or found by its name."""

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which article comes back?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Scan, or name ↑ ↓ Enter · Esc: back")

    def scanned(self, text: str) -> bool:
        """Take the article of a scan; a ticket's code is left to the till."""
        if refund.is_label(text):
            return False
        self._chose(sell.article_of(self.session.desk, text))
        return True

    def enter(self) -> None:
        """Take the article under the cursor, or the one of a typed code."""
        if self.text.strip():
            found = self.found
            desk = self.session.desk
            self._chose(found[self.cursor] if found else sell.article_of(desk, self.text.strip()))

    def _chose(self, article: Article) -> None:
        self.close()
        self.session.ask(HowMuch(self.session, article))


class HowMuch(Prompt):
    """How many pieces come back, or how many grams; Enter alone is one piece."""

    takes = staticmethod(is_figure)

    def __init__(self, session: Session, article: Article) -> None:
        super().__init__(session)
        self._article = article

    def question(self) -> Sentence:
        """Return what is asked."""
        if self._article.unit is Unit.KG:
            return Sentence("Weight of “{name}” in grams", name=self._article.name)
        return Sentence("How many “{name}” come back?", name=self._article.name)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self._article.unit is Unit.KG:
            return super().hint()
        return Sentence("Enter: 1 · Esc: go back")

    def enter(self) -> None:
        """Take the quantity, then ask for the price where the catalogue has none."""
        is_one = not self.text and self._article.unit is not Unit.KG
        quantity = PIECE if is_one else typed_quantity(self.text, self._article.unit)
        price = self._article.price_at(self.session.desk.ports.clock.now())
        self.close()
        if price is None:
            question = Sentence("Price of “{name}”", name=self._article.name)
            self.session.ask(
                AmountPrompt(self.session, question, lambda paid: self._why(quantity, paid))
            )
        else:
            self._why(quantity, price)

    def _why(self, quantity: int, price: int) -> None:
        session, article = self.session, self._article

        def give_back(reason: str) -> None:
            session.guarded(
                lambda loan: refund.return_article(
                    session.desk, article, quantity, price, reason, loan
                ),
                session.follow,
            )

        why = Sentence("Why does “{name}” come back?", name=article.name)
        session.ask(ReasonPrompt(session, why, RETURN_REASONS, give_back))
