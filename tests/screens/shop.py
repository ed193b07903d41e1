"""A small shop in memory for the screens' tests, its clock still."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from config.settings import load
from config.themes import PALETTES
from config.vat_table import vat_table
from config.words import words_for
from pos.domain.catalogue import Article, Price, Unit
from pos.domain.shop import ShopFacts
from pos.domain.staff import Person
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
from pos.fiscal.none import NoRules
from pos.fiscal.port import FiscalRules
from pos.ports import DeviceState, StatusChanged
from pos.screens.app import TillApp
from pos.screens.options import ScreenOptions
from pos.screens.themes import Palette
from pos.screens.wire import Wire
from pos.till import staff, start
from pos.till.desk import Desk, HouseRules, Ports

BREAD, MILK, WINE, APPLES, GIFT = (
    "3760000000017",
    "3760000000024",
    "3760000000031",
    "3760000000048",
    "3760000000055",
)
ARTICLES = (
    Article("1", "Baguette tradition", "FR055", (f"0{BREAD}",), prices=(Price(120),)),
    Article("2", "Lait demi-écrémé 1 L", "FR055", (f"0{MILK}",), prices=(Price(105),)),
    Article("3", "Vin rouge 75 cl", "FR20", (f"0{WINE}",), prices=(Price(790),), age=18),
    Article("4", "Pommes Golden", "FR055", (f"0{APPLES}",), Unit.KG, (Price(249),)),
    Article("5", "Bon d'achat", "FR20", (f"0{GIFT}",)),
)
PEOPLE = (
    (Person("staff-1", "1", "Camille", "manager"), "2468"),
    (Person("staff-2", "2", "Sacha", "cashier"), "1357"),
)


@dataclass
class Shop:
    """One till with its screen; what the outside saw is in `counter`."""

    counter: RecordedCounter = field(default_factory=RecordedCounter)
    wire: Wire = field(default_factory=Wire)
    clock: FixedClock = field(default_factory=FixedClock)
    language: str = "en"
    logged: list[str] = field(default_factory=list)
    fiscal: FiscalRules = field(default_factory=NoRules)
    terminals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.store = MemoryStore(self.clock)
        people = MemoryPeople(self.store)
        for person, pin in PEOPLE:
            people.add(person, pin)
        ports = Ports(
            clock=self.clock,
            ids=CountedIds(),
            catalogue=MemoryCatalogue(ARTICLES),
            ledger=self.store,
            drafts=self.store,
            past=self.store,
            books=self.store,
            people=people,
            pins=PlainPins(),
            signer=HashSigner(),
            fiscal=self.fiscal,
            sound=self.counter,
            printer=self.counter,
            drawer=self.counter,
            display=self.counter,
            scanners={"scanner": self.counter},
            cards=dict.fromkeys(self.terminals, self.counter),
        )
        rules = HouseRules(ShopFacts("Au coin", "Au coin", (), "FR"), vat_table("FR"))
        self.desk = Desk(ports, rules, lambda: words_for(self.language))
        start.start(self.desk)

    def opened(self) -> Shop:
        """Let the devices be ready and the manager stand at the till."""
        for device in ("printer", "scanner"):
            self.desk.devices[device] = StatusChanged(device, DeviceState.READY)
        staff.sign_in(self.desk, "1", "2468")
        return self

    def app(self, **options: object) -> TillApp:
        """Return the till's program on this shop."""
        given = ScreenOptions(
            till="T01",
            language=self.language,
            on_language=partial(setattr, self, "language"),
            log=lambda doing, error: self.logged.append(f"{doing}: {error!r}"),
        )
        palettes = {name: Palette.of(colours) for name, colours in PALETTES.items()}
        keys = load(None, {}).keys
        return TillApp(
            self.desk,
            words_for,
            keys,
            palettes,
            replace(given, **options),  # type: ignore[arg-type]
            self.wire,
        )
