"""A shop that does whatever it is told to, told by numbers: events that fit each other."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pos.domain import events
from pos.domain.events import Event, Figures, LineFacts, RunningTotals, SaleFinished, TenderFacts
from pos.domain.events.cash import Move
from pos.domain.events.closing import Level
from pos.domain.events.selling import Operation
from pos.domain.facts import CoinCount, FiscalRecord, ReturnFacts
from pos.domain.shift import instant_text
from pos.ports import Batch
from tests.contract.store_samples import line, sale, stamp, vat_table

DEPARTMENTS = ("", "Épicerie", "Crèmerie", "Cave")
ARTICLES = ("Pain", "Lait", "Vin", "Œufs", "Comté", "Âtre")
DRAWERS = ("drawer-10", "drawer-11")
MOVES: tuple[Move, ...] = ("drop", "paid_in", "paid_out")
LEVELS: tuple[Level, ...] = ("day", "month", "year")


def signs_openings(batch: Batch) -> list[FiscalRecord]:
    """A country that wants each opening of the drawer signed, and every start of a till."""
    wanted = [
        (back, event)
        for back, event in zip(range(len(batch.events), 0, -1), batch.events, strict=True)
        if event.kind in ("drawer.opened", "till.installed", "epoch.opened", "clock.jumped")
    ]
    head = batch.heads.get("jet")
    first = 1 if head is None else head.number + 1
    return [
        FiscalRecord(subject=event.kind, back=back, stamp=stamp(number, "jet"))
        for number, (back, event) in enumerate(wanted, first)
    ]


@dataclass
class Shop:
    """Turns a gesture's name and a number into events that a till could have written."""

    sales: list[SaleFinished] = field(default_factory=list)
    open_shifts: dict[str, int] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    running: RunningTotals = field(default_factory=RunningTotals)
    is_training: bool = False
    day: date = date(2026, 11, 22)
    closed: dict[str, int] = field(default_factory=dict)
    count: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def do(self, gesture: str, seed: int) -> list[Event]:
        """Return the events of one gesture."""
        self.count += 1
        self.chance.seed(seed)
        act: Callable[[], Sequence[Event]] = getattr(self, gesture)
        return list(act())

    def sell(self) -> list[Event]:
        return [self._sale([self._line(n) for n in range(1, self.chance.randint(1, 4) + 1)])]

    def give_back(self) -> list[Event]:
        back = self._lines_back()
        operation: Operation = self.chance.choice(("refund", "void"))
        return [self._sale(back, operation)] if back else []

    def exchange(self) -> list[Event]:
        back = self._lines_back()
        return [self._sale([*back, self._line(len(back) + 1)], "exchange")]

    def abandon(self) -> list[Event]:
        voided = [self._voided() for _ in range(self.chance.randint(0, 2))]
        total = self.chance.randint(0, 5000)
        return [
            events.BasketAbandoned(
                basket=f"B{self.count}",
                staff="2",
                lines=1,
                total=total,
                reason="cleared",
                voided=voided,
            )
        ]

    def print_paper(self) -> list[Event]:
        document = self.chance.choice(self.sales).label if self.sales else "T1"
        self.jobs.append(f"J{self.count}")
        return [
            events.PrintAsked(
                job=self.jobs[-1],
                document=document,
                paper=self.chance.choice(("ticket", "gift", "closing")),
                copy_number=self.chance.randint(0, 2),
                printer="printer",
            )
        ]

    def print_ended(self) -> list[Event]:
        if not self.jobs:
            return []
        outcome = self.chance.choice(("confirmed", "sent", "unknown", "failed"))
        job = self.chance.choice(self.jobs)
        if outcome != "unknown":
            self.jobs.remove(job)
        ended = events.PrintFinished.model_validate({"job": job, "outcome": outcome})
        return [events.PrintSending(job=job), ended]

    def ask_card(self) -> list[Event]:
        self.requests.append(f"R{self.count}")
        amount = self.chance.randint(-500, 5000)
        return [
            events.CardAsked(
                request=self.requests[-1], basket="B", amount=amount, terminal="manual", staff="2"
            )
        ]

    def answer_card(self) -> list[Event]:
        if not self.requests:
            return []
        outcome = self.chance.choice(("approved", "declined", "unknown"))
        request = self.chance.choice(self.requests)
        if outcome != "unknown":
            self.requests.remove(request)
        return [events.CardAnswered.model_validate({"request": request, "outcome": outcome})]

    def open_drawer(self) -> list[Event]:
        return [events.DrawerOpened(cause=self.chance.choice(("sale", "no_sale", "forced")))]

    def open_shift(self) -> list[Event]:
        drawer = self.chance.choice(DRAWERS)
        shift = f"shift-{self.count}"
        if any(name.endswith(drawer) for name in self.open_shifts):
            return []
        amount = self.chance.randint(0, 20_000)
        self.open_shifts[f"{shift} {drawer}"] = amount
        return [
            events.ShiftOpened(
                shift=f"{shift} {drawer}",
                label=f"S{self.count}",
                drawer=drawer,
                staff="2",
                business_day=self.day.isoformat(),
                float_amount=amount,
            )
        ]

    def count_float(self) -> list[Event]:
        coins = self._coins()
        return [
            events.FloatCounted(shift=shift, staff="2", coins=coins, amount=_amount(coins))
            for shift in self._some_shift()
        ]

    def move_cash(self) -> list[Event]:
        return [
            events.CashMoved(
                shift=shift,
                label=f"C{self.count}",
                move=self.chance.choice(MOVES),
                amount=self.chance.randint(1, 5000),
                reason="change",
                staff="2",
            )
            for shift in self._some_shift()
        ]

    def count_drawer(self) -> list[Event]:
        coins = self._coins()
        return [
            events.ShiftCounted(
                shift=shift,
                staff="2",
                attempt=1,
                coins=coins,
                amount=_amount(coins),
                expected=700,
            )
            for shift in self._some_shift()
        ]

    def close_shift(self) -> list[Event]:
        found = self._some_shift()
        for shift in found:
            del self.open_shifts[shift]
        counted, expected = self.chance.randint(0, 9000), 4000
        difference = self.chance.choice((0, counted - expected))
        return [
            events.ShiftClosed(
                shift=shift,
                staff="2",
                counted=counted,
                expected=counted - difference,
                difference=difference,
                left=counted // 2,
                banked=counted - counted // 2,
            )
            for shift in found
        ]

    def switch_training(self) -> list[Event]:
        self.is_training = not self.is_training
        return [events.TrainingSwitched(on=self.is_training, staff="90")]

    def close_day(self) -> list[Event]:
        """A day, with its month and its year now and then, and sometimes a kill on the way."""
        name, deep = f"closing-{self.count}", self.chance.randint(0, 2)
        begun = events.ClosingBegun(closing=name, business_day=self.day.isoformat(), staff="90")
        done = events.ClosingFinished(closing=name, business_day=self.day.isoformat(), staff="90")
        closed = [self._period(level, name) for level in LEVELS[: deep + 1]]
        self.day += timedelta(days=1)
        if deep == 2:
            self.running = self.running.new_period(self.running)
        return [begun, *closed, *([done] if self.chance.random() < 0.8 else [])]

    def _period(self, level: Level, closing: str) -> events.PeriodClosed:
        number = self.closed[level] = self.closed.get(level, 0) + 1
        model = sale(1, [100])
        return events.PeriodClosed(
            closing=closing,
            level=level,
            key=self.day.isoformat() if level == "day" else f"{level}-{number}",
            number=number,
            label=f"Z-{level}-{number}",
            at=model.at,
            since=model.at,
            zone=model.zone,
            currency=model.currency,
            till=model.till,
            staff="90",
            operator="90",
            language="fr",
            seller=model.seller,
            figures=Figures(total=number),
            running=self.running,
            software=model.software,
            fiscal=stamp(number, f"gt_{level}"),
        )

    def _sale(self, lines: list[LineFacts], operation: Operation = "sale") -> SaleFinished:
        total = sum(each.total for each in lines)
        number = sum(one.training is self.is_training for one in self.sales) + 1
        if not self.is_training:
            self.running = self.running.plus(total)
        states_totals = not self.is_training and self.chance.random() < 0.7
        plain = sale(number, [total], training=self.is_training)
        series = "X" if self.is_training else ""
        rounding = self.chance.randint(-2, 2)
        hour = datetime(2026, 11, 22, self.chance.randint(0, 23), 59, tzinfo=UTC)
        off = sum(each.ticket_discount for each in lines)
        made = plain.model_copy(
            update={
                "label": f"T{series}{number}",
                "at": instant_text(hour),
                "business_day": self.day.isoformat(),
                "operator": self.chance.choice(("10", "11", "9")),
                "lines": lines,
                "vat": vat_table(lines),
                "tenders": self._tenders(total + rounding, lines),
                "total": total,
                "rounding": rounding,
                "operation": operation,
                "ticket_discount": events.DiscountFacts(amount=off) if off else None,
                "voided": [self._voided() for _ in range(self.chance.randint(0, 1))],
                "shift": self._shift_of_sale(),
                "running": self.running if states_totals else None,
                "grand_total": stamp(number, "gt_ticket") if states_totals else None,
            }
        )
        self.sales.append(made)
        return made

    def _line(self, n: int) -> LineFacts:
        total, off = self.chance.randint(0, 9999), self.chance.choice((0, 0, 150))
        plain = line(n, total, self.chance.choice((2000, 1000, 550)), discount=off)
        return plain.model_copy(
            update={
                "name": self.chance.choice(ARTICLES),
                "department": self.chance.choice(DEPARTMENTS),
                "quantity": self.chance.choice((1000, 2000, 345)),
                "price_before": self.chance.choice((None, None, 1999)),
                "ticket_discount": self.chance.choice((0, 0, 7)),
            }
        )

    def _lines_back(self) -> list[LineFacts]:
        """Lines of an earlier ticket, or goods that came without one."""
        of = [one for one in self.sales if one.training is self.is_training]
        source = self.chance.choice(of) if of and self.chance.random() < 0.8 else None
        if source is None:
            given = self._line(1)
            return [self._returned(1, given, ReturnFacts(reason="no ticket"))]
        sold = [each for each in source.lines if each.returned is None]
        return [
            self._returned(n, each, ReturnFacts(ticket=source.label, line=each.n, reason="broken"))
            for n, each in enumerate(sold, 1)
        ]

    def _returned(self, n: int, sold: LineFacts, back: ReturnFacts) -> LineFacts:
        plain = line(n, -sold.total, sold.vat_rate)
        kept = {"name": sold.name, "department": sold.department}
        return plain.model_copy(update={**kept, "quantity": -sold.quantity, "returned": back})

    def _tenders(self, due: int, lines: list[LineFacts]) -> list[TenderFacts]:
        origin = next((each.returned.ticket for each in lines if each.returned), None)
        parts = [due] if self.chance.random() < 0.5 else [due // 2, due - due // 2]
        return [
            TenderFacts(
                n=n,
                method=self.chance.choice(("cash", "card", "cheque")),
                amount=part,
                given=part,
                origin=origin if part < 0 else None,
            )
            for n, part in enumerate(parts, 1)
        ]

    def _shift_of_sale(self) -> str | None:
        return None if self.is_training else next(iter(self._some_shift()), None)

    def _some_shift(self) -> list[str]:
        return [self.chance.choice(sorted(self.open_shifts))] if self.open_shifts else []

    def _coins(self) -> list[CoinCount]:
        return [CoinCount(value=500, count=self.chance.randint(0, 9)), CoinCount(value=1, count=3)]

    def _voided(self) -> events.VoidedLine:
        total = self.chance.randint(1, 999)
        return events.VoidedLine(sku="A1", name="Pain", quantity=1000, total=total)


def _amount(coins: list[CoinCount]) -> int:
    return sum(coin.value * coin.count for coin in coins)


GESTURES = (
    *("sell", "sell", "sell", "give_back", "exchange", "abandon", "print_paper", "print_ended"),
    *("ask_card", "answer_card", "open_drawer", "open_shift", "count_float", "move_cash"),
    *("count_drawer", "close_shift", "switch_training", "close_day"),
)
"""What a `Shop` can be told to do."""
