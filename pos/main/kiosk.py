"""`comptoir kiosk`: the customers' screen over a desk at which nobody is signed in."""

from __future__ import annotations

import typer

from config import settings as settings_file
from config.places import places
from config.themes import PALETTES
from pos.domain.words import Sentence
from pos.main.join import join, words_in
from pos.main.log import open_log
from pos.main.tills import keep_courier, options_of
from pos.screens.kiosk.app import KioskApp, KioskOptions
from pos.screens.themes import Palette
from pos.screens.wire import Wire

CLOSE_KEY = "ctrl+q"
"""What closes it while somebody tries it out."""


def open_kiosk(*, may_close: bool) -> int:
    """Open the screen, and close everything in order when it ends."""
    settings, found = settings_file.load(), places()
    open_log(found.log)
    wire = Wire()
    joined = join(settings, found, sink=wire.report, ring=wire.ring, kind="kiosk")
    keeper = keep_courier(joined, wire)
    try:
        options = KioskOptions(options_of(joined), CLOSE_KEY if may_close else "")
        palettes = {name: Palette.of(colours) for name, colours in PALETTES.items()}
        KioskApp(joined.desk, words_in(settings), palettes, options, wire).run()
    finally:
        if keeper is not None:
            keeper.close()
        joined.close()
    typer.echo(joined.words().say(Sentence("The kiosk is closed.")))
    return 0
