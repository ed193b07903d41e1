"""What entries say, as rows of the centre's tables: pure, so that a rebuild does the very same.

An entry that cannot be understood is not an error: it is `Parked`, and a person looks at it.

>>> one = Entry(Place("S001", "T01", "K1"), 7, "moon.landed", 1, "", b"{}", b"", b"", b"", "")
>>> project([one]).parked
[Parked(number=7, why='unknown_kind')]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from pos.domain.events import EntryRepeated, Event, PeriodClosed, SaleFinished, StockAdjusted
from pos.domain.events.base import BaseEvent
from pos.domain.events.orders import OrderEvent
from pos.journal.entry import Entry, Place
from pos.journal.repeat import original
from sync.protocol import Parked

_MODELS: dict[str, type[BaseEvent]] = {
    model.model_fields["kind"].default: model for model in get_args(Event)
}
_VERSION = 1

SELLABLE, SHELF = "sellable", "shelf"
"""The bins of the ledger: what may be sold, and what was picked and waits for its customer."""


class SaleRow(NamedTuple):
    """A row of `sale`."""

    store_id: str
    till_id: str
    epoch: str
    number: int
    identity: bytes
    label: str
    at: str
    business_day: str
    staff: str
    operation: str
    currency: str
    total: int
    rounding: int
    change: int
    shift: str | None


class LineRow(NamedTuple):
    """A row of `sale_line`."""

    store_id: str
    till_id: str
    epoch: str
    number: int
    n: int
    sku: str
    quantity: int
    unit_price: int
    total: int
    vat: str
    vat_rate: int
    net: int
    tax: int
    department: str
    returned_ticket: str | None


class PaymentRow(NamedTuple):
    """A row of `payment`."""

    store_id: str
    till_id: str
    epoch: str
    number: int
    n: int
    method: str
    amount: int
    given: int


class MoveRow(NamedTuple):
    """A row of `stock_move`."""

    store_id: str
    source: str
    n: int
    sku: str
    bin: str
    quantity: int
    reason: str
    at: str


class ClosingRow(NamedTuple):
    """A row of `day_closing`."""

    store_id: str
    till_id: str
    epoch: str
    number: int
    identity: bytes
    label: str
    level: str
    period: str
    at: str
    currency: str
    tickets: int
    total: int
    perpetual: int


class StepTold(NamedTuple):
    """A step of an order as a till told it: `body` is its event's JSON, `at` the till's instant."""

    identity: bytes
    order: str
    kind: str
    by: str
    at: str
    source: str
    body: str
    number: int


ADJUSTED = "till: "
"""How the reason begins of a movement that a person told at a till."""


class SaleRows(NamedTuple):
    """A ticket with all that hangs on it."""

    sale: SaleRow
    lines: list[LineRow]
    payments: list[PaymentRow]
    moves: list[MoveRow]


@dataclass(slots=True)
class Projected:
    """The rows that entries become; an identity is there once."""

    sales: list[SaleRows] = field(default_factory=list)
    closings: list[ClosingRow] = field(default_factory=list)
    steps: list[StepTold] = field(default_factory=list)
    adjusted: list[MoveRow] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)

    @property
    def identities(self) -> set[bytes]:
        """The identities of all sales and closings."""
        return {one.sale.identity for one in self.sales} | {one.identity for one in self.closings}

    def without(self, known: set[bytes]) -> Projected:
        """Return the sales and closings whose identities are not `known`, each once: the first
        one told. Steps of orders are sorted out where orders are kept.
        """
        seen = set(known)
        sales = [one for one in self.sales if _is_first(one.sale.identity, seen)]
        closings = [one for one in self.closings if _is_first(one.identity, seen)]
        return Projected(sales, closings, self.steps, self.adjusted, self.parked)


class NotUnderstood(Exception):
    """Why an entry is parked: `unknown_kind`, `unknown_version` or `invalid_body`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _is_first(identity: bytes, seen: set[bytes]) -> bool:
    first = identity not in seen
    seen.add(identity)
    return first


def project(entries: Iterable[Entry]) -> Projected:
    """Return the rows that entries become. Training sales are played: they become none."""
    found = Projected()
    for entry in entries:
        try:
            told, event = understood(entry)
            _add(found, entry, told, event)
        except NotUnderstood as no:
            found.parked.append(Parked(number=entry.number, why=no.why))
    return found


def understood(entry: Entry) -> tuple[Entry, BaseEvent]:
    """Return the entry whose facts an entry tells (the repeated one, or itself) and its event.

    Raises NotUnderstood.
    """
    event = _event(entry)
    if not isinstance(event, EntryRepeated):
        return entry, event
    try:
        told = original(entry.place, event)
    except ValueError as error:
        raise NotUnderstood("invalid_body") from error
    return told, _event(told)


def _event(entry: Entry) -> BaseEvent:
    model = _MODELS.get(entry.kind)
    if model is None:
        raise NotUnderstood("unknown_kind")
    if entry.version != _VERSION:
        raise NotUnderstood("unknown_version")
    try:
        return model.model_validate_json(entry.body)
    except ValidationError as error:
        raise NotUnderstood("invalid_body") from error


def _add(found: Projected, entry: Entry, told: Entry, event: BaseEvent) -> None:
    if isinstance(event, SaleFinished) and not event.training:
        found.sales.append(_sale(entry, told, event))
    elif isinstance(event, PeriodClosed):
        found.closings.append(_closing(entry, told, event))
    elif isinstance(event, StockAdjusted):
        found.adjusted.append(_adjustment(told, event))
    elif isinstance(event, OrderEvent):
        found.steps.append(_step(entry, told, event))


def _sale(entry: Entry, told: Entry, event: SaleFinished) -> SaleRows:
    place, number = entry.place, entry.number
    name = (place.store, place.till, place.epoch, number)
    source = source_of(entry)
    sale = SaleRow(
        *name,
        told.hash,
        event.label,
        event.at,
        event.business_day,
        event.staff,
        event.operation,
        event.currency,
        event.total,
        event.rounding,
        event.change,
        event.shift,
    )
    lines, moves = [], []
    for line in event.lines:
        back = line.returned
        lines.append(
            LineRow(
                *name,
                line.n,
                line.sku,
                line.quantity,
                line.unit_price,
                line.total,
                line.vat,
                line.vat_rate,
                line.net,
                line.tax,
                line.department,
                None if back is None else back.ticket,
            )
        )
        reason = "sale" if back is None else "return"
        if line.order is not None and back is None:
            continue  # the hand-over of the order moves it, off the pickup shelf
        moves.append(
            MoveRow(
                place.store, source, line.n, line.sku, SELLABLE, -line.quantity, reason, event.at
            )
        )
    payments = [
        PaymentRow(*name, tender.n, tender.method, tender.amount, tender.given)
        for tender in event.tenders
    ]
    return SaleRows(sale, lines, payments, moves)


def _adjustment(told: Entry, event: StockAdjusted) -> MoveRow:
    """Return the movement; its source is the identity of the entry that was first written."""
    source = f"{source_of(told)}/{told.hash.hex()[:16]}"
    reason = f"{ADJUSTED}{event.reason}"
    return MoveRow(
        told.place.store, source, 1, event.sku, SELLABLE, event.quantity, reason, told.at
    )


def _step(entry: Entry, told: Entry, event: OrderEvent) -> StepTold:
    place = entry.place
    return StepTold(
        told.hash,
        event.order,
        event.kind,
        f"{place.store}-{place.till}",
        told.at,
        source_of(entry),
        told.body.decode(),
        entry.number,
    )


def _closing(entry: Entry, told: Entry, event: PeriodClosed) -> ClosingRow:
    place = entry.place
    return ClosingRow(
        place.store,
        place.till,
        place.epoch,
        entry.number,
        told.hash,
        event.label,
        event.level,
        event.key,
        event.at,
        event.currency,
        event.figures.tickets,
        event.figures.total,
        event.running.perpetual,
    )


def source_of(entry: Entry) -> str:
    """Return an entry's name within its store, e.g. `T01-K1/000481`."""
    return f"{entry.place.till}-{entry.place.epoch}/{entry.number:06d}"


def stored_entry(store: str, row: Any) -> Entry:
    """Return the entry that a row of `journal` keeps."""
    return Entry(
        Place(store, row.till_id, row.epoch),
        row.number,
        row.kind,
        row.version,
        row.at,
        bytes(row.body),
        bytes(row.previous),
        bytes(row.hash),
        bytes(row.signature),
        row.key_id,
    )
