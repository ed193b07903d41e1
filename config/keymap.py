"""Which key makes which gesture, checked: one key a gesture, one gesture a key.

>>> keys = keymap({"help": "f1", "quit": "ctrl+q"})
>>> keys.key("help"), keys.gesture("ctrl+q"), keys.gesture("f9")
('f1', 'quit', None)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pos.domain.errors import Refusal

GESTURES = (
    "help",
    "search",
    "quantity",
    "discount",
    "park",
    "recall",
    "print",
    "spare",
    "quick_cash",
    "cash",
    "card",
    "other_tender",
    "cashier",
    "void_line",
    "undo",
    "price",
    "ticket_discount",
    "abandon",
    "theme",
    "language",
    "open_drawer",
    "settle",
    "refund",
    "gift",
    "card_terminal",
    "card_receipt",
    "cash_desk",
    "orders",
    "stock",
    "day",
    "devices",
    "readiness",
    "labels",
    "training",
    "about",
    "quit",
)
"""Every gesture that may have a key; some have none at first and are found by their name."""

TAKEN = {
    "ctrl+p": "the command palette",
    "ctrl+c": "copying",
    "ctrl+h": "the Backspace key",
    "ctrl+i": "the Tab key",
    "ctrl+j": "the Enter key",
    "ctrl+m": "the Enter key",
    "ctrl+s": "stopping the output of a terminal",
    "ctrl+right_square_bracket": "a separator of scanned codes",
    "enter": "confirming",
    "escape": "going back",
    "tab": "moving between fields",
}
"""Keys that already mean something in every terminal, or inside a scan."""

_KEY = re.compile(
    r"f(?:[1-9]|1[0-2])|ctrl\+[a-z]|(?:shift\+|ctrl\+)?"
    r"(?:delete|insert|home|end|pageup|pagedown|up|down|left|right)"
)
_FAR = re.compile(r"(?:\w+\+)*f(?:1[3-9]|[2-9]\d)")


@dataclass(frozen=True)
class Keymap:
    """Gestures and their keys, in the order in which help shows them."""

    keys: Mapping[str, str]

    def key(self, gesture: str) -> str | None:
        """Return the key of a gesture, None when it has none."""
        return self.keys.get(gesture)

    def gesture(self, key: str) -> str | None:
        """Return the gesture of a key, None when it makes none."""
        return next((gesture for gesture, own in self.keys.items() if own == key), None)


def keymap(mapping: Mapping[str, str]) -> Keymap:
    """Return the keys of a mapping from gesture to key; an empty key leaves a gesture without one.

    Raises Refusal: `unknown_gesture`, `key_too_far` (F13 and above never arrive through most
    terminals), `key_taken`, `unknown_key` or `key_twice`.
    """
    found: dict[str, str] = {}
    for gesture, written in mapping.items():
        _check_gesture(gesture)
        key = written.strip().lower()
        if key:
            _check_key(gesture, key)
            _check_alone(gesture, key, found)
            found[gesture] = key
    return Keymap({gesture: found[gesture] for gesture in GESTURES if gesture in found})


def _check_gesture(gesture: str) -> None:
    if gesture not in GESTURES:
        close = get_close_matches(gesture, GESTURES, 1, 0.5)
        raise Refusal(
            "unknown_gesture",
            "No gesture is called {gesture}. Try one of: {known}.",
            gesture=gesture,
            known=", ".join(close or GESTURES),
        )


def _check_key(gesture: str, key: str) -> None:
    if _FAR.fullmatch(key):
        raise Refusal(
            "key_too_far",
            "The key {key} of {gesture} does not arrive through most terminals; take F1 to F12.",
            key=key,
            gesture=gesture,
        )
    if key in TAKEN:
        raise Refusal(
            "key_taken",
            "The key {key} of {gesture} is kept for {use}; take another one.",
            key=key,
            gesture=gesture,
            use=TAKEN[key],
        )
    if not _KEY.fullmatch(key):
        raise Refusal(
            "unknown_key",
            "The key {key} of {gesture} is not known; write f1 to f12, delete or ctrl+e.",
            key=key,
            gesture=gesture,
        )


def _check_alone(gesture: str, key: str, found: Mapping[str, str]) -> None:
    for other, own in found.items():
        if own == key:
            raise Refusal(
                "key_twice",
                "The key {key} has two gestures, {first} and {second}; give one of them another.",
                key=key,
                first=other,
                second=gesture,
            )
