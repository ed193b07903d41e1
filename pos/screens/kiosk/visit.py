"""One customer after the other at the kiosk; no Textual here, so that it is tested without.

Nothing of a customer outlives `SHOWN_S` seconds without a key: not what was said, not a code half
typed. Nothing that a door of this object is handed raises out of it, and what went wrong is said in
words for a customer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from pos.domain.errors import Refusal
from pos.domain.pickup_pass import CODE_LENGTH
from pos.domain.words import Sentence
from pos.ports import DeviceEvent, Scanned
from pos.screens.options import ScreenOptions
from pos.screens.wedge import Typed
from pos.till import centre, tickets
from pos.till.desk import Desk
from pos.till.pickup import kiosk
from pos.till.pickup.kiosk import Arrival

SHOWN_S = 15
"""How long something of a customer stays on the screen."""

LANGUAGE_S = 60
"""How long a language stays that a customer chose."""

OK, ERASE, PRINT, DONE, NEXT_LANGUAGE = "enter", "backspace", "enter", "escape", "tab"
"""The keys that are no character of a code, by their names; a touch presses one of them."""

_SORRY = Arrival(
    "", Sentence("This screen does not work just now."), (Sentence("Please ask at the desk."),)
)


class Visit:
    """What the kiosk knows between two keys: a code half typed, or what was said."""

    def __init__(self, desk: Desk, options: ScreenOptions) -> None:
        self.desk = desk
        self.options = options
        self.language = options.language
        self.text = ""
        self.said: Arrival | None = None
        self._at = desk.ports.clock.now()

    @property
    def may_print(self) -> bool:
        """Whether the number that is shown can be had on paper."""
        return bool(self.said and self.said.number) and kiosk.may_print(self.desk)

    # what comes in

    def scan(self, text: str) -> None:
        """Take one scan: a customer has come, whoever stood here before."""
        self._forget()
        self._door(lambda: self._arrived(kiosk.scan(self.desk, text)))

    def key(self, typed: Typed) -> None:
        """Take one key of a person."""
        self._door(lambda: self._key(typed))

    def press(self, key: str) -> None:
        """Take a touch on a key of the screen."""
        self.key(Typed(key, key if len(key) == 1 else None))

    def speak(self, language: str) -> None:
        """Change the language."""
        self._at = self.desk.ports.clock.now()
        self._speak(language)

    def device(self, event: DeviceEvent) -> None:
        """Take what a device reported."""
        if isinstance(event, Scanned):
            self.scan(event.text)
        else:
            self._quietly(lambda: kiosk.on_device(self.desk, event))

    def tick(self) -> None:
        """Let time pass: forget a customer who has left. A clock that was set forgets at once."""
        idle = (self.desk.ports.clock.now() - self._at).total_seconds()
        if not 0 <= idle < SHOWN_S:
            self._forget()
        if not 0 <= idle < LANGUAGE_S and self.language != self.options.language:
            self._speak(self.options.language)

    def minute(self) -> None:
        """Do again what the disk refused, and part from the centre's entries when it says so."""
        self._quietly(lambda: tickets.retry(self.desk))
        self._quietly(lambda: centre.follow_fork(self.desk))

    # what becomes of it

    def _key(self, typed: Typed) -> None:
        if typed.key == NEXT_LANGUAGE:
            names = list(self.options.languages)
            self.speak(names[(names.index(self.language) + 1) % len(names)])
        elif typed.key == OK:
            self._enter()
        elif typed.key == DONE:
            self._forget()
        elif typed.key in (ERASE, "delete"):
            self.said, self.text = None, self.text[:-1]
        elif typed.character is not None and _is_of_code(typed.character):
            self.said = None
            self.text = (self.text + typed.character.upper())[:CODE_LENGTH]

    def _enter(self) -> None:
        """A whole code is sent, a number printed once; enter has no other meaning here."""
        if self.said is not None:
            said, is_wanted = self.said, self.may_print
            self._forget()
            if is_wanted:
                kiosk.print_number(self.desk, said)
        elif len(self.text) == CODE_LENGTH:
            code, self.text = self.text, ""
            self._arrived(kiosk.arrive(self.desk, code))

    def _arrived(self, arrival: Arrival) -> None:
        self.said = arrival

    def _forget(self) -> None:
        self.text, self.said = "", None

    def _speak(self, language: str) -> None:
        self.language = language
        self.options.on_language(language)

    def _door(self, action: Callable[[], object]) -> None:
        self._at = self.desk.ports.clock.now()
        try:
            action()
        except Refusal as refusal:
            self._arrived(Arrival("", refusal.sentence, _SORRY.more))
        except Exception as error:  # noqa: BLE001  a customer never reads a traceback
            self._log(error)
            self._arrived(_SORRY)

    def _quietly(self, action: Callable[[], object]) -> None:
        """Do what no customer asked for; what goes wrong is in the log, not on the screen."""
        try:
            action()
        except Exception as error:  # noqa: BLE001  the next customer is served all the same
            self._log(error)

    def _log(self, error: Exception) -> None:
        with suppress(Exception):  # the log may be on the disk that is full
            self.options.log("kiosk", error)


def _is_of_code(character: str) -> bool:
    return character.isascii() and character.isalnum()
