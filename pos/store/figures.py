"""The figures of a span of the journal, by aggregate statements over ranges of ordinals.

A span is read a stretch at a time: SQLite groups rows in memory, so that what one statement may
need is bounded by the stretch and not by the day. What the statements of the stretches answer is
then added up by name. Every statement takes ?1 and ?2: after which ordinal, and up to which.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from typing import Any

from sqlalchemy import Connection

from pos.domain.facts import ARTICLES_MOST, COUNTED_COPIES, Figures, Tally, VatFacts

STRETCH = 4_000
"""How many entries one set of statements reads."""

_SPAN = "{column} > ?1 AND {column} <= ?2"
_REAL = _SPAN.format(column="entry") + " AND training = 0"
_OF_REAL = f"""{_SPAN.format(column="sale")} AND sale NOT IN (
    SELECT entry FROM sale WHERE training = 1 AND {_SPAN.format(column="entry")})"""

TICKETS = f"""
SELECT hour, operator, operation, count(*), sum(total), sum(rounding),
    sum(ticket_discount <> 0), sum(ticket_discount), sum(voided_lines), sum(voided_total)
FROM sale WHERE {_REAL} GROUP BY hour, operator, operation
"""
LINES = f"""
SELECT department, name, returned_reason IS NOT NULL AS back,
    count(*), sum(quantity), sum(total), sum(discount <> 0), sum(discount), count(price_before),
    sum(CASE WHEN price_before IS NULL THEN 0
        ELSE (quantity * price_before + 500) / 1000 - gross END)
FROM sale_line WHERE {_OF_REAL} GROUP BY department, name, back
"""
VAT = f"SELECT rate, sum(gross), sum(net), sum(tax) FROM sale_vat WHERE {_OF_REAL} GROUP BY rate"
TENDERS = f"""
SELECT method, count(*), 0, sum(amount) FROM sale_tender WHERE {_OF_REAL} GROUP BY method
"""
FIRST = f"SELECT label FROM sale WHERE {_REAL} ORDER BY entry LIMIT 1"
LAST = f"SELECT label FROM sale WHERE {_REAL} ORDER BY entry DESC LIMIT 1"

_IN = _SPAN.format(column="entry")
_CLOSED = _SPAN.format(column="closed")
_SETTLED = _SPAN.format(column="settled") + " AND training = 0"
_COPIES = ", ".join(f"'{paper}'" for paper in COUNTED_COPIES)
_NOW_IN = _SPAN.format(column="now.entry")
_CHANGE = """now.amount - coalesce(
    (SELECT was.amount FROM float_count AS was WHERE was.shift = now.shift AND was.entry < now.entry
        ORDER BY was.entry DESC LIMIT 1),
    shift.float_amount)"""
COUNTERS = f"""
SELECT 'abandoned', count(*), 0, sum(total) FROM basket_end WHERE {_REAL}
UNION ALL
SELECT 'voided_lines', sum(voided_lines), 0, sum(voided_total) FROM basket_end WHERE {_REAL}
UNION ALL
SELECT 'duplicates', count(*), 0, 0 FROM print_job
WHERE copy_number > 0 AND {_REAL} AND paper IN ({_COPIES})
UNION ALL
SELECT CASE cause WHEN 'no_sale' THEN 'no_sales' ELSE 'forced_openings' END, count(*), 0, 0
FROM drawer_opening WHERE {_IN} AND cause IN ('no_sale', 'forced') GROUP BY cause
UNION ALL
SELECT CASE move WHEN 'drop' THEN 'drops' ELSE move END, count(*), 0, sum(amount)
FROM cash_move WHERE {_IN} GROUP BY move
UNION ALL
SELECT 'counted', count(*), 0, sum(counted) FROM shift WHERE {_CLOSED}
UNION ALL
SELECT 'cash_difference', sum(difference <> 0), 0, sum(difference) FROM shift WHERE {_CLOSED}
UNION ALL
SELECT 'cash_difference', sum(now.amount <> shift.float_amount), 0, sum({_CHANGE})
FROM float_count AS now JOIN shift ON shift.shift = now.shift
WHERE {_NOW_IN} AND shift.float_amount <> 0
UNION ALL
SELECT 'float', count(*), 0, sum(float_amount) FROM shift WHERE {_IN}
UNION ALL
SELECT 'float', 0, 0, sum({_CHANGE})
FROM float_count AS now JOIN shift ON shift.shift = now.shift WHERE {_NOW_IN}
UNION ALL
SELECT 'unsettled_cards', count(*), 0, sum(amount) FROM card_payment
WHERE {_REAL} AND (settled IS NULL OR settled > ?2)
UNION ALL
SELECT 'settled_cards', count(*), 0, sum(amount) FROM card_payment
WHERE {_SETTLED} AND settled_by IS NOT NULL AND terminal <> 'manual'
UNION ALL
SELECT 'card_difference', sum(difference <> 0), 0, sum(difference) FROM card_comparison
WHERE {_IN}
"""
CARDS = f"""
SELECT terminal, count(*), 0, sum(amount) FROM card_payment
WHERE {_SETTLED} AND state = 'approved' GROUP BY terminal
"""

STATEMENTS = (TICKETS, LINES, VAT, TENDERS, FIRST, LAST, COUNTERS, CARDS)
"""All that the figures of a span ask of the database."""


def figures(connection: Connection, since: int, until: int) -> Figures:
    """Return the figures of the entries after `since`, up to `until`; one snapshot."""
    cursor = connection.connection.cursor()

    def rows(sql: str, after: int, upto: int) -> Iterable[Any]:
        return cursor.execute(sql, (after, upto)).fetchall()  # type: ignore[no-any-return]

    sums = _Sums()
    for start in range(since, until, STRETCH):
        end = min(start + STRETCH, until)
        sums.take_tickets(rows(TICKETS, start, end))
        sums.take_lines(rows(LINES, start, end))
        for rate, *amounts in rows(VAT, start, end):
            sums.vat.add(rate, *amounts)
        for method, *amounts in rows(TENDERS, start, end):
            sums.tenders.add(method, *amounts)
    for name, *amounts in rows(COUNTERS, since, until):
        sums.counters.add(name, *(amount or 0 for amount in amounts))
    for terminal, *amounts in rows(CARDS, since, until):
        sums.cards.add(terminal, *amounts)
    first, last = (
        label for sql in (FIRST, LAST) for (label,) in rows(sql, since, until) or [("",)]
    )
    cursor.close()
    return sums.as_figures(first, last)


Amounts = tuple[int, int, int]


class _ByName:
    """Sums of three amounts by name: for a tally count, quantity and amount."""

    def __init__(self) -> None:
        self.sums: dict[Any, Amounts] = {}

    def add(self, name: str | int, *amounts: int) -> None:
        """Add three amounts to those of a name."""
        first, second, third = self.sums.get(name, (0, 0, 0))
        self.sums[name] = (first + amounts[0], second + amounts[1], third + amounts[2])

    def tallies(self) -> list[Tally]:
        """Return the sums, by name."""
        return [_tally(one) for one in sorted(self.sums.items())]

    def best(self) -> list[Tally]:
        """Return the largest amounts above nothing, the largest first."""
        sold = (one for one in self.sums.items() if one[1][2] > 0)
        return [_tally(one) for one in nsmallest(ARTICLES_MOST, sold, key=_rank)]


def _tally(one: tuple[str, Amounts]) -> Tally:
    name, (count, quantity, amount) = one
    return Tally(name=name, count=count, quantity=quantity, amount=amount)


def _rank(one: tuple[str, Amounts]) -> tuple[int, str]:
    """The largest amount first, and of the same the first name."""
    return -one[1][2], one[0]


class _Sums:
    """What the rows of the stretches add up to."""

    def __init__(self) -> None:
        self.operations, self.hours, self.cashiers = _ByName(), _ByName(), _ByName()
        self.departments, self.articles = _ByName(), _ByName()
        self.vat, self.tenders, self.counters = _ByName(), _ByName(), _ByName()
        self.cards = _ByName()
        self.total = self.rounding = self.returned = 0

    def take_tickets(self, rows: Iterable[Any]) -> None:
        """Add the rows of TICKETS."""
        for hour, operator, operation, count, total, rounding, *found in rows:
            discounted, discount, voided_lines, voided = found
            self.hours.add(f"{hour:02d}", count, 0, total)
            self.cashiers.add(operator, count, 0, total)
            self.operations.add(operation, count, 0, total)
            self.counters.add("discounts", discounted, 0, discount)
            self.counters.add("voided_lines", voided_lines, 0, voided)
            self.total += total
            self.rounding += rounding

    def take_lines(self, rows: Iterable[Any]) -> None:
        """Add the rows of LINES; discounts and prices count where goods were sold."""
        for department, name, is_back, count, quantity, total, *found in rows:
            discounted, discount, changed, less = found
            self.departments.add(department, count, quantity, total)
            self.articles.add(name, count, quantity, total)
            if is_back:
                self.returned += total
            else:
                self.counters.add("discounts", discounted, 0, discount)
                self.counters.add("price_changes", changed, 0, less)

    def as_figures(self, first: str, last: str) -> Figures:
        """Return the figures, between the labels of the first and the last ticket."""
        count = {name: sums[0] for name, sums in self.operations.sums.items()}
        return Figures(
            first_ticket=first,
            last_ticket=last,
            tickets=sum(count.values()),
            refunds=count.get("refund", 0) + count.get("exchange", 0),
            voids=count.get("void", 0),
            sold=self.total - self.returned,
            returned=self.returned,
            total=self.total,
            rounding=self.rounding,
            vat=[
                VatFacts(rate=rate, gross=gross, net=net, tax=tax)
                for rate, (gross, net, tax) in sorted(self.vat.sums.items(), reverse=True)
            ],
            tenders=self.tenders.tallies(),
            departments=self.departments.tallies(),
            hours=self.hours.tallies(),
            cashiers=self.cashiers.tallies(),
            articles=self.articles.best(),
            counters=[one for one in self.counters.tallies() if one.count or one.amount],
            cards=self.cards.tallies(),
        )
