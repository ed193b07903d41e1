"""The cash desk: the float, what goes in and out of the drawer, its count, the shift's end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.events import CashMoved
from pos.domain.shift import instant
from pos.domain.words import Amount, Sentence
from pos.ports import ShiftState
from pos.screens.dialogs.card_totals import TotalsPrompt
from pos.screens.dialogs.count import CountPrompt
from pos.screens.dialogs.counted import CountedPrompt, count_shift
from pos.screens.dialogs.print_question import print_and_say
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.dialogs.value import AmountPrompt
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import cash, drawer
from pos.till.desk import Desk, Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

DROP_REASONS = (
    Sentence("Too much in the drawer"),
    Sentence("To the bank"),
    Sentence("End of the day"),
)
IN_REASONS = (
    Sentence("Change from the bank"),
    Sentence("Change from the safe"),
    Sentence("Found in the shop"),
)
OUT_REASONS = (
    Sentence("A small purchase"),
    Sentence("A delivery paid in cash"),
    Sentence("Change for another till"),
)
FLOAT_REASONS = (
    Sentence("Change from the bank"),
    Sentence("Change from the safe"),
    Sentence("The last count was wrong"),
    Sentence("Not known"),
)
OPEN_REASONS = (
    Sentence("Change for a customer"),
    Sentence("A look at the drawer"),
    Sentence("The drawer did not open"),
)

Move = Callable[[Desk, int, str, Loan | None], CashMoved]


@dataclass(frozen=True, slots=True)
class _Row:
    text: Sentence
    action: Callable[[], None]


class CashDesk(ListPrompt):
    """What can be done with the drawer of whoever is signed in."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shift = cash.current_shift(session.desk)
        self._rows = (
            _Row(Sentence("Count the float"), self._float),
            _Row(Sentence("Take cash out for the safe"), self._drop),
            _Row(Sentence("Pay cash in"), self._pay_in),
            _Row(Sentence("Pay cash out"), self._pay_out),
            _Row(Sentence("Open the drawer"), lambda: open_drawer(session)),
            _Row(Sentence("Count the drawer"), self._count),
            _Row(Sentence("Close the shift"), self._close_shift),
            _Row(Sentence("Print the last cash slip again"), self._slip),
            *(self._other(one) for one in self._others()),
            _Row(
                Sentence("Compare a card terminal's totals"),
                lambda: session.ask(TotalsPrompt(session)),
            ),
        )

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Cash: what to do?")

    def title(self) -> Sentence:
        """Return the shift of the drawer; never what should lie in it."""
        if self._shift is None:
            return Sentence("Cash desk · no shift is open")
        since = instant(self._shift.at).astimezone(self.session.desk.zone)
        return Sentence(
            "Cash desk · shift {shift} since {time}",
            shift=self._shift.opened.label,
            time=f"{since:%d/%m %H:%M}",
        )

    def choices(self) -> Sequence[Choice]:
        """Return what can be done."""
        say = self.session.words.say
        return [
            Choice(say(row.text), key=str(n % 10) if n <= 10 else "")
            for n, row in enumerate(self._rows, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Do it."""
        self.close()
        self._rows[place].action()

    def _others(self) -> list[ShiftState]:
        """Return the open shifts of other drawers, a colleague's or one of yesterday's."""
        mine = None if self._shift is None else self._shift.opened.shift
        shifts = self.session.desk.ports.books.shifts()
        return [one for one in shifts if one.opened.shift != mine]

    def _other(self, shift: ShiftState) -> _Row:
        text = Sentence("Count the drawer of shift {shift}", shift=shift.opened.label)
        return _Row(text, lambda: count_shift(self.session, shift))

    def _slip(self) -> None:
        print_and_say(self.session, lambda _loan: cash.print_slip(self.session.desk))

    def _float(self) -> None:
        session, desk = self.session, self.session.desk
        cash.check_float(desk)

        def begin(coins: Mapping[int, int], reason: str) -> None:
            def open_it(loan: Loan | None) -> None:
                state = cash.open_shift(desk, coins, loan, reason=reason)
                amount = Amount(state.float_amount)
                session.say(Sentence("The shift begins with {amount}.", amount=amount))

            session.guarded(open_it)

        def take(coins: Mapping[int, int]) -> None:
            difference = cash.float_difference(desk, coins)
            if not difference:
                begin(coins, "")
                return
            why = Sentence(
                "{difference} against what was left: why?", difference=Amount(difference)
            )
            told = partial(begin, coins)
            session.ask(ReasonPrompt(session, why, FLOAT_REASONS, told))

        session.guarded(
            lambda loan: cash.open_to_count(desk, loan),
            lambda: session.ask(CountPrompt(session, Sentence("Float"), take)),
        )

    def _drop(self) -> None:
        self._ask_move(Sentence("How much goes to the safe?"), DROP_REASONS, cash.drop)

    def _pay_in(self) -> None:
        self._ask_move(Sentence("How much is paid in?"), IN_REASONS, cash.pay_in)

    def _pay_out(self) -> None:
        self._ask_move(Sentence("How much is paid out?"), OUT_REASONS, cash.pay_out)

    def _ask_move(self, question: Sentence, reasons: Sequence[Sentence], move: Move) -> None:
        session = self.session

        def moved(amount: int, reason: str, loan: Loan | None) -> None:
            done = move(session.desk, amount, reason, loan)
            session.say(
                Sentence("{amount}: {reason}.", amount=Amount(done.amount), reason=done.reason)
            )
            session.check_drawer()

        def why(amount: int) -> None:
            session.ask(
                ReasonPrompt(
                    session,
                    Sentence("{amount}: what for?", amount=Amount(amount)),
                    reasons,
                    lambda reason: session.guarded(lambda loan: moved(amount, reason, loan)),
                )
            )

        session.ask(AmountPrompt(session, question, why))

    def _count(self) -> None:
        count_shift(self.session, self._open_shift())

    def _close_shift(self) -> None:
        """Go on with the last count, or count first."""
        shift = self._open_shift()
        found = cash.last_count(self.session.desk, shift.opened.shift)
        if found is None:
            count_shift(self.session, shift)
            return
        self.session.ask(CountedPrompt(self.session, shift, found))

    def _open_shift(self) -> ShiftState:
        if self._shift is None:
            raise Refusal("no_open_shift", "No shift is open on this drawer; there is no cash yet.")
        return self._shift


def open_drawer(session: Session) -> None:
    """Open the drawer with no sale, for a reason."""

    def told(reason: str) -> None:
        session.guarded(
            lambda loan: drawer.no_sale(session.desk, reason, loan),
            lambda: _told_to_open(session),
        )

    why = Sentence("Why open the drawer?")
    session.ask(ReasonPrompt(session, why, OPEN_REASONS, told))


def _told_to_open(session: Session) -> None:
    session.say(Sentence("The drawer was told to open."))
    session.check_drawer()
