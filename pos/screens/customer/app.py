"""The customers' screen as a Textual program: views in, one board out; nothing to press."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from textual import events
from textual.app import App
from textual.geometry import Region
from textual.message import Message

from pos.domain.words import Sentence, Words
from pos.papers.customer import CustomerView
from pos.screens.customer.board import CustomerBoard
from pos.screens.face import Face
from pos.screens.themes import Look, Palette, textual_theme
from pos.screens.widgets.surface import Surface

TICK_S = 0.5
CLOSE_KEY = "ctrl+q"

Take = Callable[[CustomerView | None], None]


class Told(Message):
    """The till told something, from another thread; None: it is lost."""

    def __init__(self, view: CustomerView | None) -> None:
        super().__init__()
        self.view = view


class CustomerApp(App[None]):
    """One customers' screen; `listen` is given what takes each view, and begins to hand them on."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        words: Words,
        theme: str,
        palette: Palette,
        shop: str,
        listen: Callable[[Take], None],
    ) -> None:
        super().__init__()
        self._theme = f"till-{theme}"
        self.register_theme(textual_theme(self._theme, palette))
        self.board = CustomerBoard(Face(words, Look.of(palette)))
        self._waits = CustomerView(
            "welcome", shop=shop, welcome=words.say(Sentence("One moment, please"))
        )
        self._idle = CustomerView("welcome", shop=shop, welcome=words.say(Sentence("Welcome")))
        self._listen = listen
        self._forget_at: float | None = None

    def on_mount(self) -> None:
        """Show the screen, then listen to the till."""
        self.theme = self._theme
        self.push_screen(_CustomerScreen(self.board))
        self.call_after_refresh(self._started)

    def _started(self) -> None:
        self.board.show(self._waits)
        self._listen(lambda view: _ignore(self.post_message(Told(view))))
        self.set_interval(TICK_S, self.forget)
        with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals in a thread
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def on_told(self, message: Told) -> None:
        """Show what the till told."""
        view = message.view or self._waits
        self._forget_at = monotonic() + view.keep_s if view.keep_s else None
        self.board.show(view)

    def forget(self) -> None:
        """Forget what has been shown for its time."""
        if self._forget_at is not None and monotonic() >= self._forget_at:
            self._forget_at = None
            self.board.show(self._idle)

    async def on_event(self, event: events.Event) -> None:
        """Take no key but the one that closes it: a customer stands here."""
        if isinstance(event, events.Key):
            if event.key == CLOSE_KEY:
                self.exit()
        elif not isinstance(event, events.Paste):
            await super().on_event(event)


class _CustomerScreen(Surface):
    """One board from corner to corner."""

    def __init__(self, board: CustomerBoard) -> None:
        self.board = board
        super().__init__((board,))

    def on_resize(self, event: events.Resize) -> None:
        """Take the room there is."""
        self.board.place(Region(0, 0, event.size.width, event.size.height))
        self.redraw()


def _ignore(_sent: bool) -> None:
    """A screen that closes takes nothing more."""
