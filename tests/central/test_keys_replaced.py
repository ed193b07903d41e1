"""A stolen key is shut out for good, and its till goes on with another: the real processes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pos.journal.signing import SeedKey
from pos.store.keys import file_key, next_key, remembered_keys
from pos.store.open import Store
from sync.central.values import TillId
from tests.central.serving import Process, Shop, Speaking, command, slug
from tests.central.test_courier_processes import LONG_S, comptoir, courier, home, opened, until
from tests.central.test_enrol import PULL, asked, code_for, enrol
from tests.central.tills import ScriptedTill, rows, sale

__all__ = ["home"]

HELD = (
    "SELECT epoch, number, key_id FROM journal WHERE store_id = :store_id"
    " ORDER BY received_at, epoch, number"
)


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


def key_of(home: Path) -> SeedKey:
    return file_key(home / "state" / "keys" / "till.pem")


async def answered(shop: Shop, key: SeedKey) -> tuple[int, str]:
    """Return what a pull that a key signed is told."""
    till = ScriptedTill(TillId(shop.store, "T01"), key)
    answer = await Speaking(till, shop.url).post("/v1/pull", PULL)
    return answer.status_code, "" if answer.status_code == 200 else slug(answer)


def centrally(api: Process, *what: str) -> None:
    """Run a command of the centre."""
    subprocess.run(command(api.folder, *what), timeout=LONG_S, check=True, capture_output=True)


def sell(store: Store, count: int) -> None:
    epoch, first = store.ledger.place.epoch, store.ledger.head.number + 1
    for number in range(first, first + count):
        store.ledger.record(sale(number, {"bread": 1}, f"T01-{epoch}-{number:06d}"))


async def test_a_stolen_key_stays_out_and_its_till_goes_on_with_a_new_one(
    home: Path, api: Process, shop: Shop
) -> None:
    assert comptoir("enrol", await code_for(api, shop), "--url", api.url).returncode == 0
    stolen = key_of(home)
    store = opened(home, shop)
    sell(store, 5)
    before = store.ledger.head.number
    store.close()
    assert await answered(shop, stolen) == (200, "")
    centrally(api, "till", "revoke", f"{shop.store}-T01")
    assert await answered(shop, stolen) == (401, "revoked")
    code = await code_for(api, shop)
    refused = enrol(shop, asked(shop, code, stolen))
    assert (refused.status_code, slug(refused)) == (403, "key_revoked")
    assert await answered(shop, stolen) == (401, "revoked")
    done = comptoir("enrol", code, "--url", api.url)
    assert done.returncode == 0, done.stderr
    assert key_of(home).key_id != stolen.key_id
    store = opened(home, shop)
    assert [one.slug for one in store.findings] == ["key_replaced"]
    assert store.ledger.place.epoch != "K1"
    sell(store, 3)
    with courier():
        until(lambda: store.ledger.unsent() == 0)
    held = await rows(shop.centre, shop.store, HELD)
    by_key = {(epoch, key) for epoch, _, key in held}
    assert by_key == {("K1", stolen.key_id), (store.ledger.place.epoch, key_of(home).key_id)}
    assert len(held) == before + store.ledger.head.number
    assert stolen.public_key in remembered_keys(home / "state" / "keys")
    assert await answered(shop, key_of(home)) == (200, "")
    assert await answered(shop, stolen) == (401, "revoked")
    store.close()


async def test_a_till_that_is_let_in_again_changes_its_key_but_not_for_a_code_that_is_no_good(
    home: Path, api: Process, shop: Shop
) -> None:
    assert comptoir("enrol", await code_for(api, shop), "--url", api.url).returncode == 0
    first = key_of(home)
    assert comptoir("enrol", "00000-00000", "--url", api.url).returncode == 1
    assert (key_of(home).key_id, await answered(shop, first)) == (first.key_id, (200, ""))
    code, unheard = await code_for(api, shop), next_key(home / "state" / "keys")
    assert enrol(shop, asked(shop, code, unheard)).status_code == 200
    assert comptoir("enrol", code, "--url", api.url).returncode == 0
    assert key_of(home).key_id == unheard.key_id
    assert await answered(shop, first) == (401, "revoked")
    assert await answered(shop, unheard) == (200, "")


async def test_a_till_whose_files_are_gone_but_its_revoked_key_is_not_makes_another(
    home: Path, api: Process, shop: Shop
) -> None:
    assert comptoir("enrol", await code_for(api, shop), "--url", api.url).returncode == 0
    stolen = key_of(home)
    centrally(api, "till", "revoke", f"{shop.store}-T01")
    for file in (home / "data").glob("centre.db*"):
        file.unlink()
    assert comptoir("enrol", await code_for(api, shop), "--url", api.url).returncode == 0
    assert await answered(shop, stolen) == (401, "revoked")
    assert await answered(shop, key_of(home)) == (200, "")
