"""Over any shifts, what a drawer should hold is a plain sum, and no cent appears or vanishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.events import CashMoved, SaleFinished, ShiftClosed
from pos.domain.staff import Permission
from pos.domain.tender import TenderRules
from pos.till import cash, refund, tender
from pos.till.desk import CashRules, HouseRules
from tests.till.shop import BREAD, CARD, CASHIER, COLLEAGUE, LAMP, MANAGER, MEAL, MILK, Till

GOODS = (BREAD, MILK, LAMP, MEAL, CARD)
DRAWERS: tuple[Literal["shared", "each"], ...] = ("shared", "each")
SIGNS = {"drop": -1, "paid_in": 1, "paid_out": -1}
MOVES: dict[str, Callable[..., CashMoved]] = {
    "drop": cash.drop,
    "paid_in": cash.pay_in,
    "paid_out": cash.pay_out,
}
PEOPLE = st.sampled_from((CASHIER, COLLEAGUE, MANAGER))
SALES = st.tuples(st.just("sale"), st.sampled_from(GOODS))
MOVED = st.tuples(st.sampled_from(sorted(MOVES)), st.integers(1, 20_000))
CLOSES = st.tuples(st.just("close"), st.integers(-600, 600))
CHEQUES = st.tuples(st.just("cheque"), st.sampled_from(GOODS))
UNDONE = st.tuples(st.just("undo"), st.integers(0, 5))
DAYS = st.lists(
    st.tuples(PEOPLE, SALES | MOVED | CLOSES | CHEQUES | UNDONE), min_size=1, max_size=25
)
NOTE = 50_000


class Ledger:
    """A till, and beside it the plain sum of what went through each drawer."""

    def __init__(self, drawers: Literal["shared", "each"], *, is_rounded: bool) -> None:
        tenders = TenderRules(cash_rounding="five_cents" if is_rounded else "none")

        def change(house: HouseRules) -> HouseRules:
            return replace(house, cash=CashRules(drawers=drawers), tenders=tenders)

        self.till = Till("none", change_rules=change)
        self.holds: Counter[str] = Counter()
        self.taken = 0
        self.to_undo: list[SaleFinished] = []

    def do(self, number: str, what: str, value: str | int) -> None:
        self.till.restart(number)
        if what == "close":
            self.close(int(value))
        elif what in MOVES:
            self.lent(what, int(value))
            self.holds[self.drawer] += SIGNS[what] * int(value)
        elif what == "undo":
            self.undo(int(value))
        else:
            self.till.scan(str(value))
            if what == "sale":
                self.sell()
            else:
                tender.pay_cheque(self.till.desk)

    def sell(self) -> None:
        """Take a large note and give the change back."""
        sale = tender.pay_cash(self.till.desk, NOTE)
        assert isinstance(sale, SaleFinished)
        self.to_undo.append(sale)
        self.takes(NOTE - sale.change)

    def undo(self, place: int) -> None:
        """Undo an earlier cash sale: its cash comes out of the drawer of whoever undoes it."""
        if not self.to_undo:
            return
        sale = self.to_undo.pop(place % len(self.to_undo))
        loan = self.till.loan(Permission.VOID_SALE)
        refund.void_sale(self.till.desk, sale.label, "preuve", loan)
        gone = refund.pay_back(self.till.desk)
        assert isinstance(gone, SaleFinished)
        self.takes(sale.change - NOTE)

    def takes(self, amount: int) -> None:
        self.holds[self.drawer] += amount
        self.taken += amount

    @property
    def drawer(self) -> str:
        return cash.drawer_of(self.till.desk)

    def lent(self, what: str, amount: int) -> None:
        permission = Permission.CASH_DROP if what == "drop" else Permission.PAID_IN_OUT
        MOVES[what](self.till.desk, amount, "preuve", self.till.loan(permission))

    def close(self, difference: int) -> None:
        """Count the drawer with a difference, leave half of what is there, bank the rest."""
        shift = cash.current_shift(self.till.desk)
        if shift is None:
            return
        expected = self.holds[self.drawer]
        found = max(0, expected + difference)
        counted = cash.count(self.till.desk, shift.opened.shift, {1: found})
        assert (counted.amount, counted.expected) == (found, expected)
        loan = self.till.loan(Permission.CASH_DIFFERENCE)
        closed = cash.close_shift(
            self.till.desk, shift.opened.shift, "preuve", left=found // 2, loan=loan
        )
        assert closed.counted == closed.expected + closed.difference
        assert closed.counted == closed.left + closed.banked
        self.holds[self.drawer] = closed.left


@settings(deadline=None, max_examples=60)
@given(drawers=st.sampled_from(DRAWERS), is_rounded=st.booleans(), day=DAYS)
def test_every_cent_of_every_drawer_is_where_a_plain_sum_finds_it(
    drawers: Literal["shared", "each"],
    is_rounded: bool,
    day: list[tuple[str, tuple[str, str | int]]],
) -> None:
    ledger = Ledger(drawers, is_rounded=is_rounded)
    for number, (what, value) in day:
        ledger.do(number, what, value)
        state = cash.current_shift(ledger.till.desk)
        if state is not None:
            assert state.expected == ledger.holds[ledger.drawer]
    events = ledger.till.store.events
    moved = sum(SIGNS[one.move] * one.amount for one in events if isinstance(one, CashMoved))
    closed = [one for one in events if isinstance(one, ShiftClosed)]
    found = sum(one.difference for one in closed)
    banked = sum(one.banked for one in closed)
    assert sum(ledger.holds.values()) == ledger.taken + moved + found - banked
