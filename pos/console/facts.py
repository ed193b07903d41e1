"""What `expect` can look at, and how."""

from __future__ import annotations

from collections.abc import Callable

from pos.console.console import Console, Unexpected
from pos.domain.events import SaleFinished
from pos.domain.money import parse_amount
from pos.domain.words import Amount
from pos.ports import ShiftState
from pos.till import cash, tender, tickets
from pos.till.matters import matters


def expect(console: Console, rest: str) -> str:
    what, _, wanted = rest.partition(" ")
    fact = FACTS.get(what)
    amount = AMOUNTS.get(what)
    if fact is None and amount is None:
        known = ", ".join(sorted({**FACTS, **AMOUNTS}))
        raise Unexpected(f"“{what}” is nothing to expect; known are {known}.")
    wanted = wanted.strip()
    if amount is not None:
        found, wanted = str(Amount(amount(console))), str(Amount(parse_amount(wanted or "0")))
    elif fact is not None:
        found = fact(console)
    if what == "refused":
        console.refused = ""
    if found != wanted:
        raise Unexpected(f"expected {what} {wanted or '(nothing)'}, found {found or '(nothing)'}")
    return f"{what} {found}"


def _sale(console: Console) -> SaleFinished | None:
    return console.desk.last_sale


def _shift(console: Console) -> ShiftState:
    last = console.desk.ports.books.last_shift(cash.drawer_of(console.desk))
    if last is None:
        raise Unexpected("this drawer had no shift yet")
    return last


def _expected(console: Console) -> int:
    """Return what was expected at the last count; nobody learns it before."""
    counts = _shift(console).counts
    if not counts:
        raise Unexpected("this drawer was not counted; what it should hold is hidden until then")
    return counts[-1].expected


def _copies(console: Console) -> str:
    sale = _sale(console)
    return str(console.desk.ports.past.copies(sale.label)) if sale else "0"


def _last_closing(console: Console) -> str:
    last = console.desk.ports.books.last_closing("day")
    return last.label if last else ""


def _shift_label(console: Console) -> str:
    now = cash.current_shift(console.desk)
    return now.opened.label if now else ""


AMOUNTS: dict[str, Callable[[Console], int]] = {
    "total": lambda console: console.desk.basket.total,
    "due": lambda console: console.desk.basket.due,
    "change": lambda console: sale.change if (sale := _sale(console)) else 0,
    "float": lambda console: _shift(console).float_amount,
    "expected": _expected,
    "left": lambda console: _shift(console).left or 0,
    "perpetual": lambda console: console.desk.running.perpetual,
    "perpetual-abs": lambda console: console.desk.running.perpetual_abs,
    "period": lambda console: console.desk.running.period,
}
"""The amounts that `expect` can look at, in minor units."""

FACTS: dict[str, Callable[[Console], str]] = {
    "lines": lambda console: str(len(console.desk.basket.lines)),
    "parked": lambda console: str(len(console.desk.parked)),
    "ticket": lambda console: sale.label if (sale := _sale(console)) else "",
    "operation": lambda console: sale.operation if (sale := _sale(console)) else "",
    "copies": _copies,
    "refused": lambda console: console.refused,
    "asks": lambda console: console.question.asks.value if console.question else "",
    "last": lambda console: console.desk.basket.last.name if console.desk.basket.last else "",
    "printed": lambda console: str(console.printed),
    "to-check": lambda console: str(len(tickets.unknown_prints(console.desk))),
    "to-print": lambda console: str(sum(not one.unknown for one in console.desk.prints.values())),
    "cards-open": lambda console: str(len(tender.unsettled(console.desk))),
    "shift": _shift_label,
    "closed-day": lambda console: str(console.desk.closed_through or ""),
    "closing": _last_closing,
    "matters": lambda console: " ".join(matter.slug for matter in matters(console.desk)),
    "order": lambda console: console.order.state.value if console.order else "",
    "verdict": lambda console: console.verdict,
    "training": lambda console: "on" if console.desk.training else "off",
}
"""What else `expect` can look at, as text."""
