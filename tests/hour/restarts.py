"""The till goes away in the middle of things, and comes back from its folder."""

from __future__ import annotations

from devices.card.emulator import UNPAID, Behaviour
from pos.till import staff
from tests.e2e.cases import COMMIT, MANAGER, SALE
from tests.e2e.child import Death
from tests.hour.drawer import Drawer
from tests.hour.goods import GOODS, PIECES, Brought
from tests.hour.papers import Papers
from tests.hour.paying import Payer
from tests.hour.purse import CHEQUE
from tests.hour.selling import Seller
from tests.hour.shift import Deck, Shift
from tests.hour.wires import PRINTERS

DEATHS = (
    Death(COMMIT, SALE),
    Death(COMMIT, SALE, after=True),
    Death("pos.till.printing:_hand_over"),
    Death("devices.printer.driver:EscPosPrinter._send_chunk", after=True),
    Death(COMMIT, "print.finished"),
)
"""Where a till in a process of its own is killed."""

UNANSWERED = (Behaviour.SILENT, Behaviour.LATE, Behaviour.APPROVE, Behaviour.REFUSE)


class Restarts:
    """Ends of the till, and what is found afterwards."""

    def __init__(
        self, shift: Shift, seller: Seller, payer: Payer, papers: Papers, drawer: Drawer
    ) -> None:
        self._shift = shift
        self._seller = seller
        self._papers = papers
        self._ways = Deck(shift.dice, ("closed", "dropped"))
        self._waiting = Deck(shift.dice, (True, False, False, True))
        self._drawer = drawer
        self._payer = payer

    def restart(self) -> None:
        """Close the till in order or drop it, and open it again; the basket is as it was."""
        self._drawer.shut()
        if self._waiting.draw():
            self._papers.let_wait()
        before = self._shift.till.desk.basket
        self._reopen(self._ways.draw())
        assert self._shift.till.desk.basket == before, "a basket came back otherwise"

    def _reopen(self, way: str) -> None:
        till = self._shift.till
        self._drawer.shut()
        self._shift.count(f"till {way}")
        self._seller.ring_up()
        if way == "closed":
            till.close()
        else:
            till.drop()
        till.reopen()
        self.sign_in()

    def restart_at_the_terminal(self) -> None:
        """Drop the till while the card terminal is at work: a person reads the terminal then."""
        till, card = self._shift.till, self._shift.till.wires.card
        behaviour = self._shift.dice.choice(UNANSWERED)
        known = len(card.log)
        if not self._payer.ask_and_leave(behaviour):
            return
        if behaviour.value not in UNPAID:
            assert till.until(lambda: len(card.log) > known), "the terminal does not pay"
        if behaviour is Behaviour.LATE:
            card.let_go()
        self._reopen("dropped")
        self._payer.settle_cards()

    def die_elsewhere(self) -> None:
        """Sell a basket in a process of its own, which is killed; go on with what it left."""
        till = self._shift.till
        if not (self._shift.is_whole(*PRINTERS) and till.is_ready("printer")):
            return
        self._drawer.shut()
        self._shift.count("till killed")
        till.close()
        till.home.ahead = till.clock.ahead
        codes = self._shift.dice.choices(PIECES, k=3)
        sales = len(till.home.sold())
        environ = {
            "COMPTOIR__DEVICES__PRINTER__URL": till.wires.printer.url,
            "COMPTOIR__DEVICES__PRINTER__PROFILE": "epson-80",
            "COMPTOIR__DEVICES__DISPLAY__URL": till.wires.display.url,
        }
        gestures = (MANAGER, "wait ready", *(f"scan {code}" for code in codes))
        given = "\n".join((*gestures, "cheque", "print", "wait printed", ""))
        death = self._shift.dice.choice(DEATHS)
        done = till.home.start("play", "-", given=given, deaths=[death], environ=environ).ended()
        assert done.code == -9, f"it did not die {death}: {done}"
        till.was_elsewhere()
        till.reopen()
        self.sign_in()
        self._find(codes, is_sold=len(till.home.sold()) > sales)

    def _find(self, codes: list[str], *, is_sold: bool) -> None:
        """Take over what the other process sold or left in its basket, the first codes of all."""
        lines = self._shift.till.desk.basket.lines
        slip, found = self._shift.slip, codes if is_sold else codes[: len(lines)]
        slip.lines += [Brought(GOODS[code]) for code in found]
        if is_sold:
            slip.pay(CHEQUE, slip.due)
            self._shift.paid()

    def sign_in(self) -> None:
        """Sign in as a manager."""
        staff.sign_in(self._shift.till.desk, "9", "9753")
