"""`comptoir-central channel`, `orders`, `webhooks`, as the office uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.central import settings
from sync.central.engine import Centre
from sync.central.orders import channels, placing, webhooks
from sync.central.service import utc_now
from tests.central.conftest import Databases
from tests.central.ordering import RULES, catalogue, stocked, wanting
from tests.central.serving import make_centre
from tests.central.test_central_command import do


@pytest.fixture
async def folder(databases: Databases, tmp_path: Path) -> Path:
    """A centre with a store that has bread."""
    url = await databases.new()
    make_centre(tmp_path, url)
    assert (await do(tmp_path, "store", "add", "S001", "Au coin")).code == 0
    centre = Centre.of([url])
    await catalogue(centre)
    await stocked(centre, {"bread": 5})
    await centre.close()
    return tmp_path


async def test_a_channel_is_added_listed_and_revoked(folder: Path) -> None:
    added = await do(folder, "channel", "add", "web", "--store", "S001")
    key = added.out.split()[1]
    assert (added.code, key.startswith("web.")) == (0, True)
    hooked = await do(folder, "channel", "add", "app", "--webhook", "https://shop.example/hook")
    assert "whsec_" in hooked.out
    listed = (await do(folder, "channel", "list")).out
    assert "https://shop.example/hook" in listed
    assert key not in listed
    centre = Centre.of([settings.load(folder).database])
    found = await channels.by_key(centre, key)
    assert found is not None
    assert found.stores == ("S001",)
    assert (await do(folder, "channel", "revoke", "web")).code == 0
    assert await channels.by_key(centre, key) is None
    await centre.close()
    assert (await do(folder, "channel", "list")).out.count("✗") == 1


@pytest.mark.parametrize(
    "asked",
    [
        ("channel", "add", "Web shop"),
        ("channel", "add", "customer"),
        ("channel", "add", "web", "--webhook", "http://shop.example/"),
        ("channel", "add", "web", "--store", "S009"),
        ("channel", "revoke", "nobody"),
        ("orders", "show", "nonsense"),
        ("orders", "cancel", "S001.01M808TX000000000000000000"),
        ("orders", "list", "--store", "S009"),
        ("webhooks", "retry", "S001", "7.0"),
    ],
)
async def test_what_cannot_be_is_said_in_one_sentence(folder: Path, asked: tuple[str, ...]) -> None:
    done = await do(folder, *asked)
    assert (done.code, done.out) == (1, "")
    assert done.err


async def test_an_order_is_listed_shown_and_cancelled(folder: Path) -> None:
    centre = Centre.of([settings.load(folder).database])
    asked = wanting({"bread": 2_000}, reference="1042")
    held = await placing.place(centre, "web", asked, RULES, utc_now())
    listed = await do(folder, "orders", "list")
    assert (held.name in listed.out, "1042" in listed.out, "new" in listed.out) == (True,) * 3
    shown = (await do(folder, "orders", "show", held.name)).out
    told, _, steps = shown.rpartition("}\n")
    assert json.loads(told + "}")["reference"] == "1042"
    assert "centre.placed" in steps
    for _ in range(2):
        assert (await do(folder, "orders", "cancel", held.name, "--reason", "flood")).code == 0
    assert held.name not in (await do(folder, "orders", "list")).out
    assert held.name in (await do(folder, "orders", "list", "--all", "--store", "S001")).out
    await centre.close()


async def test_webhooks_laid_aside_are_listed_and_tried_again(folder: Path) -> None:
    centre, now = Centre.of([settings.load(folder).database]), utc_now()
    await channels.add(centre, "web", "https://shop.example/", (), now)
    await placing.place(centre, "web", wanting({"bread": 2_000}), RULES, now)
    await channels.revoke(centre, "web", now)
    assert "waiting" in (await do(folder, "webhooks", "list", "--all")).out
    assert (await do(folder, "webhooks", "list")).out == ""
    await webhooks.deliver(centre, "S001", now)
    listed = (await do(folder, "webhooks", "list", "--store", "S001")).out
    assert ("order.placed" in listed, "dead" in listed) == (True, True)
    again = await do(folder, "webhooks", "retry", "S001", listed.split()[1])
    assert (again.code, again.out[0]) == (0, "1")
    assert (await do(folder, "webhooks", "list")).out == ""
    await centre.close()
