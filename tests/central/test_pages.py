"""What customers see, in a real browser at the size of a phone: the shop window, their order."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Literal

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page

from pos.domain.events.orders import OrderAccepted, OrderPicked, OrderReady, OrderShort
from pos.domain.pickup_pass import opened as read_pass
from pos.domain.pickup_pass import shown_code
from pos.journal.signing import verify
from sync.central import claims, numbers, stores
from sync.central.engine import Centre
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.settings import Secrets
from sync.central.stores import StoreFacts
from sync.protocol import Claim
from tests import browser
from tests.central.conftest import Databases
from tests.central.ordering import placed, stocked
from tests.central.serving import Process, make_centre, process
from tests.central.tills import NOON, ScriptedTill

_STORES = count(1)


@pytest.fixture(scope="module")
def shop(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Process, str]]:
    """A process with a shop window, and the URL of its database."""
    folder, url = tmp_path_factory.mktemp("shop"), asyncio.run(databases.new())
    make_centre(folder, url)
    with process(folder, COMPTOIR_CENTRE_DEMO_SHOP="true") as running:
        yield running, url


@pytest.fixture
async def centre(shop: tuple[Process, str]) -> Centre:
    """The centre of the shop window."""
    return Centre.of([shop[1]])


@pytest.fixture
async def store(shop: tuple[Process, str], centre: Centre) -> str:
    """A store of its own for each test."""
    name = f"S{next(_STORES):03d}"
    await stores.put(centre, StoreFacts(name, f"Lyon {name}", "Europe/Paris", "FR"), NOON)
    await numbers.tell(centre, Secrets.of(shop[0].folder).passes, NOON)
    return name


async def ready(centre: Centre, till: ScriptedTill, held: Held) -> None:
    name = held.order.order
    till.record(OrderAccepted(order=name, staff="2"))
    for line in held.order.lines:
        till.record(
            OrderPicked(order=name, staff="2", line=line.n, sku=line.sku, quantity=line.quantity)
        )
    till.record(OrderReady(order=name, staff="2", shelf="A3", bags=1))
    await till.push(centre)


async def is_in_view(page: Page) -> bool:
    """Whether nothing is wider than the phone."""
    whole = await page.locator("html").bounding_box()
    assert whole is not None
    return whole["width"] <= browser.PHONE["width"]


async def test_an_order_from_the_shop_window_to_its_page(
    shop: tuple[Process, str], centre: Centre, store: str
) -> None:
    till = await stocked(centre, {"bread": 50, "jam": 1}, store, heard=False)
    await till.push(centre, now=datetime.now(UTC))
    async with browser.phone() as page:
        await page.goto(f"{shop[0].url}/shop?l=en")
        await page.get_by_role("link", name="Confiture").click()
        assert await page.get_by_role("cell", name=f"Lyon {store}").is_visible()
        await page.get_by_role("link", name="Add to the basket").click()
        await page.get_by_label("Your name").fill("Ada <b>&")
        await page.get_by_label("Your e-mail address").fill("ada@example.org")
        await page.get_by_label("Shop where you collect it").select_option(store)
        await page.get_by_label("How you pay").select_option("pay_at_pickup")
        await page.get_by_role("button", name="Order").click()
        assert await page.get_by_role("heading", name="We have your order").is_visible()
        assert await is_in_view(page)
        held = await placing.order_by_token(centre, page.url.rpartition("/")[2])
        assert held is not None
        assert (held.order.name, held.email, held.order.total) == (
            "Ada <b>&",
            "ada@example.org",
            320,
        )
        # the last piece is gone
        await page.goto(f"{shop[0].url}/shop/basket?l=en&b=jam:1")
        await page.get_by_label("Shop where you collect it").select_option(store)
        await page.get_by_label("Your name").fill("Bob")
        await page.get_by_label("Your e-mail address").fill("bob@example.org")
        await page.get_by_role("button", name="Order").click()
        assert "not enough" in await page.get_by_role("alert").inner_text()
        assert await page.get_by_label("Your name").input_value() == "Bob"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pass_on_the_page_is_read_from_a_picture_of_the_screen(
    shop: tuple[Process, str], centre: Centre, store: str, scheme: Literal["light", "dark"]
) -> None:
    till = await stocked(centre, {"bread": 50}, store)
    customer = {"name": "Ada", "email": "ada@example.org", "language": "en"}
    held = await placed(centre, {"bread": 2_000}, store=store, customer=customer)
    await ready(centre, till, held)
    async with browser.phone(scheme) as page:
        await page.goto(f"{shop[0].url}/o/{held.token}")
        assert await page.get_by_role("heading", name="Your order is ready").is_visible()
        assert shown_code(held.code) in await page.locator(".code").inner_text()
        assert await is_in_view(page)
        picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
        (code,) = zxingcpp.read_barcodes(picture)
        made = read_pass(code.text)
        assert made.claims.order == held.order.order
        own = Secrets.of(shop[0].folder).key.public_key
        assert verify(own, made.signature, made.signed)
        await page.get_by_role("button", name="I am outside").click()
        assert await page.get_by_text("The shop knows that you are there.").is_visible()
        assert not await page.get_by_role("button", name="I am outside").count()
    found = await placing.order_by_token(centre, held.token)
    assert found is not None
    assert found.order.here_at


async def test_a_customer_cancels_once_and_after_a_question(
    shop: tuple[Process, str], centre: Centre, store: str
) -> None:
    await stocked(centre, {"bread": 50}, store)
    held = await placed(centre, {"bread": 1_000}, store=store)
    async with browser.phone() as page:
        await page.goto(f"{shop[0].url}/o/{held.token}")
        await page.locator("button.end").click()
        assert page.url.partition("?")[0].endswith("/cancel")
        await page.locator("button.end").click()
        assert page.url.endswith(held.token)
        assert not await page.locator("button").count()
    found = await placing.order_by_token(centre, held.token)
    assert found is not None
    assert found.order.state == "cancelled"


@pytest.mark.parametrize(
    ("contract", "said"),
    [("paid_online", "What you paid comes back."), ("reservation", "You have nothing to pay.")],
)
async def test_who_cancels_is_told_of_money_that_they_paid_and_of_no_other(
    shop: tuple[Process, str], centre: Centre, store: str, contract: str, said: str
) -> None:
    await stocked(centre, {"bread": 50}, store)
    english = {"name": "Ada", "language": "en"}
    held = await placed(centre, {"bread": 1_000}, store=store, contract=contract, customer=english)
    async with httpx.AsyncClient(base_url=shop[0].url) as client:
        asked = (await client.get(f"/o/{held.token}/cancel")).text
    assert f"It will not be prepared any more. {said}" in asked


@pytest.mark.parametrize(
    ("contract", "sums"),
    [
        ("paid_online", ("Total €2.20", "€3.30 paid online", "€1.10 comes back to you")),
        ("pay_at_pickup", ("Total €2.20", "€2.20 to pay at the desk")),
    ],
)
async def test_a_page_names_what_is_paid_in_the_end_where_something_is_short(
    shop: tuple[Process, str], centre: Centre, store: str, contract: str, sums: tuple[str, ...]
) -> None:
    till = await stocked(centre, {"bread": 50}, store)
    english = {"name": "Ada", "language": "en"}
    held = await placed(centre, {"bread": 3_000}, store=store, contract=contract, customer=english)
    name = held.order.order
    till.record(OrderPicked(order=name, staff="2", line=1, sku="bread", quantity=2_000))
    till.record(OrderShort(order=name, staff="2", line=1, reason="stale"))
    till.record(OrderReady(order=name, staff="2", shelf="A3", bags=1))
    await till.push(centre)
    async with httpx.AsyncClient(base_url=shop[0].url) as client:
        shown = (await client.get(f"/o/{held.token}")).text
    assert [one for one in sums if one not in shown] == []
    assert ("€3.30" in shown) == (contract == "paid_online")


async def test_a_page_tells_the_browser_to_keep_nothing_and_run_nothing(
    shop: tuple[Process, str], centre: Centre, store: str
) -> None:
    await stocked(centre, {"bread": 50}, store)
    held = await placed(
        centre, {"bread": 1_000}, store=store, customer={"name": "<script>alert(1)</script>"}
    )
    async with httpx.AsyncClient(base_url=shop[0].url) as client:
        told = await client.get(f"/o/{held.token}")
        nobody = await client.get("/o/S001." + "0" * 26)
        done = [await client.post(f"/o/{held.token}/cancel") for _ in range(2)]
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert "script-src" not in told.headers["content-security-policy"]
    assert told.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in told.text
    assert nobody.status_code == 404
    assert [one.headers["location"] for one in done] == [f"/o/{held.token}"] * 2


async def test_who_cancels_what_is_being_handed_over_is_told_so(
    shop: tuple[Process, str], centre: Centre, store: str
) -> None:
    till = await stocked(centre, {"bread": 50}, store)
    customer = {"name": "Ada", "email": "ada@example.org", "language": "en"}
    held = await placed(centre, {"bread": 1_000}, store=store, customer=customer)
    await ready(centre, till, held)
    claim = Claim(claim=f"{till.who}-K1/000009", what="hand_over", key=f"{held.order.order}:0")
    now = datetime.now(UTC)
    await centre.done(store, lambda session: claims.ask(session, till.who, claim, now))
    async with httpx.AsyncClient(base_url=shop[0].url, follow_redirects=True) as client:
        told = (await client.post(f"/o/{held.token}/cancel")).text
    assert "Your order is being handed over now" in told


async def test_there_is_no_shop_window_where_none_was_asked_for(api: Process) -> None:
    async with httpx.AsyncClient(base_url=api.url) as client:
        assert (await client.get("/shop")).status_code == 404
