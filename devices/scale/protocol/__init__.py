"""What a till and a scale say to each other: one small conversation, whatever the family. Pure.

A `Conversation` asks one question at a time. `ask` and `look` return the bytes that begin it;
`receive` takes what the scale says, any number of bytes at a time, and returns what to send back
(`Reply`) and what was learnt (`Reading`). What is no answer is no reading: a lost, damaged or half
answer never becomes a weight, least of all zero.

>>> talk = converse("toledo")
>>> talk.ask(Item())
b'W'
>>> talk.receive(b"\\x0200.345\\r")
[Reading(kind=<Kind.STABLE: 'stable'>, grams=345, is_net=False)]
"""

from __future__ import annotations

from collections.abc import Callable

from devices.scale.protocol.common import Conversation as Conversation
from devices.scale.protocol.common import Item as Item
from devices.scale.protocol.common import Kind as Kind
from devices.scale.protocol.common import Reading as Reading
from devices.scale.protocol.common import Reply as Reply
from devices.scale.protocol.dialog06 import Dialog06
from devices.scale.protocol.enq import Enq
from devices.scale.protocol.nci import Nci
from devices.scale.protocol.sics import Sics
from devices.scale.protocol.toledo import Toledo

FAMILIES = ("toledo", "enq", "nci", "sics", "dialog06")
"""The names of the families, as the settings write them."""

_PLAIN: dict[str, Callable[[], Conversation]] = {
    "toledo": Toledo,
    "enq": Enq,
    "nci": Nci,
    "sics": Sics,
}


def converse(
    family: str, secret: int | None = None, chance: Callable[[], int] = lambda: 0
) -> Conversation:
    """Return a new conversation; KeyError for a family that is not of `FAMILIES`.

    `secret` is the 16-bit number that the maker of a Dialog 06 scale gives to whoever may connect
    to it, and `chance` returns 16 random bits for it; the other families need neither.
    """
    return Dialog06(secret, chance) if family == "dialog06" else _PLAIN[family]()
