"""The console: lines in, one sentence out for each; device events are taken between two lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, Queue

from pos.domain.errors import Refusal
from pos.domain.line import Line
from pos.domain.order import Order
from pos.domain.staff import NeedsPermission, Permission
from pos.domain.words import Amount, Sentence
from pos.ports import DeviceEvent, PrintEnded, Scanned, StoreUnavailable
from pos.till import heard, refund, sell
from pos.till.desk import Desk, Loan
from pos.till.pickup import hand_over, judge
from pos.till.pickup.hand_over import HandOver
from pos.till.refund import OpenTicket
from pos.till.sell import Question


class Unexpected(Exception):
    """A line the console does not know, or an expectation that does not hold."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one line: its number, the gesture, one sentence, and whether that is fine."""

    number: int
    gesture: str
    outcome: str
    fine: bool = True


Gesture = Callable[["Console", str], str]
"""What a verb does with the words after it; returns one phrase."""


@dataclass
class Console:
    """One desk behind lines of text; device events come in through `events`.

    With a `wire`, `scan` sends the code down it and takes what the scanner's driver reports.
    `pass_days` moves the clock of a demonstration, `put` lays grams on its scale. `ticket` was
    opened or scanned last, and so was `order`, whose hand-over may be begun.
    """

    desk: Desk
    verbs: Mapping[str, Gesture]
    events: Queue[DeviceEvent] = field(default_factory=Queue)
    wire: Callable[[str], object] | None = None
    pass_days: Callable[[int], object] | None = None
    put: Callable[[int], object] | None = None
    ticket: OpenTicket | None = None
    question: Question | None = None
    order: Order | None = None
    handover: HandOver | None = None
    verdict: str = ""
    refused: str = ""
    waiting: Callable[[Loan | None], str] | None = None
    needs: Permission | None = None
    printed: int = 0
    scanned: deque[str] = field(default_factory=deque)

    def play(self, lines: Iterable[str]) -> Iterator[Said]:
        """Do the gestures in order, yielding what came of each; never raises for a bad line.

        What a scanner read meanwhile is yielded as `scanned CODE` before the line that follows.
        """
        refused: Said | None = None
        for said in self._steps(lines):
            if refused is not None:
                forgiven = said.gesture.startswith(("expect refused", "lend "))
                yield refused if forgiven else replace(refused, fine=False)
            is_refused = bool(self.refused) and said.fine and not said.gesture.startswith("expect")
            refused = said if is_refused else None
            if not is_refused:
                yield said
        if refused is not None:
            yield replace(refused, fine=False)

    def _steps(self, lines: Iterable[str]) -> Iterator[Said]:
        for number, line in enumerate(lines, start=1):
            gesture = line.split("#", 1)[0].strip()
            if not gesture:
                continue
            try:
                self.drain()
            except StoreUnavailable as away:
                yield Said(number, "–", self.desk.words().say(away.sentence), fine=False)
            while self.scanned:
                code = self.scanned.popleft()
                yield self._said(number, f"scanned {code}", partial(self.read, code))
            yield self._said(number, gesture, partial(self._do, gesture))

    def _said(self, number: int, gesture: str, action: Callable[[], str]) -> Said:
        if not gesture.startswith("expect"):
            self.refused = ""
        try:
            return Said(number, gesture, action())
        except (Refusal, StoreUnavailable) as refusal:
            self.refused = refusal.slug
            self.needs = refusal.permission if isinstance(refusal, NeedsPermission) else None
            return Said(number, gesture, self.desk.words().say(refusal.sentence))
        except (Unexpected, ValueError) as wrong:
            return Said(number, gesture, str(wrong), fine=False)

    def read(self, code: str) -> str:
        """Take what a scanner read: an article is offered, a ticket or an order is opened."""
        if refund.is_label(code):
            return self.open_ticket(code)
        if self.desk.ports.orders is not None and judge.is_pass(self.desk, code):
            return self.judged(judge.judge(self.desk, code))
        return self.came(sell.scan(self.desk, code))

    def open_ticket(self, label: str) -> str:
        """Open a ticket, so that its lines can be given back; returns what is left of them."""
        self.ticket = refund.open_ticket(self.desk, label)
        words = self.desk.words()
        left = [
            f"{one.n} {words.quantity(one.quantity, one.line.unit)} {one.line.name}"
            f" {words.amount(one.amount)}"
            for one in self.ticket.lines
        ]
        return f"{label}  {' | '.join(left) or '–'}"

    def judged(self, verdict: judge.Verdict) -> str:
        """Say what became of a pass; a good one begins the hand-over of its order."""
        self.verdict, self.order, self.handover = verdict.kind.value, verdict.order, None
        if verdict.order is not None and verdict.proof is not None:
            self.handover = hand_over.begin(self.desk, verdict.order, verdict.proof)
        return self.desk.words().say(verdict.sentence)

    def _do(self, gesture: str) -> str:
        verb, _, rest = gesture.partition(" ")
        action = self.verbs.get(verb)
        if action is None:
            raise Unexpected(f"“{verb}” is no gesture; known are {', '.join(sorted(self.verbs))}.")
        return action(self, rest.strip())

    def drain(self, wait_s: float | None = None) -> bool:
        """Take the device events that arrived; with `wait_s`, wait for one. True when one came."""
        came = False
        while True:
            try:
                event = self.events.get(timeout=wait_s) if wait_s else self.events.get_nowait()
            except Empty:
                return came
            came, wait_s = True, None
            self.take(event)

    def let_papers_end(self, wait_s: float) -> None:
        """Take what devices report until no ticket is on its way to the printer any more.

        Gives up when nothing was reported for `wait_s` seconds.
        """
        self.drain()
        while any(one.sending and not one.unknown for one in self.desk.prints.values()):
            if not self.drain(wait_s):
                return

    def take(self, event: DeviceEvent) -> None:
        """Take one device event: a scan waits to be the next gesture, the rest is state."""
        if isinstance(event, Scanned):
            self.scanned.append(event.text)
            return
        heard.on_device(self.desk, event)
        self.printed += isinstance(event, PrintEnded)

    def guarded(self, gesture: Callable[[Loan | None], str]) -> str:
        """Do a gesture that may need a loan; remembered so that `lend` can do it again."""
        self.waiting = gesture
        done = gesture(None)
        self.waiting = None
        return done

    def came(self, result: Line | Question) -> str:
        words = self.desk.words()
        if isinstance(result, Question):
            self.question = result
            return words.say(result.sentence)
        self.question = None
        return f"{result.name}  {words.amount(result.total)}  {self.total()}"

    def total(self) -> str:
        """Return the total as a short phrase."""
        words = self.desk.words()
        return words.say(Sentence("total {amount}", amount=Amount(self.desk.basket.total)))
