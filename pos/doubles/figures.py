"""The figures of a span of events, added up one by one: what the store's statements must answer.

>>> from pos.domain.events import DrawerOpened
>>> figures([DrawerOpened(cause="no_sale")], 0, 1).counters
[Tally(name='no_sales', count=1, quantity=0, amount=0)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pos.domain.events import (
    BasketAbandoned,
    CardAnswered,
    CardAsked,
    CardsCompared,
    CashMoved,
    DrawerOpened,
    Event,
    FloatCounted,
    LineFacts,
    PrintAsked,
    SaleFinished,
    ShiftClosed,
    ShiftOpened,
    TrainingSwitched,
    VatFacts,
)
from pos.domain.events.cards import MANUAL
from pos.domain.facts import ARTICLES_MOST, COUNTED_COPIES, Figures, Tally
from pos.domain.shift import instant

_PLAYED = (BasketAbandoned, PrintAsked, CardAsked)
"""What may be played in training, and then counts for nothing; sales say it themselves."""

_OPENINGS = {"no_sale": "no_sales", "forced": "forced_openings"}
_MOVES = {"paid_in": "paid_in", "paid_out": "paid_out", "drop": "drops"}


@dataclass(slots=True)
class Tallies:
    """Sums by name, in the making."""

    sums: dict[str, Tally] = field(default_factory=dict)

    def add(self, name: str, count: int = 1, *, quantity: int = 0, amount: int = 0) -> None:
        """Add to what a name has."""
        before = self.sums.get(name, Tally(name=name))
        self.sums[name] = Tally(
            name=name,
            count=before.count + count,
            quantity=before.quantity + quantity,
            amount=before.amount + amount,
        )

    def by_name(self) -> list[Tally]:
        """Return the sums, by name."""
        return [self.sums[name] for name in sorted(self.sums)]


def figures(events: Sequence[Event], since: int, until: int) -> Figures:
    """Return the figures of the events after the first `since`, up to the first `until`."""
    real = list(_real(events, since, until))
    sales = [event for event in real if isinstance(event, SaleFinished)]
    lines = [line for sale in sales for line in sale.lines]
    back = sum(line.total for line in lines if line.returned)
    total = sum(sale.total for sale in sales)
    articles = [one for one in _of_lines(lines, "name").by_name() if one.amount > 0]
    return Figures(
        first_ticket=sales[0].label if sales else "",
        last_ticket=sales[-1].label if sales else "",
        tickets=len(sales),
        refunds=sum(sale.operation in ("refund", "exchange") for sale in sales),
        voids=sum(sale.operation == "void" for sale in sales),
        sold=total - back,
        returned=back,
        total=total,
        rounding=sum(sale.rounding for sale in sales),
        vat=_vat(row for sale in sales for row in sale.vat),
        tenders=_tenders(sales),
        departments=_of_lines(lines, "department").by_name(),
        hours=_by_ticket((f"{_hour(sale):02d}", sale) for sale in sales),
        cashiers=_by_ticket((sale.operator, sale) for sale in sales),
        articles=sorted(articles, key=lambda one: (-one.amount, one.name))[:ARTICLES_MOST],
        counters=_counters(real, events[:until], since),
        cards=_cards(events[:until], since),
    )


def settlements(events: Sequence[Event]) -> Iterator[tuple[int, CardAsked, CardAnswered]]:
    """Yield the place of the answer to each card request, and both; what was played left out."""
    asked: dict[str, CardAsked] = {}
    is_training = False
    for number, event in enumerate(events, 1):
        if isinstance(event, TrainingSwitched):
            is_training = event.on
        elif isinstance(event, CardAsked) and not is_training:
            asked[event.request] = event
        elif (
            isinstance(event, CardAnswered)
            and event.heard is None
            and event.outcome != "unknown"
            and event.request in asked
        ):
            yield number, asked[event.request], event


def _cards(known: Sequence[Event], since: int) -> list[Tally]:
    tallies = Tallies()
    for number, asked, answer in settlements(known):
        if number > since and answer.outcome == "approved":
            tallies.add(asked.terminal, amount=asked.amount)
    return tallies.by_name()


def _real(events: Sequence[Event], since: int, until: int) -> Iterator[Event]:
    """Yield the events of the span that were not played."""
    is_training = False
    for number, event in enumerate(events[:until], 1):
        if isinstance(event, TrainingSwitched):
            is_training = event.on
        played = event.training if isinstance(event, SaleFinished) else is_training
        if number > since and not (played and isinstance(event, (SaleFinished, *_PLAYED))):
            yield event


def _hour(sale: SaleFinished) -> int:
    return instant(sale.at).astimezone(ZoneInfo(sale.zone)).hour


def _by_ticket(named: Iterable[tuple[str, SaleFinished]]) -> list[Tally]:
    tallies = Tallies()
    for name, sale in named:
        tallies.add(name, amount=sale.total)
    return tallies.by_name()


def _tenders(sales: Iterable[SaleFinished]) -> list[Tally]:
    tallies = Tallies()
    for tender in (tender for sale in sales for tender in sale.tenders):
        tallies.add(tender.method, amount=tender.amount)
    return tallies.by_name()


def _of_lines(lines: Iterable[LineFacts], by: str) -> Tallies:
    tallies = Tallies()
    for line in lines:
        tallies.add(getattr(line, by), quantity=line.quantity, amount=line.total)
    return tallies


def _vat(rows: Iterable[VatFacts]) -> list[VatFacts]:
    sums: dict[int, tuple[int, int, int]] = {}
    for row in rows:
        gross, net, tax = sums.get(row.rate, (0, 0, 0))
        sums[row.rate] = (gross + row.gross, net + row.net, tax + row.tax)
    return [
        VatFacts(rate=rate, gross=gross, net=net, tax=tax)
        for rate, (gross, net, tax) in sorted(sums.items(), reverse=True)
    ]


def _counters(real: Sequence[Event], known: Sequence[Event], since: int) -> list[Tally]:
    tallies = Tallies()
    answered = {
        event.request
        for event in known
        if isinstance(event, CardAnswered) and event.outcome != "unknown"
    }
    for event in real:
        if isinstance(event, SaleFinished):
            _count_sale(tallies, event)
        elif isinstance(event, BasketAbandoned):
            tallies.add("abandoned", amount=event.total)
            _count_voided(tallies, event)
        elif isinstance(event, PrintAsked):
            is_copy = event.copy_number > 0 and event.paper in COUNTED_COPIES
            tallies.add("duplicates", is_copy)
        elif isinstance(event, CardAsked) and event.request not in answered:
            tallies.add("unsettled_cards", amount=event.amount)
        else:
            _count_cash(tallies, event)
    _count_floats(tallies, known, since)
    for number, asked, answer in settlements(known):
        if number > since and answer.settled_by is not None and asked.terminal != MANUAL:
            tallies.add("settled_cards", amount=asked.amount)
    return [one for one in tallies.by_name() if one.count or one.amount]


def _count_sale(tallies: Tallies, sale: SaleFinished) -> None:
    _count_voided(tallies, sale)
    if sale.ticket_discount is not None and sale.ticket_discount.amount:
        tallies.add("discounts", amount=sale.ticket_discount.amount)
    for line in sale.lines:
        if line.returned is None and line.discount is not None and line.discount.amount:
            tallies.add("discounts", amount=line.discount.amount)
        if line.returned is None and line.price_before is not None:
            before = (line.quantity * line.price_before + 500) // 1000
            tallies.add("price_changes", amount=before - line.gross)


def _count_voided(tallies: Tallies, event: SaleFinished | BasketAbandoned) -> None:
    for line in event.voided:
        tallies.add("voided_lines", amount=line.total)


def _count_cash(tallies: Tallies, event: Event) -> None:
    if isinstance(event, DrawerOpened) and event.cause in _OPENINGS:
        tallies.add(_OPENINGS[event.cause])
    elif isinstance(event, CashMoved):
        tallies.add(_MOVES[event.move], amount=event.amount)
    elif isinstance(event, ShiftClosed):
        tallies.add("counted", amount=event.counted)
        tallies.add("cash_difference", bool(event.difference), amount=event.difference)
    elif isinstance(event, CardsCompared):
        tallies.add("card_difference", bool(event.difference), amount=event.difference)


def _count_floats(tallies: Tallies, known: Sequence[Event], since: int) -> None:
    """A float that is counted replaces what its shift was opened with, in another span maybe.

    Where it is not what was left, that is a difference of cash.
    """
    floats: dict[str, int] = {}
    left: dict[str, int] = {}
    for number, event in enumerate(known, 1):
        if isinstance(event, ShiftOpened):
            floats[event.shift] = left[event.shift] = event.float_amount
            tallies.add("float", number > since, amount=event.float_amount * (number > since))
        elif isinstance(event, FloatCounted):
            change = event.amount - floats[event.shift]
            floats[event.shift] = event.amount
            tallies.add("float", 0, amount=change * (number > since))
            if left[event.shift] and number > since:
                is_off = event.amount != left[event.shift]
                tallies.add("cash_difference", is_off, amount=change)
