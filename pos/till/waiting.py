"""A paper that the till keeps until its printer is ready, or until its end is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.papers.page import Page

PRINTER, SPARE, LABELS = "printer", "spare", "labels"
"""The names of the till's printers among its devices."""

PageMaker = Callable[[int], Page]
"""Makes a paper for a copy number; 0 is the original."""


@dataclass(slots=True)
class WaitingPrint:
    """A paper the till keeps until its printer is ready, or until its end is known.

    `document` is the label of what it is a paper of; `make` makes it for a copy number; `printer`
    is the name of the device that it goes to, `moved_to` where that was not its first, `stays` that
    a printer did not give it back.
    """

    job: str
    document: str
    paper: str
    copy_number: int
    make: PageMaker
    sending: bool = False
    unknown: bool = False
    printer: str = PRINTER
    moved_to: str | None = None
    stays: bool = False
