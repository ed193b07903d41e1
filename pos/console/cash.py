"""The verbs of the drawer: its float, cash in and out of it, the blind count at its end.

    float 10000x1 5000x2     float left       float 5000x2 monnaie du coffre
    drop 150 coffre          pay-in 20 monnaie
    pay-out 12.50 fleurs     no-sale monnaie  count 5000x2 200x7   close-shift erreur de rendu

Notes and coins are written as value in cents × how many.
"""

from __future__ import annotations

from collections.abc import Callable

from pos.console import typed
from pos.console.console import Console, Gesture
from pos.domain.errors import Refusal
from pos.domain.events import CashMoved
from pos.domain.money import parse_amount
from pos.domain.words import Amount, Sentence
from pos.till import cash, drawer
from pos.till.desk import Desk, Loan


def _float(console: Console, rest: str) -> str:
    coins, reason = (None, "") if rest == "left" else typed.coins_first(rest)

    def begin(loan: Loan | None) -> str:
        shift = cash.open_shift(console.desk, coins, loan, reason=reason)
        return f"{shift.opened.label}  {console.desk.words().amount(shift.float_amount)}"

    return console.guarded(begin)


def _move(move: Callable[[Desk, int, str, Loan | None], CashMoved]) -> Gesture:
    def act(console: Console, rest: str) -> str:
        amount, _, reason = rest.partition(" ")
        minor = parse_amount(amount)

        def go(loan: Loan | None) -> str:
            moved = move(console.desk, minor, reason, loan)
            return f"{moved.label}  {console.desk.words().amount(moved.amount)}  {moved.reason}"

        return console.guarded(go)

    return act


def _no_sale(console: Console, rest: str) -> str:
    def kick(loan: Loan | None) -> str:
        drawer.no_sale(console.desk, rest, loan)
        return "–"

    return console.guarded(kick)


def _shift(console: Console) -> str:
    now = cash.current_shift(console.desk)
    if now is None:
        raise Refusal("no_shift", "No shift is open on this drawer.")
    return now.opened.shift


def _count(console: Console, rest: str) -> str:
    coins, shift = typed.coins(rest), _shift(console)

    def take(loan: Loan | None) -> str:
        found = cash.count(console.desk, shift, coins, loan)
        return console.desk.words().say(
            Sentence(
                "{counted} counted, {expected} expected, difference {difference}",
                counted=Amount(found.amount),
                expected=Amount(found.expected),
                difference=Amount(found.difference),
            )
        )

    return console.guarded(take)


def _close_shift(console: Console, rest: str) -> str:
    shift = _shift(console)

    def end(loan: Loan | None) -> str:
        closed = cash.close_shift(console.desk, shift, rest, loan=loan)
        return console.desk.words().say(
            Sentence(
                "{left} stays in the drawer, {banked} goes to the bank",
                left=Amount(closed.left),
                banked=Amount(closed.banked),
            )
        )

    return console.guarded(end)


VERBS: dict[str, Gesture] = {
    "float": _float,
    "drop": _move(cash.drop),
    "pay-in": _move(cash.pay_in),
    "pay-out": _move(cash.pay_out),
    "no-sale": _no_sale,
    "count": _count,
    "close-shift": _close_shift,
}
