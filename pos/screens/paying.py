"""The gestures of paying, paying back and printing; what nobody knows the end of is settled here.

An amount is typed first and the key says how it is paid; while the customer is owed money, the
same keys pay it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.dialogs.card import TerminalPrompt, card_prompt, on_terminal
from pos.screens.dialogs.pay_back import PayBackPrompt, give_back
from pos.screens.dialogs.print_question import TICKET_GOES, PrintQuestion, print_and_say
from pos.screens.dialogs.quick_cash import QuickCashPrompt
from pos.screens.dialogs.settle import SettlePrompt
from pos.screens.dialogs.tenders import TendersPrompt
from pos.screens.selling import chosen_line
from pos.screens.typing import typed_amount
from pos.till import printing, tender, tickets

if TYPE_CHECKING:
    from pos.screens.session import Session


def print_ticket(session: Session) -> None:
    """Print the last ticket; first what waits for the spare printer, then what nobody knows."""
    if printing.stuck(session.desk):
        spare(session)
        return
    lost = tickets.unknown_prints(session.desk)
    if lost:
        session.ask(PrintQuestion(session, lost[0]))
        return
    desk = session.desk
    print_and_say(session, lambda loan: tickets.print_ticket(desk, loan=loan), TICKET_GOES)


def spare(session: Session) -> None:
    """Send what waits for the printer to the spare one."""
    count = printing.use_spare(session.desk)
    if count:
        session.say(Sentence("{count} paper goes to the spare printer.", count=count))
    else:
        session.say(
            Sentence("What the printer has begun stays there; new papers go to the spare printer.")
        )


def cash(session: Session) -> None:
    """Take the typed amount in cash, or exactly what is due; give it back where it is owed."""
    if session.desk.basket.due < 0:
        pay_back(session, "cash")
        return
    session.paid(tender.pay_cash(session.desk, typed_amount(session.take_text())))


def pay_back(session: Session, method: str) -> None:
    """Give the typed amount back, or all that is owed."""
    give_back(session, method, typed_amount(session.take_text()))


def quick_cash(session: Session) -> None:
    """Show the amounts that a customer is likely to hand over, or the ways to pay back."""
    if session.desk.basket.due < 0:
        session.ask(PayBackPrompt(session, None))
        return
    chosen_line(session)
    session.ask(QuickCashPrompt(session))


def card(session: Session) -> None:
    """Ask for a card payment of the typed amount, or of all that is due or owed."""
    request = session.open_card()
    if request is not None:
        session.ask(card_prompt(session, request))
    elif session.desk.basket.due < 0:
        pay_back(session, "card")
    else:
        amount = typed_amount(session.take_text())
        on_terminal(session, lambda: _ask_card(session, amount))


def _ask_card(session: Session, amount: int | None) -> None:
    session.ask(card_prompt(session, tender.ask_card(session.desk, amount)))


def another_terminal(session: Session) -> None:
    """Choose the card terminal that is asked from now on."""
    session.ask(TerminalPrompt(session, lambda: None))


def card_receipt(session: Session) -> None:
    """Print the receipt that the card terminal gave for the last card payment."""
    print_and_say(session, lambda _loan: tender.print_card(session.desk))


def other_tender(session: Session) -> None:
    """Show the other ways to pay, or to pay back."""
    chosen_line(session)
    amount = typed_amount(session.take_text())
    if session.desk.basket.due < 0:
        session.ask(PayBackPrompt(session, amount))
    else:
        session.ask(TendersPrompt(session, amount))


def settle(session: Session) -> None:
    """List every card payment and print whose end nobody knows, to settle one."""
    prompt = SettlePrompt(session)
    if prompt.choices():
        session.ask(prompt)
    else:
        session.say(Sentence("Nothing waits to be settled."))
