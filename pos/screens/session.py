"""What a till's screen knows between two keys; no Textual here, so that it is tested without.

Keys, scans, gestures and device events come in; `pos.till` does them; the screen draws what this
object then holds. A refusal becomes a notice, a missing permission a prompt for a PIN, and what
should not have happened one sentence and a line in the log: the till stays usable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.staff import NeedsPermission
from pos.domain.words import Sentence, Words
from pos.ports import DeviceEvent, PrintEnded, PrintOutcome, Scanned, StoreUnavailable
from pos.screens import selling
from pos.screens.dialogs.card import CardPrompt
from pos.screens.dialogs.permission import LendPrompt
from pos.screens.dialogs.print_question import PrintQuestion
from pos.screens.dialogs.question import ArticleQuestion
from pos.screens.dialogs.sign_in import SignIn
from pos.screens.options import ScreenOptions
from pos.screens.prompt import TEXT_MOST, Prompt
from pos.screens.typing import starts_a_name
from pos.screens.wedge import Typed
from pos.till import sell, tender, tickets
from pos.till.desk import Desk
from pos.till.sell import Gesture, Question

HELD_MOST = 200
"""The most scans that wait for a prompt to be answered; a counter never saw half of it."""

ANYTIME = {"theme", "language", "quit"}
"""Gestures that leave an open prompt as it is."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the cashier."""

    sentence: Sentence
    is_bad: bool = False


class Front(Protocol):
    """What only the screen itself can do."""

    def next_theme(self) -> None:
        """Change the colours."""
        ...

    def next_language(self) -> None:
        """Change the language."""
        ...

    def leave(self) -> None:
        """Close the screen."""
        ...


class Session:
    """One till's screen, without the screen."""

    front: Front

    def __init__(
        self, desk: Desk, keys: Mapping[str, str], options: ScreenOptions, front: Front
    ) -> None:
        self.desk = desk
        self.keys = keys
        self.options = options
        self.front = front
        self.text = ""
        self.cursor: int | None = None
        self.notice: Notice | None = None
        self.prompt: Prompt | None = None
        self.held: deque[str] = deque()
        self.later: set[str] = set()
        self.unsent = 0
        self._gestures = {key: gesture for gesture, key in keys.items()} | {"ctrl+p": "commands"}
        self._extras = {extra.key: extra.action for extra in options.extras}

    def begin(self) -> None:
        """Show the first prompt: who stands here, or what a power cut left open."""
        for note in self.options.notes:
            self.say(note, is_bad=True)
        self.refresh()
        self.settle()

    def refresh(self) -> None:
        """Ask again for what changes without a gesture."""
        self._quietly(self._count_unsent)

    def _quietly(self, action: Callable[[], object]) -> None:
        """Do something the cashier did not ask for; the last notice stays."""
        notice = self.notice
        if self.attempt(action):
            self.notice = notice

    def _count_unsent(self) -> None:
        self.unsent = self.desk.ports.ledger.unsent()

    @property
    def words(self) -> Words:
        """The reader's language of this moment."""
        return self.desk.words()

    # what comes in

    def key(self, typed: Typed) -> None:
        """Take one key of a person."""
        gesture = self._gestures.get(typed.key)
        if typed.key in self._extras:
            self.attempt(self._extras[typed.key])
        elif gesture is not None and not self._edits(typed.key):
            self.gesture(gesture)
        elif self.prompt is not None:
            prompt = self.prompt
            self.attempt(lambda: prompt.key(typed))
        else:
            self.attempt(lambda: self._sale_key(typed))
        self.settle()

    def _edits(self, key: str) -> bool:
        """Delete corrects what is being typed before it is a gesture."""
        return key == "delete" and (self.prompt is not None or bool(self.text))

    def gesture(self, name: str) -> None:
        """Do a gesture by its name; an open prompt that can be left is left."""
        if self.prompt is not None and name not in ANYTIME:
            if not self.prompt.leaves:
                self.say(Sentence("Answer this first."), is_bad=True)
                return
            prompt = self.prompt
            self.close(prompt)
            prompt.left()
        action = selling.GESTURES.get(name)
        if action is not None:
            self.attempt(lambda: action(self))
        self.settle()

    def pick(self, place: int) -> None:
        """Take a touch on a row of the open prompt's list."""
        prompt = self.prompt
        if prompt is not None:
            self.attempt(lambda: prompt.pick(place))
            self.settle()

    def do(self, name: str) -> None:
        """Do a gesture, or what the program around the screen added, by its name."""
        if name in self._extras:
            self.attempt(self._extras[name])
        else:
            self.gesture(name)

    def scan(self, text: str) -> None:
        """Take one scan, or keep it until the open prompt is answered."""
        if self.prompt is not None and self.prompt.holds:
            self._hold(text)
            return
        if self.prompt is not None:
            self.close(self.prompt)
        self._take(text)
        self.settle()

    def device(self, event: DeviceEvent) -> None:
        """Take what a device reported."""
        if isinstance(event, Scanned):
            self.scan(event.text)
            return
        self._quietly(lambda: tickets.on_device(self.desk, event))
        if isinstance(event, PrintEnded) and event.outcome is PrintOutcome.FAILED:
            self.refuse(
                Sentence("The ticket was not printed; look at the printer, then ask again.")
            )
        self.settle()

    # what goes on

    def say(self, sentence: Sentence, *, is_bad: bool = False) -> None:
        """Tell the cashier something."""
        self.notice = Notice(sentence, is_bad)

    def refuse(self, sentence: Sentence) -> None:
        """Tell the cashier no, with the sound of it."""
        self.say(sentence, is_bad=True)
        self.desk.ports.sound.play("refused")

    def ask(self, prompt: Prompt) -> None:
        """Open a prompt."""
        self.prompt = prompt

    def close(self, prompt: Prompt) -> None:
        """Take a prompt off; another one that has come since stays."""
        if self.prompt is prompt:
            self.prompt = None

    def take_text(self) -> str:
        """Return what was typed and clear it."""
        text, self.text = self.text, ""
        return text

    def attempt(self, action: Callable[[], object], *, sound: bool = True) -> bool:
        """Do something that may be refused; returns whether it was done.

        `sound` is False for what sounds its own refusals.
        """
        before = self.notice
        try:
            action()
        except (Refusal, StoreUnavailable) as refusal:
            self.say(refusal.sentence, is_bad=True)
            if sound:
                self.desk.ports.sound.play("refused")
            return False
        except Exception as error:  # noqa: BLE001  a traceback never reaches a cashier
            self.options.log("gesture", error)
            self.refuse(Sentence("Something went wrong and was written down; the till goes on."))
            return False
        if self.notice is before:
            self.notice = None
        return True

    def guarded(self, gesture: Gesture, done: Callable[[], None] = lambda: None) -> None:
        """Do a gesture that may need a permission; ask for a PIN when it does."""
        try:
            gesture(None)
        except NeedsPermission as need:
            self.ask(LendPrompt(self, need.permission, gesture, done))
        else:
            done()

    def offered(self, answer: Line | Question) -> None:
        """Take what a scan or a choice became: a line, or a question to ask."""
        self.later.clear()
        if isinstance(answer, Question):
            self.ask(ArticleQuestion(self, answer))
        else:
            self.cursor = None

    def paid(self, outcome: SaleFinished | Basket) -> None:
        """React to a payment: the change due is on the panel until the next scan."""
        self.cursor = None
        self.later.clear()
        if isinstance(outcome, SaleFinished):
            self.refresh()

    def settle(self) -> None:
        """Take the scans that waited, then ask what is still open."""
        while self.held and self.prompt is None:
            self._take(self.held.popleft())
        if self.prompt is None:
            self.prompt = self._open_question()

    def _open_question(self) -> Prompt | None:
        if self.desk.person is None:
            return SignIn(self)
        lost = [one for one in tickets.unknown_prints(self.desk) if one.job not in self.later]
        if lost and self.desk.basket.is_empty:
            return PrintQuestion(self, lost[0])
        return None

    def ask_open_cards(self) -> None:
        """Ask how the card payment ended that this cashier's basket still waits for."""
        mine = self.desk.open.get(self.desk.signed_in.ref)
        for request in tender.unsettled(self.desk):
            if mine is not None and request.basket == mine.name:
                self.ask(CardPrompt(self, request))
                return

    def _hold(self, text: str) -> None:
        self.desk.ports.sound.play("attention")
        if len(self.held) < HELD_MOST:
            self.held.append(text)
        self.say(
            Sentence("{count} scan waits; answer this first.", count=len(self.held)), is_bad=True
        )

    def _take(self, text: str) -> None:
        self.attempt(lambda: self._scanned(text), sound=False)

    def _scanned(self, text: str) -> None:
        self.offered(sell.scan(self.desk, text))
        self.text = ""

    def _sale_key(self, typed: Typed) -> None:
        if typed.character is None:
            selling.sale_key(self, typed.key)
        elif typed.character == "*":
            selling.multiply(self)
        elif starts_a_name(typed.character):
            selling.search(self, self.take_text() + typed.character)
        elif len(self.text) < TEXT_MOST:
            self.text += typed.character
