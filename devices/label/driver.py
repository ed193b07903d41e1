"""A label printer that speaks ZPL: one worker owns the port, each job ends as one `PrintEnded`.

A printer of this kind says how many labels it still holds, and not which it printed: a job ends
`SENT` once it holds none, and `UNKNOWN` where its connection or its answers were lost on the way.
Nothing is sent twice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from devices.address import parse_url
from devices.label.protocol import ASK, LabelStatus, StatusParser, cause
from devices.label.zpl import LabelSize, zpl
from devices.link import Link, LinkLost, Mute
from devices.printer.jobs import Job, Jobs, Reasons
from devices.printer.profile import PrinterProfile
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.papers.label import Label
from pos.ports import DeviceState, PrintOutcome, Sink

SLICE_S = 0.5
_PROFILE = PrinterProfile("labels")  # a job's bytes are of one size here

_REASONS = Reasons(
    full=Sentence("Too many labels wait for their printer.").template,
    closed=Sentence("The till closed before the labels were printed.").template,
    lost=Sentence(
        "The label printer was lost while printing: look which labels came out."
    ).template,
    unmade=Sentence("The labels could not be prepared for their printer.").template,
)


class ZplPrinter:
    """A label printer behind a URL. Raises `Refusal` when the URL can never work."""

    def __init__(
        self,
        name: str,
        url: str,
        size: LabelSize,
        sink: Sink,
        *,
        answer_s: float = 2.0,
        stall_s: float = 60.0,
        heartbeat_s: float = 10.0,
    ) -> None:
        parse_url(url)
        self._size = size
        self._answer_s = answer_s
        self._stall_s = stall_s
        self._heartbeat_s = heartbeat_s
        self._jobs = Jobs(sink, _REASONS)
        self._parser = StatusParser()
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def print_labels(self, job: str, labels: Sequence[Label]) -> None:
        """Queue labels; returns at once. `PrintEnded` tells their end."""
        formats = tuple(zpl(label, self._size) for label in labels)
        self._jobs.add(Job(job, lambda _profile: formats))
        self.worker.poke()

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what was not begun ends `FAILED`, what was begun ends `UNKNOWN`."""
        self.worker.close(timeout_s)
        self._jobs.close()

    # --- the worker's thread from here on ---

    def _serve(self, link: Link) -> None:
        self._parser = StatusParser()
        while not self.worker.stopping:
            status = self._ask(link)
            self._tell(status)
            job = self._jobs.first()
            if job is None:
                link.read(self._heartbeat_s)
            elif status.is_stopped:
                link.read(SLICE_S)
            else:
                self._print(link, job)

    def _ask(self, link: Link) -> LabelStatus:
        """Ask how the printer is; raises `Mute` when it does not answer."""
        link.write(ASK, self._answer_s)
        until = time.monotonic() + self._answer_s
        while (left_s := until - time.monotonic()) > 0 and not self.worker.stopping:
            found = self._parser.receive(link.read(left_s))
            if found:
                return found[-1]
        raise Mute(Sentence("The label printer is connected and does not answer."))

    def _print(self, link: Link, job: Job) -> None:
        self.worker.report(DeviceState.BUSY)
        try:
            for one in job.make(_PROFILE):
                self._send(link, job, one)
            self._wait_until_out(link)
            if not self.worker.stopping:
                self._jobs.end(job, PrintOutcome.SENT)
        except LinkLost:
            self._jobs.lose(job)
            raise
        except Exception:
            self._jobs.give_up(job)
            raise

    def _send(self, link: Link, job: Job, data: bytes) -> None:
        moved = time.monotonic()
        while data and not self.worker.stopping:
            try:
                accepted = link.write(data, SLICE_S)
            except LinkLost as lost:
                job.sent = job.sent or lost.sent > 0
                raise
            job.sent = job.sent or accepted > 0
            data = data[accepted:]
            moved = time.monotonic() if accepted else moved
            if time.monotonic() - moved > self._stall_s:
                raise Mute(Sentence("The label printer takes nothing more."))

    def _wait_until_out(self, link: Link) -> None:
        """Wait until the printer holds no label; it waits for a person as long as it says so."""
        while not self.worker.stopping:
            status = self._ask(link)
            self._tell(status, DeviceState.BUSY)
            if not status.waiting:
                return
            link.read(SLICE_S)

    def _tell(self, status: LabelStatus, ready: DeviceState = DeviceState.READY) -> None:
        self.worker.report(DeviceState.ATTENTION if status.is_stopped else ready, cause(status))
