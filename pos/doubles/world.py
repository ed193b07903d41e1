"""The world in memory: time that moves when told to, identifiers that count, a plain catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pos.domain.catalogue import Article


@dataclass
class FixedClock:
    """A clock that moves only when told to."""

    at: datetime = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at

    def pass_s(self, seconds: int) -> None:
        """Let seconds pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class CountedIds:
    """Identifiers that count up, so that a test reads the same each time."""

    count: int = 0

    def token(self) -> str:
        """Return the next identifier, 26 characters."""
        self.count += 1
        return f"{self.count:026d}"


@dataclass
class HashSigner:
    """A signer that needs no key: 64 bytes from SHA-512; it proves nothing."""

    key_id: str = "double"
    public_key: bytes = b""

    def sign(self, data: bytes) -> bytes:
        """Return the SHA-512 of the data."""
        return hashlib.sha512(data).digest()


class MemoryCatalogue:
    """Articles in a dict; search is by folded prefix of any word."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = list(articles)
        self._by_key = {
            key: article for article in self.articles for key in (article.sku, *article.codes)
        }

    def find(self, key: str) -> Article | None:
        """Return the article of a code or SKU."""
        return self._by_key.get(key)

    def search(self, text: str, limit: int) -> list[Article]:
        """Return articles with words that start with each word typed."""
        wanted = text.casefold().split()
        found = [
            article
            for article in self.articles
            if wanted
            and all(
                any(word.startswith(want) for word in article.name.casefold().split())
                for want in wanted
            )
        ]
        return found[:limit]

    def repriced(self, after: datetime, until: datetime, limit: int) -> list[Article]:
        """Return articles with a price that begins in that time."""
        found = [
            one
            for one in self.articles
            if any(after < price.since <= until for price in one.prices)
        ]
        return found[:limit]
