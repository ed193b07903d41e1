"""Power cuts, full disks and locked files, as the person at the screen sees them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.child import FILL, FREE
from tests.e2e.conftest import Counter, OpenTill
from tests.e2e.home import Home
from tests.e2e.terminal import TillTerminal

BREAD, LOAF, ROLL = "2400000000013", "2400000000020", "2400000000037"
KETTLE = "2400000000464"


def test_a_power_cut_in_a_basket_loses_no_line_that_was_shown(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(KETTLE)
    till.wait_for("1 Bouilloire")
    till.press("f5")
    till.wait_for(r"Recall \(1\)")
    till.wedge(BREAD, LOAF, ROLL)
    till.wait_for("3 Croissant")
    till.kill()
    again = open_till()
    again.sign_in()
    again.wait_for("TOTAL · 3 lines")
    again.wait_for(r"Recall \(1\)")
    again.press("f9")
    again.wait_for("Total €5.75")
    again.press("f6")
    again.wait_for("1 Bouilloire")
    assert again.quit() == 0
    home.check()


def test_a_power_cut_in_a_card_payment_asks_what_the_terminal_said(
    home: Home, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("1 Baguette")
    till.press("f10")
    till.wait_for("what does the terminal say")
    till.kill()
    again = open_till()
    again.wait_for("Who sells?")
    again.press("1", "enter")
    again.wait_for("PIN of")
    again.type_slowly("1357", lambda count: "PIN of .* " + "•" * count + r"(?!•)")
    again.press("enter")
    again.wait_for(r"Card €1\.30: what does the terminal say")
    again.press("1")
    again.wait_for("PAID")
    assert home.rows("SELECT method, amount FROM sale_tender") == [("card", 130)]
    assert again.quit() == 0
    home.check()


def test_a_power_cut_in_a_ticket_asks_whether_it_came_out(
    home: Home, counter: Counter, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wait_for("● Printer")
    counter.printer.bytes_per_s = 400
    till.wedge(KETTLE)
    till.wait_for("1 Bouilloire")
    till.press("f9")
    till.wait(lambda: "some" if "SIRET" in counter.printer.text() else "", "some of the ticket")
    till.kill()
    counter.printer.bytes_per_s = 0
    again = open_till()
    again.sign_in()
    again.wait_for("Did ticket T01-K1-000001 come out of the printer")
    again.press("1")
    again.wait_gone("Did ticket")
    assert home.rows("SELECT state FROM print_job") == [("confirmed",)]
    assert counter.printer.text().count("SIRET") == 1
    assert again.quit() == 0
    home.check()


def scan_until_refused(home: Home, till: TillTerminal, sentence: str) -> int:
    """Scan until the till says the sentence; return how many lines are safe."""
    for _ in range(300):
        before = home.rows("SELECT count(*) FROM draft_step")[0][0]
        till.wedge(BREAD)
        seen = till.wait_for(rf"{sentence}|TOTAL · {before + 1} line")
        if "TOTAL" not in seen:
            return int(home.rows("SELECT count(*) FROM draft_step")[0][0])
    raise AssertionError(f"never refused: {till.text()}")


def goes_on(home: Home, till: TillTerminal, lines: int) -> None:
    """The same gesture is taken now, and the sale can be finished."""
    till.wedge(BREAD)
    till.wait_for(rf"TOTAL · {lines + 1} line")
    till.press("f9")
    till.wait_for("PAID")
    assert till.quit() == 0
    assert home.rows("SELECT total FROM sale") == [(130 * (lines + 1),)]
    home.check()


def test_a_full_disk_refuses_in_one_sentence_and_the_same_scan_is_taken_later(
    home: Home, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("TOTAL · 1 line")
    os.kill(till.pid, FILL)
    lines = scan_until_refused(home, till, "The disk is full")
    assert "Traceback" not in till.text()
    os.kill(till.pid, FREE)
    goes_on(home, till, lines)


def test_a_disk_that_refuses_to_write_is_said_and_the_same_scan_is_taken_later(
    home: Home, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("TOTAL · 1 line")
    written = home.database.with_name("till.db-wal").stat().st_size
    before = resource.prlimit(till.pid, resource.RLIMIT_FSIZE, (written, -1))
    lines = scan_until_refused(home, till, "The disk refused")
    assert lines == 1
    resource.prlimit(till.pid, resource.RLIMIT_FSIZE, before)
    goes_on(home, till, lines)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the write lock of a database from another process."""
    holds = (
        "import sys; from pysqlite3 import dbapi2 as d; c = d.connect(sys.argv[1]);"
        "c.isolation_level = None; c.execute('BEGIN IMMEDIATE'); print('held', flush=True);"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()


def test_a_file_locked_by_another_program_is_said_and_the_same_gesture_works_after(
    home: Home, open_till: OpenTill
) -> None:
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("TOTAL · 1 line")
    with locked(home.database):
        till.wedge(LOAF)
        till.wait_for("Another program keeps")
        till.press("f9")
        till.wait_for("TOTAL · 1 line")
    till.press("f9")
    till.wait_for("PAID")
    assert till.quit() == 0
    assert home.rows("SELECT total FROM sale") == [(130,)]
    home.check()
