"""Machines of a shop: a real till's file, its key, its mirror, and the courier between two ends."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pos.main.world import SystemClock, UlidIds
from pos.ports.centre import Enrolment
from pos.store.catalogue import StoredCatalogue
from pos.store.keys import file_key
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, KEYS, Store, Who, open_store
from pos.store.outbox import OutboxFile
from sync.around import Pace, Surroundings
from sync.central import access, feed
from sync.central.access import Asking
from sync.central.service import utc_now
from sync.central.values import TillId
from sync.courier import Courier
from sync.http import HttpWire, Identity, Timeouts
from tests.central.proxy import Cable
from tests.central.serving import NAME, Shop
from tests.central.tills import rows, sale

QUICK = Pace(look_s=0.02, idle_s=0.3, first_s=0.02, most_s=0.2, beat_s=0)
SHORT = Timeouts(connect_s=2, bytes_s=5, whole_s=10, quiet_s=30)
HELD = (
    "SELECT till_id, epoch, number, hash FROM journal WHERE store_id = :store_id"
    " ORDER BY till_id, epoch, number"
)
SALES = "SELECT label, identity FROM sale WHERE store_id = :store_id ORDER BY label"


@dataclass
class Machine:
    """One till of a shop; everything it keeps lies in `folder`."""

    folder: Path
    shop: Shop
    cable: Cable
    name: str = "T01"
    store: Store = field(init=False)
    task: asyncio.Task[None] | None = None
    tickets: int = 0
    logged: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.switch_on()

    @property
    def who(self) -> TillId:
        return TillId(self.shop.store, self.name)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def switch_on(self) -> None:
        """Open the till's file, as its program would."""
        who = Who(self.shop.store, self.name, "comptoir")
        state = self.folder / "state"
        self.store = open_store(self.data, state, who, SystemClock(), UlidIds())

    def backup(self, *parts: str) -> Path:
        """Copy folders of the machine (`data`, `state`), the till being off."""
        kept = self.folder.with_name(f"{self.folder.name}-kept-{'-'.join(parts)}")
        for part in parts:
            shutil.copytree(self.folder / part, kept / part)
        return kept

    def restore(self, kept: Path) -> None:
        """Put the folders of a backup in the place of those that are there."""
        for part in kept.iterdir():
            shutil.rmtree(self.folder / part.name)
            shutil.copytree(part, self.folder / part.name)

    async def enrol(self) -> None:
        """Be let in with the till's own key."""
        centre, now = self.shop.centre, utc_now()
        async with centre.session(self.shop.store) as session:
            await access.put_code(session, self.who, self.name, now)
            asking = Asking(self.who, self.name, self.store.public_key, "comptoir")
            assert await access.admit(session, asking, now)
            await session.commit()
        async with centre.session(self.shop.store) as session:
            scopes = await feed.scopes_of(session, self.who)
        mirror = MirrorFile(self.data)
        mirror.enrol(Enrolment(self.cable.url, NAME, "", tuple(scopes), self.store.signer.key_id))
        mirror.close()

    def sell(self, sold: dict[str, int], times: int = 1) -> None:
        """Sell so many pieces of each article, `times` times."""
        for _ in range(times):
            self.tickets += 1
            epoch = self.store.ledger.place.epoch
            label = f"{self.name}-{epoch}-{self.tickets:06d}"
            self.store.ledger.record(sale(self.tickets, sold, label))

    def start(self) -> None:
        """Start the courier."""
        self.task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop the courier."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
            self.task = None

    async def off(self) -> None:
        """Switch the machine off."""
        await self.stop()
        self.store.close()

    async def _run(self) -> None:
        outbox, mirror = OutboxFile(self.data / FILE), MirrorFile(self.data)
        enrolment = mirror.enrolment()
        assert enrolment is not None
        signer = file_key(self.folder / "state" / KEYS / "till.pem")
        clock = SystemClock()
        who = Identity(str(self.who), enrolment.centre, signer)
        wire = HttpWire(self.cable.url, who, clock.now, SHORT)
        chance = random.Random(1)
        around = Surroundings(
            outbox=outbox,
            mirror=mirror,
            wire=wire,
            clock=clock,
            name=UlidIds().token,
            chance=chance.random,
            changed=outbox.version,
            log=lambda event, facts: self.logged.append((event, dict(facts))),
        )
        try:
            await Courier(around, enrolment.scopes, QUICK, mirror.last_report()).run()
        finally:
            await wire.close()
            outbox.close()
            mirror.close()

    async def until(self, holds: Callable[[], bool | Awaitable[bool]]) -> None:
        """Wait until something holds; the courier may not die meanwhile."""
        async with asyncio.timeout(30):
            while True:
                found = holds()
                if (await found) if not isinstance(found, bool) else found:
                    return
                if self.task is not None and self.task.done():
                    self.task.result()
                await asyncio.sleep(0.02)

    async def is_held(self) -> bool:
        """Tell whether the centre holds the till's last entry."""
        head = self.store.ledger.head
        found = await rows(self.shop.centre, self.shop.store, HELD)
        return (self.name, head.epoch, head.number, head.hash) in [
            (till, epoch, number, bytes(own)) for till, epoch, number, own in found
        ]

    def article(self, sku: str) -> Any:
        """Return an article as the till would sell it."""
        return StoredCatalogue(self.store.catalogue).find(sku)

    def stock(self, sku: str) -> int | None:
        """Return the stock as the till shows it."""
        level = self.store.centre.level(sku)
        if level is None:
            return None
        return level.fields.quantity + self.store.centre.moved(sku, level.included)


async def held(shop: Shop) -> list[tuple[str, str, int]]:
    """Return the names of all entries that the centre holds of a shop."""
    found = await rows(shop.centre, shop.store, HELD)
    return [(till, epoch, number) for till, epoch, number, _ in found]


async def labels(shop: Shop) -> list[str]:
    """Return the labels of the sales that the centre counts, each as often as it does."""
    return [label for label, _ in await rows(shop.centre, shop.store, SALES)]
