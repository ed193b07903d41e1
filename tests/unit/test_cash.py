"""The drawer's money: what a count refuses, what stays, and which number comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.cash import (
    COUNT_MAX,
    REASON_MAX,
    check_amount,
    check_left,
    check_reason,
    coins_amount,
    counted,
    left_proposed,
    next_label,
)
from pos.domain.errors import Refusal
from pos.domain.money import AMOUNT_MAX
from pos.domain.shop import CashRules

EUROS = CashRules().denominations
COINS = st.dictionaries(st.sampled_from(EUROS), st.integers(0, 100), max_size=len(EUROS))


def refused(gesture: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as found:
        gesture()
    return found.value.slug


@given(coins=COINS)
def test_a_count_is_worth_its_notes_and_coins_whatever_order_they_came_in(
    coins: dict[int, int],
) -> None:
    found = counted(coins, EUROS)
    assert coins_amount(found) == sum(value * count for value, count in coins.items())
    assert [coin.value for coin in found] == [one for one in EUROS if coins.get(one)]
    assert counted(dict(reversed(coins.items())), EUROS) == found


@pytest.mark.parametrize(
    ("coins", "slug"),
    [
        ({300: 1}, "no_such_coin"),
        ({0: 1}, "no_such_coin"),
        ({-100: 1}, "no_such_coin"),
        ({100: -1}, "bad_count"),
        ({1: COUNT_MAX + 1}, "bad_count"),
        ({1: 10**30}, "bad_count"),
        ({50_000: 2_000}, "too_much_cash"),
    ],
)
def test_a_count_of_what_no_drawer_holds_is_refused(coins: Mapping[int, int], slug: str) -> None:
    assert refused(lambda: counted(coins, EUROS)) == slug


def test_an_empty_drawer_can_be_counted() -> None:
    assert counted({}, EUROS) == counted({100: 0}, EUROS) == []


@given(amount=st.integers(0, AMOUNT_MAX), target=st.integers(0, AMOUNT_MAX))
def test_what_is_proposed_to_stay_is_in_the_drawer_and_no_more_than_the_float(
    amount: int, target: int
) -> None:
    left = left_proposed(amount, target)
    check_left(left, amount)
    assert left <= target
    assert left in (amount, target)


@pytest.mark.parametrize("left", [-1, 101])
def test_nobody_leaves_in_the_drawer_what_is_not_there(left: int) -> None:
    assert refused(lambda: check_left(left, 100)) == "bad_left"


@pytest.mark.parametrize("amount", [0, -1, AMOUNT_MAX + 1])
def test_cash_moves_by_an_amount_above_nothing(amount: int) -> None:
    assert refused(lambda: check_amount(amount)) == "bad_amount"
    check_amount(1)
    check_amount(AMOUNT_MAX)


@pytest.mark.parametrize("text", ["", "  ", "\t\n", "\u00a0"])
def test_a_reason_has_at_least_a_word(text: str) -> None:
    assert refused(lambda: check_reason(text)) == "no_reason"


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_a_reason_is_kept_as_it_was_said_up_to_its_most(text: str) -> None:
    if not text.strip():
        return
    reason = check_reason(text)
    assert 0 < len(reason) <= REASON_MAX
    assert text.strip().startswith(reason)


@given(number=st.integers(1, 2_000_000))
def test_numbers_of_a_series_have_no_gap_even_beyond_their_six_figures(number: int) -> None:
    last = f"T01-K1-C{number:06d}"
    assert next_label("T01-K1-C", last) == f"T01-K1-C{number + 1:06d}"


@pytest.mark.parametrize("last", [None, "T01-K1-C000007", "T01-K2-S000007", "T01-K20-C000007"])
def test_another_epoch_or_another_series_begins_at_one(last: str | None) -> None:
    assert next_label("T01-K2-C", last) == "T01-K2-C000001"
