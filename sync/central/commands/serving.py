"""`init`, `serve` and `worker`."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import typer
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from sync.central import numbers
from sync.central import settings as settings_file
from sync.central.commands.said import say, words_of
from sync.central.log import open_log
from sync.central.mail.sender import Postman
from sync.central.open import Opened, connected, opened, settings_of
from sync.central.server import bind, check_address, serve
from sync.central.service import Service
from sync.central.settings import CentreSettings
from sync.central.worker import Duties, duties, work

MIGRATION_TRIES = 10


def init(folder: Path, told: dict[str, Any]) -> int:
    """Make a centre in a folder, and its tables."""
    settings = settings_file.checked(told)
    settings_file.write(folder, settings)
    with opened(folder) as found:
        asyncio.run(_migrate(found))
    say(Sentence("The centre {name} is in {folder}.", name=settings.name, folder=str(folder)))
    say(Sentence("Keep a copy of {file} in a safe place.", file=str(folder / "centre.key")))
    return 0


def answer(folder: Path, changed: dict[str, Any], *, with_worker: bool) -> int:
    """Answer tills until SIGTERM; print the address once it listens."""
    open_log()
    check_address(settings_of(folder, **changed))
    with opened(folder, **changed) as found:
        asyncio.run(_migrate(found))
        listening = bind(found.settings)
        service = Service.of(found.settings, found.secrets, found.centre(), words_of)
        if with_worker or not found.settings.urls():
            service.beside = work(found.centre(), service.closing, _duties(found))
        url = _url(found.settings, listening.getsockname()[1])
        typer.echo(url)
        structlog.get_logger().info("listening", url=url)
        serve(service, listening)
        structlog.get_logger().info("stopped")
    return 0


def keep_house(folder: Path, *, once: bool) -> int:
    """Do what the centre does by itself, once or until SIGTERM."""
    open_log()
    with opened(folder) as found:
        asyncio.run(_work(found, once=once))
    return 0


async def _migrate(found: Opened) -> None:
    """Bring the tables forward; of processes that start together one does, and the others see it.

    A database that is still starting is waited for. Raises Refusal `no_database`.
    """
    for tries_left in reversed(range(MIGRATION_TRIES)):
        try:
            async with connected(found) as centre:
                await centre.migrate()
                await numbers.tell(centre, found.secrets.passes, datetime.now(UTC))
            return
        except (DBAPIError, PostgresError, OSError) as error:
            if not tries_left:
                raise Refusal(
                    "no_database",
                    "The database does not answer, or cannot be brought forward ({why}).",
                    why=type(error).__name__,
                ) from error
        await asyncio.sleep(1)


async def _work(found: Opened, *, once: bool) -> None:
    stop = asyncio.Event()
    if once:
        stop.set()
    else:
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
    await work(found.centre(), stop, _duties(found))


def _duties(found: Opened) -> Duties:
    """Return what the centre of a folder does by itself."""
    settings = found.settings
    postman = Postman(settings.mail, found.secrets.passes, words_of, settings.public_url)
    return duties(settings.orders, soon=(postman.deliver,))


def _url(settings: CentreSettings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.certificate else 'http'}://{host}:{port}"
