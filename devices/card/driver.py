"""A card terminal on any link: one state machine over both protocols, one request at a time.

A serial terminal keeps its line; one on the network is connected to for each request, so that
several tills may share it. What never left ends CANCELLED; from its first byte on, whatever goes
wrong ends UNKNOWN. Nothing is ever asked twice. After an UNKNOWN the driver goes on listening, and
what the terminal says late is `CardHeard`: evidence for the person who settles it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from devices.address import TcpAddress, parse_url
from devices.card.protocol import (
    AMOUNT_MOST,
    FAILED,
    LOST,
    NOT_ABLE,
    NOT_REACHED,
    Answer,
    Asked,
    Dialogue,
    Outcome,
    reference_of,
)
from devices.link import Link, LinkLost
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.ports import CardDetails, CardEnded, CardHeard, CardOutcome, DeviceState, Sink

WRITE_S = 2.0
LATE_S = 60.0
"""How long a connection stays open for a late answer: another till may wait for the terminal."""
OVER_S = 30.0
"""How much longer than a customer may take a terminal that keeps talking is listened to."""
STALE_MOST = 200
"""How many of the bytes that a line held before a request are looked at."""
KNOWN_MOST = 20
"""The most requests with no known end whose late answers are told apart."""

_BUSY = Sentence("The terminal is at work on another payment; nothing was asked.").template

Begin = Callable[[Asked, Mapping[str, Asked]], Dialogue]
"""Makes the dialogue of a request; the others are those that may still be answered."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How a terminal is spoken to: what makes a dialogue, and how long a customer may take.

    `hears_late` tells whether a late answer names its request, so that it can be told from others.
    """

    begin: Begin
    answer_s: float
    hears_late: bool


@dataclass(slots=True)
class _Job:
    request: str
    asked: Asked
    has_begun: bool = False


class LinkTerminal:
    """A card terminal behind a URL. Raises `Refusal` when the URL can never work."""

    def __init__(
        self, name: str, url: str, speech: Speech, sink: Sink, *, currency: str = "978"
    ) -> None:
        self._on_call = isinstance(parse_url(url), TcpAddress)
        self._name = name
        self._speech = speech
        self._sink = sink
        self._currency = currency
        self._lock = threading.Lock()
        self._job: _Job | None = None
        self._reachable = self._on_call
        self._is_spent = False
        self._known: dict[str, _Job] = {}
        self._late: tuple[_Job, Dialogue] | None = None
        self.worker = Worker(name, url, sink, on_call=self._on_call, lost=self._away)
        if self._on_call:
            self.worker.report(DeviceState.READY)
        self.worker.start(self._serve)

    def ask(self, request: str, amount: int) -> None:
        """Ask for an amount, or to pay it back (negative); see `pos.ports.CardTerminal`."""
        job = _Job(request, Asked(reference_of(request), amount, self._currency))
        why = "" if 0 < abs(amount) <= AMOUNT_MOST else NOT_ABLE
        with self._lock:
            if not why and self._job is not None:
                why = _BUSY
            elif not why and (not self._reachable or self.worker.stopping):
                why = NOT_REACHED
            elif not why:
                self._job = job
        if why:
            self._tell(job, Answer(Outcome.CANCELLED, why))
        else:
            self.worker.poke()

    def listen(self, request: str, amount: int) -> None:
        """Expect the late answer to an earlier request; see `pos.ports.CardTerminal`."""
        if self._speech.hears_late and not self._on_call:
            self._know(_Job(request, Asked(reference_of(request), amount, self._currency)))
            self.worker.poke()

    def close(self) -> None:
        """Let the terminal go; a request that has no answer yet ends UNKNOWN."""
        self.worker.close()
        self._give_up()

    def _know(self, job: _Job) -> None:
        with self._lock:
            self._known[job.asked.reference] = job
            while len(self._known) > KNOWN_MOST:
                del self._known[next(iter(self._known))]

    def _away(self) -> None:
        """Give up what waits; what was asked behind a request waits for a connection of its own."""
        with self._lock:
            self._reachable = self._on_call
            is_of_the_next, self._is_spent = self._is_spent and self._on_call, False
        if not is_of_the_next:
            self._give_up()

    def _give_up(self) -> None:
        """End the request that waits to begin: nothing of it left."""
        with self._lock:
            job = self._job
            if job is None or job.has_begun:
                return  # what has begun is ended by the thread that sends it
            self._job = None
        self._tell(job, Answer(Outcome.CANCELLED, NOT_REACHED))

    # --- the worker's thread from here on ---

    def _serve(self, link: Link) -> None:
        with self._lock:
            self._reachable = True
            job = self._job
        if not self._on_call:
            self.worker.report(DeviceState.READY)
            while not self.worker.stopping:
                self._turn(link)
        elif job is not None:
            self._serve_call(link, job)
        self._is_spent = False

    def _turn(self, link: Link) -> None:
        """Do what is asked; with nothing to do, hear whether the terminal says something late."""
        job = self._job
        if job is None:
            self._listen(link, self._speech.answer_s)
            return
        stale = b""
        while len(stale) < STALE_MOST and (came := link.read(0)):
            stale += came
        self._converse(link, job, stale)

    def _serve_call(self, link: Link, job: _Job) -> None:
        """One connection: the request, then a while for the late answer to it."""
        self._converse(link, job)
        until = time.monotonic() + LATE_S
        with suppress(LinkLost):  # it hung up: nothing more comes of this one
            while self._late is not None and not self._is_wanted() and time.monotonic() < until:
                self._listen(link, until - time.monotonic())
        self._late = None
        if self._job is not None:
            self.worker.poke()

    def _is_wanted(self) -> bool:
        return self._job is not None or self.worker.stopping

    def _converse(self, link: Link, job: _Job, stale: bytes = b"") -> None:
        """Have the whole dialogue of a request, tell its end, and remember it where none came."""
        with self._lock:
            others = {ref: one.asked for ref, one in self._known.items()}
        dialogue = self._speech.begin(job.asked, others)
        with self._lock:
            if self._job is not job:
                return  # it was ended meanwhile: nothing of it may leave any more
            job.has_begun = self._is_spent = True
        self._late = None
        try:
            self.worker.report(DeviceState.BUSY)
            self._until_answered(link, dialogue, stale)
        except LinkLost:
            dialogue.hang_up()
            if dialogue.answer is None or dialogue.answer.detail in (LOST, NOT_REACHED):
                raise
            # it hung up behind its answer, as terminals on a network do
        finally:
            self._ended(job, dialogue)

    def _ended(self, job: _Job, dialogue: Dialogue) -> None:
        """Tell how a request ended, whatever fails beside it; what broke here is not known."""
        answer = dialogue.answer or Answer(Outcome.UNKNOWN, FAILED)
        with self._lock:
            self._job = None
        try:
            self._hear_others(dialogue)
            if answer.outcome is Outcome.UNKNOWN:
                self._know(job)
                self._listen_on(job, dialogue)
            self.worker.report(DeviceState.READY)
        finally:
            self._tell(job, answer)

    def _listen_on(self, job: _Job, dialogue: Dialogue) -> None:
        """Go on with a dialogue for what the terminal says late, unless it broke."""
        if dialogue.answer is not None:
            dialogue.listen_on()
            self._late = (job, dialogue)

    def _until_answered(self, link: Link, dialogue: Dialogue, stale: bytes) -> None:
        began = heard_at = time.monotonic()
        deadline = began + self._speech.answer_s + OVER_S
        self._write(link, dialogue, was_left=False, data=dialogue.start(stale))
        while dialogue.answer is None:
            heard_at = self._step(link, dialogue, heard_at, deadline)

    def _step(self, link: Link, dialogue: Dialogue, heard_at: float, deadline: float) -> float:
        """Hear one thing, or silence; return when something was heard last."""
        until = min(heard_at + dialogue.patience_s, deadline)
        was_left = dialogue.left
        data = link.read(max(0.0, until - time.monotonic()))
        now = time.monotonic()
        if data:
            self._write(link, dialogue, was_left=was_left, data=dialogue.receive(data))
        elif now >= deadline or self.worker.stopping:
            dialogue.hang_up()
        elif now >= until:
            self._write(link, dialogue, was_left=was_left, data=dialogue.silence())
        else:
            return heard_at
        return now

    def _write(self, link: Link, dialogue: Dialogue, *, was_left: bool, data: bytes) -> None:
        """Send bytes; a request of which no byte was accepted has not left."""
        sent = 0
        try:
            if data:
                sent = link.write(data, WRITE_S)
        except LinkLost as lost:
            if not lost.sent:
                dialogue.left = was_left
            raise
        if sent < len(data):
            dialogue.left = was_left or bool(sent)
            raise LinkLost(Sentence("The card terminal takes no more bytes."), sent)

    def _listen(self, link: Link, most_s: float) -> None:
        """Wait for a late answer; returns when one came, after `most_s`, or when poked."""
        job, dialogue = self._late or self._any_known()
        data = b""
        if job is None:
            data = link.read(most_s)
            job, dialogue = self._any_known()  # it may have been told of just now
        if job is None or dialogue is None:
            return  # what a terminal says of nothing that was asked means nothing
        try:
            self._write(link, dialogue, was_left=True, data=dialogue.receive(data))
            self._hear(link, dialogue, most_s)
        except LinkLost:
            dialogue.hang_up()
            raise
        except Exception:
            self._late = None  # what broke once is not listened to again
            raise
        finally:
            self._hear_others(dialogue)
            self._heard_late(job, dialogue)

    def _any_known(self) -> tuple[_Job | None, Dialogue | None]:
        """Return a dialogue that listens for one of the requests that may still be answered."""
        with self._lock:
            jobs = dict(self._known)
        if not jobs or not self._speech.hears_late:
            return None, None
        job = next(reversed(jobs.values()))
        dialogue = self._speech.begin(job.asked, {ref: one.asked for ref, one in jobs.items()})
        dialogue.listen_on()
        self._late = (job, dialogue)
        return self._late

    def _hear(self, link: Link, dialogue: Dialogue, most_s: float) -> None:
        until = time.monotonic() + most_s
        heard_at = time.monotonic()
        while dialogue.answer is None and time.monotonic() < until:
            if self._is_wanted() and dialogue.is_resting:
                break
            heard_at = self._step(link, dialogue, heard_at, until)

    def _hear_others(self, dialogue: Dialogue) -> None:
        while dialogue.others:
            answer = dialogue.others.pop()
            with self._lock:
                job = self._known.pop(answer.reference, None)
            if job is not None:
                self._tell_late(job, answer)

    def _heard_late(self, job: _Job, dialogue: Dialogue) -> None:
        """Tell what came late; a dialogue that heard nothing that counts listens on."""
        answer = dialogue.answer
        if answer is None:
            return
        if answer.outcome is Outcome.UNKNOWN:
            dialogue.listen_on()
            return
        with self._lock:
            self._known.pop(job.asked.reference, None)
        self._late = None
        self._tell_late(job, answer)

    def _tell(self, job: _Job, answer: Answer) -> None:
        outcome = CardOutcome(answer.outcome.value)
        self._sink(CardEnded(self._name, job.request, outcome, answer.detail, _details(answer)))

    def _tell_late(self, job: _Job, answer: Answer) -> None:
        outcome = CardOutcome(answer.outcome.value)
        self._sink(CardHeard(self._name, job.request, outcome, answer.detail, _details(answer)))


def _details(answer: Answer) -> CardDetails:
    return CardDetails(
        answer.card, answer.authorisation, answer.application, answer.contract, answer.receipt
    )
