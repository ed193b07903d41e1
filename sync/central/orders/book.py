"""The book of a store's orders: steps are taken in, and all that follows is written with them.

A book is opened under the lock of the store's counter (`feed.advance`), which every change of its
stock takes too: nobody else writes an order or a level of the store meanwhile, and what was read
stays true. `write` is the end: order, step, stock, reservation, row of the feed, mail and webhook
are one transaction, which the caller commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import Order
from sync.central import feed, reservations, stock
from sync.central.orders import refunds, steps
from sync.central.orders.held import Held, by_ids, row_of, step_row
from sync.central.orders.messages import payload
from sync.central.orders.steps import MailKind, Step
from sync.central.project import SELLABLE, MoveRow
from sync.central.reservations import Kept, Short
from sync.central.values import COMPANY, store_scope

_KNOWN = text(
    "SELECT identity FROM order_step WHERE store_id = :store_id AND identity = ANY(:identities)"
)
_PUT = text(
    "INSERT INTO customer_order AS o (store_id, order_id, token, code, channel, reference, state,"
    " fields, steps, owed, is_request, keep_s, email, made_at, changed_at, expires_at, reminded_at,"
    " is_erased)"
    " VALUES (:store_id, :order_id, :token, :code, :channel, :reference, :state, :fields, :steps,"
    " :owed, :is_request, :keep_s, :email, :made_at, :now, :expires_at, :reminded_at,"
    " false)"
    " ON CONFLICT (store_id, order_id) DO UPDATE SET state = excluded.state,"
    " fields = excluded.fields, steps = excluded.steps, owed = excluded.owed,"
    " email = excluded.email, changed_at = excluded.changed_at, expires_at = excluded.expires_at,"
    " reminded_at = excluded.reminded_at, is_erased = false"
)
_PUT_STEP = text(
    "INSERT INTO order_step (store_id, identity, order_id, n, kind, by, at, source, body, told_at)"
    " VALUES (:store_id, :identity, :order_id, :n, :kind, :by, :at, :source, :body, :told_at)"
)
_PUT_MAIL = text(
    "INSERT INTO mail (store_id, order_id, v, n, kind, amount, state, tries, next_at, made_at,"
    " problem) VALUES (:store_id, :order_id, :v, :n, :kind, :amount, 'waiting', 0, :now, :now, '')"
)
_PUT_DELIVERY = text(
    "INSERT INTO webhook_delivery (store_id, channel, v, n, order_id, kind, body, state, tries,"
    " next_at, made_at, problem) SELECT :store_id, :channel, :v, :n, :order_id, :kind, :body,"
    " 'waiting', 0, :now, :now, '' FROM channel WHERE store_id = :company AND channel = :channel"
    " AND webhook_url <> '' AND revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class _News:
    """What is to be told of an order: its kind, and how much is paid back (minor units), or is not
    any more. `refund` is the number of that: the step that brought it.
    """

    order: str
    kind: str
    amount: int = 0
    refund: int = 0


@dataclass
class Book:
    """A store's orders while they are written; `held` are those that were read so far."""

    session: AsyncSession
    store: str
    now: datetime
    held: dict[str, Held] = field(default_factory=dict)
    _before: dict[str, Kept] = field(default_factory=dict)
    _taken: list[tuple[Step, int]] = field(default_factory=list)
    _moves: list[MoveRow] = field(default_factory=list)
    _mails: list[tuple[str, MailKind, int]] = field(default_factory=list)
    _news: list[_News] = field(default_factory=list)
    _refunds: list[tuple[str, int, int]] = field(default_factory=list)
    _touched: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, session: AsyncSession, store: str, now: datetime) -> Self:
        """Open the book of a store; it stays locked until the transaction ends."""
        await feed.advance(session, store, store_scope(store), 1, now)
        return cls(session, store, now)

    async def read(self, orders: Iterable[str]) -> None:
        """Read some orders and lock their rows, as who grants a claim of one does (`claims`).

        Those that the store has not are not in `held` then.
        """
        wanted = [one for one in set(orders) if one not in self.held]
        if not wanted:
            return
        for name, held in (await by_ids(self.session, self.store, wanted, lock=True)).items():
            self.held[name] = held
            self._before[name] = steps.kept(held.order)

    @property
    def taken(self) -> list[Step]:
        """The steps that were taken in and are not written yet, in their order."""
        return [step for step, _ in self._taken]

    async def known(self, identities: Sequence[bytes]) -> set[bytes]:
        """Return which of these steps were taken before."""
        asked = {"store_id": self.store, "identities": list(identities)}
        return {bytes(one) for one in (await self.session.execute(_KNOWN, asked)).scalars()}

    def place(self, held: Held, step: Step) -> None:
        """Take in a new order by its first step."""
        self._before[held.order.order] = {}
        self.held[held.order.order] = replace(held, steps=1)
        self._taken.append((step, 1))
        self._tell(None, held, step)

    def take(self, step: Step) -> None:
        """Take in a step of an order that is in `held`. Raises ValueError for an impossible one."""
        old = self.held[step.order]
        now = steps.after(old.order, step, old.keep_s)
        moved = steps.moved(old.order, now, step)
        for place, one in enumerate(moved, start=1):
            source = step.source or f"order/{step.order}/{old.steps + 1}"
            self._moves.append(
                MoveRow(self.store, source, place, one.sku, one.bin, one.quantity, step.kind,
                        step.at)
            )  # fmt: skip
        held = replace(old, order=now, steps=old.steps + 1)
        self._taken.append((step, held.steps))
        self.held[step.order] = held
        self._tell(old.order, held, step)

    def keep_unknown(self, step: Step) -> None:
        """Keep a step of an order that the store does not have."""
        self._taken.append((step, 0))

    def remind(self, order: str) -> None:
        """Send the customer a reminder, once."""
        self.held[order] = replace(self.held[order], reminded_at=self.now)
        self._touched.append(order)
        self._mails.append((order, "reminder", 0))

    def say_again(self, order: str) -> None:
        """Send the customer of an order that is ready its pass again."""
        self._touched.append(order)
        self._mails.append((order, "ready", 0))

    def write_to(self, order: str, email: str) -> None:
        """Send the customer's messages to another address from now on."""
        if self.held[order].email != email:
            self.held[order] = replace(self.held[order], email=email)
            self._touched.append(order)

    async def shorts(self, order: str, wanted: Order, held_back: int) -> list[Short]:
        """Return the articles of which an order wants more than may be promised."""
        more = reservations.kept_by_sku(steps.kept(wanted))
        more.subtract(reservations.kept_by_sku(self._before.get(order, {})))
        return await reservations.shorts(self.session, self.store, more, held_back)

    async def write(self) -> list[str]:
        """Write all that was taken in; return the articles that went below zero by it."""
        changed = [self.held[one] for one in self._changed()]
        if not changed and not self._taken:
            return []
        levels = self._level_changes(changed)
        count = len(changed) + len(levels)
        before = await feed.advance(
            self.session, self.store, store_scope(self.store), max(1, count), self.now
        )
        rows: feed.Things = {("order", one.order.order): one.order.fields() for one in changed}
        await feed.put(self.session, self.store, store_scope(self.store), rows, before)
        await self._write_rows(changed, before + max(1, count))
        if self._moves:
            await stock.append(self.session, self._moves)
        if not levels:
            return []
        return await stock.change(self.session, self.store, levels, before + len(changed))

    def _changed(self) -> list[str]:
        told = [step.order for step, n in self._taken if n]
        return list(dict.fromkeys([*told, *self._touched]))

    def _tell(self, before: Order | None, held: Held, step: Step) -> None:
        order = held.order.order
        kind = steps.told_as(before, held.order, step)
        if kind:
            self._news.append(_News(order, kind))
        mail = steps.mailed_as(before, held.order, step)
        if mail is not None:
            self._mails.append((order, mail, 0))
        more = held.order.refunded - (0 if before is None else before.refunded)
        if more:
            kind = "refund" if more > 0 else "refund_withdrawn"
            self._news.append(_News(order, kind, abs(more), held.steps))
            self._refunds.append((order, held.steps, more))
        if more > 0:
            self._mails.append((order, "refund", more))

    def _level_changes(self, changed: Sequence[Held]) -> list[stock.Change]:
        sums: dict[str, Counter[str]] = {}
        for one in self._moves:
            which = "on_hand" if one.bin == SELLABLE else "shelf"
            sums.setdefault(one.sku, Counter())[which] += one.quantity
        for held in changed:
            more = reservations.kept_by_sku(steps.kept(held.order))
            more.subtract(reservations.kept_by_sku(self._before[held.order.order]))
            for sku, quantity in more.items():
                if quantity:
                    sums.setdefault(sku, Counter())["reserved"] += quantity
        return [stock.Change(sku, **found) for sku, found in sums.items()]

    async def _write_rows(self, changed: Sequence[Held], v: int) -> None:
        for held in changed:
            name = held.order.order
            await self.session.execute(_PUT, {**row_of(held), "now": self.now})
            before, now = self._before[name], steps.kept(held.order)
            await reservations.keep(self.session, self.store, name, before, now)
        given = {"store_id": self.store, "company": COMPANY, "now": self.now, "v": v}
        if self._taken:
            rows = [step_row(self.store, step, n) for step, n in self._taken]
            await self.session.execute(_PUT_STEP, rows)
        await refunds.note(self.session, self.store, self._refunds, self.now)
        mails = [
            {**given, "n": n, "order_id": order, "kind": kind, "amount": amount}
            for n, (order, kind, amount) in enumerate(self._mails)
            if self.held[order].email
        ]
        if mails:
            await self.session.execute(_PUT_MAIL, mails)
        deliveries = [{**given, "n": n, **self._delivery(one)} for n, one in enumerate(self._news)]
        if deliveries:
            await self.session.execute(_PUT_DELIVERY, deliveries)

    def _delivery(self, news: _News) -> dict[str, Any]:
        held = self.held[news.order]
        body = payload(held, news.kind, (news.amount, news.refund), self.now)
        return {
            "order_id": news.order,
            "channel": held.channel,
            "kind": f"order.{news.kind}",
            "body": body,
        }
