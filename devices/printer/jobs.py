"""What waits for a printer: jobs in their order, each taken once, or withdrawn before a byte left.

Thread-safe: the till's thread adds and withdraws, the printer's worker takes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devices.printer.profile import PrinterProfile

JOBS_MAX = 32

Pieces = Iterable[bytes]
MakePieces = Callable[[PrinterProfile], Pieces]
"""Makes a job's bytes in pieces between which a status request may be sent."""


@dataclass(slots=True)
class Job:
    """A job; `begun` from just before its first byte, `sent` once the link accepted one."""

    name: str
    make: MakePieces
    begun: bool = False
    sent: bool = False


class Jobs:
    """The jobs of one printer, the one at work first."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()

    def add(self, job: Job) -> bool:
        """Put a job at the end; returns False when too many wait."""
        with self._lock:
            has_room = len(self._jobs) < JOBS_MAX
            if has_room:
                self._jobs.append(job)
        return has_room

    def first(self) -> Job | None:
        """Return the job whose turn it is."""
        with self._lock:
            return self._jobs[0] if self._jobs else None

    def begin(self, job: Job) -> bool:
        """Mark a job as begun; returns False when it was withdrawn meanwhile."""
        with self._lock:
            job.begun = job in self._jobs
            return job.begun

    def wait_on(self, job: Job) -> None:
        """Let a job wait again of which no byte left."""
        with self._lock:
            job.begun = False

    def end(self, job: Job) -> bool:
        """Take a job off; returns whether it was still there."""
        with self._lock:
            is_there = job in self._jobs
            if is_there:
                self._jobs.remove(job)
        return is_there

    def withdraw(self, name: str) -> bool:
        """Take a job off that was not begun; returns whether none of it ever leaves."""
        with self._lock:
            found = next((job for job in self._jobs if job.name == name and not job.begun), None)
            if found is not None:
                self._jobs.remove(found)
        return found is not None

    def clear(self) -> list[Job]:
        """Take every job off; returns them in their order."""
        with self._lock:
            left, self._jobs = list(self._jobs), deque()
        return left

    def __len__(self) -> int:
        with self._lock:
            return len(self._jobs)
