"""A finished ticket: what of it can still come back, its copies, its undoing.

A row is chosen by its letter or by the arrows and Enter; digits are how many come back, one piece
when none is typed. An article that is scanned here is looked for on the ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from pos.domain.catalogue import Article, Unit
from pos.domain.errors import Refusal
from pos.domain.money import PIECE
from pos.domain.refund import Refundable
from pos.domain.words import Amount, Quantity, Sentence
from pos.screens.dialogs.commands import cap
from pos.screens.dialogs.print_question import TICKET_GOES, print_and_say
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.screens.widgets.choice_list import Choice
from pos.till import refund, sell, tickets

if TYPE_CHECKING:
    from pos.screens.session import Session

RETURN_REASONS = (
    Sentence("Faulty or damaged"),
    Sentence("Wrong article"),
    Sentence("Changed their mind"),
    Sentence("Wrong price"),
    Sentence("Entered by mistake"),
)
"""Why goods come back; the law wants a reason on a correction."""

VOID_REASONS = (
    Sentence("Entered by mistake"),
    Sentence("The payment failed"),
    Sentence("Changed their mind"),
    Sentence("A test"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    choice: Choice
    action: Callable[[], None]


class TicketPrompt(Prompt):
    """The lines that can still come back; then a copy, a gift receipt, undoing the whole sale."""

    holds = False

    def __init__(self, session: Session, label: str) -> None:
        super().__init__(session)
        opened = refund.open_ticket(session.desk, label)
        self._sale, self._lines = opened.sale, opened.lines

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("What comes back?")

    def title(self) -> Sentence:
        """Return which ticket it is."""
        return Sentence(
            "Ticket {ticket} · {amount}", ticket=self._sale.label, amount=Amount(self._sale.total)
        )

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Quantity, then letter or ↑ ↓ Enter")

    def choices(self) -> Sequence[Choice]:
        """Return the rows."""
        return [row.choice for row in self._rows()]

    def enter(self) -> None:
        """Do what the row under the cursor says."""
        self._rows()[self.cursor].action()

    def scanned(self, text: str) -> bool:
        """Give a line of the scanned article back; another ticket's code is left to the till.

        Raises Refusal for an article that is not on this ticket, or has come back already.
        """
        if refund.is_label(text):
            return False
        article = sell.article_of(self.session.desk, text)
        lines = [one for one in self._lines if one.line.sku == article.sku]
        if not lines:
            raise self._not_here(article)
        self._give_back(lines[0])
        return True

    def gesture(self, name: str) -> bool:
        """Print this ticket or its gift receipt, not the last one's."""
        actions = {"print": self._print, "gift": self._gift}
        if name in actions:
            actions[name]()
        return name in actions

    def _not_here(self, article: Article) -> Refusal:
        name, ticket = article.name, self._sale.label
        if any(line.sku == article.sku for line in self._sale.lines):
            return Refusal(
                "all_back",
                "All of “{name}” on ticket {ticket} has come back already.",
                name=name,
                ticket=ticket,
            )
        return Refusal(
            "not_on_ticket",
            "“{name}” is not on ticket {ticket}; to sell it, press Esc and scan it again.",
            name=name,
            ticket=ticket,
        )

    def _type(self, character: str) -> None:
        letters = [row.choice.key for row in self._rows()]
        if character.lower() in letters:
            self.cursor = letters.index(character.lower())
            self.enter()
        elif is_figure(character):
            super()._type(character)
        else:
            self.no_choice(Sentence("There is no choice {digit}.", digit=character))

    def _rows(self) -> list[_Row]:
        say = self.session.words.say
        rows = [self._line_row(one) for one in self._lines]
        if self._sale.lines and self._lines:
            rows.append(_Row(Choice(say("Undo the whole sale")), self._void))
        if self.session.desk.ports.printer is not None:
            key = cap(self.session.keys.get("print", ""), say)
            rows.append(_Row(Choice(say("Print this ticket again"), key), self._print))
            rows.append(_Row(Choice(say("Print a gift receipt, without prices")), self._gift))
        return [
            _Row(Choice(row.choice.text, row.choice.right, letter), row.action)
            for row, letter in zip(
                rows, [*ascii_lowercase, *[""] * len(rows)][: len(rows)], strict=True
            )
        ]

    def _line_row(self, one: Refundable) -> _Row:
        words = self.session.words
        quantity = words.quantity(one.quantity, one.line.unit)
        return _Row(
            Choice(f"{quantity} × {one.line.name}", words.amount(one.amount)),
            lambda: self._give_back(one),
        )

    def _give_back(self, one: Refundable) -> None:
        """Ask why; the typed quantity comes back, else a piece, or all of what is weighed."""
        unit, session, sale = one.line.unit, self.session, self._sale
        quantity = typed_quantity(self.text, Unit(unit)) if self.text else _usual(one)
        self.close()

        def give_back(reason: str) -> None:
            session.guarded(
                lambda loan: refund.return_line(
                    session.desk, sale.label, one.n, quantity, reason, loan
                ),
                session.follow,
            )

        why = Sentence(
            "Why does {quantity} × “{name}” come back?",
            quantity=Quantity(quantity, unit),
            name=one.line.name,
        )
        session.ask(ReasonPrompt(session, why, RETURN_REASONS, give_back))

    def _void(self) -> None:
        session, label = self.session, self._sale.label

        def void(reason: str) -> None:
            session.guarded(
                lambda loan: refund.void_sale(session.desk, label, reason, loan),
                session.follow,
            )

        self.close()
        why = Sentence("Why undo the whole sale {ticket}?", ticket=label)
        session.ask(ReasonPrompt(session, why, VOID_REASONS, void))

    def _print(self) -> None:
        desk, sale = self.session.desk, self._sale
        print_and_say(
            self.session, lambda loan: tickets.print_ticket(desk, sale, loan), TICKET_GOES
        )

    def _gift(self) -> None:
        desk, sale = self.session.desk, self._sale
        print_and_say(self.session, lambda _loan: tickets.print_gift(desk, sale))


def _usual(one: Refundable) -> int:
    return min(PIECE, one.quantity) if one.line.unit == "piece" else one.quantity
