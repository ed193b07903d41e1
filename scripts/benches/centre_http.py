"""Pushes of 100 sales over HTTP at two API processes, against a raw COPY of the very same rows.

Ours is what four tills wait for: the token, the body's hash, the used token written down, every
entry's hash and signature, the rows, the commit, the answer. A round is three pushes of each till,
one after the other, all tills at once, two at each process; the slowest till ends it. The floor is
one connection that copies the rows of the same twelve pushes, made beforehand, and commits each.
Tokens are signed and bodies compressed, as tills do, before the clock starts. The tills here share
the machine's processors with the centre.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from pos.journal.signing import SeedKey
from scripts.benches.centre_ingest import Prepared, analyse, copy_raw, prepared, set_up
from scripts.benches.measured import Measured, ratio
from sync.central import embedded, settings
from sync.central.engine import Centre
from sync.central.settings import CentreSettings
from sync.central.values import TillId
from sync.http import PACKING
from sync.token import Asked, Claims, sign

NAMES = ("pushes of 100 sales over HTTP, four tills, two processes",)
WARM_UP, COUNT, EACH = 2, 8, 3
TIMES_MOST = 2.0
TILLS = tuple(TillId(f"S00{n}", "T01") for n in range(1, 5))
NAME, PATH = "bench", "/v1/journal"
HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


@dataclass
class Sending:
    """A till with its connection, its pushes and their bodies as they are sent."""

    who: TillId
    key: SeedKey
    pushes: list[Prepared]
    bodies: list[bytes]
    line: http.client.HTTPConnection

    def token(self, number: int) -> str:
        """Sign one push."""
        claims = Claims(str(self.who), NAME, int(time.time()), f"{self.who}-{number}")
        return f"Comptoir {sign(self.key, claims, Asked('POST', PATH, self.bodies[number]))}"

    def push(self, tokens: dict[int, str]) -> None:
        """Send pushes by their numbers, each once the one before it is answered."""
        for number, token in tokens.items():
            headers = {**HEADERS, "Authorization": token}
            self.line.request("POST", PATH, self.bodies[number], headers)
            answer = self.line.getresponse()
            told = answer.read()
            assert answer.status == 200, told
            assert b'"state":"ok"' in told


@contextmanager
def process(folder: Path) -> Iterator[str]:
    """Run an API process; give its host and port."""
    asked = [sys.executable, "-m", "sync.central.commands", "serve", "--port", "0"]
    with (folder / "log").open("a") as log:
        running = subprocess.Popen(
            [*asked, "--folder", str(folder)], stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert running.stdout is not None
        try:
            url = running.stdout.readline().strip()
            assert url, (folder / "log").read_text("utf-8")
            yield url.removeprefix("http://")
        finally:
            running.terminate()
            running.wait()
            running.stdout.close()


async def sending(server: embedded.Embedded, urls: list[str], rounds: int) -> list[Sending]:
    """Return the tills, known to the centre, with pushes for so many rounds."""
    centre = Centre.of([server.url])
    await centre.migrate()
    found = []
    for number, who in enumerate(TILLS):
        key, pushes = prepared(rounds * EACH, who)
        await set_up(centre, who, key)
        bodies = [gzip.compress(one.body, PACKING, mtime=0) for one in pushes]
        line = http.client.HTTPConnection(urls[number % len(urls)], timeout=60)
        found.append(Sending(who, key, pushes, bodies, line))
    await centre.close()
    return found


def round_ms(pool: Executor, tills: list[Sending], turn: int) -> float:
    """Let all tills send their pushes of a round; return the milliseconds until the last answer."""
    numbers = range(turn * EACH, (turn + 1) * EACH)
    tokens = [{number: one.token(number) for number in numbers} for one in tills]
    start = time.perf_counter_ns()
    list(pool.map(Sending.push, tills, tokens))
    return (time.perf_counter_ns() - start) / 1e6


async def _measure(server: embedded.Embedded, urls: list[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of rounds, and of the copies of the same rows."""
    tills = await sending(server, urls, WARM_UP + COUNT)
    admin = await asyncpg.connect(server.url_of("postgres"))
    await admin.execute("CREATE DATABASE floor")
    await admin.close()
    copies = Centre.of([server.url_of("floor")])
    await copies.migrate()
    await copies.close()
    floor = await asyncpg.connect(server.url_of("floor"))
    ours: list[float] = []
    raw: list[float] = []
    with ThreadPoolExecutor(len(tills)) as pool:
        for turn in range(WARM_UP + COUNT):
            if turn == WARM_UP:
                await analyse(server)
            ours.append(round_ms(pool, tills, turn))
            start = time.perf_counter_ns()
            for number in range(turn * EACH, (turn + 1) * EACH):
                for one in tills:
                    await copy_raw(floor, one.pushes[number].rows)
            raw.append((time.perf_counter_ns() - start) / 1e6)
    for one in tills:
        one.line.close()
    await floor.close()
    return ours[WARM_UP:], raw[WARM_UP:]


def measure() -> Iterator[Measured]:
    """Yield the measurement of pushes over HTTP."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    server = embedded.start(folder / "postgres")
    try:
        home = folder / "centre"
        settings.write(home, CentreSettings(name=NAME, database=server.url))
        with process(home) as one, process(home) as other:
            ours, floor = asyncio.run(_measure(server, [one, other]))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    yield ratio(NAMES[0], "ms", ours, floor, TIMES_MOST)
