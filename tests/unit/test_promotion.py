"""What a promotion takes off: each piece, one of every few, at its instants, and never twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import (
    Added,
    Basket,
    Discounted,
    PriceChanged,
    QuantityChanged,
    Step,
    Tendered,
    TicketDiscounted,
    Undone,
    Voided,
    apply,
)
from pos.domain.catalogue import Unit
from pos.domain.history import History
from pos.domain.line import Discount, Line, Promoted, Tender
from pos.domain.promotion import Promotion, Promotions
from pos.domain.sale import close


def line(
    n: int, price: int, pieces: int = 1, rule: Promotion | None = None, **more: object
) -> Line:
    told = {"n": n, "sku": str(n), "name": f"Article {n}", "vat": "FR20", "unit_price": price}
    given_rule = {} if rule is None else {"promotion": rule.on_line()}
    return Line.model_validate({**told, "quantity": pieces * 1000, **given_rule, **more})


def basket(*steps: Line | Step) -> Basket:
    found = Basket()
    for one in steps:
        found = apply(found, Added(line=one) if isinstance(one, Line) else one)
    return found


TENTH = Promotion("tenth", "-10 %", 0, percent=1000)
SECOND = Promotion("second", "2nd at half", 0, percent=5000, every=2)
THREE = Promotion("3for2", "3 for 2", 0, percent=10_000, every=3)
FIXED = Promotion("fixed", "At 2 euros", 0, price=200)
PAIR = Promotion("pair", "2nd at 1 euro", 0, price=100, every=2)

CASES = [
    ("each piece", [(1, 250, 3, TENTH)], [75]),
    ("half a cent goes up", [(1, 5, 1, TENTH)], [1]),
    ("a fixed price", [(1, 250, 3, FIXED)], [150]),
    ("a fixed price above the price", [(1, 150, 3, FIXED)], [0]),
    ("one piece of two", [(1, 300, 1, SECOND)], [0]),
    ("two pieces of two", [(1, 300, 2, SECOND)], [150]),
    ("five pieces of two", [(1, 300, 5, SECOND)], [300]),
    ("the cheaper of two lines", [(1, 300, 1, SECOND), (2, 200, 1, SECOND)], [0, 100]),
    ("3 for 2 over lines", [(1, 300, 2, THREE), (2, 400, 1, THREE)], [300, 0]),
    ("the second at a price", [(1, 300, 2, PAIR)], [200]),
    ("two promotions side by side", [(1, 300, 2, SECOND), (2, 250, 1, TENTH)], [150, 25]),
    ("no promotion", [(1, 300, 2, None)], [0]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "off"), CASES, ids=[case[0] for case in CASES])
def test_a_promotion_takes_off_what_it_says(
    name: str, lines: list[tuple[int, int, int, Promotion | None]], off: list[int]
) -> None:
    found = basket(*(line(*one) for one in lines))
    assert [one.discount_amount for one in found.lines] == off, name
    assert found.total == sum(one.gross for one in found.lines) - sum(off)


def test_a_promotion_over_lines_follows_every_step_and_its_undoing() -> None:
    history = History()
    for added in (Added(line=line(1, 300, 1, SECOND)), Added(line=line(2, 200, 1, SECOND))):
        history.push(added)
    assert history.basket.total == 400
    for step, total in (
        (QuantityChanged(n=1, quantity=3000), 850),
        (Discounted(n=2, discount=Discount(percent=1000)), 930),
        (Discounted(n=2, discount=None), 850),
        (PriceChanged(n=1, unit_price=100), 500),
        (Undone(), 850),
        (Voided(n=2), 750),
        (TicketDiscounted(discount=Discount(percent=1000)), 675),
    ):
        history.push(step)
        assert history.basket.total == total, step


def test_a_person_s_price_or_discount_stands_in_the_place_of_the_promotion() -> None:
    found = basket(line(1, 1000, 1, TENTH), Discounted(n=1, discount=Discount(amount=50)))
    assert found.total == 950
    found = basket(line(1, 1000, 1, TENTH), PriceChanged(n=1, unit_price=990))
    assert found.total == 990


def test_the_eco_participation_is_never_promoted() -> None:
    assert basket(line(1, 1000, 1, TENTH, eco=100)).total == 910
    assert basket(line(1, 1000, 1, FIXED, eco=300)).total == 300


def test_the_sale_says_which_promotion_took_what() -> None:
    lines = [line(1, 250, 2, TENTH), line(2, 300, 2, SECOND), line(3, 99)]
    due = basket(*lines).total
    paid = apply(basket(*lines), Tendered(tender=Tender(n=1, method="card", amount=due, given=due)))
    facts = close(paid, lambda _vat: 2000).lines
    told = [(one.discount.amount, one.discount.percent, one.discount.reason)
            for one in facts if one.discount is not None]  # fmt: skip
    assert told == [(50, 1000, "-10 %"), (150, 0, "2nd at half")]


def test_of_several_promotions_the_one_that_takes_most_off_a_piece_counts() -> None:
    known = Promotions([TENTH, SECOND, Promotion("z", "Third off", 0, percent=3333)])
    found = known.of("100", "", 5, 1000)
    assert found is not None
    assert found.key == "z"
    assert Promotions([SECOND, TENTH]).of("1", "", 5, 1000, weighed=True) == TENTH.on_line()
    assert Promotions([FIXED]).of("1", "", 5, 1000, own_price=True) is None
    assert Promotions([FIXED]).of("1", "", 5, 150) is None
    assert Promotions().of("1", "", 5, 150) is None


@pytest.mark.parametrize(
    ("articles", "departments", "fits"),
    [
        ((), (), True),
        (("100",), (), True),
        (("200",), (), False),
        ((), ("Pain",), True),
        ((), ("Vin",), False),
        (("200",), ("Pain",), True),
    ],
)
def test_a_promotion_is_for_its_articles_and_departments(
    articles: tuple[str, ...], departments: tuple[str, ...], fits: bool
) -> None:
    one = Promotion("p", "P", 0, percent=1000, articles=frozenset(articles),
                    departments=frozenset(departments))  # fmt: skip
    assert (Promotions([one]).of("100", "Pain", 5, 100) is not None) is fits


def test_a_weight_gets_its_share() -> None:
    weighed = line(1, 1000, 1, TENTH, unit=Unit.KG).model_copy(update={"quantity": 345})
    assert basket(weighed).total == 345 - 35


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 9)), min_size=1, max_size=8),
    st.integers(1, 5),
    st.integers(0, 10_000),
)
def test_what_is_carried_along_is_what_the_lines_say(
    sold: list[tuple[int, int]], every: int, percent: int
) -> None:
    rule = Promotion("p", "P", 0, percent=percent, every=every)
    found = basket(*(line(n, price, pieces, rule) for n, (price, pieces) in enumerate(sold, 1)))
    assert found.subtotal == sum(one.total for one in found.lines)
    assert found.discountable == sum(one.discountable for one in found.lines)
    pieces = sorted(price for price, count in sold for _ in range(count))
    most = sum(pieces[: len(pieces) // every])
    off = sum(one.discount_amount for one in found.lines)
    assert abs(off * 10_000 - most * percent) <= 5_000 * len(sold)
    found = apply(found, Voided(n=1))
    assert found.subtotal == sum(one.total for one in found.lines)


def test_a_rule_on_a_line_survives_the_disk() -> None:
    kept = line(1, 300, 1, PAIR)
    assert Line.model_validate_json(kept.model_dump_json()) == kept
    assert isinstance(kept.promotion, Promoted)
