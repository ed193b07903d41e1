"""A cash drawer with a line of its own: a serial trigger or a USB relay that is told to switch.

It has no sensor. Unverified on a device: most serial triggers open at any byte, and the cheap USB
relays want `A0 01 01 A2` to close their contact and `A0 01 00 A1` to let go. A relay that did not
hear the second is told when its line is back, before all else: its contact heats the drawer's coil.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from devices.address import parse_url
from devices.link import Link, LinkLost
from devices.printer.kicks import Kicks
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.ports import DeviceState, Sink, StatusChanged

HOLD_S = 0.2
"""Between two parts of an opening: how long a relay keeps its contact closed."""
WRITE_S = 1.0
IDLE_S = 60.0

_NOT_OPENED = Sentence("not opened: its line is not there").template


class LinkDrawer:
    """A drawer behind a URL; `parts` are sent one after the other to open it, `HOLD_S` apart.

    Raises `Refusal` when the URL can never work.
    """

    def __init__(self, name: str, url: str, sink: Sink, parts: Sequence[bytes]) -> None:
        parse_url(url)
        self._name = name
        self._sink = sink
        self._parts = tuple(parts)
        self._owed: tuple[bytes, ...] = ()
        self._kicks = Kicks()
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def open(self) -> None:
        """Open it at once, or never where its line is away."""
        if self.worker.connected:
            self._kicks.add(self._kicked)
            self.worker.poke()
        else:
            self._kicked(went=False)

    def close(self) -> None:
        """Let the line go."""
        self.worker.close()
        self._kicks.refuse()

    def _kicked(self, went: bool) -> None:
        state = DeviceState.READY if went else DeviceState.OFFLINE
        self._sink(StatusChanged(self._name, state, "" if went else _NOT_OPENED))

    def _serve(self, link: Link) -> None:
        try:
            self._let_go(link)
            self.worker.report(DeviceState.READY)
            while not self.worker.stopping:
                self._do_kicks(link)
                link.read(IDLE_S)
        finally:
            self._kicks.refuse()

    def _do_kicks(self, link: Link) -> None:
        while (kick := self._kicks.take()) is not None:
            went = False
            try:
                if kick.left_s > 0:
                    opening, self._owed = self._parts[0], self._parts[1:]
                    self._send(link, opening)
                    went = True
            finally:
                kick.kicked(went)
            self._let_go(link)

    def _let_go(self, link: Link) -> None:
        while self._owed:
            threading.Event().wait(HOLD_S)
            self._send(link, self._owed[0])
            self._owed = self._owed[1:]

    def _send(self, link: Link, part: bytes) -> None:
        if link.write(part, WRITE_S) < len(part):
            raise LinkLost(Sentence("The drawer's line takes nothing."))
