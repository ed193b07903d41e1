"""Orders to collect (port `Orders`): the centre's rows with this till's own steps on top.

The rows lie in `centre.db`, the steps in the journal; what the two make together is kept until
either changes. A row is parsed again only when its text did, and steps are folded only on the
orders that they are of, so that a day of 500 orders costs what has changed of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import Connection, Engine

from pos.domain import events
from pos.domain.events.orders import (
    HandOverAsked,
    HandOverUndone,
    OrderCalled,
    OrderEvent,
    OrderHandedOver,
)
from pos.domain.feed import PassKeyFields, StoreFields
from pos.domain.order import Order
from pos.domain.order_moves import Moves, is_sellable
from pos.domain.order_steps import after
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.journal.repeat import KIND, told
from pos.ports.centre import LaneKept
from pos.ports.orders import (
    AskedHandOver,
    ClaimAnswer,
    HandedOver,
    Moved,
    PassKey,
    StoreName,
)
from pos.store.centre import CentreFile
from pos.store.engine import reading
from pos.store.outbox import heads_of
from pos.store.projections import ENTRY_SQL, entry_of
from pos.store.unit import Journal

CLAIMS_KEPT = 200
"""How many of the claims that were answered are kept."""

_ROWS = "SELECT key, fields FROM thing WHERE kind = 'order' AND fields IS NOT NULL"
_ASIDE = "SELECT kind, key, fields FROM thing WHERE kind IN ('pass_key', 'store') AND fields > ''"
_READ = "SELECT v, nonce, round FROM reading WHERE scope LIKE 'store:%'"
_STEPS = f"{ENTRY_SQL} WHERE ordinal IN (SELECT entry FROM order_step WHERE"
_BEYOND = (
    f"{_STEPS} order_id > '' AND entry > coalesce((SELECT max(ordinal) FROM entry"
    " WHERE epoch = ?1 AND number <= ?2), 0)) AND epoch = ?1 AND number > ?2 AND number <= ?3"
    " ORDER BY ordinal"
)
_SINCE = f"{_STEPS} order_id > '' AND entry > ?) ORDER BY ordinal"
_LAST = "SELECT coalesce(max(entry), 0) FROM order_step"
_REPEATED = f"{ENTRY_SQL} WHERE epoch = ? AND number > ? AND kind = '{KIND}' ORDER BY ordinal"
_OF_ORDER = f"{_STEPS} order_id = ?) ORDER BY ordinal"
_LAST_LOCK = f"{_STEPS} kind = 'pickup.codes_locked') ORDER BY ordinal DESC LIMIT 1"
_WRONG_CODES = (
    "SELECT count(*) FROM order_step JOIN entry ON ordinal = order_step.entry"
    " WHERE order_step.kind = 'pickup.code_refused' AND at > ? AND at <= ?"
)
_CALLS = f"{_STEPS} kind = 'order.called') AND at >= ? ORDER BY ordinal"
_UNFINISHED = f"""
{_STEPS} kind = 'order.hand_over_asked' AND NOT EXISTS (
    SELECT 1 FROM order_step AS ended
    WHERE ended.order_id = order_step.order_id AND ended.entry > order_step.entry
    AND ended.kind IN ('order.handed_over', 'order.hand_over_dropped')))
ORDER BY ordinal
"""
_CLAIM = (
    "INSERT OR IGNORE INTO claim (claim, what, key, granted, holder, answered_at)"
    " VALUES (?, ?, ?, 0, '', '')"
)
_FORGET_CLAIMS = f"""
DELETE FROM claim WHERE answered_at > '' AND answered_at < (
    SELECT min(answered_at) FROM (SELECT answered_at FROM claim WHERE answered_at > ''
        ORDER BY answered_at DESC LIMIT {CLAIMS_KEPT}))
"""
_CLAIMED = (
    "SELECT granted, holder, answered_at, why FROM claim WHERE claim = ? AND answered_at > ''"
)
_UNANSWERED = "SELECT 1 FROM claim WHERE claim = ? AND answered_at = ''"
_LARGEST = 1 << 62


@dataclass(slots=True)
class _Rows:
    """The centre's rows as they were last parsed, each beside its text, and what reads them."""

    token: object = None
    orders: dict[str, tuple[str, Order]] = field(default_factory=dict)
    keys: Mapping[int, PassKey] = field(default_factory=dict)
    stores: Mapping[int, StoreName] = field(default_factory=dict)


@dataclass(slots=True)
class _Shown:
    """What the till shows: the orders by ULID, what own steps moved, and when codes were found."""

    orders: dict[str, Order] = field(default_factory=dict)
    all: tuple[Order, ...] = ()
    moves: Moves = field(default_factory=Moves)
    by_code: dict[str, list[str]] = field(default_factory=dict)


class OrderFile:
    """The port `Orders` on the files of a data folder."""

    def __init__(self, centre: CentreFile, till: Engine, ledger: Journal) -> None:
        self._centre = centre
        self._till = reading(till)
        self._ledger = ledger
        self._lock = threading.RLock()
        self._seen: tuple[object, str, int] | None = None
        self._last = 0
        self._rows = _Rows()
        self._shown = _Shown()
        self._generation = 0

    def version(self) -> object:
        """See `pos.ports.orders.Orders.version`."""
        self._fresh()
        return self._generation

    def all(self) -> Sequence[Order]:
        """See `pos.ports.orders.Orders.all`."""
        return self._fresh().all

    def order(self, name: str) -> Order | None:
        """See `pos.ports.orders.Orders.order`."""
        return self._fresh().orders.get(name)

    def by_code(self, code_hash: str) -> Sequence[Order]:
        """See `pos.ports.orders.Orders.by_code`."""
        shown = self._fresh()
        return [shown.orders[name] for name in shown.by_code.get(code_hash, ())]

    def read_at(self) -> str:
        """See `pos.ports.orders.Orders.read_at`."""
        at = self._centre.report().read_at
        return next((one for scope, one in at.items() if scope.startswith("store:")), "")

    def pass_keys(self) -> Mapping[int, PassKey]:
        """See `pos.ports.orders.Orders.pass_keys`."""
        self._fresh()
        return self._rows.keys

    def stores(self) -> Mapping[int, StoreName]:
        """See `pos.ports.orders.Orders.stores`."""
        self._fresh()
        return self._rows.stores

    def own_number(self) -> int | None:
        """See `pos.ports.orders.Orders.own_number`."""
        own = self._ledger.place.store
        return next((one.number for one in self.stores().values() if one.store == own), None)

    def moved(self, sku: str) -> Moved:
        """See `pos.ports.orders.Orders.moved`."""
        moves = self._fresh().moves
        return Moved(moves.on_hand.get(sku, 0), moves.shelf.get(sku, 0))

    def steps(self, name: str) -> Sequence[tuple[str, OrderEvent]]:
        """See `pos.ports.orders.Orders.steps`."""
        return [(entry.at, step) for entry, step in self._own(_OF_ORDER, name)]

    def handed(self, name: str) -> Sequence[HandedOver]:
        """See `pos.ports.orders.Orders.handed`."""
        own = self._own(_OF_ORDER, name)
        undone = {step.visit for _, step in own if isinstance(step, HandOverUndone)}
        return [
            HandedOver(entry.name, entry.at, step, step.visit in undone)
            for entry, step in own
            if isinstance(step, OrderHandedOver)
        ]

    def unfinished(self) -> Sequence[AskedHandOver]:
        """See `pos.ports.orders.Orders.unfinished`."""
        return [
            AskedHandOver(entry.name, entry.at, step)
            for entry, step in self._own(_UNFINISHED)
            if isinstance(step, HandOverAsked)
        ]

    def claim(self, claim: str, what: Literal["hand_over"], key: str) -> None:
        """See `pos.ports.orders.Orders.claim`."""
        if self._centre.told("SELECT 1"):
            self._centre.write(_CLAIM, claim, what, key)
            self._centre.write(_FORGET_CLAIMS)

    def unclaim(self, claim: str) -> None:
        """See `pos.ports.orders.Orders.unclaim`."""
        if self._centre.told(_UNANSWERED, claim):
            self._centre.write("DELETE FROM claim WHERE claim = ? AND answered_at = ''", claim)

    def claimed(self, claim: str) -> ClaimAnswer | None:
        """See `pos.ports.orders.Orders.claimed`."""
        found = self._centre.told(_CLAIMED, claim)
        return ClaimAnswer(bool(found[0][0]), *found[0][1:]) if found else None

    def locked(self) -> tuple[str, int] | None:
        """See `pos.ports.orders.Orders.locked`."""
        with self._till.connect() as connection:
            rows = connection.exec_driver_sql(_LAST_LOCK)
            found = [entry_of(row) for row in rows]
        return (found[0].at, int(read_facts(found[0].body)["wait_s"])) if found else None

    def wrong_codes(self, since: str, until: str) -> int:
        """See `pos.ports.orders.Orders.wrong_codes`."""
        with self._till.connect() as connection:
            return int(connection.exec_driver_sql(_WRONG_CODES, (since, until)).scalar_one())

    def last_queue(self, since: str) -> int:
        """See `pos.ports.orders.Orders.last_queue`."""
        given = [step.queue for _, step in self._own(_CALLS, since) if _is_call(step)]
        return given[-1] if given else 0

    def _own(self, statement: str, *values: object) -> list[tuple[Entry, Any]]:
        with self._till.connect() as connection:
            rows = connection.exec_driver_sql(statement, values)
            entries = [entry_of(row) for row in rows]
        return [(entry, _step(entry)) for entry in entries]

    def _fresh(self) -> _Shown:
        """Return what is shown, brought up to what `centre.db` and the journal say now.

        While the centre told nothing new, only the steps taken since are put on top.
        """
        with self._lock:
            head, told_at = self._ledger.head, self._centre.version()
            now = (told_at, head.epoch, head.number)
            if now == self._seen:
                return self._shown
            with self._till.connect() as connection:
                if self._seen is None or now[:2] != self._seen[:2]:
                    self._take_rows()
                    orders = {key: order for key, (_, order) in self._rows.orders.items()}
                    self._fold(orders, Moves(), self._uncounted(connection))
                else:
                    rows = connection.exec_driver_sql(_SINCE, (self._last,))
                    steps = [entry_of(row) for row in rows]
                    if steps:
                        self._fold(dict(self._shown.orders), self._shown.moves, steps)
                self._last = int(connection.exec_driver_sql(_LAST).scalar_one())
            self._seen = now
            return self._shown

    def _take_rows(self) -> None:
        """Read the centre's rows when the courier read the store again; parse what changed."""
        keys, stores = _aside(self._centre.told(_ASIDE))
        if (keys, stores) != (self._rows.keys, self._rows.stores):
            self._rows.keys, self._rows.stores = keys, stores
        token = tuple(self._centre.told(_READ))
        if token == self._rows.token:
            return
        before, found = self._rows.orders, {}
        for key, text in self._centre.told(_ROWS):
            known = before.get(key)
            order = known[1] if known and known[0] == text else _order(text)
            if order is not None:
                found[key] = (text, order)
        self._rows.orders, self._rows.token = found, token

    def _fold(self, orders: dict[str, Order], moves: Moves, steps: Iterable[Entry]) -> None:
        """Put own steps on top of orders, and show them."""
        place = self._ledger.place
        for entry in steps:
            step = _step(entry)
            row = orders.get(step.order)
            if row is not None:
                then = after(row, step, at=entry.at, by=f"{place.store}-{place.till}")
                moves = moves.plus(Moves.between(row, then, is_sellable=is_sellable(step)))
                orders[step.order] = then
        shown = tuple(orders.values())
        if moves != self._shown.moves or shown != self._shown.all:
            self._generation += 1
            self._shown = _Shown(orders, shown, moves, _codes(shown))

    def _uncounted(self, connection: Connection) -> list[Entry]:
        """Return the own steps that the centre's rows do not hold, in the journal's order.

        Of an epoch that forked only those up to the last shared entry count; later ones do so
        through their repetitions, as with stock.
        """
        included, lanes = self._centre.standing()
        till, found = self._ledger.place.till, list[Entry]()
        for epoch in heads_of(connection):
            lane = lanes.get(epoch, LaneKept())
            last = _LARGEST if lane.until is None else lane.until
            found += _beyond(connection, epoch, included.get(f"{till}-{epoch}", 0), last)
        return found


def _beyond(connection: Connection, epoch: str, counted: int, last: int) -> Iterable[Entry]:
    rows = connection.exec_driver_sql(_BEYOND, (epoch, counted, last))
    found = [entry_of(row) for row in rows]
    repeated = connection.exec_driver_sql(_REPEATED, (epoch, counted))
    again = [told(entry_of(row)) for row in repeated]
    return [*found, *(entry for entry in again if entry.kind.startswith("order."))]


def _step(entry: Entry) -> Any:
    return events.read(entry.kind, entry.version, read_facts(entry.body))


def _is_call(step: object) -> bool:
    return isinstance(step, OrderCalled)


def _codes(orders: Iterable[Order]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for order in orders:
        if order.code_hash:
            found.setdefault(order.code_hash, []).append(order.order)
    return found


def _order(text: str) -> Order | None:
    try:
        return Order.model_validate_json(text)
    except ValidationError:
        return None  # a newer centre's: this till cannot hand it out


def _aside(rows: Sequence[Any]) -> tuple[Mapping[int, PassKey], Mapping[int, StoreName]]:
    """Return the pass keys and the shops of rows (kind, key, fields); others are left out."""
    keys, stores = {}, {}
    for kind, key, text in rows:
        try:
            if kind == "pass_key" and key.isdigit():
                told = PassKeyFields.model_validate_json(text)
                raw = bytes.fromhex(told.public_key)
                keys[int(key)] = PassKey(int(key), raw, told.revoked)
            elif kind == "store":
                one = StoreFields.model_validate_json(text)
                stores[one.number] = StoreName(one.number, key, one.name or key)
        except ValidationError:
            continue
    return keys, stores
