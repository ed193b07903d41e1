"""A centre as a till sees it, in memory: what a test or a demonstration says that came down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos.domain.catalogue import ToldVat, VatRate
from pos.domain.promotion import Promotion, Promotions
from pos.ports.centre import (
    CourierReport,
    CourierState,
    Elsewhere,
    ForkOrder,
    Level,
    StaffChange,
)


@dataclass
class ToldCentre:
    """The port `Centre`; its fields are what it answers, `moves` what was sold since by SKU."""

    is_enrolled: bool = True
    said: CourierReport = field(default_factory=lambda: CourierReport(CourierState.CONNECTED))
    oldest: str = ""
    levels: dict[str, Level] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)
    below: dict[str, int] = field(default_factory=dict)
    rates: dict[str, Sequence[VatRate]] = field(default_factory=dict)
    vat_codes: dict[str, Sequence[tuple[int, str]]] = field(default_factory=dict)
    promoted: list[Promotion] = field(default_factory=list)
    people: list[StaffChange] = field(default_factory=list)
    order: ForkOrder | None = None
    obeyed: list[ForkOrder] = field(default_factory=list)
    others: dict[str, Elsewhere] = field(default_factory=dict)
    questions: list[tuple[str, str]] = field(default_factory=list)

    def enrolled(self) -> bool:
        """Tell what was said."""
        return self.is_enrolled

    def version(self) -> object:
        """Return nothing that ever changes."""
        return None

    def report(self) -> CourierReport:
        """Return what was said."""
        return self.said

    def unsent_since(self) -> str:
        """Return what was said."""
        return self.oldest

    def level(self, sku: str) -> Level | None:
        """Return what was said of an article."""
        return self.levels.get(sku)

    def moved(self, sku: str, included: Mapping[str, int]) -> int:
        """Return what was said, whatever is included."""
        del included
        return self.moves.get(sku, 0)

    def below_zero(self, day: str) -> Mapping[str, int]:
        """Return what was said, whatever the day."""
        del day
        return self.below

    def ask_elsewhere(self, sku: str, at: str) -> None:
        """Note a question."""
        self.questions.append((sku, at))

    def elsewhere(self, sku: str) -> Elsewhere | None:
        """Return what was said of an article."""
        return self.others.get(sku)

    def promotions(self) -> Promotions:
        """Return what was said."""
        return Promotions(self.promoted)

    def vat(self) -> ToldVat:
        """Return what was said."""
        return ToldVat(self.rates, self.vat_codes)

    def staff_changes(self) -> Sequence[StaffChange]:
        """Return the people who were not taken yet."""
        return tuple(self.people)

    def took(self, change: StaffChange) -> None:
        """Forget a person who was taken."""
        self.people.remove(change)

    def fork(self) -> ForkOrder | None:
        """Return the order that was not obeyed yet."""
        return self.order

    def obey(self, order: ForkOrder) -> None:
        """Note that the order was obeyed."""
        self.obeyed.append(order)
        self.order = None
