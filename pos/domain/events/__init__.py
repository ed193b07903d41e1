"""What happened, as the journal keeps it: frozen facts, told apart by `kind`, each with a version.

Facts hold integers, strings, truth values, lists and other facts; a fact that is absent is left
out. People are opaque references (`staff`), never names. Instants are UTC text to the millisecond
(`2026-11-22T13:05:09.123Z`), days are ISO dates.

>>> event = BasketAbandoned(basket="B1", staff="2", lines=0, total=0, reason="cleared")
>>> read(event.kind, event.version, event.facts()) == event
True
"""

from __future__ import annotations

from typing import Annotated, Union

from pydantic import ConfigDict, Field, TypeAdapter

from pos.domain.events.base import Facts as Facts
from pos.domain.events.cards import CardAnswered as CardAnswered
from pos.domain.events.cards import CardAsked as CardAsked
from pos.domain.events.cards import CardsCompared as CardsCompared
from pos.domain.events.cash import CashMoved as CashMoved
from pos.domain.events.cash import FloatCounted as FloatCounted
from pos.domain.events.cash import ShiftClosed as ShiftClosed
from pos.domain.events.cash import ShiftCounted as ShiftCounted
from pos.domain.events.cash import ShiftOpened as ShiftOpened
from pos.domain.events.closing import ArchiveMade as ArchiveMade
from pos.domain.events.closing import ArchiveVerified as ArchiveVerified
from pos.domain.events.closing import ClosingBegun as ClosingBegun
from pos.domain.events.closing import ClosingFinished as ClosingFinished
from pos.domain.events.closing import ExportMade as ExportMade
from pos.domain.events.closing import FiscalSigned as FiscalSigned
from pos.domain.events.closing import IntegrityDoubted as IntegrityDoubted
from pos.domain.events.closing import JournalPurged as JournalPurged
from pos.domain.events.closing import PeriodClosed as PeriodClosed
from pos.domain.events.closing import ReportMade as ReportMade
from pos.domain.events.closing import TrainingSwitched as TrainingSwitched
from pos.domain.events.machine import CatalogueImported as CatalogueImported
from pos.domain.events.machine import ClockJumped as ClockJumped
from pos.domain.events.machine import EntryRepeated as EntryRepeated
from pos.domain.events.machine import EpochOpened as EpochOpened
from pos.domain.events.machine import NoticeAcknowledged as NoticeAcknowledged
from pos.domain.events.machine import OriginalFacts as OriginalFacts
from pos.domain.events.machine import SettingsChanged as SettingsChanged
from pos.domain.events.machine import TillInstalled as TillInstalled
from pos.domain.events.machine import TillStarted as TillStarted
from pos.domain.events.machine import TillStopped as TillStopped
from pos.domain.events.orders import CodeRefused as CodeRefused
from pos.domain.events.orders import CodesLocked as CodesLocked
from pos.domain.events.orders import HandOverAsked as HandOverAsked
from pos.domain.events.orders import HandOverDropped as HandOverDropped
from pos.domain.events.orders import HandOverUndone as HandOverUndone
from pos.domain.events.orders import OrderAccepted as OrderAccepted
from pos.domain.events.orders import OrderCalled as OrderCalled
from pos.domain.events.orders import OrderHandedOver as OrderHandedOver
from pos.domain.events.orders import OrderPicked as OrderPicked
from pos.domain.events.orders import OrderPutBack as OrderPutBack
from pos.domain.events.orders import OrderReady as OrderReady
from pos.domain.events.orders import OrderRejected as OrderRejected
from pos.domain.events.orders import OrderReturned as OrderReturned
from pos.domain.events.orders import OrderShort as OrderShort
from pos.domain.events.papers import DrawerOpened as DrawerOpened
from pos.domain.events.papers import PrintAsked as PrintAsked
from pos.domain.events.papers import PrintFinished as PrintFinished
from pos.domain.events.papers import PrintSending as PrintSending
from pos.domain.events.people import LoanGiven as LoanGiven
from pos.domain.events.people import PermissionUsed as PermissionUsed
from pos.domain.events.people import SignInRefused as SignInRefused
from pos.domain.events.people import StaffAdded as StaffAdded
from pos.domain.events.people import StaffPinChanged as StaffPinChanged
from pos.domain.events.people import StaffRemoved as StaffRemoved
from pos.domain.events.people import StaffSignedIn as StaffSignedIn
from pos.domain.events.people import StaffSignedOut as StaffSignedOut
from pos.domain.events.selling import BasketAbandoned as BasketAbandoned
from pos.domain.events.selling import BasketCut as BasketCut
from pos.domain.events.selling import BasketParked as BasketParked
from pos.domain.events.selling import BasketRecalled as BasketRecalled
from pos.domain.events.selling import Operation as Operation
from pos.domain.events.selling import SaleFinished as SaleFinished
from pos.domain.events.stock import StockAdjusted as StockAdjusted
from pos.domain.facts import DiscountFacts as DiscountFacts
from pos.domain.facts import Figures as Figures
from pos.domain.facts import FiscalRecord as FiscalRecord
from pos.domain.facts import FiscalStamp as FiscalStamp
from pos.domain.facts import LineFacts as LineFacts
from pos.domain.facts import ReturnedTender as ReturnedTender
from pos.domain.facts import ReturnFacts as ReturnFacts
from pos.domain.facts import RunningTotals as RunningTotals
from pos.domain.facts import SellerFacts as SellerFacts
from pos.domain.facts import TenderFacts as TenderFacts
from pos.domain.facts import VatFacts as VatFacts
from pos.domain.facts import VoidedLine as VoidedLine

Event = Union[  # noqa: UP007  the discriminated union of every kind
    TillInstalled,
    EpochOpened,
    EntryRepeated,
    TillStarted,
    TillStopped,
    ClockJumped,
    SettingsChanged,
    CatalogueImported,
    NoticeAcknowledged,
    StaffSignedIn,
    StaffSignedOut,
    SignInRefused,
    StaffAdded,
    StaffPinChanged,
    StaffRemoved,
    LoanGiven,
    PermissionUsed,
    BasketParked,
    BasketRecalled,
    BasketCut,
    BasketAbandoned,
    SaleFinished,
    CardAsked,
    CardAnswered,
    CardsCompared,
    PrintAsked,
    PrintSending,
    PrintFinished,
    DrawerOpened,
    StockAdjusted,
    ShiftOpened,
    FloatCounted,
    CashMoved,
    ShiftCounted,
    ShiftClosed,
    ClosingBegun,
    PeriodClosed,
    ClosingFinished,
    IntegrityDoubted,
    ReportMade,
    TrainingSwitched,
    FiscalSigned,
    ArchiveMade,
    ArchiveVerified,
    JournalPurged,
    ExportMade,
    OrderAccepted,
    OrderRejected,
    OrderPicked,
    OrderShort,
    OrderReady,
    OrderCalled,
    HandOverAsked,
    HandOverDropped,
    OrderHandedOver,
    HandOverUndone,
    OrderPutBack,
    OrderReturned,
    CodeRefused,
    CodesLocked,
]

_ADAPTER: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="kind")], config=ConfigDict(defer_build=True)
)


def read(kind: str, version: int, facts: Facts) -> Event:
    """Return the event of an entry's body. Raises pydantic.ValidationError when it is not one."""
    return _ADAPTER.validate_python({**facts, "kind": kind, "version": version})
