"""A weight at the till: the scale's, less its tare, or typed; line and ticket say which."""

from __future__ import annotations

from dataclasses import replace
from queue import Queue

import pytest

from pos.console import console_on
from pos.domain.events import SaleFinished
from pos.domain.facts import WeighingFacts
from pos.domain.line import Line
from pos.domain.shop import ScaleRules
from pos.doubles import RecordedCounter
from pos.papers.page import Row, Text
from pos.ports import DeviceEvent, Weighed, WeighingOutcome, WeightSeen
from pos.till import sell, tender, tickets, weighing
from pos.till.desk import HouseRules
from pos.till.sell import Question
from pos.till.weighing import Weighing
from tests.till.shop import APPLES, CASHIER, HAM, SLICES_OF_HAM, Till, check_balance, slug_of

APPROVED = "TC 12345"


NOT_APPROVED = ScaleRules()


def with_scale(till: Till, rules: ScaleRules = NOT_APPROVED) -> Till:
    def changed(house: HouseRules) -> HouseRules:
        return replace(house, scale=rules)

    till.change_rules, till.language = changed, "en"
    till.restart()
    till.desk.ports.scale = till.counter
    return till


def asked(till: Till) -> Question:
    question = sell.scan(till.desk, APPLES)
    assert isinstance(question, Question)
    return question


def begun(till: Till, tare: int = 0) -> Weighing:
    found = weighing.begin(till.desk, "Pommes", 249, tare)
    assert found is not None
    return found


def gives(till: Till, one: Weighing, grams: int) -> None:
    given = Weighed("scale", one.name, WeighingOutcome.STABLE, grams, one.tare)
    tickets.on_device(till.desk, given)


def weigh_apples(till: Till, grams: int, tare: int = 0) -> Line:
    question, one = asked(till), begun(till, tare)
    gives(till, one, grams)
    assert one.taken == grams
    line = sell.answer(till.desk, question, grams, weighing.facts(till.desk, one))
    assert isinstance(line, Line)
    return line


def ticket_of(till: Till, sale: SaleFinished) -> list[str]:
    page = tickets.page_of(till.desk, sale, 0)
    rows = [one.left for one in page.blocks if isinstance(one, Row)]
    return rows + [one.text for one in page.blocks if isinstance(one, Text)]


def paid(till: Till) -> SaleFinished:
    sale = tender.pay_cash(till.desk)
    assert isinstance(sale, SaleFinished)
    check_balance(sale)
    return sale


def test_the_scale_is_told_the_article_its_price_and_the_tare(till: Till) -> None:
    with_scale(till)
    one = begun(till, 12)
    assert till.counter.weighed == [(one.name, 249, "Pommes", 12)]
    assert till.counter.taken == []
    weighing.take(till.desk, one)
    assert till.counter.taken == [one.name]


def test_a_till_that_takes_weights_by_itself_asks_for_the_next_still_one_at_once(
    till: Till,
) -> None:
    one = begun(with_scale(till, ScaleRules(automatic=True)))
    assert till.counter.taken == [one.name]


def test_a_till_without_a_scale_weighs_nothing(till: Till) -> None:
    assert weighing.begin(till.desk, "Pommes", 249) is None


def test_what_lies_on_the_scale_is_followed_and_priced(till: Till) -> None:
    one = begun(with_scale(till))
    tickets.on_device(till.desk, WeightSeen("scale", one.name, 345, "moving"))
    assert (one.seen, one.why, one.amount) == (345, "moving", 86)
    tickets.on_device(till.desk, WeightSeen("scale", "another", 999))
    assert one.seen == 345


def test_a_weight_of_the_scale_is_kept_with_its_tare_and_printed(till: Till) -> None:
    weigh_apples(with_scale(till), 345, tare=12)
    sale = paid(till)
    assert sale.lines[0].weighing == WeighingFacts(by="scale", tare=12)
    assert sale.lines[0].quantity == 345
    told = ticket_of(till, sale)
    assert "Gross 0.357 kg − tare 0.012 kg" in [text.replace("\xa0", " ") for text in told]
    assert sum("indicat" in text for text in told) == 1


def test_an_approved_scale_names_its_approval_once(till: Till) -> None:
    with_scale(till, ScaleRules(approval=APPROVED))
    weigh_apples(till, 345)
    weigh_apples(till, 500)
    told = ticket_of(till, paid(till))
    assert sum(APPROVED in text for text in told) == 1
    assert not any("indicat" in text for text in told)


def test_a_typed_weight_says_that_it_was_typed_and_nothing_of_a_scale(till: Till) -> None:
    sell.answer(with_scale(till).desk, asked(till), 345)
    sale = paid(till)
    assert sale.lines[0].weighing == WeighingFacts(by="hand")
    told = ticket_of(till, sale)
    assert "Weight typed by hand" in told
    assert not any("indicat" in text for text in told)


def test_a_weight_that_is_typed_over_the_scales_is_a_typed_one(till: Till) -> None:
    line = weigh_apples(with_scale(till), 345, tare=12)
    sell.set_quantity(till.desk, line.n, 400)
    assert till.basket.lines[0].weighing == WeighingFacts(by="hand")


@pytest.mark.parametrize("code", [SLICES_OF_HAM, HAM])
def test_a_label_that_tells_the_weight_was_weighed_elsewhere(till: Till, code: str) -> None:
    answer = sell.scan(till.desk, code)
    if isinstance(answer, Question):
        answer = sell.answer(till.desk, answer, 100)
    assert isinstance(answer, Line)
    assert (answer.weighing is None) is (code == SLICES_OF_HAM)


def test_a_quantity_typed_before_an_article_that_is_weighed_was_typed(till: Till) -> None:
    sell.arm_quantity(till.desk, 345)
    line = sell.scan(till.desk, APPLES)
    assert isinstance(line, Line)
    assert line.weighing == WeighingFacts(by="hand")


def test_the_tare_is_what_lies_on_the_scale_or_what_is_typed_and_is_taken_off_again(
    till: Till,
) -> None:
    one = begun(with_scale(till))
    assert slug_of(lambda: weighing.set_tare(till.desk, one)) == "not_still"
    tickets.on_device(till.desk, WeightSeen("scale", one.name, 12))
    two = weighing.set_tare(till.desk, one)
    assert (two.tare, two.name != one.name) == (12, True)
    assert weighing.set_tare(till.desk, two).tare == 0
    assert weighing.set_tare(till.desk, two, 30).tare == 30
    assert slug_of(lambda: weighing.set_tare(till.desk, two, 10_000)) == "bad_tare"


def test_a_scale_that_is_lost_gives_nothing_and_stops_nothing(till: Till) -> None:
    question, one = asked(with_scale(till)), begun(till)
    lost = Weighed("scale", one.name, WeighingOutcome.FAILED, detail="does not answer")
    tickets.on_device(till.desk, lost)
    assert (one.is_away, one.taken, one.seen) == (True, None, None)
    sell.answer(till.desk, question, 345)
    assert paid(till).total == 86


def test_a_weight_that_comes_after_the_weighing_was_given_up_is_nobodys(till: Till) -> None:
    one = begun(with_scale(till))
    weighing.cancel(till.desk, one)
    assert till.counter.cancelled == [one.name]
    gives(till, one, 345)
    assert one.taken is None


class QuickScale(RecordedCounter):
    """A scale that gives what lies on it as soon as it is asked; with nothing on it, it is away."""

    def __init__(self, events: Queue[DeviceEvent]) -> None:
        super().__init__()
        self.events, self.grams = events, 0

    def put(self, grams: int) -> None:
        self.grams = grams

    def take(self, weighing: str) -> None:
        outcome = WeighingOutcome.STABLE if self.grams else WeighingOutcome.FAILED
        self.events.put(Weighed("scale", weighing, outcome, self.grams))


def test_the_console_takes_the_scales_weight_and_says_why_there_is_none(till: Till) -> None:
    events: Queue[DeviceEvent] = Queue()
    scale = QuickScale(events)
    with_scale(till).desk.ports.scale = scale
    till.sign_in(CASHIER)
    console = console_on(till.desk, events, put=scale.put)
    said = list(console.play(["weigh", f"scan {APPLES}", "put 0,345", "weigh", "expect lines 1"]))
    assert [one.fine for one in said] == [False, True, True, True, True]
    assert (line := till.desk.basket.last) is not None
    assert (line.quantity, line.weighing) == (345, WeighingFacts(by="scale"))
    away = [f"scan {APPLES}", "put 0", "weigh", "expect refused scale_away", "expect lines 1"]
    assert all(one.fine for one in console.play(away))
    till.desk.ports.scale = None
    none = [f"scan {APPLES}", "weigh", "expect refused no_scale", "weight 0,100", "expect lines 2"]
    assert all(one.fine for one in console.play(none))
