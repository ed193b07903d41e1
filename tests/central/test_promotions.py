"""Prices and promotions that the centre sends ahead: two tills switch at the same instant, offline.

The tills, their couriers and the centre are the real ones; only the tills' clocks are turned.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pos.domain.catalogue import Article
from pos.domain.events import SaleFinished
from pos.domain.feed import PromotionFields
from pos.doubles import FixedClock
from pos.till import tender
from sync.central import feed, prices, promotions, stores, vat
from sync.central.engine import Centre
from sync.central.stores import StoreFacts
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Unknown, prices_scope
from tests.central.conftest import Databases
from tests.central.machines import Machine
from tests.central.proxy import Cable, cable
from tests.central.serving import Process, Shop, make_centre
from tests.central.test_central_command import Done, do
from tests.central.tills import NOON, open_store
from tests.till.shop import CASHIER, Till

BEFORE = datetime(2026, 12, 24, 7, 59, 59, tzinfo=UTC)
INSTANT = datetime(2026, 12, 24, 8, 0, 0, tzinfo=UTC)
END = INSTANT + timedelta(hours=2)


@pytest.fixture
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.fixture
async def line(api: Process) -> AsyncIterator[Cable]:
    """The cable of one shop."""
    async with cable(api.url) as one:
        yield one


@pytest.fixture
async def machines(tmp_path: Path, shop: Shop, line: Cable) -> AsyncIterator[list[Machine]]:
    """Two enrolled tills whose couriers work."""
    both = [Machine(tmp_path / name, shop, line, name) for name in ("T01", "T02")]
    for one in both:
        await one.enrol()
        one.start()
    yield both
    for one in both:
        await one.off()


def counter_of(machine: Machine, at: datetime) -> Till:
    """Return a till in someone's hands on the machine's catalogue and its mirror of the centre."""
    till = Till(clock=FixedClock(at))
    catalogue = machine.article
    till.desk.ports.catalogue = _Found(catalogue)  # type: ignore[assignment]
    till.desk.ports.centre = machine.store.centre
    till.sign_in(CASHIER)
    return till


class _Found:
    """The machine's catalogue, found by key."""

    def __init__(self, find: object) -> None:
        self.find = find


async def sent(shop: Shop, sku: str) -> None:
    """Tell the centre of an article, a price to come and a promotion to come."""
    things: feed.Things = {("article", sku): {"name": "Pain", "vat": "FR055", "codes": []}}
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, NOON)
        await session.commit()
    await prices.put(shop.centre, "FR", sku, 110, NOON, NOON)
    await prices.put(shop.centre, "FR", sku, 200, INSTANT, NOON)
    rule = PromotionFields(
        name="Noël -50 %",
        since=int(INSTANT.timestamp()),
        until=int(END.timestamp()),
        percent=5000,
        articles=(sku,),
    )
    await promotions.put(shop.centre, "FR", {f"noel-{sku}": rule}, NOON)


async def test_prices_and_promotions_switch_at_the_same_instant_at_tills_that_are_offline(
    machines: list[Machine], shop: Shop, line: Cable
) -> None:
    sku = shop.store[1:]
    await sent(shop, sku)
    for one in machines:
        await one.until(lambda one=one: _has_all(one, sku))  # type: ignore[misc]
        await one.stop()
    line.cut()
    tills = [counter_of(one, BEFORE) for one in machines]
    for till in tills:
        assert till.scan(sku).total == 110
        till.clock.pass_s(1)
        assert till.scan(sku).total == 110 + 110, "a basket keeps what it began with"
        tender.pay_cash(till.desk)
        assert till.scan(sku).total == 100
        assert till.desk.basket.lines[0].promotion is not None
        tender.pay_cash(till.desk)
        till.clock.pass_s(2 * 3600 - 1)
        assert till.scan(sku).total == 100
        tender.pay_cash(till.desk)
        till.clock.pass_s(1)
        assert till.scan(sku).total == 200
        till.restart()
        assert till.desk.basket.total == 200
    line.mend()


async def test_a_vat_rate_switches_at_midnight_at_tills_that_are_offline(
    machines: list[Machine], shop: Shop, line: Cable
) -> None:
    sku, midnight = shop.store[1:], datetime(2026, 12, 31, 23, tzinfo=UTC)
    await sent(shop, sku)
    await vat.put(shop.centre, "FR055", 600, date(2027, 1, 1), NOON)
    for one in machines:
        await one.until(lambda one=one: "FR055" in one.store.centre.vat().rates)  # type: ignore[misc]
        await one.until(lambda one=one: _has_all(one, sku))  # type: ignore[misc]
        await one.stop()
    line.cut()
    for machine in machines:
        till = counter_of(machine, midnight - timedelta(seconds=1))
        rates = []
        for _ in range(2):
            till.scan(sku)
            sale = tender.pay_cash(till.desk)
            assert isinstance(sale, SaleFinished)
            rates.append([(one.vat, one.vat_rate, one.total) for one in sale.lines])
            till.clock.pass_s(1)
        assert rates == [[("FR055", 550, 200)], [("FR055", 600, 200)]]
    line.mend()


async def test_an_article_s_vat_code_switches_at_its_instant_at_tills_that_are_offline(
    machines: list[Machine], shop: Shop, line: Cable
) -> None:
    sku = shop.store[1:]
    await sent(shop, sku)
    await vat.put_code(shop.centre, sku, "FR20", INSTANT, NOON)
    for one in machines:
        await one.until(lambda one=one: sku in one.store.centre.vat().codes)  # type: ignore[misc]
        await one.until(lambda one=one: _has_all(one, sku))  # type: ignore[misc]
        await one.stop()
    line.cut()
    for machine in machines:
        till = counter_of(machine, INSTANT - timedelta(seconds=1))
        codes = []
        for _ in range(2):
            till.scan(sku)
            sale = tender.pay_cash(till.desk)
            assert isinstance(sale, SaleFinished)
            codes.append([(one.vat, one.vat_rate) for one in sale.lines])
            till.clock.pass_s(1)
        assert codes == [[("FR055", 550)], [("FR20", 2000)]]
    line.mend()


def _has_all(machine: Machine, sku: str) -> bool:
    centre, article = machine.store.centre, machine.article(sku)
    rule = centre.promotions().of(sku, "", int(INSTANT.timestamp()), 200)
    return isinstance(article, Article) and len(article.prices) == 2 and rule is not None


async def test_a_promotion_that_is_ended_or_taken_off_leaves_the_tills(
    machines: list[Machine], shop: Shop
) -> None:
    sku, machine = shop.store[1:], machines[0]
    await sent(shop, sku)
    await machine.until(lambda: _has_all(machine, sku))
    await promotions.end(shop.centre, "FR", f"noel-{sku}", INSTANT + timedelta(minutes=5))
    later = int(INSTANT.timestamp()) + 301
    await machine.until(lambda: machine.store.centre.promotions().of(sku, "", later, 200) is None)
    assert machine.store.centre.promotions().of(sku, "", later - 2, 200) is not None
    await promotions.end(shop.centre, "FR", f"noel-{sku}", BEFORE)
    await machine.until(
        lambda: machine.store.centre.promotions().of(sku, "", later - 2, 200) is None
    )


async def test_a_mirror_that_is_lost_is_told_all_promotions_again(
    machines: list[Machine], shop: Shop
) -> None:
    sku, machine = shop.store[1:], machines[0]
    await sent(shop, sku)
    await machine.until(lambda: _has_all(machine, sku))
    await machine.off()
    for file in machine.data.glob("c*.db*"):
        file.unlink()
    machine.switch_on()
    await machine.enrol()
    machine.start()
    await machine.until(lambda: _has_all(machine, sku))


async def test_a_shop_that_changes_its_zone_reads_the_new_prices_without_enrolling_again(
    machines: list[Machine], shop: Shop
) -> None:
    sku, machine, now = shop.store[1:], machines[0], datetime.now(UTC)
    zone = f"Z{sku}"
    await sent(shop, sku)
    async with shop.centre.session(shop.store) as session:
        prepared = prices.things({sku: [(0, 150)]})
        await feed.publish(session, COMPANY, prices_scope(zone), prepared, NOON)
        await session.commit()
    await machine.until(lambda: _has_all(machine, sku))
    await stores.put(shop.centre, StoreFacts(shop.store, "Au coin", "Europe/Paris", zone), now)

    def price() -> int | None:
        found: Article | None = machine.article(sku)
        return None if found is None else found.price_at(now)

    await machine.until(lambda: price() == 150)
    assert machine.store.centre.promotions().of(sku, "", int(INSTANT.timestamp()), 200) is None
    await prices.put(shop.centre, "FR", sku, 90, NOON, NOON)
    await prices.put(shop.centre, zone, sku, 160, NOON, NOON)
    await machine.until(lambda: price() == 160)
    await machine.stop()
    await stores.put(shop.centre, StoreFacts(shop.store, "Au coin", "Europe/Paris", "FR"), now)
    machine.start()
    await machine.until(lambda: price() == 90)
    assert _has_all(machine, sku)


REFUSED = [
    PromotionFields(name="nothing"),
    PromotionFields(name="both", percent=1000, price=100),
    PromotionFields(name="backwards", percent=1000, since=20, until=20),
]


@pytest.mark.parametrize("rule", REFUSED, ids=lambda rule: rule.name)
async def test_a_rule_that_cannot_be_is_refused(centre: Centre, rule: PromotionFields) -> None:
    with pytest.raises(CentreRefusal) as refusal:
        await promotions.put(centre, "FR", {"p": rule}, NOON)
    assert refusal.value.slug == "bad_promotion"
    rule = PromotionFields(name="p", percent=1, articles=("nowhere",))
    with pytest.raises(Unknown):
        await promotions.put(centre, "FR", {"p": rule}, NOON)
    assert await held(centre) == {}


async def test_what_has_ended_days_ago_is_forgotten_with_the_next_one(centre: Centre) -> None:
    at = int(NOON.timestamp())
    old = PromotionFields(name="old", percent=1000, since=1, until=at - 4 * 86_400)
    late = old.model_copy(update={"until": at - 86_400})
    await promotions.put(centre, "FR", {"old": old, "late": late}, NOON - timedelta(days=3))
    await promotions.put(centre, "FR", {"new": PromotionFields(name="n", percent=1)}, NOON)
    assert sorted(await held(centre)) == ["late", "new"]
    assert await held(centre, "CH") == {}


async def held(centre: Centre, zone: str = "FR") -> dict[str, PromotionFields]:
    async with centre.everywhere() as sessions:
        found = [await promotions.held_in(session, zone) for session in sessions]
    assert all(one == found[0] for one in found)
    return found[0]


# The command

FILE = """clé;nom;remise;prix;par;articles;rayons;du;jusqu'au
ETE;Soldes d'été;20 %;;;100 200;;2126-06-24;2126-07-21
DEUX;Le 2e à 1 €;;1,00;2;;Pain, Vin;;2126-01-01T08:00
"""


@pytest.fixture
async def folder(databases: Databases, tmp_path: Path) -> Path:
    """A centre with two articles."""
    url = await databases.new()
    make_centre(tmp_path, url)
    centre = Centre.of([url])
    await open_store(centre, "S001")
    things: feed.Things = {
        ("article", sku): {"name": sku, "vat": "FR20", "codes": []} for sku in ("100", "200")
    }
    async with centre.session("S001") as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, NOON)
        await session.commit()
    await centre.close()
    return tmp_path


async def promotion(folder: Path, *asked: str) -> Done:
    return await do(folder, "promotion", *asked)


async def test_promotions_are_set_imported_listed_and_ended(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "promotions.csv"
    file.write_text(FILE, "utf-8")
    done = await promotion(folder, "import", str(file))
    assert done.code == 0, done.err
    asked = ("set", "NOW", "Today", "--percent", "12,5", "--article", "100", "--from", "2020-01-01")
    assert (await promotion(folder, *asked)).code == 0
    listed = (await promotion(folder, "list")).out.splitlines()
    assert [line.split()[0] for line in listed] == ["NOW", "DEUX", "ETE"]
    whole = (await promotion(folder, "list")).out
    for text in ("-20%", "22/07/2126", "1 of 2: €1.00", "Pain Vin", "100 200", "-12.5%"):
        assert text in whole, text
    assert (await promotion(folder, "end", "ETE")).code == 0
    assert (await promotion(folder, "end", "NOW")).code == 0
    left = (await promotion(folder, "list")).out
    assert "ETE" not in left
    assert "NOW" in left
    assert (await promotion(folder, "end", "ETE")).code == 1


async def test_a_rate_is_set_for_a_code_of_the_country_and_listed(folder: Path) -> None:
    assert (await do(folder, "vat", "set", "FR20", "21", "--from", "2127-01-01")).code == 0
    assert (await do(folder, "vat", "set", "FR20", "20,6 %", "--from", "2128-01-01")).code == 0
    listed = (await do(folder, "vat", "list")).out.splitlines()
    assert [line.split() for line in listed] == [
        ["FR20", "2127-01-01", "21%"],
        ["FR20", "2128-01-01", "20.6%"],
    ]
    for wrong in (("FR99", "21"), ("FR20", "101"), ("FR20", "much")):
        done = await do(folder, "vat", "set", *wrong, "--from", "2127-01-01")
        assert (done.code, len(done.err.strip().splitlines())) == (1, 1), wrong
    assert len((await do(folder, "vat", "list")).out.splitlines()) == 2


WRONG = [
    "key;name\nA;nothing off\n",
    "key;name;percent\nA;a;120\n",
    "key;name;percent\nA;a;much\n",
    "key;name;percent;articles\nA;a;10;999\n",
    "key;name;percent\nA;a;10\nA;b;10\n",
    "key;name;percent;until\nA;a;10;soon\n",
    "key;name;percent;every\nA;a;10;0.5\n",
    "name;percent\na;10\n",
    "key;name;percent\n",
    "",
]


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
async def test_a_wrong_file_changes_nothing(folder: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(f"{content}", "utf-8")
    done = await promotion(folder, "import", str(file))
    assert (done.code, len(done.err.strip().splitlines())) == (1, 1)
    assert (await promotion(folder, "list")).out == ""
