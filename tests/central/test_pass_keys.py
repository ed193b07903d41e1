"""The keys of passes are replaced and withdrawn; a real till judges, a real process shows pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from config import settings as settings_file
from pos.domain.errors import Refusal
from pos.domain.feed import PassKeyFields
from pos.domain.order import OrderState
from pos.domain.pickup_pass import Pass, opened, sealed
from pos.domain.staff import Person
from pos.journal.signing import SeedKey
from pos.main.join import desk_of
from pos.till.desk import Desk
from pos.till.pickup import judge, picking
from pos.till.pickup.judge import Judged, Verdict
from sync.central import numbers, pass_keys, settings
from sync.central.engine import Centre
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.pass_keys import NUMBERS, PassKeys, Ring
from sync.central.passes import pass_of
from sync.central.service import utc_now
from sync.central.settings import Secrets
from sync.central.shop.paint import qr_path
from tests.central.conftest import Databases
from tests.central.machines import Machine
from tests.central.ordering import MAILS, RULES, stocked, wanting
from tests.central.preparing import preparing
from tests.central.proxy import cable
from tests.central.serving import Process, Shop, make_centre, open_shop, process
from tests.central.test_central_command import do
from tests.central.tills import NOON, rows

CLERK = Person("clerk", "3", "Retrait", "clerk")
NUMBER = "SELECT number FROM store WHERE store_id = :store_id"


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@dataclass
class Company:
    """A centre with one shop, whose till is at work, and its clerk."""

    api: Process
    shop: Shop
    machine: Machine
    desk: Desk
    number: int

    @property
    def secrets(self) -> Secrets:
        return Secrets.of(self.api.folder)

    async def ready(self) -> Held:
        """Place an order and let the till prepare it."""
        asked = wanting({"bread": 1_000}, self.shop.store)
        held = await placing.place(self.shop.centre, "web", asked, RULES, utc_now())
        name, orders = held.order.order, self.machine.store.orders
        await self.machine.until(lambda: orders.order(name) is not None)
        order = orders.order(name)
        assert order is not None
        picking.ready(self.desk, picking.pick_line(self.desk, order, 1, 1_000), "A3", 1)
        await self.machine.until(self.machine.is_held)
        return held

    async def shown(self, held: Held) -> str:
        """Return the pass that the page of an order shows now."""
        async with self.shop.centre.session(self.shop.store) as session:
            keys = await pass_keys.ring(session, self.secrets.passes)
        text = pass_of(held, self.number, keys).text
        async with httpx.AsyncClient(base_url=self.api.url) as browser:
            page = await browser.get(f"/o/{held.token}")
        assert qr_path(text)[0] in page.text
        return text

    async def office(self, *asked: str) -> str:
        """Do what the office types, which is well, and return what it said."""
        done = await do(self.api.folder, "pass-key", *asked)
        assert done.code == 0, done
        return done.out

    async def judged(self, scan: str, kind: Judged) -> Verdict:
        """Wait until the till judges a pass so."""
        await self.machine.until(lambda: judge.judge(self.desk, scan).kind is kind)
        return judge.judge(self.desk, scan)


@asynccontextmanager
async def company(folder: Path, databases: Databases) -> AsyncIterator[Company]:
    """Open it."""
    made = folder / "centre"
    made.mkdir()
    make_centre(made, await databases.new())
    with process(made) as api:
        centre = Centre.of([api.database])
        shop = await open_shop(centre, api.url)
        till = await stocked(centre, {"bread": 50}, shop.store, heard=False)
        await till.push(centre, now=utc_now())
        await numbers.tell(centre, Secrets.of(made).passes, utc_now())
        ((number,),) = await rows(centre, shop.store, NUMBER)
        (folder / "config.toml").write_text('[till]\nfiscal = "none"\n', "utf-8")
        async with cable(api.url) as line:
            machine = Machine(folder / "T02", shop, line, "T02")
            await machine.enrol()
            machine.start()
            desk = desk_of(settings_file.load(folder / "config.toml"), machine.store)
            desk.person = CLERK
            orders = machine.store.orders
            await machine.until(lambda: orders.own_number() is not None)
            try:
                yield Company(api, shop, machine, desk, number)
            finally:
                await machine.off()
                await centre.close()


async def test_old_passes_stay_good_after_a_rotation_and_prove_nothing_after_a_leak(
    databases: Databases, tmp_path: Path
) -> None:
    async with company(tmp_path, databases) as here:
        first = await here.ready()
        old = await here.shown(first)
        assert "1" in await here.office("rotate")
        await here.machine.until(lambda: 1 in here.machine.store.orders.pass_keys())
        second = await here.ready()
        new = await here.shown(second)
        assert (opened(old).claims.key, opened(new).claims.key) == (0, 1)
        assert await here.shown(first) == old
        for scan in (old, new):
            assert judge.judge(here.desk, scan).kind is Judged.VALID

        refused = await do(here.api.folder, "pass-key", "revoke", "1")
        assert (refused.code, "rotate first" in refused.err) == (1, True)
        assert "1 customer gets a letter" in await here.office("revoke", "0")
        told = await here.judged(old, Judged.UNKNOWN_KEY)
        assert (told.proof, "withdrawn" in str(told.sentence)) == (None, True)
        claims = Pass(second.order.order, here.number, 2**32 - 1, 0)
        forged = sealed(claims, here.secrets.key.sign)  # by whoever has the key that leaked
        assert judge.judge(here.desk, forged).kind is Judged.UNKNOWN_KEY
        again = await here.shown(first)
        assert opened(again).claims.key == 1
        for scan in (again, new):
            assert judge.judge(here.desk, scan).kind is Judged.VALID
        kinds = [kind for kind, _ in await rows(here.shop.centre, here.shop.store, MAILS)]
        assert kinds.count("ready") == 3
        state = here.machine.store.orders.order(first.order.order)
        assert state is not None
        assert state.state is OrderState.READY


async def test_a_withdrawal_that_was_cut_short_is_run_again_and_writes_to_everybody(
    databases: Databases, tmp_path: Path
) -> None:
    folder, query = tmp_path / "centre", "SELECT kind FROM mail WHERE store_id = :store_id"
    make_centre(folder, await databases.new())
    assert (await do(folder, "store", "add", "S001", "Au coin")).code == 0
    centre, keys = Centre.of([settings.load(folder).database]), Secrets.of(folder).passes
    one = await preparing(centre, {"bread": 1_000})
    await one.make_ready(bread=1_000)
    assert (await do(folder, "pass-key", "rotate")).code == 0
    keys.revoke(0)
    await numbers.tell(centre, keys, utc_now())  # tills were told, and the machine stopped there
    assert "1 customer" in (await do(folder, "pass-key", "revoke", "0")).out
    kinds = [kind for (kind,) in await rows(centre, "S001", query)]
    assert kinds.count("ready") == 2
    await centre.close()


def test_a_new_key_signs_nothing_that_was_made_before_it(tmp_path: Path) -> None:
    keys = PassKeys(SeedKey(bytes(32)), tmp_path)
    keys.make(1)
    made = NOON + timedelta(seconds=0.3)
    told = pass_keys.things(Ring({}, keys), made + timedelta(seconds=0.4))
    fields = {int(n): PassKeyFields.model_validate(one) for (_, n), one in told.items()}
    ring = Ring(fields, keys)
    assert (ring.natural(made), ring.natural(made + timedelta(seconds=1))) == (0, 1)


def test_a_letter_is_written_for_every_pass_that_a_key_may_have_signed() -> None:
    told = PassKeyFields(public_key="00" * 32)
    made = NOON.timestamp()
    first, second, third = (
        told.model_copy(update={"since": int(made) + hours * 3600}) for hours in (-9, 1, 2)
    )
    elsewhere = PassKeys(SeedKey(bytes(32)))  # has none of the later keys
    good = Ring({0: first, 1: second, 2: third}, elsewhere)
    assert [good.may_have_signed(n, NOON) for n in (0, 1, 2)] == [True, False, False]
    later = NOON + timedelta(minutes=90)
    assert [good.may_have_signed(n, later) for n in (0, 1, 2)] == [False, True, False]
    withdrawn = first.model_copy(update={"revoked": True})
    again = Ring({0: withdrawn, 1: second, 2: third}, elsewhere)
    assert [again.may_have_signed(n, NOON) for n in (0, 1, 2)] == [True, True, True]
    assert not again.may_have_signed(0, later)


async def test_a_key_that_was_withdrawn_stays_so_whatever_a_restored_database_says(
    centre: Centre, tmp_path: Path
) -> None:
    make_centre(tmp_path, "")
    keys = Secrets.of(tmp_path).passes
    await numbers.tell(centre, keys, NOON)
    made = keys.make(1)
    assert made.stat().st_mode & 0o077 == 0
    keys.revoke(0)
    await numbers.tell(centre, keys, utc_now())
    async with centre.everywhere() as sessions:
        told = await pass_keys.ring(sessions[0], keys)
    assert {n: one.revoked for n, one in told.told.items()} == {0: True, 1: False}
    assert told.newest() == 1
    assert told.signing(NOON)[0] == 1


async def test_a_machine_without_the_new_key_signs_by_the_old_one_and_says_when_it_has_none(
    centre: Centre, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        make_centre(tmp_path / name, "")
    (tmp_path / "other" / "centre.key").write_bytes((tmp_path / "one" / "centre.key").read_bytes())
    one, other = (Secrets.of(tmp_path / name).passes for name in ("one", "other"))
    one.make(1)
    await numbers.tell(centre, one, NOON)
    await numbers.tell(centre, other, NOON)
    async with centre.everywhere() as sessions:
        here, there = [await pass_keys.ring(sessions[0], keys) for keys in (one, other)]
    assert set(there.told) == {0, 1}
    assert (here.newest(), there.newest()) == (1, 0)
    one.revoke(0)
    await numbers.tell(centre, one, NOON)
    await asyncio.gather(*(numbers.tell(centre, keys, NOON) for keys in (one, other)))
    async with centre.everywhere() as sessions:
        there = await pass_keys.ring(sessions[0], other)
    with pytest.raises(Refusal, match="No key of passes"):
        there.signing(NOON)


def test_a_number_is_used_again_only_when_all_are_used_and_its_key_was_withdrawn() -> None:
    told = PassKeyFields(public_key="00" * 32)
    withdrawn = told.model_copy(update={"revoked": True})
    keys = PassKeys(SeedKey(bytes(32)))
    assert Ring({0: told, 1: withdrawn}, keys).free() == 2
    full = dict.fromkeys(NUMBERS, told)
    assert Ring({**full, 0: withdrawn, 7: withdrawn}, keys).free() == 7
    with pytest.raises(Refusal, match="All 16 numbers"):
        Ring(full, keys).free()
