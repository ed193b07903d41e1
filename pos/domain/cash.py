"""The drawer's money: counted by denomination, named by drawer, shared between shift and bank.

Amounts are minor units. What lies in a drawer at the end of a shift is left for the next one or
banked, never anything else.

>>> found = counted({2000: 3, 50: 4, 100: 0}, (2000, 100, 50))
>>> [(coin.value, coin.count) for coin in found], coins_amount(found)
([(2000, 3), (50, 4)], 6200)
>>> left_proposed(6200, target=5000), left_proposed(1200, target=5000)
(5000, 1200)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pos.domain.errors import Refusal
from pos.domain.facts import CoinCount
from pos.domain.masking import masked
from pos.domain.money import AMOUNT_MAX
from pos.domain.words import Amount

COUNT_MAX = 1_000_000
"""The most notes or coins of one denomination that a count names."""

REASON_MAX = 80
"""The longest reason that is kept, in characters."""

SHARED_DRAWER = "drawer"
"""The name of the drawer that all cashiers of a till share."""


def drawer_name(drawers: str, number: str) -> str:
    """Return the drawer of whoever signs in with `number`: shared, or their own (`each`).

    >>> drawer_name("shared", "10"), drawer_name("each", "10")
    ('drawer', 'drawer-10')
    """
    return SHARED_DRAWER if drawers == "shared" else f"{SHARED_DRAWER}-{number}"


def drawer_number(drawer: str) -> str:
    """Return the number of the cashier whose drawer it is, "" for the one that all share.

    >>> drawer_number("drawer-10"), drawer_number("drawer")
    ('10', '')
    """
    return drawer.removeprefix(SHARED_DRAWER).removeprefix("-")


def next_label(series: str, last: str | None) -> str:
    """Return the label after `last` in a series; its first when `last` is of another series.

    >>> next_label("T01-K1-C", "T01-K1-C000002"), next_label("T01-K2-C", "T01-K1-C000002")
    ('T01-K1-C000003', 'T01-K2-C000001')
    """
    number = int(last.removeprefix(series)) if last is not None and last.startswith(series) else 0
    return f"{series}{number + 1:06d}"


def counted(coins: Mapping[int, int], denominations: Sequence[int]) -> list[CoinCount]:
    """Return what was counted (value → how many), in the denominations' order, zeros left out.

    Raises Refusal: `no_such_coin` for a value that is no denomination, `bad_count`, and
    `too_much_cash` above the largest amount a gesture may name.
    """
    for value, count in coins.items():
        if value not in denominations:
            raise Refusal(
                "no_such_coin",
                "{value} is no note or coin that is counted here; see the settings.",
                value=Amount(value),
            )
        if not 0 <= count <= COUNT_MAX:
            raise Refusal(
                "bad_count",
                "{count} is no number of notes or coins; type 0 to {most}.",
                count=count,
                most=COUNT_MAX,
            )
    found = [CoinCount(value=one, count=coins[one]) for one in denominations if coins.get(one)]
    if coins_amount(found) > AMOUNT_MAX:
        raise Refusal(
            "too_much_cash",
            "{amount} is more than a drawer holds; count it again.",
            amount=Amount(coins_amount(found)),
        )
    return found


def coins_amount(coins: Sequence[CoinCount]) -> int:
    """Return what notes and coins are worth together."""
    return sum(coin.value * coin.count for coin in coins)


def left_proposed(amount: int, target: int) -> int:
    """Return what should stay in the drawer of an `amount` counted; the rest goes to the bank."""
    return min(amount, target)


def float_off(counted: int, left: int) -> int:
    """Return how much more than what was `left` a float was counted as.

    A shop that left nothing puts its float in anew: there is nothing that it could differ from.

    >>> float_off(9_500, 10_000), float_off(10_000, 0)
    (-500, 0)
    """
    return counted - left if left else 0


def check_left(left: int, amount: int) -> None:
    """Refuse to leave more in the drawer than was counted in it, or less than nothing."""
    if not 0 <= left <= amount:
        raise Refusal(
            "bad_left",
            "{left} cannot stay of the {amount} that were counted.",
            left=Amount(left),
            amount=Amount(amount),
        )


def check_amount(amount: int) -> None:
    """Refuse what is no amount of cash to move.

    >>> check_amount(0)
    Traceback (most recent call last):
    pos.domain.errors.Refusal: “0.00” is not an amount; write it as 12,50.
    """
    if not 0 < amount <= AMOUNT_MAX:
        raise Refusal(
            "bad_amount",
            "“{text}” is not an amount; write it as 12,50.",
            text=str(Amount(amount)),
        )


def check_reason(text: str) -> str:
    """Return a reason without the blanks around it, cut to its most; Refusal `no_reason` for none.

    A card number in it is masked.

    >>> check_reason("  change for the market ")
    'change for the market'
    """
    reason = masked(text.strip())[:REASON_MAX].strip()
    if not reason:
        raise Refusal("no_reason", "Say why; the journal keeps the reason.")
    return reason
