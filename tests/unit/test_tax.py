"""VAT is extracted from prices that include it, to the cent, per rate and per line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.tax import by_rate, extract, line_nets

RATES = st.sampled_from((0, 210, 550, 850, 1000, 2000))
LINES = st.lists(st.tuples(RATES, st.integers(-(10**7), 10**7)), max_size=60)


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        (1200, 2000, 1000, 200),
        (999, 2000, 833, 166),
        (211, 550, 200, 11),
        (110, 550, 104, 6),
        (260, 210, 255, 5),
        (1250, 1000, 1136, 114),
        (149, 0, 149, 0),
        (1, 2000, 1, 0),
        (0, 2000, 0, 0),
        (-999, 2000, -833, -166),
    ],
)
def test_the_net_is_rounded_half_up_and_the_tax_is_the_rest(
    gross: int, rate: int, net: int, tax: int
) -> None:
    taken = extract(gross, rate)
    assert (taken.net, taken.tax) == (net, tax)


@given(lines=LINES)
def test_net_and_tax_are_the_gross_for_every_rate_and_lines_sum_to_their_rate(
    lines: list[tuple[int, int]],
) -> None:
    table = by_rate(lines)
    nets = line_nets(lines)
    assert [row.rate for row in table] == sorted({rate for rate, _ in lines}, reverse=True)
    assert sum(row.gross for row in table) == sum(gross for _, gross in lines)
    for row in table:
        assert row.net + row.tax == row.gross
        assert abs(row.net - Fraction(row.gross * 10_000, 10_000 + row.rate)) <= Fraction(1, 2)
        mine = [net for net, (rate, _) in zip(nets, lines, strict=True) if rate == row.rate]
        assert sum(mine) == row.net
    for net, (rate, gross) in zip(nets, lines, strict=True):
        assert abs(net - Fraction(gross * 10_000, 10_000 + rate)) <= 1


@given(count=st.integers(1, 1500), rate=RATES)
def test_a_line_that_costs_nothing_has_no_tax_among_a_thousand_lines(count: int, rate: int) -> None:
    lines = [(rate, 0 if place % 3 == 0 else 99) for place in range(count)]
    nets = line_nets(lines)
    assert all(net == 0 for net, (_, gross) in zip(nets, lines, strict=True) if gross == 0)
    assert sum(nets) == sum(row.net for row in by_rate(lines))
