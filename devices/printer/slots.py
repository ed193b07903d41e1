"""The page by which an installer finds a printer's code page: every slot, three ways. Pure.

A printer keeps its characters in numbered slots, and each model numbers them otherwise. Each line
says one slot's number and prints the same letters in three codings; where one of them reads as it
should, its number and its letter are the answer, such as `19A`.

>>> picked("19a"), picked("71B")
(CodePage(codec='cp858', slot=19), CodePage(codec='cp1252', slot=71))
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.printer.profile import PrinterProfile
from pos.domain.errors import Refusal

SAMPLE = "éèçàê€"
LETTERS = {"A": "cp858", "B": "cp1252", "C": "iso8859-15"}
SLOTS = 80
"""How many slots are printed; of the models whose tables are public, the highest used is 71."""

_PICK = re.compile(r"\s*([0-9]{1,2})\s*([A-Ca-c])\s*")
_FEED = b"\n" * 6


@dataclass(frozen=True, slots=True)
class CodePage:
    """Where a printer keeps which characters."""

    codec: str
    slot: int


NO_EURO = CodePage("cp437", 0)
"""What every printer has: most accents, and EUR for the euro."""


def slots_page(profile: PrinterProfile) -> tuple[bytes, ...]:
    """Return the job's bytes in pieces; no line is wider than 32 columns."""
    begin = b"\x1b@" + b"CODE PAGES: WHICH READS\ne e c a e EUR, WITH ACCENTS?\n"
    lines = (_line(slot) for slot in range(SLOTS))
    cut = {"partial": b"\x1dVB\x00", "full": b"\x1dVA\x00"}.get(profile.cut, _FEED)
    return (begin, *lines, cut)


def _line(slot: int) -> bytes:
    """Return a slot's line; one that the printer lacks shows the default page's characters."""
    default, chosen = b"\x1bt\x00", b"\x1bt" + bytes([slot])
    line = default + f"{slot:2}".encode("ascii")
    for letter, codec in LETTERS.items():
        line += f" {letter} ".encode("ascii") + chosen + SAMPLE.encode(codec) + default
    return line + b"\n"


def picked(answer: str) -> CodePage:
    """Return what an installer read off the page; Refusal `code_page_pick` for what is no answer.

    `0` alone is for a page on which nothing reads well.
    """
    found = _PICK.fullmatch(answer)
    if answer.strip() == "0":
        return NO_EURO
    if found is None or int(found[1]) >= SLOTS:
        raise Refusal(
            "code_page_pick",
            "{answer} is not a number and a letter of the page, such as 19A; 0 when nothing reads"
            " well.",
            answer=answer,
        )
    return CodePage(LETTERS[found[2].upper()], int(found[1]))
