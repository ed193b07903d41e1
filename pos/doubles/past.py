"""The port `Past` in memory: every answer is read off the list of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from pos.domain.events import (
    CardAnswered,
    CardAsked,
    CardsCompared,
    Event,
    PrintAsked,
    PrintFinished,
    PrintSending,
    SaleFinished,
    TrainingSwitched,
)
from pos.doubles.figures import settlements
from pos.ports import CardRequest, CardTotals, GivenBack, PrintTrouble


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
        if basket is None:
            return [one for one in self._cards().values() if one.outcome in ("", "unknown")]
        return [one for one in self._cards().values() if one.basket == basket]

    def card(self, request: str) -> CardRequest | None:
        """Return a card request by its name."""
        return self._cards().get(request)

    def card_answer(self, request: str) -> CardAnswered | None:
        """Return what was told last of a card request."""
        told = (event for event in reversed(self.events) if isinstance(event, CardAnswered))
        return next((event for event in told if event.request == request), None)

    def last_card(self) -> str | None:
        """Return the last card request, other than one that was played."""
        real = [event.request for event in self._asked_for_real()]
        return real[-1] if real else None

    def card_totals(self) -> list[CardTotals]:
        """Return what each terminal was paid since it was last compared."""
        compared = {
            event.terminal: number
            for number, event in enumerate(self.events, 1)
            if isinstance(event, CardsCompared)
        }
        totals: dict[str, CardTotals] = {}
        for number, asked, answer in settlements(self.events):
            if answer.outcome == "approved" and number > compared.get(asked.terminal, 0):
                one = totals.get(asked.terminal, CardTotals(asked.terminal, 0, 0))
                totals[asked.terminal] = replace(
                    one, count=one.count + 1, amount=one.amount + asked.amount
                )
        return [totals[name] for name in sorted(totals)]

    def _asked_for_real(self) -> Iterator[CardAsked]:
        is_training = False
        for event in self.events:
            if isinstance(event, TrainingSwitched):
                is_training = event.on
            elif isinstance(event, CardAsked) and not is_training:
                yield event

    def _cards(self) -> dict[str, CardRequest]:
        found: dict[str, CardRequest] = {}
        for event in self.events:
            if isinstance(event, CardAsked):
                facts = (event.request, event.basket, event.amount, "", event.terminal)
                found[event.request] = CardRequest(*facts)
            elif isinstance(event, CardAnswered) and event.heard is None:
                found[event.request] = replace(found[event.request], outcome=event.outcome)
        return found
