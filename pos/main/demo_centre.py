"""The demonstration shop with a centre of its own, and a cable between them that can be pulled.

The centre runs as an installer would run it: `comptoir-central` in processes of its own, with an
embedded PostgreSQL in the demonstration's folder. It ends with the demonstration, however that
one ends.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import typer

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.words import GettextWords, words_for
from pos.console import Console, console_on
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.demo import (
    CATALOGUE,
    SETTINGS,
    demo_places,
    dress,
    emulated_scanner,
    people_hint,
    prepare,
    wait_for_printer,
)
from pos.main.demo_cable import Cable
from pos.main.join import Joined, join, store_of
from pos.main.keeper import Keeper, child
from pos.main.plays import play
from pos.ports import DeviceEvent, Sink
from pos.ports.centre import Centre, CourierState
from pos.screens.options import Extra
from pos.store.lock import FileLock
from pos.store.mirror import MirrorFile
from pos.till.readiness import WORDS

STORE, FIRST, SECOND = "S001", "S001-T01", "S001-T02"
ARTICLE, CODE = "BOU-01", "2400000000013"
"""What the played sales sell: its name in the catalogue, and the code on it."""

STEP_MOST_S = 120.0
"""The longest that a step may take on a slow machine; nothing waits for it otherwise."""

_TIED = """
"$@" & exec >&-
read -r _
kill $!
wait $! || exec "$1" -m sync.central.commands store list >/dev/null
"""
"""Runs a centre until the input ends, as it does when the demonstration was killed.

A centre that did not end in order leaves its PostgreSQL: a command that is the last to use it
stops it.
"""


class DemoCentre:
    """A centre in a folder, at work from the start on; `url` is its address."""

    def __init__(self, folder: Path) -> None:
        """Make the centre where there is none yet, and start it. Raises Refusal."""
        self._environ = {**_bare(), "COMPTOIR_CENTRE_FOLDER": str(folder)}
        if not (folder / "centre.toml").exists():
            self.command("init", "--name", "demo")
        with (folder.parent / "centre.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _TIED, "sh", *_central("serve", "--port", "0")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environ,
                start_new_session=True,
            )
        try:
            self.url = self._address(log.name)
        except BaseException:
            self.close()
            raise

    def _address(self, log: str) -> str:
        out = self._process.stdout
        assert out is not None
        is_there, _, _ = select.select([out], [], [], STEP_MOST_S)
        said = out.readline().decode().strip() if is_there else ""
        if not said:
            raise Refusal("no_centre", "The centre did not start; {file} says why.", file=log)
        return said

    def command(self, *argv: str) -> str:
        """Run `comptoir-central` on this centre; return what it printed. Raises Refusal."""
        return _done(_central(*argv), self._environ)

    def held(self, till: str) -> int:
        """Return how many entries of a till the centre holds."""
        for line in self.command("till", "list").splitlines():
            found = re.match(rf"{till} .*?\s{{2,}}(\d+)\s", line)
            if found:
                return int(found[1])
        return 0

    def close(self) -> None:
        """End the centre and its PostgreSQL in order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STEP_MOST_S)
        self._process.stdout.close()


@dataclass(frozen=True)
class DemoTill:
    """A till of the demonstration, in a folder of its own; `environ` is that of its commands."""

    environ: Mapping[str, str]

    @classmethod
    def of(cls, root: Path, name: str, language: str, url: str) -> DemoTill:
        """Return the till S001-T01 or another; it gets its settings the first time."""
        words_for(language)
        home = root / name
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "config.toml").exists():
            shutil.copy(SETTINGS, home / "config.toml")
        own = {
            "COMPTOIR_HOME": str(home),
            "COMPTOIR__TILL__NAME": name.partition("-")[2],
            "COMPTOIR__TILL__LANGUAGE": language,
            "COMPTOIR__CENTRE__URL": url,
            "COMPTOIR__CENTRE__ENABLED": "true",
        }
        return cls({**_bare(), **own})

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return settings_file.load(environ=self.environ)

    @property
    def places(self) -> Places:
        """Its files."""
        return places(self.environ)

    def enrol(self, centre: DemoCentre) -> None:
        """Make the till known to the centre, by a code; once."""
        self.places.data.mkdir(parents=True, exist_ok=True)
        mirror = MirrorFile(self.places.data)
        is_known = mirror.enrolment() is not None
        mirror.close()
        if is_known:
            return
        name = self.places.config.parent.name
        code = centre.command("enrol-code", name).split()[0]
        url = self.environ["COMPTOIR__CENTRE__URL"]
        _done([sys.executable, "-m", "pos.main", "enrol", code, "--url", url], self.environ)

    def courier(self) -> list[str]:
        """Return the command line of its courier, for a process with any environment."""
        told = [f"{name}={text}" for name, text in self.environ.items() if name.startswith("COMP")]
        return ["/usr/bin/env", *told, *child()]


@contextmanager
def _shop(root: Path, language: str, words: GettextWords) -> Iterator[Shop]:
    """Start the centre, lay the cable, enrol the first till; end all of it in order."""
    typer.echo(words.say(Sentence("Starting a centre with its own PostgreSQL…")))
    root.mkdir(parents=True, exist_ok=True)
    centre = DemoCentre(root / "centre")
    try:
        cable = Cable(int(centre.url.rpartition(":")[2]))
        try:
            till = DemoTill.of(root, FIRST, language, cable.url)
            if not (root / "ready").exists():
                centre.command("store", "add", STORE, "Comptoir Démo")
                centre.command("catalogue", "import", str(CATALOGUE), "--settings", str(SETTINGS))
                (root / "ready").touch()
            prepare(till.settings, till.places, words)
            till.enrol(centre)
            yield Shop(root, centre, cable, till)
        finally:
            cable.close()
    finally:
        centre.close()


@dataclass(frozen=True)
class Shop:
    """The centre, the cable and the till of the demonstration, at work."""

    root: Path
    centre: DemoCentre
    cable: Cable
    till: DemoTill


def open_with_centre(language: str, *, fresh: bool) -> int:
    """Open the screen on the demonstration's till that has a centre; a key pulls the cable."""
    from pos.main.tills import show

    root = demo_places().data.with_name("comptoir-demo-centre")
    root.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root.with_name(f"{root.name}.lock"))
    try:
        if fresh:
            _forget(root)
        words = words_for(language)
        with _shop(root, language, words) as shop:
            key = Extra("ctrl+s", Sentence("Pull or plug the network cable"), shop.cable.turn)
            hint = Sentence("Ctrl+S pulls the network cable, and plugs it in again.")
            os.environ.update(shop.till.environ)  # the courier is a child of this process
            return show(
                shop.till.settings,
                shop.till.places,
                dress=lambda joined, wire: (*dress(joined, wire), key),
                paper=True,
                hints=(people_hint(), hint),
            )
    finally:
        lock.release()


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
            console = console_on(joined.desk, events, emulated_scanner(joined).scan)
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
        self._until(lambda: self._unsent() == 0 and _stock(self.joined.store.centre) == -sold)
        held, head = self._held(), self.joined.store.ledger.head.number
        if held != head:
            raise Refusal(
                "not_held", "The centre holds {held} entries of {count}.", held=held, count=head
            )
        self._say(Sentence("The centre holds {count} entries, nothing is unsent.", count=held))
        self._tell_stock(FIRST, -sold)

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
                count=f"{count or 0:+d}",
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


def _bare() -> dict[str, str]:
    """Return the environment without what it says of a real till or a real centre."""
    return {name: text for name, text in os.environ.items() if not name.startswith("COMPTOIR_")}


def _central(*argv: str) -> list[str]:
    return [sys.executable, "-m", "sync.central.commands", *argv]


def _done(command: list[str], environ: Mapping[str, str]) -> str:
    """Run a command to its end; return what it printed. Raises Refusal with what it said."""
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_MOST_S,
            start_new_session=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        why = " ".join(error.stderr.split())[-300:]
        raise Refusal("demo_centre", "{doing}: {why}", doing=command[3], why=why) from error
    except subprocess.TimeoutExpired as error:
        raise Refusal("demo_centre", "{doing} takes too long.", doing=command[3]) from error
    return done.stdout
