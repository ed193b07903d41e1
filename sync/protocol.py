"""What a till and the centre say to each other, version 1: messages and their limits, nothing else.

Everything is JSON over HTTP. Hashes, signatures and keys are hexadecimal; the body of an entry is
its own text, byte for byte, so that its hash can be checked (design.md §5, docs/sync.md).

>>> wire_head(HeadText(number=3, hash="00" * 32)).number
3
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pos.journal.canonical import INTEGER_MAX
from pos.journal.chain import Head
from pos.journal.entry import Entry, Place, texts_of

VERSION = 1
ENTRIES_MOST = 250
"""The most entries of one push."""

PUSH_BYTES_MOST = 2_000_000
"""The most bytes of one push before compression; one larger entry goes alone."""

ROWS_MOST = 10_000
"""The most rows (states of things) of one scope in one answer."""

BODY_BYTES_MOST = 8_000_000
"""The most bytes of any request or answer, after decompression."""

PROBES_MOST = 64
"""The most hashes of one question for the last entry that both ends hold."""

FUTURE_MOST_S = 86_400
"""How far ahead of the centre's clock an entry may stand and not be flagged, in seconds."""

NameText = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,15}$")]
EpochText = Annotated[str, Field(pattern=r"^K\d{1,9}(X[0-9A-Z]{1,8})?$")]
HashText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SignatureText = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
KeyText = HashText
InstantText = Annotated[str, Field(max_length=24)]
RequestId = Annotated[str, Field(min_length=1, max_length=40)]
Scope = Annotated[str, Field(pattern=r"^(catalogue|prices|store|till):[A-Z0-9-]{1,40}$")]


class Message(BaseModel):
    """A frozen message; unknown names are ignored, so that an older end can read a newer one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class EntryText(Message):
    """An entry on its way; `body` is its canonical JSON, not one byte changed."""

    number: Annotated[int, Field(ge=1)]
    kind: Annotated[str, Field(max_length=60)]
    version: Annotated[int, Field(ge=1, le=INTEGER_MAX)]
    at: InstantText
    body: Annotated[str, Field(max_length=PUSH_BYTES_MOST * 2)]
    previous: HashText
    hash: HashText
    signature: SignatureText
    key_id: Annotated[str, Field(max_length=32)]


Number = Annotated[int, Field(ge=0, le=INTEGER_MAX)]


class HeadText(Message):
    """The last entry of an epoch: its number (0 for none) and hash."""

    number: Annotated[int, Field(ge=0)]
    hash: HashText


class Push(Message):
    """Consecutive entries of one epoch."""

    request: RequestId
    epoch: EpochText
    entries: Annotated[list[EntryText], Field(min_length=1, max_length=ENTRIES_MOST)]


class Parked(Message):
    """An entry that the centre keeps and could not understand: it waits in the conflict inbox."""

    number: int
    why: str


class PushAnswer(Message):
    """How a push ended, which number the till sends next, and the hash before that number.

    `ok`: all before `expected` is held, and is what the till sent (it may stop short of the push's
    end: the entry there is broken). `gap`: nothing taken, the centre's own head is before
    `expected`, lower than the till believed (a centre restored from its backup): the till goes
    back to it. `fork`: the centre holds other entries under these numbers: the till looks for the
    last one that both hold (Match) and opens a new epoch.
    """

    request: RequestId
    state: Literal["ok", "gap", "fork"]
    expected: int
    head_hash: HashText
    parked: list[Parked] = Field(default_factory=list)
    server_time: InstantText


class Cursor(Message):
    """How far a till has read a scope; `nonce` tells a restored centre from the one that was.

    The till keeps both as they came. For the centre, `nonce` names the scope's last version when
    the page was read, and the nonce of the transaction that wrote it (`<version>.<nonce>`): not
    those of `v`. A page in the middle lacks rows that later versions overwrote, and a
    centre that went back to before they were must not go on from it.
    """

    v: Annotated[int, Field(ge=0)] = 0
    nonce: Annotated[str, Field(max_length=40)] = ""


class Pull(Message):
    """What a till has: the head of each epoch, even when nothing is to send, and its cursors.

    `lacking` is up to which numbers the centre lacks entries that the till purged: archives have
    them.
    """

    request: RequestId
    heads: Annotated[dict[EpochText, HeadText], Field(max_length=1_000)]
    lacking: Annotated[dict[EpochText, Number], Field(max_length=1_000)] = Field(
        default_factory=dict
    )
    cursors: Annotated[dict[Scope, Cursor], Field(max_length=20)]
    limit: Annotated[int, Field(ge=1, le=ROWS_MOST)] = ROWS_MOST


class Page(Message):
    """The things of a scope that changed after a cursor, and the cursor after them.

    `things` are their present states by kind and key, oldest version first; null is gone. A kind
    is told once, not with each of its things: a page has thousands of articles.
    `snapshot` says that the till's cursor was not known: it reads from the beginning, and what it
    has and is not named until `more` is False is gone. `included` is how far each till's entries
    are counted in the scope's stock, by till and epoch (`T01-K1`); it is true with the last page.
    `last` is the scope's last version, which tells how far there is to go (0: not told).
    """

    things: dict[str, dict[str, dict[str, Any] | None]]
    cursor: Cursor
    more: bool = False
    snapshot: bool = False
    included: dict[str, int] = Field(default_factory=dict)
    last: int = 0


class PullAnswer(Message):
    """The centre's head of each epoch asked about, what changed in each scope, and its time.

    An epoch that the centre has nothing of is there with number 0 and a hash of zeros. Of an epoch
    that is longer at the centre than the till said, `at_head` has the centre's hash at the number
    that the till said: other entries may have come under numbers that were the till's (from a copy
    of its machine, after a restore of the centre).

    `reads` is what the till is to read from now on; a scope that it asked about and that is not
    there is left out of `scopes` (its store's price zone changed).
    """

    request: RequestId
    expected: dict[EpochText, HeadText]
    at_head: dict[EpochText, HeadText] = Field(default_factory=dict)
    scopes: dict[Scope, Page]
    reads: list[Scope] = Field(default_factory=list)
    server_time: InstantText


class Match(Message):
    """After a fork: hashes of the till's entries of an epoch, by number."""

    request: RequestId
    epoch: EpochText
    hashes: Annotated[dict[int, HashText], Field(max_length=PROBES_MOST)]


class Matched(Message):
    """The highest of the numbers asked whose hash the centre holds too (0: none), and its head."""

    request: RequestId
    number: int
    held: int


class Enrol(Message):
    """A till asks to be known: the one-time code and its public key; its file's present epoch."""

    code: Annotated[str, Field(min_length=8, max_length=20)]
    public_key: KeyText
    store: NameText
    till: NameText
    epoch: EpochText
    software: Annotated[str, Field(max_length=80)] = ""


class Enrolled(Message):
    """The till is known: the scopes it reads, the centre's name and public key, its time."""

    centre: str
    centre_key: KeyText
    scopes: list[Scope]
    server_time: InstantText


class Claim(Message):
    """What must be unique across tills is asked for by the name of the entry that will bear it."""

    claim: Annotated[str, Field(min_length=1, max_length=60)]
    what: Literal["hand_over", "voucher", "points"]
    key: Annotated[str, Field(min_length=1, max_length=60)]
    amount: Annotated[int, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)] = 0


class Claimed(Message):
    """Whether the claim is granted, or who holds it since when. Asked again it says the same.

    `why` says more in a word: how the order ended of which nothing may leave (`cancelled`,
    `expired`, `rejected`, `closed`), or `abandoned` of what is granted although another had it,
    who never told the end of it: that is a risk, to be written down.
    """

    granted: bool
    holder: str
    at: InstantText
    why: Annotated[str, Field(max_length=20)] = ""


class StockHere(Message):
    """An article in one store, in thousandths, as of `as_of`: when the till of the store that was
    unheard for longest was heard; "" when one never was.
    """

    store: NameText
    name: str
    on_hand: int
    shelf: int
    reserved: int
    as_of: str = ""


class StockAnswer(Message):
    """The stock of an article in every store that has ever had it (`GET /v1/stock?sku=`)."""

    sku: str
    stores: list[StockHere]
    server_time: InstantText


class Problem(Message):
    """An error, as RFC 9457 has it; `type` ends in a stable slug."""

    type: str
    title: str
    status: int
    detail: str = ""
    request: str = ""


def wire_entry(entry: Entry) -> EntryText:
    """Return an entry as it travels."""
    return EntryText(**texts_of(entry))


def entry_of(place: Place, text: EntryText) -> Entry:
    """Return the entry that travelled."""
    return Entry(
        place,
        text.number,
        text.kind,
        text.version,
        text.at,
        text.body.encode(),
        bytes.fromhex(text.previous),
        bytes.fromhex(text.hash),
        bytes.fromhex(text.signature),
        text.key_id,
    )


def wire_head(text: HeadText, epoch: str = "") -> Head:
    """Return a head that travelled as the journal has it."""
    return Head(epoch, text.number, bytes.fromhex(text.hash))


def fitting(entries: Iterable[Entry]) -> list[Entry]:
    """Return as many of the entries, in order, as one push may hold; at least the first."""
    taken: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry.body) + 400
        if taken and (len(taken) >= ENTRIES_MOST or size > PUSH_BYTES_MOST):
            break
        taken.append(entry)
    return taken
