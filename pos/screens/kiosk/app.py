"""The kiosk's Textual program: keys, scans and touches in; one board out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from textual import events
from textual.geometry import Region

from pos.domain.pickup_pass import CODE_LENGTH
from pos.domain.shift import instant
from pos.domain.words import Sentence, Words
from pos.ports import DeviceEvent
from pos.screens.face import Face
from pos.screens.heard_app import HeardApp
from pos.screens.kiosk.board import PAD, Board, Cap, Shown
from pos.screens.kiosk.visit import DONE, ERASE, NEXT_LANGUAGE, OK, PRINT, Visit
from pos.screens.options import ScreenOptions
from pos.screens.themes import Look, Palette, textual_theme
from pos.screens.wedge import Typed
from pos.screens.widgets.surface import Surface
from pos.screens.wire import Paper, Wire
from pos.till.desk import Desk

TICK_S = 0.5
"""How often the screen looks whether a customer's time is over."""

OLD_S = 120
"""From how many seconds on the age of the orders is told, small, to whoever looks after it."""

NAMES = {"en": "English", "fr": "Français"}
"""A language in its own words: who looks for theirs reads no other."""


@dataclass(frozen=True, slots=True)
class KioskOptions:
    """How the kiosk starts. `close_key` is one that closes it: "" for none, as customers stand
    there; the machine closes it by a signal.
    """

    screen: ScreenOptions
    close_key: str = ""


class KioskScreen(Surface):
    """One board from corner to corner."""

    def __init__(self, board: Board) -> None:
        self.board = board
        super().__init__((board,))

    def on_resize(self, event: events.Resize) -> None:
        """Take the room there is."""
        self.board.place(Region(0, 0, event.size.width, event.size.height))
        self.redraw()


class KioskApp(HeardApp):
    """One kiosk's screen."""

    def __init__(
        self,
        desk: Desk,
        words_for: Callable[[str], Words],
        palettes: Mapping[str, Palette],
        options: KioskOptions,
        wire: Wire,
    ) -> None:
        super().__init__(wire)
        self._words_for = words_for
        self._options = options
        self._theme = f"till-{options.screen.theme}"
        palette = palettes[options.screen.theme]
        self.register_theme(textual_theme(self._theme, palette))
        self.visit = Visit(desk, options.screen)
        self.face = Face(words_for(options.screen.language), Look.of(palette))
        self._spoken = options.screen.language
        self.board = Board(self.face, self._touched)

    def on_mount(self) -> None:
        """Show the screen, then let the devices start."""
        self.theme = self._theme
        self.push_screen(KioskScreen(self.board))
        self.call_after_refresh(self._started)

    def _started(self) -> None:
        self.show()
        self.listen()
        self.set_interval(TICK_S, self.tick)
        self.set_interval(60, self._minute)
        with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals in a thread
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def tick(self) -> None:
        """Forget who has left."""
        self.visit.tick()
        self.show()

    def _minute(self) -> None:
        self.visit.minute()

    def take_event(self, what: DeviceEvent | Paper) -> None:
        """Hand a device's report to the visit."""
        if not isinstance(what, Paper):
            self.visit.device(what)
            self.show()

    def take_scan(self, text: str) -> None:
        """Hand a scan to the visit."""
        self.visit.scan(text)

    def take_key(self, typed: Typed) -> None:
        """Hand a key to the visit."""
        if self._options.close_key and typed.key == self._options.close_key:
            self.exit()
        else:
            self.visit.key(typed)

    def _touched(self, key: str) -> None:
        if key in self._options.screen.languages:
            self.visit.speak(key)
        else:
            self.visit.press(key)
        self.show()

    def show(self) -> None:
        """Draw what the visit holds now."""
        if self.visit.language != self._spoken:
            self._spoken = self.visit.language
            self.face.speak(self._words_for(self._spoken))
        self.board.show(self._shown())

    def _shown(self) -> Shown:
        visit, say = self.visit, self.face.say
        names = tuple(
            Cap(one, NAMES.get(one, one), is_lit=one == visit.language)
            for one in self._options.screen.languages
        )
        shop, foot = visit.desk.rules.shop.name, self._foot()
        if visit.said is None:
            asks = say(Sentence("Scan your code"))
            how = say(Sentence("or type its 8 characters"))
            is_whole = len(visit.text) == CODE_LENGTH
            erase = Cap(ERASE, say(Sentence("Erase")), is_lit=bool(visit.text))
            empty = [Cap("", "")] * (len(PAD) - 3)
            language = Cap(NEXT_LANGUAGE, say(Sentence("Tab: language")), is_lit=False)
            pad = (erase, *empty, language, Cap(OK, say(Sentence("OK")), is_lit=is_whole))
            return Shown(shop, names, asks, (how,), foot, typed=visit.text, pad=pad)
        said = visit.said
        caps = [Cap(DONE, say(Sentence("Done")))]
        if visit.may_print:
            caps.insert(0, Cap(PRINT, say(Sentence("Print my number"))))
        lines = tuple(say(one) for one in said.more)
        return Shown(
            *(shop, names, say(said.sentence), lines, foot), number=said.number, caps=tuple(caps)
        )

    def _foot(self) -> str:
        """Return which kiosk it is, and since when nothing was heard of the orders."""
        desk = self.visit.desk
        told = "" if desk.ports.orders is None else desk.ports.orders.read_at()
        try:
            at = instant(told).astimezone(desk.zone)
        except ValueError:
            return self._options.screen.till
        if (desk.now() - at).total_seconds() < OLD_S:
            return self._options.screen.till
        age = self.face.say(Sentence("as of {time}", time=f"{at:%H:%M}"))
        return f"{self._options.screen.till} · {age}"
