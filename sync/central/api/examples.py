"""One example of each message, for the description of the API; the entry is a real, signed one."""

from __future__ import annotations

from pos.journal.chain import START, Chain
from pos.journal.entry import GENESIS, Place
from pos.journal.signing import SeedKey
from sync.protocol import (
    Claim,
    Claimed,
    Cursor,
    Enrol,
    Enrolled,
    HeadText,
    Match,
    Matched,
    Page,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    StockAnswer,
    StockHere,
    wire_entry,
)

_KEY = SeedKey(bytes(range(32)))
_AT = "2026-11-22T08:15:30.000Z"
_FIRST = Chain(Place("S001", "T01", "K1"), START).append(
    "till.stopped", 1, _AT, b'{"why":"the day is over"}', _KEY
)
_HEAD = HeadText(number=1, hash=_FIRST.hash.hex())
_CURSOR = Cursor(v=12, nonce="5f0c3a9e1b7d2468")

ENROL = Enrol(
    code="7K3QX-9M2RD",
    public_key=_KEY.public_key.hex(),
    store="S001",
    till="T01",
    epoch="K1",
    software="comptoir 0.1.0",
)
ENROLLED = Enrolled(
    centre="centre",
    centre_key=SeedKey(bytes(32)).public_key.hex(),
    scopes=["catalogue:MAIN", "prices:FR", "store:S001", "till:S001-T01"],
    server_time=_AT,
)
PUSH = Push(request="01JD9Z6Q4K", epoch="K1", entries=[wire_entry(_FIRST)])
PUSH_ANSWER = PushAnswer(
    request="01JD9Z6Q4K", state="ok", expected=2, head_hash=_FIRST.hash.hex(), server_time=_AT
)
PULL = Pull(request="01JD9Z6Q4M", heads={"K1": _HEAD}, cursors={"catalogue:MAIN": _CURSOR})
PULL_ANSWER = PullAnswer(
    request="01JD9Z6Q4M",
    expected={"K1": _HEAD},
    scopes={
        "catalogue:MAIN": Page(
            things={"article": {"03400949497706": {"name": "Miel de châtaignier", "vat": "FR055"}}},
            cursor=Cursor(v=13, nonce="0d94b7f2a6c1e835"),
        )
    },
    server_time=_AT,
)
MATCH = Match(request="01JD9Z6Q4N", epoch="K1", hashes={1: _FIRST.hash.hex(), 2: GENESIS.hex()})
MATCHED = Matched(request="01JD9Z6Q4N", number=1, held=1)
CLAIM = Claim(claim="S001-T01-K1/000002", what="voucher", key="4711", amount=1500)
CLAIMED = Claimed(granted=True, holder="S001-T01-K1/000002", at=_AT)
STOCK_ANSWER = StockAnswer(
    sku="03400949497706",
    stores=[
        StockHere(store="S002", name="Au coin", on_hand=12_000, shelf=0, reserved=1_000, as_of=_AT)
    ],
    server_time=_AT,
)
