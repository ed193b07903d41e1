"""The verbs of paying, and of paying back what goods that came back were worth."""

from __future__ import annotations

from collections.abc import Callable

from pos.console import typed
from pos.console.console import Console, Gesture, Unexpected
from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.domain.words import Amount, Sentence
from pos.ports import CardRequest
from pos.till import cards, refund, sell, tender
from pos.till.desk import Desk, Loan

ANSWER_S = 240.0
"""How long a driven card terminal is waited for without a word; its driver gives up before."""


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
    return _asked(console, tender.ask_card(console.desk, typed.amount(amount)), outcome)


def _asked(console: Console, request: CardRequest, outcome: str) -> str:
    """Answer for the manual terminal; wait for the answer of a driven one."""
    desk = console.desk
    if not cards.is_waiting(desk, request):
        return _paid(console, tender.answer_card(desk, request, outcome))
    while cards.is_waiting(desk, request) and console.drain(ANSWER_S):
        continue
    said = desk.ports.past.card_answer(request.request)
    what = said.outcome if said is not None else "waiting"
    return f"{request.terminal} {what} · {_standing(console, request)}"


def _standing(console: Console, request: CardRequest) -> str:
    last = console.desk.last_sale
    if last is not None and last.basket == request.basket:
        return _paid(console, last)
    return _paid(console, console.desk.basket)


def _terminal(console: Console, rest: str) -> str:
    if rest:
        cards.choose(console.desk, rest)
    return cards.terminal(console.desk)


def _card_receipt(console: Console, _: str) -> str:
    tender.print_card(console.desk)
    return "–"


def _pay_back(console: Console, rest: str) -> str:
    words, outcome = _with_outcome(rest)
    first, _, more = words.partition(" ")
    method, amount = (first, more) if first.isalpha() else ("", words)

    def pay(loan: Loan | None) -> str:
        back = refund.pay_back(console.desk, method or None, typed.amount(amount.strip()), loan)
        if isinstance(back, CardRequest):
            return _asked(console, back, outcome)
        return _paid(console, back)

    return console.guarded(pay)


def _take_back(console: Console, rest: str) -> str:
    sell.take_tender_back(console.desk, typed.number(rest))
    return console.total()


def _settle(console: Console, rest: str) -> str:
    mine = console.desk.mine()
    if mine.card is None:
        raise Unexpected("this basket waits for no card payment")
    outcome, _, authorisation = rest.partition(" ")
    found = typed.outcome(outcome)
    return _paid(console, tender.answer_card(console.desk, mine.card, found, authorisation))


VERBS: dict[str, Gesture] = {
    "cash": _pay(tender.pay_cash),
    "card": _card,
    "cheque": _pay(tender.pay_cheque),
    "voucher": _pay(tender.pay_meal_voucher),
    "pay-back": _pay_back,
    "take-back": _take_back,
    "settle": _settle,
    "terminal": _terminal,
    "card-receipt": _card_receipt,
}
