"""A basket is what its steps fold into: sums carried, nothing negative, everything undone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import (
    LINES_MAX,
    STEP,
    Added,
    AgeChecked,
    Basket,
    Discounted,
    PriceChanged,
    QuantityChanged,
    Step,
    Tendered,
    TenderTakenBack,
    TicketDiscounted,
    Undone,
    Voided,
    apply,
)
from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.history import UNDO_MAX, History
from pos.domain.line import Discount, Line, Method, Tender
from pos.domain.money import AMOUNT_MAX, PIECE, QUANTITY_MAX
from pos.domain.tender import line_totals

NUMBERS = st.integers(1, 8)
PRICES = st.integers(0, 5_000)
DISCOUNTS = st.builds(Discount, percent=st.integers(0, 10_000)) | st.builds(
    Discount, amount=st.integers(0, 9_000)
)  # fmt: skip
METHODS: st.SearchStrategy[Method] = st.sampled_from(("cash", "cheque", "card", "meal_voucher"))


def bread(n: int = 1, **values: object) -> Line:
    facts = {"sku": "1", "name": "Baguette", "vat": "FR055", "unit_price": 110, **values}
    return Line.model_validate({"n": n, **facts})


def of(*lines: Line) -> Basket:
    basket = Basket()
    for line in lines:
        basket = apply(basket, Added(line=line))
    return basket


def paid(basket: Basket, amount: int, method: Method = "cheque") -> Basket:
    tender = Tender(n=basket.next_tender, method=method, amount=amount, given=amount)
    return apply(basket, Tendered(tender=tender))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    is_weighed = draw(st.booleans())
    return bread(
        n=1,
        name=draw(st.sampled_from(("Pain", "Lampe", "Œufs"))),
        unit_price=draw(PRICES),
        unit=Unit.KG if is_weighed else Unit.PIECE,
        quantity=draw(st.integers(1, 4_000)) if is_weighed else PIECE * draw(st.integers(1, 5)),
        eco=draw(st.sampled_from((0, 0, 12, 6_000))),
        age=draw(st.sampled_from((0, 18))),
        meal_voucher=draw(st.booleans()),
    )


KINDS = st.sampled_from(
    ("add", "add", "quantity", "price", "discount", "ticket", "void", "age", "undo", "back", "pay")
)
LINES = lines()
QUANTITIES = st.integers(-1, 5_000)
MAYBE_DISCOUNTS = st.none() | DISCOUNTS
CENTS = st.integers(1, 6_000)


@st.composite
def steps(draw: st.DrawFn, basket: Basket) -> Step:
    """Draw a step that may or may not be allowed now; a payment is never over the due."""
    kind, n = draw(KINDS), draw(NUMBERS)
    if kind == "quantity":
        return QuantityChanged(n=n, quantity=draw(QUANTITIES))
    if kind == "price":
        return PriceChanged(n=n, unit_price=draw(PRICES))
    if kind == "discount":
        return Discounted(n=n, discount=draw(MAYBE_DISCOUNTS))
    if kind == "ticket":
        return TicketDiscounted(discount=draw(MAYBE_DISCOUNTS))
    if kind == "pay" and basket.due > 0:
        amount = min(draw(CENTS), basket.due)
        number, method = basket.next_tender, draw(METHODS)
        return Tendered(tender=Tender(n=number, method=method, amount=amount, given=amount))
    if kind == "add":
        return Added(line=draw(LINES).model_copy(update={"n": basket.next_line}))
    plain: dict[str, Step] = {
        "void": Voided(n=n),
        "age": AgeChecked(age=18),
        "undo": Undone(),
        "back": TenderTakenBack(n=n),
    }
    return plain.get(kind, Undone())


def check_sums(basket: Basket) -> None:
    assert basket.subtotal == sum(line.total for line in basket.lines)
    assert basket.discountable == sum(line.discountable for line in basket.lines)
    assert sum(line_totals(basket)) == basket.total
    for line, total in zip(basket.lines, line_totals(basket), strict=True):
        assert total >= line.eco_amount >= 0
        assert line.total <= line.gross
    assert basket.due >= 0
    assert len({line.n for line in basket.lines}) == len(basket.lines)


@given(data=st.data(), count=st.integers(1, 20))
def test_any_steps_keep_the_sums_and_fold_to_the_same_basket_from_disk(
    data: st.DataObject, count: int
) -> None:
    history, kept = History(), []
    for _ in range(count):
        step = data.draw(steps(history.basket))
        before = history.basket
        try:
            history.push(step)
        except Refusal:
            assert history.basket == before
            continue
        kept.append(STEP.dump_json(step))
        check_sums(history.basket)
        assert history.basket.steps == len(kept)
    again = History()
    for text in kept:
        again.push(STEP.validate_json(text))
    assert again.basket == history.basket


@given(data=st.data(), count=st.integers(1, 8))
def test_undo_shows_what_was_there_before_the_step(data: st.DataObject, count: int) -> None:
    history = History()
    for _ in range(count):
        step = data.draw(steps(history.basket))
        if isinstance(step, Undone | AgeChecked):
            continue
        before = history.basket
        try:
            after = history.push(step)
        except Refusal:
            continue
        if after.lines == before.lines and after.ticket_discount == before.ticket_discount:
            if after.tenders == before.tenders:
                continue
            if any(one.method == "card" for one in {*after.tenders} ^ {*before.tenders}):
                continue
        back = history.push(Undone())
        assert (back.lines, back.tenders) == (before.lines, before.tenders)
        assert back.ticket_discount == before.ticket_discount
        assert (back.subtotal, back.discountable) == (before.subtotal, before.discountable)
        assert back.next_line == after.next_line
        history.push(step)


def test_a_line_once_taken_back_stays_on_record_however_often() -> None:
    history = History()
    for _ in range(3):
        history.push(Added(line=bread(history.basket.next_line)))
        history.push(Undone())
    assert len(history.basket.voided) == 3
    assert history.basket.is_empty


def test_only_so_many_steps_can_be_taken_back() -> None:
    history = History()
    for _ in range(UNDO_MAX + 5):
        history.push(Added(line=bread(history.basket.next_line)))
    for _ in range(UNDO_MAX):
        history.push(Undone())
    assert len(history.basket.lines) == 5
    with pytest.raises(Refusal, match="nothing to take back"):
        history.push(Undone())


def test_an_approved_card_is_a_wall_to_undo() -> None:
    history = History()
    history.push(Added(line=bread()))
    history.push(Tendered(tender=Tender(n=1, method="card", amount=100, given=100)))
    history.push(Added(line=bread(2)))
    history.push(Undone())
    with pytest.raises(Refusal) as refused:
        history.push(Undone())
    assert refused.value.slug == "card_not_undone"
    assert history.basket.paid == 100


@pytest.mark.parametrize(
    ("basket", "step", "slug"),
    [
        (of(), Voided(n=1), "no_line"),
        (of(bread()), QuantityChanged(n=1, quantity=0), "bad_quantity"),
        (of(bread()), QuantityChanged(n=1, quantity=-1000), "bad_quantity"),
        (of(bread()), QuantityChanged(n=1, quantity=QUANTITY_MAX + 1), "bad_quantity"),
        (of(bread()), QuantityChanged(n=1, quantity=1500), "part_of_a_piece"),
        (of(bread(label_price=True)), QuantityChanged(n=1, quantity=2000), "price_on_label"),
        (of(bread()), PriceChanged(n=1, unit_price=-1), "bad_price"),
        (of(bread()), PriceChanged(n=1, unit_price=AMOUNT_MAX + 1), "bad_price"),
        (of(bread(eco=12)), PriceChanged(n=1, unit_price=11), "under_eco"),
        (of(), Added(line=bread(unit_price=-5)), "bad_price"),
        (of(), TicketDiscounted(discount=Discount(percent=100)), "nothing_bought"),
        (paid(of(bread()), 60), Voided(n=1), "under_paid_amount"),
        (paid(of(bread()), 60), TicketDiscounted(discount=Discount(amount=60)),
         "under_paid_amount"),
        (paid(of(bread()), 60), TenderTakenBack(n=2), "no_tender"),
        (paid(of(bread()), 60, "card"), TenderTakenBack(n=1), "card_not_undone"),
    ],
)  # fmt: skip
def test_a_step_that_the_rules_do_not_allow_is_refused(
    basket: Basket, step: Step, slug: str
) -> None:
    with pytest.raises(Refusal) as refused:
        apply(basket, step)
    assert refused.value.slug == slug


def test_a_basket_has_room_for_two_thousand_lines() -> None:
    basket = Basket(lines=tuple(bread(n) for n in range(1, LINES_MAX + 1)), next_line=LINES_MAX + 1)
    with pytest.raises(Refusal) as refused:
        apply(basket, Added(line=bread(basket.next_line)))
    assert refused.value.slug == "basket_full"


@pytest.mark.parametrize(
    ("discount", "base", "off"),
    [
        (Discount(percent=1000), 105, 11),
        (Discount(percent=10_000), 105, 105),
        (Discount(amount=50), 105, 50),
        (Discount(amount=500), 105, 105),
        (Discount(amount=500), 0, 0),
        (Discount(percent=5000), -3, 0),
        (Discount(), 105, 0),
    ],
)
def test_a_discount_never_takes_off_more_than_there_is(
    discount: Discount, base: int, off: int
) -> None:
    assert discount.off(base) == off


def test_no_discount_touches_the_eco_participation() -> None:
    lamp = bread(unit_price=2999, eco=12, quantity=2000, discount=Discount(percent=10_000))
    basket = apply(of(lamp), TicketDiscounted(discount=Discount(percent=10_000)))
    assert (lamp.total, basket.total) == (24, 24)


def test_a_new_price_keeps_the_catalogues_and_a_discount_follows_it() -> None:
    basket = apply(of(bread(discount=Discount(percent=5000))), PriceChanged(n=1, unit_price=200))
    basket = apply(basket, PriceChanged(n=1, unit_price=300))
    assert basket.line(1).catalogue_price == 110
    assert basket.total == 150


def test_the_last_line_voided_forgets_discount_and_age_but_not_the_record() -> None:
    basket = apply(apply(of(bread()), AgeChecked(age=18)), TicketDiscounted(
        discount=Discount(percent=1000)))  # fmt: skip
    basket = apply(basket, Voided(n=1))
    assert (basket.age_checked, basket.ticket_discount) == (0, None)
    assert [one.name for one in basket.voided] == ["Baguette"]
