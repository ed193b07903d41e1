"""A cashier's hands and eyes: keys at a person's pace or a scanner's, and the screen as text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from textual import events
from textual.app import App
from textual.pilot import Pilot

from pos.screens.app import TillApp
from pos.screens.heard_app import HeardApp

NAMES = {"\r": "enter", "\t": "tab", "\x1d": "ctrl+right_square_bracket"}
CHARACTERS = {"asterisk": "*"}
PAUSE_S, HURRY_S = 1.0, 0.15
"""Between two keys; the keys say so themselves, nobody waits for it."""


@dataclass
class Eyes:
    """A screen that someone reads."""

    app: App[None]
    pilot: Pilot[None]

    def screen(self) -> list[str]:
        """Return what stands on the screen, a text a row; every cell of it was drawn."""
        compositor = self.app.screen._compositor
        compositor.render_full_update().render_segments(self.app.console)
        return [strip.text.rstrip() for strip in compositor.render_strips()]

    def reads(self, text: str) -> bool:
        """Tell whether a text stands somewhere on the screen."""
        return any(text in row for row in self.screen())


@dataclass
class Fingers(Eyes):
    """A screen in front of someone who may press its keys."""

    app: HeardApp
    pressed: int = 0
    _at: float = 0.0

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each after the pause that a person makes."""
        await self._type(keys, PAUSE_S)

    async def press_fast(self, *keys: str) -> None:
        """Press keys as a person in a hurry does."""
        await self._type(keys, HURRY_S)

    async def _type(self, keys: Sequence[str], pause_s: float) -> None:
        for key in keys:
            self.pressed += 1
            self._at = max(self._at + pause_s, monotonic())
            event = events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None))
            event.time = self._at
            self.app.post_message(event)
            await self.pilot.pause()
            self.app.hear_silence(int((self._at + HURRY_S / 2) * 1000))
        await self.settle()

    async def burst(self, text: str) -> None:
        """Type as a scanner does: every key at the same instant."""
        at = self._at = max(self._at + PAUSE_S, monotonic())
        for character in text:
            event = events.Key(NAMES.get(character, character), character)
            event.time = at
            self.app.post_message(event)
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything that was said has been heard and drawn."""
        await self.pilot.pause()
        await self.pilot.pause()


@dataclass
class Hands(Fingers):
    """A till at work in front of someone."""

    app: TillApp


@asynccontextmanager
async def at_work(app: TillApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hands]:
    """Open a till's screen of this many columns and rows."""
    async with app.run_test(size=size) as pilot:
        hands = Hands(app, pilot)
        await hands.settle()
        yield hands
