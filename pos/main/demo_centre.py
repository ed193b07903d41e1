"""The demonstration shop with a centre of its own, and a cable between them that can be pulled.

A second till joins the first one's centre from another window (`--till T02`), so that what one
sells is seen to move the other's stock, and so does a kiosk (`--kiosk`).
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import typer

from config.words import GettextWords, words_for
from devices.scanner.emulator import EmulatedScanner
from pos.console import Console, console_on
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.demo import (
    CATALOGUE,
    SETTINGS,
    demo_places,
    dress,
    emulated,
    people_hint,
    prepare,
    wait_for_printer,
)
from pos.main.demo_cable import Cable
from pos.main.demo_machines import STEP_MOST_S, CentreAt, DemoCentre, DemoTill
from pos.main.join import Joined, join, store_of
from pos.main.keeper import Keeper
from pos.main.plays import play
from pos.ports import DeviceEvent, Sink
from pos.ports.centre import Centre, CourierState
from pos.screens.options import Extra
from pos.store.lock import FileLock
from pos.till.readiness import WORDS

STORE, FIRST, SECOND, KIOSK, OTHER = "S001", "S001-T01", "S001-T02", "S001-B01", "S002"
ARTICLE, CODE = "BOU-01", "2400000000013"
"""What the played sales sell: its name in the catalogue, and the code on it."""

OPENING = 24
"""How many of each article both shops have at first: pieces, or kilograms."""


@dataclass(frozen=True)
class Shop:
    """The centre, the cable and the till of the demonstration, at work."""

    root: Path
    centre: CentreAt
    cable: Cable
    till: DemoTill


@contextmanager
def _shop(root: Path, language: str, words: GettextWords) -> Iterator[Shop]:
    """Start the centre, lay the cable, enrol the first till; end all of it in order."""
    typer.echo(words.say(Sentence("Starting a centre with its own PostgreSQL…")))
    root.mkdir(parents=True, exist_ok=True)
    centre = DemoCentre(root / "centre")
    try:
        if not (root / "ready").exists():
            centre.command("store", "add", STORE, "Comptoir Démo")
            centre.command("catalogue", "import", str(CATALOGUE), "--settings", str(SETTINGS))
            centre.command("store", "add", OTHER, "Comptoir Gare")
            for store in (STORE, OTHER):
                centre.command("stock", "import", store, str(opening_stock(root)))
            (root / "ready").touch()
        with _till_of(root, centre, FIRST, language) as shop:
            yield shop
    finally:
        centre.close()


@contextmanager
def _till_of(root: Path, centre: CentreAt, name: str, language: str) -> Iterator[Shop]:
    """Lay a till's cable to a centre that is at work, and enrol it."""
    cable = Cable(int(centre.url.rpartition(":")[2]))
    try:
        till = DemoTill.of(root, name, language, cable.url)
        prepare(till.settings, till.places, words_for(language))
        till.enrol(centre)
        yield Shop(root, centre, cable, till)
    finally:
        cable.close()


def opening_stock(root: Path) -> Path:
    """Write what a shop has at first as a file that the centre counts; return where it is."""
    file = root / "stock.csv"
    with CATALOGUE.open(encoding="utf-8", newline="") as known, file.open("w") as counted:
        skus = {row["référence"]: None for row in csv.DictReader(known, delimiter=";")}
        counted.writelines(("sku;quantity\n", *(f"{sku};{OPENING}\n" for sku in skus if sku)))
    return file


def open_with_centre(language: str, *, fresh: bool) -> int:
    """Open the screen on the demonstration's till that has a centre; a key pulls the cable."""
    root = _root()
    lock = FileLock(root.with_name(f"{root.name}.lock"))
    try:
        if fresh:
            _forget(root)
        with _shop(root, language, words_for(language)) as shop:
            return _show(shop)
    finally:
        lock.release()


def open_beside(language: str, name: str, *, tablet: bool) -> int:
    """Open the screen on another till of the demonstration that runs in another window.

    For a `tablet` it is served to browsers. Raises Refusal `no_centre` where none runs.
    """
    root = _root()
    centre = CentreAt(root / "centre")
    centre.find()
    with _till_of(root, centre, f"{STORE}-{name}", language) as shop:
        return _serve(shop.till) if tablet else _show(shop)


def open_kiosk_beside(language: str, *, tablet: bool) -> int:
    """Open the customers' screen of the demonstration that runs in another window.

    Raises Refusal `no_centre` where none runs.
    """
    from pos.main.kiosk import open_kiosk

    root = _root()
    centre = CentreAt(root / "centre")
    centre.find()
    kiosk = DemoTill.of(root, KIOSK, language, centre.url, kind="kiosk")
    kiosk.enrol(centre)
    if tablet:
        return _serve(kiosk)
    os.environ.update(kiosk.environ)
    return open_kiosk(may_close=True)


def _serve(till: DemoTill) -> int:
    from pos.main.serve import serve

    os.environ.update(till.environ)
    return serve("127.0.0.1", 0, "")


def _root() -> Path:
    root = demo_places().data.with_name("comptoir-demo-centre")
    root.parent.mkdir(parents=True, exist_ok=True)
    return root


def _show(shop: Shop) -> int:
    from pos.main.tills import show

    key = Extra("ctrl+s", Sentence("Pull or plug the network cable"), shop.cable.turn)
    hint = Sentence("Ctrl+S pulls the network cable, and plugs it in again.")
    window = Sentence("Order as a customer: {url}", url=f"{shop.centre.url}/shop")
    os.environ.update(shop.till.environ)  # the courier is a child of this process
    return show(
        shop.till.settings,
        shop.till.places,
        dress=lambda joined, wire: (*dress(joined, wire), key),
        paper=True,
        hints=(people_hint(), hint, window),
    )


def _forget(root: Path) -> None:
    """Take the folder away, when a centre that was killed a moment ago has ended."""
    until = time.monotonic() + STEP_MOST_S
    while (root / "centre/postgres/postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.1)
    shutil.rmtree(root, ignore_errors=True)


def play_with_centre(language: str) -> int:
    """Play sales with the cable in, out and in again, in a shop that is thrown away.

    Returns 0 when the centre got all of it, and a second till heard of it. Raises Refusal for the
    first thing that did not come about.
    """
    words = words_for(language)
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-demo-") as folder,
        _shop(Path(folder), language, words) as shop,
    ):
        events: Queue[DeviceEvent] = Queue()
        joined = join(shop.till.settings, shop.till.places, sink=events.put)
        keeper = _keeper(joined.store.centre, events.put, shop.till)
        keeper.start()
        try:
            scan = emulated(joined, "scanner", EmulatedScanner).scan
            console = console_on(joined.desk, events, scan)
            wait_for_printer(console)
            return _Play(shop, joined, console, words).all()
        finally:
            keeper.close()
            joined.close()


@dataclass(frozen=True)
class _Play:
    """The played day: each step says what it found."""

    shop: Shop
    joined: Joined
    console: Console
    words: GettextWords

    def all(self) -> int:
        """Play it; 0 when every gesture did what it should."""
        wrong = self._sells("sign-in 1 1357", "float 100x10")
        self._arrives(sold=1)
        held = self._held()
        self.shop.cable.pull()
        self._until(lambda: self._state() not in (CourierState.CONNECTED, CourierState.SENDING))
        brief = WORDS[self._state()].brief
        self._say(Sentence("The cable is pulled: {state}.", state=self.words.say(brief)))
        wrong += self._sells()
        if not self._unsent() or self._held() != held:
            raise Refusal("not_cut", "The centre heard of a sale although the cable was pulled.")
        self._say(Sentence("{count} entry waits on this till.", count=self._unsent()))
        self.shop.cable.plug()
        self._say(Sentence("The cable is back."))
        self._arrives(sold=2)
        self._second_till()
        return wrong

    def _sells(self, *before: str) -> int:
        return play(self.console, [*before, f"scan {CODE}", "cash", "expect lines 0"])

    def _arrives(self, sold: int) -> None:
        """Wait until the centre holds everything, and its stock came down again."""
        self._until(
            lambda: self._unsent() == 0 and _stock(self.joined.store.centre) == OPENING - sold
        )
        held, head = self._held(), self.joined.store.ledger.head.number
        if held != head:
            raise Refusal(
                "not_held", "The centre holds {held} entries of {count}.", held=held, count=head
            )
        self._say(Sentence("The centre holds {count} entries, nothing is unsent.", count=held))
        self._tell_stock(FIRST, OPENING - sold)

    def _second_till(self) -> None:
        shop = self.shop
        till = DemoTill.of(shop.root, SECOND, self.joined.language, shop.centre.url)
        till.enrol(shop.centre)
        store = store_of(till.settings, till.places)
        keeper = _keeper(store.centre, lambda _event: None, till)
        keeper.start()
        try:
            self._until(lambda: _stock(store.centre) == _stock(self.joined.store.centre))
            self._tell_stock(SECOND, _stock(store.centre))
        finally:
            keeper.close()
            store.close()

    def _tell_stock(self, till: str, count: int | None) -> None:
        self._say(
            Sentence(
                "{till} has it from the centre: stock of {sku} {count}.",
                till=till,
                sku=ARTICLE,
                count=str(count or 0),
            )
        )

    def _until(self, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + STEP_MOST_S
        while not holds():
            if time.monotonic() > until:
                raise Refusal(
                    "not_heard",
                    "What the centre should do did not come about: {state}, {count} unsent.",
                    state=self.words.say(WORDS[self._state()].brief),
                    count=self._unsent(),
                )
            self.console.drain(0.2)

    def _state(self) -> CourierState:
        return self.joined.store.centre.report().state

    def _unsent(self) -> int:
        return self.joined.desk.ports.ledger.unsent()

    def _held(self) -> int:
        return self.shop.centre.held(FIRST)

    def _say(self, sentence: Sentence) -> None:
        typer.echo(self.words.say(sentence))


def _keeper(centre: Centre, sink: Sink, till: DemoTill) -> Keeper:
    """Return what keeps a till's courier running; what that one complains of is seen."""
    return Keeper(centre, sink, command=till.courier, log=sys.stderr.fileno())


def _stock(centre: Centre) -> int | None:
    """Return the article's stock as the centre told it to a till, in whole pieces."""
    level = centre.level(ARTICLE)
    return None if level is None else level.fields.quantity // 1_000
