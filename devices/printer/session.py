"""One open link to a printer: what it last said, asking it, handing it bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from devices.link import Link, Mute
from devices.printer.profile import PrinterProfile
from devices.printer.protocol import (
    ASB_ON,
    RESTART,
    Answer,
    Fault,
    Flow,
    Info,
    JobDone,
    Plain,
    PoweredOn,
    Status,
    StatusEvent,
    StatusParser,
    ask,
    has_fault,
    status_of,
)
from pos.domain.words import Sentence

SLICE_S = 0.5
"""How long a write or a read waits before it looks at what else there is to do."""

RESTART_EVERY_S = 2.0
"""Between two signs to a printer that waits for one."""

LOST_S = 10.0
"""How late an answer may be while data is on the line; holds a full buffer at 9600 baud."""

_MUTE = Sentence("The printer is connected and does not answer.")


class Session:
    """The conversation with one printer, from opening its link to losing it.

    `heard` is called with each status. `held` is that the printer said XOFF. `unanswered` counts
    the questions in a row that a printer left unanswered although it had answered one after the
    last byte of data: a full buffer keeps nothing from it then. `before` is the conversation that
    ended: what it asked in vain may be answered in this one. Not thread-safe: the printer's worker
    owns it.
    """

    def __init__(
        self,
        link: Link,
        profile: PrinterProfile,
        heard: Callable[[Status], None],
        answer_s: float,
        before: Session | None = None,
    ) -> None:
        self.status = Status()
        self.done: set[bytes] = set()
        self.plain_answers = 0
        self.restarted = False
        self.held = False
        self.pin_doubted = False
        self.unanswered = 0
        self.heard_at = time.monotonic()
        self._link = link
        self._profile = profile
        self._heard = heard
        self._answer_s = answer_s
        self._parser = StatusParser()
        self._answers: list[int] = []
        self._due_until = 0.0
        self._quiet_s = answer_s if before is not None and before._asks_in_vain else 0.0
        self._was_opened = False
        self._pin_high: bool | None = None if before is None else before._pin_high
        self._sign_at = 0.0
        self._owed = b""
        self._has_all = True

    def begin(self) -> None:
        """Find out how the printer is and ask it to tell changes; raises `Mute` or `LinkLost`."""
        self.check()
        if self._profile.asb and not self.command(ASB_ON, SLICE_S):
            raise Mute(Sentence("The printer is connected and takes nothing."))

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over data; returns how many bytes were accepted."""
        accepted = self._hand_over(data, timeout_s)
        self._has_all = self._has_all and not accepted
        return accepted

    def command(self, data: bytes, timeout_s: float) -> bool:
        """Hand over a command that is only good now; returns whether it went out whole.

        Where the line took a part, NUL bytes complete it before all that follows, which would be
        eaten otherwise: to a question that nobody knows, or a pulse of no length.
        """
        accepted = self._hand_over(data, timeout_s)
        if accepted:
            self._owed = bytes(len(data) - accepted)
        return accepted == len(data)

    def _hand_over(self, data: bytes, timeout_s: float) -> int:
        if self._owed:
            self._owed = self._owed[self._link.write(self._owed, timeout_s) :]
        return 0 if self._owed else self._link.write(data, timeout_s)

    def listen(self, timeout_s: float) -> bool:
        """Wait for what the printer says; returns whether it said something."""
        data = self._link.read(timeout_s)
        now = time.monotonic()
        if now - self.heard_at > self._answer_s:
            self._parser.fell_silent()
        if data:
            self.heard_at, self.unanswered = now, 0
        for event in self._parser.receive(data):
            self._note(event)
        return bool(data)

    def check(self) -> Status:
        """Ask how the printer is, now; raises `Mute` when it answers nothing.

        Never call it in the middle of a command: the question would be taken for its data.
        """
        if self._profile.answers:
            printer, cause, paper = self._ask(1), self._ask(2), self._ask(4)
            error = self._ask(3) if has_fault(cause) else 0x12
            status = status_of(printer, cause, paper, error)
            self._know(replace(status, pin_high=self._sure(status.pin_high)))
        return self.status

    def urge(self) -> None:
        """Tell a printer whose trouble was removed to go on, as those must be that wait for it.

        A cutter that stuck is only moved again once somebody had the cover open.
        """
        status = self.status
        self._was_opened = (self._was_opened or status.cover_open) and self.is_stopped
        if status.cover_open or status.paper_out or not self._profile.answers:
            return
        freed = status.fault in (Fault.CUTTER, Fault.OTHER) and self._was_opened
        now = time.monotonic()
        if (status.waits or freed) and now - self._sign_at >= RESTART_EVERY_S:
            self._sign_at = now
            self.command(RESTART, SLICE_S)

    @property
    def is_stopped(self) -> bool:
        """Whether the printer waits for a person."""
        status = self.status
        return bool(status.offline or status.paper_out or status.cover_open or status.fault)

    def ask_pin(self, most_s: float) -> None:
        """Ask for the drawer's pin alone; raises `Mute` when no answer comes in time."""
        if self._profile.answers:
            until = time.monotonic() + most_s
            level = self._sure(self._ask_level(most_s), until - time.monotonic())
            self._know(replace(self.status, pin_high=level))

    def _ask_level(self, most_s: float | None) -> bool:
        return status_of(self._ask(1, most_s), 0x12, 0x12).pin_high

    def _sure(self, level: bool, most_s: float | None = None) -> bool:
        """Return the pin's level; a change of it is believed when it was said twice."""
        was_said = self.pin_doubted and level == self.status.pin_high
        if was_said or self._pin_high in (None, level):
            return level
        self._quiet_s = max(self._quiet_s, self._answer_s / 4)  # enough for what is on its way
        return self._ask_level(most_s)

    def _ask(self, n: int, most_s: float | None = None) -> int:
        """Ask one thing and return its answer; raises `Mute` when none comes in time.

        An answer does not say to what, and they come in the order of their questions: nothing is
        asked while the answer to another may still come. Once that was given up and might come
        yet, the answer is the last of those that come before the line is quiet.
        """
        until = time.monotonic() + (self._answer_s if most_s is None else most_s)
        self._await_earlier(until)
        self._answers.clear()
        is_out = self.command(ask(n), max(0.0, until - time.monotonic()))
        if is_out:
            may_take_s = 2 * self._answer_s if self._has_all else LOST_S
            self._due_until = time.monotonic() + may_take_s
        while not self._answers:
            left_s = until - time.monotonic()
            if left_s <= 0:
                self.unanswered += is_out and self._has_all
                raise Mute(_MUTE)
            self.listen(left_s)
        self._has_all = True
        if self._quiet_s:
            self._hear_out(time.monotonic() + 3 * self._answer_s if most_s is None else until)
        return self._answers[-1]

    @property
    def _asks_in_vain(self) -> bool:
        return self._quiet_s > 0 or self._due_until > 0

    def _await_earlier(self, until: float) -> None:
        """Wait for the answer that an earlier question may still get; raises `Mute` at `until`."""
        self.listen(0)
        while self._due_until > (now := time.monotonic()):
            if now >= until:
                raise Mute(_MUTE)
            self.listen(min(self._due_until, until) - now)
        if self._due_until:
            self._due_until, self._quiet_s = 0.0, self._answer_s

    def _hear_out(self, until: float) -> None:
        """Listen until no more answers come; raises `Mute` when there is no end of them."""
        heard, quiet_at = 0, 0.0
        while len(self._answers) > heard or time.monotonic() < quiet_at:
            if len(self._answers) > heard:
                heard, quiet_at = len(self._answers), time.monotonic() + self._quiet_s
            if time.monotonic() >= until:
                raise Mute(_MUTE)
            self.listen(max(0.0, min(quiet_at, until) - time.monotonic()))
        self._quiet_s = 0.0

    def _note(self, event: StatusEvent) -> None:
        match event:
            case Answer(byte):
                self._answers.append(byte)
                self._due_until = 0.0
            case Status():
                self._told(event)
            case JobDone(process_id):
                self.done.add(process_id)
            case Plain():
                self.plain_answers += 1
            case PoweredOn():
                self.restarted, self.held = True, False
            case Flow(is_open):
                self.held = not is_open
            case Info():
                pass

    def _told(self, status: Status) -> None:
        """Take what was told unasked; a drawer that moved is asked after, as noise may say so."""
        self.pin_doubted = self._profile.answers and status.pin_high != self._pin_high
        if self.pin_doubted:
            self.status = status
        else:
            self._know(status)

    def _know(self, status: Status) -> None:
        self.status, self._pin_high, self.pin_doubted = status, status.pin_high, False
        self._heard(status)
