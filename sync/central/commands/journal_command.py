"""`comptoir-central journal`: entries that come by another way than the network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.typed import Folder, at

journal = typer.Typer(help="The tills' journals, as they are kept here.", no_args_is_help=True)


@journal.callback()
def _group() -> None:
    """Keep `import` a word of its own while it is the only one."""


@journal.command("import")
def journal_import(
    file: Annotated[Path, typer.Argument(help="An archive that a till wrote: ARCHIVE.zip.")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help="A public key of the till that you vouch for (hexadecimal, or its file).",
        ),
    ] = None,
    folder: Folder = None,
) -> None:
    """Take in what a till purged, from its archive: for a centre restored from an old backup.

    The archive is checked whole before anything is taken. What is held already is passed over, so
    that it may be imported again. Several archives of a till are imported in their order. A key
    that the till got after the backup is not known here: --key vouches for it.
    """
    from sync.central.commands.archives import import_archive

    raise typer.Exit(import_archive(at(folder), file, key or []))
