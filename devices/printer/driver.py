"""An ESC/POS printer: one worker owns the port, every page ends as one `PrintEnded`.

Nothing is ever resent once a byte was accepted. A printer that is away, mute, open or out of paper
keeps its jobs waiting; a job whose answer was lost ends `UNKNOWN`, for a person to look.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from devices.address import parse_url
from devices.link import Link, LinkLost, Mute
from devices.printer.profile import PrinterProfile
from devices.printer.protocol import (
    ASK_PAPER,
    PULSE_10MS,
    Status,
    ask_done,
    process_id,
    pulse,
    pulse_now,
)
from devices.printer.render import render_escpos, warm_up
from devices.printer.session import SLICE_S, Session
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.papers.page import Page
from pos.ports import DeviceState, PrintEnded, PrintOutcome, Sink

JOBS_MAX = 32
CHUNK_BYTES = 1024
KICK_LATE_S = 2.0
"""A drawer does not open later than this after the gesture: it would surprise a customer."""

_QUEUE_FULL = Sentence("Too many tickets wait for the printer.").template
_CLOSED = Sentence("The till closed before the ticket was printed.").template
_NOT_SET = Sentence("The ticket could not be prepared for this printer.").template
_LOST = Sentence("The connection was lost while printing: look whether it is printed.").template
_SILENT = Sentence("The printer did not confirm: look whether it is printed.").template
_RESTARTED = Sentence("The printer restarted while printing: look what is printed.").template


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the worker waits, in seconds."""

    answer_s: float = 0.6
    """For an answer to a question."""
    confirm_s: float = 20.0
    """For a well printer's word that all is on paper; holds 9600 baud and full buffers."""
    stall_s: float = 60.0
    """For a well printer to take one more byte."""
    patience_s: float = 900.0
    """For a person, when the printer said what it needs and then nothing more."""
    heartbeat_s: float = 5.0
    """Between two questions to an idle printer."""


class _Unknown(Exception):
    """The job's bytes went out and its end is not known; the text is the detail."""


@dataclass(slots=True)
class _Job:
    name: str
    page: Page
    sent: bool = False


class EscPosPrinter:
    """A printer behind a URL. Raises `Refusal` when the URL can never work."""

    def __init__(
        self,
        name: str,
        url: str,
        profile: PrinterProfile,
        sink: Sink,
        *,
        limits: Limits = Limits(),
    ) -> None:
        parse_url(url)
        self._profile = profile
        self._sink = sink
        self._limits = limits
        self._jobs: queue.Queue[_Job] = queue.Queue(JOBS_MAX)
        self._current: _Job | None = None
        self._kick: tuple[float, Callable[[bool], None]] | None = None
        self._pin_watchers: list[Callable[[bool], None]] = []
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def print(self, job: str, page: Page) -> None:
        """Queue a page; returns at once. `PrintEnded` tells its end."""
        try:
            self._jobs.put_nowait(_Job(job, page))
        except queue.Full:
            self._sink(PrintEnded(job, PrintOutcome.FAILED, _QUEUE_FULL))
            return
        self.worker.poke()

    def kick(self, kicked: Callable[[bool], None]) -> None:
        """Pulse the drawer at once, before whatever waits; `kicked` hears whether it went out.

        It goes out within `KICK_LATE_S` or never.
        """
        if not self.worker.connected:
            kicked(False)
            return
        self._kick = (time.monotonic(), kicked)
        self.worker.poke()

    def watch_pin(self, watcher: Callable[[bool], None]) -> None:
        """Have `watcher` called, from the worker, with the drawer pin's level at each status."""
        self._pin_watchers.append(watcher)

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what was not begun ends `FAILED`, what was begun ends `UNKNOWN`."""
        self.worker.close(timeout_s)
        for job in self._left_over():
            self._sink(PrintEnded(job.name, PrintOutcome.FAILED, _CLOSED))

    def _left_over(self) -> Iterator[_Job]:
        current, self._current = self._current, None
        if current is not None:
            yield current
        while not self._jobs.empty():
            yield self._jobs.get_nowait()

    # --- the worker's thread from here on ---

    def _serve(self, link: Link) -> None:
        session = Session(link, self._profile, self._heard, self._limits.answer_s)
        try:
            session.begin()
            self._work(session)
        finally:
            kick, self._kick = self._kick, None
            if kick is not None:
                kick[1](False)

    def _work(self, session: Session) -> None:
        while not self.worker.stopping:
            self._do_kick(session)
            self._tell(session.status)
            job = self._next_job()
            if job is None:
                if not session.listen(self._limits.heartbeat_s) and self._idle():
                    session.check()
                    warm_up()
            elif _stopped(session.check()):
                self._tell(session.status)
                session.listen(1.0)
            else:
                self._print(session, job)

    def _idle(self) -> bool:
        return self._kick is None and self._jobs.empty() and not self.worker.stopping

    def _next_job(self) -> _Job | None:
        if self._current is None and not self._jobs.empty():
            self._current = self._jobs.get_nowait()
        return self._current

    def _print(self, session: Session, job: _Job) -> None:
        self.worker.report(DeviceState.BUSY)
        mark = process_id(job.name)
        try:
            pieces = (*render_escpos(job.page, self._profile), self._question(mark))
        except Exception:
            logging.getLogger(__name__).exception("a page could not be rendered")
            self._end(PrintOutcome.FAILED, _NOT_SET)
            return
        session.done.discard(mark)
        session.restarted = False
        try:
            plain_before = self._send(session, job, pieces)
            self._end(self._confirm(session, mark, plain_before))
        except _Unknown as unknown:
            self._end(PrintOutcome.UNKNOWN, str(unknown))
            raise Mute(Sentence("The printer stopped answering while printing.")) from None
        except LinkLost:
            if job.sent:
                self._end(PrintOutcome.UNKNOWN, _LOST)
            raise

    def _question(self, mark: bytes) -> bytes:
        if self._profile.process_id:
            return ask_done(mark)
        return ASK_PAPER if self._profile.answers else b""

    def _send(self, session: Session, job: _Job, pieces: Iterable[bytes]) -> int:
        """Hand over everything; returns how many plain answers had come before the end."""
        plain_before = session.plain_answers
        for chunk in _chunks(pieces):
            self._send_chunk(session, job, chunk)
            session.listen(0)
            self._do_kick(session)
        return plain_before

    def _send_chunk(self, session: Session, job: _Job, chunk: bytes) -> None:
        moved = time.monotonic()
        while chunk:
            try:
                accepted = session.write(chunk, SLICE_S)
            except LinkLost as lost:
                job.sent = job.sent or lost.sent > 0
                raise
            chunk = chunk[accepted:]
            job.sent = job.sent or accepted > 0
            if chunk:
                session.listen(0)
                self._tell(session.status, DeviceState.BUSY)
                if accepted or _stopped(session.status):
                    moved = time.monotonic()
                self._give_up(session, moved + self._limits.stall_s)

    def _confirm(self, session: Session, mark: bytes, plain_before: int) -> PrintOutcome:
        """Wait for the printer's word, for as long as it says why it waits."""
        if not self._profile.answers:
            return PrintOutcome.SENT
        well_since = time.monotonic()
        while True:
            if mark in session.done:
                return PrintOutcome.CONFIRMED
            if not self._profile.process_id and session.plain_answers > plain_before:
                return PrintOutcome.SENT
            if not session.listen(1.0):
                with contextlib.suppress(Mute):  # its buffers may be full of this very ticket
                    session.check()
            self._do_kick(session)
            self._tell(session.status, DeviceState.BUSY)
            if _stopped(session.status):
                well_since = time.monotonic()
            self._give_up(session, well_since + self._limits.confirm_s)

    def _give_up(self, session: Session, until: float) -> None:
        """Raise `_Unknown` when waiting on is no use."""
        if session.restarted:
            raise _Unknown(_RESTARTED)
        if self.worker.stopping:
            raise _Unknown(_LOST)
        if _stopped(session.status):
            until = session.heard_at + self._limits.patience_s
        if time.monotonic() >= until:
            raise _Unknown(_SILENT)

    def _end(self, outcome: PrintOutcome, detail: str = "") -> None:
        job, self._current = self._current, None
        if job is not None:
            self._sink(PrintEnded(job.name, outcome, detail))

    def _do_kick(self, session: Session) -> None:
        kick, self._kick = self._kick, None
        if kick is None:
            return
        asked_at, kicked = kick
        send = pulse_now if self._profile.answers else pulse
        data = send(self._profile.drawer_pin, PULSE_10MS)
        in_time = time.monotonic() - asked_at <= KICK_LATE_S
        kicked(in_time and session.write(data, SLICE_S) == len(data))

    def _heard(self, status: Status) -> None:
        for watcher in self._pin_watchers:
            watcher(status.pin_high)

    def _tell(self, status: Status, ready: DeviceState = DeviceState.READY) -> None:
        detail = _cause(status)
        waits = bool(detail) and _stopped(status)
        self.worker.report(DeviceState.ATTENTION if waits else ready, detail)


def _stopped(status: Status) -> bool:
    """Whether the printer waits for a person."""
    return status.offline or status.paper_out or status.cover_open or status.fault


def _cause(status: Status) -> str:
    """What the status line says of it, "" when all is well."""
    if status.cover_open:
        return Sentence("cover open").template
    if status.paper_out:
        return Sentence("no paper").template
    if status.fault:
        return Sentence("jammed: open it and look").template
    if status.offline:
        return Sentence("not ready").template
    return Sentence("paper low").template if status.paper_low else ""


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces into chunks of about `CHUNK_BYTES` that end where a command ends."""
    chunk = b""
    for piece in pieces:
        if chunk and len(chunk) + len(piece) > CHUNK_BYTES:
            yield chunk
            chunk = b""
        chunk += piece
    if chunk:
        yield chunk
