"""A question in the entry line, with or without a list to choose from. It never stops the till.

Keys go to the prompt until it is answered or left. A scan that is no answer waits while the
prompt `holds` it, and otherwise closes the prompt and is taken at once; either way it is never
lost unsaid. One that `drops` keeps no scan: it could become another person's. A list that is
`is_aside` stands over another prompt, which comes back. A prompt that `leaves` can be left with
Esc, and one that `yields` by another gesture too. A list that `covers` may take the rows of the
basket. One that `judges` takes a scanned pickup pass itself. One that waits for something without
a key says in `beat_s` how often, in seconds, it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.ports import DeviceEvent
from pos.screens.typing import Filter
from pos.screens.wedge import Typed
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session
    from pos.till.weighing import Weighing

TEXT_MOST = 80
PAGE = 8


class Prompt:
    """Base of every question; a subclass says what it asks and what an answer does."""

    secret = False
    holds = True
    drops = False
    leaves = True
    yields = True
    is_aside = False
    covers = False
    judges = False
    beat_s = 0.0
    takes: Filter | None = None

    def __init__(self, session: Session, text: str = "") -> None:
        self.session = session
        self.text = text
        self.cursor = 0
        self._stray: Sentence | None = None

    def question(self) -> Sentence:
        """Return what is asked."""
        raise NotImplementedError

    def brief(self) -> Sentence:
        """Return the question as the entry line has room for it, beside the hint."""
        return self.question()

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: confirm · Esc: go back")

    def title(self) -> Sentence:
        """Return the title of the list."""
        return self.question()

    def choices(self) -> Sequence[Choice]:
        """Return the rows of the list, nothing when there is none."""
        return ()

    def rows(self) -> int:
        """Return how many rows the list would like."""
        return len(self.choices())

    def enter(self) -> None:
        """Take the answer."""
        raise NotImplementedError

    def changed(self) -> None:
        """React to the text that was just typed."""

    def left(self) -> None:
        """React to the prompt being left without an answer; what raises keeps it open."""

    def scanned(self, _text: str) -> bool:
        """Take a scan that answers this question; False leaves it to the sale."""
        return False

    def gesture(self, _name: str) -> bool:
        """Do a gesture that means something of its own here; False for every other one."""
        return False

    def reported(self, event: DeviceEvent) -> None:
        """React to what a device reported while this is open."""

    @property
    def weighing(self) -> Weighing | None:
        """The weighing that goes on for this, None for none."""
        return None

    def beat(self) -> None:
        """Look at what this waits for, every `beat_s` seconds."""

    def running(self) -> int | None:
        """Return the sum of what was typed so far, in minor units, where the answer is a sum."""
        return None

    def close(self) -> None:
        """Take the prompt off the screen."""
        self.session.close(self)

    def pick(self, place: int) -> None:
        """Choose a row by touch."""
        if 0 <= place < len(self.choices()):
            self.cursor = place
            self.enter()

    def key(self, typed: Typed) -> None:
        """Take one key of a person; the Enter that ends what was refused is no answer."""
        stray, self._stray = self._stray, None
        if typed.character is not None:
            self._type(typed.character)
        elif typed.key == "enter" and stray is not None:
            self.session.refuse(stray)
        elif typed.key == "enter":
            self.enter()
        elif typed.key == "escape":
            self._leave()
        elif typed.key == "backspace":
            self.text = self.text[:-1]
            self.changed()
        else:
            self._move(typed.key)

    def _type(self, character: str) -> None:
        if self.takes is not None and not self.takes(character):
            return
        if len(self.text) < TEXT_MOST:
            self.text += character
            self.changed()

    def by_digit(self, character: str) -> None:
        """Choose the row of this digit at once; the digits typed right behind it are not heard."""
        keys = [choice.key for choice in self.choices()]
        if character in keys:
            self.session.chose_by_digit()
            self.cursor = keys.index(character)
            self.enter()
        else:
            self.no_choice(Sentence("There is no choice {digit}.", digit=character))

    def no_choice(self, sentence: Sentence) -> None:
        """Refuse a character that answers nothing; it is kept nowhere."""
        self._stray = sentence
        self.session.refuse(sentence)

    def _leave(self) -> None:
        if self.leaves:
            self.session.leave(self)

    def _move(self, key: str) -> None:
        last = len(self.choices()) - 1
        steps = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -last, "end": last}
        self.cursor = max(0, min(last, self.cursor + steps.get(key, 0)))


class ListPrompt(Prompt):
    """A prompt whose answer is one of a few rows: by its digit, by the arrows, or by touch.

    With `must_choose` no row is chosen before the cashier's first arrow: Enter says that sentence.
    """

    holds = False
    must_choose: Sentence | None = None

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = 0 if self.must_choose is None else -1

    def chosen(self, place: int) -> None:
        """Do what row `place` says."""
        raise NotImplementedError

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Digit, or ↑ ↓ Enter · Esc: back")

    def enter(self) -> None:
        """Choose the row under the cursor."""
        if self.cursor < 0 and self.must_choose is not None:
            self.session.refuse(self.must_choose)
        elif self.choices():
            self.chosen(self.cursor)

    def _type(self, character: str) -> None:
        self.by_digit(character)
