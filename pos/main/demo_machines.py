"""The machines of the demonstration: a centre as an installer would run it, and tills that know it.

The centre is `comptoir-central` in processes of its own, with an embedded PostgreSQL in the
demonstration's folder. It ends with the demonstration, however that one ends.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.words import words_for
from pos.domain.errors import Refusal
from pos.main.demo import SETTINGS
from pos.main.keeper import child
from pos.store.mirror import MirrorFile

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


class CentreAt:
    """The centre of a folder, which somebody runs; `url` is its address."""

    def __init__(self, folder: Path) -> None:
        self.url = ""
        self._environ = {**_bare(), "COMPTOIR_CENTRE_FOLDER": str(folder)}
        self._address_file = folder.parent / "address"

    def find(self) -> None:
        """Learn its address. Raises Refusal `no_centre` where none is at work."""
        try:
            url = self._address_file.read_text("utf-8")
            port = int(url.rpartition(":")[2])
            socket.create_connection(("127.0.0.1", port), timeout=STEP_MOST_S).close()
        except (OSError, ValueError):
            raise Refusal(
                "no_centre",
                "No demonstration with a centre is at work; start it first, in another window:"
                " scripts/demo --with-centre.",
            ) from None
        self.url = url

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


class DemoCentre(CentreAt):
    """A centre in a folder, at work from the start on and until `close`."""

    def __init__(self, folder: Path) -> None:
        """Make the centre where there is none yet, and start it. Raises Refusal."""
        super().__init__(folder)
        if not (folder / "centre.toml").exists():
            self.command("init", "--name", "demo")
        with (folder.parent / "centre.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _TIED, "sh", *_central("demo-shop", "--port", "0")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environ,
                start_new_session=True,
            )
        try:
            self.url = self._address(log.name)
            self._address_file.write_text(self.url, "utf-8")
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

    def close(self) -> None:
        """End the centre and its PostgreSQL in order."""
        self._address_file.unlink(missing_ok=True)
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
    def of(cls, root: Path, name: str, language: str, url: str, *, kind: str = "till") -> DemoTill:
        """Return the till S001-T01, another or a kiosk; it gets its settings the first time."""
        words_for(language)
        home = root / name
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "config.toml").exists():
            shutil.copy(SETTINGS, home / "config.toml")
        own = {
            "COMPTOIR_HOME": str(home),
            "COMPTOIR__TILL__NAME": name.partition("-")[2],
            "COMPTOIR__TILL__LANGUAGE": language,
            "COMPTOIR__TILL__KIND": kind,
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

    def enrol(self, centre: CentreAt) -> None:
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


def _bare() -> dict[str, str]:
    """Return the environment without what it says of a real till or a real centre."""
    return {name: text for name, text in os.environ.items() if not name.startswith("COMPTOIR_")}


def _central(*argv: str) -> list[str]:
    return [sys.executable, "-m", "sync.central.commands", *argv]


def _done(command: list[str], environ: Mapping[str, str]) -> str:
    """Run a command to its end; return what it printed. Raises Refusal with what it said."""
    try:
        ended = subprocess.run(
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
    return ended.stdout
