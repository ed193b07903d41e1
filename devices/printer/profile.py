"""What one model of printer can do: a value, chosen by name in the settings. Pure.

Slots of code pages are from escpos-printer-db; they differ per model (CP858 is 19 at Epson and 53
at many clones), so a wrong one prints wrong accents and nothing worse.

>>> profile("epson-80").columns, profile("generic-58").slot
(42, 53)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.errors import Refusal


class CutKind(StrEnum):
    """How a printer cuts: leaving a point, wholly, or not at all (it feeds instead)."""

    PARTIAL = "partial"
    FULL = "full"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One model: `columns` of font A, `dots` of printable width, code page by codec and slot.

    `answers`: it answers real-time status requests. `asb`: it tells its changes unasked.
    `process_id`: it says when a job is on paper (GS ( H), else a job ends as `SENT`.
    `drawer_pin`: 0 is pin 2 of the drawer's socket, 1 is pin 5.
    """

    name: str
    columns: int = 42
    dots: int = 512
    dpi: int = 180
    codec: str = "cp858"
    slot: int = 19
    native_qr: bool = True
    process_id: bool = False
    asb: bool = True
    answers: bool = True
    cut: CutKind = CutKind.PARTIAL
    drawer_pin: int = 0


_ALL = (
    PrinterProfile("epson-80", process_id=True),  # TM-T88IV to VII, TM-T20II and III
    PrinterProfile("epson-80-old"),  # TM-T88III and before
    PrinterProfile(
        "epson-m30", columns=48, dots=576, dpi=203, codec="cp1252", slot=16, process_id=True
    ),
    PrinterProfile("citizen-80", columns=48, dots=576, dpi=203),  # CT-S651
    PrinterProfile("generic-80", columns=48, dots=576, dpi=203, slot=53, asb=False),
    PrinterProfile("generic-58", 32, 384, 203, slot=53, asb=False, cut=CutKind.NONE),
    PrinterProfile("write-only", asb=False, answers=False),  # no answers come back at all
)

PROFILES = {known.name: known for known in _ALL}


def profile(name: str) -> PrinterProfile:
    """Return the profile called `name`; raises `Refusal` (slug `printer_profile`)."""
    if name not in PROFILES:
        raise Refusal(
            "printer_profile",
            "There is no printer profile {name}: known are {known}.",
            name=name,
            known=", ".join(PROFILES),
        )
    return PROFILES[name]
