"""Papers and the drawer: what was asked of the printer, and how it ended.

>>> DrawerOpened(cause="forced").facts()
{'cause': 'forced', 'staff': ''}
"""

from __future__ import annotations

from typing import Literal

from pos.domain.events.base import BaseEvent


class PrintAsked(BaseEvent):
    """A paper was asked: `copy_number` 0 is the original, 1 and more are counted duplicatas.

    `paper` is `ticket`, `gift`, `closing`, `report` or `cash`; copies are counted per paper.
    """

    kind: Literal["print.asked"] = "print.asked"
    job: str
    document: str
    paper: str
    copy_number: int
    printer: str
    staff: str = ""


class PrintSending(BaseEvent):
    """The first byte is about to leave for the printer; `printer` where it is another than asked.

    A job that was taken back from one printer before a byte left is sent to another under its own
    name.
    """

    kind: Literal["print.sending"] = "print.sending"
    job: str
    printer: str | None = None


class PrintFinished(BaseEvent):
    """How the job ended; `unknown` asks a person, whose answer is another PrintFinished."""

    kind: Literal["print.finished"] = "print.finished"
    job: str
    outcome: Literal["confirmed", "sent", "unknown", "failed"]
    settled_by: str | None = None


class DrawerOpened(BaseEvent):
    """The drawer was told to open (`sale`, `no_sale`) or opened without us (`forced`).

    Or it stood open when the till first heard of it (`found_open`).
    """

    kind: Literal["drawer.opened"] = "drawer.opened"
    cause: str
    staff: str = ""
    reason: str | None = None
