"""What waits for a printer: jobs in their order, each taken once and ended once.

A job of which no byte left may wait, fail or be withdrawn; one of which a byte left is never sent
again, and where its end is not known it ends UNKNOWN, for a person to look. Thread-safe: the
till's thread adds and withdraws, the printer's worker takes.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devices.printer.profile import PrinterProfile
from pos.ports import PrintEnded, PrintOutcome, Sink

JOBS_MAX = 32

Pieces = Iterable[bytes]
MakePieces = Callable[[PrinterProfile], Pieces]
"""Makes a job's bytes in pieces between which a status request may be sent."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a job was not printed, as English templates."""

    full: str
    """Too many wait."""
    closed: str
    """The till closed before its first byte."""
    lost: str
    """It was under way, and its end is not known."""
    unmade: str
    """Its bytes could not be made."""


@dataclass(slots=True)
class Job:
    """A job; `begun` from just before its first byte, `sent` once the link accepted one."""

    name: str
    make: MakePieces
    begun: bool = False
    sent: bool = False


class Jobs:
    """The jobs of one printer, the one at work first; the sink hears each one's end."""

    def __init__(self, sink: Sink, reasons: Reasons) -> None:
        self._sink = sink
        self._reasons = reasons
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()

    def add(self, job: Job) -> None:
        """Put a job at the end; where too many wait it has failed at once."""
        with self._lock:
            has_room = len(self._jobs) < JOBS_MAX
            if has_room:
                self._jobs.append(job)
        if not has_room:
            self._sink(PrintEnded(job.name, PrintOutcome.FAILED, self._reasons.full))

    def first(self) -> Job | None:
        """Return the job whose turn it is."""
        with self._lock:
            return self._jobs[0] if self._jobs else None

    def begin(self, job: Job) -> bool:
        """Mark a job as begun; returns False when it was withdrawn meanwhile."""
        with self._lock:
            job.begun = job in self._jobs
            return job.begun

    def pieces(self, job: Job, profile: PrinterProfile) -> tuple[bytes, ...] | None:
        """Return what a job sends; None when it cannot be made, and it has failed then."""
        try:
            return tuple(job.make(profile))
        except Exception:
            logging.getLogger(__name__).exception("a page could not be rendered")
            self.end(job, PrintOutcome.FAILED, self._reasons.unmade)
            return None

    def end(self, job: Job, outcome: PrintOutcome, detail: str = "") -> None:
        """Take a job off and tell its end, once."""
        with self._lock:
            is_there = job in self._jobs
            if is_there:
                self._jobs.remove(job)
        if is_there:
            self._sink(PrintEnded(job.name, outcome, detail))

    def lose(self, job: Job, detail: str = "") -> None:
        """The printer is away: a job of which a byte left ends UNKNOWN, any other waits on."""
        if job.sent:
            self.end(job, PrintOutcome.UNKNOWN, detail or self._reasons.lost)
            return
        with self._lock:
            job.begun = False

    def give_up(self, job: Job) -> None:
        """The driver failed at a job: it is not begun again, so that it cannot fail for ever."""
        if job.sent:
            self.end(job, PrintOutcome.UNKNOWN, self._reasons.lost)
        else:
            self.end(job, PrintOutcome.FAILED, self._reasons.unmade)

    def withdraw(self, name: str) -> bool:
        """Take a job off that was not begun; returns whether none of it ever leaves."""
        with self._lock:
            found = next((job for job in self._jobs if job.name == name and not job.begun), None)
            if found is not None:
                self._jobs.remove(found)
        return found is not None

    def close(self) -> None:
        """End every job: FAILED, or UNKNOWN where a byte of it left."""
        with self._lock:
            left, self._jobs = list(self._jobs), deque()
        for job in left:
            outcome = PrintOutcome.UNKNOWN if job.sent else PrintOutcome.FAILED
            detail = self._reasons.lost if job.sent else self._reasons.closed
            self._sink(PrintEnded(job.name, outcome, detail))

    def __len__(self) -> int:
        with self._lock:
            return len(self._jobs)
