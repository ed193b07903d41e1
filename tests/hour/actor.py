"""Who stands at the till: sells, pays, prints, takes back, and mends what broke.

Each gesture goes through the same doors as a screen's. Chance is a seed's; how threads take turns
is not, so that two runs of a seed ask for the same and need not meet the same trouble.
"""

from __future__ import annotations

from random import Random

from tests.hour.counter import AtWork
from tests.hour.drawer import Drawer
from tests.hour.evening import Evening
from tests.hour.faults import FAULTS
from tests.hour.papers import Papers
from tests.hour.paying import Payer
from tests.hour.restarts import Restarts
from tests.hour.selling import Seller
from tests.hour.shift import Deck, Shift
from tests.hour.wires import PRINTERS, SCANNERS

DEVICES = (*PRINTERS, *SCANNERS, "labels", "scale", "display", "card")
KILLED_AT, KILLED_EVERY = 50, 150
"""After how many gestures the till is killed in a process of its own, and how often then."""

PRINTED_S = 3.0
"""How long papers are waited for before something is made to strike the next; some wait longer."""

TROUBLE = 0.5
"""How often something breaks, before a gesture."""


class Actor:
    """A cashier with a seed."""

    def __init__(self, till: AtWork, dice: Random) -> None:
        self.shift = Shift(till, dice)
        self.drawer = Drawer(self.shift)
        self._seller = Seller(self.shift)
        self._payer = Payer(self.shift, self.drawer)
        self._papers = Papers(self.shift)
        self._restarts = Restarts(self.shift, self._seller, self._payer, self._papers, self.drawer)
        self._deaths = 0
        often = (
            *[self._sell] * 14,
            *[self._take_back] * 2,
            *[self._print_again] * 2,
            *[self._papers.print_labels] * 2,
            *[self.drawer.open] * 2,
            self.drawer.force,
            self.drawer.open_unheard,
            self._blink,
            *[self._strike] * 2,
            self._restarts.restart,
        )
        self._often = len(often)
        self._turns = Deck(dice, often)
        self._faults = Deck(dice, sorted(FAULTS))
        self._breaks = Deck(dice, (self._restarts.restart, self._restarts.restart_at_the_terminal))

    def begin(self) -> None:
        """Sign in as a manager, once every device says that it is there."""
        self._restarts.sign_in()
        self.mend()

    def fill(self) -> None:
        """Bring goods for one customer."""
        self._seller.fill()

    def work(self, gestures: int) -> None:
        """Stand at the till for so many gestures, each kind at least once; leave all mended."""
        turns = 0
        while self.shift.gestures < gestures or turns < self._often:
            turns += 1
            self._trouble()
            self._turns.draw()()
            self.drawer.pass_by()
            self._papers.mind()
            if self.shift.gestures > KILLED_AT + self._deaths * KILLED_EVERY:
                self._die_elsewhere()
        self.mend()
        self._payer.settle_cards()
        self._papers.print_labels()
        Evening(self.shift).close()
        self._papers.end()
        self.drawer.shut()

    def _take_back(self) -> None:
        if self.shift.sales:
            self._payer.take_back()

    def _print_again(self) -> None:
        if self.shift.sales:
            self._papers.print_again()

    def _blink(self) -> None:
        if "display unplugged and back" not in self.shift.broken:
            self.shift.strike("display unplugged and back")

    def _strike(self) -> None:
        for name in [one for one in self.shift.broken if FAULTS[one].device == "printer"]:
            self._repair(name)
        till = self.shift.till
        till.until(lambda: till.is_ready("printer"))
        self._papers.mind()
        till.until(lambda: not till.desk.prints, PRINTED_S)
        self.drawer.shut()
        self._papers.strike()

    def _sell(self) -> None:
        self.fill()
        if self._is_paid():
            return
        if self.shift.dice.random() < 0.05:
            self._breaks.draw()()
        if self._is_paid():  # the terminal was asked for all of it, before the till went
            self.shift.paid()
            return
        self._payer.pay()
        self._seller.look("paid")
        if self.shift.dice.random() < 0.7:
            self._papers.print_last()

    def _die_elsewhere(self) -> None:
        self._deaths += 1
        self._restarts.die_elsewhere()
        if not self._is_paid():
            self._payer.pay()

    def _is_paid(self) -> bool:
        """Whether nothing is left to pay."""
        return self.shift.till.desk.basket.is_empty

    # trouble

    def _trouble(self) -> None:
        broken = self.shift.broken
        for name in list(broken):
            broken[name] -= 1
            if broken[name] <= 0:
                self._repair(name)
        if self.shift.dice.random() < TROUBLE:
            name = self._faults.draw()
            if name in broken:
                return
            if FAULTS[name].device == "printer":  # it may say nothing true of the drawer then
                self.drawer.shut()
            self.shift.strike(name)

    def _repair(self, name: str) -> None:
        del self.shift.broken[name]
        FAULTS[name].mend(self.shift.till)
        if FAULTS[name].device == "display":
            self._seller.look_again()

    def mend(self) -> None:
        """Put right whatever is broken, and wait until each device says so."""
        till = self.shift.till  # a terminal that is called shows only then that it is back
        mended = [one for one in DEVICES if one != "card" or not till.wires.card_is_called]
        for name in list(self.shift.broken):
            self._repair(name)
        till.wires.card.replug()  # it may have pulled its own cable
        if not till.until(lambda: all(map(till.is_ready, mended))):
            away = {name: till.desk.devices.get(name) for name in DEVICES}
            raise AssertionError(f"a device stays away: {away}")
