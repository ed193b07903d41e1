"""The verbs of selling: who is there, what is in the basket, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty
from time import monotonic

from pos.console.console import Console, Gesture, Unexpected
from pos.console.typed import number
from pos.domain.errors import Refusal
from pos.domain.money import parse_amount
from pos.domain.typed import parse_discount, thousandths
from pos.domain.words import Quantity, Sentence
from pos.ports import Scanned
from pos.till import sell, staff, stock, weighing
from pos.till.adjust import Told, adjust
from pos.till.desk import Desk, Loan
from pos.till.sell import Asks

WAIT_MOST_S = 20.0
"""How long the console lets a scanner take, in seconds."""


def _last(console: Console) -> int:
    last = console.desk.basket.last
    if last is None:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    return last.n


def _sign_in(console: Console, rest: str) -> str:
    who, _, pin = rest.partition(" ")
    return staff.sign_in(console.desk, who, pin.strip()).name


def _sign_out(console: Console, _: str) -> str:
    staff.sign_out(console.desk)
    return "–"


def _lend(console: Console, rest: str) -> str:
    gesture, needs = console.waiting, console.needs
    if gesture is None or needs is None:
        raise Unexpected("no gesture waits for a permission")
    who, _, pin = rest.partition(" ")
    loan = staff.lend(console.desk, who, pin.strip(), needs)
    console.waiting = None
    return gesture(loan)


def _scan(console: Console, rest: str) -> str:
    code = rest if console.wire is None else _over_the_wire(console, console.wire, rest)
    return console.read(code)


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


def _stock(console: Console, rest: str) -> str:
    article = sell.article_of(console.desk, rest)
    stock.look_elsewhere(console.desk, article.sku)
    say = console.desk.words().say
    lines = stock.stock_lines(console.desk, article.sku, article.unit)
    return " | ".join(
        say(line.text) if line.age is None else f"{say(line.text)} ({say(line.age)})"
        for line in lines
    )


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


def _put(console: Console, rest: str) -> str:
    """Lay so many kilograms on the scale of a demonstration; 0 takes them off."""
    if console.put is None:
        raise Unexpected("only the demonstration's scale can be put something on")
    console.put(thousandths(rest))
    return rest


def _weigh(console: Console, _: str) -> str:
    """Take the scale's next still weight for the article that waits for one."""
    question, desk = console.question, console.desk
    if question is None or question.asks is not Asks.WEIGHT:
        raise Unexpected("no article waits for its weight")
    at_work = weighing.begin(desk, question.offer.article.name, question.offer.unit_price or 0)
    if at_work is None:
        raise Refusal("no_scale", "This till has no scale; type the weight.")
    weighing.take(desk, at_work)
    until = monotonic() + WAIT_MOST_S
    while at_work.taken is None and not at_work.is_away and monotonic() < until:
        console.drain(max(0.01, until - monotonic()))
    if at_work.taken is None:
        weighing.cancel(desk, at_work)
        raise Refusal("scale_away", "The scale gave no weight; type it.")
    how = weighing.facts(desk, at_work)
    return console.came(sell.answer(desk, question, at_work.taken, how))


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
    sell.void_line(console.desk, number(rest) if rest else _last(console))
    return console.total()


def _plain(gesture: Callable[[Desk], object]) -> Gesture:
    """A gesture with nothing typed after it, answered by the total."""

    def act(console: Console, _: str) -> str:
        gesture(console.desk)
        return console.total()

    return act


def _park(console: Console, _: str) -> str:
    return sell.park(console.desk).name[-6:]


def _adjust(console: Console, rest: str) -> str:
    """Count an article (`12`) or correct its stock (`+3`, `-2`): code, figure, why."""
    code, figure, reason = [*rest.split(maxsplit=2), "", "", ""][:3]
    article = sell.article_of(console.desk, code)
    size = thousandths(figure.lstrip("+-"))
    told = Told(-size if figure.startswith("-") else size, is_count=figure[:1] not in ("+", "-"))

    def done(loan: Loan | None) -> str:
        adjusted = adjust(console.desk, article.sku, told, reason, loan)
        left = Quantity(adjusted.expected + adjusted.quantity, article.unit.value)
        return console.desk.words().say(Sentence("{quantity}", quantity=left))

    return console.guarded(done)


def _abandon(console: Console, rest: str) -> str:
    def end(loan: Loan | None) -> str:
        sell.abandon(console.desk, rest, loan)
        return "–"

    return console.guarded(end)


VERBS: dict[str, Gesture] = {
    "sign-in": _sign_in,
    "sign-out": _sign_out,
    "lend": _lend,
    "scan": _scan,
    "search": _search,
    "stock": _stock,
    "adjust-stock": _adjust,
    "choose": _choose,
    "arm": _arm,
    "quantity": _quantity,
    "weight": _weight,
    "put": _put,
    "weigh": _weigh,
    "price": _price,
    "age": _age,
    "discount": _discount,
    "ticket-discount": _ticket_discount,
    "void": _void,
    "undo": _plain(sell.undo),
    "park": _park,
    "recall": _plain(sell.recall),
    "abandon": _abandon,
}
