"""A scale on any link: one worker asks it, and gives each weight out once.

Between two weighings it is asked now and then how it is, and often until it was seen empty, so
that what was weighed and left lying is never sold again. An answer that does not come is no
weight: after a few the scale is away, and whoever waits is told to type the weight.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from devices.address import parse_url
from devices.link import Link, LinkLost, Mute
from devices.scale.protocol import Conversation, Item, Kind, Reading, converse
from devices.scale.rules import TROUBLES, Rules
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.ports import DeviceState, Sink, Weighed, WeighingOutcome, WeightSeen

WRITE_S = 1.0
DRAINS_MOST = 16
REPLIES_MOST = 8
"""The most replies within one question: no scale keeps the worker in a circle."""

IN_TIME_LEAST = 2
"""The answers in a row after which those that were lost count no more: a scale that is slower than
it is waited for answers every other question, to the one before, and is away."""

_AT_THE_SCALE = Sentence("the scale shows the weight").template


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the worker waits, in seconds, and after how many lost answers a scale is away."""

    answer_s: float = 1.0
    ask_every_s: float = 0.2
    empty_every_s: float = 0.5
    look_every_s: float = 5.0
    lost_most: int = 3


class Garbled(Mute):
    """The scale answers, and nothing of it is an answer."""

    detail = Sentence("cannot be understood: check its settings").template


@dataclass(slots=True)
class _Weighing:
    name: str
    item: Item
    is_wanted: bool = False
    seen: tuple[int, str] | None = field(default=None)


class LinkScale:
    """A scale behind a URL; `family` is one of `devices.scale.protocol.FAMILIES`.

    `secret` is what the maker of a Dialog 06 scale gave. Raises `Refusal` when the URL can never
    work, KeyError for a family that nobody knows.
    """

    def __init__(
        self,
        name: str,
        url: str,
        family: str,
        sink: Sink,
        *,
        secret: int | None = None,
        limits: Limits = Limits(),
    ) -> None:
        parse_url(url)
        converse(family)
        self._name = name
        self._family = family
        self._secret = secret
        self._sink = sink
        self._limits = limits
        self._rules = Rules(live=converse(family).live)
        self._lock = threading.Lock()
        self._weighing: _Weighing | None = None
        self._serving = False
        self._zeroes = False
        self._lost = self._answered = 0
        self._news = threading.Event()
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def weigh(self, weighing: str, *, price: int = 0, text: str = "", tare: int = 0) -> None:
        """Begin a weighing (see `pos.ports.Scale`); one that still waits is given up."""
        new = _Weighing(weighing, Item(price, text, tare))
        with self._lock:
            old, self._weighing = self._weighing, new if self._serving else None
            is_away = not self._serving
        self._end(old, WeighingOutcome.CANCELLED)
        if is_away:
            self._end(new, WeighingOutcome.FAILED, detail=LinkLost.detail)
        self._wake()

    def take(self, weighing: str) -> None:
        """Take the next still weight."""
        with self._lock:
            if self._weighing is not None and self._weighing.name == weighing:
                self._weighing.is_wanted = True
        self._wake()

    def cancel(self, weighing: str) -> None:
        """Give a weighing up."""
        with self._lock:
            found = self._weighing
            if found is None or found.name != weighing:
                return
            self._weighing = None
        self._end(found, WeighingOutcome.CANCELLED)

    def zero(self) -> None:
        """Ask the scale to set itself to zero, where it listens to that."""
        self._zeroes = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self.worker.poke()

    def close(self) -> None:
        """Let the scale go; a weighing that waits fails."""
        self.worker.close()

    def _end(
        self, weighing: _Weighing | None, outcome: WeighingOutcome, grams: int = 0, detail: str = ""
    ) -> None:
        if weighing is not None:
            is_stable = outcome is WeighingOutcome.STABLE
            tare = weighing.item.tare if is_stable else 0
            self._sink(Weighed(self._name, weighing.name, outcome, grams, tare, detail))

    # --- the worker's thread from here on ---

    def _serve(self, link: Link) -> None:
        talk = converse(self._family, self._secret, lambda: secrets.randbits(16))
        rules = self._rules  # what was weighed and left lying stays so over a lost link
        rules.lose()
        self._lost, self._answered, self._zeroes = 0, 0, False
        detail = LinkLost.detail
        with self._lock:
            self._serving = True
        try:
            while not self.worker.stopping:
                self._turn(link, talk, rules)
        except LinkLost as lost:
            detail = lost.detail
            raise
        finally:
            with self._lock:
                self._serving = False
                left, self._weighing = self._weighing, None
            self._end(left, WeighingOutcome.FAILED, detail=detail)

    def _turn(self, link: Link, talk: Conversation, rules: Rules) -> None:
        """Ask once, then wait until it is time to ask again."""
        self._news.clear()
        if self._zeroes:
            self._zeroes = False
            if talk.zero:
                self._answer(link, talk, talk.zero)
                rules.lose()
        weighing = self._weighing
        asks = weighing is not None and (talk.live or weighing.is_wanted)
        if weighing is not None and asks:
            reading = self._answer(link, talk, talk.ask(weighing.item))
            self._weighed(weighing, rules, reading)
        else:
            if weighing is not None:
                self._tell(weighing, 0, _AT_THE_SCALE)
            reading = self._answer(link, talk, talk.look())
            if reading is not None:
                rules.hear(reading)
        if reading is None:
            rules.lose()
        self._report(reading)
        self._wait(link, is_asked=asks or self._lost > 0, may_sleep=not rules.waits_for_empty)

    def _wait(self, link: Link, *, is_asked: bool, may_sleep: bool) -> None:
        """Sleep until the next question, or until there is something to do.

        What a scale sends unasked wakes it too; the next question throws that away.
        """
        limits = self._limits
        wait_s = limits.look_every_s if may_sleep else limits.empty_every_s
        if not self._news.is_set() and not self.worker.stopping:
            link.read(limits.ask_every_s if is_asked else wait_s)

    def _answer(self, link: Link, talk: Conversation, question: bytes) -> Reading | None:
        """Ask, and return the answer; None when none came that can be understood.

        Raises `Mute` or `Garbled` when that happened too often.
        """
        for _ in range(DRAINS_MOST):  # a late answer belongs to an earlier question
            if not link.read(0):
                break
        heard = self._heard(link, talk, question)
        if isinstance(heard, Reading) and heard.kind is not Kind.DAMAGED:
            self._answered += 1
            if self._answered >= IN_TIME_LEAST:
                self._lost = 0
            return heard
        self._lost, self._answered = self._lost + 1, 0
        if self._lost >= self._limits.lost_most:
            if heard is None:
                raise Mute(Sentence("The scale is connected and does not answer."))
            raise Garbled(Sentence("The scale's answers cannot be understood."))
        return None

    def _heard(self, link: Link, talk: Conversation, question: bytes) -> Reading | bytes | None:
        """Return the reading that came in time, else whatever came, or None for nothing at all."""
        self._write(link, question)
        until, came, replies = time.monotonic() + self._limits.answer_s, b"", 0
        while replies <= REPLIES_MOST and not self.worker.stopping:
            left_s = until - time.monotonic()
            if left_s <= 0:
                break
            data = link.read(left_s)
            came = came or data
            for said in talk.receive(data):
                if isinstance(said, Reading):
                    return said
                replies += 1
                self._write(link, said.data)
        return came or None

    def _write(self, link: Link, data: bytes) -> None:
        if link.write(data, WRITE_S) < len(data):
            raise Mute(Sentence("The scale takes no more questions."))

    def _weighed(self, weighing: _Weighing, rules: Rules, reading: Reading | None) -> None:
        if reading is None:
            return
        verdict = rules.judge(reading, weighing.item.tare)
        self._tell(weighing, verdict.grams, verdict.detail)
        with self._lock:
            is_taken = verdict.is_good and weighing.is_wanted and self._weighing is weighing
            if is_taken:
                self._weighing = None
        if is_taken:
            rules.take()
            self._end(weighing, WeighingOutcome.STABLE, verdict.grams)

    def _tell(self, weighing: _Weighing, grams: int, detail: str) -> None:
        """Tell what the scale shows, when that is news and still asked for."""
        if weighing.seen != (grams, detail) and self._weighing is weighing:
            weighing.seen = (grams, detail)
            self._sink(WeightSeen(self._name, weighing.name, grams, detail))

    def _report(self, reading: Reading | None) -> None:
        if reading is not None:
            trouble = TROUBLES.get(reading.kind, "")
            state = DeviceState.ATTENTION if trouble else DeviceState.READY
            self.worker.report(state, trouble)
