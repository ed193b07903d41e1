"""From an order on the web to the clerk's list, and a pass over an article, the centre being up.

All is real but the crowd: a centre's process on its PostgreSQL, a till on a terminal with the
courier that it started itself, an order through the order API. The clock runs from before the
request is sent until the row is out. Meanwhile 200 tills of 20 shops hold their streams open;
those of the same shop hear of each order and pull it. All share this machine's processors.
"""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from config import settings as settings_file
from pos.domain.pickup_pass import Pass, sealed
from pos.domain.shift import instant_text
from pos.ports.centre import Enrolment
from pos.store.keys import file_key
from pos.store.mirror import MirrorFile
from pos.store.open import KEYS
from scripts.benches.catalogue_data import rows, rules
from scripts.benches.centre_http import process
from scripts.benches.centre_ingest import set_up
from scripts.benches.crowd import NAME, tills
from scripts.benches.measured import Measured, limit_p99
from scripts.benches.pickup import OPEN, UP, Clerk, compared
from scripts.benches.screen import SMALL, prepare
from sync.central import catalogue, embedded, feed, settings, stock
from sync.central.engine import Centre
from sync.central.orders import channels
from sync.central.pass_keys import OWN_KEY
from sync.central.project import SELLABLE, MoveRow
from sync.central.settings import CentreSettings, Secrets
from sync.central.values import CATALOGUE, COMPANY, TillId

NAMES = (
    "order on the web to the till's list, 200 tills connected",
    "pass to screen over article to screen, the centre up",
)
CROWD, ORDERS, MOST_S = 200, 40, 2
TILL = TillId("S001", "T01")
SKU, SHOWN = "TEA", "Bench tea"
CONNECTED_MOST_S = 40.0
GAUGE = re.compile(r"^comptoir_live_clients (\d+)", re.MULTILINE)


class Web:
    """A sales channel of a centre."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {key}"}
        self._line = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False)
        self._number = 0
        self._last = datetime.now(UTC) + timedelta(days=2)

    def order(self) -> dict[str, Any]:
        """Place an order, which is promised before all earlier ones: it comes first in the list."""
        self._number += 1
        body: dict[str, Any] = {
            "store": TILL.store,
            "contract": "paid_online",
            "lines": [{"sku": SKU, "quantity": 1_000}],
            "reference": f"W-{1_000 + self._number}",
            "customer": {"name": "Martine Dubois"},
            "promised_at": instant_text(self._last - timedelta(minutes=self._number)),
        }
        once = {"Idempotency-Key": body["reference"]}
        answer = self._line.post("/v1/orders", json=body, headers=once)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def connected(self) -> int:
        """Return how many tills wait for news at this moment."""
        found = GAUGE.search(self._line.get("/metrics").text)
        return int(found[1]) if found else 0

    def until_connected(self, count: int) -> None:
        """Wait until so many do."""
        end = time.monotonic() + CONNECTED_MOST_S
        while self.connected() < count:
            assert time.monotonic() < end, f"{self.connected()} tills of {count} are connected"
            time.sleep(0.1)


async def _open_shop(database: str) -> str:
    """Give the centre goods, stores and the crowd's tills; return the key of a sales channel."""
    centre, now = Centre.of([database]), datetime.now(UTC)
    await centre.migrate()
    for who, key in tills(CROWD):
        await set_up(centre, who, key)
    goods = [["", *one, "FR055"] for one in rows(SMALL)]
    goods.append([SKU, "", SHOWN, "1.00", "FR055"])
    lines = [["sku", "barcode", "name", "price", "vat"], *goods]
    report = await catalogue.import_rows(centre, lambda: lines, rules(), "FR")
    assert report.added == len(goods), report
    has = MoveRow(TILL.store, "delivery/1", 1, SKU, SELLABLE, 10**9, "delivery", instant_text(now))
    async with centre.session(TILL.store) as session:
        await stock.move(session, TILL.store, [has], now)
        await session.commit()
    added = await channels.add(centre, "web", "", (), now)
    await centre.close()
    return added.key


async def _enrol(database: str, url: str, home: Path) -> int:
    """Make a till known by its own key; return the shop's number."""
    key = file_key(home / "state" / KEYS / "till.pem")
    centre = Centre.of([database])
    await set_up(centre, TILL, key)
    async with centre.session(TILL.store) as session:
        scopes = await feed.scopes_of(session, TILL)
        fields = await feed.current(session, COMPANY, CATALOGUE, "store", [TILL.store])
    await centre.close()
    mirror = MirrorFile(home / "data")
    mirror.enrol(Enrolment(url, NAME, "", tuple(scopes), key.key_id))
    mirror.close()
    return int(fields[TILL.store]["number"])


@contextmanager
def _crowd(url: str) -> Iterator[None]:
    """Let the crowd wait for news, once each of it has read what there is."""
    asked = [sys.executable, "-m", "scripts.benches.crowd", url, str(CROWD)]
    running = subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        assert running.stdout.readline() == "read\n", "the crowd has left"
        yield
        assert running.poll() is None, "the crowd has left"
    finally:
        running.stdin.close()
        running.terminate()
        running.wait()
        running.stdout.close()


def _listed(clerk: Clerk, web: Web) -> tuple[list[float], str]:
    """Return the seconds from each order to its row, orders coming at any moment, and the last."""
    order, took, chance = "", list[float](), random.Random(1)
    clerk.terminal.press(OPEN)
    for _ in range(ORDERS):
        clerk.terminal.drain()
        time.sleep(chance.uniform(0, 0.5))
        began = time.monotonic()
        told = web.order()
        took.append(clerk.terminal.wait_for(told["reference"]) - began)
        clerk.terminal.drain()
        order = told["id"].rpartition(".")[2]
        clerk.terminal.press(UP)  # so that the first row stays in sight
    clerk.leave()
    return took, order


def measure() -> Iterator[Measured]:
    """Yield the goals of an order on its way, with the centre up."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder = Path(name)
        server = embedded.start(folder / "postgres")
        try:
            settings.write(folder / "centre", CentreSettings(name=NAME, database=server.url))
            key = asyncio.run(_open_shop(server.url))
            with process(folder / "centre") as address, _crowd(f"http://{address}"):
                yield from _measured(folder, server.url, Web(f"http://{address}", key))
        finally:
            server.stop()


def _measured(folder: Path, database: str, web: Web) -> Iterator[Measured]:
    home = prepare(folder / "till", SMALL)
    centre: dict[str, str | bool] = {"url": web.url, "enabled": True}
    settings_file.put(home / "config.toml", "centre", centre)
    number = asyncio.run(_enrol(database, web.url, home))
    clerk = Clerk(home, SMALL, 1)
    try:
        web.until_connected(CROWD + 1)
        took, order = _listed(clerk, web)
        web.until_connected(CROWD + 1)
        yield limit_p99(NAMES[0], "s", took, MOST_S)
        expires = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
        signer = Secrets.of(folder / "centre").key
        scan = sealed(Pass(order, number, expires, OWN_KEY), signer.sign)
        clerk.empty_if_long()
        yield compared(NAMES[1], lambda: clerk.passes(scan, SHOWN), clerk.one, 2)
    finally:
        clerk.terminal.close()
