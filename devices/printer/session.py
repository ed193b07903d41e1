"""One open link to a printer: what it last said, asking it, handing it bytes."""

from __future__ import annotations

import time
from collections.abc import Callable

from devices.link import Link, Mute
from devices.printer.profile import PrinterProfile
from devices.printer.protocol import (
    ASB_ON,
    Answer,
    Info,
    JobDone,
    Plain,
    PoweredOn,
    Status,
    StatusEvent,
    StatusParser,
    ask,
    status_of,
)
from pos.domain.words import Sentence

SLICE_S = 0.5
"""How long a write or a read waits before it looks at what else there is to do."""


class Session:
    """The conversation with one printer, from opening its link to losing it.

    `heard` is called with each status. Not thread-safe: the printer's worker owns it.
    """

    def __init__(
        self, link: Link, profile: PrinterProfile, heard: Callable[[Status], None], answer_s: float
    ) -> None:
        self.status = Status()
        self.done: set[bytes] = set()
        self.plain_answers = 0
        self.restarted = False
        self.heard_at = time.monotonic()
        self._link = link
        self._profile = profile
        self._heard = heard
        self._answer_s = answer_s
        self._parser = StatusParser()
        self._answers: list[int] = []

    def begin(self) -> None:
        """Find out how the printer is and ask it to tell changes; raises `Mute` or `LinkLost`."""
        self.check()
        if self._profile.asb:
            self.write(ASB_ON, SLICE_S)

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over bytes; returns how many were accepted."""
        return self._link.write(data, timeout_s)

    def listen(self, timeout_s: float) -> bool:
        """Wait for what the printer says; returns whether it said something."""
        data = self._link.read(timeout_s)
        if data:
            self.heard_at = time.monotonic()
        for event in self._parser.receive(data):
            self._note(event)
        return bool(data)

    def check(self) -> Status:
        """Ask how the printer is, now; raises `Mute` when it answers nothing.

        Never call it in the middle of a command: the question would be taken for its data.
        """
        if self._profile.answers:
            printer, cause, paper = self._ask(1), self._ask(2), self._ask(4)
            self._know(status_of(printer, cause, paper))
        return self.status

    def _ask(self, n: int) -> int:
        self._answers.clear()
        self.write(ask(n), self._answer_s)
        deadline = time.monotonic() + self._answer_s
        while not self._answers:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise Mute(Sentence("The printer is connected and does not answer."))
            self.listen(left_s)
        return self._answers[0]

    def _note(self, event: StatusEvent) -> None:
        match event:
            case Answer(byte):
                self._answers.append(byte)
            case Status():
                self._know(event)
            case JobDone(process_id):
                self.done.add(process_id)
            case Plain():
                self.plain_answers += 1
            case PoweredOn():
                self.restarted = True
            case Info():
                pass

    def _know(self, status: Status) -> None:
        self.status = status
        self._heard(status)
