"""The port `Books` in memory: every answer is read off the list of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pos.domain.events import (
    ArchiveMade,
    CashMoved,
    ClosingBegun,
    ClosingFinished,
    Event,
    Figures,
    FiscalSigned,
    FiscalStamp,
    FloatCounted,
    PeriodClosed,
    RunningTotals,
    SaleFinished,
    ShiftClosed,
    ShiftCounted,
    ShiftOpened,
    TrainingSwitched,
)
from pos.domain.facts import ChainHead
from pos.doubles.figures import figures
from pos.journal.entry import Entry, Place
from pos.ports import MovedCash, ShiftState

_SUM_OF = {"paid_in": "paid_in", "paid_out": "paid_out", "drop": "drops"}


class MemoryBooks:
    """What a list of events remembers of days, drawers and chains; `plugin` "" is any country."""

    entries: list[Entry]
    events: list[Event]
    place: Place
    plugin: str

    def position(self) -> int:
        """Return how many entries there are."""
        return len(self.events)

    def figures(self, since: int, until: int) -> Figures:
        """Add the figures of a span up."""
        return figures(self.events, since, until)

    def running(self) -> RunningTotals:
        """Return the totals after the last real sale; a closed year begins a new period."""
        running = RunningTotals()
        for event in self.events:
            if isinstance(event, SaleFinished) and not event.training:
                running = event.running or running.plus(event.total)
            elif isinstance(event, PeriodClosed) and event.level == "year":
                running = running.new_period(event.running)
        return running

    def closed_at(self, level: str) -> int:
        """Return the ordinal of the last closing of a level."""
        return max((ordinal for ordinal, _ in self._closings(level)), default=0)

    def closings(self, level: str, since: int = 0) -> Sequence[PeriodClosed]:
        """Return the closings of a level after an ordinal."""
        return [closed for ordinal, closed in self._closings(level) if ordinal > since]

    def closing(self, label: str) -> PeriodClosed | None:
        """Return a closing by its label."""
        closed = (event for event in self.events if isinstance(event, PeriodClosed))
        return next((one for one in closed if one.label == label), None)

    def closing_numbered(self, level: str, number: int) -> PeriodClosed | None:
        """Return the closing of a level by its number."""
        return next((one for _, one in self._closings(level) if one.number == number), None)

    def last_closing(self, level: str) -> PeriodClosed | None:
        """Return the last closing of a level."""
        return next((closed for _, closed in reversed(list(self._closings(level)))), None)

    def _closings(self, level: str) -> Iterator[tuple[int, PeriodClosed]]:
        for ordinal, event in enumerate(self.events, 1):
            if isinstance(event, PeriodClosed) and event.level == level:
                yield ordinal, event

    def first_day(self) -> str:
        """Return the first day that was closed, else that of the first entry or sale."""
        closed = [one.key for _, one in self._closings("day")]
        sold = (event.business_day for event in self.events if isinstance(event, SaleFinished))
        begun = [entry.at[:10] for entry in self.entries[:1]]
        return closed[0] if closed else min([*begun, *sold], default="")

    def unfinished(self) -> ClosingBegun | None:
        """Return the last closing that was begun and not finished."""
        done = {event.closing for event in self.events if isinstance(event, ClosingFinished)}
        begun = (event for event in reversed(self.events) if isinstance(event, ClosingBegun))
        return next((one for one in begun if one.closing not in done), None)

    def heads(self) -> Mapping[str, ChainHead]:
        """Return the last record of each chain of the present epoch."""
        heads = {}
        for entry, event in zip(self.entries, self.events, strict=True):
            for stamp in _stamps(event) if entry.place == self.place else ():
                if self.plugin in ("", stamp.plugin):
                    heads[stamp.chain] = ChainHead(stamp.number, stamp.signature)
        return heads

    def training(self) -> bool:
        """Tell whether training was switched on last."""
        switched = [event.on for event in self.events if isinstance(event, TrainingSwitched)]
        return bool(switched and switched[-1])

    def shifts(self) -> Sequence[ShiftState]:
        """Return the shifts that are not closed."""
        return [state for state in self._shifts() if state.left is None]

    def last_shift(self, drawer: str | None = None) -> ShiftState | None:
        """Return the last shift of a drawer, or of all."""
        mine = [state for state in self._shifts() if drawer in (None, state.opened.drawer)]
        return mine[-1] if mine else None

    def cash_move(self, label: str | None = None) -> MovedCash | None:
        """Return a movement of cash by its label, or the last one."""
        for entry, event in zip(reversed(self.entries), reversed(self.events), strict=True):
            if isinstance(event, CashMoved) and label in (None, event.label):
                return MovedCash(event, entry.at)
        return None

    def _shifts(self) -> list[ShiftState]:
        states: dict[str, ShiftState] = {}
        for entry, event in zip(self.entries, self.events, strict=True):
            if isinstance(event, ShiftOpened):
                states[event.shift] = _opened(event, entry.at)
            elif getattr(event, "shift", None) in states:
                states[getattr(event, "shift", "")] = _after(
                    states[getattr(event, "shift", "")], event
                )
        return list(states.values())


def _opened(event: ShiftOpened, at: str) -> ShiftState:
    return ShiftState(
        opened=event,
        at=at,
        float_amount=event.float_amount,
        is_float_counted=False,
        takings=0,
        paid_in=0,
        paid_out=0,
        drops=0,
    )


def _after(state: ShiftState, event: Event) -> ShiftState:
    """Return the shift after an event of its own."""
    if isinstance(event, SaleFinished):
        cash = sum(tender.amount for tender in event.tenders if tender.method == "cash")
        return replace(state, takings=state.takings + cash)
    if isinstance(event, FloatCounted):
        return replace(state, float_amount=event.amount, is_float_counted=True)
    if isinstance(event, CashMoved):
        name = _SUM_OF[event.move]
        return replace(state, **{name: getattr(state, name) + event.amount})
    if isinstance(event, ShiftCounted):
        return replace(state, counts=(*state.counts, event))
    return replace(state, left=event.left) if isinstance(event, ShiftClosed) else state


def _stamps(event: Event) -> list[FiscalStamp]:
    """Return the records that an entry bears, in their order."""
    if isinstance(event, SaleFinished):
        return [event.fiscal] if event.grand_total is None else [event.fiscal, event.grand_total]
    if isinstance(event, PeriodClosed | ArchiveMade):
        return [event.fiscal]
    return [one.stamp for one in event.records] if isinstance(event, FiscalSigned) else []
