"""The `comptoir-central` command: what each subcommand is for, said for a person.

Every refusal is one sentence on the error output and exit code 1; a wrong use is exit code 2.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from sync.central.commands.journal_command import journal
from sync.central.commands.order_command import channel, orders, webhooks
from sync.central.commands.pass_key_command import pass_key
from sync.central.commands.promotion_command import promotion
from sync.central.commands.said import complain
from sync.central.commands.staff_command import staff
from sync.central.commands.stock_command import stock
from sync.central.commands.typed import Folder, StoreName, TillName, Zone, at
from sync.central.commands.vat_command import vat
from sync.central.log import fault, open_log

app = typer.Typer(
    name="comptoir-central",
    help="The centre of a chain of shops: keeps every till's journal, serves what tills need.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
store = typer.Typer(help="The shops.", no_args_is_help=True)
till = typer.Typer(help="The tills, and who is let in.", no_args_is_help=True)
catalogue = typer.Typer(help="The articles of the company.", no_args_is_help=True)
price = typer.Typer(help="What articles cost, where and from when.", no_args_is_help=True)
conflicts = typer.Typer(help="What a person must look at.", no_args_is_help=True)
app.add_typer(store, name="store")
app.add_typer(till, name="till")
app.add_typer(catalogue, name="catalogue")
app.add_typer(price, name="price")
app.add_typer(vat, name="vat")
app.add_typer(promotion, name="promotion")
app.add_typer(stock, name="stock")
app.add_typer(channel, name="channel")
app.add_typer(pass_key, name="pass-key")
app.add_typer(orders, name="orders")
app.add_typer(webhooks, name="webhooks")
app.add_typer(staff, name="staff")
app.add_typer(journal, name="journal")
app.add_typer(conflicts, name="conflicts")


@app.command()
def init(
    folder: Folder = None,
    name: Annotated[str, typer.Option(help="What tills call it; it never changes.")] = "centre",
    database: Annotated[
        str, typer.Option(help="postgresql://…; without it, an embedded one in the folder.")
    ] = "",
    country: Annotated[str, typer.Option(help="Whose VAT table it reads.")] = "FR",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Paris.")] = "Europe/Paris",
) -> None:
    """Make a centre: its settings, its key, its tables."""
    from sync.central.commands.serving import init as make

    told = {"name": name, "database": database, "country": country, "time_zone": time_zone}
    raise typer.Exit(make(at(folder), told))


@app.command()
def serve(
    folder: Folder = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="0 asks the system for one.")] = None,
    certificate: Annotated[str | None, typer.Option(help="A PEM file, its chain with it.")] = None,
    certificate_key: Annotated[str | None, typer.Option(help="Its private key, PEM.")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy in front speaks TLS.")
    ] = False,
    worker: Annotated[bool, typer.Option("--worker", help="Also do what `worker` does.")] = False,
) -> None:
    """Answer tills; print the address once it listens. Run as many as there are processors.

    At SIGTERM it finishes what is under way and takes nothing new. Addresses that other machines
    can reach need a certificate, or a proxy in front.
    """
    from sync.central.commands.serving import answer

    told: dict[str, Any] = {
        "host": host,
        "port": port,
        "certificate": certificate,
        "certificate_key": certificate_key,
        "behind_proxy": behind_proxy or None,
    }
    changed = {key: value for key, value in told.items() if value is not None}
    raise typer.Exit(answer(at(folder), changed, with_worker=worker))


@app.command("demo-shop")
def demo_shop(
    folder: Folder = None,
    port: Annotated[int | None, typer.Option(help="0 asks the system for one.")] = None,
) -> None:
    """Answer tills as `serve --worker` does, with a shop window to play the customer at /shop."""
    from sync.central.commands.serving import answer

    changed = {"demo_shop": True, **({} if port is None else {"port": port})}
    raise typer.Exit(answer(at(folder), changed, with_worker=True))


@app.command()
def worker(
    folder: Folder = None,
    once: Annotated[bool, typer.Option("--once", help="One round, then leave.")] = False,
) -> None:
    """End what has expired, forget what is too old, try again what was parked; until SIGTERM."""
    from sync.central.commands.serving import keep_house

    raise typer.Exit(keep_house(at(folder), once=once))


@store.command("add")
def store_add(
    store: StoreName,
    name: Annotated[str, typer.Argument(help="As people call the shop.")],
    price_zone: Annotated[str, typer.Option(help="Whose prices it has.")] = "FR",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Paris.")] = "Europe/Paris",
    folder: Folder = None,
) -> None:
    """Open a shop, or change its name and zones."""
    from sync.central.commands.shops import add_store
    from sync.central.stores import StoreFacts

    raise typer.Exit(add_store(at(folder), StoreFacts(store, name, time_zone, price_zone)))


@store.command("list")
def store_list(folder: Folder = None) -> None:
    """List the shops."""
    from sync.central.commands.shops import list_stores

    raise typer.Exit(list_stores(at(folder)))


@app.command("enrol-code")
def enrol_code(
    till: TillName,
    url: Annotated[str, typer.Option(help="The centre's address, for the QR code.")] = "",
    folder: Folder = None,
) -> None:
    """Print a code by which a till becomes known: once, for ten minutes. Earlier ones are void."""
    from sync.central.commands.shops import enrol_code as print_code

    raise typer.Exit(print_code(at(folder), till, url))


@till.command("list")
def till_list(
    store: Annotated[str, typer.Option(help="Of this store only.")] = "", folder: Folder = None
) -> None:
    """List the tills: when heard, how many entries are held, whether they are let in."""
    from sync.central.commands.shops import list_tills

    raise typer.Exit(list_tills(at(folder), store))


@till.command("revoke")
def till_revoke(till: TillName, folder: Folder = None) -> None:
    """Let a till in no more, from its next request on. What it wrote stays proven."""
    from sync.central.commands.shops import revoke_till

    raise typer.Exit(revoke_till(at(folder), till))


@till.command("close")
def till_close(till: TillName, folder: Folder = None) -> None:
    """Retire a till: it is let in no more, and its store is not unheard for want of it."""
    from sync.central.commands.shops import close_till

    raise typer.Exit(close_till(at(folder), till))


@till.command("rotate")
def till_rotate(
    till: TillName,
    url: Annotated[str, typer.Option(help="The centre's address, for the QR code.")] = "",
    folder: Folder = None,
) -> None:
    """Print a code for a till's next key; its present key serves until the code is used."""
    from sync.central.commands.shops import enrol_code as print_code

    raise typer.Exit(print_code(at(folder), till, url))


@catalogue.command("import")
def catalogue_import(
    file: Annotated[Path, typer.Argument(help="CSV, also gzipped.")],
    zone: Zone = "FR",
    vat: Annotated[str, typer.Option(help="VAT code for rows that name none, e.g. FR20.")] = "",
    settings: Annotated[
        Path | None,
        typer.Option(help="A till's settings file: its scale labels, its names of columns."),
    ] = None,
    new_zone: Annotated[
        bool, typer.Option("--new-zone", help="Begin a price zone that no store has yet.")
    ] = False,
    folder: Folder = None,
) -> None:
    """Bring articles and their prices in, as one change: all the good rows, or nothing.

    Files are read as a till reads them; each refused row is named with its line and why.
    """
    from sync.central.commands.goods import import_file

    raise typer.Exit(import_file(at(folder), file, (zone, new_zone), vat, settings))


@price.command("set")
def price_set(
    sku: Annotated[str, typer.Argument(help="The article, as the catalogue names it.")],
    amount: Annotated[str, typer.Argument(help="With VAT, such as 12,50.")],
    zone: Zone = "FR",
    since: Annotated[
        str, typer.Option("--from", help="2026-12-24, or an instant; else at once.")
    ] = "",
    folder: Folder = None,
) -> None:
    """Set a price; tills have it ahead of time and switch at the same instant."""
    from sync.central.commands.goods import set_price

    raise typer.Exit(set_price(at(folder), zone, sku, amount, since))


@conflicts.command("list")
def conflicts_list(
    store: Annotated[str, typer.Option(help="Of this store only.")] = "",
    settled: Annotated[bool, typer.Option("--all", help="The settled ones too.")] = False,
    folder: Folder = None,
) -> None:
    """List what waits in the inboxes."""
    from sync.central.commands.inbox import list_items

    raise typer.Exit(list_items(at(folder), store, settled=settled))


Item = Annotated[str, typer.Argument(help="As the list names it.")]


@conflicts.command("show")
def conflicts_show(store: StoreName, name: Item, folder: Folder = None) -> None:
    """Print all that is known of an item, with its evidence."""
    from sync.central.commands.inbox import show_item

    raise typer.Exit(show_item(at(folder), store, name))


@conflicts.command("settle")
def conflicts_settle(
    store: StoreName,
    name: Item,
    note: Annotated[str, typer.Option(help="What was done about it.")] = "",
    folder: Folder = None,
) -> None:
    """Say that an item is settled; it stays in the list of all."""
    from sync.central.commands.inbox import settle_item

    raise typer.Exit(settle_item(at(folder), store, name, note))


@app.command()
def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also tell every journal again, and compare.")
    ] = False,
    folder: Folder = None,
) -> None:
    """Look at files, databases, clocks, certificate, tills and inboxes; changes nothing.

    Exits with 1 when something is wrong.
    """
    from sync.central.commands.checks import doctor as look

    raise typer.Exit(look(at(folder), deep=deep))


@app.command("backup-check")
def backup_check(
    url: Annotated[list[str], typer.Argument(help="The restored copy: postgresql://…")],
    folder: Folder = None,
) -> None:
    """Check a backup that was restored beside the centre: every hash, signature and projection.

    Says how far it is behind, and exits with 1 when it is no good.
    """
    from sync.central.commands.checks import backup_check as check

    raise typer.Exit(check(at(folder), url))


def run() -> None:
    """Run the command; whatever goes wrong ends in one sentence."""
    try:
        app(prog_name="comptoir-central")
    except Refusal as refusal:
        complain(refusal.sentence)
        sys.exit(1)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  the last door: no traceback for a person
        open_log()
        structlog.get_logger().error("crash", **fault(error))
        complain(Sentence("Something went wrong in the program; the line above says where."))
        sys.exit(70)
