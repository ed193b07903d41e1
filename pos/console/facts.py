"""What `expect` can look at, and how."""

from __future__ import annotations

from collections.abc import Callable

from pos.console.console import Console, Unexpected
from pos.domain.money import parse_amount
from pos.domain.words import Amount
from pos.till import tender, tickets


def expect(console: Console, rest: str) -> str:
    what, _, wanted = rest.partition(" ")
    if what not in FACTS:
        raise Unexpected(f"“{what}” is nothing to expect; known are {', '.join(sorted(FACTS))}.")
    found = FACTS[what](console)
    if what == "refused":
        console.refused = ""
    wanted = wanted.strip()
    same = found == wanted or (
        what in AMOUNTS and found == str(Amount(parse_amount(wanted or "0")))
    )
    if not same:
        raise Unexpected(f"expected {what} {wanted or '(nothing)'}, found {found or '(nothing)'}")
    return f"{what} {found}"


AMOUNTS = frozenset({"total", "due", "change"})
FACTS: dict[str, Callable[[Console], str]] = {
    "total": lambda console: str(Amount(console.desk.basket.total)),
    "due": lambda console: str(Amount(console.desk.basket.due)),
    "change": lambda console: str(
        Amount(console.desk.last_sale.change if console.desk.last_sale else 0)
    ),
    "lines": lambda console: str(len(console.desk.basket.lines)),
    "parked": lambda console: str(len(console.desk.parked)),
    "ticket": lambda console: console.desk.last_sale.label if console.desk.last_sale else "",
    "refused": lambda console: console.refused,
    "asks": lambda console: console.question.asks.value if console.question else "",
    "last": lambda console: console.desk.basket.last.name if console.desk.basket.last else "",
    "printed": lambda console: str(console.printed),
    "to-check": lambda console: str(len(tickets.unknown_prints(console.desk))),
    "to-print": lambda console: str(sum(not one.unknown for one in console.desk.prints.values())),
    "cards-open": lambda console: str(len(tender.unsettled(console.desk))),
}
"""What `expect` can look at."""
