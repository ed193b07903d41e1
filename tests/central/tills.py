"""Tills of the suite: they sell, sign and push like real ones, without a screen or a disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import text

from pos.domain.events import (
    EpochOpened,
    FiscalStamp,
    LineFacts,
    SaleFinished,
    SellerFacts,
    TenderFacts,
    TillInstalled,
    VatFacts,
)
from pos.domain.events.base import BaseEvent
from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain
from pos.journal.entry import Entry, Place
from pos.journal.signing import SeedKey
from sync.central import feed, ingest
from sync.central.engine import Centre
from sync.central.values import TillId
from sync.protocol import (
    Cursor,
    HeadText,
    Match,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    wire_entry,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT = "2026-11-22T12:00:00.000Z"
_STAMP = FiscalStamp(
    plugin="none",
    fiscal_version="1",
    chain="",
    number=0,
    payload="",
    previous="",
    signature="",
    key_id="",
    algorithm="",
    extract="",
)


def line(n: int, sku: str, pieces: int, price: int = 1200) -> LineFacts:
    """Return a line at 20 %; pieces below zero are given back."""
    total = pieces * price
    net = round(total / 1.2)
    return LineFacts.model_validate(
        {
            "n": n,
            "sku": sku,
            "name": f"Article {sku}",
            "quantity": pieces * 1000,
            "unit": "piece",
            "unit_price": price,
            "gross": total,
            "total": total,
            "vat": "FR20",
            "vat_rate": 2000,
            "net": net,
            "tax": total - net,
            "returned": {"reason": "cassé"} if pieces < 0 else None,
        }
    )


def sale(ticket: int, sold: dict[str, int], label: str = "", **changed: Any) -> SaleFinished:
    """Return a sale of so many pieces of each article, paid in cash."""
    lines = [line(n, sku, pieces) for n, (sku, pieces) in enumerate(sold.items(), start=1)]
    total = sum(one.total for one in lines)
    tax = sum(one.tax for one in lines)
    whole: dict[str, Any] = {
        "ticket": ticket,
        "label": label or f"T01-K1-{ticket:06d}",
        "basket": f"B{ticket}",
        "at": AT,
        "business_day": "2026-11-22",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "staff": "staff-1",
        "till": "T01",
        "operator": "10",
        "language": "fr",
        "seller": SellerFacts(name="Au coin", company="Au coin SARL", country="FR"),
        "lines": lines,
        "vat": [VatFacts(rate=2000, gross=total, net=total - tax, tax=tax)],
        "tenders": [TenderFacts(n=1, method="cash", amount=total, given=total)],
        "total": total,
        "software": "Comptoir",
        "fiscal": _STAMP,
    }
    return SaleFinished(**{**whole, **changed})


_SEEDS = count(1)


@dataclass
class ScriptedTill:
    """A till whose journal is a list; `key` signs it."""

    who: TillId
    key: SeedKey = field(default_factory=lambda: SeedKey(next(_SEEDS).to_bytes(32, "big")))
    epoch: str = "K1"
    entries: list[Entry] = field(default_factory=list)
    tickets: int = 0

    @property
    def chain(self) -> Chain:
        """The chain after the last entry."""
        place = Place(self.who.store, self.who.till, self.epoch)
        chain = Chain(place, START)
        if self.entries:
            last = self.entries[-1]
            chain.head = type(START)(last.place.epoch, last.number, last.hash)
        return chain

    def write(self, kind: str, body: bytes, *, version: int = 1, at: str = AT) -> Entry:
        """Append an entry of any kind with any bytes."""
        entry = self.chain.append(kind, version, at, body, self.key)
        self.entries.append(entry)
        return entry

    def record(self, event: BaseEvent, *, at: str = AT) -> Entry:
        """Append an event."""
        return self.write(event.kind, canonical(event.facts()), version=event.version, at=at)

    def install(self) -> Entry:
        """Append the first entry of all."""
        key = self.key.public_key.hex()
        return self.record(TillInstalled(public_key=key, software="Comptoir"))

    def sell(self, sold: dict[str, int], *, at: str = AT, **changed: Any) -> Entry:
        """Append a sale under the next ticket number."""
        self.tickets += 1
        label = f"{self.who.till}-{self.epoch}-{self.tickets:06d}"
        return self.record(sale(self.tickets, sold, label, **changed), at=at)

    def open_epoch(self, epoch: str, reason: str = "fork") -> Entry:
        """Leave the epoch for another one."""
        left = self.entries[-1]
        self.epoch = epoch
        return self.record(
            EpochOpened(
                reason=reason,
                left_epoch=left.place.epoch,
                left_number=left.number,
                public_key=self.key.public_key.hex(),
            )
        )

    def request(self, entries: Sequence[Entry] | None = None) -> Push:
        """Return the push of some entries, or of all of the present epoch."""
        chosen = self.entries if entries is None else entries
        sent = [wire_entry(one) for one in chosen if one.place.epoch == chosen[-1].place.epoch]
        return Push(request="r", epoch=chosen[-1].place.epoch, entries=sent)

    async def push(
        self, centre: Centre, entries: Sequence[Entry] | None = None, now: datetime = NOON
    ) -> PushAnswer:
        """Push some entries, or all of the present epoch."""
        async with centre.session(self.who.store) as session:
            return await ingest.push(session, self.who, self.request(entries), now)

    def pulling(self, *epochs: str) -> Pull:
        """Return a pull that tells nothing but the epochs there are."""
        head = HeadText(number=0, hash="00" * 32)
        return Pull(request="r", heads=dict.fromkeys(epochs, head), cursors={})

    def matching(self, hashes: dict[int, str]) -> Match:
        """Return a question about entries of the present epoch."""
        return Match(request="r", epoch=self.epoch, hashes=hashes)

    async def pull(
        self,
        centre: Centre,
        cursors: dict[str, Cursor],
        *,
        limit: int = 5_000,
        now: datetime = NOON,
    ) -> PullAnswer:
        """Pull some scopes."""
        asked = self.pulling().model_copy(update={"cursors": cursors, "limit": limit})
        async with centre.session(self.who.store) as session:
            return await feed.pull(session, self.who, asked, now)


async def open_store(centre: Centre, store: str, zone: str = "FR") -> None:
    """Make a store."""
    async with centre.session(store) as session:
        await session.execute(
            text(
                "INSERT INTO store (store_id, name, time_zone, price_zone, opened_at)"
                " VALUES (:store, :store, 'Europe/Paris', :zone, :now)"
            ),
            {"store": store, "zone": zone, "now": NOON},
        )
        await session.commit()


async def enrolled(centre: Centre, name: str = "S001-T01") -> ScriptedTill:
    """Return a till that the centre knows, installed."""
    till = ScriptedTill(TillId.named(name))
    async with centre.session(till.who.store) as session:
        who = {"store": till.who.store, "till": till.who.till}
        await session.execute(
            text(
                "INSERT INTO till (store_id, till_id, name, software)"
                " VALUES (:store, :till, '', '') ON CONFLICT DO NOTHING"
            ),
            who,
        )
        await session.execute(
            text(
                "INSERT INTO till_key (store_id, till_id, key_id, public_key, is_trusted, since)"
                " VALUES (:store, :till, :key_id, :key, true, :now)"
            ),
            {**who, "key_id": till.key.key_id, "key": till.key.public_key, "now": NOON},
        )
        await session.commit()
    till.install()
    return till


async def rows(centre: Centre, store: str, query: str, **given: Any) -> list[Any]:
    """Return the rows of a query about a store (`:store_id`)."""
    async with centre.session(store) as session:
        found = await session.execute(text(query), {"store_id": store, **given})
        return [tuple(row) for row in found]
