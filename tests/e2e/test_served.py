"""The till in a browser on a tablet: signed in, touched, one at a time, no page of another site."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, WebSocket

from pos.main.demo import PEOPLE
from pos.screens.kiosk.board import PAD
from tests import browser
from tests.e2e.home import LONG_S, Home
from tests.e2e.test_kiosk_on_terminal import KIOSK, tell
from tests.orders import CODE, as_ready, order

CENTRE = '[centre]\nurl = "https://127.0.0.1:9"\nenabled = false'
TABS, FIRST, SECOND = 1, 3, 4
"""The rows of the lists' names, and of the first line of a list; an order has one row more."""


@contextmanager
def serving(home: Home, *argv: str) -> Iterator[str]:
    """Serve a till or kiosk, or what else `argv` names; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pos.main", "serve", "--port", "0", *argv],
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


@pytest.fixture
def served(home: Home) -> Iterator[str]:
    """The address of a served till."""
    with serving(home) as url:
        yield url


@dataclass
class Glass:
    """The page of a till, and a finger: it touches cells of the till, or the keys below it."""

    page: Page
    size: tuple[int, int] = (0, 0)
    """Columns and rows, as the page last told the till."""

    elsewhere: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note how large the till is, and what the page asks for."""
        self.page.on("websocket", self._opened)
        self.page.on("request", lambda one: self.elsewhere.append(one.url))

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)

    def _sent(self, text: str | bytes) -> None:
        told = json.loads(text)
        if told[0] == "resize":
            self.size = told[1]["width"], told[1]["height"]

    async def touch(self, column: int, row: int) -> None:
        """Touch a cell; rows below 0 count from the foot."""
        box = await self.page.locator(".xterm-screen").bounding_box()
        assert box is not None
        columns, rows = self.size
        x = box["x"] + (column + 0.5) * box["width"] / columns
        y = box["y"] + (row % rows + 0.5) * box["height"] / rows
        await self.page.touchscreen.tap(x, y)
        await self.page.wait_for_timeout(300)

    async def keys(self, *names: str) -> None:
        """Touch keys below the till, as quickly as a finger does: what comes faster is a scan."""
        for name in names:
            await self.page.locator(f'#keys button >> text="{name}"').tap()
            await self.page.wait_for_timeout(150)
        await self.page.wait_for_timeout(300)


@asynccontextmanager
async def opened(tablet: BrowserContext, url: str, home: Home) -> AsyncIterator[Glass]:
    """Open a till's page; closed at the end."""
    starts = home.kinds().count("till.started") if home.database.exists() else 0
    glass = Glass(await tablet.new_page())
    glass.watch()
    await glass.page.goto(url)
    await glass.page.wait_for_selector("body.-first-byte")
    await until(lambda: home.kinds().count("till.started") > starts)
    await glass.page.wait_for_timeout(1_000)
    yield glass
    await glass.page.close()


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def test_a_tablet_signs_in_and_is_touched_and_a_second_one_is_told(
    home: Home, served: str
) -> None:
    person, pin = PEOPLE[0]
    async with browser.tablet() as tablet:
        async with opened(tablet, served, home) as glass:
            await glass.keys(*person.number, "⏎", *pin, "⏎")
            await until(lambda: "staff.signed_in" in home.kinds())
            assert not [
                one for one in glass.elsewhere if not one.startswith((served, "data:", "ws:"))
            ]
            second = await tablet.new_page()
            await second.goto(served)
            assert await second.get_by_text("open in another browser").is_visible()
            await second.close()
            await glass.touch(glass.size[0] - 8, -2)  # F12, the last key of the foot
            await glass.keys("↓", "⏎", *PEOPLE[1][1], "⏎")
            await until(lambda: home.kinds().count("staff.signed_in") == 2)
        async with opened(tablet, served, home) as again:
            assert await again.page.locator("#keys").is_visible()


async def test_a_clerk_picks_shelves_and_hands_over_by_touch_alone(home: Home) -> None:
    home.settle(till=CENTRE)
    tell(home, order())
    clerk, pin = PEOPLE[2]
    with serving(home) as url:
        async with browser.tablet() as tablet, opened(tablet, url, home) as glass:
            await glass.keys(*clerk.number, "⏎", *pin, "⏎", "Orders")
            await glass.touch(30, FIRST)
            await glass.touch(6, -5)  # Enter, the first key of the foot: the order is taken on
            await until(lambda: "order.accepted" in home.kinds())
            await glass.keys("2", "⏎")
            await glass.touch(30, SECOND + 1)
            await glass.keys("1", "⏎")
            await until(lambda: home.kinds().count("order.picked") == 2)
            picked = [(one["line"], one["quantity"]) for one in home.entries("order.picked")]
            assert picked == [(1, 2_000), (2, 1_000)]
            await glass.touch(6, -5)
            before = glass.size[1]
            await glass.keys("ABC", "A", "3", "⏎", "1", "⏎", "ABC")
            assert glass.size[1] == before >= 24
            await until(lambda: "order.ready" in home.kinds())
            (ready,) = home.entries("order.ready")
            assert (ready["shelf"], ready["bags"]) == ("A3", 1)
            await glass.touch(20, TABS)
            await glass.touch(30, FIRST)
            await glass.keys("ABC", *CODE, "⏎", "⏎")
            await until(lambda: "order.handed_over" in home.kinds())
            (handed,) = home.entries("order.handed_over")
            assert (handed["method"], handed["outcome"]) == ("code", "offline")


@pytest.fixture
def kiosk(tmp_path: Path) -> Home:
    """A kiosk's folder, with an order that is ready."""
    made = Home(tmp_path / "kiosk", name="B01")
    made.settle(till=KIOSK)
    tell(made, as_ready(order()))
    return made


async def test_a_kiosk_is_a_page_too_and_a_customer_touches_a_code(kiosk: Home) -> None:
    with serving(kiosk) as url:
        async with browser.tablet() as tablet, opened(tablet, url, kiosk) as glass:
            assert await glass.page.locator("#keys").count() == 0
            assert await glass.page.title() == "Comptoir"
            columns, rows = glass.size
            assert columns >= 80
            assert rows >= 24
            for character in CODE:
                await glass.touch(*_of_pad(character, columns, rows))
            await glass.touch(*_of_pad("", columns, rows))
            await until(lambda: "order.called" in kiosk.kinds())
    (called,) = kiosk.entries("order.called")
    assert (called["staff"], called["queue"]) == ("", 1)
    assert kiosk.kinds()[-1] == "till.stopped"


def _of_pad(character: str, columns: int, rows: int) -> tuple[int, int]:
    """Return the cell of a key of the kiosk: a character's, or for none that of OK."""
    line = next(n for n, row in enumerate(PAD) if character in row) if character else len(PAD) - 1
    place = PAD[line].index(character) if character else len(PAD[line])
    room = (columns - 4) // (len(PAD[0]) + 2)
    start = (columns - room * (len(PAD[0]) + 2)) // 2
    each = 3 if rows >= 40 else 2
    return start + place * room + room // 2, rows - 1 - each * (len(PAD) - line)


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
