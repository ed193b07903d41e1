"""What hangs behind the printer on the same line: the latest frame of a customer display, and when
it is due. Pure.

A display cannot say that it was switched off, so its frame is told again now and then.

>>> behind = Behind()
>>> behind.put(b"start", b"frame")
>>> behind.due(now_s=0.0), behind.due(now_s=1.0), behind.due(now_s=11.0)
(b'\\x1b=\\x02startframe\\x1b=\\x01', b'', b'\\x1b=\\x02frame\\x1b=\\x01')
"""

from __future__ import annotations

TO_DISPLAY, TO_PRINTER = b"\x1b=\x02", b"\x1b=\x01"
"""ESC =: which of the two takes what follows."""

FRAME_S = 0.2
REPEAT_S = 10.0


class Behind:
    """The frame that a display behind a printer should show."""

    def __init__(self) -> None:
        self._start = self._frame = b""
        self._is_news = False
        self._is_started = False
        self._sent_s = float("-inf")

    @property
    def in_use(self) -> bool:
        """Whether anything hangs behind the printer."""
        return bool(self._frame)

    def put(self, start: bytes, frame: bytes) -> None:
        """Show a frame in place of the last one; `start` puts the display in order first."""
        self._start, self._frame, self._is_news = start, frame, True

    def opened(self) -> None:
        """The line was opened anew: the display is put in order with the next frame."""
        self._is_started, self._is_news = False, self.in_use

    def due(self, now_s: float) -> bytes:
        """Return what is to be sent now, b"" for nothing; call it between two commands."""
        age_s = now_s - self._sent_s
        if not self._frame or age_s < (FRAME_S if self._is_news else REPEAT_S):
            return b""
        start = b"" if self._is_started else self._start
        self._is_started, self._is_news, self._sent_s = True, False, now_s
        return TO_DISPLAY + start + self._frame + TO_PRINTER

    def wait_s(self, most_s: float) -> float:
        """Return how long to sleep, at most, before asking again."""
        if not self._frame:
            return most_s
        return min(most_s, FRAME_S if self._is_news else REPEAT_S)
