"""What a journal holds, in a few lines: what an archive's manifest says of it, and is checked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pos.archive.rows import Row

STATED_MAX = 50
"""The most different sellers and versions that are kept."""


class Summary:
    """What was read so far; `as_facts` gives it in the manifest's words."""

    def __init__(self) -> None:
        self._entries = 0
        self._first: Row | None = None
        self._last: Row | None = None
        self._chains: dict[str, dict[str, Any]] = {}
        self._days: list[str] = []
        self._sellers: list[str] = []
        self._versions: list[str] = []
        self._counts: Counter[str] = Counter()
        self._vat: dict[int, list[int]] = {}
        self._running: dict[str, int] = {}

    def take(self, row: Row) -> None:
        """Count an entry."""
        self._entries += 1
        self._last = row
        self._first = self._first or row

    def take_record(self, chain: str, stamp: Any) -> None:
        """Keep the first and the last record of a register's chain."""
        head = [stamp["number"], stamp["signature"]]
        self._chains.setdefault(chain, {"first": head})["last"] = head

    def take_sale(self, facts: Any) -> None:
        """Add a ticket up; training counts for nothing."""
        seller, stamp = facts["seller"], facts["fiscal"]
        _state(self._sellers, f"{seller['siret']} {seller['vat_number']}".strip())
        version = f"{stamp['plugin']} {stamp['fiscal_version']}"
        _state(self._versions, f"{facts['software']}, {version}")
        if facts["training"]:
            self._counts["training"] += 1
            return
        self._counts.update(tickets=1, total=facts["total"])
        self._running = facts["running"]
        for row in facts["vat"]:
            sums = self._vat.setdefault(row["rate"], [0, 0, 0])
            sums[:] = [sums[0] + row["gross"], sums[1] + row["net"], sums[2] + row["tax"]]

    def take_closing(self, facts: Any) -> None:
        """Count a closing, and remember the first and the last day."""
        self._counts[f"{facts['level']}s"] += 1
        self._running = facts["running"]
        if facts["level"] == "day":
            self._days = [*self._days[:1], facts["key"]]

    @property
    def total(self) -> int:
        """The sum of the tickets, minor units."""
        return self._counts["total"]

    @property
    def vat(self) -> dict[int, list[int]]:
        """The gross, net and tax of each rate (basis points), minor units."""
        return self._vat

    def as_facts(self) -> dict[str, Any]:
        """Return what the manifest must say; amounts are minor units."""
        rates = {str(rate): self._vat[rate] for rate in sorted(self._vat)}
        return {
            "entries": self._entries,
            "first": _named(self._first),
            "last": _named(self._last),
            "days": [*self._days[:1], *self._days[-1:]],
            "chains": self._chains,
            "totals": {**dict(sorted(self._counts.items())), "vat": rates, "after": self._running},
            "sellers": self._sellers,
            "versions": self._versions,
        }


def _state(kept: list[str], stated: str) -> None:
    if stated not in kept and len(kept) < STATED_MAX:
        kept.append(stated)


def _named(row: Row | None) -> dict[str, str]:
    return {} if row is None else {"entry": row.name, "hash": row.hash}
