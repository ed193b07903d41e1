"""`comptoir till`: the screen over a joined desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import typer

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.themes import PALETTES
from config.words import LOCALES
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.exports import exporter
from pos.main.join import Joined, join, words_in
from pos.main.keeper import Keeper
from pos.main.log import open_log
from pos.main.perimeter import about_fiscal
from pos.main.world import SystemClock
from pos.ports import Clock
from pos.screens.options import Extra, ScreenOptions
from pos.screens.themes import Palette
from pos.screens.wire import Wire

Dress = Callable[[Joined, Wire], Sequence[Extra]]
"""What a demonstration adds to a till before its screen opens; returns the keys it adds."""


def open_till() -> int:
    """Open the screen on this machine's till."""
    settings, found = settings_file.load(), places()
    return show(settings, found, dress=_people_first)


def _people_first(joined: Joined, _wire: Wire) -> Sequence[Extra]:
    """Nobody could sign in to a till with no people: say how to add the first."""
    if not joined.store.people.all():
        raise Refusal(
            "no_people",
            "Nobody can use this till yet; run: comptoir staff add 9 NAME --role manager",
        )
    return ()


def show(
    settings: Settings,
    found: Places,
    *,
    dress: Dress,
    paper: bool = False,
    hints: Sequence[Sentence] = (),
    clock: Clock | None = None,
) -> int:
    """Join the till, open its screen, and close everything in order when it is left."""
    from pos.screens.app import run_app

    open_log(found.log)
    wire = Wire()
    joined = join(settings, found, sink=wire.report, ring=wire.ring, clock=clock or SystemClock())
    keeper = keep_courier(joined, wire)
    try:
        extras = dress(joined, wire)
        run_app(
            joined.desk,
            words_in(settings),
            settings.keys,
            {name: Palette.of(colours) for name, colours in PALETTES.items()},
            replace(
                options_of(joined, extras),
                shows_paper=paper,
                hints=hints,
                on_export=exporter(found.data),
            ),
            wire,
        )
    finally:
        if keeper is not None:
            keeper.close()
        joined.close()
    typer.echo(joined.words().say("The till is closed; open baskets are kept."))
    return 0


def keep_courier(joined: Joined, wire: Wire) -> Keeper | None:
    """Start the courier of a till whose settings name a centre that knows it."""
    centre = joined.settings.centre
    if not (centre.url and centre.enabled and joined.store.centre.enrolled()):
        return None
    keeper = Keeper(joined.store.centre, wire.report)
    keeper.start()
    return keeper


def options_of(joined: Joined, extras: Sequence[Extra] = ()) -> ScreenOptions:
    """Return how the screen of a joined desk starts."""

    def speak(language: str) -> None:
        joined.language = language

    place = joined.store.ledger.place
    return ScreenOptions(
        till=f"{place.store} {place.till}",
        language=joined.language,
        languages=tuple(LOCALES),
        theme=joined.settings.till.theme,
        extras=tuple(extras),
        notes=tuple(joined.notes),
        lights=lights(joined.settings),
        log=_log,
        on_language=speak,
        about=about(joined),
    )


def about(joined: Joined) -> tuple[Sentence, ...]:
    """Return what this till is, a sentence each: its software, its fiscal rules, its names."""
    fiscal, place = joined.desk.ports.fiscal, joined.store.ledger.place
    rules = Sentence(
        "Fiscal rules: {name} {version}", name=fiscal.name, version=fiscal.fiscal_version
    )
    return (
        Sentence("Software: {software}", software=joined.desk.rules.software),
        *(about_fiscal() if fiscal.name == "france" else (rules,)),
        Sentence(
            "Store {store} · till {till} · epoch {epoch}",
            store=place.store,
            till=place.till,
            epoch=place.epoch,
        ),
        Sentence("Key {key}", key=joined.desk.ports.signer.key_id),
    )


def lights(settings: Settings) -> tuple[str, ...]:
    """Return the devices that the status line always shows."""
    names = [scanner.name for scanner in settings.devices.scanners]
    devices = settings.devices
    others = ("drawer", "display", "scale", "spare", "labels")
    more = [name for name in others if getattr(devices, name).url]
    cards = [card.name for card in devices.cards]
    return ("printer", *names, *more, *cards)


def _log(doing: str, error: BaseException) -> None:
    import structlog

    structlog.get_logger().error(doing, exc_info=error)
