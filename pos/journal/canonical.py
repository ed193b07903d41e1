"""Canonical bytes: the one way a body is written, so that its hash means something (RFC 8785).

Only text, integers of at most 53 bits, truth values, lists and objects with text keys are
accepted: a fraction has no place in a journal of integer cents, and what is absent is left out.

>>> canonical({"total": 1250, "lines": [{"n": 1, "name": "Crème"}], "paid": True}).decode()
'{"lines":[{"n":1,"name":"Crème"}],"paid":true,"total":1250}'
>>> read_facts(b'{"n":1}')
{'n': 1}
"""

from __future__ import annotations

import json
from typing import Any

from pos.domain.events import Facts

INTEGER_MAX = 2**53 - 1
"""The largest integer, either sign, that every JSON reader keeps exactly (RFC 8785 §3.2.2.3)."""

_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_as_given = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(facts: Facts) -> bytes:
    """Return the RFC 8785 bytes of `facts`.

    Raises TypeError for a float, None, a tuple or a key that is not text; ValueError for an
    integer beyond ±(2^53 − 1) or text that is not valid Unicode (a lone surrogate).
    """
    if _sorts_by_code_point(facts):
        return _sorted(facts).encode()
    return _as_given(_in_order(facts)).encode()


def read_facts(body: bytes) -> Facts:
    """Return the facts of a body. Raises ValueError when the bytes are not the canonical ones.

    So is a body that is nested deeper than Python reads: no event is.
    """
    try:
        facts = json.loads(body)
        same = type(facts) is dict and canonical(facts) == body
    except (TypeError, RecursionError):
        same = False
    if not same:
        raise ValueError("the body of the entry is not canonical JSON")
    return facts  # type: ignore[no-any-return]


def _sorts_by_code_point(group: Any) -> bool:
    """Check every value in an object or list; return whether all keys inside it are ASCII.

    Such keys sort alike by code point and by UTF-16 code unit, and the encoder sorts them itself.
    """
    plain, values = True, group
    if type(group) is dict:
        plain, values = "".join(group).isascii(), group.values()  # join: text keys or TypeError
    for value in values:  # every value is checked, whatever the first one says
        kind = type(value)
        if kind is str or kind is bool:
            continue
        if kind is int:
            if not -INTEGER_MAX <= value <= INTEGER_MAX:
                raise ValueError(f"the integer {value} has more than 53 bits")
        elif kind is dict or kind is list:
            plain &= _sorts_by_code_point(value)
        else:
            raise TypeError(f"{value!r} is a {kind.__name__}: a journal keeps integers and text")
    return plain


def _in_order(value: Any) -> Any:
    """Return the value with every object's keys ordered by UTF-16 code units (RFC 8785 §3.2.3)."""
    if isinstance(value, list):
        return [_in_order(item) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _in_order(value[key]) for key in keys}
    return value
