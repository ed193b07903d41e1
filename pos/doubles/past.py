"""The port `Past` in memory: every answer is read off the list of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from pos.domain.events import (
    CardAnswered,
    CardAsked,
    Event,
    PrintAsked,
    PrintFinished,
    PrintSending,
    SaleFinished,
)
from pos.ports import CardRequest, GivenBack, PrintTrouble


class MemoryPast:
    """What a list of events remembers of sales, papers and cards."""

    events: list[Event]

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return a sale by label, or the last."""
        return next((one for one in self._sales() if label in (None, one.label)), None)

    def is_purged(self, label: str) -> bool:  # noqa: ARG002
        """Nothing ever leaves the memory."""
        return False

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        return next((one for one in self._sales() if one.training is training), None)

    def _sales(self) -> Iterator[SaleFinished]:
        return (event for event in reversed(self.events) if isinstance(event, SaleFinished))

    def copies(self, document: str, paper: str = "ticket") -> int:
        """Return the copy number of the next print: one more than any that may have come out."""
        failed = {
            event.job
            for event in self.events
            if isinstance(event, PrintFinished)
            and event.outcome == "failed"
            and event.settled_by is None
        }
        out = [
            event.copy_number
            for event in self.events
            if isinstance(event, PrintAsked)
            and (event.document, event.paper) == (document, paper)
            and event.job not in failed
        ]
        return max(out, default=-1) + 1

    def given_back(self, label: str) -> GivenBack:
        """Return what was already given back of a ticket, by line and by tender."""
        lines: dict[int, tuple[int, int]] = {}
        tenders: Counter[str] = Counter()
        for sale in self._sales():
            for line in sale.lines:
                if line.returned is not None and line.returned.ticket == label:
                    quantity, amount = lines.get(line.returned.line, (0, 0))
                    lines[line.returned.line] = (quantity - line.quantity, amount - line.total)
            for tender in sale.tenders:
                if tender.origin == label:
                    tenders[tender.method] -= tender.amount
        return GivenBack(lines, dict(tenders))

    def open_prints(self) -> list[PrintTrouble]:
        """Return the jobs with no settled end."""
        jobs: dict[str, PrintTrouble] = {}
        for event in self.events:
            if isinstance(event, PrintAsked):
                jobs[event.job] = PrintTrouble(
                    event.job, event.document, event.copy_number, sending=False, paper=event.paper
                )
            elif isinstance(event, PrintSending):
                jobs[event.job] = replace(jobs[event.job], sending=True)
            elif isinstance(event, PrintFinished) and event.outcome != "unknown":
                jobs.pop(event.job, None)
        return list(jobs.values())

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or those with no known end."""
        found: dict[str, CardRequest] = {}
        for event in self.events:
            if isinstance(event, CardAsked):
                found[event.request] = CardRequest(event.request, event.basket, event.amount, "")
            elif isinstance(event, CardAnswered):
                found[event.request] = replace(found[event.request], outcome=event.outcome)
        if basket is None:
            return [one for one in found.values() if one.outcome in ("", "unknown")]
        return [one for one in found.values() if one.basket == basket]
