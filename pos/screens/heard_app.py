"""What every Textual program here hears alike: keys and scans through the wedge, and the wire.

A key passes the wedge before any widget sees it, so that no field ever takes a scan for typing.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message

from pos.ports import DeviceEvent
from pos.screens.keys import tolerate_malformed_keys
from pos.screens.wedge import GAP_MS, Heard, ScanText, Typed, Wedge
from pos.screens.wire import Paper, Wire


class Came(Message):
    """Something came over the wire, from another thread."""

    def __init__(self, what: DeviceEvent | Paper) -> None:
        super().__init__()
        self.what = what


class HeardApp(App[None]):
    """Tells scans from typing; a subclass says what becomes of both, and draws."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, wire: Wire) -> None:
        tolerate_malformed_keys()
        super().__init__()
        self._wire = wire
        self._wedge = Wedge()
        self._ticking = False

    def take_scan(self, text: str) -> None:
        """Take one whole scan."""
        raise NotImplementedError

    def take_key(self, typed: Typed) -> None:
        """Take one key of a person."""
        raise NotImplementedError

    def take_event(self, what: DeviceEvent | Paper) -> None:
        """Take what came over the wire."""
        raise NotImplementedError

    def show(self) -> None:
        """Draw what is held now."""
        raise NotImplementedError

    def listen(self) -> None:
        """Let the devices speak; call it when the screen is there."""
        self._wire.connect(self._post, self.bell)

    # from other threads

    def _post(self, what: DeviceEvent | Paper) -> None:
        self.post_message(Came(what))

    def on_came(self, message: Came) -> None:
        """Take what came over the wire."""
        self.take_event(message.what)

    # keys

    async def on_event(self, event: events.Event) -> None:
        """Take every key before any widget; all else goes its way."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            at_ms = int(event.time * 1000)
            self._heard(self._wedge.key(event.character, event.key, at_ms))
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self._pasted(event)
        else:
            await super().on_event(event)

    def _pasted(self, event: events.Paste) -> None:
        """Take a paste as a terminal's way to deliver a burst of keys."""
        at_ms = int(event.time * 1000)
        for character in event.text:
            key = {"\r": "enter", "\n": "enter", "\t": "tab"}.get(character, character)
            self._heard(self._wedge.key(character, key, at_ms))

    def _heard(self, heard: Sequence[Heard]) -> None:
        for one in heard:
            if isinstance(one, ScanText):
                self.take_scan(one.text)
            else:
                self.take_key(one)
        if heard:
            self.show()
        if self._wedge.waiting and not self._ticking:
            self._ticking = True
            self.set_timer((GAP_MS + 1) / 1000, self._tick_wedge)

    def hear_silence(self, at_ms: int) -> None:
        """Let go what the wedge holds back, as of a monotonic instant."""
        self._heard(self._wedge.tick(at_ms))

    def _tick_wedge(self) -> None:
        self._ticking = False
        self.hear_silence(int(monotonic() * 1000))
