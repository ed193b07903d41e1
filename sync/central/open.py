"""Opening a centre: settings, key, databases; an embedded PostgreSQL when no other is named.

Several processes of one machine may use the embedded one: the last to leave stops it. Who is
killed leaves nothing behind that hinders the next.
"""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pos.domain.errors import Refusal
from sync.central import embedded
from sync.central import settings as settings_file
from sync.central.embedded import NoPostgres
from sync.central.engine import Centre
from sync.central.settings import CentreSettings, Secrets

_POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Opened:
    """A centre that can be used: `urls` are its databases."""

    folder: Path
    settings: CentreSettings
    secrets: Secrets
    urls: tuple[str, ...]

    def centre(self) -> Centre:
        """Return the way to its databases."""
        return Centre.of(self.urls, self.settings.pool)


def settings_of(folder: Path, **changed: object) -> CentreSettings:
    """Return the settings of a folder's centre, `changed` in place of those of the file."""
    told = settings_file.load(folder).model_dump()
    return settings_file.checked({**told, **changed})


@contextmanager
def opened(folder: Path, **changed: object) -> Iterator[Opened]:
    """Open the centre of a folder; `changed` as for `settings_of`.

    Raises Refusal when there is none, or when its database cannot be started.
    """
    settings = settings_of(folder, **changed)
    secrets = Secrets.of(folder)
    if settings.urls():
        yield Opened(folder, settings, secrets, settings.urls())
        return
    with _embedded(folder) as url:
        yield Opened(folder, settings, secrets, (url,))


@asynccontextmanager
async def connected(found: Opened) -> AsyncIterator[Centre]:
    """Give the databases of an open centre, and close them."""
    centre = found.centre()
    try:
        yield centre
    finally:
        await centre.close()


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    """Give the URL of the folder's own server; the last user stops it."""
    with (folder / "postgres.turn").open("w") as turn, (folder / "postgres.use").open("w") as use:
        with _locked(turn):
            try:
                server = embedded.start(folder / _POSTGRES)
            except NoPostgres as error:
                raise Refusal("no_postgres", "{why}", why=str(error)) from error
            fcntl.flock(use, fcntl.LOCK_SH)
        try:
            yield server.url
        finally:
            with _locked(turn):
                fcntl.flock(use, fcntl.LOCK_UN)
                if _alone(use):
                    server.stop()


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _alone(use: IO[str]) -> bool:
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
