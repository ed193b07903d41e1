"""Who stands at the till: sells, weighs, pays, prints, takes back, and mends what broke.

Each gesture goes through the same doors as a screen's. Chance is a seed's; how threads take turns
is not, so that two runs of a seed ask for the same and need not meet the same trouble.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from devices.card.protocol import REFERENCE_LENGTH
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Discount, Line
from pos.ports import CardRequest
from pos.till import drawer, payback, refund, sell, staff, tender, tickets, weighing
from pos.till.cards import is_waiting
from pos.till.offer import Asks, Question
from tests.hour.audit import whole_copies
from tests.hour.counter import AtWork
from tests.hour.faults import FAULTS, PRINTER_FAULTS, card_behaviour

PIECES = ("2400000000013", "2400000000020", "2400000000068", "2400000000075", "2400000000099")
CHEESE = "2100101"
SECONDS_EACH = 3.0
"""How far each gesture puts the clock forward: more than a thousand fill an hour."""

REFUNDS_OF = 25
"""Of how many of the last tickets goods come back."""


@dataclass
class Actor:
    """A cashier with a seed; `did` counts gestures and faults by name."""

    till: AtWork
    dice: Random
    did: Counter[str] = field(default_factory=Counter)
    broken: dict[str, int] = field(default_factory=dict)
    sold: list[SaleFinished] = field(default_factory=list)
    kicks: int = 0
    away: int = 0

    @property
    def gestures(self) -> int:
        """How many gestures were made."""
        return sum(count for name, count in self.did.items() if not name.startswith("fault"))

    def begin(self) -> None:
        """Sign in as a manager, once every device says that it is there."""
        staff.sign_in(self.till.desk, "9", "9753")
        self.mend()

    def work(self, gestures: int) -> None:
        """Stand at the till for so many gestures, then leave it empty and mended."""
        while self.gestures < gestures:
            self._trouble()
            roll = self.dice.random()
            if roll < 0.08 and self.sold:
                self._take_back()
            elif roll < 0.12:
                self._open_drawer()
            elif roll < 0.2 and self.sold:
                self._print_again()
            else:
                self._sell()
            self._look_at_paper()
        self.mend()
        self._settle_cards()
        assert self.till.let_papers_end(), "a paper never ended"
        self._look_at_paper()

    # trouble

    def _trouble(self) -> None:
        for name in list(self.broken):
            self.broken[name] -= 1
            if self.broken[name] <= 0:
                self._repair(name)
        if self.dice.random() < 0.35:
            name = self.dice.choice(sorted(set(FAULTS) - set(self.broken)))
            self._count(f"fault: {name}")
            FAULTS[name][0](self.till)
            self.broken[name] = self.dice.randint(1, 4)

    def _repair(self, name: str) -> None:
        del self.broken[name]
        FAULTS[name][1](self.till)
        if name.startswith(("printer", "paper", "no paper", "cover")):
            self.till.wires.printer.want_restart(False)

    def mend(self) -> None:
        """Put right whatever is broken, and wait until each device says so."""
        for name in list(self.broken):
            self._repair(name)
        names = ("printer", "scanner", "scale")
        if not self.till.until(lambda: all(map(self.till.is_ready, names))):
            away = {name: self.till.desk.devices.get(name) for name in names}
            raise AssertionError(f"a device stays away: {away}")

    # selling

    def _sell(self) -> None:
        for _ in range(self.dice.randint(1, 5)):
            self._add()
        if self.till.desk.basket.is_empty:
            return
        if self.dice.random() < 0.15:
            self._attempt("discount", self._discount)
        self._pay()

    def _discount(self) -> None:
        n = self.till.desk.basket.lines[-1].n
        sell.discount_line(self.till.desk, n, Discount(percent=500))

    def _add(self) -> None:
        if self.dice.random() < 0.2:
            self._weigh()
            return
        code = self.dice.choice(PIECES)
        self._count("scan")
        self.till.scans.clear()
        if not self.till.wires.scanner.scan(code) or not self.till.until(
            lambda: code in self.till.scans, 1.0
        ):
            self._count("typed")
            self._attempt("", partial(self._sell_scan, code))
            return
        for text in list(self.till.scans):
            self._attempt("", partial(self._sell_scan, text))
        self.till.scans.clear()

    def _sell_scan(self, text: str) -> None:
        answer: Line | Question = sell.scan(self.till.desk, text)
        while isinstance(answer, Question):
            value = self.dice.randint(50, 2_000)
            answer = sell.answer(self.till.desk, answer, value)

    def _weigh(self) -> None:
        self._count("weigh")
        desk, scale = self.till.desk, self.till.wires.scale
        question = sell.scan(desk, CHEESE)
        assert isinstance(question, Question)
        assert question.asks is Asks.WEIGHT
        grams = self.dice.randint(40, 1_500)
        scale.take_off()
        asked = weighing.begin(desk, "Comté", 2_490)
        assert asked is not None
        self.till.until(lambda: asked.seen == 0 or asked.is_away, 0.5)
        if "scale trembles" not in self.broken:
            scale.put(grams)
        weighing.take(desk, asked)
        self.till.until(lambda: asked.taken is not None or asked.is_away, 2.0)
        if asked.taken is None:
            weighing.cancel(desk, asked)
            self._count("weight typed")
            sell.answer(desk, question, grams)
        else:
            assert asked.taken == grams, f"{asked.taken} g for {grams} g"
            sell.answer(desk, question, asked.taken, weighing.facts(desk, asked))
        if "scale trembles" not in self.broken:
            scale.take_off()

    # paying

    def _pay(self) -> None:
        for _ in range(4):
            before = self.till.desk.last_sale
            way = self.dice.choice(("cash", "card", "card", "cheque"))
            self._attempt(way, getattr(self, f"_{way}"))
            self._settle_cards()
            if self.till.desk.last_sale is not before:
                break
        else:
            self._attempt("cash", self._cash)
        self._paid()

    def _paid(self) -> None:
        assert self.till.desk.basket.is_empty, f"a basket could not be paid: {self.did}"
        last = self.till.desk.last_sale
        assert last is not None
        self.sold.append(last)
        if any(one.method == "cash" for one in last.tenders):
            self._wait_for_drawer()
        if self.dice.random() < 0.7:
            self._attempt("print", lambda: tickets.print_ticket(self.till.desk))

    def _cash(self) -> None:
        due = self.till.desk.basket.due
        given = None if self.dice.random() < 0.5 else due + 1_000 - due % 500
        tender.pay_cash(self.till.desk, given)

    def _cheque(self) -> None:
        tender.pay_cheque(self.till.desk)

    def _card(self) -> None:
        due = self.till.desk.basket.due
        part = due if due < 200 or self.dice.random() < 0.7 else due // 2
        self._await_card(lambda: tender.ask_card(self.till.desk, part))

    def _await_card(self, ask: Callable[[], CardRequest]) -> None:
        """Ask the terminal and wait for its word, whatever it does."""
        self.till.wires.card.behaviour = card_behaviour(self.dice)
        self._count(f"fault: card {self.till.wires.card.behaviour.value}")
        request = ask()
        assert self.till.until(lambda: not is_waiting(self.till.desk, request)), "no answer"

    def _give_back(self) -> None:
        """Pay back as it was paid; after the terminal failed twice, in cash."""
        desk = self.till.desk
        for turn in range(8):
            if desk.basket.is_empty:
                break
            ways = payback.ways_back(desk)
            way = ways[0].method if ways and turn < 2 else "cash"
            most = ways[0].most if ways and turn < 2 else None
            if way == "card":
                self._count("card back")
                self._await_card(partial(tender.ask_card, desk, most))
                self._settle_cards()
            else:
                self._attempt(f"{way} back", partial(payback.give, desk, way, most))
        self._paid()

    def _settle_cards(self) -> None:
        """Read the terminal's own ticket where nobody knows how a payment ended."""
        self.till.pump()
        for request in tender.unsettled(self.till.desk):
            self._count("card settled")
            paid = self._terminal_paid(request)
            outcome = "declined" if paid is None else "approved"
            tender.answer_card(self.till.desk, request, outcome, paid or "")

    def _terminal_paid(self, request: CardRequest) -> str | None:
        """Return the authorisation that the terminal printed for a request, None for none.

        A payment of another amount is cancelled at the terminal by hand, with its own key.
        """
        log = self.till.wires.card.log
        known = [one for one in log if one.reference == request.request[-REFERENCE_LENGTH:]]
        if known and known[0].amount != request.amount:
            self._count("cancelled at the terminal")
            log.remove(known[0])
            return None
        return known[0].authorisation if known else None

    # what comes back

    def _take_back(self) -> None:
        sale = self.dice.choice(self.sold[-REFUNDS_OF:])
        self._count("refund")
        desk = self.till.desk
        try:
            ticket = refund.open_ticket(desk, sale.label)
            if not ticket.lines:
                return
            line = self.dice.choice(ticket.lines)
            refund.return_line(desk, sale.label, line.n, None, "changed_mind")
        except Refusal as refused:
            self._count(f"refused: {refused.slug}")
            return
        self._give_back()

    # papers and drawer

    def _open_drawer(self) -> None:
        self._attempt("drawer", lambda: drawer.no_sale(self.till.desk, "change"))
        self._wait_for_drawer()

    def _wait_for_drawer(self) -> None:
        """The drawer opens or is said not to have; whoever stands there shuts it."""
        self.kicks += 1
        told = self.till.until(lambda: self.till.kicks.kicked >= self.kicks)
        assert told, "no word of the drawer"
        kicks = self.till.kicks
        came = self.till.until(lambda: len(self.till.wires.printer.pulses) >= kicks.due, 1.0)
        if came:
            self.till.until(lambda: self.till.desk.drawer_is_open, 1.0)
        else:  # it left the till and was in the cable when that was pulled
            assert kicks.away > self.away, "a pulse never came"
            kicks.lost += 1
        self.away = kicks.away
        self.till.wires.printer.shut_drawer()
        self.till.until(lambda: not self.till.desk.drawer_is_open, 2.0)

    def _print_again(self) -> None:
        sale = self.dice.choice(self.sold[-REFUNDS_OF:])
        self._attempt("print again", lambda: tickets.print_ticket(self.till.desk, sale))

    def _look_at_paper(self) -> None:
        """Say of each paper that nobody knows of whether it lies there whole.

        Nobody can say while the printer is in trouble: what it still holds may come out later.
        """
        self.till.pump()
        lost = tickets.unknown_prints(self.till.desk)
        if not lost or set(self.broken) & PRINTER_FAULTS:
            return
        assert self.till.until(lambda: self.till.is_ready("printer")), "the printer stays away"
        for one in lost:
            self._count("paper looked at")
            lies = self.copies(one.document, one.copy_number)
            tickets.settle_print(self.till.desk, one.job, printed=lies)

    def copies(self, label: str, copy_number: int) -> bool:
        """Tell whether a copy of a ticket lies on the paper, whole."""
        return (label, copy_number) in whole_copies(self.till.wires.printer)

    # counting

    def _attempt(self, name: str, gesture: Callable[[], object]) -> None:
        if name:
            self._count(name)
        try:
            gesture()
        except Refusal as refused:
            self._count(f"refused: {refused.slug}")

    def _count(self, name: str) -> None:
        self.did[name] += 1
        self.till.clock.pass_s(SECONDS_EACH)
