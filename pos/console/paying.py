"""The verbs of paying, and of paying back what goods that came back were worth."""

from __future__ import annotations

from collections.abc import Callable

from pos.console import typed
from pos.console.console import Console, Gesture, Unexpected
from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.domain.words import Amount, Sentence
from pos.ports import CardRequest
from pos.till import refund, sell, tender
from pos.till.desk import Desk, Loan


def _paid(console: Console, result: SaleFinished | Basket) -> str:
    words = console.desk.words()
    if isinstance(result, SaleFinished):
        return words.say(
            Sentence(
                "ticket {label} · {total} · change {change}",
                label=result.label,
                total=Amount(result.total),
                change=Amount(result.change),
            )
        )
    if result.due < 0:
        return words.say(Sentence("{amount} is still owed.", amount=Amount(-result.due)))
    return words.say(Sentence("{amount} is still due.", amount=Amount(result.due)))


def _pay(take: Callable[[Desk, int | None], SaleFinished | Basket]) -> Gesture:
    return lambda console, rest: _paid(console, take(console.desk, typed.amount(rest)))


def _with_outcome(rest: str) -> tuple[str, str]:
    """Return the words but the last, and that one when it says how a terminal answered."""
    *words, last = rest.split() or [""]
    if last not in typed.OUTCOMES:
        return rest, "approved"
    return " ".join(words), last


def _card(console: Console, rest: str) -> str:
    amount, outcome = _with_outcome(rest)
    request = tender.ask_card(console.desk, typed.amount(amount))
    return _paid(console, tender.answer_card(console.desk, request, outcome))


def _pay_back(console: Console, rest: str) -> str:
    words, outcome = _with_outcome(rest)
    first, _, more = words.partition(" ")
    method, amount = (first, more) if first.isalpha() else ("", words)

    def pay(loan: Loan | None) -> str:
        back = refund.pay_back(console.desk, method or None, typed.amount(amount.strip()), loan)
        if isinstance(back, CardRequest):
            return _paid(console, tender.answer_card(console.desk, back, outcome))
        return _paid(console, back)

    return console.guarded(pay)


def _take_back(console: Console, rest: str) -> str:
    sell.take_tender_back(console.desk, typed.number(rest))
    return console.total()


def _settle(console: Console, rest: str) -> str:
    mine = console.desk.mine()
    if mine.card is None:
        raise Unexpected("this basket waits for no card payment")
    return _paid(console, tender.answer_card(console.desk, mine.card, typed.outcome(rest)))


VERBS: dict[str, Gesture] = {
    "cash": _pay(tender.pay_cash),
    "card": _card,
    "cheque": _pay(tender.pay_cheque),
    "voucher": _pay(tender.pay_meal_voucher),
    "pay-back": _pay_back,
    "take-back": _take_back,
    "settle": _settle,
}
