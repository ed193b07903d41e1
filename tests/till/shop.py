"""A small shop in memory: every kind of article, three people, and a till that can be restarted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import pytest
from stdnum.fr import siret, tva

from config.vat_table import vat_table
from config.words import words_for
from pos.domain.barcode import MeasurePlan
from pos.domain.basket import Basket
from pos.domain.catalogue import Article, Price, Unit
from pos.domain.errors import Refusal
from pos.domain.events import Event, FiscalStamp, PrintAsked, SaleFinished
from pos.domain.shop import ShopFacts
from pos.domain.staff import Permission, Person
from pos.doubles import (
    CountedIds,
    FixedClock,
    HashSigner,
    MemoryCatalogue,
    MemoryPeople,
    MemoryStore,
    PlainPins,
    RecordedCounter,
)
from pos.fiscal.france import FranceRules
from pos.fiscal.none import NoRules
from pos.fiscal.port import FiscalRules
from pos.journal.entry import Entry
from pos.main.rules import witness_of
from pos.ports import Credentials, DeviceState, Draft, StatusChanged, StoreUnavailable
from pos.till import sell, staff, start, tickets
from pos.till.desk import Desk, HouseRules, Loan, Ports

NOEL = datetime(2026, 12, 24, tzinfo=UTC)

BREAD = "3760000000017"
MILK = "3760000000024"
WINE = "3760000000031"
APPLES = "3760000000048"
GIFT = "3760000000055"
LAMP = "3760000000062"
PAPER = "3760000000079"
MEAL = "3760000000086"
CARD = "3760000000093"
CHOCOLATE = "3760000000109"
CHEESE = "0212345"
HAM = "2154321"
PIECE_OF_CHEESE = "0212345007808"
SLICES_OF_HAM = "2154321003450"

ARTICLES = (
    Article("1", "Baguette", "FR055", (f"0{BREAD}",), prices=(Price(110),), meal_voucher=True),
    Article("2", "Lait 1 L", "FR055", (f"0{MILK}",), prices=(Price(105),), meal_voucher=True),
    Article("3", "Vin rouge 75 cl", "FR20", (f"0{WINE}",), prices=(Price(790),), age=18),
    Article("4", "Pommes", "FR055", (f"0{APPLES}",), Unit.KG, (Price(249),), meal_voucher=True),
    Article("5", "Bouquet composé", "FR20", (f"0{GIFT}",)),
    Article(
        "6",
        "Lampe de bureau",
        "FR20",
        (f"0{LAMP}",),
        prices=(Price(2999),),
        guarantee_months=24,
        eco=12,
    ),
    Article("7", "Quotidien", "FR021", (f"0{PAPER}",), prices=(Price(260),)),
    Article("8", "Plat du jour", "FR10", (f"0{MEAL}",), prices=(Price(1250),), meal_voucher=True),
    Article("9", "Timbre", "FR0", (f"0{CARD}",), prices=(Price(149),)),
    Article(
        "10",
        "Chocolats de Noël",
        "FR055",
        (f"0{CHOCOLATE}",),
        prices=(Price(1500), Price(999, NOEL)),
    ),
    Article("11", "Comté", "FR055", (CHEESE,), Unit.KG, (Price(2290),), meal_voucher=True),
    Article("12", "Jambon", "FR055", (HAM,), Unit.KG, (Price(1990),), meal_voucher=True),
)

CASHIER, COLLEAGUE, MANAGER, CLERK = "10", "11", "90", "50"
PEOPLE = (
    (Person("staff-1", CASHIER, "Camille", "cashier"), "1357"),
    (Person("staff-2", COLLEAGUE, "Sacha", "cashier"), "2468"),
    (Person("staff-3", MANAGER, "Dominique", "manager"), "9081"),
    (Person("staff-4", CLERK, "Alix", "clerk"), "7263"),
)
PINS = {person.number: pin for person, pin in PEOPLE}

PLANS = (
    MeasurePlan("02", item_digits=5, value_digits=5),
    MeasurePlan("21", item_digits=5, value_digits=5, kind="weight", decimals=3),
)

# The number of the standards' own examples: its check digits are right and it names this no shop.
SIRET = "73282932000074"
SHOP = ShopFacts(
    name="Au coin",
    company="Au coin SARL",
    address=("1 rue Neuve", "69001 Lyon"),
    country="FR",
    phone="04 00 00 00 00",
    siret=SIRET,
    naf="4711B",
    vat_number=f"FR{siret.to_tva(SIRET).replace(' ', '')}",
    return_policy="Échange sous 15 jours avec le ticket",
)
assert tva.is_valid(SHOP.vat_number)

VAT = vat_table("FR")
PLUG_INS: dict[str, Callable[[], FiscalRules]] = {"france": FranceRules, "none": NoRules}


@dataclass
class BrittleStore(MemoryStore):
    """A store whose disk fills up after `writes_left` more writes; None is a sound disk."""

    writes_left: int | None = None

    def record(self, *events: Event) -> list[Entry]:
        self._wear()
        return super().record(*events)

    def add_step(self, basket: str, staff: str, number: int, step: str) -> None:
        self._wear()
        super().add_step(basket, staff, number, step)

    def _wear(self) -> None:
        if self.writes_left == 0:
            raise StoreUnavailable("disk_full", "The disk is full; make room and try again.")
        if self.writes_left is not None:
            self.writes_left -= 1

    def copied(self) -> BrittleStore:
        """Return what a second program would find on this disk."""
        return replace(
            self,
            entries=list(self.entries),
            events=list(self.events),
            drafts=dict(self.drafts),
            credentials=dict(self.credentials),
        )


class CountingPins(PlainPins):
    """Pins that count how often one was compared."""

    def __init__(self) -> None:
        self.compared = 0

    def matches(self, pin_hash: str, pin: str) -> bool:
        self.compared += 1
        return super().matches(pin_hash, pin)


@dataclass
class Till:
    """One till: `desk` is its memory, `store` its disk, `counter` what customers see and hear."""

    fiscal: str = "france"
    language: str = "fr"
    articles: tuple[Article, ...] = ARTICLES
    change_rules: Callable[[HouseRules], HouseRules] = lambda rules: rules
    clock: FixedClock = field(default_factory=FixedClock)
    counter: RecordedCounter = field(default_factory=RecordedCounter)
    ids: CountedIds = field(default_factory=CountedIds)
    pins: CountingPins = field(default_factory=CountingPins)
    store: BrittleStore = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        witness = witness_of(PLUG_INS[self.fiscal](), "Europe/Paris")
        self.store = BrittleStore(self.clock, witness=witness, plugin=self.fiscal)
        for person, pin in PEOPLE:
            self.store.credentials[person.number] = Credentials(person, pin)
        self.restart()

    def restart(self, number: str | None = CASHIER, *, printer: bool = True) -> Till:
        """Forget all memory and start again on the same disk; `number` signs in, if any."""
        self.desk = self.desk_on(self.store)
        start.start(self.desk)
        if printer:
            self.printer(DeviceState.READY)
        if number is not None:
            self.sign_in(number)
        return self

    def moves_to(self, fiscal: str, number: str = CASHIER) -> Till:
        """Start again under the rules of another country, on the same disk."""
        self.fiscal = self.store.plugin = fiscal
        self.store.witness = witness_of(PLUG_INS[fiscal](), "Europe/Paris")
        return self.restart(number)

    def desk_on(self, store: MemoryStore) -> Desk:
        """Return a desk with no memory on a disk."""
        ports = Ports(
            clock=self.clock,
            ids=self.ids,
            catalogue=MemoryCatalogue(self.articles),
            ledger=store,
            drafts=store,
            past=store,
            books=store,
            people=MemoryPeople(store),
            pins=self.pins,
            signer=HashSigner(),
            fiscal=PLUG_INS[self.fiscal](),
            sound=self.counter,
            printer=self.counter,
            drawer=self.counter,
            display=self.counter,
            scanners={"scanner": self.counter},
        )
        house = HouseRules(SHOP, VAT, plans=PLANS, ticket_language=self.language)
        return Desk(ports, self.change_rules(house), partial(words_for, self.language), words_for)

    def sign_in(self, number: str) -> Person:
        return staff.sign_in(self.desk, number, PINS[number])

    def loan(self, permission: Permission) -> Loan:
        """Return what a manager lends by PIN."""
        return staff.lend(self.desk, MANAGER, PINS[MANAGER], permission)

    def scan(self, *codes: str) -> Basket:
        """Scan articles that ask nothing, in order."""
        for code in codes:
            sell.scan(self.desk, code)
        return self.desk.basket

    def printer(self, state: DeviceState) -> None:
        """Let the printer say how it is."""
        tickets.on_device(self.desk, StatusChanged("printer", state))

    @property
    def basket(self) -> Basket:
        return self.desk.basket

    def events(self, *kinds: str) -> list[Event]:
        """Return what the journal holds of some kinds, or all of it."""
        return [event for event in self.store.events if not kinds or event.kind in kinds]

    def sales(self) -> list[SaleFinished]:
        return [event for event in self.store.events if isinstance(event, SaleFinished)]

    def copies(self) -> list[int]:
        """Return the copy numbers of every print that was asked."""
        return [e.copy_number for e in self.store.events if isinstance(e, PrintAsked)]

    def after_a_cut(self) -> Desk:
        """Return the desk that a power cut now would leave, on a copy of the disk."""
        desk = self.desk_on(self.store.copied())
        start.start(desk)
        return desk


def slug_of(gesture: Callable[[], object]) -> str:
    """Make a gesture that must be refused; return the refusal's slug."""
    with pytest.raises(Refusal) as refused:
        gesture()
    return refused.value.slug


Shown = dict[str, tuple[object, ...]]


def shown(desk: Desk) -> Shown:
    """Return what matters of every basket that is not sold, by its name; empty ones left out."""
    return {
        one.name: (one.staff, one in desk.parked, one.basket, one.card)
        for one in desk.baskets()
        if one.basket.steps
    }


def on_disk(store: MemoryStore) -> tuple[int, dict[str, Draft]]:
    """Return what a refusal may not change."""
    return len(store.entries), dict(store.drafts)


def check_balance(sale: SaleFinished) -> None:
    """Assert that a sale adds up: lines, VAT per rate, tenders, change."""
    assert sum(line.total for line in sale.lines) == sale.total
    assert sum(line.ticket_discount for line in sale.lines) == (
        sale.ticket_discount.amount if sale.ticket_discount else 0
    )
    assert sum(tender.amount for tender in sale.tenders) == sale.total + sale.rounding
    assert sum(tender.given - tender.amount for tender in sale.tenders) == sale.change
    for line in sale.lines:
        off = line.discount.amount if line.discount else 0
        assert line.gross - off - line.ticket_discount == line.total
        assert line.net + line.tax == line.total
        assert line.returned is not None or line.total >= 0
    for row in sale.vat:
        mine = [line for line in sale.lines if line.vat_rate == row.rate]
        assert row.net + row.tax == row.gross
        assert sum(line.total for line in mine) == row.gross
        assert sum(line.net for line in mine) == row.net
    assert {row.rate for row in sale.vat} == {line.vat_rate for line in sale.lines}


def check_numbers(sales: Iterable[SaleFinished]) -> None:
    """Assert that a series numbers its tickets 1, 2, 3… and that each record follows the last.

    Every register has a series; in it every country's records are chains of their own.
    """
    registers: dict[str, list[SaleFinished]] = {}
    for sale in sales:
        registers.setdefault(sale.label.rpartition("-")[0], []).append(sale)
    for sold in registers.values():
        assert [sale.ticket for sale in sold] == list(range(1, len(sold) + 1))
        for plugin in PLUG_INS:
            mine = [sale for sale in sold if sale.fiscal.plugin == plugin]
            check_chain(plugin, [sale.fiscal for sale in mine])
            check_chain(plugin, [sale.grand_total for sale in mine if sale.grand_total])


def check_chain(plugin: str, stamps: Sequence[FiscalStamp]) -> None:
    """Assert that a country's records are numbered 1, 2, 3… and each holds the one before it."""
    assert [stamp.number for stamp in stamps] == list(range(1, len(stamps) + 1))
    if plugin == "france":
        signed = ["", *(stamp.signature for stamp in stamps)]
        assert [stamp.previous for stamp in stamps] == signed[:-1]
