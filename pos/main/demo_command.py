"""The `demo` command, said for a person; `pos.main.demo` and `pos.main.demo_centre` do it."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import Annotated

import typer

_BESIDE = r"T(?!01)\d\d"
"""The tills that may stand beside the first one."""


def demo(
    auto: Annotated[
        bool, typer.Option("--auto", help="Play a scripted day as text, then leave.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what was sold in the demonstration before.")
    ] = False,
    language: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Play on a later day, e.g. 2026-12-31."),
    ] = None,
    with_centre: Annotated[
        bool, typer.Option("--with-centre", help="With a centre, and a cable that can be pulled.")
    ] = False,
    till: Annotated[
        str,
        typer.Option(help="Such as T02: another till beside a demonstration with a centre."),
    ] = "",
    kiosk: Annotated[
        bool, typer.Option("--kiosk", help="The customers' screen beside one with a centre.")
    ] = False,
    tablet: Annotated[
        bool, typer.Option("--tablet", help="Open that till or kiosk in a browser instead.")
    ] = False,
) -> None:
    """Open a whole demonstration shop: articles, people, emulated devices, the paper on screen.

    It keeps its own files, apart from any real till, and finds its open baskets again when it was
    killed. Without a terminal it does what --auto does.
    """
    from pos.main.demo import open_demo, play_demo

    day = on.date() if on else None
    if with_centre and day:
        raise typer.BadParameter("a centre goes by today's clock: --on or --with-centre")
    if (kiosk or tablet) and not with_centre:
        raise typer.BadParameter("--kiosk and --tablet go with --with-centre")
    if tablet and not (kiosk or till):
        raise typer.BadParameter("--tablet goes with --till T02, or with --kiosk")
    is_played = auto or not (sys.stdin.isatty() and sys.stdout.isatty())
    if till and (not with_centre or not re.fullmatch(_BESIDE, till)):
        raise typer.BadParameter("--till T02 goes with --with-centre")
    if (till or kiosk) and is_played and not tablet:
        raise typer.BadParameter("--till and --kiosk want a terminal, or --tablet")
    if with_centre:
        from pos.main.demo_centre import (
            open_beside,
            open_kiosk_beside,
            open_with_centre,
            play_with_centre,
        )

        if kiosk:
            raise typer.Exit(open_kiosk_beside(language, tablet=tablet))
        if till:
            raise typer.Exit(open_beside(language, till, tablet=tablet))
        done = play_with_centre(language) if is_played else open_with_centre(language, fresh=fresh)
        raise typer.Exit(done)
    if is_played:
        raise typer.Exit(play_demo(language, day))
    raise typer.Exit(open_demo(language, fresh=fresh, on=day))
