"""Hands that take money and give it back, by the ways that a terminal leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from devices.card.emulator import Behaviour
from devices.card.protocol import REFERENCE_LENGTH
from pos.domain.errors import Refusal
from pos.ports import CardRequest
from pos.till import payback, refund, tender
from pos.till.cards import is_waiting
from tests.hour.drawer import Drawer
from tests.hour.faults import CARDS, OFTEN, card_outcome
from tests.hour.purse import CARD, CASH, CHEQUE, Slip
from tests.hour.shift import Deck, Shift

REFUNDS_OF = 25
"""Of how many of the last tickets goods come back."""


class Payer:
    """Settles baskets, whichever way they go."""

    def __init__(self, shift: Shift, drawer: Drawer) -> None:
        self._shift = shift
        self._drawer = drawer
        self._ways = Deck(shift.dice, ("cash", "card", "card", "cheque"))
        self._behaviours = Deck(shift.dice, CARDS)
        self._often = Deck(shift.dice, OFTEN)
        self._is_often = False
        self._is_good = self._was_lost = False
        self._asked_wrong: set[str] = set()

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
            self._shift.check_due()
        else:
            self._shift.attempt("cash", self._cash)
        self._end()

    def _end(self) -> None:
        if any(one.method == "cash" for one in self._shift.paid().tenders):
            self._drawer.wait()

    def _cash(self) -> None:
        due = self._shift.slip.due
        given = None if self._shift.dice.random() < 0.5 else due + 1_000 - due % 500
        tender.pay_cash(self._shift.till.desk, given)
        self._shift.slip.pay(CASH, due, given)

    def _cheque(self) -> None:
        due = self._shift.slip.due
        tender.pay_cheque(self._shift.till.desk)
        self._shift.slip.pay(CHEQUE, due)

    def _card(self) -> None:
        due = self._shift.slip.due
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
        before = card.requests
        self._was_lost = behaviour is Behaviour.LOST
        request = ask()
        if behaviour is Behaviour.WRONG_ECHO:
            self._asked_wrong.add(request.request)
        assert till.until(lambda: not is_waiting(till.desk, request)), "no answer"
        known = till.desk.ports.past.card(request.request)
        assert known is not None
        if behaviour is Behaviour.LATE and card.requests > before:
            card.let_go()
            assert till.until(partial(self._is_heard, request)), "a late answer was not heard"
        if behaviour is Behaviour.LOST and known.outcome == "unknown":
            till.until(lambda: till.wires.card_is_called or till.is_away("card"))
        said = till.desk.ports.past.card_answer(request.request)
        assert known.outcome in self._outcomes(behaviour, is_well=is_well), f"{known}: {said}"
        self._shift.count(f"card {known.outcome}: {behaviour.value}")

    def _outcomes(self, behaviour: Behaviour, *, is_well: bool) -> set[str]:
        """Return how a request may end; nothing is asked of a terminal that is not reached."""
        ends = {card_outcome(behaviour, is_called=self._shift.till.wires.card_is_called)}
        if not is_well:
            ends.add("cancelled")
        return ends | ({"unknown"} if "card terminal talks noise" in self._shift.broken else set())

    def _is_heard(self, request: CardRequest) -> bool:
        """Whether what the terminal said late is written down."""
        answers = self._shift.till.home.entries("card.answered")
        return any(one["request"] == request.request and one.get("heard") for one in answers)

    def _behaviour(self) -> Behaviour:
        """Return what the terminal does next; every second time it simply works."""
        self._is_good = not self._is_good
        if self._is_good:
            return Behaviour.APPROVE
        self._is_often = not self._is_often
        return (self._often if self._is_often else self._behaviours).draw()

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
            assert abs(known[0].amount - request.amount) == 1, "the terminal was asked otherwise"
            assert request.request in self._asked_wrong, "the terminal took another amount"
            self._shift.count("cancelled at the terminal")
            self._shift.till.wires.cancelled[known[0].reference] = known[0]
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
            brought = self._shift.slips[sale.label].lines[line.n - 1]
            self._shift.slip.lines.append(replace(brought, is_returned=True))
            self._shift.slip.came_from = sale.label
            self._shift.check_due()
        except Refusal as refused:
            self._shift.count(f"refused: {refused.slug}")
            return
        self.give_back()

    def give_back(self) -> None:
        """Pay back as it was paid; after the terminal failed twice, in cash."""
        desk, slip = self._shift.till.desk, self._shift.slip
        for turn in range(8):
            if desk.basket.is_empty:
                break
            self._shift.check_due()
            ways = [(one.method, one.most) for one in payback.ways_back(desk)]
            assert ways == self._owed(), f"{ways} are not the ways {self._owed()} of {slip}"
            way, most = ways[0] if turn < 2 else (CASH, -slip.due)
            if way == CARD:
                slip.asked_card = True
                self._shift.count("card back")
                self._await_card(partial(tender.ask_card, desk, most))
                self.settle_cards()
            elif self._shift.attempt(f"{way} back", partial(payback.give, desk, way, most)):
                slip.pay(way, -most)
        self._end()

    def _owed(self) -> list[tuple[str, int]]:
        """Return the ways back by the notes: as it was paid, less what went back already."""
        slip, slips = self._shift.slip, self._shift.slips
        paid, most = _paid_in(slips[slip.came_from]), -slip.due
        for one in (*slips.values(), slip):
            if one.came_from == slip.came_from:
                for method, amount in one.tenders:
                    paid[method] = paid.get(method, 0) + amount
        owed: list[tuple[str, int]] = []
        for method, left in paid.items():
            part = min(most, left)
            if part > 0:
                owed.append((method, part))
                most -= part
        return owed


def _paid_in(slip: Slip) -> dict[str, int]:
    """Return what was paid by the tender that it goes back to: cash for a cheque."""
    paid: dict[str, int] = {}
    for method, amount in slip.tenders:
        back = CASH if method == CHEQUE else method
        paid[back] = paid.get(back, 0) + amount
    return paid
