"""Whatever gestures come in whatever order, the till stays true to its disk and its sums."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pos.domain.errors import Refusal
from pos.domain.events import ShiftClosed
from pos.domain.line import Discount
from pos.domain.staff import Permission
from pos.domain.tender import TenderRules
from pos.ports import CardRequest, DeviceState, DrawerMoved, PrintEnded, PrintOutcome
from pos.till import cash, closing, refund, sell, tender, tickets, training
from pos.till.desk import Loan
from pos.till.sell import Asks, Question
from tests.till.closing_days import check_books
from tests.till.shop import (
    APPLES,
    BREAD,
    CARD,
    CASHIER,
    CHOCOLATE,
    CLERK,
    COLLEAGUE,
    GIFT,
    LAMP,
    MANAGER,
    MEAL,
    MILK,
    PAPER,
    PIECE_OF_CHEESE,
    PLUG_INS,
    SLICES_OF_HAM,
    WINE,
    Till,
    check_balance,
    check_numbers,
    on_disk,
    shown,
)

CODES = st.sampled_from(
    (
        BREAD,
        MILK,
        WINE,
        APPLES,
        GIFT,
        LAMP,
        PAPER,
        MEAL,
        CARD,
        CHOCOLATE,
        PIECE_OF_CHEESE,
        SLICES_OF_HAM,
        "3760000000018",
        "3017620422003",
        "7",
    )
)
GOODS = st.sampled_from((BREAD, MILK, LAMP, PAPER, MEAL, CARD, PIECE_OF_CHEESE))
NUMBERS = st.sampled_from((CASHIER, COLLEAGUE, MANAGER, CLERK))
LINES = st.integers(1, 6)
AMOUNTS = st.none() | st.integers(-100, 4000) | st.sampled_from((100_000, 99_999_999))
DISCOUNTS = st.none() | st.builds(Discount, percent=st.integers(1, 10_000)) | st.builds(
    Discount, amount=st.integers(1, 3000)
)  # fmt: skip
ANSWERS = st.sampled_from(("approved", "declined", "cancelled", "unknown"))
STATES = st.sampled_from((DeviceState.READY, DeviceState.OFFLINE, DeviceState.ATTENTION))
OUTCOMES = st.sampled_from(PrintOutcome)


class Shopkeeping(RuleBasedStateMachine):
    """A cashier, a colleague, a clerk and a manager do anything at all at one till."""

    till: Till
    checked = 0

    @initialize(fiscal=st.sampled_from(sorted(PLUG_INS)), rounded=st.booleans())
    def open(self, fiscal: str, rounded: bool) -> None:
        rules = TenderRules(cash_rounding="five_cents" if rounded else "none")
        self.till = Till(fiscal, change_rules=lambda house: replace(house, tenders=rules))

    def attempt(self, gesture: Callable[[], object]) -> None:
        """Make a gesture; a refusal must change neither the memory nor the disk."""
        before = shown(self.till.desk), on_disk(self.till.store)
        refused = False
        try:
            gesture()
        except Refusal as refusal:
            refused = bool(str(refusal))
        if refused:
            assert (shown(self.till.desk), on_disk(self.till.store)) == before

    def lent(self, permission: Permission, lend: bool) -> Loan | None:
        return self.till.loan(permission) if lend else None

    @rule(code=CODES, weight=st.integers(-1, 3000), price=st.integers(-1, 5000))
    def scan(self, code: str, weight: int, price: int) -> None:
        values = {Asks.AGE: 0, Asks.WEIGHT: weight, Asks.PRICE: price}
        left: list[Question] = []

        def first() -> None:
            asked = sell.scan(self.till.desk, code)
            left.extend([asked] if isinstance(asked, Question) else [])

        def further() -> None:
            question = left.pop()
            asked = sell.answer(self.till.desk, question, values[question.asks])
            left.extend([asked] if isinstance(asked, Question) else [])

        self.attempt(first)
        while left:
            self.attempt(further)

    @rule(codes=st.lists(GOODS, min_size=1, max_size=4))
    def scan_several(self, codes: list[str]) -> None:
        for code in codes:
            self.attempt(partial(sell.scan, self.till.desk, code))

    @rule()
    def pay_exactly(self) -> None:
        self.attempt(lambda: tender.pay_cash(self.till.desk))

    @rule(quantity=st.none() | st.integers(-1, 5) | st.integers(1000, 9000))
    def arm(self, quantity: int | None) -> None:
        pieces = None if quantity is None or quantity > 10 else quantity * 1000
        self.attempt(lambda: sell.arm_quantity(self.till.desk, pieces))

    @rule(n=LINES, pieces=st.integers(0, 12), lend=st.booleans())
    def set_quantity(self, n: int, pieces: int, lend: bool) -> None:
        loan = self.lent(Permission.BIG_DISCOUNT, lend)
        self.attempt(lambda: sell.set_quantity(self.till.desk, n, pieces * 1000, loan))

    @rule(n=LINES, price=st.integers(-1, 4000), lend=st.booleans())
    def set_price(self, n: int, price: int, lend: bool) -> None:
        loan = self.lent(Permission.PRICE_OVERRIDE, lend)
        self.attempt(lambda: sell.set_price(self.till.desk, n, price, loan))

    @rule(n=LINES, discount=DISCOUNTS, lend=st.booleans())
    def discount_line(self, n: int, discount: Discount | None, lend: bool) -> None:
        loan = self.lent(Permission.BIG_DISCOUNT, lend)
        self.attempt(lambda: sell.discount_line(self.till.desk, n, discount, loan))

    @rule(discount=DISCOUNTS, lend=st.booleans())
    def discount_ticket(self, discount: Discount | None, lend: bool) -> None:
        loan = self.lent(Permission.BIG_DISCOUNT, lend)
        self.attempt(lambda: sell.discount_ticket(self.till.desk, discount, loan))

    @rule(n=LINES)
    def void(self, n: int) -> None:
        self.attempt(lambda: sell.void_line(self.till.desk, n))

    @rule()
    def undo(self) -> None:
        self.attempt(lambda: sell.undo(self.till.desk))

    @rule(n=LINES)
    def give_back(self, n: int) -> None:
        self.attempt(lambda: sell.take_tender_back(self.till.desk, n))

    @rule()
    def park(self) -> None:
        self.attempt(lambda: sell.park(self.till.desk))

    @precondition(lambda self: bool(self.till.desk.parked))
    @rule(place=st.integers(0, 3))
    def recall(self, place: int) -> None:
        parked = self.till.desk.parked
        name = parked[place % len(parked)].name
        self.attempt(lambda: sell.recall(self.till.desk, name))

    @rule()
    def abandon(self) -> None:
        self.attempt(lambda: sell.abandon(self.till.desk, "client parti"))

    @rule(number=NUMBERS)
    def switch(self, number: str) -> None:
        self.till.sign_in(number)

    @rule(given=AMOUNTS)
    def pay_cash(self, given: int | None) -> None:
        self.attempt(lambda: tender.pay_cash(self.till.desk, given))

    @rule(amount=AMOUNTS)
    def pay_cheque(self, amount: int | None) -> None:
        self.attempt(lambda: tender.pay_cheque(self.till.desk, amount))

    @rule(amount=AMOUNTS)
    def pay_meal_voucher(self, amount: int | None) -> None:
        self.attempt(lambda: tender.pay_meal_voucher(self.till.desk, amount))

    @rule(amount=AMOUNTS)
    def ask_card(self, amount: int | None) -> None:
        self.attempt(lambda: tender.ask_card(self.till.desk, amount))

    @precondition(lambda self: bool(tender.unsettled(self.till.desk)))
    @rule(place=st.integers(0, 3), outcome=ANSWERS)
    def answer_card(self, place: int, outcome: str) -> None:
        waiting = tender.unsettled(self.till.desk)
        request: CardRequest = waiting[place % len(waiting)]
        self.attempt(lambda: tender.answer_card(self.till.desk, request, outcome))

    @rule(move=st.sampled_from(("drop", "pay_in", "pay_out")), amount=st.integers(-1, 4000))
    def move_cash(self, move: str, amount: int) -> None:
        self.attempt(lambda: getattr(cash, move)(self.till.desk, amount, "preuve"))

    @rule(coins=st.none() | st.dictionaries(st.sampled_from((7, 100, 2000)), st.integers(-1, 9)))
    def open_shift(self, coins: dict[int, int] | None) -> None:
        self.attempt(lambda: cash.open_shift(self.till.desk, coins))

    @precondition(lambda self: bool(self.till.store.shifts()))
    @rule(amount=st.integers(0, 5000), reason=st.sampled_from(("", "preuve")), lend=st.booleans())
    def count_and_close(self, amount: int, reason: str, lend: bool) -> None:
        shift = self.till.store.shifts()[-1].opened.shift
        self.attempt(lambda: cash.close_shift(self.till.desk, shift, reason))
        self.attempt(lambda: cash.count(self.till.desk, shift, {1: amount}))
        loan = self.lent(Permission.CASH_DIFFERENCE, lend)
        self.attempt(lambda: cash.close_shift(self.till.desk, shift, reason, loan=loan))

    @rule(is_open=st.booleans())
    def drawer_moves(self, is_open: bool) -> None:
        tickets.on_device(self.till.desk, DrawerMoved("drawer", is_open))

    @precondition(lambda self: bool(self.till.sales()))
    @rule(
        place=st.integers(0, 3), n=LINES, pieces=st.none() | st.integers(0, 3), lend=st.booleans()
    )
    def goods_come_back(self, place: int, n: int, pieces: int | None, lend: bool) -> None:
        label = self._ticket(place)
        quantity = None if pieces is None else pieces * 1000
        loan = self.lent(Permission.REFUND, lend)
        self.attempt(lambda: refund.return_line(self.till.desk, label, n, quantity, "abîmé", loan))

    @precondition(lambda self: bool(self.till.sales()))
    @rule(place=st.integers(0, 3), lend=st.booleans())
    def void_a_sale(self, place: int, lend: bool) -> None:
        label, loan = self._ticket(place), self.lent(Permission.VOID_SALE, lend)
        self.attempt(lambda: refund.void_sale(self.till.desk, label, "erreur", loan))

    def _ticket(self, place: int) -> str:
        sales = self.till.sales()
        return sales[-1 - place % len(sales)].label

    @rule(amount=AMOUNTS)
    def pay_back(self, amount: int | None) -> None:
        self.attempt(lambda: refund.pay_back(self.till.desk, amount=amount))

    @rule(ahead=st.booleans(), lend=st.booleans())
    def close_the_day(self, ahead: bool, lend: bool) -> None:
        loan = self.lent(Permission.CLOSE_DAY, lend)
        self.attempt(lambda: closing.close_day(self.till.desk, loan, ahead=ahead))

    @rule(hours=st.integers(-30, 60))
    def hours_pass(self, hours: int) -> None:
        self.till.clock.pass_s(hours * 3600)
        closing.catch_up(self.till.desk)

    @rule(on=st.booleans(), lend=st.booleans())
    def train(self, on: bool, lend: bool) -> None:
        loan = self.lent(Permission.TRAINING, lend)
        self.attempt(lambda: training.switch(self.till.desk, on, loan))

    @rule(state=STATES)
    def printer_says(self, state: DeviceState) -> None:
        self.till.printer(state)

    @precondition(lambda self: bool(self.till.desk.last_sale))
    @rule()
    def print_ticket(self) -> None:
        self.attempt(lambda: tickets.print_ticket(self.till.desk))

    @precondition(lambda self: bool(self.till.desk.prints))
    @rule(outcome=OUTCOMES)
    def print_ends(self, outcome: PrintOutcome) -> None:
        job, waiting = next(iter(self.till.desk.prints.items()))
        if waiting.sending:
            tickets.on_device(self.till.desk, PrintEnded(job, outcome))
        with suppress(Refusal):
            tickets.settle_print(self.till.desk, job, printed=True)

    @rule(number=NUMBERS, minutes=st.integers(-900, 900), printer=st.booleans())
    def cut_the_power(self, number: str, minutes: int, printer: bool) -> None:
        self.till.clock.pass_s(minutes * 60)
        self.till.restart(number, printer=printer)

    @invariant()
    def a_power_cut_now_would_lose_nothing(self) -> None:
        assert shown(self.till.after_a_cut()) == shown(self.till.desk)

    @invariant()
    def the_sums_a_basket_carries_are_those_of_its_lines(self) -> None:
        for one in self.till.desk.baskets():
            basket = one.basket
            assert basket.subtotal == sum(line.total for line in basket.lines)
            assert basket.discountable == sum(line.discountable for line in basket.lines)
            back = [line for line in basket.lines if line.returned is not None]
            assert basket.due >= 0 or back
            assert all(line.total <= 0 for line in back)
            assert all(
                line.total >= line.eco_amount >= 0 for line in basket.lines if line not in back
            )

    @invariant()
    def every_sale_adds_up_and_has_its_number(self) -> None:
        sales = self.till.sales()
        for sale in sales[self.checked :]:
            check_balance(sale)
        self.checked = len(sales)
        for training_ in (False, True):
            check_numbers([sale for sale in sales if sale.training is training_])

    @invariant()
    def no_line_of_a_ticket_gives_back_more_than_was_paid(self) -> None:
        left = {(one.label, line.n): line.total for one in self.till.sales() for line in one.lines}
        back = [line for one in self.till.sales() for line in one.lines if line.returned]
        for line in back:
            if line.returned is not None and line.returned.ticket:
                left[line.returned.ticket, line.returned.line] += line.total
                assert left[line.returned.ticket, line.returned.line] >= 0

    @invariant()
    def every_closing_holds_what_was_done_since_the_last(self) -> None:
        check_books(self.till)

    @invariant()
    def a_drawer_has_one_open_shift_and_every_closed_one_adds_up(self) -> None:
        drawers = [one.opened.drawer for one in self.till.store.shifts()]
        assert len(drawers) == len(set(drawers))
        for one in self.till.events("shift.closed"):
            assert isinstance(one, ShiftClosed)
            assert one.counted == one.expected + one.difference == one.left + one.banked

    @invariant()
    def every_ticket_has_one_original_and_left_the_till_once(self) -> None:
        jobs = [job for job, _ in self.till.counter.printed]
        assert len(jobs) == len(set(jobs))


Shopkeeping.TestCase.settings = settings(stateful_step_count=40, deadline=None)

TestAnyOrderOfGesturesKeepsTheTillTrue = Shopkeeping.TestCase
