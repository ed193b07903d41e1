"""Hands that take money and give it back, by the ways that a terminal leaves open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from devices.card.emulator import Behaviour
from devices.card.protocol import REFERENCE_LENGTH
from pos.domain.errors import Refusal
from pos.ports import CardRequest
from pos.till import payback, refund, tender
from pos.till.cards import is_waiting
from tests.hour.drawer import Drawer
from tests.hour.faults import CARDS
from tests.hour.shift import Deck, Shift

REFUNDS_OF = 25
"""Of how many of the last tickets goods come back."""

ANSWERS = (Behaviour.APPROVE, Behaviour.FRAGMENTED)
"""What a terminal does that works."""


class Payer:
    """Settles baskets, whichever way they go."""

    def __init__(self, shift: Shift, drawer: Drawer) -> None:
        self._shift = shift
        self._drawer = drawer
        self._ways = Deck(shift.dice, ("cash", "card", "card", "cheque"))
        self._behaviours = Deck(shift.dice, CARDS)
        self._is_good = self._was_lost = False

    def pay(self) -> None:
        """Pay the basket: a few ways are tried, cash in the end."""
        desk = self._shift.till.desk
        before = desk.last_sale
        for _ in range(4):
            way = self._ways.draw()
            self._shift.attempt(way, getattr(self, f"_{way}"))
            self.settle_cards()
            if desk.last_sale is not before:
                break
        else:
            self._shift.attempt("cash", self._cash)
        self._end()

    def _end(self) -> None:
        if any(one.method == "cash" for one in self._shift.paid().tenders):
            self._drawer.wait()

    def _cash(self) -> None:
        due = self._shift.till.desk.basket.due
        given = None if self._shift.dice.random() < 0.5 else due + 1_000 - due % 500
        tender.pay_cash(self._shift.till.desk, given)

    def _cheque(self) -> None:
        tender.pay_cheque(self._shift.till.desk)

    def _card(self) -> None:
        due = self._shift.till.desk.basket.due
        part = due if due < 200 or self._shift.dice.random() < 0.7 else due // 2
        self._await_card(lambda: tender.ask_card(self._shift.till.desk, part))

    def ask_and_leave(self, behaviour: Behaviour) -> bool:
        """Ask the terminal, and be gone before its answer; False where it is away."""
        till = self._shift.till
        if not (self._shift.is_whole("card") and till.is_ready("card")):
            return False
        before = till.wires.card.requests
        till.wires.card.behaviour = behaviour
        self._shift.count("card")
        request = tender.ask_card(till.desk)
        till.until(lambda: till.wires.card.requests > before or not is_waiting(till.desk, request))
        return till.wires.card.requests > before

    def _await_card(self, ask: Callable[[], CardRequest]) -> None:
        """Ask the terminal and wait for its word, whatever it does; put its cable back."""
        till = self._shift.till
        till.pump()
        card, behaviour = till.wires.card, self._behaviour()
        card.behaviour = behaviour
        self._shift.count(f"fault: card {behaviour.value}")
        if "card terminal unplugged" not in self._shift.broken:
            card.replug()  # it may have pulled its own cable, and late
        is_well = self._shift.is_whole("card") and till.is_ready("card") and not self._was_lost
        must = behaviour in ANSWERS and is_well
        self._was_lost = behaviour is Behaviour.LOST
        request = ask()
        assert till.until(lambda: not is_waiting(till.desk, request)), "no answer"
        if behaviour is Behaviour.LATE:
            card.let_go()
        known = till.desk.ports.past.card(request.request)
        assert known is not None
        if behaviour is Behaviour.LOST and known.outcome == "unknown":
            till.until(lambda: till.wires.card_is_called or till.is_away("card"))
        said = till.desk.ports.past.card_answer(request.request)
        assert not must or known.outcome == "approved", f"{known}: {said}"
        self._shift.count(f"card {known.outcome}: {behaviour.value}")

    def _behaviour(self) -> Behaviour:
        """Return what the terminal does next; every second time it simply works."""
        self._is_good = not self._is_good
        return Behaviour.APPROVE if self._is_good else self._behaviours.draw()

    def settle_cards(self) -> None:
        """Read the terminal's own ticket where nobody knows how a payment ended."""
        self._shift.till.pump()
        for request in tender.unsettled(self._shift.till.desk):
            self._shift.count("card settled")
            paid = self._terminal_paid(request)
            outcome = "declined" if paid is None else "approved"
            tender.answer_card(self._shift.till.desk, request, outcome, paid or "")

    def _terminal_paid(self, request: CardRequest) -> str | None:
        """Return the authorisation that the terminal printed for a request, None for none.

        A payment of another amount is cancelled at the terminal by hand, with its own key.
        """
        log = self._shift.till.wires.card.log
        known = [one for one in log if one.reference == request.request[-REFERENCE_LENGTH:]]
        if known and known[0].amount != request.amount:
            self._shift.count("cancelled at the terminal")
            log.remove(known[0])
            return None
        return known[0].authorisation if known else None

    # what comes back

    def take_back(self) -> None:
        """Take an article of an earlier ticket back, and pay it back."""
        desk = self._shift.till.desk
        sale = self._shift.dice.choice(self._shift.sales[-REFUNDS_OF:])
        self._shift.count("refund")
        try:
            ticket = refund.open_ticket(desk, sale.label)
            if not ticket.lines:
                return
            line = self._shift.dice.choice(ticket.lines)
            refund.return_line(desk, sale.label, line.n, None, "changed_mind")
        except Refusal as refused:
            self._shift.count(f"refused: {refused.slug}")
            return
        self.give_back()

    def give_back(self) -> None:
        """Pay back as it was paid; after the terminal failed twice, in cash."""
        desk = self._shift.till.desk
        for turn in range(8):
            if desk.basket.is_empty:
                break
            ways = payback.ways_back(desk)
            way = ways[0].method if ways and turn < 2 else "cash"
            most = ways[0].most if ways and turn < 2 else None
            if way == "card":
                self._shift.count("card back")
                self._await_card(partial(tender.ask_card, desk, most))
                self.settle_cards()
            else:
                self._shift.attempt(f"{way} back", partial(payback.give, desk, way, most))
        self._end()
