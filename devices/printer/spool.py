"""A receipt printer behind the system's spooler (CUPS): each job is one call of `lp -o raw`.

The spooler takes bytes and gives nothing back of what the printer says, so a job ends `SENT` at
best: the spooler handed it all over. `lpstat` tells whether it did, or why it waits. What it
aborted or a person cancelled may be half on paper and ends `UNKNOWN`.

A drawer's pulse is handed to an empty queue only, and taken back when the queue does not let it go
in time, so that a printer which is switched on later opens no drawer. Of a pulse that the spooler
took without saying so in time nobody knows the name: the small jobs that stand in the queue, which
was empty, are taken back for it (the spooler lets nobody take back another's). One whose queue
waits for the printer to hang up after each job (CUPS: `waiteof=true`) is told that its drawer did
not open.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial

from devices.address import SpoolAddress
from devices.printer.jobs import Job, Jobs, MakePieces, Reasons
from devices.printer.kicks import Kick, Kicked, Kicks
from devices.printer.profile import PrinterProfile
from devices.printer.protocol import PULSE_10MS, pulse
from devices.printer.render import render_escpos
from pos.domain.words import Sentence
from pos.papers.page import Page
from pos.ports import DeviceState, PrintOutcome, Sink, StatusChanged

COMMAND_MOST_S = 15.0
"""The longest that the spooler's commands are waited for."""

LOOK_EVERY_S = 0.5
PULSE_LOOK_S = 0.1
HEARTBEAT_S = 20.0
PATIENCE_S = 900.0
"""The longest that a job may wait in the spooler before a person is asked."""

_TAKEN = re.compile(rb"request id is (\S+-\d+)")
_WAITING = re.compile(rb"(?m)^(\S+)(?:.*?\s(\d+) {3})?")
"""A job's name and its size, as lpstat tells them."""

_PULSE_SIZE = 1024
"""It counts in whole kilobytes."""

_BROKEN_OFF = (b"canceled", b"aborted")
"""Among lpstat's alerts; CUPS 2.4 has no alert of its own for a job that went well."""

_REFUSED = Sentence("The system's print queue did not take the ticket.").template
_NOT_SAID = Sentence("The system's print queue did not say whether it took the ticket.").template
_REASONS = Reasons(
    full=Sentence("Too many tickets wait for the printer.").template,
    closed=Sentence("The till closed before the ticket was printed.").template,
    lost=_NOT_SAID,
    unmade=Sentence("The ticket could not be prepared for this printer.").template,
)
_STUCK = Sentence("The ticket left the system's queue unprinted or in part: look.").template
_WAITS = Sentence("stopped in the system's queue").template
_AWAY = Sentence("its queue does not answer").template


class SpooledPrinter:
    """A printer behind a queue; the same doors as `devices.printer.driver.EscPosPrinter`."""

    def __init__(
        self, name: str, address: SpoolAddress, profile: PrinterProfile, sink: Sink
    ) -> None:
        self._name = name
        self._address = address
        self._profile = profile
        self._sink = sink
        self._jobs = Jobs(sink, _REASONS)
        self._kicks = Kicks()
        self._told: tuple[DeviceState, str] | None = None
        self._pulse_lost = False
        self._keeps_history = False
        self._missed = ""
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"device-{name}", daemon=True)
        self._thread.start()

    def print(self, job: str, page: Page) -> None:
        """Queue a page; returns at once. `PrintEnded` tells its end."""
        self.print_pieces(job, partial(render_escpos, page))

    def print_pieces(self, job: str, make: MakePieces) -> None:
        """Queue what `make` makes for this printer's profile, as `print` does a page."""
        self._jobs.add(Job(job, make))
        self._woken.set()

    def withdraw(self, job: str) -> bool:
        """Take back a job that the spooler was not handed; True when nothing of it ever leaves."""
        return self._jobs.withdraw(job)

    def kick(self, kicked: Kicked) -> None:
        """Pulse the drawer within `kicks.KICK_LATE_S` or never; `kicked` hears which by then."""
        self._kicks.add(kicked)
        self._woken.set()

    def watch_pin(self, watcher: Callable[[bool], None]) -> None:
        """Do nothing: a spooler does not tell what the drawer's pin says."""

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what was not begun ends `FAILED`, what the spooler has ends `UNKNOWN`."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(timeout_s)
        self._kicks.refuse()
        self._jobs.close()

    # --- the worker's thread from here on ---

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # the thread is the printer's only one
                logging.getLogger(__name__).exception("the driver of %s failed", self._name)
                self._stopping.wait(LOOK_EVERY_S)

    def _turn(self) -> None:
        state = self._look()
        self._do_kicks(is_well=state is DeviceState.READY)
        job = self._jobs.first()
        if job is not None and state is DeviceState.READY and self._take_back_lost():
            self._print(job)
            return
        self._wait(HEARTBEAT_S if job is None else LOOK_EVERY_S)

    def _wait(self, most_s: float) -> None:
        self._woken.wait(most_s)
        self._woken.clear()

    def _look(self, well: DeviceState = DeviceState.READY) -> DeviceState:
        """Ask how the queue is, tell it, return it; `well` is what it is when all goes well."""
        said = self._command("lpstat", "-p", self._address.queue)
        if said is None or said.returncode != 0:
            return self._tell(DeviceState.OFFLINE, _AWAY)
        if b"disabled" in said.stdout:
            return self._tell(DeviceState.ATTENTION, _WAITS)
        return self._tell(well)

    def _do_kicks(self, *, is_well: bool) -> None:
        """Pulse the drawer for whoever asked, as far as the queue is well and empty."""
        while (kick := self._kicks.take()) is not None:
            taken, went = None, False
            try:
                taken = self._hand_pulse(kick) if is_well else None
                went = taken is not None and self._went_out(taken, kick)
            finally:
                kick.kicked(went)
            if taken is not None and not went:
                self._command("cancel", taken)
            self._take_back_lost()

    def _hand_pulse(self, kick: Kick) -> str | None:
        """Give a pulse to an empty queue; returns the spooler's name for it."""
        if not self._take_back_lost(kick.left_s) or self._waiting(kick.left_s) != {}:
            return None
        data = pulse(self._profile.drawer_pin, PULSE_10MS)
        try:
            return self._hand_over("drawer", data, kick.left_s)
        except subprocess.TimeoutExpired:
            self._pulse_lost = True
            return None

    def _take_back_lost(self, most_s: float | None = None) -> bool:
        """Take back a pulse whose name was not said; returns whether none is left to take back.

        No ticket of this till is in the queue then: none is handed over before this went well.
        """
        if self._pulse_lost and (waiting := self._waiting(most_s)) is not None:
            small = [taken for taken, size in waiting.items() if size <= _PULSE_SIZE]
            said = [self._command("cancel", taken, most_s=most_s) for taken in small]
            self._pulse_lost = None in said
        return not self._pulse_lost

    def _waiting(self, most_s: float | None = None) -> dict[str, int] | None:
        """Return what the spooler did not let go yet, with sizes; None when it does not answer."""
        said = self._command("lpstat", "-o", self._address.queue, most_s=most_s)
        if said is None or said.returncode != 0:
            return None
        found = _WAITING.finditer(said.stdout)
        return {one[1].decode("ascii", "replace"): int(one[2] or _PULSE_SIZE + 1) for one in found}

    def _went_out(self, taken: str, kick: Kick) -> bool:
        """Wait until the queue let a pulse go; returns whether it did in time, and not unsent."""
        while kick.left_s > 0 and not self._stopping.is_set():
            outcome = self._outcome(taken, kick.left_s)
            if outcome is not None:
                return outcome is PrintOutcome.SENT
            self._stopping.wait(PULSE_LOOK_S)
        return False

    def _print(self, job: Job) -> None:
        if not self._jobs.begin(job):
            return
        self._tell(DeviceState.BUSY)
        pieces = self._jobs.pieces(job, self._profile)
        if pieces is None:
            return
        job.sent = True
        try:
            taken = self._hand_over(job.name, b"".join(pieces))
            if taken is None:
                self._jobs.end(job, PrintOutcome.FAILED, _REFUSED)
            else:
                self._follow(job, taken)
        except subprocess.TimeoutExpired:
            self._jobs.lose(job)
        except Exception:
            self._jobs.give_up(job)
            raise

    def _hand_over(self, title: str, data: bytes, most_s: float | None = None) -> str | None:
        """Give bytes to the spooler; returns its name for them, None when it refused.

        Raises TimeoutExpired when it did not say.
        """
        argv = ("-d", self._address.queue, "-o", "raw", "-t", title, "-")
        done = self._call("lp", *argv, data=data, most_s=most_s)
        found = _TAKEN.search(done.stdout) if done is not None and done.returncode == 0 else None
        return None if found is None else found[1].decode("ascii", "replace")

    def _follow(self, job: Job, taken: str) -> None:
        """Wait until the spooler let the job go; a person is asked when it does not."""
        until = time.monotonic() + PATIENCE_S
        while not self._stopping.is_set():
            outcome = self._outcome(taken)
            if outcome is not None:
                self._jobs.end(job, outcome, "" if outcome is PrintOutcome.SENT else _STUCK)
                return
            if time.monotonic() > until:
                self._jobs.end(job, PrintOutcome.UNKNOWN, _STUCK)
                return
            self._do_kicks(is_well=self._look(DeviceState.BUSY) is DeviceState.BUSY)
            self._wait(LOOK_EVERY_S)

    def _outcome(self, taken: str, most_s: float | None = None) -> PrintOutcome | None:
        """Return how a job ended that the spooler took, None while it did not.

        One that two looks in a row find nowhere has ended as well. Where the spooler keeps a
        history, somebody wiped it away: `UNKNOWN`. Where it never showed one it cannot say more
        than that it let the job go, and that is `SENT`: a question at each ticket would be answered
        unread. One that was aborted there passes for sent; docs/devices.md says what to set.
        """
        queue = self._address.queue
        said = self._command("lpstat", "-W", "completed", "-l", "-o", queue, most_s=most_s)
        if said is None or said.returncode != 0:
            return None
        self._keeps_history = self._keeps_history or bool(said.stdout)
        jobs = re.split(rb"(?m)^(?=\S)", said.stdout)
        found = next((job for job in jobs if job.split(b" ", 1)[0] == taken.encode()), None)
        if found is not None:
            broke_off = any(alert in found for alert in _BROKEN_OFF)
            return PrintOutcome.UNKNOWN if broke_off else PrintOutcome.SENT
        waiting = self._waiting(most_s)
        if waiting is None or taken in waiting or not self._missed_before(taken):
            return None
        return PrintOutcome.UNKNOWN if self._keeps_history else PrintOutcome.SENT

    def _missed_before(self, taken: str) -> bool:
        before, self._missed = self._missed, taken
        return taken == before

    def _tell(self, state: DeviceState, detail: str = "") -> DeviceState:
        if self._told != (state, detail):
            self._told = (state, detail)
            self._sink(StatusChanged(self._name, state, detail))
        return state

    def _command(
        self, program: str, *argv: str, most_s: float | None = None
    ) -> subprocess.CompletedProcess[bytes] | None:
        """Run a command that nothing rests on; None when it does not answer."""
        try:
            return self._call(program, *argv, most_s=most_s)
        except subprocess.TimeoutExpired:
            return None

    def _call(
        self, program: str, *argv: str, data: bytes = b"", most_s: float | None = None
    ) -> subprocess.CompletedProcess[bytes] | None:
        """Run a command of the spooler in its own language; None where there is none, or no time.

        It is waited for `COMMAND_MOST_S`, or less; TimeoutExpired when it did not answer by then.
        """
        most_s = COMMAND_MOST_S if most_s is None else most_s
        if most_s <= 0:
            return None
        server = ("-h", self._address.server) if self._address.server else ()
        try:
            return subprocess.run(
                [program, *server, *argv],
                input=data,
                capture_output=True,
                timeout=most_s,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError:
            return None
