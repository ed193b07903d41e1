"""What channels and customers do with orders: place, amend, cancel, “I am here”.

Each is one transaction of the order's store. Whether an order may be promised is decided under the
lock of the store, so two orders never get the last piece.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.money import AMOUNT_MAX
from pos.domain.order import MAY_CANCEL, Contract, Order, OrderLine, OrderState
from pos.domain.pickup_pass import code_hash
from pos.domain.shift import instant_text
from sync.central import claims, feed, prices
from sync.central.engine import Centre
from sync.central.orders import names, steps
from sync.central.orders.availability import Shop, shop, sureness
from sync.central.orders.book import Book
from sync.central.orders.held import Held, body_of, by_ids, by_token, steps_of
from sync.central.orders.messages import Amendment, NewLine, NewOrder
from sync.central.orders.steps import Step
from sync.central.reservations import Short
from sync.central.settings import OrderRules
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Impossible, Unknown

PROMISE_MOST = timedelta(days=90)
"""How far ahead an order may be promised."""

CUSTOMER = "customer"
"""Who took a step that was taken on the customer's page."""

_TAKEN = text(
    "SELECT code, channel, reference FROM customer_order WHERE store_id = :store_id"
    " AND (code = :code OR (channel = :channel AND reference = :reference))"
)


class OutOfStock(CentreRefusal):
    """A store cannot promise all of an order: of each article, what is wanted and what it has."""

    def __init__(self, shorts: Sequence[Short]) -> None:
        told = "; ".join(
            f"{one.sku}: {one.wanted} wanted, {one.available} available" for one in shorts
        )
        super().__init__("out_of_stock", told)
        self.shorts = tuple(shorts)


@dataclass(frozen=True, slots=True)
class _Code:
    """A short code and what tills keep of it."""

    text: str
    hash: str

    @classmethod
    def fresh(cls, store: str) -> _Code:
        """Return a new one; this takes some milliseconds of work."""
        made = names.code()
        return cls(made, code_hash(made, store))


async def place(
    centre: Centre,
    channel: str,
    asked: NewOrder,
    rules: OrderRules,
    now: datetime,
    order: str | None = None,
) -> Held:
    """Place an order and keep its goods; `order` is its ULID where the caller gives one.

    Told again under the same ULID it changes nothing and returns the order as it was placed. Raises
    Unknown (no such store), OutOfStock, CentreRefusal `same_reference`, Impossible
    (`unknown_article`, `bad_quantity`, `no_price`, `bad_paid`, `bad_promise`).
    """
    name = order or names.ulid(now)
    code = await asyncio.to_thread(_Code.fresh, asked.store)

    async def deed(session: AsyncSession) -> Held:
        return await _place(session, (name, channel, code), asked, rules, now)

    return await centre.done(asked.store, deed)


async def amend(
    centre: Centre, store: str, order: str, asked: Amendment, rules: OrderRules, now: datetime
) -> Held:
    """Change an order that is not being picked yet; the same asked again changes nothing.

    Raises Unknown, OutOfStock, CentreRefusal (`too_late`, and those of `place`).
    """

    async def deed(book: Book, held: Held) -> Held:
        if held.order.state not in steps.AMENDABLE:
            raise CentreRefusal("too_late", f"the order is {held.order.state} already")
        where = await shop(book.session, store)
        facts, email = await _amended(book.session, where, held, asked, now)
        told = held.order.fields()
        facts = {key: value for key, value in facts.items() if told[key] != value}
        book.write_to(order, email)
        if facts:
            step = step_of(held, steps.AMENDED, held.order.channel, facts, now)
            sure = sureness(where.heard_at, rules, now)
            wanted = steps.after(held.order, step, held.keep_s)
            short = await book.shorts(order, wanted, sure.held_back)
            if short:
                raise OutOfStock(short)
            book.take(step)
        return book.held[order]

    return await _change(centre, store, order, deed, now)


async def cancel(
    centre: Centre, store: str, order: str, by: str, now: datetime, reason: str = ""
) -> Held:
    """Cancel an order, while it may be; what was picked of it is to be put back then.

    `by` is the channel, `CUSTOMER`, or a person of the office. Cancelled again it stays as it is.
    Raises Unknown, CentreRefusal `too_late`, and `being_handed_over` while a till has the word of
    the centre that it may hand it over.
    """

    async def deed(book: Book, held: Held) -> Held:
        if held.order.state is OrderState.CANCELLED:
            return held
        if held.order.state not in MAY_CANCEL:
            raise CentreRefusal("too_late", f"the order is {held.order.state} already")
        live = await claims.held_back(book.session, store, [order])
        if live:
            told = f"the order is being handed over by {live[order].claim.partition('/')[0]}"
            raise CentreRefusal("being_handed_over", told)
        book.take(step_of(held, steps.CANCELLED, by, {"reason": reason}, now))
        return book.held[order]

    return await _change(centre, store, order, deed, now)


async def customer_here(centre: Centre, token: str, now: datetime) -> Held:
    """Write down that the customer waits at the shop; told again it changes nothing.

    Raises Unknown for a token of no order, CentreRefusal `too_late` when there is nothing to wait
    for any more.
    """
    found = await order_by_token(centre, token)
    if found is None:
        raise Unknown("there is no such order")

    async def deed(book: Book, held: Held) -> Held:
        if held.order.state not in MAY_CANCEL:
            raise CentreRefusal("too_late", f"the order is {held.order.state} already")
        if not held.order.here_at:
            book.take(step_of(held, steps.HERE, CUSTOMER, {}, now))
        return book.held[held.order.order]

    return await _change(centre, found.store, found.order.order, deed, now)


async def order_by_token(centre: Centre, token: str) -> Held | None:
    """Return the order that the token of a customer's page names, None when there is none."""
    store = names.store_of(token)
    if store is None:
        return None
    async with centre.session(store) as session:
        return await by_token(session, store, token)


async def order_by_id(centre: Centre, store: str, order: str) -> Held:
    """Return an order by its store and ULID. Raises Unknown."""
    async with centre.session(store) as session:
        found = (await by_ids(session, store, [order])).get(order)
    if found is None:
        raise Unknown(f"there is no order {names.public(store, order)}")
    return found


async def _change(
    centre: Centre,
    store: str,
    order: str,
    change: Callable[[Book, Held], Awaitable[Held]],
    now: datetime,
) -> Held:
    """Change an order in a transaction of its own."""

    async def deed(session: AsyncSession) -> Held:
        book = await Book.open(session, store, now)
        await book.read([order])
        if order not in book.held:
            raise Unknown(f"there is no order {names.public(store, order)}")
        changed = await change(book, book.held[order])
        await book.write()
        await session.commit()
        return changed

    return await centre.done(store, deed)


async def _place(
    session: AsyncSession,
    who: tuple[str, str, _Code],
    asked: NewOrder,
    rules: OrderRules,
    now: datetime,
) -> Held:
    name, channel, code = who
    where = await shop(session, asked.store)
    lines = await _lines(session, where, asked.lines, now)
    book = await Book.open(session, asked.store, now)
    held = (await by_ids(session, asked.store, [name])).get(name)
    if held is not None:
        first = (await steps_of(session, asked.store, name))[0]
        return replace(held, order=steps.placed(first)[0], steps=1)
    reference = asked.reference or names.reference()
    code = await _free(session, asked.store, (code, channel, reference))
    sure = sureness(where.heard_at, rules, now)
    order = _order(asked, rules, now, (name, channel, reference, code.hash), lines)
    short = await book.shorts(name, order, sure.held_back)
    if short:
        raise OutOfStock(short)
    held = Held(
        store=asked.store,
        order=order,
        token=names.token(asked.store),
        code=code.text,
        channel=channel,
        steps=0,
        is_request=not sure.is_sure,
        keep_s=rules.keep_hours * 3600,
        email=asked.customer.email,
        made_at=now,
    )
    facts = {"order": order.fields(), "keep_s": held.keep_s}
    book.place(held, step_of(held, steps.PLACED, channel, facts, now))
    await book.write()
    await session.commit()
    return book.held[name]


def _order(
    asked: NewOrder,
    rules: OrderRules,
    now: datetime,
    names_: tuple[str, str, str, str],
    lines: tuple[OrderLine, ...],
) -> Order:
    name, channel, reference, hashed = names_
    total = _total(lines)
    promised = _promise(asked.promised_at or now + timedelta(minutes=rules.prepare_minutes), now)
    return Order(
        order=name,
        reference=reference,
        channel=channel,
        contract=asked.contract,
        placed_at=instant_text(now),
        promised_at=instant_text(promised),
        expires_at=instant_text(promised + timedelta(hours=rules.keep_hours)),
        currency=rules.currency,
        total=total,
        paid=_paid(asked.contract, asked.paid, total),
        name=asked.customer.name,
        customer=asked.customer.reference,
        language=asked.customer.language,
        code_hash=hashed,
        note=asked.note,
        lines=lines,
    )


async def _amended(
    session: AsyncSession, where: Shop, held: Held, asked: Amendment, now: datetime
) -> tuple[dict[str, Any], str]:
    """Return the fields of an order as they would be then, and the address for its messages."""
    order, facts = held.order, dict[str, Any]()
    if asked.lines is not None:
        lines = await _lines(session, where, asked.lines, now)
        facts["lines"] = [line.fields() for line in lines]
        facts["total"] = _total(lines)
    total = facts.get("total", order.total)
    if asked.paid is not None:
        facts["paid"] = _paid(order.contract, asked.paid, total)
    elif order.paid > total:
        facts |= {"paid": total, "removed": order.removed + order.paid - total}
    if asked.promised_at is not None:
        promised = _promise(asked.promised_at, now)
        facts["promised_at"] = instant_text(promised)
        facts["expires_at"] = instant_text(promised + timedelta(seconds=held.keep_s))
    if asked.note is not None:
        facts["note"] = asked.note
    if asked.customer is None:
        return facts, held.email
    one = asked.customer
    facts |= {"name": one.name, "customer": one.reference, "language": one.language}
    return facts, one.email


async def _lines(
    session: AsyncSession, where: Shop, asked: Sequence[NewLine], now: datetime
) -> tuple[OrderLine, ...]:
    """Return lines with what the catalogue says of their articles."""
    skus = sorted({one.sku for one in asked})
    articles = await feed.current(session, COMPANY, CATALOGUE, "article", skus)
    priced = await prices.held_in(session, where.price_zone, skus)
    second = int(now.timestamp())
    lines = []
    for n, one in enumerate(asked, start=1):
        article = articles.get(one.sku)
        if article is None:
            raise Impossible("unknown_article", f"the catalogue has no article {one.sku}")
        unit = article.get("unit", "piece")
        if unit == "piece" and one.quantity % 1000:
            raise Impossible("bad_quantity", f"{one.sku} is sold by the piece")
        price = one.unit_price
        if price is None:
            past = [amount for since, amount in priced.get(one.sku, []) if since <= second]
            if not past:
                raise Impossible("no_price", f"{one.sku} has no price in {where.price_zone}")
            price = past[-1]
        lines.append(
            OrderLine(
                n=n,
                sku=one.sku,
                name=article["name"],
                quantity=one.quantity,
                unit=unit,
                unit_price=price,
                age=article.get("age", 0),
            )
        )
    return tuple(lines)


def _total(lines: Sequence[OrderLine]) -> int:
    total = sum(line.amount(line.quantity) for line in lines)
    if total > AMOUNT_MAX:
        raise Impossible("bad_quantity", f"an order is of {AMOUNT_MAX} at most")
    return total


def _paid(contract: Contract, told: int | None, total: int) -> int:
    if contract is not Contract.PAID_ONLINE:
        if told:
            raise Impossible("bad_paid", f"nothing is paid online of {contract}")
        return 0
    if told is not None and told > total:
        raise Impossible("bad_paid", f"{told} was paid of {total}")
    return total if told is None else told


def _promise(promised: datetime, now: datetime) -> datetime:
    if promised.tzinfo is None:
        raise Impossible("bad_promise", "promised_at says no time zone")
    if promised > now + PROMISE_MOST:
        raise Impossible("bad_promise", f"an order is for {PROMISE_MOST.days} days at most")
    return max(promised, now)


async def _free(session: AsyncSession, store: str, wanted: tuple[_Code, str, str]) -> _Code:
    """Return a short code that no order of the store has. Raises CentreRefusal `same_reference`."""
    code, channel, reference = wanted
    asked = {"store_id": store, "channel": channel, "reference": reference}
    while True:
        found = (await session.execute(_TAKEN, {**asked, "code": code.text})).all()
        if any((row.channel, row.reference) == (channel, reference) for row in found):
            raise CentreRefusal("same_reference", f"{channel} has an order {reference} already")
        if not found:
            return code
        code = _Code.fresh(store)


def step_of(held: Held, kind: str, by: str, facts: dict[str, Any], now: datetime) -> Step:
    """Return a step that is taken at the centre."""
    order, body = held.order.order, body_of(facts)
    identity = hashlib.sha256(f"{order}/{held.steps + 1}/{kind}/{body}".encode()).digest()
    return Step(identity, order, kind, by, instant_text(now), "", body, now)
