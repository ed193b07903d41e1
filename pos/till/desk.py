"""The desk: what a till holds between two gestures, and the ports it acts through.

Front ends call the functions of this room's modules with a `Desk`; each reads, decides by the pure
rules, writes once, and only then touches the outside world. What a gesture may not do raises a
`Refusal` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pos.domain.barcode import MeasurePlan
from pos.domain.basket import STEP, Basket, Step
from pos.domain.catalogue import Article, ToldVat, VatTable
from pos.domain.errors import Refusal
from pos.domain.events import Event, PermissionUsed, RunningTotals, SaleFinished
from pos.domain.history import History
from pos.domain.shift import business_day
from pos.domain.shop import CashRules as CashRules
from pos.domain.shop import ClosingRules as ClosingRules
from pos.domain.shop import PickupRules as PickupRules
from pos.domain.shop import PrintRules as PrintRules
from pos.domain.shop import RefundRules as RefundRules
from pos.domain.shop import ScaleRules as ScaleRules
from pos.domain.shop import ShopFacts
from pos.domain.staff import NeedsPermission, Permission, Person, allows
from pos.domain.tender import TenderRules, check_meal_vouchers
from pos.domain.withdrawal import IsWorking, is_weekday
from pos.domain.words import Amount, Sentence, Words
from pos.fiscal.port import FiscalRules
from pos.journal.entry import Entry
from pos.ports import (
    Books,
    CardEvent,
    CardRequest,
    CardTerminal,
    Catalogue,
    Clock,
    CustomerScreen,
    DeviceState,
    Display,
    Drafts,
    Drawer,
    Ids,
    LabelPrinter,
    Ledger,
    Past,
    People,
    Pins,
    Printer,
    Scale,
    Scanner,
    Signer,
    Sound,
    StatusChanged,
    StoreUnavailable,
)
from pos.ports.centre import Centre
from pos.ports.orders import Orders
from pos.till.waiting import LABELS as LABELS
from pos.till.waiting import PRINTER as PRINTER
from pos.till.waiting import SPARE as SPARE
from pos.till.waiting import PageMaker as PageMaker
from pos.till.waiting import WaitingPrint as WaitingPrint

if TYPE_CHECKING:
    from pos.till.weighing import Weighing


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cashier may do alone: discounts in basis points, pieces and grams of one line.

    `price_override` is `free`, `permission` or `never`.
    """

    line_discount: int = 1_000
    ticket_discount: int = 1_000
    price_override: str = "permission"
    pieces: int = 999
    grams: int = 50_000
    lines: int = 2_000


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What this shop set: who it is, its taxes, tenders, limits and codes.

    `ticket_language` is what tickets are written in, whatever the screen speaks. A till whose
    rules say `training` never leaves it: its sales are played, numbered, signed and counted apart.
    `customer_s` is for how many seconds a customers' screen keeps what a customer paid.
    """

    shop: ShopFacts
    vat: VatTable
    tenders: TenderRules = field(default_factory=TenderRules)
    plans: tuple[MeasurePlan, ...] = ()
    zone: str = "Europe/Paris"
    currency: str = "EUR"
    cut_off_hour: int = 5
    limits: Limits = field(default_factory=Limits)
    printing: PrintRules = field(default_factory=PrintRules)
    refunds: RefundRules = field(default_factory=RefundRules)
    cash: CashRules = field(default_factory=CashRules)
    closing: ClosingRules = field(default_factory=ClosingRules)
    pickup: PickupRules = field(default_factory=PickupRules)
    scale: ScaleRules = field(default_factory=ScaleRules)
    customer_s: int = 30
    is_working: IsWorking = is_weekday
    notes: tuple[int, ...] = (500, 1_000, 2_000, 5_000, 10_000)
    software: str = "Comptoir"
    ticket_language: str = "fr"
    training: bool = False


@dataclass(slots=True)
class Ports:
    """The world, joined once by the program's entry point."""

    clock: Clock
    ids: Ids
    catalogue: Catalogue
    ledger: Ledger
    drafts: Drafts
    past: Past
    books: Books
    people: People
    pins: Pins
    signer: Signer
    fiscal: FiscalRules
    sound: Sound
    printer: Printer | None = None
    spare: Printer | None = None
    labels: LabelPrinter | None = None
    drawer: Drawer | None = None
    display: Display | None = None
    scale: Scale | None = None
    customer: CustomerScreen | None = None
    scanners: dict[str, Scanner] = field(default_factory=dict)
    cards: dict[str, CardTerminal] = field(default_factory=dict)
    centre: Centre | None = None
    orders: Orders | None = None


class OpenBasket:
    """A basket in someone's hands or put aside: its name, its owner and its history.

    `card` is the card payment it waits for; until that is settled the basket does not change.
    """

    def __init__(self, name: str, staff: str) -> None:
        self.name = name
        self.staff = staff
        self.history = History()
        self.card: CardRequest | None = None

    @property
    def basket(self) -> Basket:
        """What its steps fold into."""
        return self.history.basket


@dataclass(eq=False, slots=True)
class Loan:
    """A permission lent for one gesture by someone who typed a PIN; spent when it was used."""

    permission: Permission
    lender: str
    spent: bool = False


class Desk:
    """One till's memory. Only the functions of `pos.till` change it.

    `words` are the screen's, of now; `words_in` gives those of a ticket's language. Without it
    tickets speak as the screen does. `unwritten` is what devices reported while the disk refused.
    `running` are the fiscal totals after the last real sale, `closed_through` the last closed
    business day, and in `training` sales are played. `drawer_told_at` is when the drawer was last
    told to open, until that is used up, and `drawer_pulsed` that its pulse went out. `untold` is
    what a manager should know of closings and cards and was not told yet (see
    `pos.till.closing.catch_up`), `not_closed` the business day on which closing last failed.
    `orders_seen` are the orders that called for a clerk when that was last asked. `refused_people`
    are the people of the centre (digests) whose number is someone else's here, told once.
    `terminal` is the card terminal that was chosen (`terminal_is_away`: in place of one that is
    away), `cards_asked` are the requests that a driven one is at work on, `unheard`
    the answers that the disk refused.
    """

    def __init__(
        self,
        ports: Ports,
        rules: HouseRules,
        words: Callable[[], Words],
        words_in: Callable[[str], Words] | None = None,
    ) -> None:
        self.ports = ports
        self.rules = rules
        self.words = words
        self.words_in = words_in or (lambda _language: words())
        self.person: Person | None = None
        self.open: dict[str, OpenBasket] = {}
        self.parked: list[OpenBasket] = []
        self.last_sale: SaleFinished | None = None
        self.just_sold = False
        self.armed_quantity: int | None = None
        self.prints: dict[str, WaitingPrint] = {}
        self.devices: dict[str, StatusChanged] = {}
        self.uses_spare = False
        self.unwritten: list[Event] = []
        self.zone = ZoneInfo(rules.zone)
        self.running = RunningTotals()
        self.closed_through: date | None = None
        self.training = rules.training
        self.drawer_told_at: datetime | None = None
        self.drawer_pulsed = False
        self.drawer_is_open = False
        self.weighing: Weighing | None = None
        self.untold: list[Sentence] = []
        self.not_closed: date | None = None
        self._vat = ToldVat()
        self.orders_seen: frozenset[tuple[str, str]] | None = None
        self.refused_people: set[str] = set()
        self.terminal = ""
        self.terminal_is_away = False
        self.cards_asked: set[str] = set()
        self.unheard: list[CardEvent] = []

    @property
    def basket(self) -> Basket:
        """The basket of whoever is signed in; an empty one when there is none."""
        mine = self.open.get(self.person.ref) if self.person else None
        return mine.basket if mine else Basket()

    @property
    def signed_in(self) -> Person:
        """Whoever is signed in; Refusal `signed_out` for nobody."""
        if self.person is None:
            raise Refusal("signed_out", "Nobody is signed in; type your number and PIN.")
        return self.person

    def now(self) -> datetime:
        """Return the present instant in the shop's zone."""
        return self.ports.clock.now().astimezone(self.zone)

    def record(self, *events: Event) -> list[Entry]:
        """Write events in one transaction, after those that the disk refused before.

        Returns their entries. Raises StoreUnavailable; nothing is written then, and what was
        unwritten stays so.
        """
        batch = [*self.unwritten, *events]
        if not batch:
            return []
        written = self.ports.ledger.record(*batch)
        self.unwritten.clear()
        return written

    def baskets(self) -> list[OpenBasket]:
        """Return every basket that is not sold: in someone's hands, then put aside."""
        return [*self.open.values(), *self.parked]

    def business_day(self) -> date:
        """Return the business day of now: never one that is closed.

        What is sold after a day was closed counts for the next one, as it does when the clock
        stands before a closed day: nothing enters a closed period, and no sale is refused.
        """
        day = business_day(self.ports.clock.now(), self.rules.zone, self.rules.cut_off_hour)
        if self.closed_through is None:
            return day
        return max(day, self.closed_through + timedelta(days=1))

    def rate_of(self, vat: str) -> int:
        """Return today's rate of a VAT code, in basis points; Refusal for a code nobody knows.

        Where the clock fell back to before all rates, it is that of the business day.
        """
        table = self.rules.vat.with_rates(self._told_vat().rates)
        for day in (self.now().date(), self.business_day()):
            with suppress(KeyError):
                return table.rate_on(vat, day)
        raise Refusal(
            "unknown_vat",
            "The VAT code {vat} has no rate today; correct the catalogue or the VAT table.",
            vat=vat,
        )

    def vat_of(self, article: Article) -> str:
        """Return the VAT code that an article has now; one that is in a basket keeps its own."""
        now = int(self.ports.clock.now().timestamp())
        return self._told_vat().code_of(article.sku, now, article.vat)

    def _told_vat(self) -> ToldVat:
        """Return what the centre told of VAT; what was read last while it cannot be read."""
        if self.ports.centre is not None:
            with suppress(StoreUnavailable):
                self._vat = self.ports.centre.vat()
        return self._vat

    def mine(self) -> OpenBasket:
        """Return the open basket of whoever is signed in, a new one when there is none."""
        person = self.signed_in
        if person.ref not in self.open:
            if not allows(person.role, Permission.SELL):
                raise NeedsPermission(Permission.SELL)
            self.open[person.ref] = OpenBasket(self.ports.ids.token(), person.ref)
        return self.open[person.ref]

    def check(self, step: Step) -> Basket:
        """Return what a step would make of the signed-in person's basket; nothing changes.

        Raises Refusal: `card_open` while a card payment has no answer, and what the rules say.
        """
        mine = self.mine()
        check_no_card(mine)
        after = mine.history.check(step)
        check_meal_vouchers(after)
        return after

    def step(self, step: Step) -> Basket:
        """Do one step on the signed-in person's basket: checked, on disk, then in memory.

        Raises Refusal, or StoreUnavailable when the disk does not take it; nothing changed then.
        """
        self.check(step)
        basket = self.keep(self.mine(), step)
        self.just_sold = False
        return basket

    def guarded_step(self, step: Step, permission: Permission, loan: Loan | None) -> Basket:
        """Do a step that needs a permission: who allowed it is written first."""
        self.check(step)
        used = self.permit(permission, loan)
        self.record(used)
        basket = self.step(step)
        spend(loan, used)
        return basket

    def keep(self, mine: OpenBasket, step: Step) -> Basket:
        """Put a step of any basket on disk, then in memory."""
        mine.history.check(step)
        number = mine.basket.steps + 1
        text = STEP.dump_json(step).decode()
        self.ports.drafts.add_step(mine.name, mine.staff, number, text)
        return mine.history.push(step)

    def permit(self, permission: Permission, loan: Loan | None = None) -> PermissionUsed:
        """Return the fact that a guarded gesture is allowed, to record with the gesture itself.

        Raises NeedsPermission when neither the role nor an unspent loan allows it.
        """
        person = self.signed_in
        if allows(person.role, permission):
            return PermissionUsed(permission=permission.value, staff=person.ref)
        if loan is None or loan.spent or loan.permission is not permission:
            raise NeedsPermission(permission)
        return PermissionUsed(permission=permission.value, staff=person.ref, lender=loan.lender)

    def record_permitted(self, used: PermissionUsed, loan: Loan | None, *events: Event) -> None:
        """Write a guarded gesture and who allowed it together; the loan is spent then."""
        self.record(used, *events)
        spend(loan, used)

    def device_state(self, name: str) -> DeviceState:
        """Return what a device last said of itself."""
        known = self.devices.get(name)
        return DeviceState.ABSENT if known is None else known.state


def check_no_card(mine: OpenBasket) -> None:
    """Refuse to touch a basket whose card payment has no answer yet."""
    if mine.card is not None:
        raise Refusal(
            "card_open",
            "A card payment of {amount} has no answer yet; settle it first.",
            amount=Amount(mine.card.amount),
        )


def spend(loan: Loan | None, used: PermissionUsed | None) -> None:
    """Mark a loan as spent when it was what allowed a gesture."""
    if loan is not None and used is not None and used.lender is not None:
        loan.spent = True
