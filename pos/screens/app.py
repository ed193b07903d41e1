"""The Textual program: keys, scans, touches and devices in; the sale screen out. Nothing more."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping

from pos.domain.words import Words
from pos.ports import DeviceEvent
from pos.screens.day_screen import DayScreen
from pos.screens.face import Face
from pos.screens.heard_app import HeardApp
from pos.screens.options import ScreenOptions
from pos.screens.pickup.screen import PickupScreen
from pos.screens.sale_screen import SaleScreen
from pos.screens.session import Session
from pos.screens.themes import Look, Palette, textual_theme
from pos.screens.till_screen import TillScreen
from pos.screens.wedge import Typed
from pos.screens.wire import Paper, Wire
from pos.till.desk import Desk


class TillApp(HeardApp):
    """One till's screen."""

    def __init__(
        self,
        desk: Desk,
        words_for: Callable[[str], Words],
        keys: Mapping[str, str],
        palettes: Mapping[str, Palette],
        options: ScreenOptions,
        wire: Wire,
    ) -> None:
        super().__init__(wire)
        self._words_for = words_for
        self._language = options.language
        self._palettes = palettes
        self._palette = options.theme
        self._beating = False
        self._options = options
        self.face = Face(words_for(options.language), Look.of(palettes[options.theme]))
        self.session = Session(desk, keys, options, self)
        self.sale_screen = SaleScreen(self.session, self.face)
        self.day_screen = DayScreen(self.session, self.face)
        self.pickup_screen = PickupScreen(self.session, self.face)
        self._screens = (self.sale_screen, self.day_screen, self.pickup_screen)
        for name, palette in palettes.items():
            self.register_theme(textual_theme(f"till-{name}", palette))

    # starting

    def on_mount(self) -> None:
        """Show the screen, then let the devices start."""
        self.theme = f"till-{self._palette}"
        for name, screen in zip(("sale", "day", "pickup"), self._screens, strict=True):
            self.install_screen(screen, name)
        self.push_screen(self.sale_screen)
        self.session.begin()
        self.call_after_refresh(self._started)

    def _started(self) -> None:
        self.show()
        self._tick_clock()
        self.listen()
        gc.collect()
        gc.freeze()

    def _tick_clock(self) -> None:
        now = self.session.desk.now()
        self.set_timer(60 - now.second, self._minute)

    def _minute(self) -> None:
        self.session.tick()
        self.show()
        self._tick_clock()

    # what comes in

    def take_event(self, what: DeviceEvent | Paper) -> None:
        """Hand a device's report to the session; paper goes beside the till."""
        if isinstance(what, Paper):
            self.sale_screen.paper.feed(what.lines)
            return
        self.session.device(what)
        self.show()

    def take_scan(self, text: str) -> None:
        """Hand a scan to the session."""
        self.session.scan(text)

    def take_key(self, typed: Typed) -> None:
        """Hand a key to the session."""
        self.session.key(typed)

    # what a session asks of the screen

    def show(self) -> None:
        """Draw what the session holds now, on the screen that it is at."""
        screen = self._due_screen()
        if self.screen is not screen:
            self.switch_screen(screen)
        screen.draw()
        self._wait_for_beat()

    def _due_screen(self) -> TillScreen:
        if self.session.day is not None:
            return self.day_screen
        return self.sale_screen if self.session.pickup is None else self.pickup_screen

    def _wait_for_beat(self) -> None:
        prompt = self.session.prompt
        if prompt is not None and prompt.beat_s and not self._beating:
            self._beating = True
            self.set_timer(prompt.beat_s, self._beat)

    def _beat(self) -> None:
        self._beating = False
        if self.screen_stack:  # a timer may end after the screen was closed
            self.session.beat()
            self.show()

    def next_theme(self) -> None:
        """Change to the next palette."""
        names = list(self._palettes)
        self._palette = names[(names.index(self._palette) + 1) % len(names)]
        self.face.look = Look.of(self._palettes[self._palette])
        self.theme = f"till-{self._palette}"
        self._draw_all()

    def next_language(self) -> None:
        """Change to the next language."""
        names = list(self._options.languages)
        self._language = names[(names.index(self._language) + 1) % len(names)]
        self._options.on_language(self._language)
        self.face.speak(self._words_for(self._language))
        self._draw_all()

    def _draw_all(self) -> None:
        for screen in self._screens:
            screen.draw_all()

    def leave(self) -> None:
        """Close the screen; open baskets stay on disk."""
        self.exit()


def run_app(
    desk: Desk,
    words_for: Callable[[str], Words],
    keys: Mapping[str, str],
    palettes: Mapping[str, Palette],
    options: ScreenOptions,
    wire: Wire,
) -> None:
    """Run one till's screen until it is closed.

    `desk.words` must answer in the language that `options.on_language` was last told; `wire` is
    where the desk's devices report.
    """
    TillApp(desk, words_for, keys, palettes, options, wire).run()
