"""The manager's day with the keyboard alone, on the smallest terminal, in both languages.

From the float to the closed year: the last screen that a manager of 31 December sees, and the
papers on the counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from config.words import GettextWords, words_for
from pos.domain.words import Amount, Sentence, Value
from tests.e2e.cases import COMMIT
from tests.e2e.child import Death
from tests.e2e.conftest import Counter, OpenTill
from tests.e2e.home import Home, copy_of
from tests.e2e.terminal import TillTerminal

BREAD, LOAF, ROLL = "2400000000013", "2400000000020", "2400000000037"
FIRST = "T01-K1-000001"
YEAR_END = ["2026-12-31", "2026-12", "2026"]
LABELS = [f"T01-K1-{letter}000001" for letter in "ZMY"]
SMALLEST = (80, 24)
_SPACES = str.maketrans("\u00a0\u202f", "  ")
DOWN_TO = {2000: 4, 1000: 1, 200: 2, 50: 2, 5: 3}
"""How many rows of a count lie between the notes and coins that are in this drawer."""


@pytest.fixture(params=["en", "fr"])
def home(request: pytest.FixtureRequest, december_shop: Home, tmp_path: Path) -> Home:
    """A till whose day ends a month and a fiscal year, in either language."""
    found = copy_of(december_shop, tmp_path / "home")
    found.language = request.param
    found.settle()
    return found


@dataclass
class Manager:
    """Someone with a keyboard, who reads the screen in the till's language."""

    till: TillTerminal
    words: GettextWords

    def reads(self, template: str, **values: Value) -> None:
        """Wait until the screen says a sentence, whatever its language."""
        said = self.words.say(Sentence(template, **values)).translate(_SPACES)
        self.till.wait(lambda: said if said in self.till.text().translate(_SPACES) else "", said)

    def signs_in(self) -> None:
        self.reads("Who sells? Your number")
        self.till.press("9", "enter")
        self.reads("PIN of {name}", name="Responsable")
        self.till.type_slowly("9753", lambda count: "•" * count + r"(?!•)")
        self.till.press("enter")
        self.reads("Welcome, {name}.", name="Responsable")

    def counts(self, **coins: int) -> None:
        """Type how many of each note and coin there are, going down, and take the count."""
        for value, many in coins.items():
            rows = DOWN_TO[int(value.removeprefix("of_"))]
            self.till.press_calmly(*("down",) * rows, str(many))
        self.till.press_calmly("end", "enter")

    def closes(self) -> None:
        """Ask for the day, and close it."""
        self.till.press("ctrl+x")
        self.till.wait_for("31/12/2026")
        self.till.choose("1")
        self.reads("Close the day?")
        self.till.choose("1")


def printed(home: Home) -> int:
    """How many papers the printer said to be out."""
    return int(home.rows("SELECT count(*) FROM print_job WHERE state = 'confirmed'")[0][0])


def code_on(counter: Counter) -> str:
    """Return what the code on the paper says."""
    (code,) = zxingcpp.read_barcodes(counter.printer.picture())
    return str(code.text)


def test_a_manager_opens_sells_refunds_counts_and_closes_the_year_with_the_keyboard_alone(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till(size=SMALLEST)
    manager = Manager(till, words_for(home.language))
    manager.signs_in()

    till.press("ctrl+f")
    manager.reads("Cash: what to do?")
    till.choose("1")
    manager.reads("How many of {amount}?", amount=Amount(50_000))
    manager.counts(of_2000=2, of_1000=3)
    manager.reads("The shift begins with {amount}.", amount=Amount(7000))

    counter.scanner.send(f"{BREAD}\r{LOAF}\r{ROLL}\r".encode())
    till.wait_for("Croissant")
    till.press("f9")
    manager.reads("PAID")
    till.press("f7")
    till.wait(lambda: "out" if printed(home) == 1 else "", "the ticket")
    assert code_on(counter) == FIRST

    counter.scanner.scan(code_on(counter))
    till.wait_for(f"{FIRST}.*5[.,]75")
    till.press("b")
    manager.reads("Why?")
    till.press("1")
    manager.reads("TO PAY BACK")
    till.press("f9")
    manager.reads("PAID BACK")
    assert home.rows("SELECT operation, total FROM sale") == [("sale", 575), ("refund", -320)]

    till.press("ctrl+f")
    manager.reads("Cash: what to do?")
    till.choose("6")
    manager.reads("How many of {amount}?", amount=Amount(50_000))
    manager.counts(of_2000=2, of_1000=3, of_200=1, of_50=1, of_5=1)
    manager.reads("Counted {counted}, as expected", counted=Amount(7255))
    till.choose("1")
    till.wait(lambda: str(home.rows("SELECT left_in FROM shift")[0][0] or ""), "the shift's end")

    manager.closes()
    for label in LABELS:
        till.wait_for(label)
    assert home.closed() == YEAR_END
    till.wait(lambda: "out" if printed(home) == 1 + len(LABELS) else "", "the closings' papers")
    assert all(label in counter.printer.text() for label in LABELS)
    till.press("escape")
    till.press("escape")
    assert till.quit() == 0
    home.check()


def test_a_power_cut_in_a_closing_is_told_when_the_till_is_opened_again(
    home: Home, open_till: OpenTill
) -> None:
    assert home.play("sign-in 9 9753", f"scan {BREAD}", "cash").code == 0
    words = words_for(home.language)
    till = open_till(size=SMALLEST, dies=Death(COMMIT, "level='month'"))
    manager = Manager(till, words)
    manager.signs_in()
    manager.closes()
    assert till.ended() == -9
    assert home.closed() == YEAR_END[:1]

    again = open_till(size=SMALLEST)
    after = Manager(again, words)
    after.signs_in()
    after.reads("The closing of {day} was cut short; it is finished now.", day=date(2026, 12, 31))
    again.press("enter")
    assert home.closed() == YEAR_END
    assert again.quit() == 0
    home.check()
