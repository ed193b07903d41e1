"""The till keeps its courier running, and shows on its network light how that one fares.

The courier is a child that ends with the till. A courier that runs as a service is left to run,
and only looked at.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import IO

from pos.ports import DeviceState, Sink, StatusChanged
from pos.ports.centre import Centre, CourierReport, CourierState
from pos.till.readiness import NETWORK, WORDS

LOCKED = 3
"""The exit code of a courier that found another one at work on the same till."""

LOOK_S = 0.25
"""How often the child and its report are looked at: what came from the centre waits that long."""

STEADY_S = 60
"""From how long a life on a courier counts as steady: the next wait begins small again."""

WAIT_MOST_S = 60
END_S = 5


def child() -> list[str]:
    """Return the command line of the courier that a till starts."""
    return [sys.executable, "-m", "pos.main", "courier", "--tied"]


@dataclass
class _Life:
    """One life of the child; `before` is what the one before it had said last."""

    process: subprocess.Popen[bytes]
    since_s: float
    before: CourierReport


class Keeper(threading.Thread):
    """Starts the courier, starts it again when it ended, and reports its state as a device's."""

    def __init__(
        self,
        centre: Centre,
        sink: Sink,
        *,
        command: Callable[[], list[str]] = child,
        log: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        super().__init__(name="courier keeper", daemon=True)
        self._centre = centre
        self._sink = sink
        self._command = command
        self._log = log
        self._ended = threading.Event()
        self._life: _Life | None = None
        self._failures = 0
        self._next_s = 0.0
        self._is_elsewhere = False
        self._told: tuple[StatusChanged, object] | None = None

    def run(self) -> None:
        """Look after the child until `close`."""
        while not self._ended.is_set():
            self._look()
            self._tell()
            self._ended.wait(LOOK_S)

    def close(self) -> None:
        """End the courier, if it is ours, and stop looking."""
        self._ended.set()
        self.join()
        if self._life is not None:
            _end(self._life.process)

    def _look(self) -> None:
        if self._life is None:
            if monotonic() >= self._next_s:
                self._start()
            return
        code = self._life.process.poll()
        if code is None:
            return
        lived_s = monotonic() - self._life.since_s
        self._is_elsewhere = code == LOCKED
        self._failures = 1 if lived_s > STEADY_S else self._failures + 1
        wait_s = WAIT_MOST_S if self._is_elsewhere else min(WAIT_MOST_S, 2**self._failures // 2)
        self._next_s = monotonic() + wait_s
        _let_go(self._life.process)
        self._life = None

    def _start(self) -> None:
        before = self._centre.report()
        try:
            process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=os.environ,
            )
        except OSError:
            self._failures += 1
            self._next_s = monotonic() + min(WAIT_MOST_S, 2**self._failures)
            return
        self._life = _Life(process, monotonic(), before)

    def _tell(self) -> None:
        """Report the state, also again when something else of the centre's changed."""
        words = WORDS[self._state()]
        detail = "" if words.light is DeviceState.READY else words.brief.template
        told = (StatusChanged(NETWORK, words.light, detail), self._centre.version())
        if told != self._told:
            self._told = told
            self._sink(told[0])

    def _state(self) -> CourierState:
        """Return how the courier fares; what an earlier one said last is nothing of this one."""
        if self._life is None and not self._is_elsewhere:
            return CourierState.STOPPED
        if not self._centre.enrolled():
            return CourierState.NOT_ENROLLED
        report = self._centre.report()
        is_new = self._life is None or report != self._life.before
        is_told = is_new and report.state is not CourierState.STOPPED
        return report.state if is_told else CourierState.CONNECTING


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a child to end by closing its input; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
