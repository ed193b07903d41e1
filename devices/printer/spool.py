"""A receipt printer behind the system's spooler (CUPS): each job is one call of `lp -o raw`.

The spooler takes bytes and gives nothing back of what the printer says, so a job ends `SENT` at
best: the spooler handed it all over. `lpstat` tells whether it did, or why it waits. What it
aborted or a person cancelled may be half on paper and ends `UNKNOWN`.

A drawer's pulse is handed to an empty queue only, and taken back when the queue does not let it go
in time, so that a printer which is switched on later opens no drawer. One whose queue waits for the
printer to hang up after each job (CUPS: `waiteof=true`) is told that its drawer did not open.
"""

from __future__ import annotations

import contextlib
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
        if job is not None and state is DeviceState.READY:
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

    def _hand_pulse(self, kick: Kick) -> str | None:
        """Give a pulse to an empty queue; returns the spooler's name for it."""
        queue = self._address.queue
        waiting = self._command("lpstat", "-o", queue, most_s=kick.left_s)
        if waiting is None or waiting.returncode != 0 or waiting.stdout:
            return None
        data = pulse(self._profile.drawer_pin, PULSE_10MS)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._hand_over("drawer", data, kick.left_s)
        return None

    def _went_out(self, taken: str, kick: Kick) -> bool:
        """Wait until the queue let a pulse go; returns whether it did in time."""
        while kick.left_s > 0 and not self._stopping.is_set():
            said = self._command("lpstat", "-o", self._address.queue, most_s=kick.left_s)
            if said is not None and said.returncode == 0:
                waiting = [line.split(b" ", 1)[0] for line in said.stdout.splitlines()]
                if taken.encode() not in waiting:
                    return True
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

    def _outcome(self, taken: str) -> PrintOutcome | None:
        """Return how a job ended that the spooler took, None while it did not."""
        said = self._command("lpstat", "-W", "completed", "-l", "-o", self._address.queue)
        if said is None or said.returncode != 0:
            return None
        jobs = re.split(rb"(?m)^(?=\S)", said.stdout)
        found = next((job for job in jobs if job.split(b" ", 1)[0] == taken.encode()), None)
        if found is None:
            return None
        broke_off = any(alert in found for alert in _BROKEN_OFF)
        return PrintOutcome.UNKNOWN if broke_off else PrintOutcome.SENT

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
