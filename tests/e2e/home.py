"""A till's folder, and the `comptoir` command run on it, each time in a process of its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from config import settings as settings_file
from config.places import places
from config.words import words_for
from pos.journal.signing import verify as is_signature
from pos.main.demo import prepare
from pos.main.world import ShiftedClock
from pos.store.engine import open_engine
from pos.store.keys import remembered_keys
from pos.store.marker import Marker
from pos.store.open import FILE
from pos.store.queries import stream
from pos.store.rebuild import rebuild_check, verify
from tests.e2e.child import Death, Fate, Wires, run_command
from tests.till.french_audit import Audit

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
        "pos.main.kiosk",
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
name = "{name}"
language = "{language}"
{till}
[devices]
scanners = [{scanner}]
cards = [{card}]

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
    """One till's folder (COMPTOIR_HOME); its clock is `ahead` of the machine's."""

    path: Path
    ahead: timedelta = timedelta()
    language: str = "en"
    name: str = "T01"
    _runs: count[int] = field(default_factory=count)

    @property
    def database(self) -> Path:
        return self.path / "data" / FILE

    def go_to(self, when: datetime) -> None:
        """Run what comes at an instant, and after it as time goes by."""
        self.ahead = when - datetime.now(UTC)

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a command on this till."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "COMPTOIR_HOME": str(self.path), "TERM": "xterm-256color", **more}

    def settle(
        self,
        *,
        scanner: str = "",
        printer: str = "",
        display: str = "",
        card: str = "",
        till: str = "",
    ) -> None:
        """Write the settings file."""
        cards = f'{{ name = "desk", url = "{card}", answer_seconds = 20 }}' if card else ""
        scanners = f'{{ name = "scanner", url = "{scanner}" }}' if scanner else ""
        drawer = "printer" if printer else ""
        text = SETTINGS.format(
            scanner=scanners,
            printer=printer,
            drawer=drawer,
            display=display,
            card=cards,
            till=till,
            name=self.name,
            language=self.language,
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
            target=run_command,
            args=(argv, self.environ(**environ), wires, Fate(tuple(deaths), self.ahead)),
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

    def closed(self) -> list[str]:
        """Return the keys of the days, months and years that were closed, in order."""
        return [key for (key,) in self.rows("SELECT key FROM closing ORDER BY entry")]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Return the facts of all entries of a kind, in order."""
        found = self.rows(f"SELECT body FROM entry WHERE kind = '{kind}' ORDER BY ordinal")
        return [json.loads(body) for (body,) in found]

    def check(self) -> None:
        """Everything that must hold of a till's file, whatever happened to it."""
        marker = Marker(self.path / "state" / "marker")
        known = None if marker.mark is None else marker.mark.head
        marker.close()
        assert not verify(self.database, known=known).findings
        engine = open_engine(self.database)
        assert not rebuild_check(engine).differences
        with engine.begin() as connection:
            Audit(self._is_signed).judge([entry for _, entry in stream(connection)])
        engine.dispose()
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        baskets = self.rows("SELECT basket FROM sale")
        assert len(baskets) == len(set(baskets))
        for series in self.rows("SELECT DISTINCT epoch, training FROM sale"):
            where = "epoch = '{}' AND training = {}".format(*series)
            tickets = self.rows(f"SELECT ticket FROM sale WHERE {where} ORDER BY entry")
            assert tickets == [(number,) for number in range(1, len(tickets) + 1)]
        days = [date.fromisoformat(key) for key in self.closed() if len(key) == len("2026-12-31")]
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))] if days else True
        for level in ("day", "month", "year"):
            numbers = self.rows(
                f"SELECT number FROM closing WHERE level = '{level}' ORDER BY entry"
            )
            assert numbers == [(number,) for number in range(1, len(numbers) + 1)]

    def _is_signed(self, payload: bytes, signature: bytes) -> bool:
        keys = remembered_keys(self.path / "state" / "keys")
        return any(is_signature(key, signature, payload) for key in keys)


def make_shop(folder: Path, when: datetime | None = None, name: str = "T01") -> Home:
    """Fill a till with the demonstration's articles and people, all PINs known; now or `when`."""
    home = Home(folder, name=name)
    if when is not None:
        home.go_to(when)
    home.settle()
    settings = settings_file.load(folder / "config.toml")
    found = places({"COMPTOIR_HOME": str(folder)})
    words = words_for("en", settings.shop.currency, settings.shop.zone)
    prepare(settings, found, words, ShiftedClock(home.ahead))
    return home


def copy_of(shop: Home, folder: Path) -> Home:
    """Return a till that starts as `shop` stands, key and marker included."""
    shutil.copytree(shop.path, folder, dirs_exist_ok=True)
    return Home(folder, shop.ahead, name=shop.name)
