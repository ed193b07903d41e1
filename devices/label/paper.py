"""Labels on a receipt printer: on plain paper each is torn or cut off; a queue serves as well."""

from __future__ import annotations

from collections.abc import Sequence

from devices.printer.driver import EscPosPrinter
from devices.printer.spool import SpooledPrinter
from pos.papers.label import Label, label_page


class PaperLabels:
    """A label printer that is a receipt printer."""

    def __init__(self, printer: EscPosPrinter | SpooledPrinter) -> None:
        self._printer = printer

    def print_labels(self, job: str, labels: Sequence[Label]) -> None:
        """Queue labels; returns at once. `PrintEnded` tells their end."""
        self._printer.print(job, label_page(labels))
