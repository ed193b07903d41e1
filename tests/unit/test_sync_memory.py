"""The centre in memory answers as docs/sync.md says the real one does."""

from __future__ import annotations

from typing import Any

import pytest

from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain, Head
from pos.journal.entry import Entry, Place
from pos.journal.repeat import KIND, repeat
from pos.journal.signing import SeedKey
from sync.memory import MemoryCentre, Rejected
from sync.protocol import Claim, Cursor, HeadText, Match, Page, Pull, Push, PushAnswer, wire_entry
from sync.reading import Reading, after_page
from tests.unit.fiscal_samples import sale_of, stamped

KEY = SeedKey(b"k" * 32)
PLACE = Place("S001", "T01", "K1")
SALE = canonical(sale_of(stamped()).facts())
CATALOGUE = "catalogue:MAIN"


def centre() -> MemoryCentre:
    made = MemoryCentre()
    made.enrol("S001", "T01", KEY.public_key)
    return made


def written(*bodies: tuple[str, bytes], after: Head = START, place: Place = PLACE) -> list[Entry]:
    chain = Chain(place, after)
    return [chain.append(kind, 1, "2026-11-22T08:00:00.000Z", body, KEY) for kind, body in bodies]


def push(to: MemoryCentre, entries: list[Entry], epoch: str = "K1") -> PushAnswer:
    texts = [wire_entry(entry) for entry in entries]
    return to.push("S001", "T01", Push(request="r1", epoch=epoch, entries=texts))


def read(of: MemoryCentre, cursor: Cursor, scope: str = CATALOGUE, limit: int = 5_000) -> Page:
    pull = Pull(request="r1", heads={}, cursors={scope: cursor}, limit=limit)
    return of.pull("S001", "T01", pull).scopes[scope]


def keys(page: Page) -> list[str]:
    return list(page.things["article"])


def test_a_sale_moves_the_stock_of_its_store_once() -> None:
    at = centre()
    at.receive("S001", "1", 5_000)
    entries = written(("sale.finished", SALE), ("drawer.opened", b"{}"))
    assert push(at, entries).expected == push(at, entries).expected == 3
    page = read(at, Cursor(), "store:S001")
    assert page.things == {"stock": {"1": {"quantity": 4_000}}}
    assert page.included == {"T01-K1": 2}
    assert len(at.books.sales) == 1


def test_a_sale_that_comes_repeated_and_as_itself_counts_once() -> None:
    at = centre()
    (sold,) = written(("sale.finished", SALE))
    bears = written((KIND, canonical(repeat(sold).facts())), place=Place("S001", "T01", "K2"))
    push(at, bears, "K2")
    push(at, [sold])
    assert len(at.books.sales) == 1
    assert at.books.stock["S001"]["1"] == -1_000


@pytest.mark.parametrize(
    ("kind", "body"),
    [("order.hologram", b"{}"), ("sale.finished", b'{"total":1}'), ("drawer.opened", b"{ }")],
)
def test_an_entry_that_is_not_understood_is_kept_and_the_next_is_taken(
    kind: str, body: bytes
) -> None:
    at = centre()
    answer = push(at, written((kind, body), ("sale.finished", SALE)))
    assert (answer.expected, [one.number for one in answer.parked]) == (3, [1])
    assert len(at.books.sales) == 1


def test_a_broken_entry_is_refused_by_its_own_name() -> None:
    at = centre()
    (entry,) = written(("drawer.opened", b"{}"))
    text = wire_entry(entry).model_copy(update={"body": '{"x":1}'})
    with pytest.raises(Rejected, match="422 altered"):
        at.push("S001", "T01", Push(request="r1", epoch="K1", entries=[text]))


def test_a_pull_answers_with_the_head_of_each_epoch_asked_about() -> None:
    at = centre()
    (entry,) = written(("drawer.opened", b"{}"))
    push(at, [entry])
    heads = {epoch: HeadText(number=9, hash="00" * 32) for epoch in ("K1", "K2")}
    answer = at.pull("S001", "T01", Pull(request="r1", heads=heads, cursors={}))
    assert answer.expected["K1"] == HeadText(number=1, hash=entry.hash.hex())
    assert answer.expected["K2"] == HeadText(number=0, hash="00" * 32)
    match = Match(request="r1", epoch="K1", hashes={1: entry.hash.hex(), 2: "00" * 32})
    assert (at.match("S001", "T01", match).number, at.match("S001", "T01", match).held) == (1, 1)


@pytest.mark.parametrize("scope", ["store:S002", "till:S001-T02", "till:S002-T01"])
def test_a_till_reads_nothing_of_another_store_or_till(scope: str) -> None:
    with pytest.raises(Rejected, match="403"):
        read(centre(), Cursor(), scope)


def test_a_revoked_key_lets_nobody_in_and_still_proves_what_it_signed() -> None:
    at = centre()
    assert at.admit(KEY.key_id) == ("S001", "T01", KEY.public_key)
    at.revoke(KEY.key_id)
    with pytest.raises(Rejected, match="401 revoked"):
        at.admit(KEY.key_id)
    with pytest.raises(Rejected, match="401 unknown_key"):
        at.admit("nobody")
    assert push(at, written(("drawer.opened", b"{}"))).state == "ok"


def test_a_scope_is_read_page_by_page_and_then_only_what_changed() -> None:
    at = centre()
    at.write(CATALOGUE, {("article", key): {"n": 1} for key in "abc"})
    first = read(at, Cursor(), limit=2)
    assert (first.snapshot, first.more, keys(first)) == (True, True, ["a", "b"])
    at.write(CATALOGUE, {("article", "a"): None})
    second = read(at, first.cursor)
    assert (second.snapshot, keys(second)) == (False, ["c", "a"])
    assert second.things == {"article": {"c": {"n": 1}, "a": None}}
    assert read(at, second.cursor).things == {}


def test_a_page_read_before_a_restore_is_not_gone_on_from() -> None:
    """A row that was overwritten is back under its old version, below the cursor."""
    at = centre()
    at.write(CATALOGUE, {("article", "a"): {"n": 1}, ("article", "b"): {"n": 1}})
    kept = at.backup()
    at.write(CATALOGUE, {("article", "a"): {"n": 2}})
    first = read(at, Cursor(), limit=1)
    assert (keys(first), first.cursor.v) == (["b"], 2)
    at.restore(kept)
    again = read(at, first.cursor)
    assert (again.snapshot, keys(again)) == (True, ["a", "b"])


def test_a_restored_centre_gives_its_versions_again_and_is_told_apart() -> None:
    at = centre()
    at.write(CATALOGUE, {("article", "a"): {"n": 1}})
    kept = at.backup()
    at.write(CATALOGUE, {("article", "ghost"): {"n": 1}})
    cursor = read(at, Cursor()).cursor
    at.restore(kept)
    at.write(CATALOGUE, {("article", "b"): {"n": 1}})
    page = read(at, cursor)
    assert (page.snapshot, keys(page)) == (True, ["a", "b"])


def test_a_claim_is_given_to_the_first_and_to_the_same_entry_again() -> None:
    at = centre()
    facts: dict[str, Any] = {"what": "hand_over", "key": "order-1"}
    first = at.claim(Claim(claim="S001-T01-K1/000001", **facts))
    other = at.claim(Claim(claim="S001-T02-K1/000001", **facts))
    assert (first.granted, other.granted, other.holder) == (True, False, "S001-T01-K1/000001")
    assert at.claim(Claim(claim="S001-T01-K1/000001", **facts)).granted


def test_a_snapshot_sweeps_only_when_its_last_page_is_in() -> None:
    def page(*, snapshot: bool = False, more: bool = False) -> Page:
        return Page(things={}, cursor=Cursor(v=1, nonce="1.a"), snapshot=snapshot, more=more)

    start, swept = after_page(Reading(), page(snapshot=True, more=True))
    assert (start.round, start.sweeping, swept) == (1, True, False)
    middle, swept = after_page(start, page(more=True))
    assert (middle.round, swept) == (1, False)
    assert after_page(middle, page())[1] is True
    again, swept = after_page(middle, page(snapshot=True, more=True))
    assert (again.round, swept) == (2, False)
    assert after_page(after_page(middle, page())[0], page())[1] is False
