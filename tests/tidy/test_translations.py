"""Whatever the till says, it says in French and in English."""

from __future__ import annotations

import ast

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


def test_a_message_that_names_other_values_than_the_english_would_be_seen() -> None:
    assert catalogues.names("{a} of {b}") == {"a", "b"}
    assert catalogues.counts("{count} lines")
    assert not catalogues.counts("{counted} lines")
