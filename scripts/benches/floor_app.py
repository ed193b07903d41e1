"""The floor of every screen measurement: the least Textual program that shows a scan.

Same reader thread and the same link as the till's scanner; a scan repaints one line.
Run by the bench as `python -m scripts.benches.floor_app URL`.
"""

from __future__ import annotations

import gc
import sys

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Static

from devices.scanner.driver import LinkScanner
from pos.ports import DeviceEvent, Scanned

USABLE = "ready to scan"


class Came(Message):
    """A scan came, from the reader's thread."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FloorApp(App[None]):
    """One line of text."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._line = Static("", id="line")

    def compose(self) -> ComposeResult:
        """Return the line."""
        yield self._line

    def on_mount(self) -> None:
        """Open the scanner once the screen is there."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._scanner = LinkScanner("scanner", self._url, self._take)
        self._line.update(USABLE)
        gc.collect()
        gc.freeze()

    def _take(self, event: DeviceEvent) -> None:
        if isinstance(event, Scanned):
            self.post_message(Came(event.text))

    def on_came(self, message: Came) -> None:
        """Repaint the line."""
        self._line.update(f"scanned {message.text}")


if __name__ == "__main__":
    FloorApp(sys.argv[1]).run()
