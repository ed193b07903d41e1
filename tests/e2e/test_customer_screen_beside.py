"""The till and its customers' screen: two processes on two terminals, each closed and back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from pos.screens.widgets.figures import big
from pos.screens.widgets.letters import lettered_lines
from tests.e2e.conftest import OpenTill
from tests.e2e.home import Home
from tests.e2e.terminal import TillTerminal

BREAD, LOAF = "2400000000013", "2400000000020"
SIZE = (80, 24)
ON = "[devices.customer_screen]\non = true\nkeep_s = 600"


@contextmanager
def screen_of(home: Home) -> Iterator[TillTerminal]:
    screen = TillTerminal(home, "customer-screen", size=SIZE)
    yield screen
    screen.close()


def huge(text: str) -> str:
    """Return a row of an amount in large figures, as it stands on the screen."""
    return big(text, tall=True)[1].strip()


def large(text: str) -> str:
    """Return a row of an amount in the figures of a basket."""
    return big(text, tall=False)[0].strip()


def words(text: str) -> str:
    """Return the second row of the first line of a text in big letters."""
    lines = lettered_lines(text, SIZE[0] - 4)
    assert lines
    return lines[0][1].strip()


def test_customers_read_what_is_scanned_and_their_change_and_nothing_more_when_the_till_is_closed(
    home: Home, open_till: OpenTill
) -> None:
    home.settle(till=ON)
    with screen_of(home) as screen:
        screen.wait_for(words("One moment, please"))
        till = open_till()
        till.sign_in()
        screen.wait_for(words("Welcome"))
        till.wedge(BREAD)
        screen.wait_for("Baguette de tradition +1 +€1.30")
        till.wedge(LOAF)
        screen.wait_for("Pain de campagne tranché")
        screen.wait_for(large("€4.50"))
        screen.press("f9", "2", "0", "enter")
        till.press("2", "0", "f9")
        till.wait_for("CHANGE")
        screen.wait_for(huge("€15.50"))
        assert "Baguette" not in screen.text()
        assert till.quit() == 0
        screen.wait_for(words("One moment, please"))
        assert screen.quit() == 0
    assert len(home.sold()) == 1


def test_a_screen_opened_late_shows_the_open_basket_and_one_that_is_killed_stops_no_sale(
    home: Home, open_till: OpenTill
) -> None:
    home.settle(till=ON)
    till = open_till()
    till.sign_in()
    till.wedge(BREAD)
    till.wait_for("1 Baguette de tradition")
    with screen_of(home) as screen:
        screen.wait_for("Baguette de tradition +1 +€1.30")
        os.kill(screen.pid, signal.SIGKILL)
        till.wedge(LOAF)
        till.wait_for("2 Pain de campagne")
    with screen_of(home) as screen:
        screen.wait_for(large("€4.50"))
        till.kill()
        screen.wait_for(words("One moment, please"))
        again = open_till()
        again.sign_in()
        screen.wait_for("Baguette de tradition")
