"""Paying back: to the tender it came from, else by the shop's policy, never more than it paid.

What goes back follows the payments of the ticket, and where that was an exchange, those of the
tickets whose goods paid for it. Where cash is rounded, what earlier refunds of a ticket were
rounded up by is taken off its last one.

>>> Walk(lambda label: None, {}).ways({"": 500}, 300)
[WayBack(method='cash', most=300, origin='', left=99999999)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Tender
from pos.domain.money import AMOUNT_MAX
from pos.domain.tender import TENDERS_MAX, TenderRules, cash_due
from pos.domain.words import Amount


@dataclass(frozen=True, slots=True)
class WayBack:
    """A payment that may go back: at most `most` minor units now, of the `left` it has in all.

    `origin` is the ticket it was made on; "" for goods that came without one.
    """

    method: str
    most: int
    origin: str
    left: int


@dataclass(frozen=True, slots=True)
class PaidTicket:
    """A ticket, and what already went back of it by tender, in minor units."""

    sale: SaleFinished
    given: Mapping[str, int]


Find = Callable[[str], PaidTicket | None]
"""How a ticket is found by its label; None for one that this till does not know."""


def returned_by_ticket(basket: Basket) -> dict[str, int]:
    """Return what a basket's lines give back of each ticket, in minor units."""
    return _summed(
        (line.returned.ticket, line.returned.amount) for line in basket.lines if line.returned
    )


def paid_by_origin(basket: Basket) -> dict[str, int]:
    """Return what a basket already paid back of each ticket's payments, in minor units."""
    return _summed((one.origin, -one.amount) for one in basket.tenders if one.origin is not None)


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, amount in pairs:
        sums[name] = sums.get(name, 0) + amount
    return sums


class Walk:
    """A walk from what is given back to the payments it came from; good for one answer.

    `instead` names the tender that stands in for one that cannot be given back, `paid` what this
    basket already paid back by ticket.
    """

    def __init__(
        self, find: Find, instead: Mapping[str, str], paid: Mapping[str, int] | None = None
    ) -> None:
        self._find = find
        self._instead = instead
        self._paid = dict(paid or {})
        self._used: dict[tuple[str, str], int] = {}

    def ways(self, returned: Mapping[str, int], most: int) -> list[WayBack]:
        """Return the ways for `most` minor units of what is given back by ticket, in order."""
        found: list[WayBack] = []
        for label, amount in returned.items():
            paid = min(amount, self._paid.get(label, 0))
            self._paid[label] = self._paid.get(label, 0) - paid
            part = self._ways_of(label, min(most, amount - paid))
            most -= sum(way.most for way in part)
            found += part
        return found

    def _ways_of(self, label: str, most: int) -> list[WayBack]:
        if most <= 0:
            return []
        ticket = self._find(label) if label else None
        if ticket is None:
            return [WayBack("cash", most, label, AMOUNT_MAX)]
        found: list[WayBack] = []
        for method, paid in self._payments(ticket.sale).items():
            left = paid - ticket.given.get(method, 0) - self._used.get((label, method), 0)
            part = min(most, left)
            if part > 0:
                found.append(WayBack(method, part, label, left))
                self._used[label, method] = self._used.get((label, method), 0) + part
                most -= part
        return found + self.ways(_given_back_on(ticket.sale), most)

    def _payments(self, sale: SaleFinished) -> dict[str, int]:
        """Return what was paid by the tender that it goes back to, in the order it was paid."""
        sums: dict[str, int] = {}
        for tender in sale.tenders:
            if tender.amount > 0:
                method = self._instead.get(tender.method, tender.method)
                sums[method] = sums.get(method, 0) + tender.amount
        return sums


def _given_back_on(sale: SaleFinished) -> dict[str, int]:
    return _summed((line.returned.ticket, -line.total) for line in sale.lines if line.returned)


@dataclass(frozen=True, slots=True)
class Payback:
    """What goes back now, in parts (ticket, minor units), and whether nothing is left then.

    `is_agreed` is False when it goes back otherwise than it came: someone answers for that.
    """

    parts: Sequence[tuple[str, int]]
    is_all: bool
    is_agreed: bool

    @property
    def amount(self) -> int:
        """All of it, in minor units."""
        return sum(amount for _, amount in self.parts)


def pay_back(
    basket: Basket, method: str, amount: int | None, ways: Sequence[WayBack], rules: TenderRules
) -> Payback:
    """Return what goes back by a tender (None: all that may), and of which tickets' payments.

    A card pays back one ticket at a time. What no tender is left to give back is the rounding of
    earlier cash. Raises Refusal: `nothing_owed`, `bad_amount`, `over_owed`.
    """
    if basket.due >= 0:
        raise Refusal("nothing_owed", "Nothing is to be given back.")
    due = -basket.due
    owed = -cash_due(basket, rules) if method == "cash" else due
    mine = [way for way in ways if way.method == method]
    mine = mine[:1] if method == "card" else mine
    most = _most(mine, due, owed)
    if amount is None:
        is_spent = not ways and rules.cash_rounding != "none"
        wanted = min(most, owed) if mine or is_spent else owed
    else:
        _check_amount(amount, max(owed, due))
        wanted = amount
    nothing_more = wanted == sum(way.most for way in ways) and rules.cash_rounding != "none"
    return Payback(
        parts=_parts(wanted, mine, most, basket),
        is_all=wanted in (owed, due) or nothing_more,
        is_agreed=wanted <= most,
    )


def _most(mine: Sequence[WayBack], due: int, owed: int) -> int:
    """Return the most that some ways may give back: rounded up only while a tender has it left."""
    most = sum(way.most for way in mine)
    is_rounded_up = most == due < owed <= due + mine[-1].left - mine[-1].most if mine else False
    return owed if is_rounded_up else most


def _check_amount(amount: int, most: int) -> None:
    if not 0 < amount <= AMOUNT_MAX:
        raise Refusal(
            "bad_amount",
            "“{text}” is not an amount; write it as 12,50.",
            text=str(Amount(amount)),
        )
    if amount > most:
        raise Refusal(
            "over_owed",
            "{amount} is more than the {most} to give back.",
            amount=Amount(amount),
            most=Amount(most),
        )


def _parts(
    wanted: int, mine: Sequence[WayBack], most: int, basket: Basket
) -> list[tuple[str, int]]:
    """Return the parts by ticket; what goes back another way is of the first that gives back."""
    parts: list[tuple[str, int]] = []
    for way in mine:
        part = min(way.most, wanted - sum(amount for _, amount in parts))
        if part > 0:
            parts.append((way.origin, part))
    rest = wanted - sum(amount for _, amount in parts)
    if parts and rest and wanted <= most:
        return [*parts[:-1], (parts[-1][0], parts[-1][1] + rest)]
    if rest or not parts:
        parts.append((next(iter(returned_by_ticket(basket))), rest))
    return parts


def tenders_back(
    basket: Basket, method: str, back: Payback, rules: TenderRules, *, nonresident: bool = False
) -> list[Tender]:
    """Return the tenders, negative, that pay parts back.

    Raises Refusal: `tender_off`, `too_many_tenders`, and `cash_limit` as for cash that comes in
    (code monétaire et financier art. L112-6).
    """
    if method not in rules.accepted:
        raise Refusal("tender_off", "This till does not take this payment; choose another.")
    if len(basket.tenders) + len(back.parts) > TENDERS_MAX:
        raise Refusal(
            "too_many_tenders",
            "This basket has {most} payments already; take one back first.",
            most=TENDERS_MAX,
        )
    if method == "cash":
        _check_cash(basket, back.amount, rules, nonresident=nonresident)
    return [
        Tender.model_validate(
            {
                "n": basket.next_tender + place,
                "method": method,
                "amount": -amount,
                "given": -amount,
                "origin": origin,
            }
        )
        for place, (origin, amount) in enumerate(back.parts)
    ]


def _check_cash(basket: Basket, amount: int, rules: TenderRules, *, nonresident: bool) -> None:
    limit = rules.cash_limit_nonresident if nonresident else rules.cash_limit
    already = -sum(tender.amount for tender in basket.tenders if tender.method == "cash")
    if already + amount > limit:
        raise Refusal(
            "cash_limit",
            "The law allows {limit} in cash a sale; give {rest} at most, the rest otherwise.",
            limit=Amount(limit),
            rest=Amount(max(0, limit - already)),
        )
