"""What a till tells a customer screen: one line of JSON a view. Pure.

The screen answers nothing. What is no view is passed over, and a line that never ends is dropped.

>>> view = CustomerView("paid", shop="Au coin", label="CHANGE", amount="2,50 €")
>>> Views().receive(encode(view)) == [view]
True
>>> Views().receive(b'{"kind": "toast"}\\n')
[]
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pos.papers.customer import LINES_MOST, TEXT_MOST, CustomerLine, CustomerView

VIEW_BYTES_MAX = 64 * 1024
KEEP_MOST_S = 3_600
_KINDS = ("welcome", "basket", "weighing", "paid", "called")


def encode(view: CustomerView) -> bytes:
    """Return a view as a line."""
    return json.dumps(asdict(view), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Views:
    """Cuts a stream into views; fed any number of bytes at a time."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._noise = False

    def receive(self, data: bytes) -> list[CustomerView]:
        """Take bytes; returns the views they completed, in order."""
        views: list[CustomerView] = []
        for part in data.splitlines(keepends=True):
            if len(self._line) + len(part) > VIEW_BYTES_MAX:
                self._noise = True
                self._line.clear()
            if not self._noise:
                self._line += part
            if part.endswith(b"\n"):
                view = None if self._noise else _view(bytes(self._line))
                self._line.clear()
                self._noise = False
                if view is not None:
                    views.append(view)
        return views


def _view(line: bytes) -> CustomerView | None:
    try:
        told = json.loads(line)
        return _checked(told) if isinstance(told, dict) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _checked(told: dict[str, Any]) -> CustomerView:
    """Return a view; raises KeyError, TypeError or ValueError for what is none."""
    kind, keep_s = told["kind"], told["keep_s"]
    if kind not in _KINDS or type(keep_s) is not int or not 0 <= keep_s <= KEEP_MOST_S:
        raise ValueError(kind)
    first, second = told["second"]
    return CustomerView(
        kind=kind,
        lines=tuple(
            CustomerLine(**{name: _text(value) for name, value in one.items()})
            for one in told["lines"][-LINES_MOST:]
        ),
        second=(_text(first), _text(second)),
        notes=tuple(_text(note) for note in told["notes"][:LINES_MOST]),
        keep_s=keep_s,
        **{name: _text(told[name]) for name in _TEXTS},
    )


_TEXTS = ("shop", "welcome", "label", "amount", "number", "mark")


def _text(value: object) -> str:
    """Return a text that can be shown on one line."""
    if not isinstance(value, str):
        raise TypeError(value)
    return "".join(one if one.isprintable() or one in "\u00a0\u202f" else " " for one in value)[
        :TEXT_MOST
    ]
