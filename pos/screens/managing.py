"""The gestures around selling: goods that come back, the drawer, the day, training, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.day import Day
from pos.screens.dialogs import cash_desk as cash_dialogs
from pos.screens.dialogs.devices import DevicesPrompt
from pos.screens.dialogs.labels import LabelsPrompt
from pos.screens.dialogs.print_question import print_and_say
from pos.screens.dialogs.reading import AboutPrompt, ReadinessPrompt
from pos.screens.dialogs.refund import RefundPrompt
from pos.screens.dialogs.training import TrainingPrompt
from pos.till import tickets
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session


def refund(session: Session) -> None:
    """Ask what comes back; a number typed before opens its ticket."""
    prompt = RefundPrompt(session)
    prompt.text = session.take_text()
    session.ask(prompt)
    if prompt.text:
        prompt.enter()


def gift(session: Session) -> None:
    """Print the gift receipt of the last sale, without prices."""
    print_and_say(session, lambda _loan: tickets.print_gift(session.desk))


def cash_desk(session: Session) -> None:
    """Show what can be done with the drawer."""
    session.ask(cash_dialogs.CashDesk(session))


def open_drawer(session: Session) -> None:
    """Open the drawer with no sale, for a reason."""
    cash_dialogs.open_drawer(session)


def day(session: Session) -> None:
    """Show the manager's day."""

    def show(loan: Loan | None) -> None:
        session.day = Day(session.desk, len(session.alarms), loan)
        session.refresh()

    session.guarded(show, what=Sentence("the day and its closing"))


def training(session: Session) -> None:
    """Begin or end training, asked once more."""
    session.ask(TrainingPrompt(session))


def labels(session: Session) -> None:
    """Print labels for the shelf's edge."""
    session.ask(LabelsPrompt(session))


def about(session: Session) -> None:
    """Show what this till is."""
    session.ask_aside(AboutPrompt(session))


def devices(session: Session) -> None:
    """Show the machines around the till and how each is."""
    session.ask_aside(DevicesPrompt(session))


def readiness(session: Session) -> None:
    """Show how ready the till is to lose the network."""
    session.ask_aside(ReadinessPrompt(session))
