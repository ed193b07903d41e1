"""Channels, orders and webhooks, as the office looks after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import typer

from pos.domain.errors import Refusal
from pos.domain.order import STATE_NAMES
from pos.domain.words import Amount, Sentence
from sync.central import stores
from sync.central.commands.said import say, words
from sync.central.commands.shops import at_centre
from sync.central.engine import Centre
from sync.central.open import Opened
from sync.central.orders import channels, names, placing, refunds, webhooks
from sync.central.orders.channels import Added, Channel
from sync.central.orders.held import Held, listed, steps_of
from sync.central.orders.messages import told
from sync.central.orders.refunds import Refund
from sync.central.orders.steps import Step
from sync.central.orders.webhooks import Listed
from sync.central.values import TillId

OFFICE = "office"
"""Who took a step that was taken by this command."""

REASON_MOST = 200

T = TypeVar("T")


def add_channel(folder: Path, name: str, url: str, only: tuple[str, ...]) -> int:
    """Let a channel in; print what it must keep."""

    async def deed(centre: Centre) -> Added:
        for store in only:
            await stores.known(centre, TillId(store, ""))
        return await channels.add(centre, name, url, only, datetime.now(UTC))

    added = _done(folder, deed)
    typer.echo(f"key     {added.key}")
    if added.secret:
        typer.echo(f"secret  {added.secret}")
    say(Sentence("Keep them now: they are not shown again."))
    return 0


def list_channels(folder: Path) -> int:
    """Print the channels."""

    async def deed(centre: Centre) -> list[Channel]:
        return await channels.every(centre)

    for one in _done(folder, deed):
        mark = "✗" if one.revoked_at else " "
        at = words().moment(one.made_at.astimezone())
        only = " ".join(one.stores) or "*"
        typer.echo(f"{mark} {one.name:<20} {at}  {only}  {one.webhook_url or '–'}")
    return 0


def revoke_channel(folder: Path, name: str) -> int:
    """Let a channel in no more."""

    async def deed(centre: Centre) -> None:
        await channels.revoke(centre, name, datetime.now(UTC))

    _done(folder, deed)
    say(Sentence("The channel {name} is not let in any more.", name=name))
    return 0


def list_orders(folder: Path, store: str, *, over: bool) -> int:
    """Print orders: their names, states, when they were promised, how many lines."""

    async def deed(centre: Centre) -> list[Held]:
        found: list[Held] = []
        for name in await _stores(centre, store):
            async with centre.session(name) as session:
                found += await listed(session, name, over=over)
        return found

    say_word = words().say
    for one in _done(folder, deed):
        order = one.order
        at = words().moment(datetime.fromisoformat(order.promised_at).astimezone())
        state = say_word(STATE_NAMES[order.state])
        typer.echo(f"{one.name} {order.reference:<12} {state:<14} {at}  {len(order.lines)}")
    return 0


def show_order(folder: Path, name: str) -> int:
    """Print an order and its steps."""

    async def deed(centre: Centre) -> tuple[Held, list[Step]]:
        store, order = _parts(name)
        held = await placing.order_by_id(centre, store, order)
        async with centre.session(store) as session:
            return held, await steps_of(session, store, order)

    held, steps = _done(folder, deed)
    typer.echo(told(held).model_dump_json(indent=2))
    for step in steps:
        typer.echo(f"{step.at}  {step.kind:<24} {step.by:<12} {step.source}")
    return 0


def cancel_order(folder: Path, name: str, reason: str) -> int:
    """Cancel an order."""
    if len(reason) > REASON_MOST:
        raise Refusal("too_long", "A reason has {most} characters at most.", most=REASON_MOST)

    async def deed(centre: Centre) -> Held:
        store, order = _parts(name)
        return await placing.cancel(centre, store, order, OFFICE, datetime.now(UTC), reason)

    held = _done(folder, deed)
    say(Sentence("The order {reference} is cancelled.", reference=held.order.reference))
    return 0


def list_refunds(folder: Path, store: str, *, settled: bool) -> int:
    """Print refunds: of which order, which one, how much, since when, who said it is paid."""

    async def deed(centre: Centre) -> list[Refund]:
        return await refunds.listed(centre, await _stores(centre, store), settled=settled)

    for one in _done(folder, deed):
        told = words().moment(one.told_at.astimezone())
        how_much = words().amount(one.amount)
        line = f"{one.order_name} {one.n:>3}  {one.reference:<12} {how_much:>12}  {told}"
        end = f"  {one.settled_by} {one.payment}" if one.settled_at else ""
        typer.echo(f"{line}  {one.channel}{end}".rstrip())
    return 0


def settle_refund(folder: Path, name: str, n: int, payment: str) -> int:
    """Write down that a refund is paid."""
    if len(payment) > refunds.PAYMENT_MOST:
        raise Refusal(
            "too_long", "A payment's name has {most} characters at most.", most=refunds.PAYMENT_MOST
        )

    async def deed(centre: Centre) -> Refund:
        named = (*_parts(name), n)
        return await refunds.settle(centre, named, OFFICE, payment, datetime.now(UTC))

    done = _done(folder, deed)
    say(
        Sentence(
            "The refund of {amount} for the order {reference} is paid.",
            amount=Amount(done.amount),
            reference=done.reference,
        )
    )
    return 0


def list_webhooks(folder: Path, store: str, *, waiting: bool) -> int:
    """Print webhooks: to whom, of which order, how often they were tried, and why in vain."""

    async def deed(centre: Centre) -> list[tuple[str, Listed]]:
        found: list[tuple[str, Listed]] = []
        for name in await _stores(centre, store):
            async with centre.session(name) as session:
                items = await webhooks.listed(session, name, waiting=waiting)
            found += [(name, item) for item in items]
        return found

    for name, one in _done(folder, deed):
        at = words().moment(one.made_at.astimezone())
        what = f"{one.channel} {one.kind} {names.public(name, one.order)}"
        typer.echo(f"{name} {one.name}  {at}  {what}  {one.state} {one.tries}  {one.problem}")
    return 0


def retry_webhooks(folder: Path, store: str, name: str) -> int:
    """Try webhooks again."""

    async def deed(centre: Centre) -> int:
        now = datetime.now(UTC)
        return await centre.done(store, lambda session: webhooks.retry(session, store, name, now))

    count = _done(folder, deed)
    say(Sentence("{count} webhooks will be tried again.", count=count))
    return 0


def _done(folder: Path, deed: Callable[[Centre], Awaitable[T]]) -> T:
    """Do something with the databases of a folder's centre. Raises Refusal for what it refuses."""

    async def at_it(centre: Centre, _found: Opened) -> T:
        return await deed(centre)

    return at_centre(folder, at_it)


async def _stores(centre: Centre, store: str) -> list[str]:
    if not store:
        return [one.store for one in await stores.every(centre)]
    await stores.known(centre, TillId(store, ""))
    return [store]


def _parts(name: str) -> tuple[str, str]:
    store = names.store_of(name)
    if store is None:
        raise Refusal("no_order_name", "{name} is no order's name.", name=name)
    return store, name.partition(".")[2]
