"""`comptoir-central promotion`: what the shops take off by themselves, for a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.typed import Folder, Zone, at

promotion = typer.Typer(
    help="What is taken off by itself, where and from when to when.", no_args_is_help=True
)

Key = Annotated[str, typer.Argument(help="Its key, such as SOLDES26; it replaces one of that key.")]


@promotion.command("set")
def promotion_set(  # noqa: PLR0913  each is an option of the command
    key: Key,
    name: Annotated[str, typer.Argument(help="As tickets print it.")],
    percent: Annotated[str, typer.Option(help="The share taken off, such as 20.")] = "",
    price: Annotated[str, typer.Option(help="A price instead, such as 1,99.")] = "",
    every: Annotated[
        int, typer.Option(min=1, max=100, help="Of so many pieces, the cheapest gets it.")
    ] = 1,
    article: Annotated[list[str] | None, typer.Option(help="For this article; repeat it.")] = None,
    department: Annotated[list[str] | None, typer.Option(help="For all of a department.")] = None,
    since: Annotated[
        str, typer.Option("--from", help="2026-12-24, or an instant; else at once.")
    ] = "",
    until: Annotated[
        str, typer.Option(help="The last day, or the instant of its end; else none.")
    ] = "",
    zone: Zone = "FR",
    folder: Folder = None,
) -> None:
    """Set a promotion; tills have it ahead of time and switch at the same instant.

    Without article and department it is for everything.
    """
    from sync.central.commands.promotions import set_one

    told = {
        "key": key,
        "name": name,
        "percent": percent,
        "price": price,
        "every": str(every),
        "articles": " ".join(article or ()),
        "departments": ",".join(department or ()),
        "from": since,
        "until": until,
    }
    raise typer.Exit(set_one(at(folder), zone, told))


@promotion.command("import")
def promotion_import(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: key, name, percent or price, every, articles, departments, from, until."
        ),
    ],
    zone: Zone = "FR",
    folder: Folder = None,
) -> None:
    """Bring promotions in from a file, as one change: all of them, or nothing."""
    from sync.central.commands.promotions import import_file

    raise typer.Exit(import_file(at(folder), zone, file))


@promotion.command("list")
def promotion_list(zone: Zone = "FR", folder: Folder = None) -> None:
    """List the promotions of a zone: their rule, from when to when."""
    from sync.central.commands.promotions import list_all

    raise typer.Exit(list_all(at(folder), zone))


@promotion.command("end")
def promotion_end(key: Key, zone: Zone = "FR", folder: Folder = None) -> None:
    """End a promotion now; one that has not begun is taken off."""
    from sync.central.commands.promotions import end_one

    raise typer.Exit(end_one(at(folder), zone, key))
