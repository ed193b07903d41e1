"""The technical event journal (JET): which entries it names, and under which code.

The reference text of the codes is not public. The numbers below are those that certified products
document, which is not the reference itself; what none of them numbers goes by a name of our own,
so that an official table can be mapped later. Code 130 was found nowhere and has no meaning here.

>>> code_of("till.stopped"), code_of("clock.jumped")
('40', 'clock.jumped')
>>> from pos.domain.events import TillStopped
>>> [name for name, _ in technical(TillStopped())]
['till.stopped']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pos.domain.events import (
    ArchiveMade,
    DrawerOpened,
    Event,
    PeriodClosed,
    PermissionUsed,
    PrintAsked,
    SaleFinished,
)
from pos.domain.facts import Fact
from pos.domain.staff import Permission

NAVIPARTNER = "navipartner/docs, fiscalization/france"
BOTH = f"{NAVIPARTNER}; RetailForce, NF525 R19 v4.1 table"


@dataclass(frozen=True, slots=True)
class Technical:
    """A technical event: its number and who documents it, or none for a name of our own."""

    code: int | None = None
    source: str = "own name"


OWN = Technical()

JET: Mapping[str, Technical] = {
    "till.installed": Technical(260, BOTH),
    "till.started": Technical(80, NAVIPARTNER),
    "till.stopped": Technical(40, BOTH),
    "staff.signed_in": Technical(80, NAVIPARTNER),
    "staff.signed_out": Technical(40, BOTH),
    "basket.abandoned": Technical(320, NAVIPARTNER),
    "line.returned": Technical(190, NAVIPARTNER),
    "shift.counted": Technical(170, NAVIPARTNER),
    "shift.closed": Technical(170, NAVIPARTNER),
    "period.closed": Technical(50, BOTH),
    "year.closed": Technical(60, NAVIPARTNER),
    "archive.made": Technical(20, BOTH),
    "archive.year": Technical(30, BOTH),
    "epoch.opened": Technical(90, f"{NAVIPARTNER}; fiskaltrust/docs"),
    "integrity.doubted": Technical(90, f"{NAVIPARTNER}; fiskaltrust/docs"),
    "settings.changed": Technical(240, NAVIPARTNER),
    "line.voided": OWN,
    "price.changed": OWN,
    "permission.used": OWN,
    "drawer.opened": OWN,
    "print.asked": OWN,
    "training.switched": OWN,
    "clock.jumped": OWN,
    "basket.cut": OWN,
    "notice.acknowledged": OWN,
    "catalogue.imported": OWN,
    "staff.added": OWN,
    "staff.pin_changed": OWN,
    "staff.removed": OWN,
    "archive.verified": OWN,
    "journal.purged": OWN,
    "export.made": OWN,
}
"""Each technical event by its name, which is the entry's kind wherever that says enough."""

COUNTED = {"ticket": "TICKET", "closing": "CLOTURE"}
"""The papers whose copies are counted as duplicates, by the type that their record names."""

_UNASKED = frozenset({"no_sale", "forced"})

Info = Mapping[str, Any]


def code_of(name: str) -> str:
    """Return what a record's payload calls a technical event: its number, or else its name."""
    code = JET[name].code
    return name if code is None else str(code)


def is_duplicate(event: Event) -> bool:
    """Tell whether an entry asks for a copy that is counted."""
    return isinstance(event, PrintAsked) and event.copy_number > 0 and event.paper in COUNTED


def technical(event: Event) -> Iterator[tuple[str, Info]]:
    """Yield the name and the info of each technical record about an entry, in their order.

    The info is the entry's body; for a line of a sale it is the line as the body holds it.
    """
    if isinstance(event, SaleFinished):
        yield from _of_sale(event)
    elif isinstance(event, PeriodClosed) and event.level == "year":
        yield "year.closed", event.facts()
    elif isinstance(event, ArchiveMade) and _is_whole_year(event):
        yield "archive.year", event.facts()
    elif event.kind in JET and _counts(event):
        yield event.kind, event.facts()


def _counts(event: Event) -> bool:
    """Tell whether an entry of a kind that is only sometimes technical is so this time."""
    if isinstance(event, PermissionUsed):
        return event.lender is not None or event.permission == Permission.BIG_DISCOUNT
    if isinstance(event, DrawerOpened):
        return event.cause in _UNASKED
    return is_duplicate(event) if isinstance(event, PrintAsked) else True


def _of_sale(sale: SaleFinished) -> Iterator[tuple[str, Info]]:
    """What is played in training has its own chain and leaves no technical record."""
    if sale.training:
        return
    yield from (("line.returned", _facts(line)) for line in sale.lines if line.returned)
    yield from (("line.voided", _facts(line)) for line in sale.voided)
    for line in sale.lines:
        if line.price_before is not None and not line.returned:
            yield "price.changed", _facts(line)


def _facts(fact: Fact) -> Info:
    return fact.model_dump(exclude_none=True)


def _is_whole_year(made: ArchiveMade) -> bool:
    """Twelve whole months: what a fiscal year closed in order holds."""
    first, last = date.fromisoformat(made.first_day), date.fromisoformat(made.last_day)
    return first.day == 1 and last + timedelta(days=1) == first.replace(year=first.year + 1)
