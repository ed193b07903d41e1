"""Hands at the drawer: it opens when it is told, and now and then with its key."""

from __future__ import annotations

from pos.till import drawer
from pos.till.drawer import PULSE_WITHIN
from tests.hour.shift import Deck, Shift

SEEN_S = 5.0


class Drawer:
    """What happens at the drawer.

    A forced opening was nobody's order; `by_hand` counts the orders to open with no sale, and
    `open_for` is for how many gestures it is still left open.
    """

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self.asked = self.by_hand = self.forced = self.open_for = 0
        self._soon = Deck(shift.dice, (True, False))

    @property
    def due(self) -> int:
        """How many pulses the printer must have had."""
        heard = self._shift.till.heard
        return heard.kicked - heard.missed

    def open(self) -> None:
        """Open it with no sale."""
        till = self._shift.till
        if self._shift.attempt("drawer", lambda: drawer.no_sale(till.desk, "change")):
            self.by_hand += 1
            self.wait()

    def open_unheard(self) -> None:
        """Tell it to open while its printer says nothing: that is said not to have happened."""
        if self._is_quiet():
            self._shift.strike("printer mute")
            self.open()

    def wait(self) -> None:
        """It opens or is said not to have; whoever stands there shuts it, or leaves it open."""
        till, printer = self._shift.till, self._shift.till.wires.printer
        self.asked += 1
        assert till.until(lambda: till.heard.kicked >= self.asked), "no word of the drawer"
        came = till.until(lambda: len(printer.pulses) >= self.due)
        assert came, "a pulse that went out never came"
        if not self.open_for:
            self.shut()

    def force(self) -> None:
        """Open it with its key, and leave it open for a while.

        It was told to open before, and shut since: just now, or longer ago than a pulse excuses.
        """
        till = self._shift.till
        due = self.due
        self.open()
        if self.due == due or not self._is_quiet():
            return
        if not self._soon.draw():
            till.clock.pass_s(PULSE_WITHIN.total_seconds() + 1)
        self._shift.count("forced")
        self.forced += 1
        self.open_for = self._shift.dice.randint(1, 4)
        till.wires.printer.pull_drawer()
        assert till.until(lambda: till.desk.drawer_is_open), "nobody saw the drawer open"

    def _is_quiet(self) -> bool:
        """Whether it is shut, and the printer that watches it is well."""
        till = self._shift.till
        is_open = till.desk.drawer_is_open or till.wires.printer.drawer_open
        return self._is_watched() and not is_open

    def _is_watched(self) -> bool:
        """Whether the printer tells at once what the drawer does."""
        return self._shift.is_whole("printer") and self._shift.till.is_ready("printer")

    def pass_by(self) -> None:
        """One gesture later: one that was left open long enough is shut."""
        if self.open_for:
            self.open_for -= 1
            if not self.open_for:
                self.shut()

    def shut(self) -> None:
        """Push it in; a printer that is well says so."""
        till = self._shift.till
        self.open_for = 0
        if self._is_watched() and till.wires.printer.drawer_open:
            till.until(lambda: till.desk.drawer_is_open or not self._is_watched(), SEEN_S)
        till.wires.printer.shut_drawer()
        if self._is_watched():
            till.until(lambda: not till.desk.drawer_is_open or not self._is_watched(), SEEN_S)
