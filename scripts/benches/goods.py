"""A real centre with the articles and prices of a bench, and tills whose courier reads them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from pos.domain.feed import PriceFields
from scripts.benches.catalogue_data import rows
from scripts.benches.centre_http import process
from sync.central import embedded, feed, settings
from sync.central.engine import Centre
from sync.central.settings import CentreSettings
from sync.central.stores import StoreFacts
from sync.central.stores import put as put_store
from sync.central.values import CATALOGUE, COMPANY, TillId, prices_scope

STORE, ZONE = "S001", "FR"
AT_ONCE = 50_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Source:
    """A centre that answers: its folder and its address."""

    folder: Path
    url: str

    def enrol(self, home: Path, till: str) -> None:
        """Make a till of `home` known, by its own commands; more is written in its settings."""
        with (home / "config.toml").open("a") as file:
            file.write(f'[till]\nstore = "{STORE}"\nname = "{till}"\nfiscal = "none"\n')
        who = str(TillId(STORE, till))
        done = _run("sync.central.commands", "enrol-code", who, "--folder", str(self.folder))
        environ = {"COMPTOIR_HOME": str(home)}
        _run("pos.main", "enrol", done.splitlines()[0], "--url", self.url, **environ)


@contextmanager
def source(articles: int) -> Iterator[Source]:
    """Run a centre with so many articles, each with a price."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    server = embedded.start(folder / "postgres")
    try:
        home = folder / "centre"
        settings.write(home, CentreSettings(name="bench", database=server.url))
        asyncio.run(_fill(server, articles))
        with process(home) as address:
            yield Source(home, f"http://{address}")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def courier(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the courier of a till, as its service would."""
    running = subprocess.Popen(
        [sys.executable, "-m", "pos.main", "courier"],
        env={**os.environ, "COMPTOIR_HOME": str(home)},
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


async def _fill(server: embedded.Embedded, articles: int) -> None:
    centre = Centre.of([server.url])
    await centre.migrate()
    await put_store(centre, StoreFacts(STORE, "Bench", "Europe/Paris", ZONE), NOW)
    rest = rows(articles)
    while part := list(islice(rest, AT_ONCE)):
        goods: feed.Things = {
            ("article", f"0{code}"): {"name": name, "vat": "FR055", "codes": [f"0{code}"]}
            for code, name, _ in part
        }
        prices: feed.Things = {
            ("price", f"0{code}"): PriceFields(prices=((0, int(price.replace(".", ""))),)).fields()
            for code, _, price in part
        }
        async with centre.session(STORE) as session:
            await feed.publish(session, COMPANY, CATALOGUE, goods, NOW)
            await feed.publish(session, COMPANY, prices_scope(ZONE), prices, NOW)
            await session.commit()
    await centre.close()


def _run(module: str, *asked: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *asked],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{asked[0]}: {done.stdout}{done.stderr}")
    return done.stdout
