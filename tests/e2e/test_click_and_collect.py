"""From the order on the web to the bag in the hand: a customer's browser, a centre, a till."""

from __future__ import annotations

import asyncio
import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from pos.domain.pickup_pass import opened as read_pass
from pos.main.demo import CATALOGUE, SETTINGS
from pos.main.demo_cable import Cable
from pos.main.demo_centre import opening_stock
from pos.store.mirror_facts import FILE as CENTRE_FILE
from tests import browser
from tests.central.postbox import Postbox, postbox
from tests.central.serving import Process, process
from tests.central.test_central_command import run
from tests.e2e.conftest import Counter, OpenTill
from tests.e2e.home import LONG_S, Home
from tests.e2e.terminal import TillTerminal

BREAD, LOAF, ROLL = "2400000000013", "2400000000020", "2400000000037"
CUSTOMER = "ada@example.org"


@dataclass
class Web:
    """A centre with a shop window, and the way to it, which stays when the centre is stopped."""

    folder: Path
    cable: Cable
    post: Postbox
    running: ExitStack = field(default_factory=ExitStack)
    process: Process | None = None

    def open(self) -> None:
        """Start the centre."""
        mail = {"host": "127.0.0.1", "port": self.post.port, "security": "none"}
        self.process = self.running.enter_context(
            process(
                self.folder,
                asked="demo-shop",
                COMPTOIR_CENTRE_MAIL=json.dumps(mail),
                COMPTOIR_CENTRE_PUBLIC_URL=self.cable.url,
            )
        )
        self.cable.target = int(self.process.url.rpartition(":")[2])

    def stop(self) -> None:
        """Stop the centre, and its PostgreSQL with it."""
        process, self.process = self.process, None
        assert process is None or process.end() == 0

    def ask(self, *asked: str) -> str:
        """Ask the office of the centre; return what it says."""
        done = run(self.folder, *asked)
        assert done.code == 0, done.err
        return done.out

    def letter(self, subject: str) -> EmailMessage:
        """Return the letter to the customer with this subject, when it has come."""
        end = time.monotonic() + LONG_S
        while True:
            found = [one for one in self.post.of(CUSTOMER) if subject in str(one["Subject"])]
            if found:
                return found[0]
            assert time.monotonic() < end, f"no letter “{subject}”"
            time.sleep(0.05)

    def state(self, order: str) -> str:
        """Return the state of an order as the office reads it."""
        told, _ = json.JSONDecoder().raw_decode(self.ask("orders", "show", order))
        return str(told["state"])


def stock_of(web: Web, sku: str) -> list[str]:
    """Return what the office reads of an article: for sale, picked, promised."""
    return web.ask("stock", "list", "S001", "--article", sku).split()[1:4]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """A centre with one store, which has 24 of each article of the demonstration."""
    folder, cable = tmp_path / "centre", Cable(0)
    with postbox() as post, ExitStack() as running:
        made = Web(folder, cable, post, running)
        made.ask("init", "--name", "essai")
        made.open()
        try:
            made.ask("store", "add", "S001", "Au coin")
            made.ask("catalogue", "import", str(CATALOGUE), "--settings", str(SETTINGS))
            made.ask("stock", "import", "S001", str(opening_stock(tmp_path)))
            yield made
        finally:
            made.stop()
    cable.close()


async def orders(web: Web) -> str:
    """Order two articles in the shop window, to be paid online; return the order's page."""
    async with browser.phone() as page:
        await page.goto(f"{web.cable.url}/shop?l=en")
        for name in ("Baguette de tradition", "Pain de campagne", "Baguette de tradition"):
            await page.get_by_role("link", name="The shop").click()
            await page.get_by_label("Find an article").fill(name)
            await page.keyboard.press("Enter")
            await page.get_by_role("link", name=name).click()
            await page.get_by_role("link", name="Add to the basket").click()
        await page.get_by_label("Your name").fill("Ada")
        await page.get_by_label("Your e-mail address").fill(CUSTOMER)
        await page.get_by_label("How you pay").select_option("paid_online")
        await page.get_by_role("button", name="Order").click()
        assert await page.get_by_role("heading", name="We have your order").is_visible()
        return page.url


async def shown_pass(url: str) -> str:
    """Open the page of an order; return what the code in its picture says."""
    async with browser.phone() as page:
        await page.goto(url)
        assert await page.get_by_role("heading", name="Your order is ready").is_visible()
        picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)


async def until_read(url: str, heading: str) -> str:
    """Look at the page of an order until it says so; return its text."""
    async with browser.phone() as page, asyncio.timeout(LONG_S):
        while True:
            await page.goto(url)
            if await page.get_by_role("heading", name=heading).is_visible():
                return await page.locator("main").inner_text()
            await asyncio.sleep(0.2)


def customer_reads(web: Web) -> tuple[str, str]:
    """Read the letter of an order that is ready; return its link, and the pass behind it."""
    body = web.letter("is ready").get_body(("plain",))
    assert body is not None
    (link,) = re.findall(rf"{web.cable.url}/o/\S+", body.get_content())
    return link, asyncio.run(shown_pass(link))


def picks(till: TillTerminal, counter: Counter) -> None:
    """Pick the order on top of the list by scanning, and pack it."""
    till.press("ctrl+g")
    till.wait_for("Ada")
    till.press("enter")
    till.wait_for("0 of 2 lines are done")
    counter.scanner.scan(ROLL)
    till.wait_for("is not of order")
    counter.scanner.scan(BREAD)
    till.wait_for("1 of 2")
    counter.scanner.scan(BREAD)
    till.wait_for("2 of 2")
    counter.scanner.scan(LOAF)
    till.wait_for("All is picked")
    till.press("enter")
    till.wait_for("On which shelf")
    counter.scanner.scan("A3")
    till.wait_for("In how many bags")
    till.press("enter")
    till.wait_for("is ready on A3; its customer is told")


def says_so_at_the_kiosk(web: Web, folder: Path, scan: str, till: TillTerminal) -> None:
    """Scan the pass at a kiosk of the store; the clerk sees who waits, and with which number."""
    kiosk = Home(folder)
    kiosk.settle(till='kind = "kiosk"')
    settings = folder / "config.toml"
    settings.write_text(settings.read_text("utf-8").replace('"T01"', '"B01"'), "utf-8")
    code = web.ask("enrol-code", "S001-B01").split()[0]
    assert kiosk.command("enrol", code, "--url", web.cable.url).code == 0
    screen = TillTerminal(kiosk, "kiosk", "--may-close")
    try:
        screen.wait_for("or type its 8 characters")
        known = "SELECT count(*) FROM thing WHERE kind IN ('order', 'pass_key', 'store')"
        screen.wait(
            lambda: "all" if kiosk.rows(known, file=CENTRE_FILE) == [(3,)] else "", "orders"
        )
        screen.wedge(scan)
        screen.wait_for("you are number B1-1")
        till.press("\t")
        till.wait_for(r"● No\. B1-1 · \d+ min")
        assert screen.quit() == 0
    finally:
        screen.close()
    (called,) = kiosk.entries("order.called")
    assert called["staff"] == ""


def test_an_order_from_the_web_is_picked_and_handed_over_once_though_the_centre_is_away(
    web: Web, home: Home, counter: Counter, open_till: OpenTill, tmp_path: Path
) -> None:
    code = web.ask("enrol-code", "S001-T01").split()[0]
    assert home.command("enrol", code, "--url", web.cable.url).code == 0
    till = open_till()
    till.sign_in("3", "3690")
    till.wait_for("● Network")
    page = asyncio.run(orders(web))
    till.wait_for("1 new order")
    web.letter("We have your order")
    picks(till, counter)
    link, scan = customer_reads(web)
    assert link == page
    order = f"S001.{read_pass(scan).claims.order}"
    assert web.state(order) == "ready"
    says_so_at_the_kiosk(web, tmp_path / "kiosk", scan, till)

    web.stop()
    counter.scanner.scan(scan)
    till.wait_for("G O O D   P A S S")
    till.press("enter")
    till.wait_for("H A N D E D   O V E R")
    till.press("enter")
    till.wait_for("To collect 0")
    counter.scanner.scan(scan)
    till.wait_for("A L R E A D Y   C O L L E C T E D")
    till.wait_for("here, from Retrait")
    (handed,) = home.entries("order.handed_over")
    assert (handed["outcome"], handed["risk"]) == ("offline", "policy")
    assert handed["claim"]

    web.open()
    told = asyncio.run(until_read(page, "You have your order"))
    assert "Collected ✓" in told
    web.letter("was handed over")
    assert web.state(order) == "handed_over"
    assert web.ask("conflicts", "list") == ""
    assert stock_of(web, "BOU-01") == ["22", "0", "0"]
    till.wait_for(r"● Network .* 0 unsent")
    assert till.quit() == 0
    paper = counter.printer.text()
    assert ("PICKUP SLIP" in paper, "You may withdraw until" in paper) == (True, True)
    assert "€" not in paper
    assert home.sold() == []
    home.check()
