"""The commands of whoever connects devices, said for a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

devices = typer.Typer(
    help="Scanners, printers, drawer, display, scale, card terminals.", no_args_is_help=True
)


@devices.command("list")
def devices_list() -> None:
    """List what is plugged into this machine, its print queues, and the devices in the settings."""
    from pos.main.counters import list_devices

    raise typer.Exit(list_devices())


@devices.command("test")
def devices_test(
    seconds: Annotated[int, typer.Option(help="How long to wait for scans.", min=1, max=600)] = 10,
) -> None:
    """Print a test page, show a line on the display, and tell what the scanners read."""
    from pos.main.counters import check_devices

    raise typer.Exit(check_devices(seconds))


@devices.command("drawer")
def devices_drawer(
    seconds: Annotated[
        int, typer.Option(help="How long to wait for each step.", min=1, max=120)
    ] = 20,
) -> None:
    """Open the drawer, have it shut, and write down how its sensor tells which; close the till
    first."""
    from pos.main.drawer_lesson import teach

    raise typer.Exit(teach(float(seconds)))


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
    """Show what scanners send and what the till makes of it; nothing is sold.

    Where no scanner is set up yet, `comptoir devices doctor` finds it.
    """
    from pos.main.scans import Until, scan_test

    raise typer.Exit(scan_test(scanner, Until(seconds, scans), record, replay))


@devices.command("doctor")
def devices_doctor(
    port: Annotated[
        list[str] | None,
        typer.Option(
            help="Look there alone, such as tcp://192.0.2.7:9100, /dev/ttyUSB0, /dev/usb/lp0 or"
            " lp://queue; may be repeated. The network is never searched."
        ),
    ] = None,
    seconds: Annotated[
        int, typer.Option(help="How long to wait for scans; 0: do not.", min=0, max=600)
    ] = 30,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help="Ask nothing: say yes to what is known by its maker, and to each --port.",
        ),
    ] = False,
    write: Annotated[
        bool, typer.Option("--write/--no-write", help="Write what was found into the settings.")
    ] = True,
) -> None:
    """Find what is plugged in, say what it is, write it into the settings and try it out.

    Serial and USB ports, keyboard and HID-POS scanners, /dev/usb/lp* and the print queues of this
    machine are looked at. Receipt printers, label printers (ZPL) and scales answer for themselves,
    scanners when they scan; the card terminal and the customers' display are named by whoever sits
    here, and the display is shown a text.

    Each question is asked before anything is sent or written. What a list of USB makers takes for
    a card terminal, or the settings give to one, is never sent anything; with --yes neither is a
    port of which nothing is known, unless --port names it. What the settings name stays. Close the
    till first: a device serves one program.
    """
    from pos.main.doctor import Asked, examine

    raise typer.Exit(examine(Asked(tuple(port or ()), seconds, yes, write)))


Spare = Annotated[bool, typer.Option("--spare", help="The spare printer instead of the first.")]


@devices.command("code-page")
def devices_code_page(
    pick: Annotated[
        str, typer.Option(help="What was read off the page before, such as 19A; nothing prints it.")
    ] = "",
    spare: Spare = False,
) -> None:
    """Print every code page of the receipt printer, ask which reads well, and write it down.

    For wrong accents or a wrong euro on paper. A trial page is printed with the one that was
    chosen. Close the till first: a device serves one program at a time.
    """
    from pos.main.printers import find_code_page

    raise typer.Exit(find_code_page(pick, spare=spare))


@devices.command("logo")
def devices_logo(
    picture: Annotated[
        Path | None, typer.Argument(help="A black and white picture (PNG), as wide as is wanted.")
    ] = None,
    spare: Spare = False,
) -> None:
    """Have the receipt printer keep a picture and print it on top of tickets; none forgets it.

    The picture goes into the printer's own memory, which wears out: write it when it changes.
    Written from documentation, not tried on a real printer yet.
    """
    from pos.main.printers import put_logo

    raise typer.Exit(put_logo(picture, spare=spare))


def labels(
    codes: Annotated[
        list[str] | None, typer.Argument(help="Codes or SKUs; none: what changes its price.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Prices that changed since this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="As prices are at the end of this day.")
    ] = None,
    copies: Annotated[int, typer.Option(help="Of each label.", min=1, max=20)] = 1,
) -> None:
    """Print labels for the shelf's edge, with the price as it is then.

    `comptoir labels --since 2026-11-20` prints what changed, `--until` a coming day what will.
    Close the till first: a device serves one program at a time.
    """
    from pos.main.labels import print_labels

    raise typer.Exit(print_labels(codes or [], since, until, copies))
