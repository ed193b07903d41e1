"""From entries to tables: one function a kind, used by the till's commit and by the rebuild alike.

A projection sees nothing but the entry, its event and the tables it writes itself: no clock, no
settings, so that the same journal always makes the same tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pos.domain import events
from pos.domain.events import Event, SaleFinished
from pos.domain.events.orders import OrderStep
from pos.journal.entry import Entry, Place
from pos.store.book_projections import PROJECT_BOOKS
from pos.store.statements import INSERT, RUNNING, TRAINING, Project
from pos.store.writer import Cursor

Row = tuple[Any, ...]

_LINE_START = attrgetter("n", "sku", "code", "name", "quantity", "unit", "unit_price", "gross")
_LINE_END = attrgetter(
    "ticket_discount",
    "total",
    "vat",
    "vat_rate",
    "net",
    "tax",
    "price_before",
    "department",
    "eco",
    "guarantee_months",
    "meal_voucher",
    "lot",
    "expiry",
)
_VAT = attrgetter("rate", "gross", "net", "tax")
_TENDER = attrgetter("n", "method", "amount", "given", "reference", "origin")
_SALE = attrgetter(
    "ticket",
    "label",
    "basket",
    "at",
    "business_day",
    "zone",
    "currency",
    "staff",
    "operator",
    "operation",
    "shift",
    "total",
    "rounding",
    "change",
    "age_checked",
    "training",
    "software",
)
_STAMP = attrgetter(
    "plugin",
    "fiscal_version",
    "chain",
    "number",
    "payload",
    "previous",
    "signature",
    "key_id",
    "algorithm",
    "extract",
)
_GRAND_TOTAL = attrgetter("chain", "number", "signature")
_TOTALS = attrgetter("period", "perpetual", "perpetual_abs")
_RETURNED = attrgetter("ticket", "line", "reason")
_TAKINGS = "UPDATE shift SET takings = takings + ? WHERE shift = ?"


def insert_entry(cursor: Cursor, ordinal: int, entry: Entry) -> None:
    """Write the entry itself."""
    place = entry.place
    row = (ordinal, place.store, place.till, place.epoch, *_ENTRY(entry))
    cursor.execute(INSERT["entry"], row)


_ENTRY = attrgetter(
    "number", "kind", "version", "at", "body", "previous", "hash", "signature", "key_id"
)


def entry_of(row: Any) -> Entry:
    """Return the entry of a row of `entry` without its ordinal (see ENTRY_SQL).

    A row whose columns someone changed into another type is still an entry, an altered one.
    """
    store, till, epoch, number, kind, version, at, *raw, key_id = row
    body, previous, own, signature = (
        each if type(each) is bytes else str(each).encode() for each in raw
    )
    return Entry(
        Place(str(store), str(till), str(epoch)),
        number if type(number) is int else -1,
        str(kind),
        version if type(version) is int else -1,
        str(at),
        body,
        previous,
        own,
        signature,
        str(key_id),
    )


ENTRY_SQL = (
    "SELECT store, till, epoch, number, kind, version, at, body, previous, hash, signature, key_id"
    " FROM entry"
)
"""What `entry_of` reads; ORDER BY ordinal is the journal's order."""


def project(cursor: Cursor, ordinal: int, entry: Entry, event: Event) -> None:
    """Write what the entry changes in the projections; most technical events change nothing."""
    handler = PROJECT.get(event.kind)
    if handler is not None:
        handler(cursor, ordinal, entry, event)


def _sale_finished(cursor: Cursor, ordinal: int, entry: Entry, event: SaleFinished) -> None:
    cursor.executemany(INSERT["sale_line"], [_line_row(ordinal, line) for line in event.lines])
    cursor.executemany(INSERT["sale_vat"], [(ordinal, *_VAT(rate)) for rate in event.vat])
    cursor.executemany(INSERT["sale_tender"], [(ordinal, *_TENDER(t)) for t in event.tenders])
    off = event.ticket_discount
    row = (
        *(
            ordinal,
            entry.place.epoch,
            *_SALE(event),
            _hour(event),
            0 if off is None else off.amount,
        ),
        *(len(event.voided), sum(line.total for line in event.voided), *_running(cursor, event)),
        *_STAMP(event.fiscal),
        *((None, None, None) if event.grand_total is None else _GRAND_TOTAL(event.grand_total)),
    )
    cursor.execute(INSERT["sale"], row)
    cash = sum(tender.amount for tender in event.tenders if tender.method == "cash")
    if event.shift and cash:
        cursor.execute(_TAKINGS, (cash, event.shift))


def _hour(event: SaleFinished) -> int:
    return datetime.fromisoformat(event.at).astimezone(ZoneInfo(event.zone)).hour


def _running(cursor: Cursor, event: SaleFinished) -> Sequence[int]:
    """Return the totals after a sale: what it states, else what the one before it leads to."""
    if event.training:
        return 0, 0, 0
    if event.running is not None:
        return _TOTALS(event.running)
    period, perpetual, absolute = cursor.execute(RUNNING).fetchone() or (0, 0, 0)
    return period + event.total, perpetual + event.total, absolute + abs(event.total)


def _line_row(ordinal: int, line: events.LineFacts) -> Row:
    off, back = line.discount, line.returned
    discount = (0, 0, "") if off is None else (off.amount, off.percent, off.reason)
    returned = (None, None, None) if back is None else _RETURNED(back)
    return (ordinal, *_LINE_START(line), *discount, *_LINE_END(line), *returned, line.order)


def _print_asked(cursor: Cursor, ordinal: int, _entry: Entry, event: events.PrintAsked) -> None:
    facts = (event.document, event.paper, event.copy_number, event.printer, event.staff)
    row = (event.job, ordinal, *facts, _is_training(cursor), "queued", None)
    cursor.execute(INSERT["print_job"], row)


def _is_training(cursor: Cursor) -> int:
    return (cursor.execute(TRAINING).fetchone() or (0,))[0]


def _print_sending(cursor: Cursor, _o: int, _entry: Entry, event: events.PrintSending) -> None:
    cursor.execute("UPDATE print_job SET state = 'sending' WHERE job = ?", (event.job,))


def _print_finished(cursor: Cursor, _o: int, _entry: Entry, event: events.PrintFinished) -> None:
    cursor.execute(
        "UPDATE print_job SET state = ?, settled_by = ? WHERE job = ?",
        (event.outcome, event.settled_by, event.job),
    )


def _card_asked(cursor: Cursor, ordinal: int, _entry: Entry, event: events.CardAsked) -> None:
    facts = (event.basket, event.amount, event.terminal, event.staff, _is_training(cursor))
    row = (event.request, ordinal, *facts, "asked", None, None, None)
    cursor.execute(INSERT["card_payment"], row)


def _card_answered(cursor: Cursor, ordinal: int, _entry: Entry, event: events.CardAnswered) -> None:
    cursor.execute("UPDATE card_payment SET told = ? WHERE request = ?", (ordinal, event.request))
    if event.heard is not None:
        return
    settled = None if event.outcome == "unknown" else ordinal
    cursor.execute(
        "UPDATE card_payment SET state = ?, settled = ?, settled_by = ? WHERE request = ?",
        (event.outcome, settled, event.settled_by, event.request),
    )


def _cards_compared(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.CardsCompared
) -> None:
    cursor.execute(INSERT["card_comparison"], (ordinal, event.terminal, event.difference))


def _basket_abandoned(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.BasketAbandoned
) -> None:
    voided = (len(event.voided), sum(line.total for line in event.voided))
    row = (ordinal, event.total, *voided, _is_training(cursor))
    cursor.execute(INSERT["basket_end"], row)


def _drawer_opened(cursor: Cursor, ordinal: int, entry: Entry, event: events.DrawerOpened) -> None:
    cursor.execute(INSERT["drawer_opening"], (ordinal, entry.at, event.cause, event.staff))


def _order_step(cursor: Cursor, ordinal: int, _entry: Entry, event: OrderStep) -> None:
    cursor.execute(INSERT["order_step"], (ordinal, event.order, event.kind))


def _code_tried(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.CodeRefused | events.CodesLocked
) -> None:
    cursor.execute(INSERT["order_step"], (ordinal, "", event.kind))


PROJECT: dict[str, Project] = {
    "sale.finished": _sale_finished,
    "print.asked": _print_asked,
    "print.sending": _print_sending,
    "print.finished": _print_finished,
    "card.asked": _card_asked,
    "card.answered": _card_answered,
    "cards.compared": _cards_compared,
    "drawer.opened": _drawer_opened,
    "basket.abandoned": _basket_abandoned,
    **{step.model_fields["kind"].default: _order_step for step in get_args(OrderStep)},
    "pickup.code_refused": _code_tried,
    "pickup.codes_locked": _code_tried,
    **PROJECT_BOOKS,
}
