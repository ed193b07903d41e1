"""One API process of the centre: what its routes share. It holds nothing that another one lacks.

Keys of tills are remembered (a key's name is its digest, so it never changes); whether one is
still trusted is asked each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from pos.domain.shift import instant_text
from sync.central.engine import Centre
from sync.central.limits import Buckets, Rate
from sync.central.live import News
from sync.central.metrics import Meters
from sync.central.settings import CentreSettings, Limits, Secrets
from sync.central.values import WordsFor

KEYS_MOST = 10_000


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Gates:
    """How much one address, one till, one channel, and all who enrol may ask of this process."""

    addresses: Buckets
    tills: Buckets
    channels: Buckets
    enrolments: Buckets

    @classmethod
    def of(cls, limits: Limits) -> Gates:
        """Return gates with full buckets."""
        return cls(
            Buckets(Rate(limits.address_per_s, limits.address_burst)),
            Buckets(Rate(limits.till_per_s, limits.till_burst)),
            Buckets(Rate(limits.channel_per_s, limits.channel_burst)),
            Buckets(Rate(limits.enrolments_per_minute / 60, limits.enrolments_burst)),
        )


@dataclass
class Service:
    """A process's parts; `closing` is set when it must finish what is under way and stop.

    `beside` runs as long as the process answers: the worker, where no other process is one.
    """

    settings: CentreSettings
    secrets: Secrets
    centre: Centre
    gates: Gates
    meters: Meters
    news: News
    words_for: WordsFor
    now: Callable[[], datetime] = utc_now
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    keys: dict[tuple[str, str], bytes] = field(default_factory=dict)
    under_way: int = 0
    beside: Coroutine[None, None, None] | None = None

    @classmethod
    def of(
        cls, settings: CentreSettings, secrets: Secrets, centre: Centre, words_for: WordsFor
    ) -> Service:
        """Return the parts of a process on these servers."""
        meters = Meters()
        news = News(centre, settings.limits.live_most, meters.live)
        gates = Gates.of(settings.limits)
        return cls(settings, secrets, centre, gates, meters, news, words_for)

    def instant(self) -> str:
        """Return the centre's time as messages tell it."""
        return instant_text(self.now())

    def remember(self, till: str, key_id: str, public_key: bytes) -> None:
        """Remember a public key; the one known longest is forgotten when there are too many."""
        self.keys[till, key_id] = public_key
        if len(self.keys) > KEYS_MOST:
            del self.keys[next(iter(self.keys))]


def service_of(request: Request) -> Service:
    """Return the parts of the process that answers a request."""
    found: Service = request.app.state.service
    return found


async def _here(request: Request) -> Service:
    """The same for a route: a plain function would be sent to a thread and back."""
    return service_of(request)


Here = Annotated[Service, Depends(_here)]
"""The parts of the process, as a route asks for them."""
