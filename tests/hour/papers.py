"""Hands at the printers: tickets, copies, labels, the spare one, and papers nobody knows of."""

from __future__ import annotations

from pos.till import printing, sell, shelf, tickets
from tests.hour.faults import IN_A_TICKET, SLOW_BYTES_S
from tests.hour.goods import CHEESE, GOODS
from tests.hour.reading import whole_copies
from tests.hour.shift import Deck, Shift
from tests.hour.wires import PRINTERS

COPIES_OF = 25
"""Of how many of the last tickets copies are asked for."""

HEAD = 12
"""How many lines are above a ticket's first article, at least."""

LABELLED = ("2400000000013", "2400000000020", "2400000000068", CHEESE)


class Papers:
    """Whatever is printed, and what a person sees of it."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._strikes = Deck(shift.dice, IN_A_TICKET)

    def print_last(self) -> None:
        """Print the ticket of the last sale."""
        self._shift.attempt("print", lambda: tickets.print_ticket(self._shift.till.desk))

    def print_again(self) -> None:
        """Print one of the last tickets; a second time it is a counted copy."""
        sale = self._shift.dice.choice(self._shift.sales[-COPIES_OF:])
        desk = self._shift.till.desk
        self._shift.attempt("print again", lambda: tickets.print_ticket(desk, sale))

    def print_labels(self) -> None:
        """Print labels of a few articles, now and then one twice."""
        desk = self._shift.till.desk
        codes = self._shift.dice.choices(LABELLED, k=self._shift.dice.randint(1, 4))
        goods = [GOODS[code] for code in codes]
        self._shift.till.told.awaited = tuple((one.name, one.code, one.price) for one in goods)
        articles = [sell.article_of(desk, code) for code in codes]
        self._shift.attempt("labels", lambda: shelf.print_shelf_labels(desk, articles, desk.now()))

    def strike(self) -> None:
        """Let something happen to the printer while a ticket comes out."""
        till, printer, name = self._shift.till, self._shift.till.wires.printer, self._strikes.draw()
        is_well = self._shift.is_whole("printer") and till.is_ready("printer")
        if not is_well or till.desk.prints or not self._shift.sales:
            return
        before = len(printer.paper)
        printer.bytes_per_s = SLOW_BYTES_S
        self.print_again()
        till.until(lambda: len(printer.paper) > before + HEAD or not till.desk.prints)
        self._shift.strike(name)
        printer.bytes_per_s = 0
        self._shift.count("struck: " + name)

    def let_wait(self) -> None:
        """Ask for tickets of a printer that has no paper: they wait for it."""
        till = self._shift.till
        if self._shift.is_whole("printer") and till.is_ready("printer") and self._shift.sales:
            self._shift.strike("no paper")
            assert till.until(lambda: not till.is_ready("printer")), "nobody wants paper"
            for _ in range(2):
                self.print_again()

    def mind(self) -> None:
        """Take to the spare printer what waits for the first, and look at what nobody knows of."""
        self._shift.till.pump()
        if printing.stuck(self._shift.till.desk) and self._shift.dice.random() < 0.4:
            self._shift.attempt("spare", lambda: printing.use_spare(self._shift.till.desk))
        self._look()

    def _look(self) -> None:
        """Say of each paper that nobody knows of whether it lies there whole.

        Nobody can say while a printer is in trouble: what it still holds may come out later.
        """
        till = self._shift.till
        for one in tickets.unknown_prints(till.desk):
            if not (self._shift.is_whole(*PRINTERS) and till.spoke_since(one.job)):
                continue
            self._shift.count("paper: looked at")
            lies = any(
                (one.document, one.copy_number) in whole_copies(till.wires.printer_of(name).paper)
                for name in PRINTERS
            )
            tickets.settle_print(till.desk, one.job, printed=lies)

    def end(self) -> None:
        """With every device mended, wait until nothing is on its way and nothing is unknown."""
        till = self._shift.till
        ended = till.let_papers_end()
        jobs = [f"{one.job} {one.printer} {one.sending}" for one in till.desk.prints.values()]
        assert ended, f"no end: {jobs}, {till.told.labels}, {till.desk.devices}"

        def is_known() -> bool:
            self._look()
            return not tickets.unknown_prints(self._shift.till.desk)

        assert till.until(is_known), "a paper stays unknown"
