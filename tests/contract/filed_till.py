"""A till on the real store, for what memory alone cannot show: purges, epochs, restarts."""

from __future__ import annotations

from pathlib import Path

from pos.doubles import FixedClock, MemoryStore
from pos.main.rules import witness_of
from pos.ports import PrintEnded, PrintOutcome
from pos.store.open import Store, open_store
from pos.till import tender, tickets
from pos.till.desk import Desk
from tests.contract.store_samples import WHO, Counted
from tests.till.shop import BREAD, MANAGER, PLUG_INS, Till


class FiledTill(Till):
    """A French till whose file lies in a folder, with the manager signed in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: Store | None = None
        super().__init__("france", clock=FixedClock())
        self.sign_in(MANAGER)

    @property
    def file(self) -> Store:
        """The store, opened at first use."""
        if self._file is None:
            self._file = open_store(
                *(self.folder / "data", self.folder / "state", WHO, self.clock, Counted()),
                witness=witness_of(PLUG_INS[self.fiscal](), "Europe/Paris"),
                plugin=self.fiscal,
            )
        return self._file

    def desk_on(self, store: MemoryStore) -> Desk:
        """Return a desk with no memory on the file, opened again."""
        self.close()
        desk = super().desk_on(store)
        ports, file = desk.ports, self.file
        ports.ledger, ports.drafts, ports.signer = file.ledger, file.drafts, file.signer
        ports.past, ports.books = file.past, file.books
        return desk

    def moves_to(self, fiscal: str, number: str = MANAGER) -> Till:
        """Start again under the rules of another country."""
        self.fiscal = fiscal
        return self.restart(number)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def lose_the_marker(self) -> None:
        """Start as a restored backup would: a new epoch begins."""
        self.close()
        (self.folder / "state" / "marker").unlink()
        self.restart(MANAGER)

    def sell(self, code: str = BREAD) -> str:
        """Sell for cash; return the ticket's label."""
        self.scan(code)
        tender.pay_cash(self.desk)
        sold = self.desk.last_sale
        assert sold is not None
        return sold.label

    def print_ends(self, outcome: PrintOutcome = PrintOutcome.CONFIRMED) -> None:
        """Let the printer say how its last paper ended."""
        tickets.on_device(self.desk, PrintEnded(self.counter.printed[-1][0], outcome))
