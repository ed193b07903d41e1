"""50,000 sales that wait at one till go to the centre, against the rate at which it takes pushes.

Ours is the courier's own process, at work on a real till's file, at one of the centre's two API
processes. The floor is the rate of `centre_http`: four tills that do nothing but send what was
made beforehand, at both processes. They take turns, a tenth of the sales each: the courier is
stopped (SIGSTOP) while the others send. Its memory is the most it ever held, at the end against
after the first tenth.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from pos.journal.signing import key_id
from pos.main.world import SystemClock, UlidIds
from pos.ports.centre import Enrolment
from pos.store.mirror import MirrorFile
from pos.store.open import Who, open_store
from scripts.benches.centre_http import EACH, NAME, TILLS, process, round_ms, sending
from scripts.benches.centre_ingest import BATCH
from scripts.benches.measured import Measured, ratio
from scripts.benches.sales import sale as sale_of
from sync.central import access, embedded, feed, settings
from sync.central.access import Asking
from sync.central.engine import Centre
from sync.central.settings import CentreSettings
from sync.central.values import TillId

NAMES = ("50,000 unsent sales drain, an entry", "the courier's memory while they drain")
COUNT, TURNS, AT_ONCE = 50_000, 10, 500
TIMES_MOST = 2.0
MEMORY_TIMES_MOST = 1.1
WHO = TillId("S009", "T01")
LOOK_S = 0.02
QUIET_S_MOST = 60
"""How long the courier may bring nothing before the measurement is given up."""

_HELD = "SELECT coalesce(max(number), 0) FROM till_head WHERE store_id = $1"


def _sell(home: Path) -> bytes:
    """Write the till's settings and its journal of sales; return the till's public key."""
    (home / "config.toml").write_text(
        f'[till]\nstore = "{WHO.store}"\nname = "{WHO.till}"\nfiscal = "none"\n', "utf-8"
    )
    who = Who(WHO.store, WHO.till, "bench")
    store = open_store(home / "data", home / "state", who, SystemClock(), UlidIds())
    like = sale_of(1)
    for first in range(1, COUNT + 1, AT_ONCE):
        store.ledger.record(
            *(
                like.model_copy(update={"ticket": ticket, "label": f"T01-K1-{ticket:06d}"})
                for ticket in range(first, first + AT_ONCE)
            )
        )
    store.close()
    return store.public_key


async def _enrol(server: embedded.Embedded, home: Path, key: bytes, url: str) -> None:
    """Make the centre and the till known to each other."""
    centre, now = Centre.of([server.url]), datetime.now(UTC)
    async with centre.session(WHO.store) as session:
        raw = await (await session.connection()).get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(
            "INSERT INTO store (store_id, name, time_zone, price_zone, opened_at)"
            " VALUES ($1, '', 'Europe/Paris', 'FR', $2)",
            WHO.store,
            now,
        )
        await access.put_code(session, WHO, "bench", now)
        assert await access.admit(session, Asking(WHO, "bench", key, "bench"), now)
        scopes = await feed.scopes_of(session, WHO)
        await session.commit()
    await centre.close()
    mirror = MirrorFile(home / "data")
    mirror.enrol(Enrolment(url, NAME, "", tuple(scopes), key_id(key)))
    mirror.close()
    with (home / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f'[centre]\nurl = "{url}"\nenabled = true\n')


@contextmanager
def _courier(home: Path) -> Iterator[int]:
    """Run the till's courier, stopped at first; give its process."""
    running = subprocess.Popen(
        [sys.executable, "-m", "pos.main", "courier"],
        env={**os.environ, "COMPTOIR_HOME": str(home)},
    )
    try:
        os.kill(running.pid, signal.SIGSTOP)
        yield running.pid
    finally:
        running.kill()
        running.wait()


async def _drain(connection: asyncpg.Connection, pid: int, until: int) -> float:
    """Let the courier work until the centre holds so many; return the milliseconds an entry."""
    held: int
    begun: int
    held = begun = await connection.fetchval(_HELD, WHO.store)
    start = heard = time.perf_counter()
    os.kill(pid, signal.SIGCONT)
    while held < until:
        await asyncio.sleep(LOOK_S)
        now = await connection.fetchval(_HELD, WHO.store)
        if now > held:
            held, heard = now, time.perf_counter()
        assert time.perf_counter() - heard < QUIET_S_MOST, f"nothing came after {held}"
    spent = time.perf_counter() - start
    os.kill(pid, signal.SIGSTOP)
    return spent * 1_000 / (held - begun)


def _peak_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) / 1_024


async def _measure(
    server: embedded.Embedded, urls: list[str], home: Path
) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds an entry, of the drain and of the floor, and the courier's peaks."""
    tills = await sending(server, urls, TURNS + 1)
    await _enrol(server, home, _sell(home), f"http://{urls[0]}")
    connection = await asyncpg.connect(server.url)
    ours: list[float] = []
    floor: list[float] = []
    peaks: list[float] = []
    with ThreadPoolExecutor(len(tills)) as pool, _courier(home) as pid:
        round_ms(pool, tills, 0)
        await _drain(connection, pid, BATCH)
        await connection.execute("ANALYZE")
        for turn in range(1, TURNS + 1):
            ours.append(await _drain(connection, pid, COUNT * turn // TURNS))
            peaks.append(_peak_mb(pid))
            floor.append(round_ms(pool, tills, turn) / (len(TILLS) * EACH * BATCH))
    await connection.close()
    for one in tills:
        one.line.close()
    return ours, floor, peaks


def measure() -> Iterator[Measured]:
    """Yield the measurements of the drain."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    server = embedded.start(folder / "postgres")
    try:
        at, home = folder / "centre", folder / "till"
        home.mkdir()
        settings.write(at, CentreSettings(name=NAME, database=server.url))
        with process(at) as one, process(at) as other:
            ours, floor, peaks = asyncio.run(_measure(server, [one, other], home))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    yield ratio(NAMES[0], "ms", ours, floor, TIMES_MOST)
    yield ratio(NAMES[1], "MB", peaks[-1:], peaks[:1], MEMORY_TIMES_MOST)
