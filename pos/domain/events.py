"""What happened, as the journal keeps it: frozen facts, told apart by `kind`, each with a version.

Facts hold integers, strings, truth values, lists and other facts; a fact that is absent is left
out. People are opaque references (`staff`), never names. Instants are UTC text to the millisecond
(`2026-11-22T13:05:09.123Z`), days are ISO dates.

>>> event = BasketAbandoned(basket="B1", staff="2", lines=0, total=0, reason="cleared")
>>> read(event.kind, event.version, event.facts()) == event
True
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Field, TypeAdapter

from pos.domain.facts import DiscountFacts as DiscountFacts
from pos.domain.facts import Fact
from pos.domain.facts import FiscalStamp as FiscalStamp
from pos.domain.facts import LineFacts as LineFacts
from pos.domain.facts import ReturnedTender as ReturnedTender
from pos.domain.facts import SellerFacts as SellerFacts
from pos.domain.facts import TenderFacts as TenderFacts
from pos.domain.facts import VatFacts as VatFacts
from pos.domain.facts import VoidedLine as VoidedLine

Facts = dict[str, Any]


class _Event(Fact):
    kind: str
    version: Literal[1] = 1

    def facts(self) -> Facts:
        """Return the body of the entry: everything but kind and version, absent facts left out."""
        return self.model_dump(exclude={"kind", "version"}, exclude_none=True)


class TillInstalled(_Event):
    """The first entry of a till: its public key (hex) and what it runs (technical event 260)."""

    kind: Literal["till.installed"] = "till.installed"
    public_key: str
    software: str


class EpochOpened(_Event):
    """The till's file was a restored backup, a clone or cut short: numbering starts anew.

    `reason`: `marker_ahead`, `nonce_differs`, `marker_missing`, `hash_differs` or `key_replaced`.
    `seen_epoch`/`seen_number`/`seen_hash` are what the marker outside the database remembered;
    `public_key` (hex) is the key that signs from here on.
    """

    kind: Literal["epoch.opened"] = "epoch.opened"
    reason: str
    left_epoch: str
    left_number: int
    seen_epoch: str = ""
    seen_number: int = 0
    seen_hash: str = ""
    public_key: str = ""


class TillStarted(_Event):
    """The till's program opened (technical event 80)."""

    kind: Literal["till.started"] = "till.started"
    software: str
    clean: bool


class TillStopped(_Event):
    """The till's program closed in order (technical event 40)."""

    kind: Literal["till.stopped"] = "till.stopped"


class ClockJumped(_Event):
    """The clock stands before the last entry by more than the tolerance; order is not touched."""

    kind: Literal["clock.jumped"] = "clock.jumped"
    last: str
    back_ms: int


class SettingsChanged(_Event):
    """The settings file differs from the last start; only digests are kept."""

    kind: Literal["settings.changed"] = "settings.changed"
    before: str
    after: str


class CatalogueImported(_Event):
    """A catalogue file came in; the articles themselves are reference data, not journal."""

    kind: Literal["catalogue.imported"] = "catalogue.imported"
    sha256: str
    rows: int
    added: int
    changed: int
    refused: int


class StaffSignedIn(_Event):
    """Someone took the till."""

    kind: Literal["staff.signed_in"] = "staff.signed_in"
    staff: str
    role: str


class StaffSignedOut(_Event):
    """Someone left the till."""

    kind: Literal["staff.signed_out"] = "staff.signed_out"
    staff: str


class SignInRefused(_Event):
    """A wrong PIN; `wait_s` is how long the next try is refused."""

    kind: Literal["staff.sign_in_refused"] = "staff.sign_in_refused"
    staff: str
    failures: int
    wait_s: int


class StaffAdded(_Event):
    """A person may use the till from now on."""

    kind: Literal["staff.added"] = "staff.added"
    staff: str
    role: str


class StaffPinChanged(_Event):
    """A person signs in with another PIN from now on."""

    kind: Literal["staff.pin_changed"] = "staff.pin_changed"
    staff: str


class StaffRemoved(_Event):
    """A person may not use the till any more."""

    kind: Literal["staff.removed"] = "staff.removed"
    staff: str


class LoanGiven(_Event):
    """`lender` typed the right PIN to lend a permission for one gesture of `staff`."""

    kind: Literal["permission.lent"] = "permission.lent"
    permission: str
    staff: str
    lender: str


class PermissionUsed(_Event):
    """A guarded gesture was allowed: by the cashier's own role, or lent for once by `lender`."""

    kind: Literal["permission.used"] = "permission.used"
    permission: str
    staff: str
    lender: str | None = None


class BasketParked(_Event):
    """A basket was put aside."""

    kind: Literal["basket.parked"] = "basket.parked"
    basket: str
    staff: str
    lines: int
    total: int


class BasketRecalled(_Event):
    """A parked basket came back to a till's screen."""

    kind: Literal["basket.recalled"] = "basket.recalled"
    basket: str
    staff: str


class BasketCut(_Event):
    """A basket could be read only up to one of its steps after a start; the rest of it is gone.

    What was paid by card towards it still belongs to it.
    """

    kind: Literal["basket.cut"] = "basket.cut"
    basket: str
    staff: str
    steps_kept: int
    lines: int
    total: int


class BasketAbandoned(_Event):
    """A basket ended with no sale (technical event 320): an event, never a number."""

    kind: Literal["basket.abandoned"] = "basket.abandoned"
    basket: str
    staff: str
    lines: int
    total: int
    reason: str
    voided: list[VoidedLine] = Field(default_factory=list)
    returned_tenders: list[ReturnedTender] = Field(default_factory=list)


class SaleFinished(_Event):
    """A paid sale: `ticket` is the till's gap-free number in its epoch, given only now.

    Real and training sales are numbered apart. Lines' totals sum to `total`; tenders' amounts sum
    to `total` + `rounding`. All that the paper shows is here, so that a copy is identical:
    `operator` is the short label of who sold (a staff number, never a name), `language` the
    ticket's, `till` the register's name.
    """

    kind: Literal["sale.finished"] = "sale.finished"
    ticket: int
    label: str
    basket: str
    at: str
    business_day: str
    zone: str
    currency: str
    staff: str
    till: str
    operator: str
    language: str
    seller: SellerFacts
    lines: list[LineFacts]
    ticket_discount: DiscountFacts | None = None
    vat: list[VatFacts]
    tenders: list[TenderFacts]
    total: int
    rounding: int = 0
    change: int = 0
    voided: list[VoidedLine] = Field(default_factory=list)
    returned_tenders: list[ReturnedTender] = Field(default_factory=list)
    age_checked: int = 0
    training: bool = False
    software: str
    fiscal: FiscalStamp


class CardAsked(_Event):
    """A card payment is about to be asked: written before anything leaves the till."""

    kind: Literal["card.asked"] = "card.asked"
    request: str
    basket: str
    amount: int
    terminal: str
    staff: str


class CardAnswered(_Event):
    """How it ended: `approved`, `declined`, `cancelled`, or `unknown` until a person settles it."""

    kind: Literal["card.answered"] = "card.answered"
    request: str
    outcome: Literal["approved", "declined", "cancelled", "unknown"]
    settled_by: str | None = None


class PrintAsked(_Event):
    """A paper was asked: `copy` 0 is the original, 1 and more are counted duplicatas."""

    kind: Literal["print.asked"] = "print.asked"
    job: str
    document: str
    paper: str
    copy_number: int
    printer: str
    staff: str = ""


class PrintSending(_Event):
    """The first byte is about to leave for the printer."""

    kind: Literal["print.sending"] = "print.sending"
    job: str


class PrintFinished(_Event):
    """How the job ended; `unknown` asks a person, whose answer is another PrintFinished."""

    kind: Literal["print.finished"] = "print.finished"
    job: str
    outcome: Literal["confirmed", "sent", "unknown", "failed"]
    settled_by: str | None = None


class DrawerOpened(_Event):
    """The drawer was told to open (`sale`, `no_sale`) or opened without us (`forced`)."""

    kind: Literal["drawer.opened"] = "drawer.opened"
    cause: str
    staff: str = ""


class NoticeAcknowledged(_Event):
    """Someone has read what the till found wrong at its start; `notice` is the English template."""

    kind: Literal["notice.acknowledged"] = "notice.acknowledged"
    notice: str
    staff: str


Event = Union[  # noqa: UP007  the discriminated union of every kind
    TillInstalled,
    EpochOpened,
    TillStarted,
    TillStopped,
    ClockJumped,
    SettingsChanged,
    CatalogueImported,
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
    PrintAsked,
    PrintSending,
    PrintFinished,
    DrawerOpened,
    NoticeAcknowledged,
]

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def read(kind: str, version: int, facts: Facts) -> Event:
    """Return the event of an entry's body. Raises pydantic.ValidationError when it is not one."""
    return _ADAPTER.validate_python({**facts, "kind": kind, "version": version})
