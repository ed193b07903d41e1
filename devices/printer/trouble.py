"""What the status line says of a printer. Pure.

>>> cause(Status(cover_open=True)), cause(Status(paper_low=True)), cause(Status())
('cover open', 'paper low', '')
"""

from __future__ import annotations

from devices.printer.protocol import Fault, Status
from pos.domain.words import Sentence

_FAULTS = {
    Fault.CUTTER: Sentence("cutter stuck: open the cover and clear it"),
    Fault.HOT: Sentence("too hot: it goes on by itself"),
    Fault.BROKEN: Sentence("out of order: switch it off and on"),
    Fault.OTHER: Sentence("jammed: open it and look"),
}


def cause(status: Status) -> str:
    """Return an English template of what a person should know, "" when all is well."""
    if status.cover_open:
        return Sentence("cover open").template
    if status.paper_out:
        return Sentence("no paper").template
    if status.fault:
        return _FAULTS[status.fault].template
    if status.waits:
        return Sentence("waits: press its paper feed button").template
    if status.offline:
        return Sentence("not ready").template
    return Sentence("paper low").template if status.paper_low else ""
