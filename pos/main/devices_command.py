"""The commands of whoever connects devices, said for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

devices = typer.Typer(help="Scanners, printer, drawer, display.", no_args_is_help=True)


@devices.command("list")
def devices_list() -> None:
    """List the serial ports and input devices of this machine, and those in the settings."""
    from pos.main.counters import list_devices

    raise typer.Exit(list_devices())


@devices.command("test")
def devices_test(
    seconds: Annotated[int, typer.Option(help="How long to wait for scans.", min=1, max=600)] = 10,
) -> None:
    """Print a test page, show a line on the display, and tell what the scanners read."""
    from pos.main.counters import check_devices

    raise typer.Exit(check_devices(seconds))


@devices.command("scan")
def devices_scan(
    scanner: Annotated[
        str, typer.Argument(help="A scanner's name in the settings, or its address.")
    ] = "",
    seconds: Annotated[int, typer.Option(help="How long to listen.", min=1, max=3600)] = 60,
    scans: Annotated[int, typer.Option(help="Stop after so many scans; 0: do not.", min=0)] = 0,
    record: Annotated[
        Path | None, typer.Option(help="Write down what comes, byte by byte.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Read such a recording instead of a scanner.")
    ] = None,
) -> None:
    """Show what scanners send and what the till makes of it; nothing is sold."""
    from pos.main.scans import Until, scan_test

    raise typer.Exit(scan_test(scanner, Until(seconds, scans), record, replay))
