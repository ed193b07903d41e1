"""The other ways to pay, and giving a payment back before the sale is finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.words import Amount, Sentence
from pos.screens.dialogs.card import TerminalPrompt, card_prompt
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import cards, sell, tender
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

METHODS: dict[str, Sentence] = {
    "cash": Sentence("Cash"),
    "card": Sentence("Card"),
    "cheque": Sentence("Cheque"),
    "meal_voucher": Sentence("Meal vouchers"),
}
"""Each way to pay as a cashier calls it."""


@dataclass(frozen=True, slots=True)
class _Way:
    text: str
    action: Callable[[], None]


class TendersPrompt(ListPrompt):
    """Cheque, meal vouchers, cash from abroad; and each payment that can be given back."""

    def __init__(self, session: Session, amount: int | None) -> None:
        super().__init__(session)
        self._amount = amount
        self._ways = tuple(self._all_ways())

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Other payment")

    def choices(self) -> Sequence[Choice]:
        """Return the ways to pay."""
        asked = "" if self._amount is None else self.session.words.amount(self._amount)
        return [
            Choice(way.text, asked, str(place)) for place, way in enumerate(self._ways, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Pay that way."""
        self.close()
        self._ways[place].action()

    def _all_ways(self) -> list[_Way]:
        say, accepted = self.session.words.say, self.session.desk.rules.tenders.accepted
        ways: list[_Way] = []
        if "cheque" in accepted:
            ways.append(_Way(say(METHODS["cheque"]), self._cheque))
        if "meal_voucher" in accepted:
            ways.append(_Way(say(METHODS["meal_voucher"]), self._meal_voucher))
        if "cash" in accepted:
            ways.append(_Way(say(Sentence("Cash of a payer who lives abroad")), self._abroad))
        if "card" in accepted and len(cards.terminals(self.session.desk)) > 1:
            ways.append(_Way(say(Sentence("Card, on another terminal")), self._other_terminal))
        return ways + [self._back(one.n) for one in self.session.desk.basket.tenders]

    def _back(self, n: int) -> _Way:
        one = next(one for one in self.session.desk.basket.tenders if one.n == n)
        method, amount = self.session.words.say(METHODS[one.method]), Amount(one.given)
        return _Way(
            self.session.words.say(
                Sentence("Give back: {method} {amount}", method=method, amount=amount)
            ),
            lambda: self._give_back(n),
        )

    def _give_back(self, n: int) -> None:
        sell.take_tender_back(self.session.desk, n)
        self.session.say(Sentence("Give this payment back to the customer."))

    def _cheque(self) -> None:
        self.session.paid(tender.pay_cheque(self.session.desk, self._amount))

    def _meal_voucher(self) -> None:
        self.session.paid(tender.pay_meal_voucher(self.session.desk, self._amount))

    def _other_terminal(self) -> None:
        session, amount = self.session, self._amount

        def ask() -> None:
            session.ask(card_prompt(session, tender.ask_card(session.desk, amount)))

        session.ask(TerminalPrompt(session, ask))

    def _abroad(self) -> None:
        if self._amount is None:
            raise Refusal("no_amount", "Type the amount first, then this key.")

        def pay(loan: Loan | None) -> None:
            desk = self.session.desk
            outcome = tender.pay_cash(desk, self._amount, nonresident=loan or True)
            self.session.paid(outcome)

        self.session.guarded(pay)
