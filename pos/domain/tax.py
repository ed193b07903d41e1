"""Value added tax: extracted from prices that include it, per rate, on the ticket's total.

The algorithm is `sum_by_net_keep_gross`: gross amounts are kept, the net of a rate is
`half_up(gross / (1 + rate))`, the tax is what is left, so net + tax = gross always holds; lines
then share the net of their rate by largest remainder. A rate is in basis points (5.5 % = 550).

>>> extract(999, 2000)
Extract(net=833, tax=166)
>>> [(row.rate, row.gross, row.net, row.tax) for row in by_rate([(550, 211), (2000, 1200)])]
[(2000, 1200, 1000, 200), (550, 211, 200, 11)]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos.domain.money import half_up


@dataclass(frozen=True, slots=True)
class Extract:
    """A gross amount taken apart; net + tax is the gross, to the cent."""

    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class VatRow:
    """One rate of a ticket's VAT table, amounts in minor units, `rate` in basis points."""

    rate: int
    gross: int
    net: int
    tax: int


def extract(gross: int, rate: int) -> Extract:
    """Take the tax at `rate` basis points out of a gross amount."""
    net = half_up(gross * 10_000, 10_000 + rate)
    return Extract(net, gross - net)


def by_rate(amounts: Iterable[tuple[int, int]]) -> list[VatRow]:
    """Return the VAT table of (rate, gross) pairs, the highest rate first."""
    totals: dict[int, int] = {}
    for rate, gross in amounts:
        totals[rate] = totals.get(rate, 0) + gross
    rows = []
    for rate in sorted(totals, reverse=True):
        taken = extract(totals[rate], rate)
        rows.append(VatRow(rate, totals[rate], taken.net, taken.tax))
    return rows


def line_nets(amounts: Sequence[tuple[int, int]]) -> list[int]:
    """Return each line's net for (rate, gross) pairs; per rate they sum to that rate's net.

    Cents that rounding down leaves go to the largest remainders, earlier lines first.
    """
    nets = [gross * 10_000 // (10_000 + rate) for rate, gross in amounts]
    rest = [gross * 10_000 % (10_000 + rate) for rate, gross in amounts]
    for row in by_rate(amounts):
        places = [i for i, (rate, _) in enumerate(amounts) if rate == row.rate]
        missing = row.net - sum(nets[i] for i in places)
        for place in sorted(places, key=lambda i: (-rest[i], i))[:missing]:
            nets[place] += 1
    return nets
