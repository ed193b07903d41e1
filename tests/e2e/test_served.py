"""The till in a browser on a tablet: signed in, touched, one at a time, no page of another site."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.async_api import Page

from pos.main.demo import PEOPLE
from tests import browser
from tests.e2e.home import LONG_S, Home

CASHIER, SECOND_PERSON = (920, 748), (100, 473)
"""Where a finger finds the key, and a line of the list it opens, on a tablet's screen."""


@pytest.fixture
def served(home: Home) -> Iterator[str]:
    """The address of a served till."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pos.main", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=home.environ(),
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        assert process.wait(LONG_S) == 0
        process.stdout.close()


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def type_slowly(page: Page, text: str) -> None:
    """Type as a person does: what comes faster is a scan."""
    for char in text:
        await page.keyboard.press(char)
        await page.wait_for_timeout(150)
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(300)


async def test_a_tablet_signs_in_and_is_touched_and_a_second_one_is_told(
    home: Home, served: str
) -> None:
    person, pin = PEOPLE[0]
    async with browser.tablet() as tablet:
        page = await tablet.new_page()
        elsewhere: list[str] = []
        page.on("request", lambda one: elsewhere.append(one.url))
        await page.goto(served)
        await until(lambda: "till.started" in home.kinds())
        await page.wait_for_selector("body.-first-byte")
        await page.wait_for_timeout(1_000)
        await page.touchscreen.tap(500, 300)
        await type_slowly(page, person.number)
        await type_slowly(page, pin)
        await until(lambda: "staff.signed_in" in home.kinds())
        assert not [one for one in elsewhere if not one.startswith((served, "data:", "ws:"))]
        second = await tablet.new_page()
        await second.goto(served)
        assert await second.get_by_text("open in another browser").is_visible()
        await page.touchscreen.tap(*CASHIER)
        await page.wait_for_timeout(1_000)
        await page.touchscreen.tap(*SECOND_PERSON)
        await page.wait_for_timeout(1_000)
        await type_slowly(page, PEOPLE[1][1])
        await until(lambda: home.kinds().count("staff.signed_in") == 2)
        await page.close()
        await until(lambda: home.kinds().count("till.started") == 2)


async def test_a_page_of_another_site_opens_nothing(home: Home, served: str) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    async with httpx.AsyncClient(base_url=served) as client:
        for origin in ({}, {"Origin": "http://elsewhere.example"}):
            told = await client.get("/ws?width=80&height=24", headers={**upgrade, **origin})
            assert told.status_code == 403
    assert "till.started" not in home.kinds()


def test_other_machines_need_a_proxy_that_speaks_tls(home: Home) -> None:
    done = home.command("serve", "--host", "0.0.0.0", "--port", "0")
    assert (done.code, "TLS" in done.err) == (1, True)
