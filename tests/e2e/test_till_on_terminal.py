"""The till as a cashier meets it: a real terminal, real wires, paper out of the printer."""

from __future__ import annotations

import re

import pytest
import zxingcpp

from tests.e2e.conftest import Counter, OpenTill
from tests.e2e.home import Home
from tests.e2e.terminal import TillTerminal

BREAD, LOAF, ROLL = "2400000000013", "2400000000020", "2400000000037"
TEN = (
    *(BREAD, LOAF, ROLL, "2400000000044", "2400000000068", "2400000000075", "2400000000082"),
    *("2400000000099", "2400000000105", "2400000000112"),
)
TEN_COST = "31.39"
LABEL = "T01-K1-000001"


def test_a_sale_from_the_scanner_to_the_signed_ticket(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till(as_installed=True)
    till.sign_in()
    till.wait_for("● Printer")
    counter.scanner.scan(BREAD)
    till.wait_for("1 Baguette de tradition")
    assert home.rows("SELECT count(*) FROM draft_step") == [(1,)]
    counter.scanner.scan(LOAF)
    till.wait_for("2 Pain de campagne")
    assert home.rows("SELECT count(*) FROM draft_step") == [(2,)]
    till.press("f9")
    till.wait_for("PAID")
    till.wait(lambda: "kicked" if counter.printer.pulses else "", "the drawer's pulse")
    till.wait(lambda: "€4.50" if "4.50" in str(counter.display.lines) else "", "the display")
    assert home.sold() == [LABEL]
    assert home.rows("SELECT count(*) FROM draft_step") == [(0,)]
    till.press("f7")
    till.wait(lambda: _whole(counter, LABEL), "the ticket")
    assert till.quit() == 0
    text = counter.printer.text()
    for part in ("SIRET 99999999800019", "Baguette de tradition", "€4.50", "ORIGINAL", LABEL):
        assert part in text
    assert LABEL in [code.text for code in zxingcpp.read_barcodes(counter.printer.picture())]
    assert not counter.printer.errors
    assert not counter.display.errors
    assert home.rows("SELECT state FROM print_job") == [("confirmed",)]
    home.check()


def _whole(counter: Counter, label: str) -> str:
    """The ticket's last line, once it is out."""
    text = counter.printer.text()
    return "Thank you" if label in text and "Thank you" in text else ""


@pytest.mark.parametrize("way", ["serial", "wedge"])
def test_ten_codes_with_no_pause_between_them_all_arrive_in_order(
    home: Home, counter: Counter, open_till: OpenTill, way: str
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Scanner")
    if way == "serial":
        counter.scanner.send("".join(f"{code}\r" for code in TEN).encode())
    else:
        till.wedge(*TEN)
    till.wait_for("TOTAL · 10 lines")
    till.wait_for("10 Confiture de châtaignes")
    till.press("f9")
    till.wait_for(rf"Total €{TEN_COST}")
    codes = home.rows("SELECT code FROM sale_line ORDER BY n")
    assert [code for (code,) in codes] == [f"0{code}" for code in TEN]
    assert till.quit() == 0
    home.check()


def test_a_wedge_scan_is_kept_and_never_typed_into_a_quantity_that_is_asked(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("1 Baguette")
    till.press("\x1bOR")  # F3 asks for the quantity
    till.wait_for("Quantity of")
    till.wedge(LOAF)
    till.wait_for("1 scan waits")
    assert not re.search(r"Quantity of .*\d", till.text())
    till.press("escape")
    till.wait_for("2 Pain de campagne")
    assert home.rows("SELECT count(*) FROM draft_step") == [(2,)]


def test_a_wrong_check_digit_is_refused_in_a_sentence_and_adds_no_line(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Scanner")
    counter.scanner.scan("2400000000014")
    till.wait_for("2400000000014 has a wrong check digit")
    till.wedge("2400000000014")
    counter.scanner.scan(BREAD)
    till.wait_for("1 Baguette")
    assert home.rows("SELECT count(*) FROM draft_step") == [(1,)]


def sell_and_ask_for_paper(till: TillTerminal, counter: Counter) -> None:
    counter.scanner.scan(BREAD)
    till.wait_for("1 Baguette")
    till.press("f9")
    till.wait_for("PAID")
    till.press("f7")
    till.wait_for("The ticket goes to the printer")


def test_a_printer_without_its_cable_stops_nobody_and_prints_when_it_is_back(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Printer")
    counter.printer.unplug()
    till.wait_for("Printer not connected")
    sell_and_ask_for_paper(till, counter)
    counter.scanner.scan(LOAF)
    till.wait_for("1 Pain de campagne")
    counter.printer.replug()
    till.wait(lambda: _whole(counter, LABEL), "the ticket")
    till.wait_for("● Printer")
    assert counter.printer.text().count("Thank you") == 1
    assert till.quit() == 0
    assert home.rows("SELECT state FROM print_job") == [("confirmed",)]


def test_a_mute_printer_stops_nobody_and_prints_when_it_speaks_again(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    counter.printer.mute = True
    till = open_till()
    till.sign_in()
    till.wait_for("Printer does not answer")
    sell_and_ask_for_paper(till, counter)
    counter.scanner.scan(LOAF)
    till.wait_for("1 Pain de campagne")
    counter.printer.mute = False
    till.wait(lambda: _whole(counter, LABEL), "the ticket")
    till.wait_for("● Printer")
    assert till.quit() == 0
    assert home.rows("SELECT state FROM print_job") == [("confirmed",)]


def test_a_roll_near_its_end_still_prints(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    counter.printer.warn_low()
    till = open_till()
    till.sign_in()
    till.wait_for("Printer paper low")
    sell_and_ask_for_paper(till, counter)
    till.wait(lambda: _whole(counter, LABEL), "the ticket")


def test_paper_that_is_out_is_said_and_the_ticket_comes_with_the_new_roll(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Printer")
    counter.printer.run_out()
    till.wait_for("Printer no paper")
    sell_and_ask_for_paper(till, counter)
    counter.scanner.scan(LOAF)
    till.wait_for("1 Pain de campagne")
    counter.printer.load_paper()
    till.wait(lambda: _whole(counter, LABEL), "the ticket")
    assert counter.printer.text().count("Thank you") == 1


def test_a_scanner_that_is_pulled_out_and_put_back_scans_again(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Scanner")
    counter.scanner.scan(BREAD)
    till.wait_for("1 Baguette")
    counter.scanner.unplug()
    till.wait_for("Scanner not connected")
    till.wedge(LOAF)
    till.wait_for("2 Pain de campagne")
    counter.scanner.replug()
    till.wait_for("● Scanner")
    counter.scanner.scan(ROLL)
    till.wait_for("3 Croissant")
    till.press("f9")
    till.wait_for("Total €5.75")
