"""A scanner in USB HID-POS mode (usage page 0x8C), read from hidraw: reports → scans. Pure.

No keyboard layout is in the way and every byte arrives, GS too. A report has 64 bytes: its id, the
length of its data, the data, and for most makers an AIM identifier and a mark that the code goes
on in the next report. Unverified: both layouts were taken from two makers' manuals (Access-IS
LSR118, Microscan) and met no scanner here.

>>> def report(text, more=0):
...     return bytes((2, len(text))) + b"]E0" + text.encode().ljust(58, b"\\0") + bytes((more,))
>>> HidFramer().receive(report("30176204", 1) + report("22003"), now_ms=0)
[']E03017620422003']
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.scanner.protocol import SCAN_MAX, decode

REPORT = 64
"""Bytes of one report."""

IDLE_MS = 200
"""A silence this long ends a code whose next report never came."""

_ENDS = "\r\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a maker's report keeps what: `aim` and `more` are None where it has none."""

    id: int
    data: int
    most: int
    aim: int | None = None
    more: int | None = None


LAYOUTS = {
    2: Layout(id=2, data=5, most=56, aim=2, more=63),
    1: Layout(id=1, data=2, most=62),
}
"""The layouts by the id that each report begins with (unverified)."""


class HidFramer:
    """Turns reports into scans, each with its AIM identifier where the report bears one."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._code = bytearray()
        self._aim = ""
        self._begun = False
        self._last_ms = 0

    @property
    def waiting(self) -> bool:
        """Whether a code has begun and its last report has not come."""
        return self._begun or bool(self._bytes)

    def receive(self, data: bytes, now_ms: int) -> list[str]:
        """Take bytes that came at `now_ms`; returns the scans that their reports ended."""
        self._bytes += data
        self._last_ms = now_ms
        scans: list[str] = []
        while len(self._bytes) >= REPORT:
            report = bytes(self._bytes[:REPORT])
            del self._bytes[:REPORT]
            self._report(report, scans)
        return scans

    def tick(self, now_ms: int) -> list[str]:
        """Drop half a report or half a code after a silence: half a code is another code."""
        if self.waiting and now_ms - self._last_ms >= IDLE_MS:
            self._bytes.clear()
            self._forget()
        return []

    def _report(self, report: bytes, scans: list[str]) -> None:
        layout = LAYOUTS.get(report[0])
        if layout is None or not 0 < report[1] <= layout.most:
            self._forget()
            return
        if not self._begun and layout.aim is not None:
            self._aim = _identifier(report[layout.aim : layout.aim + 3])
        self._begun = True
        if len(self._code) <= SCAN_MAX:
            self._code += report[layout.data : layout.data + report[1]]
        if layout.more is None or not report[layout.more] & 1:
            if len(self._code) <= SCAN_MAX:
                self._give(scans)
            self._forget()

    def _give(self, scans: list[str]) -> None:
        text = decode(bytes(self._code)).rstrip(_ENDS)
        if text:
            scans.append(self._aim + text)

    def _forget(self) -> None:
        self._code.clear()
        self._aim, self._begun = "", False


def _identifier(three: bytes) -> str:
    text = three.decode("ascii", "replace")
    return text if text.startswith("]") and text[1:].isalnum() else ""
