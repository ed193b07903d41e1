"""`comptoir-central stock`: what is there, and the movements that people order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.typed import Folder, StoreName, at
from sync.central.movements import Kind

stock = typer.Typer(help="What is in the shops, and what moves it.", no_args_is_help=True)

Sku = Annotated[str, typer.Argument(help="The article, as the catalogue names it.")]
Quantity = Annotated[str, typer.Argument(help="Pieces, or kilograms: 12, or 3,5 kg.")]
Name = Annotated[
    str,
    typer.Option("--name", help="Told again under the same name, nothing moves; else a new one."),
]
Reason = Annotated[str, typer.Option("--reason", help="Kept with the movement.")]


@stock.command("list")
def stock_list(
    store: StoreName,
    article: Annotated[str, typer.Option(help="One article alone.")] = "",
    below: Annotated[bool, typer.Option("--below", help="Only what is below zero.")] = False,
    folder: Folder = None,
) -> None:
    """List what a shop has: for sale, picked for customers, promised; below zero first."""
    from sync.central.commands.shelves import list_levels

    raise typer.Exit(list_levels(at(folder), store, article, below=below))


@stock.command("import")
def stock_import(
    store: StoreName,
    file: Annotated[Path, typer.Argument(help="CSV: an article (or code) and a quantity a row.")],
    kind: Annotated[
        str, typer.Option("--as", help="count (what is there), delivery or correction.")
    ] = "count",
    name: Name = "",
    reason: Reason = "",
    folder: Folder = None,
) -> None:
    """Bring a file of quantities in, as one change: all of it, or nothing.

    Without a name the file's content is one: the same file twice moves nothing.
    """
    from sync.central.commands.shelves import import_file

    raise typer.Exit(import_file(at(folder), store, file, kind, (name, reason)))


def _ordered(command: str, kind: Kind, said: str) -> None:
    """Add a command that orders a movement of one article."""

    def order(
        store: StoreName,
        sku: Sku,
        quantity: Quantity,
        name: Name = "",
        reason: Reason = "",
        folder: Folder = None,
    ) -> None:
        _move(folder, store, (kind, name, reason), sku, quantity)

    stock.command(command, help=said)(order)


_ordered("count", Kind.COUNT, "Say how much of an article is there; the difference is written.")
_ordered("receive", Kind.DELIVERY, "Take a delivery in; its note is a good name.")


@stock.command("adjust", context_settings={"ignore_unknown_options": True})
def stock_adjust(
    store: StoreName,
    sku: Sku,
    quantity: Annotated[str, typer.Argument(help="What came (2) or went (-2).")],
    reason: Annotated[str, typer.Option("--reason", help="Broken, stolen, found…")],
    name: Name = "",
    folder: Folder = None,
) -> None:
    """Correct the stock of an article: broken, stolen, found."""
    _move(folder, store, (Kind.CORRECTION, name, reason), sku, quantity)


@stock.command("transfer")
def stock_transfer(
    store: StoreName,
    target: StoreName,
    sku: Sku,
    quantity: Quantity,
    name: Name = "",
    reason: Reason = "",
    folder: Folder = None,
) -> None:
    """Move goods from one shop to another."""
    from sync.central.commands.shelves import transfer

    raise typer.Exit(transfer(at(folder), (store, target), (name, reason), sku, quantity))


def _move(
    folder: Path | None, store: str, order: tuple[Kind, str, str], sku: str, quantity: str
) -> None:
    from sync.central.commands.shelves import move

    raise typer.Exit(move(at(folder), store, order, sku, quantity))
