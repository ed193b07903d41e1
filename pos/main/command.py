"""The `comptoir` command: what each subcommand is for, said for a person.

Every refusal is one sentence on the error output and exit code 1; a wrong use is exit code 2. A
traceback goes to the log, never to the terminal.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.centre_command import courier, enrol
from pos.main.demo_command import demo
from pos.main.devices_command import devices, labels
from pos.main.setup import SetUpIncomplete
from pos.ports import StoreUnavailable

app = typer.Typer(
    name="comptoir",
    help="A shop's till: sell, print, and prove it. Works with no network at all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
catalogue = typer.Typer(help="The articles this till can sell.", no_args_is_help=True)
journal = typer.Typer(help="The signed list of everything that happened.", no_args_is_help=True)
fiscal = typer.Typer(help="What the tax office may ask for.", no_args_is_help=True)
config = typer.Typer(help="The settings of this till.", no_args_is_help=True)
staff = typer.Typer(help="Who may use this till.", no_args_is_help=True)
app.add_typer(catalogue, name="catalogue")
app.add_typer(journal, name="journal")
app.add_typer(fiscal, name="fiscal")
app.add_typer(devices, name="devices")
app.add_typer(config, name="config")
app.add_typer(staff, name="staff")
app.command()(demo)
app.command()(enrol)
app.command()(courier)
app.command()(labels)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of sentences.")]


@app.command()
def till() -> None:
    """Open the till on this terminal.

    Keys are shown at the foot of the screen; F1 lists them all. Scanners, printer and display are
    those of the settings (`comptoir config show`).
    """
    from pos.main.tills import open_till

    raise typer.Exit(open_till())


@app.command()
def kiosk(
    may_close: Annotated[
        bool, typer.Option("--may-close", help="Let Ctrl+Q close it, while somebody tries it out.")
    ] = False,
) -> None:
    """Open the customers' screen: they scan their pass, or type its code, and get a number.

    It is a till of its own, of the kind "kiosk" in its settings, where nobody can sell or sign
    in. No key closes it: SIGTERM does, or closing its terminal.
    """
    from pos.main.kiosk import open_kiosk

    raise typer.Exit(open_kiosk(may_close=may_close))


@app.command("customer-screen")
def customer_screen(
    demo: Annotated[
        bool, typer.Option("--demo", help="That of the demonstration shop at work beside it.")
    ] = False,
) -> None:
    """Open a screen for customers: their lines, what is due, the change, a pickup number.

    It is fed by the till of this machine, and waits for it; Ctrl+Q closes it.
    """
    from pos.main.customer_screen import open_customer_screen

    raise typer.Exit(open_customer_screen(demo=demo))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 asks the system for one.")] = 8480,
    public_url: Annotated[
        str, typer.Option("--public-url", help="How browsers reach it, when a proxy speaks TLS.")
    ] = "",
    customers: Annotated[
        bool, typer.Option("--customer-screen", help="The customers' screen of the till instead.")
    ] = False,
) -> None:
    """Open the till in a browser, for a tablet at the desk; people sign in as on the screen.

    Where the settings make it a kiosk, the customers' screen is opened instead.
    """
    from pos.main.serve import serve as serve_till

    kind = "customer-screen" if customers else ""
    raise typer.Exit(serve_till(host, port, public_url, kind))


@app.command()
def play(
    file: Annotated[Path, typer.Argument(help="Gestures, one a line; - for standard input.")],
) -> None:
    """Do the gestures of a file with no screen, one line said for each.

    The same gestures as on the screen: `sign-in 1 2468`, `scan 3400949497706`, `cash 20`,
    `expect total 12.50`, `expect refused unknown_code`. Exits with 1 when an expectation does not
    hold or a gesture is refused that no line expected.
    """
    from pos.main.plays import play_file

    raise typer.Exit(play_file(file))


@catalogue.command("import")
def catalogue_import(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines, also gzipped.")],
    vat: Annotated[str, typer.Option(help="VAT code for rows that name none, e.g. FR20.")] = "",
    refused: Annotated[
        Path | None, typer.Option(help="Write every refused row to this CSV file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import articles and prices, as one change: all the good rows, or nothing.

    Understands `,` and `;`, `1 466,29` and `1466.29`, UTF-8 and Windows-1252. Each refused row is
    named with its line, its field and why. Importing the same file again changes nothing.
    """
    from pos.main.catalogues import import_file

    raise typer.Exit(import_file(file, vat, refused, as_json=as_json))


@journal.command("verify")
def journal_verify(
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="A public key to trust (hexadecimal, or its file) instead of the till's."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check every number, hash and signature of the journal with public keys alone.

    Trusts the keys in this till's state folder, never what the journal says of itself. Names each
    entry that was altered, removed, inserted, reordered or cut off, and each new epoch; exits with
    1 when anything is wrong or cannot be told.
    """
    from pos.main.journals import verify

    raise typer.Exit(verify(key or [], as_json=as_json))


@journal.command("key")
def journal_key() -> None:
    """Print the public keys that this till signs and signed with, for whoever checks it."""
    from pos.main.journals import show_keys

    raise typer.Exit(show_keys())


First = Annotated[str, typer.Option("--from", help="First business day, e.g. 2026-01-01.")]
Last = Annotated[str, typer.Option("--to", help="Last business day; it must be closed.")]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="A public key to trust (hexadecimal, or its file)."),
]


@fiscal.command("archive")
def fiscal_archive(
    out: Annotated[Path, typer.Argument(help="The file to write, or a folder.")] = Path(),
    first: First = "",
    last: Last = "",
) -> None:
    """Write closed days into an open archive, check it, and write down that it was made.

    A ZIP of CSV files with a notice in French, a manifest with the digest of each, its signature,
    and the verifier as one Python file. Without --from and --to: every closed day this till holds.
    """
    from pos.main.archives import archive

    raise typer.Exit(archive(first, last, out))


@fiscal.command("verify")
def fiscal_verify(
    file: Annotated[Path | None, typer.Argument(help="An archive.")] = None,
    db: Annotated[bool, typer.Option("--db", help="Check this till's own journal.")] = False,
    key: Keys = None,
    as_json: Json = False,
) -> None:
    """Check an archive, or this till's own journal, with public keys alone.

    Every hash, link, number and signature, every fiscal record against its entry, the totals and
    the closings, each derived file line by line. Names the first record that was altered, removed,
    inserted, moved or cut off, goes on, and exits with 1. Trusts --key, else this till's keys, else
    what the archive holds: then it says so, and exits with 3 where all else is right.
    """
    from pos.main.archives import verify, verify_db

    if db == (file is not None):
        raise typer.BadParameter("name an archive, or --db")
    raise typer.Exit(
        verify_db(key or [], as_json=as_json)
        if file is None
        else verify(file, key or [], as_json=as_json)
    )


@fiscal.command("purge")
def fiscal_purge(
    archive: Annotated[Path, typer.Argument(help="An archive of this till.")],
) -> None:
    """Check an archive, then take the entries that it holds out of this till.

    Totals, closings and fiscal chains stay and go on. Keep the archive for six years, on another
    medium.
    """
    from pos.main.fiscal import purge

    raise typer.Exit(purge(archive))


@fiscal.command("export")
def fiscal_export(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path(),
    first: First = "",
    last: Last = "",
    kind: Annotated[str, typer.Option(help="accounting, ereporting or csv.")] = "accounting",
) -> None:
    """Write the files of closed days: accounting entries, e-reporting records, or figures."""
    from pos.main.fiscal import export

    raise typer.Exit(export(first, last, kind, folder))


@fiscal.command("closings")
def fiscal_closings(
    level: Annotated[str, typer.Option(help="day, month or year.")] = "day",
    as_json: Json = False,
) -> None:
    """List what was closed: number, tickets, total, perpetual total, extract of the signature."""
    from pos.main.fiscal import closings

    raise typer.Exit(closings(level, as_json=as_json))


@fiscal.command("about")
def fiscal_about() -> None:
    """Say which fiscal rules this till runs: plug-in, version, digest."""
    from pos.main.fiscal import about

    raise typer.Exit(about())


@app.command()
def rebuild(
    check: Annotated[
        bool, typer.Option("--check", help="Compare only; nothing is written (the only mode yet).")
    ] = True,
) -> None:
    """Rebuild every table from the journal into a scratch file and compare with what is stored."""
    from pos.main.journals import rebuild as compare

    raise typer.Exit(compare() if check else 2)


@config.command("show")
def config_show() -> None:
    """Print the settings in force, as a file that can be read back."""
    from config import settings

    typer.echo(settings.show(settings.load()))


@config.command("path")
def config_path() -> None:
    """Print where the settings file, the till's file and the log are."""
    from config.places import places

    found = places()
    for name, path in (
        ("settings", found.config),
        ("data", found.data),
        ("state", found.state),
        ("log", found.log),
    ):
        typer.echo(f"{name:<9} {path}")


@config.command("init")
def config_init() -> None:
    """Write a commented settings file to fill in; never over one that exists.

    Says where it lies, then what it still wants before the till may sell.
    """
    from pos.main.first_settings import write_settings

    raise typer.Exit(write_settings())


@staff.command("add")
def staff_add(
    number: Annotated[str, typer.Argument(help="What the person types to sign in, e.g. 1.")],
    name: Annotated[str, typer.Argument(help="A first name, as printed on tickets.")],
    role: Annotated[str, typer.Option(help="cashier, clerk or manager.")] = "cashier",
) -> None:
    """Add someone; asks for the PIN. The first person of a till must be a manager."""
    from pos.main.people import add

    raise typer.Exit(add(number, name, role))


@staff.command("pin")
def staff_pin(
    number: Annotated[str, typer.Argument(help="The number the person signs in with.")],
) -> None:
    """Give someone a new PIN; asks for it."""
    from pos.main.people import set_pin

    raise typer.Exit(set_pin(number))


@staff.command("remove")
def staff_remove(
    number: Annotated[str, typer.Argument(help="The number the person signs in with.")],
) -> None:
    """Take someone off the till; what they sold stays theirs, the number is free again."""
    from pos.main.people import remove

    raise typer.Exit(remove(number))


@staff.command("list")
def staff_list() -> None:
    """List who may use this till."""
    from pos.main.people import everyone

    raise typer.Exit(everyone())


def say_error(sentence: Sentence | str) -> None:
    """Print a sentence for a person on the error output, in the till's language."""
    from config import settings
    from config.words import words_for

    typer.echo(words_for(settings.language()).say(sentence), err=True)


def run() -> None:
    """Run the command; whatever goes wrong ends in one sentence."""
    try:
        app(prog_name="comptoir")
    except SetUpIncomplete as incomplete:
        for sentence in incomplete.sentences:
            say_error(sentence)
        sys.exit(1)
    except (Refusal, StoreUnavailable) as refusal:
        say_error(refusal.sentence)
        sys.exit(1)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception:  # noqa: BLE001  the last door: a traceback goes to the log
        from config.places import places
        from pos.main.log import log_crash

        file = log_crash(places().log)
        say_error(
            Sentence("Something went wrong in the program; the details are in {file}.", file=file)
        )
        sys.exit(70)
