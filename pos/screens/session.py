"""What a till's screen knows between two keys; no Textual here, so that it is tested without.

Keys, scans, gestures and device events come in; `pos.till` does them; the screen draws what this
object then holds. A refusal becomes a notice, a missing permission a prompt for a PIN, and what
should not have happened one sentence and a line in the log: the till stays usable. Nothing that
a door of this object is handed (key, scan, gesture, touch, device, minute) raises out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.staff import NeedsPermission
from pos.domain.words import Sentence, Words
from pos.ports import CardRequest, DeviceEvent, Scanned
from pos.screens.day import Day
from pos.screens.dialogs.alarm import AlarmPrompt
from pos.screens.dialogs.card import card_prompt
from pos.screens.dialogs.day import DayPrompt
from pos.screens.dialogs.permission import LendPrompt
from pos.screens.dialogs.print_question import PrintQuestion
from pos.screens.dialogs.question import question_of
from pos.screens.dialogs.sign_in import SignIn
from pos.screens.dialogs.ticket import TicketPrompt
from pos.screens.front import Front
from pos.screens.gestures import GESTURES
from pos.screens.held import Held
from pos.screens.options import ScreenOptions
from pos.screens.pickup import opening
from pos.screens.pickup.place import Pickup
from pos.screens.prompt import Prompt
from pos.screens.reported import reported
from pos.screens.selling import sale_key
from pos.screens.typing import is_digit
from pos.screens.voice import Notice
from pos.screens.watch import Watch
from pos.screens.wedge import Typed
from pos.till import heard, refund, sell, tender, tickets
from pos.till.desk import Desk
from pos.till.devices import DeviceLog
from pos.till.pickup import judge
from pos.till.sell import Gesture, Question

DEAF_MS = 400
"""How long after a digit chose from a list the next digits belong to it, and mean nothing."""

ANYTIME = {"theme", "language", "quit"}
"""Gestures that leave an open prompt as it is."""

ASIDE = {"help", "commands", "about", "devices", "readiness"}
"""Gestures whose list stands over an open prompt, which comes back when the list is closed."""


class Session(Watch):
    """One till's screen, without the screen."""

    front: Front

    def __init__(
        self, desk: Desk, keys: Mapping[str, str], options: ScreenOptions, front: Front
    ) -> None:
        super().__init__(desk, options)
        self.keys = keys
        self.front = front
        self.text = ""
        self.cursor: int | None = None
        self.prompt: Prompt | None = None
        self.held = Held()
        self.later: set[str] = set()
        self.asks_card = False
        self.day: Day | None = None
        self.pickup: Pickup | None = None
        self.columns = 80
        self.device_log = DeviceLog()
        self._pressed_ms: int | None = None
        self._deaf_until_ms: int | None = None
        self._under: Prompt | None = None
        self._gestures = {key: gesture for gesture, key in keys.items()} | {"ctrl+p": "commands"}
        self._extras = {extra.name: extra.action for extra in options.extras}

    def begin(self) -> None:
        """Show the first prompt: who stands here, or what a power cut left open."""
        self.refresh()
        self.settle()

    def tick(self) -> None:
        """Let a minute pass: read again what changes by itself, try again what did not go."""
        self.quietly(self.catch_up)
        self.quietly(self.hear_centre)
        self.quietly(self.hear_orders)
        self.refresh()
        self.quietly(lambda: tickets.retry(self.desk))
        self.quietly(lambda: tender.hear_again(self.desk))
        if self.day is not None:
            self.quietly(self.day.read)
        self.settle()

    @property
    def words(self) -> Words:
        """The reader's language of this moment."""
        return self.desk.words()

    # what comes in

    def key(self, typed: Typed) -> None:
        """Take one key of a person; one that means nothing leaves what was said before."""
        is_idle = typed.key == "enter" and self.prompt is None and not self.text
        if not is_idle and not self._unheard(typed):
            self._pressed_ms = typed.at_ms
            self._door(lambda: self._key(typed))

    def gesture(self, name: str) -> None:
        """Do a gesture by its name; an open prompt that can be left is left."""
        self._door(lambda: self._gesture(name))

    def pick(self, place: int) -> None:
        """Take a touch on a row of the open prompt's list."""
        prompt = self.prompt
        if prompt is not None:
            self._door(lambda: prompt.pick(place))

    def do(self, name: str) -> None:
        """Do a gesture, or what the program around the screen added, by its name."""
        self._door(self._extras.get(name, lambda: self._gesture(name)))

    def scan(self, text: str) -> None:
        """Take one scan, or keep it until the open prompt is answered."""
        self._door(lambda: self._scan(text))

    def device(self, event: DeviceEvent) -> None:
        """Take what a device reported."""
        if isinstance(event, Scanned):
            self.scan(event.text)
            return
        self.guard(lambda: heard.on_device(self.desk, event))
        self.guard(lambda: reported(self, event))
        self.settle()

    def _door(self, action: Callable[[], object]) -> None:
        self.attempt(action)
        self.settle()

    def _key(self, typed: Typed) -> None:
        gesture = self._gestures.get(typed.key)
        if typed.key in self._extras:
            self._extras[typed.key]()
        elif gesture is not None and not self._edits(typed.key):
            self._gesture(gesture)
        elif self.prompt is not None:
            self.prompt.key(typed)
        else:
            sale_key(self, typed)

    def chose_by_digit(self) -> None:
        """Hear no digit for a moment: a list is often answered with an amount of two."""
        if self._pressed_ms is not None:
            self._deaf_until_ms = self._pressed_ms + DEAF_MS

    def _unheard(self, typed: Typed) -> bool:
        until = self._deaf_until_ms
        if until is None or typed.at_ms is None:
            return False
        if typed.at_ms < until and typed.character is not None and is_digit(typed.character):
            return True
        self._deaf_until_ms = None
        return False

    def _edits(self, key: str) -> bool:
        """Delete corrects what is being typed before it is a gesture."""
        return key == "delete" and (self.prompt is not None or bool(self.text))

    def _gesture(self, name: str) -> None:
        if self.prompt is not None and self.prompt.gesture(name):
            return
        action = GESTURES.get(name)
        if action is None:
            return
        if name in ANYTIME or name in ASIDE:
            action(self)
        elif self._leave_prompts():
            self._leave_place(name)
            action(self)

    def _leave_prompts(self) -> bool:
        while self.prompt is not None:
            if not (self.prompt.leaves and self.prompt.yields):
                self.refuse(Sentence("Answer this first."))
                return False
            self.leave(self.prompt)
        return True

    def _leave_place(self, gesture: str) -> None:
        """Go to the sale; whoever signs in at the clerk's screen stays there, its order closed."""
        self.day = None
        if self.pickup is not None:
            self.pickup.leave_view()
        if gesture != "cashier":
            self.pickup = None

    def _scan(self, text: str) -> None:
        while self.prompt is not None:
            may_answer = self.prompt.judges or not judge.is_pass(self.desk, text)
            if may_answer and self.prompt.scanned(text):
                return
            if self.prompt.drops:
                self.refuse(self.held.drop(1))
                return
            if self.prompt.holds:
                self.play("attention")
                self.say(self.held.keep(text), is_bad=True)
                return
            self.close(self.prompt)
        self._take(text)

    def beat(self) -> None:
        """Let the open prompt look at what it waits for."""
        prompt = self.prompt
        if prompt is not None and prompt.beat_s:
            self.guard(prompt.beat)
            self.settle()

    # what goes on

    def ask(self, prompt: Prompt) -> None:
        """Open a prompt."""
        self.prompt = prompt

    def ask_aside(self, prompt: Prompt) -> None:
        """Open a list over the open prompt, which comes back when the list is closed."""
        if self.prompt is not None and not self.prompt.is_aside:
            self._under = self.prompt
        self.prompt = prompt

    def close(self, prompt: Prompt) -> None:
        """Take a prompt off; another one that has come since stays."""
        if self.prompt is prompt:
            self.prompt, self._under = self._under, None

    def leave(self, prompt: Prompt) -> None:
        """Leave a prompt without an answer; it stays when that cannot be written down."""
        prompt.left()
        self.close(prompt)

    def take_text(self) -> str:
        """Return what was typed and clear it."""
        text, self.text = self.text, ""
        return text

    def guarded(
        self,
        gesture: Gesture,
        done: Callable[[], None] = lambda: None,
        what: Sentence | None = None,
    ) -> None:
        """Do a gesture that may need a permission; ask for a PIN when it does.

        `what` is said of a gesture for which more than that permission is lent.
        """
        try:
            gesture(None)
        except NeedsPermission as need:
            self.ask(LendPrompt(self, need.permission, gesture, done, what))
        else:
            done()

    def follow(self) -> None:
        """Let the cursor stand on the last line again."""
        self.cursor = None
        self.later.clear()

    def offered(self, answer: Line | Question) -> None:
        """Take what a scan or a choice became: a line, or a question to ask."""
        if isinstance(answer, Question):
            self.later.clear()
            self.ask(question_of(self, answer))
        else:
            self.follow()

    def paid(self, outcome: SaleFinished | Basket) -> None:
        """React to a payment: the change due is on the panel until the next scan."""
        self.follow()
        if isinstance(outcome, SaleFinished):
            self.refresh()
            opening.say_handed(self, outcome)
            if any(one.method == "cash" for one in outcome.tenders):
                self.check_drawer()

    def settle(self) -> None:
        """Ask what must be known first, take the scans that waited, then ask the rest."""
        self.guard(self._settle)
        self.watch_basket()

    def _settle(self) -> None:
        while self.prompt is None:
            self.prompt = self._first_question()
            if self.prompt is not None or not self.held:
                break
            self._take_held(self.held.next())
        self._account_for_held()
        if self.pickup is not None:
            self.quietly(self.hear_orders)
            self.quietly(self.pickup.read)
        if self.prompt is None:
            self.prompt = self._of_the_place()

    def _take_held(self, text: str) -> None:
        """Take a scan that waited; what one of them says is not unsaid by the next."""
        before, said = self.notice, self._said_of(text)
        if said is not None and said.is_bad:
            self.held.refuse(text, said.sentence)
        elif said is None and before is not None and before.sentence is not self.held.waits:
            self.notice = before
        self._say_refusals()

    def _said_of(self, text: str) -> Notice | None:
        """Take a scan that waited; the clerk's screen is asked first, as when it came."""
        place = None if self.pickup is None else self.pickup.shown
        self.prompt, self.notice = place, None
        self.attempt(lambda: self._scan(text))
        if self.prompt is place:
            self.prompt = None
        return self.notice

    def _account_for_held(self) -> None:
        """Say once more what was refused when nothing is asked; drop what is nobody's."""
        if self.prompt is None:
            self._say_refusals()
            self.held.told()
        elif self.prompt.drops and self.held:
            self.refuse(self.held.drop())

    def _say_refusals(self) -> None:
        refused = self.held.refusals()
        if refused is not None:
            self.say(refused, is_bad=True)

    def _of_the_place(self) -> Prompt | None:
        if self.day is not None:
            return DayPrompt(self, self.day)
        return self._lost() if self.pickup is None else self.pickup.shown

    def _first_question(self) -> Prompt | None:
        if self.desk.person is None:
            return SignIn(self)
        if self.alarms:
            return AlarmPrompt(self)
        card = self.open_card() if self.asks_card else None
        self.asks_card = False
        return None if card is None else card_prompt(self, card)

    def _lost(self) -> Prompt | None:
        if not self.desk.basket.is_empty:
            return None
        lost = [one for one in tickets.unknown_prints(self.desk) if one.job not in self.later]
        return PrintQuestion(self, lost[0]) if lost else opening.lost_hand_over(self)

    def open_card(self) -> CardRequest | None:
        """Return the card payment without an answer that this cashier's basket waits for."""
        mine = self.desk.open.get(self.desk.signed_in.ref)
        return None if mine is None else mine.card

    def _take(self, text: str) -> None:
        """Take a scan at the sale, whatever screen was shown; a pass or a bag opens its order."""
        self.day = None
        if opening.is_of_an_order(self.desk, text):
            self.text = ""
            self.attempt(lambda: opening.open_scan(self, text))
            return
        self.pickup = None
        is_label = refund.is_label(text)
        self.attempt(lambda: self._scanned(text, is_label), sound=is_label)

    def _scanned(self, text: str, is_label: bool) -> None:
        if is_label:
            self.ask(TicketPrompt(self, text))
        else:
            self.offered(sell.scan(self.desk, text))
            self.check_layout(text)
        self.text = ""
