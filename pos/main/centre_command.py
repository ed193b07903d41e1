"""The commands of a till that has a centre, said for a person; `pos.main.courier` does them."""

from __future__ import annotations

from typing import Annotated

import typer


def enrol(
    code: Annotated[
        str, typer.Argument(help="The one-time code; without it, it is scanned or typed.")
    ] = "",
    url: Annotated[str, typer.Option(help="Its address, e.g. https://centre.example.")] = "",
) -> None:
    """Make this till known to a centre, by a one-time code that a manager has from there.

    The QR code on the manager's screen also says the centre's address: any scanner of the settings
    reads it, and so does one that types.

    The till's key is made here and never leaves this machine. From then on what is done here goes
    up to the centre, and articles, prices, people and stock come down.
    """
    from pos.main.courier import enrol as ask

    raise typer.Exit(ask(code, url))


def courier(
    tied: Annotated[
        bool, typer.Option("--tied", hidden=True, help="End with the standard input.")
    ] = False,
) -> None:
    """Speak with the centre until stopped. The till does this by itself; a service may instead.

    Nothing is lost when it is killed: it goes on where the centre says.
    """
    from pos.main.courier import run_courier

    raise typer.Exit(run_courier(tied=tied))
