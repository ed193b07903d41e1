"""Hands that sell: scans that come in bursts, weights off the scale, what the customer reads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from pos.domain.errors import Refusal
from pos.domain.line import Discount, Line
from pos.till import sell, weighing
from pos.till.offer import Asks, Question
from tests.hour.counter import LONG_S
from tests.hour.evidence import Read
from tests.hour.goods import CHEESE, DISCOUNT, GOODS, PIECE, PIECES, Brought
from tests.hour.shift import Deck, Shift
from tests.hour.wires import SCANNERS

WRONG = "2400000000014"
"""A code whose last digit is not the one that the others ask for."""

BETWEEN_SCANS_S = 0.02
HEARD_S = LONG_S
TREMBLES_S = 0.3
LIES_S = 0.2


class Seller:
    """Fills baskets."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._goods = Deck(shift.dice, (*PIECES, CHEESE))
        self._looks = Deck(shift.dice, (True, False, False))
        self._lies = Deck(shift.dice, (True, False))

    def fill(self) -> None:
        """Bring goods: in bursts that nobody waits for, or typed where no scanner is there."""
        shift = self._shift
        codes = [self._goods.draw() for _ in range(shift.dice.randint(1, 5))]
        if shift.dice.random() < 0.08:
            codes.append(WRONG)
        self._bring(codes)
        if shift.till.desk.basket.lines and shift.dice.random() < 0.15:
            shift.attempt("discount", self._discount)
        shift.check_due()
        self.look("basket")

    def _bring(self, codes: Sequence[str]) -> None:
        """Scan as fast as hands can, on every scanner that is there; then ring all of it up."""
        till, waiting = self._shift.till, 0
        for code in codes:
            till.pump()
            there = [name for name in SCANNERS if self._is_connected(name)]
            if not there:
                self._shift.count("typed")
                self._ring(code)
                continue
            if waiting:
                time.sleep(BETWEEN_SCANS_S)
            self._shift.count("scan")
            name = self._shift.dice.choice(there)
            assert till.wires.scan(name, code), f"the cable of {name} took no scan"
            waiting += 1
        heard = till.until(lambda: len(self._codes()) >= waiting, HEARD_S)
        assert heard, f"a scan was lost: {till.wires.sent} sent, {till.heard.scans} heard"
        self.ring_up()

    def ring_up(self) -> None:
        """Ring up whatever was scanned, noise too, which the till refuses."""
        till = self._shift.till
        till.pump()
        while till.scans:
            self._ring(till.scans.popleft())

    def _is_connected(self, name: str) -> bool:
        return self._shift.is_whole(name) and self._shift.till.is_ready(name)

    def _codes(self) -> list[str]:
        """What waits and is a code, noise passed over."""
        known = (*PIECES, CHEESE, WRONG)
        return [text for text in self._shift.till.scans if text in known]

    def _ring(self, text: str) -> None:
        grams = PIECE
        try:
            answer = sell.scan(self._shift.till.desk, text)
            while isinstance(answer, Question):
                assert answer.asks is Asks.WEIGHT, answer
                grams, answer = self._weigh(answer)
        except Refusal as refused:
            if text in (*PIECES, CHEESE):
                raise
            self._shift.count(f"refused: {refused.slug}")
        else:
            self._shift.slip.lines.append(Brought(GOODS[text], grams))

    def _weigh(self, question: Question) -> tuple[int, Line | Question]:
        shift, desk, scale = self._shift, self._shift.till.desk, self._shift.till.wires.scale
        shift.count("weigh")
        grams = shift.dice.randint(40, 1_500)
        trembles = "scale trembles" in shift.broken
        is_well = shift.is_whole("scale") and shift.till.is_ready("scale")
        patience_s = TREMBLES_S if trembles else LONG_S
        if not trembles:
            scale.take_off()
        asked = weighing.begin(desk, GOODS[CHEESE].name, GOODS[CHEESE].price)
        assert asked is not None
        shift.till.until(lambda: asked.seen == 0 or asked.is_away, patience_s)
        if not trembles:
            scale.put(grams)
        weighing.take(desk, asked)
        shift.till.until(lambda: asked.taken is not None or asked.is_away, patience_s)
        assert asked.taken is not None or asked.is_away or trembles, "the scale gives no weight"
        assert asked.taken is not None or not is_well, "a scale that is well gives no weight"
        if asked.taken is None:
            weighing.cancel(desk, asked)
            shift.count("weight: typed")
            line = sell.answer(desk, question, grams)
        else:
            assert asked.taken == grams, f"{asked.taken} g for {grams} g"
            shift.weighed.append(asked.taken)
            line = sell.answer(desk, question, asked.taken, weighing.facts(desk, asked))
            self._leave_lying()
        if not trembles:
            scale.take_off()
        return grams, line

    def _leave_lying(self) -> None:
        """Ask for another weight, now and then, while the first still lies there: none may come."""
        if not self._lies.draw():
            return
        desk = self._shift.till.desk
        self._shift.count("weight: left lying")
        asked = weighing.begin(desk, GOODS[CHEESE].name, GOODS[CHEESE].price)
        assert asked is not None
        weighing.take(desk, asked)
        self._shift.till.until(lambda: asked.taken is not None, LIES_S)
        assert asked.taken is None, "a weight that was sold already is sold again"
        weighing.cancel(desk, asked)

    def _discount(self) -> None:
        desk = self._shift.till.desk
        sell.discount_line(desk, desk.basket.lines[-1].n, Discount(percent=DISCOUNT))
        noted = self._shift.slip.lines
        noted[-1] = replace(noted[-1], is_discounted=True)

    def look(self, what: str) -> None:
        """Read the customer's display now and then."""
        if self._looks.draw():
            self._read(what)

    def look_again(self) -> None:
        """Read a display that works again: it shows what it was told while it was away."""
        till = self._shift.till
        if self._shift.is_whole("display"):
            assert till.until(lambda: till.is_ready("display")), "the display stays away"
            self._read("mended")

    def _read(self, what: str) -> None:
        """Read the customer's display, where it is plugged and well: it shows what was told last.

        Of a `basket` its total, of a `paid` one the ticket's, of a `mended` display its lines.
        """
        till = self._shift.till
        till.pump()
        if not (self._shift.is_whole("display") and till.is_ready("display")):
            return
        told = till.told.lines
        reads = Read(what, told, told, 0)
        till.until(lambda: till.wires.display.lines == reads.due)
        last = till.desk.last_sale
        if what == "paid":
            assert last is not None
            total, label = last.total, last.label
        else:
            total, label = till.desk.basket.total, ""
        self._shift.count("display: read")
        self._shift.reads.append(Read(what, told, till.wires.display.lines, total, label))
