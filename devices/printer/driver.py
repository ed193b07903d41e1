"""An ESC/POS printer: one worker owns the port, every page ends as one `PrintEnded`.

Nothing is ever resent once a byte was accepted. A printer that is away, mute, open or out of paper
keeps its jobs waiting; a job whose answer was lost ends `UNKNOWN`, for a person to look. One that
waits for a person is waited for while it answers; where its buffers are full no question reaches
it, and `Limits.patience_s` holds.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from devices.address import parse_url
from devices.link import Link, LinkLost, Mute
from devices.printer.behind import TO_PRINTER, Behind
from devices.printer.jobs import Job, Jobs, MakePieces, Reasons
from devices.printer.kicks import Kicked, Kicks
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
from devices.printer.trouble import cause
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.papers.page import Page
from pos.ports import DeviceState, PrintOutcome, Sink

CHUNK_BYTES = 1024

_LOST = Sentence("The connection was lost while printing: look whether it is printed.").template
_REASONS = Reasons(
    full=Sentence("Too many tickets wait for the printer.").template,
    closed=Sentence("The till closed before the ticket was printed.").template,
    lost=_LOST,
    unmade=Sentence("The ticket could not be prepared for this printer.").template,
)
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
    unanswered: int = 6
    """Questions in a row that a printer which waits for a person may leave unanswered."""


class _Unknown(Exception):
    """The job's bytes went out and its end is not known; the text is the detail."""


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
        self._limits = limits
        self._jobs = Jobs(sink, _REASONS)
        self._kicks = Kicks()
        self._pin_watchers: list[Callable[[bool], None]] = []
        self._behind = Behind()
        self._session: Session | None = None
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def print(self, job: str, page: Page) -> None:
        """Queue a page; returns at once. `PrintEnded` tells its end."""
        self.print_pieces(job, partial(render_escpos, page))

    def print_pieces(self, job: str, make: MakePieces) -> None:
        """Queue what `make` makes for this printer's profile, as `print` does a page."""
        self._jobs.add(Job(job, make))
        self.worker.poke()

    def withdraw(self, job: str) -> bool:
        """Take back a job that still waits; True when nothing of it left, or ever will.

        There is no `PrintEnded` of it then; otherwise it goes its way.
        """
        return self._jobs.withdraw(job)

    def kick(self, kicked: Kicked) -> None:
        """Pulse the drawer at once, before whatever waits; `kicked` hears whether it went out.

        It goes out within `kicks.KICK_LATE_S` or never. What the drawer's pin said before the
        pulse is told to who watches it before `kicked` is called.
        """
        if not self.worker.connected:
            kicked(False)
            return
        self._kicks.add(kicked)
        self.worker.poke()

    def pass_on(self, start: bytes, frame: bytes) -> None:
        """Hand a frame on to the display behind the printer, between two jobs; the latest wins."""
        self._behind.put(start, frame)
        self.worker.poke()

    def watch_pin(self, watcher: Callable[[bool], None]) -> None:
        """Have `watcher` called, from the worker, with the drawer pin's level at each status."""
        self._pin_watchers.append(watcher)

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what was not begun ends `FAILED`, what was begun ends `UNKNOWN`."""
        self.worker.close(timeout_s)
        self._kicks.refuse()
        self._jobs.close()

    # --- the worker's thread from here on ---

    def _serve(self, link: Link) -> None:
        session = self._session = Session(
            link, self._profile, self._heard, self._limits.answer_s, self._session
        )
        try:
            if self._behind.in_use:
                session.write(TO_PRINTER, SLICE_S)
                self._behind.opened()
            session.begin()
            self._work(session)
        finally:
            self._kicks.refuse()

    def _work(self, session: Session) -> None:
        while not self.worker.stopping:
            self._between(session)
            self._tell(session)
            job = self._jobs.first()
            if session.restarted:
                session.restarted = False
                session.begin()  # it forgot what it was asked to tell
            if job is None:
                self._hand_on(session)
                wait_s = self._behind.wait_s(self._limits.heartbeat_s)
                if not session.listen(wait_s) and self._is_idle():
                    session.check()
                    warm_up()
            elif session.check() and session.is_stopped:
                self._tell(session)
                session.urge()
                session.listen(1.0)
            else:
                self._print(session, job)

    def _between(self, session: Session) -> None:
        """Do what may only be done between two commands: pulse, ask, urge.

        Many a printer takes a question in the middle of a command for the command's own data.
        """
        self._do_kicks(session)
        if session.pin_doubted:
            self._look(session)
        session.urge()

    def _hand_on(self, session: Session) -> None:
        """Give the display behind the printer what it should show; half of it would mute both."""
        data = b"" if session.is_stopped else self._behind.due(time.monotonic())
        if session.write(data, SLICE_S) < len(data):
            raise LinkLost(Sentence("The printer takes nothing for the display behind it."))

    def _is_idle(self) -> bool:
        return not (len(self._kicks) or len(self._jobs) or self.worker.stopping)

    def _print(self, session: Session, job: Job) -> None:
        """Print one job; one of which no byte left before the printer was lost waits on."""
        if not self._jobs.begin(job):
            return
        self.worker.report(DeviceState.BUSY)
        pieces = self._jobs.pieces(job, self._profile)
        if pieces is None:
            return
        session.restarted = False
        try:
            self._send(session, job, pieces)
            self._jobs.end(job, self._confirm(session, job))
        except _Unknown as unknown:
            self._jobs.lose(job, str(unknown))
            raise Mute(Sentence("The printer stopped answering while printing.")) from None
        except LinkLost:
            self._jobs.lose(job)
            raise
        except Exception:
            self._jobs.give_up(job)
            raise

    def _send(self, session: Session, job: Job, pieces: Iterable[bytes]) -> None:
        for chunk in _chunks(pieces):
            self._send_chunk(session, job, chunk)
            session.listen(0)
            self._between(session)
            if not self._profile.asb:
                self._look(session)

    def _look(self, session: Session) -> None:
        """Ask how the printer is while it works; its buffers may be full of this very job."""
        with contextlib.suppress(Mute):
            session.check()

    def _send_chunk(self, session: Session, job: Job, chunk: bytes) -> None:
        """Send commands; once a byte of them left, nothing comes before their last."""
        moved = time.monotonic()
        left = chunk
        while left:
            try:
                accepted = 0 if session.held else session.write(left, SLICE_S)
            except LinkLost as lost:
                job.sent = job.sent or lost.sent > 0
                raise
            left = left[accepted:]
            job.sent = job.sent or accepted > 0
            if left:
                session.listen(SLICE_S if session.held else 0)
                self._tell(session, DeviceState.BUSY)
                if len(left) == len(chunk):
                    self._between(session)
                if accepted or session.is_stopped:
                    moved = time.monotonic()
                self._give_up(session, moved + self._limits.stall_s)

    def _confirm(self, session: Session, job: Job) -> PrintOutcome:
        """Ask the printer to say when all is out; wait for as long as it says why it waits.

        What it said before it was asked is no answer.
        """
        if not self._profile.answers:
            return PrintOutcome.SENT
        mark = process_id(job.name)
        session.listen(0)
        session.done.discard(mark)
        plain_before = session.plain_answers
        asks = ask_done(mark) if self._profile.process_id else ASK_PAPER
        self._send_chunk(session, job, asks)
        well_since = time.monotonic()
        while True:
            if session.restarted:  # what it says is out may lack what it held before
                raise _Unknown(_RESTARTED)
            if mark in session.done:
                return PrintOutcome.CONFIRMED
            if not self._profile.process_id and session.plain_answers > plain_before:
                return PrintOutcome.SENT
            self._give_up(session, well_since + self._limits.confirm_s)
            was_stopped = session.is_stopped
            if not session.listen(1.0):
                self._look(session)
            self._between(session)
            self._tell(session, DeviceState.BUSY)
            if was_stopped or session.is_stopped:
                well_since = time.monotonic()

    def _give_up(self, session: Session, until: float) -> None:
        """Raise `_Unknown` when waiting on is no use."""
        if session.restarted:
            raise _Unknown(_RESTARTED)
        if self.worker.stopping:
            raise _Unknown(_LOST)
        if session.is_stopped:
            is_mute = session.unanswered >= self._limits.unanswered
            until = 0.0 if is_mute else session.heard_at + self._limits.patience_s
        if time.monotonic() >= until:
            raise _Unknown(_SILENT)

    def _do_kicks(self, session: Session) -> None:
        """Pulse the drawer for whoever asked, if the printer listens.

        It is asked for the drawer's pin first. The answer tells that nothing on the line is in the
        pulse's way, so that it acts at once, and how the drawer was before it.
        """
        send = pulse_now if self._profile.answers else pulse
        data = send(self._profile.drawer_pin, PULSE_10MS)
        while (kick := self._kicks.take()) is not None:
            went = False
            try:
                with contextlib.suppress(Mute):
                    session.ask_pin(kick.left_s)
                    went = kick.left_s > 0 and session.command(data, kick.left_s)
            finally:
                kick.kicked(went)

    def _heard(self, status: Status) -> None:
        for watcher in self._pin_watchers:
            watcher(status.pin_high)

    def _tell(self, session: Session, ready: DeviceState = DeviceState.READY) -> None:
        detail = cause(session.status)
        waits = bool(detail) and session.is_stopped
        self.worker.report(DeviceState.ATTENTION if waits else ready, detail)


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
