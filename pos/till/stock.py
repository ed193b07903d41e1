"""The stock of an article in this store: what the centre last told, and what was sold here since.

Selling never waits for stock, and a level below zero refuses nothing: the goods on the shelf are
the truth, and the difference is for a manager to count.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.shift import instant, instant_text
from pos.ports.centre import Elsewhere
from pos.till.desk import Desk

FRESH_S = 10
"""How long an answer about other stores is not asked for again."""


@dataclass(frozen=True, slots=True)
class StockHere:
    """Thousandths: `on_hand` may still be sold, `shelf` waits for its customer, `reserved` is
    promised of what is on hand. `read_at` is when the store's stock was last read, an instant
    text.
    """

    on_hand: int
    shelf: int
    reserved: int
    read_at: str


def stock_of(desk: Desk, sku: str) -> StockHere | None:
    """Return the stock of an article in this store, None when the centre told none of it."""
    centre = desk.ports.centre
    level = None if centre is None else centre.level(sku)
    if centre is None or level is None:
        return None
    told = centre.report().read_at
    read_at = next((at for scope, at in told.items() if scope.startswith("store:")), "")
    on_hand = level.fields.quantity + centre.moved(sku, level.included)
    return StockHere(on_hand, level.fields.shelf, level.fields.reserved, read_at)


def look_elsewhere(desk: Desk, sku: str) -> Elsewhere | None:
    """Ask where else in the company an article is, and return the last answer, however old.

    A newer answer is there at a later call, while the network lasts; None until the first one.
    """
    centre = desk.ports.centre
    if centre is None:
        return None
    known = centre.elsewhere(sku)
    now = instant_text(desk.ports.clock.now())
    if known is None or (known.answered_at and _is_old(known.answered_at, now)):
        centre.ask_elsewhere(sku, now)
    return known if known is not None and known.answered_at else None


def _is_old(at: str, now: str) -> bool:
    return abs((instant(now) - instant(at)).total_seconds()) > FRESH_S
