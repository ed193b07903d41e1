"""The headless till: the same gestures as the screens, one a line in, one line out.

Tests, replays, demonstrations and scripts drive a desk through it. A line is a verb and its
words; `#` starts a comment. `expect …` checks what came of the gestures before; a refusal that
the next line does not expect is a failure.

    sign-in 1 2468          scan 3400949497706      quantity 3        weight 0.345
    price 2.50              age yes                 discount 10% soldes
    ticket-discount 1.00    void 2                  undo              take-back 1
    park                    recall                  abandon change d'avis
    cash 20                 card 12.50 approved     cheque            voucher 9.40
    print                   drawer                  lend 9 1357       search pom golden
    choose golden           wait printed            expect total 12.50
    expect refused unknown_code
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.money import parse_amount
from pos.domain.staff import NeedsPermission, Permission
from pos.domain.typed import parse_discount, thousandths
from pos.domain.words import Amount, Sentence
from pos.ports import DeviceEvent, PrintEnded, Scanned, StoreUnavailable
from pos.till import sell, staff, tender, tickets
from pos.till.desk import Desk, Loan
from pos.till.sell import Asks, Question

WAIT_MOST_S = 20.0
"""How long `wait` lets a device take, in seconds."""


class Unexpected(Exception):
    """A line the console does not know, or an expectation that does not hold."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one line: its number, the gesture, one sentence, and whether that is fine."""

    number: int
    gesture: str
    outcome: str
    fine: bool = True


@dataclass
class Console:
    """One desk behind lines of text; device events come in through `events`.

    With a `wire`, `scan` sends the code down it and takes what the scanner's driver reports.
    """

    desk: Desk
    events: Queue[DeviceEvent] = field(default_factory=Queue)
    wire: Callable[[str], object] | None = None
    question: Question | None = None
    refused: str = ""
    waiting: Callable[[Loan | None], str] | None = None
    needs: Permission | None = None
    printed: int = 0

    def play(self, lines: Iterable[str]) -> Iterator[Said]:
        """Do the gestures in order, yielding what came of each; never raises for a bad line."""
        pending: Said | None = None
        for number, line in enumerate(lines, start=1):
            gesture = line.split("#", 1)[0].strip()
            if not gesture:
                continue
            expected = gesture.startswith(("expect refused", "lend "))
            if pending is not None and not expected:
                yield Said(pending.number, pending.gesture, pending.outcome, fine=False)
            elif pending is not None:
                yield pending
            pending = None
            said = self._line(number, gesture)
            if self.refused and said.fine and not gesture.startswith("expect"):
                pending = said
            else:
                yield said
        if pending is not None:
            yield Said(pending.number, pending.gesture, pending.outcome, fine=False)

    def _line(self, number: int, gesture: str) -> Said:
        self.drain()
        try:
            return Said(number, gesture, self._do(gesture))
        except Refusal as refusal:
            self.refused = refusal.slug
            self.needs = refusal.permission if isinstance(refusal, NeedsPermission) else None
            return Said(number, gesture, self.desk.words().say(refusal.sentence))
        except StoreUnavailable as away:
            return Said(number, gesture, self.desk.words().say(away.sentence), fine=False)
        except Unexpected as wrong:
            return Said(number, gesture, str(wrong), fine=False)

    def _do(self, gesture: str) -> str:
        verb, _, rest = gesture.partition(" ")
        action = VERBS.get(verb)
        if action is None:
            raise Unexpected(f"“{verb}” is no gesture; known are {', '.join(sorted(VERBS))}.")
        if verb != "expect":
            self.refused = ""
        return action(self, rest.strip())

    def drain(self, wait_s: float | None = None) -> bool:
        """Take the device events that arrived; with `wait_s`, wait for one. True when one came."""
        came = False
        while True:
            try:
                event = self.events.get(timeout=wait_s) if wait_s else self.events.get_nowait()
            except Empty:
                return came
            came, wait_s = True, None
            self.take(event)

    def take(self, event: DeviceEvent) -> None:
        """Take one device event: a scan is a gesture, the rest is state."""
        if isinstance(event, Scanned):
            self._came(sell.scan(self.desk, event.text))
            return
        tickets.on_device(self.desk, event)
        self.printed += isinstance(event, PrintEnded)

    def guarded(self, gesture: Callable[[Loan | None], str]) -> str:
        """Do a gesture that may need a loan; remembered so that `lend` can do it again."""
        self.waiting = gesture
        done = gesture(None)
        self.waiting = None
        return done

    def _came(self, result: Line | Question) -> str:
        words = self.desk.words()
        if isinstance(result, Question):
            self.question = result
            return words.say(result.sentence)
        self.question = None
        return f"{result.name}  {words.amount(result.total)}  {self.total()}"

    def total(self) -> str:
        """Return the total as a short phrase."""
        words = self.desk.words()
        return words.say(Sentence("total {amount}", amount=Amount(self.desk.basket.total)))


Gesture = Callable[[Console, str], str]
"""What a verb does with the words after it; returns one phrase."""


def _amount(text: str) -> int | None:
    return parse_amount(text) if text else None


def _last(console: Console) -> int:
    last = console.desk.basket.last
    if last is None:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    return last.n


def _sign_in(console: Console, rest: str) -> str:
    number, _, pin = rest.partition(" ")
    return staff.sign_in(console.desk, number, pin.strip()).name


def _sign_out(console: Console, _: str) -> str:
    staff.sign_out(console.desk)
    return "–"


def _scan(console: Console, rest: str) -> str:
    code = rest if console.wire is None else _over_the_wire(console, console.wire, rest)
    return console._came(sell.scan(console.desk, code))


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
    return console._came(sell.choose(console.desk, found[0]))


def _answer(console: Console, asks: Asks, value: int) -> str | None:
    question = console.question
    if question is None or question.asks is not asks:
        return None
    return console._came(sell.answer(console.desk, question, value))


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
    sell.void_line(console.desk, int(rest) if rest.isdigit() else _last(console))
    return console.total()


def _plain(gesture: Callable[[Desk], object]) -> Gesture:
    """A gesture with nothing typed after it, answered by the total."""

    def act(console: Console, _: str) -> str:
        gesture(console.desk)
        return console.total()

    return act


def _take_back(console: Console, rest: str) -> str:
    sell.take_tender_back(console.desk, int(rest) if rest.isdigit() else 0)
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
    outcome = parts.pop() if parts and parts[-1].isalpha() else "approved"
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
    if rest != "printed":
        raise Unexpected(f"“{rest}” is nothing to wait for; `wait printed` is.")
    while console.desk.prints:
        if not console.drain(WAIT_MOST_S):
            raise Unexpected(f"no ticket was printed within {WAIT_MOST_S:.0f} s")
    return f"{console.printed}"


def _expect(console: Console, rest: str) -> str:
    what, _, wanted = rest.partition(" ")
    if what not in FACTS:
        raise Unexpected(f"“{what}” is nothing to expect; known are {', '.join(sorted(FACTS))}.")
    found = FACTS[what](console)
    if what == "refused":
        console.refused = ""
    wanted = wanted.strip()
    same = found == wanted or (
        what in AMOUNTS and found == str(Amount(parse_amount(wanted or "0")))
    )
    if not same:
        raise Unexpected(f"expected {what} {wanted or '(nothing)'}, found {found or '(nothing)'}")
    return f"{what} {found}"


AMOUNTS = frozenset({"total", "due", "change"})
FACTS: dict[str, Callable[[Console], str]] = {
    "total": lambda console: str(Amount(console.desk.basket.total)),
    "due": lambda console: str(Amount(console.desk.basket.due)),
    "change": lambda console: str(
        Amount(console.desk.last_sale.change if console.desk.last_sale else 0)
    ),
    "lines": lambda console: str(len(console.desk.basket.lines)),
    "parked": lambda console: str(len(console.desk.parked)),
    "ticket": lambda console: console.desk.last_sale.label if console.desk.last_sale else "",
    "refused": lambda console: console.refused,
    "asks": lambda console: console.question.asks.value if console.question else "",
    "last": lambda console: console.desk.basket.last.name if console.desk.basket.last else "",
    "printed": lambda console: str(console.printed),
}
"""What `expect` can look at."""

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
    "wait": _wait,
    "expect": _expect,
}
"""Every gesture the console knows, by the first word of a line."""
