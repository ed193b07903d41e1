"""What the centre decides of a push, and the till of an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain, Head
from pos.journal.entry import GENESIS, Entry, Place
from pos.journal.signing import SeedKey
from sync.merge import Fork, Lane, Outgoing, Search, Verdict, announced, judge, shared, wanted
from sync.protocol import PROBES_MOST, HeadText, PullAnswer, PushAnswer

KEY, OTHER, NEW = SeedKey(b"k" * 32), SeedKey(b"o" * 32), SeedKey(b"n" * 32)
KEYS = {KEY.key_id: KEY.public_key}
PLACE = Place("S001", "T01", "K1")
NOTHING = Head("K1", 0, GENESIS)


def entries(count: int, after: Head = START, mark: str = "", key: SeedKey = KEY) -> list[Entry]:
    chain = Chain(PLACE, after)
    body = canonical({"cause": mark})
    return [chain.append("drawer.opened", 1, "", body, key) for _ in range(count)]


MINE = entries(10)
THEIRS = MINE[:4] + entries(8, Head("K1", 4, MINE[3].hash), "another life")


def head(held: list[Entry]) -> Head:
    return Head("K1", held[-1].number, held[-1].hash) if held else NOTHING


def judged(held: list[Entry], push: list[Entry]) -> Verdict:
    known = {number: held[number - 1].hash for number in wanted(head(held), push)}
    return judge(head(held), push, known, KEYS)


@pytest.mark.parametrize(
    ("held", "push", "state", "expected", "fresh"),
    [
        (0, slice(0, 3), "ok", 4, 3),
        (3, slice(3, 6), "ok", 7, 3),
        (6, slice(3, 6), "ok", 7, 0),
        (9, slice(3, 6), "ok", 7, 0),
        (5, slice(3, 8), "ok", 9, 3),
        (3, slice(4, 6), "gap", 4, 0),
        (0, slice(1, 2), "gap", 1, 0),
    ],
)
def test_a_push_is_taken_where_the_head_stands_and_once(
    held: int, push: slice, state: str, expected: int, fresh: int
) -> None:
    verdict = judged(MINE[:held], MINE[push])
    assert (verdict.state, verdict.expected, len(verdict.fresh)) == (state, expected, fresh)
    if expected > 1:
        assert verdict.head_hash == MINE[expected - 2].hash


@pytest.mark.parametrize("held", [6, 12])
@pytest.mark.parametrize("push", [slice(4, 6), slice(3, 6), slice(5, 9), slice(6, 8)])
def test_other_entries_under_the_same_numbers_are_a_fork(held: int, push: slice) -> None:
    verdict = judged(THEIRS[:held], MINE[push])
    assert (verdict.state, verdict.fresh) == ("fork", ())
    assert (verdict.expected, verdict.head_hash) == (held + 1, THEIRS[held - 1].hash)


def altered(entry: Entry) -> Entry:
    return replace(entry, body=b'{"cause":"x"}')


def forged(entry: Entry) -> Entry:
    return replace(entry, signature=bytes(64))


def unknown(entry: Entry) -> Entry:
    return replace(entry, key_id=OTHER.key_id)


def unlinked(entry: Entry) -> Entry:
    return entries(1, Head("K1", entry.number - 1, bytes(32)))[0]


@pytest.mark.parametrize(
    ("break_it", "why"), [(altered, "altered"), (forged, "forged"), (unknown, "unknown_key")]
)
def test_a_broken_entry_stops_the_push_there_and_is_then_refused_by_name(
    break_it: object, why: str
) -> None:
    assert callable(break_it)
    push = [*MINE[:3], break_it(MINE[3]), *MINE[4:]]
    first = judged([], push)
    assert (first.state, first.expected, len(first.fresh)) == ("ok", 4, 3)
    again = judged(MINE[:3], push[3:])
    assert (again.state, again.expected, again.why, again.fresh) == ("corrupt", 4, why, ())


def test_an_entry_that_does_not_follow_the_one_before_it_is_not_taken() -> None:
    assert judged([], [*MINE[:3], unlinked(MINE[3])]).expected == 4
    assert judged([], [MINE[0], *MINE[2:4]]).expected == 2


def test_a_key_is_known_from_the_entry_that_announces_it_and_no_other() -> None:
    chain = Chain(PLACE, head(MINE))
    body = canonical({"public_key": NEW.public_key.hex()})
    opened = Chain(replace(PLACE, epoch="K2"), chain.head)
    first = opened.append("epoch.opened", 1, "", body, NEW)
    second = opened.append("drawer.opened", 1, "", b"{}", NEW)
    verdict = judge(Head("K2", 0, GENESIS), [first, second], {}, KEYS)
    assert (verdict.state, len(verdict.fresh)) == ("ok", 2)
    assert verdict.learnt == {NEW.key_id: NEW.public_key}
    assert announced(second) is None
    wrong = Chain(PLACE, START).append("epoch.opened", 1, "", body, OTHER)
    assert judge(NOTHING, [wrong], {}, KEYS).why == "unknown_key"
    lying = replace(first, signature=bytes(64))
    refused = judge(Head("K2", 0, GENESIS), [lying], {}, KEYS)
    assert (refused.why, refused.learnt) == ("forged", {})


@pytest.mark.parametrize("body", [b"{}", b'{"public_key":"zz"}', b'{"public_key":"00"}', b"["])
def test_what_announces_no_key_announces_none(body: bytes) -> None:
    assert announced(replace(MINE[0], kind="till.installed", body=body)) is None


# The till's side


def own(epoch: str, number: int) -> bytes | None:
    return MINE[number - 1].hash if epoch == "K1" and 0 < number <= len(MINE) else None


HEADS = {"K1": head(MINE)}


def pushed(
    state: str, held: list[Entry], expected: int | None = None, lane: Lane | None = None
) -> tuple[Outgoing, str]:
    number = len(held) if expected is None else expected - 1
    hash_ = held[number - 1].hash if number else GENESIS
    answer = PushAnswer.model_validate(
        {
            "request": "r1",
            "state": state,
            "expected": number + 1,
            "head_hash": hash_.hex(),
            "server_time": "",
        }
    )
    outgoing = Outgoing({"K1": lane or Lane(4)}).pushing("r1", "K1")
    return outgoing.heard_push(answer, HEADS, own)


def pulled(held: list[Entry], lane: Lane | None = None) -> tuple[Outgoing, str]:
    last = head(held)
    answer = PullAnswer(
        request="r1",
        expected={"K1": HeadText(number=last.number, hash=last.hash.hex())},
        scopes={},
        server_time="",
    )
    state = Outgoing({"K1": lane or Lane(4)}).pulling("r1")
    after, outcomes = state.heard_pull(answer, HEADS, own)
    return after, outcomes.get("K1", "")


@pytest.mark.parametrize(
    ("state", "held", "outcome", "acked"),
    [
        ("ok", MINE[:8], "advanced", 8),
        ("gap", MINE[:2], "rewound", 2),
        ("gap", [], "rewound", 0),
        ("ok", THEIRS[:8], "forked", 4),
        ("fork", MINE[:8], "forked", 4),
    ],
)
def test_an_answer_counts_as_far_as_the_hash_it_names_is_the_tills_own(
    state: str, held: list[Entry], outcome: str, acked: int
) -> None:
    after, what = pushed(state, held)
    assert (what, after.lane("K1").acked, after.push) == (outcome, acked, "")
    assert (after.next_push(HEADS) is None) is (outcome == "forked")


@pytest.mark.parametrize(
    ("held", "outcome", "acked"),
    [
        (MINE[:8], "advanced", 8),
        (MINE[:4], "advanced", 4),
        (MINE[:1], "rewound", 1),
        ([], "rewound", 0),
        (THEIRS[:8], "forked", 4),
        (THEIRS, "forked", 4),
    ],
)
def test_the_heads_of_a_pull_tell_an_idle_till_what_to_send_again(
    held: list[Entry], outcome: str, acked: int
) -> None:
    after, what = pulled(held)
    assert (what, after.lane("K1").acked, after.pull) == (outcome, acked, "")


def test_a_late_answer_changes_nothing_at_all() -> None:
    answer = PushAnswer(
        request="old", state="ok", expected=9, head_hash=MINE[7].hash.hex(), server_time=""
    )
    for state in (Outgoing(), Outgoing().pushing("r2", "K1")):
        assert state.heard_push(answer, HEADS, own) == (state, "ignored")
    pull = PullAnswer(request="old", expected={}, scopes={}, server_time="")
    assert Outgoing().pulling("r2").heard_pull(pull, HEADS, own) == (Outgoing(pull="r2"), {})


def test_an_epoch_that_was_left_may_be_longer_at_the_centre() -> None:
    answer = PullAnswer(
        request="r1",
        expected={"K1": HeadText(number=12, hash=THEIRS[-1].hash.hex())},
        scopes={},
        server_time="",
    )
    heads = HEADS | {"K2": Head("K2", 1, b"2" * 32)}
    after, outcomes = Outgoing().pulling("r1").heard_pull(answer, heads, own)
    assert (dict(outcomes), after.next_push(heads)) == ({"K1": "ignored"}, ("K1", 1))


@pytest.mark.parametrize(
    ("at_head", "lane", "outcome", "after"),
    [
        (MINE[9], Lane(4), "advanced", Lane(10)),
        (MINE[9], Lane(10), "advanced", Lane(10)),
        (MINE[3], Lane(17), "rewound", Lane(4)),
        (THEIRS[9], Lane(10), "forked", Lane(10, None, True)),
    ],
)
def test_of_an_epoch_longer_at_the_centre_the_hash_at_the_tills_head_tells(
    at_head: Entry, lane: Lane, outcome: str, after: Lane
) -> None:
    """Else a till whose entries were replaced by those of a copy would never hear of it."""
    answer = PullAnswer(
        request="r1",
        expected={"K1": HeadText(number=12, hash=THEIRS[-1].hash.hex())},
        at_head={"K1": HeadText(number=at_head.number, hash=at_head.hash.hex())},
        scopes={},
        server_time="",
    )
    heads = HEADS | {"K2": Head("K2", 1, b"2" * 32)}
    state = Outgoing({"K1": lane}).pulling("r1")
    state, outcomes = state.heard_pull(answer, heads, own)
    assert (outcomes["K1"], state.lane("K1")) == (outcome, after)


def test_a_pull_says_of_a_forked_epoch_only_what_may_be_sent() -> None:
    told = Outgoing({"K1": Lane(4, 4)}).told(HEADS | {"K2": Head("K2", 1, b"2" * 32)}, own)
    assert told["K1"] == HeadText(number=4, hash=MINE[3].hash.hex())
    assert told["K2"] == HeadText(number=1, hash=(b"2" * 32).hex())
    assert Outgoing({"K1": Lane(0, 0)}).told(HEADS, own)["K1"].number == 0


def test_what_was_confirmed_after_a_pull_was_asked_is_not_sent_again() -> None:
    last = head(MINE[:6])
    answer = PullAnswer(
        request="r1",
        expected={"K1": HeadText(number=6, hash=last.hash.hex())},
        scopes={},
        server_time="",
    )
    asked = Outgoing({"K1": Lane(4)}).pulling("r1")
    confirmed = replace(asked, lanes={"K1": Lane(8)})
    assert confirmed.heard_pull(answer, HEADS, own)[0].lane("K1") == Lane(8)
    assert asked.heard_pull(answer, HEADS, own)[0].lane("K1") == Lane(6)


def test_epochs_are_sent_in_the_order_they_were_opened() -> None:
    heads = HEADS | {"K2": Head("K2", 3, b"2" * 32)}
    assert Outgoing().next_push(heads) == ("K1", 1)
    assert Outgoing({"K1": Lane(10)}).next_push(heads) == ("K2", 1)
    assert Outgoing({"K1": Lane(4, 4)}).next_push(heads) == ("K2", 1)
    assert Outgoing({"K1": Lane(10), "K2": Lane(3)}).next_push(heads) is None
    assert Outgoing({"K1": Lane(4)}).unsent(heads) == 9


def test_a_centre_that_lacks_what_the_till_purged_is_told_apart() -> None:
    def purged(epoch: str, number: int) -> bytes | None:
        return own(epoch, number) if number >= 5 else None

    answer = PushAnswer(
        request="r1", state="gap", expected=3, head_hash=MINE[1].hash.hex(), server_time=""
    )
    state = Outgoing({"K1": Lane(8)}).pushing("r1", "K1")
    after, outcome = state.heard_push(answer, HEADS, purged)
    assert (outcome, after.lane("K1")) == ("missing", Lane(8))
    first = answer.model_copy(update={"expected": 1})
    assert state.heard_push(first, HEADS, purged)[1] == "missing"


@given(st.integers(1, 50_000), st.data())
def test_a_search_finds_the_last_shared_entry_in_few_questions(
    end: int, data: st.DataObject
) -> None:
    last = data.draw(st.integers(0, end - 1))
    search, asked = Search("K1", 0, end, end), 0
    while not search.found:
        probes = search.probes()
        assert 0 < len(probes) <= PROBES_MOST
        assert probes == sorted(set(probes))
        search = search.heard(max((probe for probe in probes if probe <= last), default=0))
        asked += 1
    assert (search.low, asked <= 3) == (last, True)


def test_a_search_believes_no_number_that_it_did_not_ask_about() -> None:
    search = Search("K1", 0, 1_001, 1_001)
    probes = search.probes()
    assert search.heard(10**9).low == probes[-1]
    assert search.heard(probes[3] + 1) == search.heard(probes[3])


def test_the_centre_names_the_highest_hash_it_holds_alike() -> None:
    asked = {entry.number: entry.hash.hex() for entry in MINE}
    held = {entry.number: entry.hash for entry in THEIRS}
    assert shared(asked, held) == 4
    assert shared({7: MINE[6].hash.hex()}, held) == 0


def settled(low: int, held: int, lane: Lane | None = None, left: bool = False) -> object:
    heads = HEADS | ({"K2": Head("K2", 1, b"2" * 32)} if left else {})
    state = Outgoing({"K1": lane or Lane(4, None, True)})
    search = state.search("K1", heads["K1"])
    after, order = state.settle(replace(search, low=low, high=low + 1), heads, held, own)
    return after.lane("K1"), order


@pytest.mark.parametrize(
    ("low", "held", "left", "lane", "order"),
    [
        (4, 12, False, Lane(4, 4), Fork("K1", 4, MINE[3].hash)),
        (0, 12, False, Lane(0, 0), Fork("K1", 0, GENESIS)),
        (4, 12, True, Lane(4, 4), Fork("K1", 4, MINE[3].hash)),
        (10, 12, False, Lane(10, 10), Fork("K1", 10, MINE[9].hash)),
        (10, 12, True, Lane(10), None),
        (4, 4, False, Lane(4), None),
    ],
)
def test_a_fork_is_ordered_when_the_two_really_parted(
    low: int, held: int, left: bool, lane: Lane, order: Fork | None
) -> None:
    assert settled(low, held, left=left) == (lane, order)


def test_a_second_fork_of_an_epoch_lies_below_the_first() -> None:
    assert settled(2, 9, Lane(4, 6, True)) == (Lane(2, 2), Fork("K1", 2, MINE[1].hash))
    assert settled(6, 9, Lane(4, 6, True)) == (Lane(6, 6), None)


def test_a_forked_epoch_is_never_sent_beyond_what_is_shared() -> None:
    state = Outgoing({"K1": Lane(2, 4)})
    assert state.next_push(HEADS) == ("K1", 3)
    assert Outgoing({"K1": Lane(4, 4)}).next_push(HEADS) is None
    after, what = pulled(THEIRS, Lane(4, 4))
    assert (what, after.lane("K1")) == ("ignored", Lane(4, 4))
