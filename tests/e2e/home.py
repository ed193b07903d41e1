"""A till's folder, and the `comptoir` command run on it, each time in a process of its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from config import settings as settings_file
from config.places import places
from config.words import words_for
from pos.main.demo import prepare
from pos.store.engine import open_engine
from pos.store.marker import Marker
from pos.store.open import FILE
from pos.store.rebuild import rebuild_check, verify
from tests.e2e.child import Death, Wires, run_command

LONG_S = 40.0
"""The longest that anything may take on a very busy machine; nothing waits for it otherwise."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    [
        "tests.e2e.child",
        "argon2",
        "pos.main.catalogues",
        "pos.main.command",
        "pos.main.counters",
        "pos.main.journals",
        "pos.main.people",
        "pos.main.plays",
        "pos.main.tills",
        "pos.screens.app",
    ]
)

SETTINGS = """
[shop]
name = "Essai"
company = "Boutique d'essai"
legal_form = "SARL"
address = ["1 rue de l'Exemple"]
postcode = "69001"
city = "Lyon"
siret = "99999999800019"
naf = "4711D"
vat_number = "FR11999999998"

[till]
store = "S001"
name = "T01"
language = "en"
{till}
[devices]
scanners = [{scanner}]

[devices.printer]
url = "{printer}"

[devices.drawer]
url = "{drawer}"

[devices.display]
url = "{display}"
"""


@dataclass(frozen=True)
class Done:
    """How a command ended: -9 is a SIGKILL."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def labels(self) -> list[str]:
        """The tickets that the command said were sold."""
        sold = [line for line in self.out.splitlines() if "· change" in line]
        return [line.split("ticket ")[1].split()[0] for line in sold]


@dataclass
class Running:
    """A command under way in its own process."""

    process: Any
    wires: Wires

    def ended(self) -> Done:
        """Wait for its end."""
        self.process.join(LONG_S)
        assert self.process.exitcode is not None, f"no end: {self.out()}"
        return Done(self.process.exitcode, self.out(), Path(self.wires.stderr).read_text("utf-8"))

    def out(self) -> str:
        """What it said so far."""
        return Path(self.wires.stdout).read_text("utf-8")


@dataclass
class Home:
    """One till's folder (COMPTOIR_HOME)."""

    path: Path
    _runs: count[int] = field(default_factory=count)

    @property
    def database(self) -> Path:
        return self.path / "data" / FILE

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a command on this till."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "COMPTOIR_HOME": str(self.path), "TERM": "xterm-256color", **more}

    def settle(
        self, *, scanner: str = "", printer: str = "", display: str = "", till: str = ""
    ) -> None:
        """Write the settings file."""
        scanners = f'{{ name = "scanner", url = "{scanner}" }}' if scanner else ""
        drawer = "printer" if printer else ""
        text = SETTINGS.format(
            scanner=scanners, printer=printer, drawer=drawer, display=display, till=till
        )
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "config.toml").write_text(text, "utf-8")

    def start(
        self, *argv: str, given: str = "", deaths: Sequence[Death] = (),
        environ: Mapping[str, str] = {},
    ) -> Running:  # fmt: skip
        """Start a command; what it reads on its standard input is `given`."""
        talk = self.path / "talk"
        talk.mkdir(parents=True, exist_ok=True)
        run = next(self._runs)
        stdin, stdout, stderr = (talk / f"{run}.{name}" for name in ("in", "out", "err"))
        for path, text in ((stdin, given), (stdout, ""), (stderr, "")):
            path.write_text(text, "utf-8")
        wires = Wires(str(stdin), str(stdout), str(stderr))
        return self.spawn(argv, wires, deaths, environ)

    def spawn(
        self, argv: Sequence[str], wires: Wires, deaths: Sequence[Death] = (),
        environ: Mapping[str, str] = {},
    ) -> Running:  # fmt: skip
        """Start a command on given wires."""
        process = _PROCESSES.Process(
            target=run_command, args=(argv, self.environ(**environ), wires, tuple(deaths))
        )
        process.start()
        return Running(process, wires)

    def command(self, *argv: str, given: str = "", **environ: str) -> Done:
        """Run a command to its end."""
        return self.start(*argv, given=given, environ=environ).ended()

    def play(self, *gestures: str, dies: Death | None = None) -> Done:
        """Play gestures with no screen; with `dies`, until the process dies there."""
        deaths = [dies] if dies else []
        done = self.start("play", "-", given="\n".join(gestures) + "\n", deaths=deaths).ended()
        if dies is not None:
            assert done.code == -9, f"it did not die {dies}: {done}"
        return done

    def rows(self, sql: str, *, file: str = FILE) -> list[tuple[Any, ...]]:
        """Read one of the till's files as it lies."""
        connection = dbapi2.connect(str(self.path / "data" / file))
        try:
            return list(connection.execute(sql))
        finally:
            connection.close()

    def sold(self) -> list[str]:
        """Return the tickets on record, in order."""
        return [label for (label,) in self.rows("SELECT label FROM sale ORDER BY entry")]

    def kinds(self) -> list[str]:
        """Return the kinds of all entries, in order."""
        return [kind for (kind,) in self.rows("SELECT kind FROM entry ORDER BY ordinal")]

    def check(self) -> None:
        """Everything that must hold of a till's file, whatever happened to it."""
        marker = Marker(self.path / "state" / "marker")
        known = None if marker.mark is None else marker.mark.head
        marker.close()
        assert not verify(self.database, known=known).findings
        engine = open_engine(self.database)
        assert not rebuild_check(engine).differences
        engine.dispose()
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        baskets = self.rows("SELECT basket FROM sale")
        assert len(baskets) == len(set(baskets))
        for (epoch,) in self.rows("SELECT DISTINCT epoch FROM sale"):
            tickets = self.rows(f"SELECT ticket FROM sale WHERE epoch = '{epoch}' ORDER BY entry")
            assert tickets == [(number,) for number in range(1, len(tickets) + 1)]


def make_shop(folder: Path) -> Home:
    """Fill a till with the demonstration's articles and people, all PINs known."""
    home = Home(folder)
    home.settle()
    settings = settings_file.load(folder / "config.toml")
    found = places({"COMPTOIR_HOME": str(folder)})
    prepare(settings, found, words_for("en", settings.shop.currency, settings.shop.zone))
    return home


def copy_of(shop: Home, folder: Path) -> Home:
    """Return a till that starts as `shop` stands, key and marker included."""
    shutil.copytree(shop.path, folder, dirs_exist_ok=True)
    return Home(folder)
