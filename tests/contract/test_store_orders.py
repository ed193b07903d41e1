"""Orders on the real files: the centre's rows, own steps on top of them, claims, and a rebuild."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos.domain.events.orders import (
    CodeRefused,
    CodesLocked,
    HandedLine,
    HandOverAsked,
    HandOverDropped,
    HandOverUndone,
    OrderCalled,
    OrderHandedOver,
    OrderPicked,
    OrderReady,
    OrderReturned,
    OrderShort,
    ReturnedLine,
)
from pos.domain.feed import States
from pos.domain.order import Order, OrderState
from pos.domain.pickup_pass import code_hash
from pos.ports.centre import (
    ClaimAnswer,
    ClaimWanted,
    Enrolment,
    FeedPage,
    ForkOrder,
    LaneKept,
    ReadingKept,
)
from pos.ports.orders import Moved, PassKey
from pos.store import mirror, mirror_facts
from pos.store.migrations import STEPS
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, Store
from pos.store.rebuild import rebuild_check
from tests.contract.store_days import IDS
from tests.contract.store_samples import opened, sale
from tests.orders import CODE, KEY, ULID, as_ready, order

BELONGS = Enrolment("https://c.example", "acme", "00", ("catalogue:MAIN", "store:S012"), "k")
OTHER = "01JD7Z4QFS3WZ8E3Y6M5K0T2RC"


class Shop:
    """A till's file and the mirror that its courier writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store: Store = opened(folder, ids=IDS)
        self.mirror = MirrorFile(folder / "data")
        self.mirror.enrol(BELONGS)
        self.version = 0

    def tell(self, *rows: Order, counted: int = 0, gone: tuple[str, ...] = ()) -> None:
        """Let rows come down, so many of this till's entries counted in them."""
        self.version += 1
        told = {one.order: one.fields() for one in rows} | dict.fromkeys(gone)
        at = ReadingKept(self.version, "n")
        epoch = self.store.ledger.place.epoch
        page = FeedPage("store:S012", {"order": told}, at, included={f"T03-{epoch}": counted})
        self.mirror.apply(page)

    def shown(self) -> Order:
        found = self.store.orders.order(ULID)
        assert found is not None
        return found

    def again(self) -> None:
        """Start the till again on its file."""
        self.store.close()
        self.store = opened(self.folder, ids=IDS)

    def close(self) -> None:
        self.mirror.close()
        self.store.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


def picked(quantity: int = 1_000, line: int = 1, sku: str = "1") -> OrderPicked:
    return OrderPicked(order=ULID, staff="p", line=line, sku=sku, quantity=quantity)


def handed(visit: int = 0, claim: str = "C") -> OrderHandedOver:
    lines = [HandedLine(line=1, quantity=2_000), HandedLine(line=2, quantity=1_000)]
    return OrderHandedOver(
        order=ULID,
        staff="p",
        visit=visit,
        lines=lines,
        method="pass",
        claim=claim,
        outcome="granted",
    )


def test_a_till_of_no_centre_has_no_orders_and_claims_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.orders.claim("C", "hand_over", "K")
    assert (store.orders.all(), store.orders.order(ULID)) == ((), None)
    assert (store.orders.claimed("C"), store.orders.own_number()) == (None, None)
    assert not (tmp_path / "data" / mirror_facts.FILE).exists()
    store.close()


def test_own_steps_lie_on_the_row_until_the_centre_has_counted_them(shop: Shop) -> None:
    shop.tell(order())
    assert shop.shown().state is OrderState.PLACED
    for _ in range(2):
        shop.store.ledger.record(picked())
    step = shop.store.ledger.record(OrderShort(order=ULID, staff="p", line=2, reason="broken"))[0]
    now = shop.shown()
    assert (now.state, now.line(1).picked, now.line(2).short) == (OrderState.PICKING, 2_000, 1_000)
    shop.tell(now, counted=step.number)
    assert shop.shown() == now
    shop.tell(order(), counted=0)
    assert shop.shown() == now
    shop.again()
    assert shop.shown() == now


def test_only_what_changed_makes_the_orders_anew(shop: Shop) -> None:
    orders = shop.store.orders
    many = [order(order=f"01JD7Z4QFS3WZ8E3Y6M5K0{n:04d}", reference=str(n)) for n in range(50)]
    shop.tell(*many, order())
    first, version = {one.order: one for one in orders.all()}, orders.version()
    shop.store.ledger.record(sale(1, [500]))
    shop.mirror.keep_lanes({shop.store.ledger.place.epoch: LaneKept(1)})
    assert orders.version() == version
    shop.store.ledger.record(picked())
    assert orders.version() != version
    assert [one.order for one in orders.all() if one is not first[one.order]] == [ULID]
    shop.tell(many[3].model_copy(update={"note": "gift"}), gone=(many[4].order,))
    then = {one.order: one for one in orders.all()}
    assert then[many[3].order].note == "gift"
    assert many[4].order not in then
    assert then[many[5].order] is first[many[5].order]


def test_goods_move_with_own_steps_and_an_order_paid_here_leaves_the_shelf_alone(
    shop: Shop,
) -> None:
    shop.tell(order())
    record, orders = shop.store.ledger.record, shop.store.orders
    record(picked(2_000), picked(sku="2", line=2))
    assert (orders.moved("1"), orders.moved("2")) == (Moved(-2_000, 2_000), Moved(-1_000, 1_000))
    record(OrderReady(order=ULID, staff="p", shelf="A", bags=1), handed())
    assert orders.moved("1") == Moved(-2_000, 0)
    record(HandOverUndone(order=ULID, staff="p", visit=0, lines=handed().lines, reason="wrong"))
    assert orders.moved("1") == Moved(-2_000, 2_000)
    last = record(handed(visit=1))[0]
    back = ReturnedLine(line=1, quantity=1_000, amount=110)
    record(OrderReturned(order=ULID, staff="p", lines=[back], reason="x", pay_back="centre"))
    assert orders.moved("1") == Moved(-1_000, 0)
    sold = sale(1, [500])
    paid = sold.lines[0].model_copy(update={"order": f"{ULID}/1"})
    record(sold.model_copy(update={"lines": [paid, *sold.lines[1:]]}))
    assert shop.store.centre.moved(paid.sku, {}) == 0
    shop.tell(shop.shown(), counted=last.number)
    assert orders.moved("1") == Moved(1_000, 0)


def test_what_a_parted_epoch_repeats_counts_once(shop: Shop) -> None:
    shop.tell(order())
    left = shop.store.ledger.place.epoch
    shared = shop.store.ledger.record(picked())[0]
    shop.store.ledger.record(picked())
    parts = ForkOrder(left, shared.number, shared.hash)
    shop.mirror.keep_lanes({left: LaneKept(shared.number, until=shared.number)}, parts)
    shop.store.centre.obey(parts)
    assert shop.shown().line(1).picked == 2_000
    shop.again()
    assert shop.shown().line(1).picked == 2_000


def test_hand_overs_and_claims_are_told_from_the_journal(shop: Shop) -> None:
    shop.tell(as_ready(order(store="S012")))
    record, orders = shop.store.ledger.record, shop.store.orders
    asked = record(HandOverAsked(order=ULID, staff="p", visit=0))[0]
    assert [(one.claim, one.facts.visit) for one in orders.unfinished()] == [(asked.name, 0)]
    record(HandOverDropped(order=ULID, staff="p", visit=0, claim=asked.name, reason="given_up"))
    assert orders.unfinished() == []
    asked = record(HandOverAsked(order=ULID, staff="p", visit=0))[0]
    record(handed(claim=asked.name))
    assert orders.unfinished() == []
    (one,) = orders.handed(ULID)
    assert (one.facts.claim, one.is_undone) == (asked.name, False)
    record(HandOverUndone(order=ULID, staff="p", visit=0, lines=handed().lines, reason="wrong"))
    assert [each.is_undone for each in orders.handed(ULID)] == [True]
    assert [step.kind for _, step in orders.steps(ULID)][-1] == "order.hand_over_undone"
    assert [each.order for each in orders.by_code(code_hash(CODE, "S012"))] == [ULID]


def test_locks_and_queue_numbers_outlive_a_restart(shop: Shop) -> None:
    shop.tell(as_ready(order()))
    orders = shop.store.orders
    assert (orders.locked(), orders.last_queue("")) == (None, 0)
    shop.store.ledger.record(OrderCalled(order=ULID, staff="", queue=41))
    called = shop.store.ledger.record(OrderCalled(order=ULID, staff="", queue=42))[0]
    lock = shop.store.ledger.record(CodesLocked(staff="p", failures=5, wait_s=600))[0]
    wrong = [shop.store.ledger.record(CodeRefused(staff="p"))[0].at for _ in range(3)]
    shop.again()
    orders = shop.store.orders
    assert orders.locked() == (lock.at, 600)
    assert orders.wrong_codes("", wrong[-1]) == 3
    assert orders.wrong_codes(wrong[-1], "9") == 0
    assert orders.wrong_codes("", lock.at[:-1]) == 0
    assert (orders.last_queue(""), orders.last_queue(called.at)) == (42, 42)
    assert orders.last_queue(lock.at) == 0


def test_a_claim_is_asked_until_it_is_answered_and_the_answer_stays(shop: Shop) -> None:
    orders = shop.store.orders
    for name in ("C1", "C2"):
        orders.claim(name, "hand_over", f"{ULID}:0")
        orders.claim(name, "hand_over", f"{ULID}:0")
    assert shop.mirror.claims() == [
        ClaimWanted("C2", "hand_over", f"{ULID}:0"),
        ClaimWanted("C1", "hand_over", f"{ULID}:0"),
    ]
    answer = ClaimAnswer(granted=False, holder="C9", at="2026-11-24T10:00:00.000Z")
    shop.mirror.claimed("C1", answer)
    assert (orders.claimed("C1"), orders.claimed("C2")) == (answer, None)
    orders.unclaim("C1")
    orders.unclaim("C2")
    assert (orders.claimed("C1"), shop.mirror.claims()) == (answer, [])


def test_only_so_many_answered_claims_are_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(mirror.STEPS) == mirror_facts.SCHEMA
    for n in range(205):
        shop.store.orders.claim(f"C{n:03d}", "hand_over", "K")
        shop.mirror.claimed(f"C{n:03d}", ClaimAnswer(True, "C", f"2026-11-24T10:00:00.{n:03d}Z"))
    shop.store.orders.claim("last", "hand_over", "K")
    assert shop.store.orders.claimed("C004") is None
    assert shop.store.orders.claimed("C204") is not None


def test_pass_keys_and_shops_come_with_the_catalogue(shop: Shop) -> None:
    shops: States = {"S012": {"number": 12, "name": "Lyon"}, "S013": {"number": 0}}
    keys: States = {
        "0": {"public_key": KEY.public_key.hex()},
        "1": {"public_key": "no key"},
        "2": {"public_key": "00" * 32, "revoked": True},
    }
    told: dict[str, States] = {"pass_key": keys, "store": shops}
    shop.mirror.apply(FeedPage("catalogue:MAIN", told, ReadingKept(1, "n", 1), starts=True))
    orders = shop.store.orders
    assert orders.pass_keys() == {
        0: PassKey(0, KEY.public_key),
        2: PassKey(2, bytes(32), is_revoked=True),
    }
    assert (orders.own_number(), orders.stores()[12].name) == (12, "Lyon")
    left: dict[str, States] = {"store": {"S012": shops["S012"]}}
    page = FeedPage("catalogue:MAIN", left, ReadingKept(2, "n", 2), starts=True, ends=True)
    shop.mirror.apply(page)
    assert orders.pass_keys() == {}


def test_a_row_that_is_no_order_is_left_out(shop: Shop) -> None:
    shop.tell(order())
    told = {"order": {OTHER: {"order": OTHER, "state": "teleported"}}}
    shop.mirror.apply(FeedPage("store:S012", told, ReadingKept(9, "n")))
    assert [one.order for one in shop.store.orders.all()] == [ULID]


def test_the_journal_alone_makes_the_steps_again(shop: Shop) -> None:
    shop.store.ledger.record(picked(), handed(), CodesLocked(staff="p", failures=5, wait_s=600))
    assert rebuild_check(shop.store.engine).differences == ()
    shop.store.close()
    connection = dbapi2.connect(str(shop.folder / "data" / FILE))
    connection.execute("UPDATE order_step SET order_id = 'X' WHERE kind = 'order.picked'")
    connection.commit()
    connection.close()
    shop.store = opened(shop.folder, ids=IDS)
    (found,) = rebuild_check(shop.store.engine).differences
    assert (found.table, found.stored and found.stored[1]) == ("order_step", "X")


def test_a_file_of_the_version_before_gets_its_table_and_keeps_what_it_has(shop: Shop) -> None:
    shop.store.ledger.record(sale(1, [500, 700]))
    shop.store.close()
    file = shop.folder / "data" / FILE
    connection = dbapi2.connect(str(file))
    connection.execute("DROP TABLE order_step")
    connection.execute("ALTER TABLE sale_line DROP COLUMN order_line")
    connection.execute("PRAGMA user_version = 2")
    before = connection.execute("SELECT * FROM sale_line").fetchall()
    connection.close()
    shop.store = opened(shop.folder, ids=IDS)
    assert file.with_name(f"{FILE}.before-v{len(STEPS)}").is_file()
    with shop.store.engine.connect() as now:
        rows = now.exec_driver_sql("SELECT * FROM sale_line").all()
    assert [(*row, None) for row in before] == [tuple(row) for row in rows]
    shop.store.ledger.record(picked())
    assert rebuild_check(shop.store.engine).differences == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from pos.domain.events.orders import HandOverAsked
from tests.contract.store_samples import opened
from tests.contract.test_store_orders import ULID, handed
store = opened(Path(sys.argv[1]))
asked = store.ledger.record(HandOverAsked(order=ULID, staff="p", visit=0))[0]
store.orders.claim(asked.name, "hand_over", ULID + ":0")
if sys.argv[2] == "handed":
    store.ledger.record(handed(claim=asked.name))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "left"), [("asked", 1), ("handed", 0)])
def test_a_till_killed_while_it_hands_over_knows_what_it_was_about(
    tmp_path: Path, moment: str, left: int
) -> None:
    opened(tmp_path).close()
    told = MirrorFile(tmp_path / "data")
    told.enrol(BELONGS)
    argv = [sys.executable, "-c", KILLED, str(tmp_path), moment]
    done = subprocess.run(argv, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    store = opened(tmp_path)
    assert len(store.orders.unfinished()) == left
    assert [one.key for one in told.claims()] == [f"{ULID}:0"]
    assert len(store.orders.handed(ULID)) == 1 - left
    told.close()
    store.close()
