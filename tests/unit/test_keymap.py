"""One key a gesture, one gesture a key."""

from __future__ import annotations

import pytest

from config.keymap import GESTURES, keymap
from config.settings import load
from pos.domain.errors import Refusal

BY_NAME = {"gift", "labels", "spare", "card_terminal", "card_receipt", "training", "about"}


def test_every_gesture_but_the_rare_ones_has_a_key_at_first() -> None:
    keys = keymap(load(None, {"COMPTOIR_HOME": "/nowhere"}).keys)
    assert tuple(keys.keys) == tuple(name for name in GESTURES if name not in BY_NAME)
    assert keys.gesture("f9") == "cash"
    assert keys.gesture("ctrl+r") == "refund"
    assert keys.key("void_line") == "delete"


def test_a_gesture_may_be_left_without_a_key() -> None:
    keys = keymap({"help": "F1", "open_drawer": ""})
    assert keys.key("help") == "f1"
    assert keys.key("open_drawer") is None


REFUSED = [
    ({"helpp": "f1"}, "unknown_gesture", "No gesture is called helpp. Try one of: help."),
    ({"help": "f13"}, "key_too_far", "The key f13 of help does not arrive"),
    ({"help": "shift+f24"}, "key_too_far", "take F1 to F12"),
    ({"help": "ctrl+p"}, "key_taken", "is kept for the command palette"),
    ({"help": "ctrl+s"}, "key_taken", "is kept for stopping the output of a terminal"),
    ({"help": "enter"}, "key_taken", "is kept for confirming"),
    ({"help": "a"}, "unknown_key", "The key a of help is not known"),
    ({"help": "5"}, "unknown_key", "The key 5 of help is not known"),
    ({"help": "f1", "cash": "F1"}, "key_twice", "The key f1 has two gestures, help and cash"),
]


@pytest.mark.parametrize(("mapping", "slug", "said"), REFUSED)
def test_a_key_that_cannot_work_is_refused_with_the_reason(
    mapping: dict[str, str], slug: str, said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        keymap(mapping)
    assert refused.value.slug == slug
    assert said in str(refused.value)
