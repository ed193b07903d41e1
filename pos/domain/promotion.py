"""Promotions: what the shop takes off by itself, for a time, by a rule that a line keeps.

Of every `every` pieces of a promotion's articles in a basket, one (the cheapest) costs `percent`
less, or `price` apiece; with 1 that is each of them. The rule is written into the line when it is
scanned, so a basket that was begun before a promotion ends keeps it. Of several the one that takes
most counts; a discount or price that a person gives to a line stands in its place.

>>> half = Promotion("second", "2nd at half price", since=0, percent=5000, every=2)
>>> found = Promotions([half]).of("100", "", 0, 110)
>>> line = Line(n=1, sku="100", name="Pain", vat="FR055", unit_price=110, promotion=found)
>>> [one.promoted for one in promoted([line, line.model_copy(update={"n": 2})], found)]
[55, 0]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos.domain.catalogue import Unit
from pos.domain.line import Line, Promoted
from pos.domain.money import PIECE, half_up, line_amount


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion: its key and name, its instants (seconds since 1970; `until` is the first one
    at which it holds no more, 0 for no end), its rule and its articles: all, when none is named.

    `percent` is in basis points; with a `price` (minor units) it does not count.
    """

    key: str
    name: str
    since: int
    until: int = 0
    percent: int = 0
    price: int | None = None
    every: int = 1
    articles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    def holds(self, now: int) -> bool:
        """Tell whether it holds at an instant.

        >>> summer = Promotion("s", "Soldes", since=10, until=20, percent=1000)
        >>> [now for now in (9, 10, 19, 20) if summer.holds(now)]
        [10, 19]
        """
        return self.since <= now and (not self.until or now < self.until)

    def on_line(self) -> Promoted:
        """Return the rule as a line keeps it."""
        return Promoted(
            key=self.key, name=self.name, percent=self.percent, price=self.price, every=self.every
        )


class Promotions:
    """The promotions of a price zone, past ones and those to come among them."""

    def __init__(self, known: Iterable[Promotion] = ()) -> None:
        self._by_article: dict[str, list[Promotion]] = {}
        self._by_department: dict[str, list[Promotion]] = {}
        self._of_all: list[Promotion] = []
        for one in known:
            for sku in one.articles:
                self._by_article.setdefault(sku, []).append(one)
            for department in one.departments:
                self._by_department.setdefault(department, []).append(one)
            if not one.articles and not one.departments:
                self._of_all.append(one)

    def of(
        self,
        sku: str,
        department: str,
        now: int,
        unit_price: int,
        *,
        weighed: bool = False,
        own_price: bool = False,
    ) -> Promoted | None:
        """Return what an article gets at an instant: the promotion that takes most off a piece.

        Goods that are weighed or bear their own price (on a label) get only what each piece gets,
        and the latter no other price.
        """
        known = (
            *self._by_article.get(sku, ()),
            *self._by_department.get(department, ()),
            *self._of_all,
        )
        fitting = [
            (-_cut(one, unit_price), one.key, one)
            for one in known
            if one.holds(now)
            and (one.every == 1 or not (weighed or own_price))
            and (one.price is None or not own_price)
        ]
        taking = [one for one in fitting if one[0] < 0]
        return min(taking)[2].on_line() if taking else None


def _cut(one: Promotion, unit_price: int) -> int:
    """Return what a promotion takes off a piece, spread over all that it counts, in thousandths."""
    off = max(0, unit_price - one.price) * 10_000 if one.price is not None else 0
    return (unit_price * one.percent if one.price is None else off) // (10 * one.every)


def promoted(lines: Sequence[Line], which: Promoted) -> list[Line]:
    """Return the lines with what this promotion takes off each; lines of no promotion stay.

    A line whose price or discount a person set has nothing of it, and counts for no other.
    """
    counted = [line for line in lines if line.promotion == which and _counts(line)]
    off = _each(counted) if which.every == 1 else _cheapest(counted, which.every)
    return [
        line.model_copy(update={"promoted": off.get(line.n, 0)})
        if line.promotion == which and line.promoted != off.get(line.n, 0)
        else line
        for line in lines
    ]


def _counts(line: Line) -> bool:
    return line.discount is None and line.catalogue_price is None and line.returned is None


def _each(lines: Sequence[Line]) -> dict[int, int]:
    return {line.n: _off(line, line.quantity) for line in lines}


def _cheapest(lines: Sequence[Line], every: int) -> dict[int, int]:
    """Take it off the cheapest pieces: one of every `every` there are."""
    left = sum(line.quantity for line in lines) // PIECE // every
    off: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: (one.unit_price, one.n)):
        pieces = min(left, line.quantity // PIECE)
        off[line.n] = _off(line, pieces * PIECE)
        left -= pieces
    return off


def _off(line: Line, quantity: int) -> int:
    """Return what a quantity of a line costs less; the eco-participation is never discounted."""
    rule = line.promotion
    if rule is None:
        return 0
    eco = 0 if line.unit is Unit.KG else min(line.eco, line.unit_price)
    if rule.price is None:
        return half_up(line_amount(line.unit_price - eco, quantity) * rule.percent, 10_000)
    return line_amount(max(0, line.unit_price - max(rule.price, eco)), quantity)
