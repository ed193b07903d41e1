"""Real processes of the centre for the suite, and tills that speak HTTP to them."""

from __future__ import annotations

import gzip
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel

from pos.journal.signing import SeedKey
from sync.central import settings
from sync.central.engine import Centre
from sync.central.settings import CentreSettings
from sync.token import Asked, Claims, sign
from tests.central.tills import ScriptedTill, enrolled, open_store

NAME = "suite"
WAIT_S = 30
_SERIAL = count(1)
TLS = ssl.create_default_context()
"""Made once: a new one for each client would take most of the suite's time."""


@dataclass
class Process:
    """A running `comptoir-central serve`, or `demo-shop`."""

    popen: subprocess.Popen[str]
    url: str
    folder: Path
    log: Path

    @property
    def database(self) -> str:
        """The URL of its database."""
        return settings.load(self.folder).database

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged so far."""
        found = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in found if line.startswith("{")]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and return its exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(WAIT_S)


def command(folder: Path, *asked: str) -> list[str]:
    """Return the command line of `comptoir-central`."""
    return [sys.executable, "-m", "sync.central.commands", *asked, "--folder", str(folder)]


def make_centre(folder: Path, database: str) -> None:
    """Write the settings and the key of a centre on a database that has the tables."""
    settings.write(folder, CentreSettings(name=NAME, database=database))


@contextmanager
def process(folder: Path, *options: str, asked: str = "serve", **environ: str) -> Iterator[Process]:
    """Run an API process on a port that the system gives; killed at the end if it still runs."""
    log = folder / f"log-{next(_SERIAL)}"
    with log.open("w") as errors:
        popen = subprocess.Popen(
            command(folder, asked, "--port", "0", *options),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **environ},
        )
        try:
            assert popen.stdout is not None
            url = popen.stdout.readline().strip()
            assert url.startswith("http"), log.read_text("utf-8")
            yield Process(popen, url, folder, log)
        finally:
            if popen.poll() is None:
                popen.kill()
            popen.wait(WAIT_S)
            assert popen.stdout is not None
            popen.stdout.close()


@dataclass
class Speaking:
    """A till that signs requests to a process; what is wrong with them can be chosen."""

    till: ScriptedTill
    url: str
    key: SeedKey | None = None
    serial: Iterator[int] = field(default_factory=lambda: _SERIAL)

    def token(self, method: str, path: str, body: bytes, **changed: Any) -> str:
        """Return the header of a request; `changed` are claims that are not as they should be."""
        said = {
            "issuer": str(self.till.who),
            "audience": NAME,
            "issued_s": int(time.time()),
            "jti": f"{os.getpid()}-{next(self.serial)}",
        }
        claims = Claims(**{**said, **changed})
        return f"Comptoir {sign(self.key or self.till.key, claims, Asked(method, path, body))}"

    async def ask(
        self,
        method: str,
        path: str,
        message: BaseModel | bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        packed: bool = False,
        url: str = "",
        **changed: Any,
    ) -> httpx.Response:
        """Send a signed request and return the answer."""
        raw = message if isinstance(message, bytes) else message.model_dump_json().encode()
        told = {"Content-Type": "application/json"} if raw else {}
        if packed:
            raw, told["Content-Encoding"] = gzip.compress(raw), "gzip"
        told["Authorization"] = self.token(method, path, raw, **changed)
        where = url or self.url
        async with httpx.AsyncClient(base_url=where, timeout=WAIT_S, verify=TLS) as client:
            return await client.request(
                method, path, content=raw, headers={**told, **(headers or {})}
            )

    async def post(self, path: str, message: BaseModel | bytes, **how: Any) -> httpx.Response:
        """Send a signed POST and return the answer."""
        return await self.ask("POST", path, message, **how)


@dataclass
class Shop:
    """A store of its own for one test, at a process that answers."""

    centre: Centre
    url: str
    store: str

    async def till(self, name: str = "T01", url: str = "") -> Speaking:
        """Return a till of the store that the centre knows."""
        return Speaking(await enrolled(self.centre, f"{self.store}-{name}"), url or self.url)

    async def other(self) -> Shop:
        """Return another store of the same centre."""
        return await open_shop(self.centre, self.url)


async def open_shop(centre: Centre, url: str) -> Shop:
    """Open a store that no other test has."""
    name = f"S{next(_SERIAL):05d}"
    await open_store(centre, name)
    return Shop(centre, url, name)


def slug(response: httpx.Response) -> str:
    """Return the slug of a problem, checking that it is one."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    told = response.json()
    assert told["status"] == response.status_code
    assert told["request"] == response.headers["request-id"]
    return str(told["type"]).rpartition(":")[2]
