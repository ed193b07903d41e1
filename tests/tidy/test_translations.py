"""Whatever the till says, it says in French and in English."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from babel.messages.catalog import Message

from scripts import catalogues
from tests.tidy.tree import PRODUCT, calls, files, place


def test_every_message_of_the_source_is_translated_and_compiled() -> None:
    assert not catalogues.problems()


def test_every_sentence_is_written_out_so_that_it_can_be_translated() -> None:
    found = [
        place(path, call)
        for path in files(*PRODUCT)
        for call in calls(path, *catalogues.KEYWORDS)
        for argument in call.args[:3]
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
    ]
    assert not found


ONE_OR_MORE: Any = ("{count} a", "{count} a")
"""Babel's messages that count have a pair as their id; its types only know single texts."""


def forms(one: str, more: str) -> Any:
    return one, more


FLAWS = [
    (Message("{a} of {b}", "{a} sur {b}"), None),
    (Message("{a} of {b}", ""), "has no translation"),
    (Message("{a} of {b}", "{a} sur {c}"), "names other values: b, c"),
    (Message("{a} of {b}", "{a} sur {b"), "is broken: expected '}' before end of string"),
    (Message("{a} of {b}", "{a} sur {b}", flags=["fuzzy"]), "is marked fuzzy"),
    (Message(ONE_OR_MORE, forms("un a", "{count} a")), None),
    (Message(ONE_OR_MORE, forms("{count} a", "")), "has no translation"),
    (Message(ONE_OR_MORE, forms("{count} a", "{n} a")), "names other values: n"),
]


@pytest.mark.parametrize(("message", "seen"), FLAWS)
def test_a_gap_or_a_mistake_of_a_translation_would_be_seen(
    message: Message, seen: str | None
) -> None:
    assert catalogues.flaw(message) == seen


def test_a_message_that_counts_is_told_by_the_value_it_names() -> None:
    assert catalogues.counts("{count} lines")
    assert not catalogues.counts("{counted} lines")
