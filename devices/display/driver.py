"""A customer display on any link: the latest two lines, at most five frames a second."""

from __future__ import annotations

import threading
import time

from devices.address import SerialAddress, parse_url
from devices.display.protocol import Dialect, frame, start
from devices.link import Link, LinkLost
from devices.worker import Worker
from pos.domain.words import Sentence
from pos.ports import DeviceState, Sink

FRAME_S = 0.2
"""The shortest time between two frames: faster ones only flicker."""
REPEAT_S = 10.0
"""How often a serial display, which cannot say that it was switched off, is told again."""
WRITE_S = 1.0


class LineDisplay:
    """A display behind a URL. Raises `Refusal` when the URL can never work.

    `codec` and `slot` choose the display's code page (`cp850` has no euro: `EUR` is shown).
    """

    def __init__(
        self,
        name: str,
        url: str,
        sink: Sink,
        *,
        dialect: Dialect = Dialect.EPSON,
        codec: str = "cp858",
        slot: int | None = 19,
    ) -> None:
        self._repeats = isinstance(parse_url(url), SerialAddress) and not url.startswith("pty:")
        self._dialect = dialect
        self._codec = codec
        self._slot = slot
        self._lines = ("", "")
        self._news = threading.Event()
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def show(self, upper: str, lower: str) -> None:
        """Show two lines of 20; longer ones are cut. Returns at once; the latest call wins."""
        self._lines = (upper, lower)
        self._news.set()
        self.worker.poke()

    def close(self) -> None:
        """Let the display go, as it is."""
        self.worker.close()

    def _serve(self, link: Link) -> None:
        self._write(link, start(self._dialect))
        self.worker.report(DeviceState.READY)
        self._news.set()
        while not self.worker.stopping:
            if self._news.is_set():
                self._news.clear()
                self._write(link, frame(self._dialect, *self._lines, self._codec, self._slot))
                self._pause(link)
            else:
                link.read(REPEAT_S)  # until news, or the time to repeat
                if self._repeats:
                    self._news.set()

    def _pause(self, link: Link) -> None:
        """Let one frame's time pass, whatever wakes the link meanwhile."""
        until = time.monotonic() + FRAME_S
        while not self.worker.stopping and (left_s := until - time.monotonic()) > 0:
            link.read(left_s)

    def _write(self, link: Link, data: bytes) -> None:
        if link.write(data, WRITE_S) < len(data):
            raise LinkLost(Sentence("The display takes no more characters."))
