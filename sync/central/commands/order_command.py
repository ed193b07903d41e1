"""`comptoir-central channel`, `orders`, `webhooks`: who sells, what was ordered, what was told."""

from __future__ import annotations

from typing import Annotated

import typer

from sync.central.commands.typed import Folder, StoreName, at

channel = typer.Typer(help="Sales channels: who may place orders.", no_args_is_help=True)
orders = typer.Typer(help="Orders to collect.", no_args_is_help=True)
webhooks = typer.Typer(help="What channels could not be told.", no_args_is_help=True)

ChannelName = Annotated[str, typer.Argument(help="Such as web.")]
OrderName = Annotated[str, typer.Argument(help="As the list names it, S001.01J….")]
OfStore = Annotated[str, typer.Option("--store", help="Of this store only.")]


@channel.command("add")
def channel_add(
    name: ChannelName,
    webhook: Annotated[str, typer.Option(help="Where it is told what happens: https://….")] = "",
    store: Annotated[
        list[str] | None, typer.Option(help="A store it may sell for; else all. May be repeated.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Let a channel in, or give one a new key; prints the key and the webhooks' secret, once."""
    from sync.central.commands.order_desk import add_channel

    raise typer.Exit(add_channel(at(folder), name, webhook, tuple(store or ())))


@channel.command("list")
def channel_list(folder: Folder = None) -> None:
    """List the channels: since when, for which stores, where webhooks go."""
    from sync.central.commands.order_desk import list_channels

    raise typer.Exit(list_channels(at(folder)))


@channel.command("revoke")
def channel_revoke(name: ChannelName, folder: Folder = None) -> None:
    """Let a channel in no more, from its next request on. Its orders go on."""
    from sync.central.commands.order_desk import revoke_channel

    raise typer.Exit(revoke_channel(at(folder), name))


@orders.command("list")
def orders_list(
    store: OfStore = "",
    over: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    folder: Folder = None,
) -> None:
    """List the orders that are under way, the newest first."""
    from sync.central.commands.order_desk import list_orders

    raise typer.Exit(list_orders(at(folder), store, over=over))


@orders.command("show")
def orders_show(order: OrderName, folder: Folder = None) -> None:
    """Print an order as channels are told of it (JSON), and its steps."""
    from sync.central.commands.order_desk import show_order

    raise typer.Exit(show_order(at(folder), order))


@orders.command("cancel")
def orders_cancel(
    order: OrderName,
    reason: Annotated[str, typer.Option(help="The store and the customer read it.")] = "",
    folder: Folder = None,
) -> None:
    """Cancel an order that was not handed over; what was picked of it is put back then."""
    from sync.central.commands.order_desk import cancel_order

    raise typer.Exit(cancel_order(at(folder), order, reason))


@orders.command("refunds")
def orders_refunds(
    store: OfStore = "",
    settled: Annotated[bool, typer.Option("--all", help="Also those that are paid.")] = False,
    folder: Folder = None,
) -> None:
    """List what channels were told to pay back and nobody said is paid, the oldest first."""
    from sync.central.commands.order_desk import list_refunds

    raise typer.Exit(list_refunds(at(folder), store, settled=settled))


@orders.command("refunded")
def orders_refunded(
    order: OrderName,
    refund: Annotated[int, typer.Argument(min=1, help="Its number, as the list says.")],
    payment: Annotated[str, typer.Option(help="How the payment is called.")] = "",
    folder: Folder = None,
) -> None:
    """Write down that a refund is paid, where the channel does not say so itself."""
    from sync.central.commands.order_desk import settle_refund

    raise typer.Exit(settle_refund(at(folder), order, refund, payment))


@webhooks.command("list")
def webhooks_list(
    store: OfStore = "",
    waiting: Annotated[bool, typer.Option("--all", help="Also what is still tried.")] = False,
    folder: Folder = None,
) -> None:
    """List the webhooks that were laid aside: to whom, what, why."""
    from sync.central.commands.order_desk import list_webhooks

    raise typer.Exit(list_webhooks(at(folder), store, waiting=waiting))


@webhooks.command("retry")
def webhooks_retry(
    store: StoreName,
    name: Annotated[str, typer.Argument(help="As the list names it; none for all.")] = "",
    folder: Folder = None,
) -> None:
    """Try webhooks again that were laid aside."""
    from sync.central.commands.order_desk import retry_webhooks

    raise typer.Exit(retry_webhooks(at(folder), store, name))
