"""What one model of printer can do: a value, chosen by name in the settings. Pure.

Slots of code pages are from escpos-printer-db; they differ per model (CP858 is 19 at Epson and 53
at many clones), so a wrong one prints wrong accents and nothing worse.

>>> profile("epson-80").columns, profile("generic-58").slot
(42, 53)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    `drawer_pin`: 0 is pin 2 of the drawer's socket, 1 is pin 5. `logo`: it keeps the shop's logo.
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
    logo: bool = False


_WIDE = PrinterProfile("", columns=48, dots=576, dpi=203)

_ALL = (
    PrinterProfile("epson-80", process_id=True),  # TM-T88IV to VII, TM-T20II and III, TM-P80
    PrinterProfile("epson-80-old"),  # TM-T88III and before
    PrinterProfile("epson-t88ii", codec="iso8859-15", slot=40),
    replace(_WIDE, name="epson-m30", codec="cp1252", slot=16, process_id=True),
    replace(_WIDE, name="citizen-80"),  # CT-S651
    replace(_WIDE, name="bixolon-80"),  # SRP-S300
    PrinterProfile("sunmi-58", 32, 384, 203, asb=False, cut=CutKind.NONE),  # Sunmi V2
    replace(_WIDE, name="star-80", slot=4, native_qr=False, asb=False),  # TSP600, TSP800 in ESC/POS
    replace(_WIDE, name="toshiba-80", slot=6, asb=False),  # TH230
    replace(_WIDE, name="kr-80", slot=31, asb=False),  # KR-306
    replace(_WIDE, name="generic-80", slot=53, asb=False),  # NT-80-V-UL, P822D
    PrinterProfile("generic-58", 32, 384, 203, slot=53, asb=False, cut=CutKind.NONE),  # POS-5890
    PrinterProfile("write-only", asb=False, answers=False),  # no answers come back at all
)

PROFILES = {known.name: known for known in _ALL}


def profile(name: str, code_page: str = "", slot: int = 0, *, logo: bool = False) -> PrinterProfile:
    """Return the profile called `name`, with another code page where one is named.

    Raises `Refusal`: `printer_profile` or `printer_code_page`, for a name that nobody knows.
    """
    if name not in PROFILES:
        raise Refusal(
            "printer_profile",
            "There is no printer profile {name}: known are {known}.",
            name=name,
            known=", ".join(PROFILES),
        )
    found = replace(PROFILES[name], logo=logo)
    if not code_page:
        return found
    try:
        "é".encode(code_page)
    except (LookupError, UnicodeEncodeError):
        raise Refusal(
            "printer_code_page", "There is no code page {name} for a printer.", name=code_page
        ) from None
    return replace(found, codec=code_page, slot=slot)
