"""The stock of an article in this store: what the centre last told, and own sales and picks since.

Selling never waits for stock, and a level below zero refuses nothing: the goods on the shelf are
the truth, and the difference is for a manager to count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pos.domain.catalogue import Unit
from pos.domain.shift import instant, instant_text
from pos.domain.words import Quantity, Sentence
from pos.ports.centre import Centre, Elsewhere, StockThere
from pos.ports.orders import Moved
from pos.till.desk import Desk
from pos.till.readiness import ANSWERS, WORDS, age

FRESH_S = 10
"""How long an answer about other stores is not asked for again."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """Something to read of an article's stock, and how old it is where it ages."""

    text: Sentence
    age: Sentence | None = None


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
    moved = Moved() if desk.ports.orders is None else desk.ports.orders.moved(sku)
    on_hand = level.fields.quantity + centre.moved(sku, level.included) + moved.on_hand
    shelf = level.fields.shelf + moved.shelf
    return StockHere(on_hand, shelf, level.fields.reserved, read_at)


def below_zero(desk: Desk) -> list[str]:
    """Return the names of the articles that this till sold below zero on the present business day.

    Once an article and day, and only where its stock is known; the lowest comes first.
    """
    centre = desk.ports.centre
    if centre is None or not centre.enrolled():
        return []
    found = sorted(centre.below_zero(desk.business_day().isoformat()).items(), key=_left)
    named = ((desk.ports.catalogue.find(sku), sku) for sku, _ in found)
    return [sku if article is None else article.name for article, sku in named]


def _left(one: tuple[str, int]) -> int:
    return one[1]


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


def stock_lines(desk: Desk, sku: str, unit: Unit = Unit.PIECE) -> list[StockLine]:
    """Return all that is known of an article's stock, here and in the other stores; asks nobody.

    See `look_elsewhere` for asking.
    """
    centre = desk.ports.centre
    if centre is None or not centre.enrolled():
        return [StockLine(Sentence("This till belongs to no centre, which alone knows stock."))]
    return [*_here(desk, sku, unit), *_others(desk, centre, sku, unit)]


def _here(desk: Desk, sku: str, unit: Unit) -> Iterator[StockLine]:
    found = stock_of(desk, sku)
    if found is None:
        yield StockLine(Sentence("Here: nothing was ever counted, delivered or sold."))
        return
    how_old = _age(desk, found.read_at)
    yield StockLine(Sentence("Here: {quantity}", quantity=_shown(found.on_hand, unit)), how_old)
    if found.reserved:
        promised = _shown(found.reserved, unit)
        yield StockLine(Sentence("Of it promised to customers: {quantity}", quantity=promised))
    if found.shelf:
        picked = _shown(found.shelf, unit)
        yield StockLine(Sentence("Picked, waiting for customers: {quantity}", quantity=picked))
    if found.on_hand < 0:
        yield StockLine(Sentence("More was sold than counted: a manager counts it again."))


def _others(desk: Desk, centre: Centre, sku: str, unit: Unit) -> Iterator[StockLine]:
    known, state = centre.elsewhere(sku), centre.report().state
    is_answered = known is not None and bool(known.answered_at)
    if state not in ANSWERS:
        brief = WORDS[state].brief
        yield StockLine(Sentence("The other stores cannot be asked now: {state}.", state=brief))
    elif not is_answered:
        yield StockLine(Sentence("Asking about the other stores…"))
    if known is None or not is_answered:
        return
    own = desk.ports.ledger.place.store
    others = [one for one in known.stores if one.store != own]
    for one in others:
        yield StockLine(_there(one, unit), _age(desk, one.as_of))
    if not others:
        yield StockLine(Sentence("No other store has had it."), _age(desk, known.answered_at))


def _there(one: StockThere, unit: Unit) -> Sentence:
    quantity, name = _shown(one.on_hand, unit), one.name or one.store
    if not one.reserved:
        return Sentence("{name}: {quantity}", name=name, quantity=quantity)
    promised = _shown(one.reserved, unit)
    return Sentence(
        "{name}: {quantity}, of it promised {promised}",
        name=name,
        quantity=quantity,
        promised=promised,
    )


def _shown(quantity: int, unit: Unit) -> Quantity:
    return Quantity(quantity, unit.value)


def _age(desk: Desk, at: str) -> Sentence | None:
    """Return how old what was true at an instant is; None for what never was."""
    if not at:
        return None
    seconds = (desk.ports.clock.now() - instant(at)).total_seconds()
    return age(max(0, int(seconds)))


def _is_old(at: str, now: str) -> bool:
    return abs((instant(now) - instant(at)).total_seconds()) > FRESH_S
