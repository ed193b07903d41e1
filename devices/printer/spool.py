"""A receipt printer behind the system's spooler (CUPS): each job is one call of `lp -o raw`.

The spooler takes bytes and gives nothing back of what the printer says, so a job ends `SENT` at
best: the spooler handed it all over. `lpstat` tells whether it did, or why it waits. What it
aborted or a person cancelled may be half on paper and ends `UNKNOWN`.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial

from devices.address import SpoolAddress
from devices.printer.jobs import Job, Jobs, MakePieces
from devices.printer.profile import PrinterProfile
from devices.printer.protocol import PULSE_10MS, pulse
from devices.printer.render import render_escpos
from pos.domain.words import Sentence
from pos.papers.page import Page
from pos.ports import DeviceState, PrintEnded, PrintOutcome, Sink, StatusChanged

COMMAND_MOST_S = 15.0
"""The longest that the spooler's commands are waited for."""

LOOK_EVERY_S = 0.5
HEARTBEAT_S = 20.0
PATIENCE_S = 900.0
"""The longest that a job may wait in the spooler before a person is asked."""

_TAKEN = re.compile(rb"request id is (\S+-\d+)")
_BROKEN_OFF = (b"canceled", b"aborted")
"""Among lpstat's alerts; CUPS 2.4 has no alert of its own for a job that went well."""

_QUEUE_FULL = Sentence("Too many tickets wait for the printer.").template
_CLOSED = Sentence("The till closed before the ticket was printed.").template
_REFUSED = Sentence("The system's print queue did not take the ticket.").template
_NOT_SAID = Sentence("The system's print queue did not say whether it took the ticket.").template
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
        self._jobs = Jobs()
        self._kick: Callable[[bool], None] | None = None
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
        if not self._jobs.add(Job(job, make)):
            self._sink(PrintEnded(job, PrintOutcome.FAILED, _QUEUE_FULL))
        self._woken.set()

    def withdraw(self, job: str) -> bool:
        """Take back a job that the spooler was not handed; True when nothing of it ever leaves."""
        return self._jobs.withdraw(job)

    def kick(self, kicked: Callable[[bool], None]) -> None:
        """Pulse the drawer, where nothing in the spooler could make it open later."""
        self._kick = kicked
        self._woken.set()

    def watch_pin(self, watcher: Callable[[bool], None]) -> None:
        """Do nothing: a spooler does not tell what the drawer's pin says."""

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what was not begun ends `FAILED`, what the spooler has ends `UNKNOWN`."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(timeout_s)
        for job in self._jobs.clear():
            outcome = PrintOutcome.UNKNOWN if job.begun else PrintOutcome.FAILED
            self._sink(PrintEnded(job.name, outcome, _NOT_SAID if job.begun else _CLOSED))

    # --- the worker's thread from here on ---

    def _run(self) -> None:
        while not self._stopping.is_set():
            state = self._look()
            self._do_kick(state)
            job = self._jobs.first()
            if job is not None and state is DeviceState.READY:
                self._print(job)
                continue
            self._woken.wait(HEARTBEAT_S if job is None else LOOK_EVERY_S)
            self._woken.clear()

    def _look(self, well: DeviceState = DeviceState.READY) -> DeviceState:
        """Ask how the queue is, tell it, return it; `well` is what it is when all goes well."""
        said = self._command("lpstat", "-p", self._address.queue)
        if said is None or said.returncode != 0:
            return self._tell(DeviceState.OFFLINE, _AWAY)
        if b"disabled" in said.stdout:
            return self._tell(DeviceState.ATTENTION, _WAITS)
        return self._tell(well)

    def _do_kick(self, state: DeviceState) -> None:
        kick, self._kick = self._kick, None
        if kick is None:
            return
        waiting = self._command("lpstat", "-o", self._address.queue)
        is_free = state is DeviceState.READY and waiting is not None and not waiting.stdout
        data = pulse(self._profile.drawer_pin, PULSE_10MS)
        kick(is_free and self._hand_over("drawer", data) is not None)

    def _print(self, job: Job) -> None:
        if not self._jobs.begin(job):
            return
        self._tell(DeviceState.BUSY)
        data = b"".join(job.make(self._profile))
        try:
            taken = self._hand_over(job.name, data)
        except subprocess.TimeoutExpired:
            self._end(job, PrintOutcome.UNKNOWN, _NOT_SAID)
            return
        if taken is None:
            self._end(job, PrintOutcome.FAILED, _REFUSED)
        else:
            self._follow(job, taken)

    def _hand_over(self, title: str, data: bytes) -> str | None:
        """Give bytes to the spooler; returns its name for them, None when it refused.

        Raises TimeoutExpired when it did not say.
        """
        done = self._call("lp", "-d", self._address.queue, "-o", "raw", "-t", title, "-", data=data)
        found = _TAKEN.search(done.stdout) if done is not None and done.returncode == 0 else None
        return None if found is None else found[1].decode("ascii", "replace")

    def _follow(self, job: Job, taken: str) -> None:
        """Wait until the spooler let the job go; a person is asked when it does not."""
        until = time.monotonic() + PATIENCE_S
        while not self._stopping.is_set():
            outcome = self._outcome(taken)
            if outcome is not None:
                self._end(job, outcome, "" if outcome is PrintOutcome.SENT else _STUCK)
                return
            if time.monotonic() > until:
                self._end(job, PrintOutcome.UNKNOWN, _STUCK)
                return
            self._look(DeviceState.BUSY)
            self._stopping.wait(LOOK_EVERY_S)

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

    def _end(self, job: Job, outcome: PrintOutcome, detail: str = "") -> None:
        if self._jobs.end(job):
            self._sink(PrintEnded(job.name, outcome, detail))

    def _tell(self, state: DeviceState, detail: str = "") -> DeviceState:
        if self._told != (state, detail):
            self._told = (state, detail)
            self._sink(StatusChanged(self._name, state, detail))
        return state

    def _command(self, program: str, *argv: str) -> subprocess.CompletedProcess[bytes] | None:
        """Run a command that only looks; None when it does not answer."""
        try:
            return self._call(program, *argv)
        except subprocess.TimeoutExpired:
            return None

    def _call(
        self, program: str, *argv: str, data: bytes = b""
    ) -> subprocess.CompletedProcess[bytes] | None:
        """Run a command of the spooler in its own language; None where there is none."""
        server = ("-h", self._address.server) if self._address.server else ()
        try:
            return subprocess.run(
                [program, *server, *argv],
                input=data,
                capture_output=True,
                timeout=COMMAND_MOST_S,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError:
            return None
