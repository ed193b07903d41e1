"""The customers' screen in a browser: it shows what is sold at the till, and outlives the till."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

from playwright.async_api import Page

from pos.screens.widgets.figures import big
from pos.screens.widgets.letters import lettered_lines
from tests import browser
from tests.e2e.conftest import OpenTill
from tests.e2e.home import LONG_S, Home
from tests.e2e.test_customer_screen_beside import BREAD, LOAF, ON
from tests.e2e.test_served import serving

_CATCH = """
Object.defineProperty(Object.prototype, "bufferedBytes", {configurable: true, set(value) {
  delete Object.prototype.bufferedBytes;
  this.bufferedBytes = value;
  window.seen = this.terminal;
}});
"""
"""Keeps the page's terminal, by a name that it gives to something of its own."""

_TEXT = """() => {
  const buffer = window.seen.buffer.active, rows = [];
  for (let n = 0; n < buffer.length; n++) rows.push(buffer.getLine(n).translateToString(true));
  return rows.join("\\n");
}"""


async def shows(page: Page, wanted: Callable[[int], str]) -> str:
    """Wait until the terminal of the page shows a text, which may depend on its columns."""
    end = time.monotonic() + LONG_S
    pattern = wanted(await page.evaluate("() => window.seen.cols"))
    while not re.search(pattern, text := str(await page.evaluate(_TEXT))):
        assert time.monotonic() < end, f"never saw {pattern} in\n{text}"
        await asyncio.sleep(0.05)
    return text


def words(text: str) -> Callable[[int], str]:
    """Return the second row of a text in big letters, as wide as there is room."""

    def row(columns: int) -> str:
        lines = lettered_lines(text, columns - 4)
        assert lines
        return re.escape(lines[0][1].strip())

    return row


def amount(text: str) -> Callable[[int], str]:
    return lambda _: re.escape(big(text, tall=True)[1].strip())


async def test_a_browser_shows_lines_total_and_change_and_comes_back_with_the_till(
    home: Home, open_till: OpenTill
) -> None:
    home.settle(till=ON)
    with serving(home, "--customer-screen") as url:
        async with browser.tablet() as context:
            page = await context.new_page()
            await page.add_init_script(_CATCH)
            await page.goto(url)
            await page.wait_for_selector("body.-first-byte")
            assert await page.locator("#keys").count() == 0
            await shows(page, words("One moment, please"))
            till = await asyncio.to_thread(open_till)
            await asyncio.to_thread(till.sign_in)
            await shows(page, words("Welcome"))
            till.wedge(BREAD, LOAF)
            text = await shows(page, amount("€4.50"))
            assert re.search("Baguette de tradition +1 +€1.30", text)
            assert "Pain de campagne tranché" in text
            till.kill()
            await shows(page, words("One moment, please"))
            till = await asyncio.to_thread(open_till)
            await asyncio.to_thread(till.sign_in)
            await shows(page, amount("€4.50"))
            till.press("2", "0", "f9")
            text = await shows(page, amount("€15.50"))
            assert "Baguette" not in text
            assert await asyncio.to_thread(till.quit) == 0
            await shows(page, words("One moment, please"))
    assert len(home.sold()) == 1
