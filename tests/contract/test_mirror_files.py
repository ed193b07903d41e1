"""What the courier keeps of the centre, in real files: pages, snapshots, lanes, the journal."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from pos.domain.events import TillStopped
from pos.domain.feed import ArticleFields, PriceFields, States
from pos.doubles import FixedClock
from pos.journal.chain import START
from pos.ports.centre import (
    CourierReport,
    CourierState,
    Enrolment,
    FeedPage,
    ForkOrder,
    LaneKept,
    ReadingKept,
)
from pos.store.catalogue import StoredCatalogue
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, open_catalogue
from pos.store.outbox import OutboxFile
from pos.till.catalogue import import_catalogue
from sync.around import Surroundings
from sync.http import HttpWire
from sync.protocol import Cursor, Page
from sync.reading import Reading, after_page
from sync.scopes import Scopes
from tests.contract.catalogue_shop import RULES
from tests.contract.store_samples import opened

CATALOGUE, PRICES, STORE = "catalogue:MAIN", "prices:FR", "store:S001"


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[MirrorFile]:
    opened = MirrorFile(tmp_path)
    yield opened
    opened.close()


def article(name: str, *codes: str, **more: Any) -> dict[str, Any]:
    return ArticleFields(name=name, vat="FR20", codes=codes, **more).fields()


def price(*pairs: tuple[int, int]) -> dict[str, Any]:
    return PriceFields(prices=tuple((since, amount) for amount, since in pairs)).fields()


class Scope:
    """One scope as a centre would tell it, page by page."""

    def __init__(self, mirror: MirrorFile, scope: str) -> None:
        self.mirror, self.scope = mirror, scope
        kept = mirror.readings().get(scope, ReadingKept())
        self.reading = Reading(Cursor(v=kept.v, nonce=kept.nonce), kept.round, kept.sweeping)

    def tell(self, kind: str, told: States, **more: Any) -> int:
        return self.tell_all({kind: told}, **more)

    def tell_all(
        self,
        things: Mapping[str, States],
        *,
        v: int = 1,
        snapshot: bool = False,
        more: bool = False,
        included: dict[str, int] | None = None,
    ) -> int:
        cursor = Cursor(v=max(self.reading.cursor.v, v), nonce="n")
        told = {kind: dict(states) for kind, states in things.items()}
        page = Page(things=told, cursor=cursor, snapshot=snapshot, more=more)
        self.reading, swept = after_page(self.reading, page)
        at = self.reading
        kept = ReadingKept(at.cursor.v, at.cursor.nonce, at.round, at.sweeping)
        refused = self.mirror.apply(
            FeedPage(self.scope, page.things, kept, starts=snapshot, ends=swept, included=included)
        )
        if not more:
            self.mirror.show()
        return refused


def test_articles_and_prices_of_the_feed_are_what_a_scan_finds(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    known = article("Œufs frais", "03017620422003", department="Crèmerie", age=18, unit="kg")
    Scope(mirror, CATALOGUE).tell("article", {"A1": known, "A2": article("Pain", "A2")})
    Scope(mirror, PRICES).tell("price", {"A1": price((250, 0), (199, 1_800_000_000))})
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    for key in ("03017620422003", "A1"):
        found = catalogue.find(key)
        assert found is not None
        assert (found.sku, found.name, found.department, found.age) == (
            "A1", "Œufs frais", "Crèmerie", 18,
        )  # fmt: skip
        assert [one.amount for one in found.prices] == [250, 199]
    assert [one.sku for one in catalogue.search("oeufs", 5)] == ["A1"]
    bread = catalogue.find("A2")
    assert bread is not None
    assert bread.codes == ("A2",)


def test_a_row_replaces_all_that_was_known_of_its_article(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    scope = Scope(mirror, CATALOGUE)
    scope.tell("article", {"A1": article("Pain", "111", "222", age=18)})
    scope.tell("article", {"A1": article("Brioche", "222", "333")}, v=2)
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    assert catalogue.find("111") is None
    found = catalogue.find("333")
    assert found is not None
    assert (found.name, found.age, found.codes) == ("Brioche", 0, ("222", "333"))
    assert catalogue.search("pain", 5) == []
    assert [one.sku for one in catalogue.search("brio", 5)] == ["A1"]


def test_an_article_that_is_gone_is_found_no_more_and_its_prices_wait(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    scope = Scope(mirror, CATALOGUE)
    scope.tell("article", {"A1": article("Pain", "111")})
    Scope(mirror, PRICES).tell("price", {"A1": price((120, 0))})
    scope.tell("article", {"A1": None}, v=2)
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    assert catalogue.find("111") is catalogue.find("A1") is None
    assert catalogue.search("pain", 5) == []
    scope.tell("article", {"A1": article("Pain", "111")}, v=3)
    back = catalogue.find("111")
    assert back is not None
    assert [one.amount for one in back.prices] == [120]


def test_prices_that_come_before_their_article_wait_for_it(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    Scope(mirror, PRICES).tell("price", {"A1": price((120, 0), (99, 5))})
    Scope(mirror, CATALOGUE).tell("article", {"A1": article("Pain")})
    found = StoredCatalogue(open_catalogue(tmp_path)).find("A1")
    assert found is not None
    assert [one.amount for one in found.prices] == [120, 99]


def test_what_a_whole_snapshot_does_not_name_is_gone_and_nothing_before_its_end(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    scope = Scope(mirror, CATALOGUE)
    scope.tell("article", {name: article(name) for name in ("A1", "A2", "A3")})
    prices = Scope(mirror, PRICES)
    prices.tell("price", {name: price((100, 0)) for name in ("A1", "A2")})
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    scope.tell("article", {"A2": article("A2")}, snapshot=True, more=True)
    assert catalogue.find("A1") is not None
    scope.tell("article", {"A4": article("A4")}, v=2)
    present = [name for name in ("A1", "A2", "A3", "A4") if catalogue.find(name)]
    assert present == ["A2", "A4"]
    prices.tell("price", {"A4": price((5, 0))}, snapshot=True)
    of = {name: catalogue.find(name) for name in present}
    assert [len(one.prices) for one in of.values() if one] == [0, 1]


def test_what_is_new_in_a_snapshot_is_seen_with_the_rest_of_it_and_nothing_else_waits(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    scope = Scope(mirror, CATALOGUE)
    first = {"A1": article("Pain", "03017620422003")}
    scope.tell("article", first, snapshot=True, more=True)
    assert catalogue.find("A1") is None
    assert catalogue.search("pain", 5) == []
    mirror.show()
    assert [one.sku for one in catalogue.search("2003", 5)] == ["A1"]
    again = {"A1": article("Pain noir"), "A2": article("Pain blanc")}
    scope.tell("article", again, v=2, snapshot=True, more=True)
    known = catalogue.find("A1")
    assert known is not None
    assert known.name == "Pain noir"
    assert [one.sku for one in catalogue.search("pain", 5)] == ["A1"]
    mirror.show()
    assert [one.sku for one in catalogue.search("pain", 5)] == ["A1", "A2"]


def test_a_file_imported_while_a_snapshot_comes_in_is_sold_at_once(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    scope = Scope(mirror, CATALOGUE)
    scope.tell("article", {"A1": article("Pain")}, snapshot=True, more=True)
    engine = open_catalogue(tmp_path)
    lines = [b"sku;name;price;vat\nB1;Brioche;1.20;FR055\n"]
    import_catalogue(lines, "csv", RULES, StoredCatalogueWriter(engine))
    catalogue = StoredCatalogue(engine)
    assert catalogue.find("B1") is not None
    scope.tell("article", {"A2": article("Tarte")}, v=2)
    assert [one.sku for one in catalogue.search("tarte", 5)] == ["A2"]
    assert catalogue.find("B1") is not None


def test_a_catalogue_of_the_version_before_is_brought_forward_and_read(tmp_path: Path) -> None:
    engine = open_catalogue(tmp_path)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE filling")
        connection.exec_driver_sql("PRAGMA user_version = 1")
    engine.dispose()
    assert StoredCatalogue(open_catalogue(tmp_path)).find("A1") is None
    assert (tmp_path / "catalogue.db.before-v2").exists()


async def test_stock_that_counts_nothing_any_more_is_kept_as_such(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    """A centre that went back to before the till's first entry."""
    store, wire = opened(tmp_path / "till"), HttpWire("http://127.0.0.1:1", None)
    around = Surroundings(
        outbox=OutboxFile(tmp_path / "till" / "data" / FILE),
        mirror=mirror,
        wire=wire,
        clock=FixedClock(),
        name=str,
        chance=float,
        changed=int,
    )
    for included in ({"T01-K1": 7}, {}, {"T01-K1": 1}):
        page = Page(things={}, cursor=Cursor(v=1, nonce="1.n"), included=included)
        await Scopes(around, [STORE], {}).take({STORE: page})
        file = dbapi2.connect(str(tmp_path / "centre.db"))
        (kept,) = file.execute("SELECT value FROM fact WHERE key = 'included'").fetchone()
        file.close()
        assert json.loads(kept) == included
    await wire.close()
    store.close()


def test_rows_that_are_not_understood_are_left_out_and_what_was_known_stays(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    scope = Scope(mirror, CATALOGUE)
    scope.tell("article", {"A1": article("Pain")})
    odd: States = {
        "A1": {"name": "Pain", "vat": "FR20", "unit": "barrel"},
        "A2": {"vat": "FR20"},
    }
    assert scope.tell_all({"article": odd, "hologram": {"A1": {}}}, snapshot=True) == 2
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    assert catalogue.find("A1") is not None
    assert catalogue.find("A2") is None


@pytest.mark.parametrize("seed", range(25))
def test_any_story_of_pages_ends_where_the_centre_is(tmp_path: Path, seed: int) -> None:
    """A model: the centre's states; snapshots, changes, removals, renames and stolen codes."""
    chance = random.Random(seed)
    told: dict[str, dict[str, Any]] = {}
    mirror = MirrorFile(tmp_path)
    scope = Scope(mirror, CATALOGUE)
    for turn in range(12):
        if chance.random() < 0.3:
            told = {sku: one for sku, one in told.items() if chance.random() < 0.7}
            whole = list(told.items())
            chance.shuffle(whole)
            for at in range(0, max(1, len(whole)), 3):
                part = dict(whole[at : at + 3])
                more = at + 3 < len(whole)
                scope.tell("article", part, v=100, snapshot=at == 0, more=more)
                if chance.random() < 0.2:
                    mirror.close()
                    mirror = MirrorFile(tmp_path)
                    scope = Scope(mirror, CATALOGUE)
        for _ in range(chance.randint(0, 4)):
            sku = f"A{chance.randint(1, 8)}"
            if chance.random() < 0.25:
                told.pop(sku, None)
                scope.tell("article", {sku: None})
            else:
                codes = [f"{sku}-{n}" for n in range(chance.randint(0, 2))]
                told[sku] = article(f"Article {sku} {turn}", *codes)
                scope.tell("article", {sku: told[sku]})
    catalogue = StoredCatalogue(open_catalogue(tmp_path))
    for sku in (f"A{n}" for n in range(1, 9)):
        found = catalogue.find(sku)
        assert (found is None) == (sku not in told)
        if found is not None:
            assert (found.name, list(found.codes)) == (told[sku]["name"], told[sku]["codes"])
    assert {one.sku for one in catalogue.search("article", 50)} == told.keys()
    mirror.close()


def test_levels_staff_and_what_they_count_are_kept_in_one_transaction(
    mirror: MirrorFile, tmp_path: Path
) -> None:
    person = {"number": "1", "name": "Léa", "role": "cashier", "pin_hash": "x"}
    stock: States = {
        "A1": {"quantity": 4000, "shelf": 0, "reserved": 1000},
        "A2": {"quantity": -1000},
        "A3": {"quantity": "many"},
    }
    scope = Scope(mirror, STORE)
    told: dict[str, States] = {"stock": stock, "staff": {"P1": person}}
    assert scope.tell_all(told, included={"T01-K1": 7}) == 1
    scope.tell("stock", {"A2": {"quantity": 1}}, snapshot=True)
    file = dbapi2.connect(str(tmp_path / "centre.db"))
    assert file.execute("SELECT sku, quantity FROM level").fetchall() == [("A2", 1)]
    assert file.execute("SELECT key, fields FROM thing").fetchall() == [("P1", None)]
    (kept,) = file.execute("SELECT value FROM fact WHERE key = 'included'").fetchone()
    assert json.loads(kept) == {"T01-K1": 7}
    file.close()


def test_lanes_reports_and_the_enrolment_are_there_after_a_restart(tmp_path: Path) -> None:
    first = MirrorFile(tmp_path)
    assert (first.lanes(), first.last_report(), first.enrolment()) == ({}, CourierReport(), None)
    lanes = {"K1": LaneKept(9, 7), "K2X1": LaneKept(3, forked=True)}
    report = CourierReport(CourierState.LOGIN_PAGE, "302", "t0", "t1", -7, {STORE: "t2"})
    enrolment = Enrolment("https://c.example", "acme", "00", (CATALOGUE, STORE), "k")
    first.keep_lanes(lanes, ForkOrder("K1", 7, bytes(32)))
    first.report(report)
    first.enrol(enrolment)
    first.keep_lanes({"K1": LaneKept(2, 7)})
    first.close()
    again = MirrorFile(tmp_path)
    assert again.lanes() == {**lanes, "K1": LaneKept(2, 7)}
    assert (again.last_report(), again.enrolment()) == (report, enrolment)
    again.close()


def test_the_outbox_reads_a_journal_that_a_till_is_writing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    outbox = OutboxFile(tmp_path / "data" / FILE)
    before, version = outbox.heads(), outbox.version()
    assert list(before) == [store.ledger.place.epoch]
    assert outbox.version() == version
    entries = store.ledger.record_with({"x": "y"}, *[TillStopped() for _ in range(120)])
    assert outbox.version() != version
    heads = outbox.heads()
    epoch = store.ledger.place.epoch
    assert heads[epoch].hash == entries[-1].hash
    read = list(outbox.entries(epoch, before[epoch].number + 1))
    assert read == entries
    assert outbox.hash_at(epoch, entries[5].number) == entries[5].hash
    assert outbox.hash_at(epoch, heads[epoch].number + 1) is None
    assert outbox.hash_at("K99", 1) is None
    assert heads.get("K99", START) == START
    outbox.close()
    store.close()
