"""The verbs: what each word at the head of a line does with the words after it."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty

from pos.console.console import Console, Gesture, Unexpected
from pos.console.facts import expect
from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.money import parse_amount
from pos.domain.typed import parse_discount, thousandths
from pos.domain.words import Amount, Sentence
from pos.ports import DeviceState, Scanned
from pos.till import sell, staff, tender, tickets
from pos.till.desk import Desk, Loan
from pos.till.sell import Asks

WAIT_MOST_S = 20.0
"""How long the console lets a device take, in seconds."""

NUMBER_DIGITS = 6
OUTCOMES = ("approved", "declined", "cancelled", "unknown")
"""How a card payment can end."""


def _amount(text: str) -> int | None:
    return parse_amount(text) if text else None


def _last(console: Console) -> int:
    last = console.desk.basket.last
    if last is None:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    return last.n


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Unexpected(f"“{text}” is not the number of a line or of a payment")
    return int(text)


def _outcome(text: str) -> str:
    if text not in OUTCOMES:
        raise Unexpected(f"“{text}” is no answer of a card terminal; {', '.join(OUTCOMES)} are")
    return text


def _sign_in(console: Console, rest: str) -> str:
    number, _, pin = rest.partition(" ")
    return staff.sign_in(console.desk, number, pin.strip()).name


def _sign_out(console: Console, _: str) -> str:
    staff.sign_out(console.desk)
    return "–"


def _scan(console: Console, rest: str) -> str:
    code = rest if console.wire is None else _over_the_wire(console, console.wire, rest)
    return console.came(sell.scan(console.desk, code))


def _over_the_wire(console: Console, wire: Callable[[str], object], code: str) -> str:
    wire(code)
    while True:
        try:
            event = console.events.get(timeout=WAIT_MOST_S)
        except Empty:
            raise Unexpected(f"the scanner reported nothing within {WAIT_MOST_S:.0f} s") from None
        if isinstance(event, Scanned):
            return event.text
        console.take(event)


def _search(console: Console, rest: str) -> str:
    found = sell.search(console.desk, rest, 8)
    return " | ".join(article.name for article in found) or "–"


def _choose(console: Console, rest: str) -> str:
    found = sell.search(console.desk, rest, 1)
    if not found:
        raise Refusal("nothing_found", "No article is named like “{text}”.", text=rest)
    return console.came(sell.choose(console.desk, found[0]))


def _answer(console: Console, asks: Asks, value: int) -> str | None:
    question = console.question
    if question is None or question.asks is not asks:
        return None
    return console.came(sell.answer(console.desk, question, value))


def _quantity(console: Console, rest: str) -> str:
    amount = thousandths(rest)
    sell.set_quantity(console.desk, _last(console), amount)
    return console.total()


def _weight(console: Console, rest: str) -> str:
    grams = thousandths(rest)
    return _answer(console, Asks.WEIGHT, grams) or _quantity(console, rest)


def _price(console: Console, rest: str) -> str:
    price = parse_amount(rest)
    answered = _answer(console, Asks.PRICE, price)
    if answered:
        return answered
    n = _last(console)

    def change(loan: Loan | None) -> str:
        sell.set_price(console.desk, n, price, loan)
        return console.total()

    return console.guarded(change)


def _age(console: Console, rest: str) -> str:
    if rest != "yes":
        console.question = None
        return "–"
    return _answer(console, Asks.AGE, 0) or "–"


def _arm(console: Console, rest: str) -> str:
    sell.arm_quantity(console.desk, thousandths(rest))
    return f"× {rest}"


def _discount(console: Console, rest: str) -> str:
    discount, n = parse_discount(rest), _last(console)

    def change(loan: Loan | None) -> str:
        sell.discount_line(console.desk, n, discount, loan)
        return console.total()

    return console.guarded(change)


def _ticket_discount(console: Console, rest: str) -> str:
    discount = parse_discount(rest)

    def change(loan: Loan | None) -> str:
        sell.discount_ticket(console.desk, discount, loan)
        return console.total()

    return console.guarded(change)


def _void(console: Console, rest: str) -> str:
    sell.void_line(console.desk, _number(rest) if rest else _last(console))
    return console.total()


def _plain(gesture: Callable[[Desk], object]) -> Gesture:
    """A gesture with nothing typed after it, answered by the total."""

    def act(console: Console, _: str) -> str:
        gesture(console.desk)
        return console.total()

    return act


def _take_back(console: Console, rest: str) -> str:
    sell.take_tender_back(console.desk, _number(rest))
    return console.total()


def _park(console: Console, _: str) -> str:
    return sell.park(console.desk).name[-6:]


def _abandon(console: Console, rest: str) -> str:
    def end(loan: Loan | None) -> str:
        sell.abandon(console.desk, rest, loan)
        return "–"

    return console.guarded(end)


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
    return words.say(Sentence("{amount} is still due.", amount=Amount(result.due)))


def _pay(take: Callable[[Desk, int | None], SaleFinished | Basket]) -> Gesture:
    return lambda console, rest: _paid(console, take(console.desk, _amount(rest)))


def _card(console: Console, rest: str) -> str:
    parts = rest.split()
    outcome = _outcome(parts.pop()) if parts and parts[-1].isalpha() else "approved"
    request = tender.ask_card(console.desk, _amount(" ".join(parts)))
    return _paid(console, tender.answer_card(console.desk, request, outcome))


def _print(console: Console, _: str) -> str:
    def again(loan: Loan | None) -> str:
        copy_number = tickets.print_ticket(console.desk, loan=loan)
        return f"DUPLICATA n°{copy_number}" if copy_number else "ORIGINAL"

    return console.guarded(again)


def _drawer(console: Console, _: str) -> str:
    def kick(loan: Loan | None) -> str:
        tickets.open_drawer(console.desk, loan)
        return "–"

    return console.guarded(kick)


def _lend(console: Console, rest: str) -> str:
    gesture, needs = console.waiting, console.needs
    if gesture is None or needs is None:
        raise Unexpected("no gesture waits for a permission")
    number, _, pin = rest.partition(" ")
    loan = staff.lend(console.desk, number, pin.strip(), needs)
    console.waiting = None
    return gesture(loan)


def _wait(console: Console, rest: str) -> str:
    if rest not in WAITS:
        raise Unexpected(f"“{rest}” is nothing to wait for; known are {', '.join(WAITS)}.")
    while not WAITS[rest](console):
        if not console.drain(WAIT_MOST_S):
            raise Unexpected(f"not {rest} within {WAIT_MOST_S:.0f} s")
    return f"{console.printed}"


WAITS: dict[str, Callable[[Console], bool]] = {
    "printed": lambda console: all(one.unknown for one in console.desk.prints.values()),
    "ready": lambda console: console.desk.device_state(tickets.PRINTER) is DeviceState.READY,
    "scanned": lambda console: bool(console.scanned),
}
"""What `wait` can wait for: tickets at their end, the printer to be ready, a scanner's code."""


def _came_out(console: Console, rest: str) -> str:
    lost = tickets.unknown_prints(console.desk)
    if not lost or rest not in ("yes", "no"):
        raise Unexpected("`came-out yes` or `came-out no` settles a ticket; see `expect to-check`")
    tickets.settle_print(console.desk, lost[0].job, printed=rest == "yes")
    return lost[0].document


def _settle(console: Console, rest: str) -> str:
    mine = console.desk.mine()
    if mine.card is None:
        raise Unexpected("this basket waits for no card payment")
    return _paid(console, tender.answer_card(console.desk, mine.card, _outcome(rest)))


VERBS: dict[str, Gesture] = {
    "sign-in": _sign_in,
    "sign-out": _sign_out,
    "scan": _scan,
    "search": _search,
    "choose": _choose,
    "arm": _arm,
    "quantity": _quantity,
    "weight": _weight,
    "price": _price,
    "age": _age,
    "discount": _discount,
    "ticket-discount": _ticket_discount,
    "void": _void,
    "undo": _plain(sell.undo),
    "take-back": _take_back,
    "park": _park,
    "recall": _plain(sell.recall),
    "abandon": _abandon,
    "cash": _pay(tender.pay_cash),
    "card": _card,
    "cheque": _pay(tender.pay_cheque),
    "voucher": _pay(tender.pay_meal_voucher),
    "print": _print,
    "drawer": _drawer,
    "lend": _lend,
    "came-out": _came_out,
    "settle": _settle,
    "wait": _wait,
    "expect": expect,
}
"""Every gesture the console knows, by the first word of a line."""
