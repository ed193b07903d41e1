"""Paying: what each tender may count for, change, the cash limit, meal vouchers, cash rounding.

>>> from pos.domain.basket import Added, apply
>>> from pos.domain.line import Line
>>> basket = apply(Basket(), Added(line=Line(n=1, sku="1", name="x", vat="FR20", unit_price=1250)))
>>> cash(basket, 2000, TenderRules()).amount, change(basket.due, 2000)
(1250, 750)
>>> quick_cash(1250, (500, 1000, 2000, 5000, 10000))
[1250, 1300, 1500, 2000, 5000, 10000]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.line import Method, Tender
from pos.domain.money import AMOUNT_MAX, share
from pos.domain.words import Amount

Rounding = Literal["none", "five_cents"]

TENDERS_MAX = 20
"""The most payments of one basket."""


@dataclass(frozen=True, slots=True)
class TenderRules:
    """What the country and the shop allow; amounts in minor units.

    `cash_limit`: French code monétaire et financier art. L112-6 and D112-3 (1 000 €);
    `cash_limit_nonresident` for a payer who proves a home abroad (15 000 €).
    `meal_voucher_cap` a day and a person, on `meal_voucher_weekdays` (0 is Monday), see
    code du travail art. R3262-10; kept configurable, a reform is announced, and after
    `meal_voucher_until` none are taken before someone has looked at the rules.
    """

    cash_limit: int = 100_000
    cash_limit_nonresident: int = 1_500_000
    cash_rounding: Rounding = "none"
    meal_voucher_cap: int = 2_500
    meal_voucher_weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4, 5})
    meal_voucher_until: date = date.max
    accepted: frozenset[str] = frozenset({"cash", "card", "cheque", "meal_voucher"})


def change(due: int, given: int) -> int:
    """Return what goes back to the customer."""
    return max(0, given - due)


def round_cash(amount: int, rounding: Rounding) -> int:
    """Return an amount as cash pays it: to five cents, by absolute value, or unchanged.

    >>> [round_cash(cents, "five_cents") for cents in (1, 2, 3, 7, 8, -3)]
    [0, 0, 5, 5, 10, -5]
    """
    if rounding == "none":
        return amount
    return (-1 if amount < 0 else 1) * ((abs(amount) + 2) // 5 * 5)


def quick_cash(due: int, notes: Sequence[int]) -> list[int]:
    """Return amounts a customer is likely to hand over, the exact one first, at most six."""
    if due <= 0:
        return []
    rounded = {-(-due // step) * step for step in (100, 500)}
    more = {-(-due // note) * note for note in notes if note <= due} | {
        note for note in notes if note > due
    }
    return [due, *sorted((rounded | more) - {due})][:6]


def _check(basket: Basket, method: Method, amount: int, rules: TenderRules) -> None:
    if method not in rules.accepted:
        raise Refusal("tender_off", "This till does not take this payment; choose another.")
    if not basket.lines:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    if basket.due <= 0:
        raise Refusal("nothing_due", "Nothing is due any more.")
    if not 0 < amount <= AMOUNT_MAX:
        raise Refusal(
            "bad_amount",
            "“{text}” is not an amount; write it as 12,50.",
            text=str(Amount(amount)),
        )
    if len(basket.tenders) >= TENDERS_MAX:
        raise Refusal(
            "too_many_tenders",
            "This basket has {most} payments already; take one back first.",
            most=TENDERS_MAX,
        )


def cash_due(basket: Basket, rules: TenderRules) -> int:
    """Return what is due if the rest is paid in cash: rounded where the country rounds."""
    return round_cash(basket.due, rules.cash_rounding)


def cash(
    basket: Basket, given: int | None, rules: TenderRules, *, nonresident: bool = False
) -> Tender:
    """Return the cash tender for what was given (None: exactly what is due).

    Where cash is rounded, a customer who lays down the cents themselves pays what is due, and a
    rest that rounds to nothing is a tender of nothing.
    Raises Refusal over the legal limit for cash, for an amount that is not one, or with no line.
    """
    owed = cash_due(basket, rules)
    handed = owed if given is None else given
    _check(basket, "cash", handed if owed or handed else 1, rules)
    amount = basket.due if basket.due <= handed < owed else min(handed, owed)
    limit = rules.cash_limit_nonresident if nonresident else rules.cash_limit
    already = sum(tender.amount for tender in basket.tenders if tender.method == "cash")
    if already + amount > limit:
        raise Refusal(
            "cash_limit",
            "The law allows {limit} in cash a sale; take {rest} at most, the rest otherwise.",
            limit=Amount(limit),
            rest=Amount(max(0, limit - already)),
        )
    return Tender(n=basket.next_tender, method="cash", amount=amount, given=handed)


def exact(
    basket: Basket, method: Method, amount: int | None, rules: TenderRules, reference: str = ""
) -> Tender:
    """Return a card or cheque tender: never over what is due, for it gives no change."""
    asked = basket.due if amount is None else amount
    _check(basket, method, asked, rules)
    if asked > basket.due:
        raise Refusal(
            "over_due",
            "{amount} is more than the {due} that are due; no change is given on this payment.",
            amount=Amount(asked),
            due=Amount(basket.due),
        )
    return Tender(
        n=basket.next_tender, method=method, amount=asked, given=asked, reference=reference
    )


def meal_voucher_most(basket: Basket, rules: TenderRules) -> int:
    """Return what meal vouchers may still pay: eligible lines, the daily cap, what is due."""
    used = _meal_vouchers_in(basket)
    rest = _meal_voucher_eligible(basket) - used
    return max(0, min(rest, rules.meal_voucher_cap - used, basket.due))


def check_meal_vouchers(basket: Basket) -> None:
    """Refuse a basket whose meal vouchers pay for more than its eligible lines."""
    used = _meal_vouchers_in(basket)
    if used and used > _meal_voucher_eligible(basket):
        raise Refusal(
            "under_meal_vouchers",
            "Meal vouchers paid {paid}, more than what they may pay then; give them back first.",
            paid=Amount(used),
        )


def _meal_vouchers_in(basket: Basket) -> int:
    return sum(tender.amount for tender in basket.tenders if tender.method == "meal_voucher")


def _meal_voucher_eligible(basket: Basket) -> int:
    """Return what the eligible lines cost that are bought; a return pays for nothing."""
    totals = line_totals(basket)
    return sum(
        total
        for line, total in zip(basket.lines, totals, strict=True)
        if line.meal_voucher and line.returned is None
    )


def meal_voucher(basket: Basket, amount: int | None, rules: TenderRules, day: date) -> Tender:
    """Return a meal-voucher tender (None: as much as is allowed).

    Raises Refusal on a day they are not taken, or over the eligible lines or the daily cap.
    """
    if day.weekday() not in rules.meal_voucher_weekdays:
        raise Refusal("meal_voucher_day", "Meal vouchers are not taken on {day}.", day=day)
    if day > rules.meal_voucher_until:
        raise Refusal(
            "meal_voucher_until",
            "The rules for meal vouchers in the settings end on {day}; have them checked.",
            day=rules.meal_voucher_until,
        )
    most = meal_voucher_most(basket, rules)
    asked = most if amount is None else amount
    _check(basket, "meal_voucher", asked if most else max(asked, 1), rules)
    if asked > most or most == 0:
        raise Refusal(
            "meal_voucher_most",
            "Meal vouchers may pay {most} of this basket; take the rest otherwise.",
            most=Amount(most),
        )
    return Tender(n=basket.next_tender, method="meal_voucher", amount=asked, given=asked)


def line_totals(basket: Basket) -> list[int]:
    """Return each line's total after its share of the discount on the whole ticket."""
    totals = [line.total for line in basket.lines]
    parts = ticket_discount_parts(basket)
    return [total - part for total, part in zip(totals, parts, strict=True)]


def ticket_discount_parts(basket: Basket) -> list[int]:
    """Share the discount on the whole ticket over the lines by largest remainder.

    A line's weight is its total without its eco-participation, which is never discounted; what
    is given back has none.
    """
    if not basket.lines:
        return []
    weights = [line.discountable for line in basket.lines]
    return share(basket.ticket_discount_amount, weights)
