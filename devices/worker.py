"""One named daemon thread that keeps one link open: connect, serve, lose, wait, connect again.

Every driver is a `serve(link)` given to a `Worker`. The thread waits inside `link.read`, so an
idle device costs no processor time; `poke` wakes it when there is something to do. A worker
`on_call` connects only when it is poked, serves once and hangs up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from devices.link import Link, LinkLost, Mute, open_link
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.ports import DeviceState, Sink, StatusChanged

BACKOFF_FIRST_S = 0.2
BACKOFF_MAX_S = 2.0


class Worker:
    """The thread of one device; `problem` keeps the last sentence about why it is away.

    `lost`, when given, is called from the thread each time the device turns out to be away.
    """

    def __init__(
        self,
        device: str,
        url: str,
        sink: Sink,
        *,
        on_call: bool = False,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.device = device
        self.problem: Sentence | None = None
        self._lost = lost
        self._called: threading.Event | None = threading.Event() if on_call else None
        self._url = url
        self._sink = sink
        self._told: tuple[DeviceState, str] | None = None
        self._link: Link | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether `close` was called: `serve` returns when it sees it."""
        return self._stop.is_set()

    @property
    def connected(self) -> bool:
        """Whether the link is open at this moment."""
        return self._link is not None

    def start(self, serve: Callable[[Link], None]) -> None:
        """Start the thread; `serve` runs in it with an open link until `stopping` or `LinkLost`."""
        self._thread = threading.Thread(
            target=self._run, args=(serve,), name=f"device-{self.device}", daemon=True
        )
        self._thread.start()

    def poke(self) -> None:
        """Make `serve`'s waiting read return; make a worker on call connect."""
        if self._called is not None:
            self._called.set()
        link = self._link
        if link is not None:
            link.wake()

    def close(self, timeout_s: float = 3.0) -> bool:
        """Stop the thread and let the device go; returns whether it ended within the bound."""
        self._stop.set()
        self.poke()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def report(self, state: DeviceState, detail: str = "", why: Sentence | None = None) -> None:
        """Tell the sink the device's state when it is news."""
        if self._told != (state, detail):
            self._told = (state, detail)
            self._sink(StatusChanged(self.device, state, detail, why))

    def _run(self, serve: Callable[[Link], None]) -> None:
        backoff_s = BACKOFF_FIRST_S
        while not self.stopping:
            if self._called is not None:
                self._called.wait()
                self._called.clear()
                if not self.stopping:
                    self._serve_once(serve)
                continue
            if self._serve_once(serve):
                backoff_s = BACKOFF_FIRST_S
            self._stop.wait(backoff_s)
            backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)

    def _serve_once(self, serve: Callable[[Link], None]) -> bool:
        """Serve once, whatever happens; returns whether the device was there and answered."""
        try:
            return self._serve_link(serve)
        except Exception:  # the thread is the device's only one
            logging.getLogger(__name__).exception("the driver of %s failed", self.device)
            return False

    def _serve_link(self, serve: Callable[[Link], None]) -> bool:
        """Open, serve, close; returns whether the device was there and answered."""
        was_there = False
        try:
            self._link = open_link(self._url)
            was_there = True
            serve(self._link)
        except LinkLost as lost:
            self._away(lost.sentence, lost.detail)
            return was_there and not isinstance(lost, Mute)
        except Refusal as refusal:
            self._away(refusal.sentence, LinkLost.detail)
            return was_there
        except Exception:
            logging.getLogger(__name__).exception("the driver of %s failed", self.device)
            why = Sentence("The driver of {device} failed and starts again.", device=self.device)
            self._away(why, LinkLost.detail)
        finally:
            link, self._link = self._link, None
            if link is not None:
                link.close()
        return was_there

    def _away(self, why: Sentence, detail: str) -> None:
        self.problem = why
        self._lost()
        self.report(DeviceState.OFFLINE, detail, why)
