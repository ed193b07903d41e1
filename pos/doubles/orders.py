"""Orders as a till sees them, in memory: rows that a centre told, the till's own steps on top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pos.domain.events import Event
from pos.domain.events.orders import (
    CodeRefused,
    CodesLocked,
    HandOverAsked,
    HandOverDropped,
    HandOverUndone,
    OrderCalled,
    OrderEvent,
    OrderHandedOver,
)
from pos.domain.order import Order
from pos.domain.order_moves import Moves, is_sellable
from pos.domain.order_steps import after
from pos.doubles.store import MemoryStore
from pos.journal.entry import Entry
from pos.ports.orders import (
    AskedHandOver,
    ClaimAnswer,
    HandedOver,
    Moved,
    PassKey,
    StoreName,
)


@dataclass
class MemoryOrders:
    """The port `Orders` over a store in memory.

    `rows` are the centre's, `counted` is how many of the store's entries are in them. While
    `is_online` a claim is answered at once, by `held`, which two tills may share; `answers` are
    those of claims that are answered otherwise (None: not yet).
    """

    store: MemoryStore
    rows: dict[str, Order] = field(default_factory=dict)
    counted: int = 0
    keys: dict[int, PassKey] = field(default_factory=dict)
    shops: dict[int, StoreName] = field(default_factory=dict)
    number: int | None = 1
    at: str = ""
    is_online: bool = True
    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    answers: dict[str, ClaimAnswer | None] = field(default_factory=dict)

    def put(self, *orders: Order) -> None:
        """Let orders come down from the centre, all steps so far counted in them."""
        self.rows |= {order.order: order for order in orders}

    def version(self) -> object:
        """Return how many rows, and how many entries, there are."""
        return tuple(self.rows.values()), len(self.store.events)

    def all(self) -> Sequence[Order]:
        """Return every order, own steps on top."""
        return [self._folded(order)[0] for order in self.rows.values()]

    def order(self, name: str) -> Order | None:
        """Return an order by its ULID, own steps on top."""
        row = self.rows.get(name)
        return None if row is None else self._folded(row)[0]

    def by_code(self, code_hash: str) -> Sequence[Order]:
        """Return the orders that a short code proves."""
        return [one for one in self.all() if one.code_hash == code_hash]

    def read_at(self) -> str:
        """Return what was said."""
        return self.at

    def pass_keys(self) -> Mapping[int, PassKey]:
        """Return what was said."""
        return self.keys

    def stores(self) -> Mapping[int, StoreName]:
        """Return what was said."""
        return self.shops

    def own_number(self) -> int | None:
        """Return what was said."""
        return self.number

    def moved(self, sku: str) -> Moved:
        """Return how own steps that are not counted move an article."""
        total = Moves()
        for row in self.rows.values():
            total = total.plus(self._folded(row)[1])
        return Moved(total.on_hand.get(sku, 0), total.shelf.get(sku, 0))

    def steps(self, name: str) -> Sequence[tuple[str, OrderEvent]]:
        """Return the store's own steps of an order."""
        return [
            (entry.at, event)
            for entry, event in self._own()
            if isinstance(event, OrderEvent) and event.order == name
        ]

    def handed(self, name: str) -> Sequence[HandedOver]:
        """Return the store's own hand-overs of an order."""
        undone = {event.visit for _, event in self.steps(name) if isinstance(event, HandOverUndone)}
        return [
            HandedOver(entry.name, entry.at, event, event.visit in undone)
            for entry, event in self._own()
            if isinstance(event, OrderHandedOver) and event.order == name
        ]

    def unfinished(self) -> Sequence[AskedHandOver]:
        """Return the claims that neither a hand-over nor a giving up ended."""
        ended = {
            event.claim
            for _, event in self._own()
            if isinstance(event, OrderHandedOver | HandOverDropped)
        }
        return [
            AskedHandOver(entry.name, entry.at, event)
            for entry, event in self._own()
            if isinstance(event, HandOverAsked) and entry.name not in ended
        ]

    def claim(self, claim: str, what: Literal["hand_over"], key: str) -> None:
        """Note a claim; it is answered while the centre is reached."""
        del what
        self.asked.setdefault(claim, key)

    def unclaim(self, claim: str) -> None:
        """Forget a claim; one that was granted is free again, as the centre does on hearing so."""
        key = self.asked.pop(claim, "")
        if key in self.held and self.held[key][0] == claim:
            del self.held[key]

    def claimed(self, claim: str) -> ClaimAnswer | None:
        """Return the answer, None while the centre is not reached."""
        if claim in self.answers:
            return self.answers[claim]
        if not self.is_online or claim not in self.asked:
            return None
        entry = next(entry for entry, _ in self._own() if entry.name == claim)
        holder, at = self.held.setdefault(self.asked[claim], (claim, entry.at))
        return ClaimAnswer(holder == claim, holder, at)

    def locked(self) -> tuple[str, int] | None:
        """Return when codes were last locked, and for how long."""
        locks = [
            (entry.at, event.wait_s)
            for entry, event in self._own()
            if isinstance(event, CodesLocked)
        ]
        return locks[-1] if locks else None

    def wrong_codes(self, since: str, until: str) -> int:
        """Return how many wrong codes were tried in between."""
        tried = [entry.at for entry, event in self._own() if isinstance(event, CodeRefused)]
        return sum(1 for at in tried if since < at <= until)

    def last_queue(self, since: str) -> int:
        """Return the last queue number given since an instant."""
        given = [
            event.queue
            for entry, event in self._own()
            if isinstance(event, OrderCalled) and entry.at >= since
        ]
        return given[-1] if given else 0

    def _own(self) -> Iterator[tuple[Entry, Event]]:
        return zip(self.store.entries, self.store.events, strict=True)

    def _folded(self, row: Order) -> tuple[Order, Moves]:
        """Return an order with the steps that are not counted, and what those moved."""
        place, moves = self.store.place, Moves()
        for entry, event in list(self._own())[self.counted :]:
            if isinstance(event, OrderEvent) and event.order == row.order:
                then = after(row, event, at=entry.at, by=f"{place.store}-{place.till}")
                moves = moves.plus(Moves.between(row, then, is_sellable=is_sellable(event)))
                row = then
        return row, moves
